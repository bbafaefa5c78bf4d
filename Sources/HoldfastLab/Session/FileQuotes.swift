/// Quotes of recorded files, merged by time, in points of instruments that the quotes tell.
public final class FileQuotes: SessionQuotes {
    public struct Settings: Sendable {
        /// Digits by symbol; those not named are told from the quotes.
        public var digits: [String: Int] = [:]
        /// Digits of every symbol that is not named.
        public var digitsOfAll: Int?

        public init() {}
    }

    public let instruments: [Instrument]
    /// Quotes with more decimals than digits were asked for; they are left out.
    public let offGrid: Int
    /// The first few of each file: "EURUSD.csv:17: 1.38601 has more than 3 decimals".
    public let offGridShown: [String]
    public private(set) var given = 0

    /// Of all files.
    public let total: Int

    private let merge: QuoteMerge

    /// Reads every file once: its digits, how many quotes it holds, and whether it can be read at
    /// all are known before anything runs.
    /// - Parameter onFile: told the path of each file before it is read.
    /// - Throws: `QuoteError` of a file that cannot be read, `FileQuotesError`.
    public init(
        _ inputs: [QuoteInput], settings: Settings = .init(),
        onFile: (String) throws -> Void = { _ in }
    ) throws {
        let merge = try QuoteMerge(inputs)
        for name in settings.digits.keys.sorted() where !merge.symbols.contains(name) {
            throw FileQuotesError.unknownSymbol(name, known: merge.symbols)
        }
        var look = Look(settings)
        for input in inputs {
            try onFile(input.path)
            try look.into(input)
        }
        self.merge = merge
        total = look.total
        offGrid = look.offGrid
        offGridShown = look.shown
        instruments = merge.symbols.map { .recorded($0, digits: look.digits(of: $0)) }
    }

    public var permille: Int? { total > 0 ? min(1000, given * 1000 / total) : nil }

    public var badLineCount: Int { merge.badLineCount }
    public var badLines: [BadLine] { merge.badLines }

    /// - Throws: `QuoteError`; with strict reading `FileQuotesError.offGrid` too.
    public func next() throws -> MarketQuote? {
        while let (symbol, quote) = try merge.next() {
            given += 1
            let digits = instruments[symbol].digits
            guard let bid = Self.points(quote.bid, digits),
                let ask = Self.points(quote.ask, digits)
            else { continue }
            return MarketQuote(symbol: symbol, time: quote.time, bid: bid, ask: ask)
        }
        return nil
    }

    /// What is no number is 0: the core refuses and counts it, as it would from any host.
    private static func points(_ price: DecimalText, _ digits: Int) -> Int64? {
        price.isNaN ? 0 : price.units(digits: digits)
    }
}

/// The first reading of the files.
private struct Look {
    private let settings: FileQuotes.Settings
    private var scales: [String: Int] = [:]
    var total = 0
    var offGrid = 0
    var shown: [String] = []

    init(_ settings: FileQuotes.Settings) { self.settings = settings }

    /// As asked for, else the most decimals of any price.
    func digits(of symbol: String) -> Int {
        asked(symbol) ?? min(RecordedTerms.digitsMax, scales[symbol] ?? 0)
    }

    private func asked(_ symbol: String) -> Int? {
        settings.digits[symbol] ?? settings.digitsOfAll
    }

    mutating func into(_ input: QuoteInput) throws {
        let file = try QuoteFile(input)
        let limit = asked(file.symbol)
        var most = scales[file.symbol] ?? 0
        let before = shown.count
        while let quote = try file.next() {
            most = max(most, Int(quote.bid.scale), Int(quote.ask.scale))
            guard let limit, let price = Self.offGrid(quote, limit) else { continue }
            offGrid += 1
            let text = "\(input.path):\(quote.line): \(price) has more than \(limit) decimals"
            if input.strict { throw FileQuotesError.offGrid(text) }
            guard shown.count - before < QuoteFile.badLinesShown else { continue }
            shown.append(text)
        }
        total += file.quoteCount
        scales[file.symbol] = most
    }

    private static func offGrid(_ quote: Quote, _ digits: Int) -> DecimalText? {
        [quote.bid, quote.ask].first { !$0.isNaN && $0.units(digits: digits) == nil }
    }
}

/// Why recorded quotes cannot be made into a session.
public enum FileQuotesError: Error, Equatable, CustomStringConvertible {
    case unknownSymbol(String, known: [String])
    case offGrid(String)

    public var description: String {
        switch self {
        case .unknownSymbol(let name, let known):
            "--digits \(name)=...: no file has this symbol;"
                + " the symbols are \(known.joined(separator: ", "))"
        case .offGrid(let text):
            "\(text); give more --digits, or read without --strict to leave such quotes out"
        }
    }
}
