/// A simple way to open positions on a stream of quotes, from a seed: not to earn anything, but
/// to meet every kind of level that a position manager watches.
///
/// Distances come from the symbol's own recent moves and spreads, in integers, so the same
/// policy runs on generated and on recorded quotes of any instrument, and the same quotes and
/// the same numbers of open positions give the same plans on every machine.
public struct PositionPolicy: Sendable {
    public struct Settings: Sendable, Equatable {
        /// ppm of the quotes at which a position is wanted.
        public var openChance: Int64 = 15_000
        /// All symbols together.
        public var openMax = 500
        /// Quotes of a symbol before its first position.
        public var warmUp = 64
        /// ppm of the positions; one without both levels is given a stop.
        public var withoutStop: Int64 = 100_000
        public var withoutTarget: Int64 = 200_000
        public var trailing: Int64 = 300_000
        /// Strategies are numbered from 1.
        public var strategies: Int64 = 4
        /// How far a level lies from the market, in units of a usual move and spread.
        public var stopUnits: ClosedRange<Int64> = 8...50
        public var targetUnits: ClosedRange<Int64> = 8...60
        public var trailingUnits: ClosedRange<Int64> = 6...40

        public init() {}
    }

    public let instruments: [Instrument]
    public let settings: Settings
    private var random: SeededRandom
    private var scales: [MovingScale]

    public init(instruments: [Instrument], seed: UInt64, settings: Settings = Settings()) {
        self.instruments = instruments
        self.settings = settings
        random = SeededRandom(seed: seed, stream: "policy")
        scales = instruments.map { _ in MovingScale() }
    }

    /// Shows the policy a quote; `open` is how many positions are open now. Call it for every
    /// quote, also while no position may be opened: the averages live on them.
    ///
    /// Nothing is opened on a crossed quote, on one whose prices are out of range, or on an
    /// instrument without a usable grid.
    public mutating func decide(on quote: MarketQuote, open: Int) -> PlannedPosition? {
        // Two draws for every quote, whatever comes of them: what is planned at one quote does
        // not depend on how many positions were open at an earlier one.
        let wanted = random.chance(ppm: settings.openChance)
        let seed = random.next()
        guard instruments.indices.contains(quote.symbol), !quote.isCrossed, quote.bid > 0,
            quote.ask <= Instrument.priceMax
        else { return nil }
        scales[quote.symbol].add(bid: quote.bid, ask: quote.ask)
        guard wanted, open < settings.openMax, scales[quote.symbol].quotes > settings.warmUp,
            instruments[quote.symbol].isTradable
        else { return nil }
        return plan(on: quote, seed: seed)
    }

    private func plan(on quote: MarketQuote, seed: UInt64) -> PlannedPosition? {
        var draw = SeededRandom(seed: seed)
        let instrument = instruments[quote.symbol]
        let ruler = Ruler(unit: scales[quote.symbol].unit, tick: instrument.tickSize)
        let side: PlannedPosition.Side = draw.chance(ppm: 500_000) ? .long : .short
        let stop = ruler.distance(settings.stopUnits, &draw)
        let target = ruler.distance(settings.targetUnits, &draw)
        let trail = ruler.distance(settings.trailingUnits, &draw)
        let withoutTarget = draw.chance(ppm: settings.withoutTarget)
        let withoutStop = draw.chance(ppm: settings.withoutStop) && !withoutTarget
        let isTrailing = draw.chance(ppm: settings.trailing)

        let below = { (distance: Int64) in ruler.down(quote.bid - distance) }
        let above = { (distance: Int64) in ruler.up(quote.ask + distance) }
        var sl = side == .long ? below(stop) : above(stop)
        var tp = side == .long ? above(target) : below(target)
        if withoutStop { sl = 0 }
        if withoutTarget { tp = 0 }
        // Near zero, or near the last price, there may be no room for a level.
        guard sl != 0 || tp != 0 else { return nil }
        return PlannedPosition(
            symbol: quote.symbol, side: side, volume: volume(of: instrument, &draw), sl: sl,
            tp: tp, trailing: isTrailing ? trail : 0,
            strategy: 1 + draw.below(settings.strategies))
    }

    /// Mostly small volumes, now and then a large one, all on the grid.
    private func volume(of instrument: Instrument, _ draw: inout SeededRandom) -> Int64 {
        let lowest = instrument.volumeLowest
        let room = (instrument.volumeMax - lowest) / instrument.volumeStep
        let steps = draw.exponentialish() * 12 / SeededRandom.one
        return lowest + min(steps, room) * instrument.volumeStep
    }
}

/// Measures levels on the tick grid.
private struct Ruler {
    /// Points.
    let unit: Int64
    let tick: Int64

    /// A whole number of ticks, at least one; units are drawn to a tenth.
    func distance(_ units: ClosedRange<Int64>, _ draw: inout SeededRandom) -> Int64 {
        let nearest = units.lowerBound.clamped(to: 0...1_000_000)
        let farthest = units.upperBound.clamped(to: nearest...1_000_000)
        let tenths = nearest * 10 + draw.below((farthest - nearest) * 10 + 1)
        return up(proportion(unit, tenths, 10).clamped(to: 1...(Instrument.priceMax / 2)))
    }

    /// The nearest level at or below; 0 when there is none above zero.
    func down(_ points: Int64) -> Int64 {
        points < tick ? 0 : points - points % tick
    }

    /// The nearest level at or above; 0 when it would be beyond the last price.
    func up(_ points: Int64) -> Int64 {
        let level = down(points + tick - 1)
        return level > Instrument.priceMax ? 0 : level
    }
}
