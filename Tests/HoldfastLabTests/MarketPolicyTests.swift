import Testing

@testable import HoldfastLab

@Suite("Position policy")
struct MarketPolicyTests {
    typealias Plan = (quote: MarketQuote, position: PlannedPosition)

    private func plans(
        _ quotes: [MarketQuote], _ instruments: [Instrument], seed: UInt64 = 1,
        settings: PositionPolicy.Settings = .init(), open: (Int) -> Int = { _ in 0 }
    ) -> [Plan] {
        var policy = PositionPolicy(instruments: instruments, seed: seed, settings: settings)
        return quotes.enumerated().compactMap { index, quote in
            policy.decide(on: quote, open: open(index)).map { (quote, $0) }
        }
    }

    private func eager() -> PositionPolicy.Settings {
        var settings = PositionPolicy.Settings()
        settings.openChance = 1_000_000
        return settings
    }

    private func isSound(_ plan: Plan, _ instrument: Instrument) -> Bool {
        let (quote, position) = plan
        let tick = instrument.tickSize
        let below = position.side == .long ? position.sl : position.tp
        let above = position.side == .long ? position.tp : position.sl
        return (below == 0 || (below > 0 && below < quote.bid))
            && (above == 0 || (above > quote.ask && above <= Instrument.priceMax))
            && below % tick == 0 && above % tick == 0
            && (position.sl != 0 || position.tp != 0)
            && position.trailing % tick == 0 && position.trailing >= 0
            && position.volume % instrument.volumeStep == 0
            && (instrument.volumeMin...instrument.volumeMax).contains(position.volume)
            && position.symbol == quote.symbol && !quote.isCrossed
    }

    @Test("levels are on the grid and on the safe side, volumes on theirs")
    func sound() {
        let instruments = MarketFixture.market.instruments
        let all = plans(MarketFixture.quotes, instruments, settings: eager())
        #expect(all.count > 290_000)
        #expect(all.allSatisfy { isSound($0, instruments[$0.position.symbol]) })
    }

    @Test("plans have both sides, some lack a level, about a third trail")
    func variety() {
        let all = plans(MarketFixture.quotes, MarketFixture.market.instruments).map(\.position)
        #expect((4_000...5_000).contains(all.count))
        func share(_ condition: (PlannedPosition) -> Bool) -> Int {
            all.count(where: condition) * 100 / all.count
        }
        #expect((45...55).contains(share { $0.side == .long }))
        #expect((16...24).contains(share { $0.tp == 0 }))
        #expect((5...12).contains(share { $0.sl == 0 }))
        #expect((26...34).contains(share { $0.trailing > 0 }))
        #expect(Set(all.map(\.strategy)) == [1, 2, 3, 4])
        #expect(Set(all.map(\.symbol)) == Set(0..<6))
        #expect(Set(all.map(\.volume)).count > 20)
    }

    @Test("the same seed plans the same, another seed otherwise")
    func seeds() {
        let quotes = Array(MarketFixture.quotes.prefix(50_000))
        let instruments = MarketFixture.market.instruments
        let first = plans(quotes, instruments).map(\.position)
        #expect(first == plans(quotes, instruments).map(\.position))
        #expect(first != plans(quotes, instruments, seed: 2).map(\.position))
    }

    @Test("what is planned at a quote does not depend on how many were open before")
    func openBefore() {
        let quotes = Array(MarketFixture.quotes.prefix(50_000))
        let instruments = MarketFixture.market.instruments
        let free = plans(quotes, instruments).filter { $0.quote.time > quotes[25_000].time }
        let full = plans(quotes, instruments) { $0 <= 25_000 ? 500 : 0 }
        #expect(free.map(\.position) == full.map(\.position))
    }

    @Test("nothing is opened beyond the largest number, before the warm-up or when crossed")
    func limits() {
        let instruments = [MarketFixture.instrument()]
        let quotes = (0..<200).map { index in
            let ask: Int64 = index < 100 ? 90_001 : 89_999
            return MarketQuote(symbol: 0, time: Int64(index), bid: 90_000, ask: ask)
        }
        #expect(plans(quotes, instruments, settings: eager()).count == 100 - 64)
        #expect(plans(quotes, instruments, settings: eager()) { _ in 500 }.isEmpty)
    }

    @Test("a session meets at least two thousand positions when levels close them")
    func session() {
        var policy = PositionPolicy(instruments: MarketFixture.market.instruments, seed: 1)
        var open = [[PlannedPosition]](repeating: [], count: 6)
        var count = 0
        var planned = 0
        for quote in MarketFixture.quotes {
            if !quote.isCrossed {
                let before = open[quote.symbol].count
                open[quote.symbol].removeAll { position in
                    position.side == .long
                        ? quote.bid <= position.sl || (position.tp != 0 && quote.bid >= position.tp)
                        : quote.ask <= position.tp || (position.sl != 0 && quote.ask >= position.sl)
                }
                count -= before - open[quote.symbol].count
            }
            if let position = policy.decide(on: quote, open: count) {
                open[quote.symbol].append(position)
                count += 1
                planned += 1
            }
        }
        #expect(planned >= 2_000)
        #expect(count <= policy.settings.openMax)
    }

    @Test("distances follow the instrument's own moves")
    func scale() throws {
        let instruments = MarketFixture.market.instruments
        let all = plans(MarketFixture.quotes, instruments, settings: eager())
        for symbol in instruments.indices {
            let statistics = MarketFixture.statistics.symbols[symbol]
            let spread = try #require(statistics.spread(permille: 500))
            let distances = all.lazy.filter { $0.position.symbol == symbol && $0.position.sl > 0 }
                .map { abs($0.position.sl - $0.quote.bid) }.sorted()
            let median = distances[distances.count / 2]
            #expect((spread * 10...spread * 200).contains(median), "\(instruments[symbol].name)")
        }
    }

    @Test(
        "odd instruments and prices at both ends give sound plans or none",
        arguments: [
            (tick: 1, bid: 1), (5, 5), (25, 1_000), (7, 1 << 52), (1, (1 << 53) - 10),
            (1 << 40, 1 << 45), (3, 100_001),
        ] as [(tick: Int64, bid: Int64)])
    func ends(_ market: (tick: Int64, bid: Int64)) {
        let instrument = MarketFixture.instrument(tick: market.tick, min: 3, max: 9, step: 2)
        let quotes = (0..<400).map { index in
            let bid = market.bid + Int64(index % 3)
            return MarketQuote(symbol: 0, time: Int64(index), bid: bid, ask: bid + 2)
        }
        for plan in plans(quotes, [instrument], settings: eager()) {
            #expect(isSound(plan, instrument))
            #expect(plan.position.volume >= 4)
        }
    }

    @Test("an unusable grid, an unknown symbol or a bad price plans nothing")
    func unusable() {
        let good = MarketQuote(symbol: 0, time: 0, bid: 1_000, ask: 1_002)
        var settings = eager()
        settings.warmUp = -1
        func count(_ instrument: Instrument, _ quote: MarketQuote) -> Int {
            plans([quote, quote], [instrument], settings: settings).count
        }
        #expect(count(MarketFixture.instrument(), good) == 2)
        #expect(count(MarketFixture.instrument(tick: 0), good) == 0)
        #expect(count(MarketFixture.instrument(tick: -1), good) == 0)
        #expect(count(MarketFixture.instrument(step: 0), good) == 0)
        #expect(count(MarketFixture.instrument(min: Int64.max, step: 10), good) == 0)
        #expect(count(MarketFixture.instrument(min: 5, max: 4, step: 1), good) == 0)
        for symbol in [-1, 1] {
            var quote = good
            quote.symbol = symbol
            #expect(count(MarketFixture.instrument(), quote) == 0)
        }
        for (bid, ask) in [(0, 1), (Int64.min, 1), (1, Int64.max), (5, 4)] as [(Int64, Int64)] {
            let quote = MarketQuote(symbol: 0, time: 0, bid: bid, ask: ask)
            #expect(count(MarketFixture.instrument(), quote) == 0)
        }
    }
}
