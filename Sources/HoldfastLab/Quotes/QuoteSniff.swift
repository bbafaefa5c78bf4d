/// What the beginning of a file tells, for a host that must describe the symbol before it replays.
public struct QuoteSniff: Sendable, Equatable {
    public var symbol: String
    /// The most digits after the point among the prices looked at, as written: 5 for EURUSD. Quotes
    /// further on may have more; `DecimalText.units` is nil for those.
    public var digits: Int
    /// For people.
    public var format: String
    /// ns since 1970 UTC; nil where no line could be read.
    public var firstTime: Int64?
    /// Quotes looked at.
    public var quotes: Int
    public var badLineCount: Int
}

extension QuoteFile {
    /// Opens the file, looks at its first quotes, closes it.
    /// - Parameter quotes: how many to look at.
    /// - Throws: `QuoteError`, as reading does.
    public static func sniff(
        _ input: QuoteInput, quotes: Int = 10_000
    ) throws(QuoteError) -> QuoteSniff {
        let file = try QuoteFile(input)
        var sniff = QuoteSniff(
            symbol: file.symbol, digits: 0, format: file.format, quotes: 0, badLineCount: 0)
        while sniff.quotes < quotes, let quote = try file.next() {
            if sniff.firstTime == nil { sniff.firstTime = quote.time }
            sniff.digits = max(sniff.digits, Int(max(quote.bid.scale, quote.ask.scale)))
            sniff.quotes += 1
        }
        sniff.badLineCount = file.badLineCount
        return sniff
    }
}
