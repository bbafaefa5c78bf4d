/// Where a session's quotes come from, in the order in which they are fed.
public protocol SessionQuotes: AnyObject {
    var instruments: [Instrument] { get }
    /// How far it is, 0 to 1000; nil when that is not known.
    var permille: Int? { get }
    func next() throws -> MarketQuote?
}

/// The generated market.
public final class GeneratedQuotes: SessionQuotes {
    public let instruments: [Instrument]
    private let total: Int
    private var given = 0
    private var iterator: MarketIterator

    public init(_ market: Market) {
        instruments = market.instruments
        total = market.settings.quotes
        iterator = market.makeIterator()
    }

    public var permille: Int? { total > 0 ? min(1000, given * 1000 / total) : nil }

    public func next() -> MarketQuote? {
        given += 1
        return iterator.next()
    }
}
