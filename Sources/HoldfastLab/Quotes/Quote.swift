/// One line of a quote file. Nothing is judged here: zero, negative, crossed or NaN prices and a
/// time that goes backwards are passed on as they are, because judging them is the core's work.
public struct Quote: Sendable, Equatable {
    /// When the host saw the quote: ns since 1970-01-01T00:00:00 UTC.
    public var time: Int64
    /// When the venue made the quote, ns since 1970 UTC; 0 where the file does not say.
    public var quoteTime: Int64
    /// Prices in the quote currency.
    public var bid: DecimalText
    public var ask: DecimalText
    /// The last trade's price; zero where the file does not say.
    public var last: DecimalText
    /// Line in the (unpacked) file, from 1.
    public var line: Int

    public init(
        time: Int64, quoteTime: Int64 = 0, bid: DecimalText, ask: DecimalText,
        last: DecimalText = .zero, line: Int = 0
    ) {
        self.time = time
        self.quoteTime = quoteTime
        self.bid = bid
        self.ask = ask
        self.last = last
        self.line = line
    }
}

/// A line that could not be read.
public struct BadLine: Sendable, Equatable, CustomStringConvertible {
    /// Path of the file as it was given.
    public var file: String
    /// From 1.
    public var line: Int
    /// The first 80 characters; control characters shown as dots.
    public var text: String
    /// What is wrong, in words.
    public var reason: String

    static let textLimit = 80

    public var description: String { "\(file):\(line): \(reason): \"\(text)\"" }
}
