import Foundation

/// Reads a list of positions to open, as CSV with a header or as JSON lines.
///
/// Columns (keys): `symbol`, `side` (long or short) and `volume` (lots) must be there; `time` (ISO
/// or epoch; from the first quote on when empty), `price` (what the quote asks for when empty),
/// `sl`, `tp`, `trailing` (a distance) and `strategy` may be. Numbers are decimals; in JSON they
/// are strings, so that no float ever stands for a price. Empty lines and those that begin with #
/// are skipped. A position is opened after the first quote of its symbol at or after its time.
public struct PositionFile {
    /// What is wrong with a list; the message names the place, the cause and the fix.
    public struct Fault: Error, Equatable, CustomStringConvertible {
        public var description: String

        init(_ description: String) { self.description = description }
    }

    private static let columns: Set<String> = [
        "symbol", "side", "volume", "time", "price", "sl", "tp", "trailing", "strategy",
    ]
    private static let required = ["symbol", "side", "volume"]

    private let path: String
    private let instruments: [Instrument]
    private let zone: QuoteZone

    private init(path: String, instruments: [Instrument], zone: QuoteZone) {
        self.path = path
        self.instruments = instruments
        self.zone = zone
    }

    /// - Throws: `Fault`.
    public static func read(
        path: String, instruments: [Instrument], zone: QuoteZone = .utc
    ) throws -> [ListedPosition] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault("\(path): cannot be read; check the path and its permissions")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Fault("\(path): is not UTF-8 text; convert it: iconv -t UTF-8 FILE > NEW")
        }
        return try read(text, path: path, instruments: instruments, zone: zone)
    }

    /// - Parameter path: names the text in messages.
    public static func read(
        _ text: String, path: String, instruments: [Instrument], zone: QuoteZone = .utc
    ) throws -> [ListedPosition] {
        try PositionFile(path: path, instruments: instruments, zone: zone).parse(text)
    }

    private func parse(_ text: String) throws -> [ListedPosition] {
        var header: [String]?
        var positions: [ListedPosition] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("{") {
                positions.append(try position(try object(line, number), number))
            } else if let header {
                positions.append(try position(try row(line, header, number), number))
            } else {
                header = try self.header(line, number)
            }
        }
        if positions.isEmpty {
            throw Fault("\(path): holds no position; write a header and a line for each position")
        }
        return positions
    }

    // MARK: lines

    private func header(_ line: String, _ number: Int) throws -> [String] {
        let names = Self.cells(line).map { $0.lowercased() }
        for name in names where !Self.columns.contains(name) {
            throw fault(number, "\"\(name)\" is no column", Self.columnsHint)
        }
        for name in Self.required where !names.contains(name) {
            throw fault(number, "the header has no column \"\(name)\"", Self.columnsHint)
        }
        if Set(names).count != names.count {
            throw fault(number, "a column stands twice", "remove one of them")
        }
        return names
    }

    private static let columnsHint =
        "the columns are symbol,side,volume and, as wanted, time,price,sl,tp,trailing,strategy"

    private static func cells(_ line: String) -> [String] {
        line.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
        }
    }

    private func row(_ line: String, _ header: [String], _ number: Int) throws -> [String: String] {
        let cells = Self.cells(line)
        guard cells.count == header.count else {
            throw fault(
                number, "\(cells.count) fields, but the header has \(header.count)",
                "give every field; leave it empty where it does not matter")
        }
        return Dictionary(uniqueKeysWithValues: zip(header, cells)).filter { !$0.value.isEmpty }
    }

    private func object(_ line: String, _ number: Int) throws -> [String: String] {
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        else {
            throw fault(
                number, "not a JSON object of strings",
                "write {\"symbol\": \"EURUSD\", \"side\": \"long\", \"volume\": \"0.10\"}")
        }
        for name in fields.keys.sorted() where !Self.columns.contains(name) {
            throw fault(number, "\"\(name)\" is no key", Self.columnsHint)
        }
        return fields.filter { !$0.value.isEmpty }
    }

    // MARK: fields

    private func position(_ fields: [String: String], _ number: Int) throws -> ListedPosition {
        for name in Self.required where fields[name] == nil {
            throw fault(number, "\(name) is missing", "give it")
        }
        guard let symbol = instruments.firstIndex(where: { $0.name == fields["symbol"] }) else {
            let known = instruments.map(\.name).joined(separator: ", ")
            throw fault(
                number, "no quotes of \"\(fields["symbol"] ?? "")\"", "the symbols are \(known)")
        }
        let instrument = instruments[symbol]
        let price = { (name: String) in
            try fields[name].map { try units($0, instrument.digits, name, number) } ?? 0
        }
        let volume = try units(fields["volume"] ?? "", 8, "volume", number)
        guard volume >= instrument.volumeMin, volume <= instrument.volumeMax,
            volume % instrument.volumeStep == 0
        else {
            throw fault(
                number, "volume \(fields["volume"] ?? "") cannot be traded",
                "give 0.01 to \(instrument.volumeMax / 100_000_000) lots in steps of 0.01")
        }
        let position = PlannedPosition(
            symbol: symbol, side: try side(fields["side"] ?? "", number), volume: volume,
            sl: try price("sl"), tp: try price("tp"), trailing: try price("trailing"),
            strategy: try fields["strategy"].map { try units($0, 0, "strategy", number) } ?? 0)
        let entry = try price("price")
        return ListedPosition(
            time: try fields["time"].map { try time($0, number) } ?? .min,
            opening: PlannedOpening(
                position: position, price: entry == 0 ? nil : entry, origin: "\(path):\(number)"))
    }

    private func side(_ text: String, _ number: Int) throws -> PlannedPosition.Side {
        switch text.lowercased() {
        case "long", "buy": return .long
        case "short", "sell": return .short
        default: throw fault(number, "side \"\(text)\" is neither", "give long or short")
        }
    }

    private func units(
        _ text: String, _ digits: Int, _ name: String, _ number: Int
    ) throws -> Int64 {
        guard let value = DecimalText(text), !value.isNaN else {
            throw fault(number, "\(name) \"\(text)\" is no decimal number", "write it like 1.10005")
        }
        guard let units = value.units(digits: digits), units >= 0,
            units < Instrument.priceMax
        else {
            throw fault(
                number, "\(name) \(text) is out of range or has more than \(digits) decimals",
                "check it, or set --digits")
        }
        return units
    }

    private func time(_ text: String, _ number: Int) throws -> Int64 {
        guard let time = QuoteTime.read(text, zone: zone) else {
            throw fault(
                number, "time \"\(text)\" is none",
                "write it like 2025-06-05T12:30:00Z, or as an epoch in s, ms, us or ns")
        }
        return time
    }

    private func fault(_ number: Int, _ cause: String, _ fix: String) -> Fault {
        Fault("\(path):\(number): \(cause); \(fix)")
    }
}

/// One time by itself, in the forms that quote files use.
enum QuoteTime {
    /// - Returns: ns since 1970 UTC; nil when it is none.
    static func read(_ text: String, zone: QuoteZone) -> Int64? {
        var text = text
        return text.withUTF8 { buffer -> Int64? in
            guard let base = buffer.baseAddress else { return nil }
            let span = ByteSpan(start: base, end: base + buffer.count).trimmed
            var clock = ZoneClock(zone)
            if let number = try? DecimalText.parse(span), !number.isNaN {
                let form = TimeForm.epoch(EpochUnit.magnitude(number), byMagnitude: false)
                return try? form.read(span, &clock)
            }
            return try? TimeForm.civil.read(span, &clock)
        }
    }
}
