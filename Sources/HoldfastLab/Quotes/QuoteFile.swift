/// Which file to read, and how.
public struct QuoteInput: Sendable {
    public var path: String
    /// The symbol's name; nil: told by the file's symbol column, its name, or its folder.
    public var symbol: String?
    /// The clock of times that do not say it themselves.
    public var zone: QuoteZone
    /// Stop at the first bad line instead of counting it.
    public var strict: Bool
    /// Names of the columns of a file without a header, in order; nil: told by the data.
    public var columns: [String]?

    public init(
        path: String, symbol: String? = nil, zone: QuoteZone = .utc, strict: Bool = false,
        columns: [String]? = nil
    ) {
        self.path = path
        self.symbol = symbol
        self.zone = zone
        self.strict = strict
        self.columns = columns
    }
}

/// Quotes of one symbol, read from one file, line by line: the file is never in memory as a whole.
///
/// Reads CSV with or without a header (comma, semicolon or tab), the HistData, TrueFX, LEAN and
/// MetaTrader forms, each plain, as .gz or in a .zip. Fields are not searched for separators inside
/// quotes. Empty lines and those that begin with # are skipped. For one thread at a time.
public final class QuoteFile {
    /// Bad lines kept for showing; all are counted.
    public static let badLinesShown = 5

    public let path: String
    /// In capitals as far as it was guessed; as given otherwise.
    public let symbol: String
    /// For people: "comma, epoch ns, 6 columns".
    public let format: String
    /// Quotes given so far.
    public private(set) var quoteCount = 0
    /// Lines so far that could not be read.
    public private(set) var badLineCount = 0
    /// The first few of them.
    public private(set) var badLines: [BadLine] = []

    private let reader: LineReader
    private let headerLine: Int
    private let strict: Bool
    private var parser: LineParser
    private var isDone = false

    /// - Throws: `QuoteError` when the file cannot be opened or its format is not known.
    public convenience init(_ input: QuoteInput) throws(QuoteError) {
        try self.init(input, try openQuoteSource(path: input.path))
    }

    /// - Throws: `QuoteError`, as above.
    public convenience init(
        path: String, symbol: String? = nil, zone: QuoteZone = .utc, strict: Bool = false
    ) throws(QuoteError) {
        try self.init(QuoteInput(path: path, symbol: symbol, zone: zone, strict: strict))
    }

    /// Reads plain text that is in memory already; the input's path only names it.
    /// - Throws: `QuoteError`, as above.
    public convenience init(_ input: QuoteInput, bytes: [UInt8]) throws(QuoteError) {
        try self.init(input, MemorySource(bytes))
    }

    private init(_ input: QuoteInput, _ source: any QuoteSource) throws(QuoteError) {
        let reader = LineReader(source)
        let names = FileNames(path: input.path, entry: source.entryName)
        let finder = LayoutFinder(
            path: input.path, day: names.day, columns: input.columns, zone: input.zone)
        try Self.refuseBinary(reader, path: input.path)
        let layout = try finder.find(try reader.peek(LayoutFinder.sampleSize))
        guard
            let symbol = input.symbol ?? FileNames.symbol(column: layout.symbolBytes)
                ?? names.symbol
        else { throw .noSymbol(path: input.path) }

        path = input.path
        strict = input.strict
        self.symbol = symbol
        self.reader = reader
        headerLine = layout.headerLine
        parser = LineParser(layout, zone: input.zone)
        let separators = [Ascii.tab: "tab", Ascii.semicolon: "semicolon"]
        format =
            "\(separators[layout.separator] ?? "comma"), \(layout.time.name),"
            + " \(layout.roles.count) columns"
    }

    /// Another encoding, or a packed file of another kind: told before it looks like bad lines.
    private static func refuseBinary(_ reader: LineReader, path: String) throws(QuoteError) {
        let head = try reader.head()
        if head.isEmpty { throw .empty(path: path) }
        if head.count >= 3, head.start[0] == 0xef, head.start[1] == 0xbb, head.start[2] == 0xbf {
            reader.skip(3)
        } else if head.count >= 2, head.start[0] ^ head.start[1] == 1, head.start[0] >= 0xfe {
            throw .unknownFormat(
                path: path, detail: "UTF-16 text",
                fix: "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW")
        }
        let sample = ByteSpan(start: head.start, end: head.start + min(head.count, 4096))
        if sample.contains(0) {
            throw .unknownFormat(
                path: path, detail: "not text",
                fix: "give a text file, plain, as .gz or in a .zip")
        }
    }

    /// The next quote in the order of the file; nil at the end, and after an error.
    /// - Throws: `.damaged` when the data breaks off, `.badLine` when strict.
    public func next() throws(QuoteError) -> Quote? {
        do throws(QuoteError) {
            return try read()
        } catch {
            isDone = true
            throw error
        }
    }

    private func read() throws(QuoteError) -> Quote? {
        while !isDone {
            guard let line = try reader.next() else {
                isDone = true
                return nil
            }
            if reader.number == headerLine || LayoutFinder.isBlank(line) { continue }
            do throws(LineFault) {
                if reader.isCut { throw LineFault(kind: .tooLong) }
                let quote = try parser.parse(line, number: reader.number)
                quoteCount += 1
                return quote
            } catch {
                try note(line, error)
            }
        }
        return nil
    }

    private func note(_ line: ByteSpan, _ fault: LineFault) throws(QuoteError) {
        badLineCount += 1
        guard strict || badLines.count < Self.badLinesShown else { return }
        let bad = BadLine(
            file: path, line: reader.number, text: line.shown(BadLine.textLimit),
            reason: fault.reason)
        if strict { throw .badLine(bad) }
        badLines.append(bad)
    }
}
