/// Quotes of recorded files, merged by time, in points of instruments that are told from the
/// quotes.
public final class FileQuotes: SessionQuotes {
    public struct Settings: Sendable {
        /// Digits by symbol; those not named are told from the quotes.
        public var digits: [String: Int] = [:]
        /// Digits of every symbol that is not named.
        public var digitsOfAll: Int?

        public init() {}
    }

    public let instruments: [Instrument]
    /// Quotes so far with a price that is off the grid of the digits; they are left out.
    public private(set) var offGrid = 0
    /// The first few of them: "EURUSD 1.386012345 at line 17".
    public private(set) var offGridShown: [String] = []
    public private(set) var given = 0

    /// Of all files.
    public let total: Int

    private let merge: QuoteMerge
    private let isStrict: Bool

    /// Reads every file once: its digits, how many quotes it holds, and whether it can be read at
    /// all are known before anything runs.
    /// - Parameter onFile: told the path of each file before it is read.
    /// - Throws: `QuoteError` of a file that cannot be read, `FileQuotesError`.
    public init(
        _ inputs: [QuoteInput], settings: Settings = .init(),
        onFile: (String) throws -> Void = { _ in }
    ) throws {
        let merge = try QuoteMerge(inputs)
        isStrict = inputs.contains { $0.strict }
        var scales = [Int](repeating: 0, count: merge.symbols.count)
        var total = 0
        for input in inputs {
            try onFile(input.path)
            total += try Self.look(into: input, merge.symbols, &scales)
        }
        for name in settings.digits.keys.sorted() where !merge.symbols.contains(name) {
            throw FileQuotesError.unknownSymbol(name, known: merge.symbols)
        }
        self.merge = merge
        self.total = total
        instruments = zip(merge.symbols, scales).map { name, scale in
            .recorded(name, digits: settings.digits[name] ?? settings.digitsOfAll ?? scale)
        }
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
            else {
                try note(symbol, quote)
                continue
            }
            return MarketQuote(symbol: symbol, time: quote.time, bid: bid, ask: ask)
        }
        return nil
    }

    /// What is no number is 0: the core refuses and counts it, as it would from any host.
    private static func points(_ price: DecimalText, _ digits: Int) -> Int64? {
        price.isNaN ? 0 : price.units(digits: digits)
    }

    private func note(_ symbol: Int, _ quote: Quote) throws {
        offGrid += 1
        let price =
            quote.bid.units(digits: instruments[symbol].digits) == nil ? quote.bid : quote.ask
        let text = "\(instruments[symbol].name) \(price) at line \(quote.line)"
        if isStrict { throw FileQuotesError.offGrid(text, digits: instruments[symbol].digits) }
        if offGridShown.count < QuoteFile.badLinesShown { offGridShown.append(text) }
    }

    /// - Returns: how many quotes a file holds; `scales` takes the most decimals of any price.
    private static func look(
        into input: QuoteInput, _ symbols: [String], _ scales: inout [Int]
    ) throws -> Int {
        let file = try QuoteFile(input)
        guard let symbol = symbols.firstIndex(of: file.symbol) else { return 0 }
        var most = scales[symbol]
        while let quote = try file.next() {
            most = max(most, Int(quote.bid.scale), Int(quote.ask.scale))
        }
        scales[symbol] = min(RecordedTerms.digitsMax, most)
        return file.quoteCount
    }
}

/// Why recorded quotes cannot be made into a session.
public enum FileQuotesError: Error, Equatable, CustomStringConvertible {
    case unknownSymbol(String, known: [String])
    case offGrid(String, digits: Int)

    public var description: String {
        switch self {
        case .unknownSymbol(let name, let known):
            "--digits \(name)=...: no file has this symbol;"
                + " the symbols are \(known.joined(separator: ", "))"
        case .offGrid(let text, let digits):
            "\(text) has more than \(digits) decimals; give --digits, or read without --strict"
                + " to leave such quotes out"
        }
    }
}
