import Testing

@testable import HoldfastLab

/// Quotes that no market gives: the core and the exact model agree on them too.
@Suite("Session: core and model on hostile quotes") struct SessionModelTests {
    private func instruments(_ tick: Int64) -> [Instrument] {
        ["AAAUSD", "BBBJPY"].map { name in
            var instrument = Instrument.recorded(name, digits: 2)
            instrument.tickSize = tick
            instrument.tickValue = 100_000_000
            return instrument
        }
    }

    /// A walk with jumps, crossed and equal sides, prices off the tick grid, zero and negative
    /// ones, equal times, and rows of late ones.
    private func quotes(_ seed: UInt64, _ count: Int) -> [MarketQuote] {
        var draw = SeededRandom(seed: seed, stream: "hostile")
        var mids: [Int64] = [10_000, 20_000]
        var time: Int64 = 1_750_000_000_000_000_000
        return (0..<count).map { _ in
            let symbol = Int(draw.below(2))
            let reach: Int64 = draw.chance(ppm: 20_000) ? 400 : 12
            mids[symbol] = max(500, mids[symbol] + draw.below(2 * reach + 1) - reach)
            time += draw.below(4) == 0 ? 0 : draw.below(900_000_000)
            var quote = MarketQuote(
                symbol: symbol, time: time, bid: mids[symbol], ask: mids[symbol] + draw.below(9))
            if draw.chance(ppm: 80_000) { quote.ask = quote.bid - draw.below(20) }
            if draw.chance(ppm: 10_000) { quote.bid = -draw.below(2) }
            if draw.chance(ppm: 10_000) { quote.ask = 0 }
            if draw.chance(ppm: 150_000) { quote.time -= draw.below(3_000_000_000) }
            return quote
        }
    }

    @Test("they agree on every tick and every first close", arguments: 1...12)
    func agree(_ seed: Int) throws {
        let instruments = instruments(seed % 3 == 0 ? 25 : 1)
        var settings = PositionPolicy.Settings()
        settings.openChance = 60_000
        settings.openMax = 60
        settings.warmUp = 4
        let report = try SessionFixture(seed: UInt64(seed)).run(
            WrittenQuotes(instruments, quotes(UInt64(seed), 6_000)),
            openings: PolicyOpenings(
                PositionPolicy(
                    instruments: instruments, seed: UInt64(seed), settings: settings)))
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
        #expect(report.opened > 100)
        #expect(report.refused > 100 && report.crossed > 100)
    }

    @Test("SL wins over TP, a trail is tested from the next tick on, the first candidate at once")
    func vectors() {
        var model = TriggerModel(instruments: instruments(1))
        func quote(_ bid: Int64, _ index: Int) {
            model.see(
                MarketQuote(symbol: 0, time: Int64(index), bid: bid, ask: bid + 2), index: index)
        }
        func plan(_ sl: Int64, _ tp: Int64, _ trailing: Int64) -> PlannedPosition {
            PlannedPosition(
                symbol: 0, side: .long, volume: 1_000_000, sl: sl, tp: tp, trailing: trailing,
                strategy: 1)
        }
        quote(1000, 0)
        model.open(1, plan(1005, 995, 0))
        model.open(2, plan(0, 0, 10))
        model.open(3, plan(0, 1020, 0))
        quote(1000, 1)
        #expect(model.prediction(of: 1)?.reason == 1)
        quote(1030, 2)
        #expect(model.prediction(of: 3)?.price == 1030)
        quote(1021, 3)
        #expect(model.prediction(of: 2) == nil)
        quote(1020, 4)
        let trailed = model.prediction(of: 2)
        #expect(
            trailed
                == TriggerPrediction(tick: 4, time: 4, reason: 3, price: 1020, level: 1020))
    }
}
