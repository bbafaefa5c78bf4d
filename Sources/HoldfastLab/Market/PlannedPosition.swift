/// A position that a policy wants opened at the quote that it was shown.
public struct PlannedPosition: Sendable, Equatable {
    public enum Side: Sendable, Equatable {
        case long
        case short
    }

    /// The index of the symbol in its list of instruments.
    public var symbol: Int
    public var side: Side
    /// 1e-8 lot.
    public var volume: Int64
    /// Points, on the tick grid, strictly on the safe side of both bid and ask; 0 for none.
    public var sl: Int64
    public var tp: Int64
    /// The distance of a trailing stop: points, a multiple of the tick; 0 for none.
    public var trailing: Int64
    public var strategy: Int64

    public init(
        symbol: Int, side: Side, volume: Int64, sl: Int64, tp: Int64, trailing: Int64,
        strategy: Int64
    ) {
        self.symbol = symbol
        self.side = side
        self.volume = volume
        self.sl = sl
        self.tp = tp
        self.trailing = trailing
        self.strategy = strategy
    }
}
