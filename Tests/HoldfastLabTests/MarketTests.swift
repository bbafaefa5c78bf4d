import Testing

@testable import HoldfastLab

@Suite("Market")
struct MarketTests {
    @Test("the session of seed 1 is the committed one, on every machine")
    func pinned() {
        #expect(MarketFixture.hash(MarketFixture.quotes) == 13_585_580_727_563_856_654)
    }

    @Test("two sequences of one market are equal")
    func repeats() {
        let market = Market(settings: .init(seed: 7, quotes: 5_000))
        #expect(Array(market) == Array(market))
    }

    @Test("different seeds give different quotes")
    func seeds() {
        let hashes = (1...20).map { seed in
            MarketFixture.hash(MarketFixture.quotes(seed: UInt64(seed), count: 500))
        }
        #expect(Set(hashes).count == hashes.count)
    }

    @Test("exactly as many quotes come as were asked for", arguments: [0, 1, 6, 999, 20_000])
    func count(quotes: Int) {
        #expect(MarketFixture.quotes(seed: 2, count: quotes).count == quotes)
        #expect(MarketFixture.quotes.count == 300_000)
    }

    @Test("time never goes back, and ties come in order of the symbols")
    func order() {
        let quotes = MarketFixture.quotes
        let ordered = zip(quotes, quotes.dropFirst()).allSatisfy {
            ($0.time, $0.symbol) <= ($1.time, $1.symbol)
        }
        #expect(ordered)
        let settings = MarketFixture.market.settings
        #expect(quotes.allSatisfy { (settings.start..<settings.end).contains($0.time) })
    }

    @Test("prices are positive and on the tick grid")
    func grid() {
        let ticks = MarketFixture.market.instruments.map(\.tickSize)
        let good = MarketFixture.quotes.allSatisfy { quote in
            let tick = ticks[quote.symbol]
            return quote.bid > 0 && quote.ask > 0 && quote.bid % tick == 0
                && quote.ask % tick == 0
        }
        #expect(good)
    }

    @Test("the quotes fill the session from Thursday to Monday")
    func span() {
        let settings = MarketFixture.market.settings
        for symbol in settings.symbols.indices {
            let times = MarketFixture.quotes.lazy.filter { $0.symbol == symbol }.map(\.time)
            let first = times.first ?? 0
            let last = times.reversed().first ?? 0
            #expect(first - settings.start < MarketHours.hour)
            #expect(settings.end - last < MarketHours.hour)
        }
    }

    @Test("no symbol is quoted while it is closed, and only bitcoin on Saturday")
    func hours() {
        let symbols = MarketFixture.market.settings.symbols
        let closed = MarketFixture.quotes.contains {
            symbols[$0.symbol].hours.weight(at: $0.time) == 0
        }
        #expect(!closed)
        let saturday = MarketFixture.quotes.filter { $0.time / MarketHours.hour / 24 % 7 == 2 }
        #expect(Set(saturday.map(\.symbol)) == [5])
    }

    @Test("a tick value is the contract times the tick, in 1e-8")
    func tickValues() {
        for instrument in MarketFixture.market.instruments {
            var value = instrument.contract * instrument.tickSize * 100_000_000
            for _ in 0..<instrument.digits { value /= 10 }
            #expect(instrument.tickValue == value)
            #expect(instrument.isTradable)
        }
    }

    @Test("settings out of range give fewer quotes or none, never a trap")
    func badSettings() {
        func quotes(_ change: (inout Market.Settings) -> Void) -> [MarketQuote] {
            var settings = Market.Settings(seed: 9, quotes: 300)
            change(&settings)
            return Array(Market(settings: settings).prefix(1_000))
        }
        #expect(quotes { $0.symbols = [] }.isEmpty)
        #expect(quotes { $0.quotes = -1 }.isEmpty)
        #expect(quotes { $0.end = $0.start }.isEmpty)
        #expect(quotes { $0.end = Int64.min }.isEmpty)
        #expect(quotes { $0.symbols[0].share = 0 }.count == 300)
        #expect(quotes { $0.symbols[1].instrument.tickSize = 0 }.count == 300)
        #expect(quotes { $0.symbols[2].instrument.startPrice = Int64.max }.count == 300)
        #expect(quotes { $0.quotes = Int.max }.count == 1_000)
        #expect(quotes { $0.start = Int64.min }.isEmpty)
        #expect(quotes { $0.start = Int64.max }.isEmpty)
        #expect(quotes { $0.end = Int64.max }.count == 300)
        #expect(quotes { $0.news = Int64.max }.count == 300)
        #expect(quotes { $0.news = Int64.min }.count == 300)
        #expect(quotes { $0.news = nil }.count == 300)
        #expect(quotes { $0.end = $0.start + 1_000_000_000 }.count == 300)
        #expect(quotes { $0.end = $0.start + 1 }.count <= 300)
    }

    @Test("the wildest symbol stays positive, on its grid and in order")
    func extremes() {
        var settings = Market.Settings(seed: 11, quotes: 4_000)
        settings.symbols = [1, 7, 1 << 30].map { tick in
            MarketSymbol(
                instrument: MarketFixture.instrument(tick: tick, start: tick * 3),
                hours: .forex, share: 1, dailyMove: 1 << 32, typicalSpread: 1 << 32,
                zeroSpread: 1_000_000, newsJump: -500_000, weekendJump: 500_000)
        }
        let quotes = Array(Market(settings: settings))
        #expect(quotes.count == 4_000)
        let good = quotes.allSatisfy { quote in
            let tick = settings.symbols[quote.symbol].instrument.tickSize
            return min(quote.bid, quote.ask) > 0 && quote.bid % tick == 0
                && quote.ask % tick == 0 && max(quote.bid, quote.ask) < Instrument.priceMax
        }
        #expect(good)
        #expect(zip(quotes, quotes.dropFirst()).allSatisfy { $0.time <= $1.time })
    }
}
