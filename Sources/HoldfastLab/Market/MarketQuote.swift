/// One quote of one symbol.
public struct MarketQuote: Sendable, Equatable {
    /// The index of the symbol in its list of instruments.
    public var symbol: Int
    /// Nanoseconds since the epoch, UTC.
    public var time: Int64
    /// Points.
    public var bid: Int64
    public var ask: Int64

    public init(symbol: Int, time: Int64, bid: Int64, ask: Int64) {
        self.symbol = symbol
        self.time = time
        self.bid = bid
        self.ask = ask
    }

    public var isCrossed: Bool { bid > ask }
}
