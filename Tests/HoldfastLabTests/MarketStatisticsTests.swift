import Testing

@testable import HoldfastLab

@Suite("Market statistics")
struct MarketStatisticsTests {
    private func statistics(_ quotes: [(time: Int64, bid: Int64, ask: Int64)])
        -> SymbolStatistics
    {
        var statistics = SymbolStatistics()
        for quote in quotes {
            statistics.add(
                MarketQuote(symbol: 0, time: quote.time, bid: quote.bid, ask: quote.ask))
        }
        return statistics
    }

    @Test("percentiles are by nearest rank")
    func percentiles() {
        let hundred = statistics((1...100).map { (Int64($0), 1_000, 1_000 + Int64($0)) })
        #expect(hundred.spread(permille: 500) == 50)
        #expect(hundred.spread(permille: 990) == 99)
        #expect(hundred.spread(permille: 1_000) == 100)
        #expect(hundred.spread(permille: 0) == 1)
        #expect(statistics([]).spread(permille: 500) == nil)
    }

    @Test("twenty quotes in a tenth of a second are a burst, nineteen are none")
    func bursts() {
        func run(_ count: Int64, from start: Int64, apart: Int64) -> [(Int64, Int64, Int64)] {
            (0..<count).map { (start + $0 * apart, 100, 101) }
        }
        let millisecond: Int64 = 1_000_000
        #expect(statistics(run(19, from: 0, apart: millisecond)).bursts == 0)
        #expect(statistics(run(20, from: 0, apart: 5 * millisecond)).bursts == 1)
        #expect(statistics(run(20, from: 0, apart: 6 * millisecond)).bursts == 0)
        #expect(statistics(run(400, from: 0, apart: millisecond)).bursts == 1)
        let two = run(30, from: 0, apart: 1) + run(30, from: 1_000 * millisecond, apart: 1)
        #expect(statistics(two).bursts == 2)
    }

    @Test("the largest gap is the longest one that ended at another mid")
    func gap() {
        let result = statistics([
            (0, 100, 102), (10, 101, 103), (500, 101, 103), (600, 90, 93), (650, 95, 97),
        ])
        #expect(result.largestGap == .init(time: 600, gap: 100, halfPoints: -21))
        #expect(result.largestMove == .init(time: 600, gap: 100, halfPoints: -21))
        #expect(result.repeated == 1)
    }

    @Test("a jump is more than twenty times the median move")
    func jumps() {
        var bid: Int64 = 1_000
        var quotes: [(Int64, Int64, Int64)] = [(0, bid, bid + 2)]
        for (time, move) in [1, -1, 1, -1, 20, 1, -1, -21, 1].enumerated() {
            bid += Int64(move)
            quotes.append((Int64(time) + 1, bid, bid + 2))
        }
        let result = statistics(quotes)
        #expect(result.medianMove == 2)
        #expect(result.jumps == 1)
        #expect(result.largestMove?.halfPoints == -42)
    }

    @Test("a move after a pause of more than an hour is a gap and no jump")
    func pause() {
        let pause = SymbolStatistics.pause
        let quotes: [(Int64, Int64, Int64)] = [(0, 100, 101), (1, 101, 102)]
        let jump = statistics(quotes + [(pause + 1, 900, 901)])
        #expect(jump.jumps == 1)
        let gap = statistics(quotes + [(pause + 2, 900, 901)])
        #expect(gap.jumps == 0)
        #expect(gap.largestMove?.halfPoints == 2)
        #expect(gap.largestGap?.halfPoints == 1_598)
    }

    @Test("crossed and zero spreads are counted, and a crossed one is no spread")
    func crossed() {
        let result = statistics([(0, 100, 101), (1, 100, 99), (2, 100, 100)])
        #expect(result.crossed == 1)
        #expect(result.zeroSpreads == 1)
        #expect(result.spread(permille: 0) == 0)
    }

    @Test("prices and times out of range and unknown symbols are left out")
    func badQuotes() {
        let most = Int64.max
        let result = statistics([(0, 0, 1), (0, -5, 1), (0, 1, most), (-1, 1, 1), (most, 1, 2)])
        #expect(result.quotes == 1)
        var all = MarketStatistics(instruments: [MarketFixture.instrument()])
        all.add(MarketQuote(symbol: 1, time: 0, bid: 1, ask: 2))
        all.add(MarketQuote(symbol: -1, time: 0, bid: 1, ask: 2))
        #expect(all.quotes == 0)
        #expect(all.rows().first?.contains("-") == true)
    }

    @Test("the table has a row for each symbol and a total, with equal columns")
    func table() {
        let statistics = MarketFixture.statistics
        let rows = statistics.rows()
        #expect(rows.map(\.first) == statistics.names + ["total"])
        #expect(rows.allSatisfy { $0.count == MarketStatistics.columns.count })
        #expect(rows.last?[1] == "300000")
        let lines = statistics.lines()
        #expect(Set(lines.map(\.count)).count == 1)
        #expect(lines.contains { $0.contains("Fri 12:30:00.0") })
    }
}
