/// What the quotes of one symbol were like.
public struct SymbolStatistics: Sendable {
    /// A burst is at least so many quotes within so many nanoseconds; it lasts as long as they
    /// come at this rate and counts once.
    public static let burstQuotes = 20
    public static let burstTime: Int64 = 100_000_000
    /// A jump is a move of the mid between two quotes of more than so many times the median.
    public static let jumpFactor: Int64 = 20
    /// Nanoseconds: a move after a longer pause is a gap and no jump.
    public static let pause: Int64 = 3_600_000_000_000

    /// A move of the mid from one quote to the next.
    public struct Move: Sendable, Equatable {
        /// When it was quoted, and how long the quote before had stood; nanoseconds.
        public var time: Int64
        public var gap: Int64
        /// Half points: the mid of a bid and an ask may lie between two points.
        public var halfPoints: Int64
    }

    public private(set) var quotes = 0
    public private(set) var crossed = 0
    public private(set) var zeroSpreads = 0
    /// Quotes equal to the one before.
    public private(set) var repeated = 0
    public private(set) var bursts = 0
    /// The longest time between two quotes of which the second has another mid.
    public private(set) var largestGap: Move?
    /// Without those after a pause.
    public private(set) var largestMove: Move?

    private var spreads = Tally()
    /// Moves other than zero that no pause came before, without sign, in half points.
    private var moves = Tally()
    private var last: MarketQuote?
    private var recent = [Int64](repeating: Int64.min, count: burstQuotes)
    private var inBurst = false

    public init() {}

    /// Quotes in order of time. One with a price outside `1 ... Instrument.priceMax` or a time
    /// before the epoch is left out.
    public mutating func add(_ quote: MarketQuote) {
        let prices = 1...Instrument.priceMax
        guard prices.contains(quote.bid), prices.contains(quote.ask), quote.time >= 0 else {
            return
        }
        noteTime(quote.time)
        quotes += 1
        if quote.isCrossed {
            crossed += 1
        } else {
            spreads.add(quote.ask - quote.bid)
            if quote.bid == quote.ask { zeroSpreads += 1 }
        }
        if let last {
            noteMove(from: last, to: quote)
            if last.bid == quote.bid, last.ask == quote.ask { repeated += 1 }
        }
        last = quote
    }

    /// Points; crossed quotes have no spread.
    public func spread(permille: Int) -> Int64? {
        spreads.percentile(permille: permille)
    }

    public var medianMove: Int64? { moves.percentile(permille: 500) }

    public var jumps: Int {
        guard let median = medianMove else { return 0 }
        return moves.count(above: proportion(median, Self.jumpFactor, 1))
    }

    private mutating func noteTime(_ time: Int64) {
        let slot = quotes % Self.burstQuotes
        recent[slot] = time
        let oldest = recent[(slot + 1) % Self.burstQuotes]
        let isDense = oldest >= 0 && time - oldest <= Self.burstTime
        if isDense, !inBurst { bursts += 1 }
        inBurst = isDense
    }

    private mutating func noteMove(from last: MarketQuote, to quote: MarketQuote) {
        let change = (quote.bid + quote.ask) - (last.bid + last.ask)
        guard change != 0 else { return }
        let move = Move(time: quote.time, gap: quote.time - last.time, halfPoints: change)
        if move.gap > largestGap?.gap ?? -1 { largestGap = move }
        guard move.gap <= Self.pause else { return }
        moves.add(abs(change))
        if abs(change) > abs(largestMove?.halfPoints ?? 0) { largestMove = move }
    }
}
