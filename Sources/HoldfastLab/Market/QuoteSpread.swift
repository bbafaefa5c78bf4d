/// The distance from bid to ask: it follows volatility and the hour, with a rare blow-up that
/// decays.
struct QuoteSpread {
    private let typical: Int64
    private let tick: Int64
    private let zeroChance: Int64
    /// Thousandths of the typical spread: what is left of a blow-up.
    private var blowUp: Int64 = 0
    /// Thousandths: how generous the makers are just now.
    private var mood: Int64 = 1_000

    /// Milliseconds in which most of a blow-up is gone.
    private static let memory: Int64 = 45_000

    init(symbol: MarketSymbol) {
        typical = symbol.typicalSpread
        tick = symbol.instrument.tickSize
        zeroChance = symbol.zeroSpread
    }

    mutating func blowUp(to thousandths: Int64) {
        blowUp = max(blowUp, thousandths)
    }

    /// `elapsed` in milliseconds.
    mutating func advance(elapsed: Int64) {
        blowUp = proportion(blowUp, Self.memory, Self.memory + elapsed)
    }

    /// Points, a multiple of the tick.
    mutating func next(
        strain: Int64, volatility: Int64, random: inout SeededRandom
    ) -> Int64 {
        if random.chance(ppm: 250_000) {
            let draw = random.normalish() * 220 / SeededRandom.one
            mood = (1_000 + draw).clamped(to: 500...2_000)
        }
        let calm = strain < 1_500 && blowUp < 100
        if calm, random.chance(ppm: zeroChance) { return 0 }
        var thousandths = (600 + volatility * 4 / 10) * strain / 1_000
        thousandths = thousandths * mood / 1_000 + blowUp
        let points = proportion(typical, thousandths, 1_000)
        return max((points + tick / 2) / tick, 1) * tick
    }
}
