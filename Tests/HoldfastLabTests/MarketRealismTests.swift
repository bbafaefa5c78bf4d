import Testing

@testable import HoldfastLab

/// Each trait of a real market that the session is made to have, on seed 1.
@Suite("Market realism")
struct MarketRealismTests {
    private let names = MarketFixture.statistics.names
    private let symbols = MarketFixture.statistics.symbols
    private let market = MarketFixture.market

    @Test("every symbol's spread p99 is more than three times its p50")
    func spreads() throws {
        for (name, symbol) in zip(names, symbols) {
            let median = try #require(symbol.spread(permille: 500))
            let wide = try #require(symbol.spread(permille: 990))
            #expect(median > 0)
            #expect(wide > 3 * median, "\(name): p50 \(median), p99 \(wide)")
        }
    }

    @Test("the rollover hour is wider than the busiest one")
    func rollover() {
        func mean(hour: Int64) -> Int64 {
            let widths = MarketFixture.quotes.filter {
                $0.symbol == 0 && $0.time / MarketHours.hour % 24 == hour
            }.map { $0.ask - $0.bid }
            return widths.reduce(0, +) * 10 / Int64(max(widths.count, 1))
        }
        #expect(mean(hour: 21) > 3 * mean(hour: 14))
    }

    @Test("spreads are wider when the market has just moved a lot")
    func spreadsFollowMoves() {
        let quotes = MarketFixture.quotes.filter { $0.symbol == 1 }
        var windows: [(move: Int64, width: Int64)] = []
        for start in stride(from: 0, to: quotes.count - 100, by: 100) {
            let window = quotes[start..<(start + 100)]
            let moves = zip(window, window.dropFirst()).map { abs($1.bid - $0.bid) }
            let widths = window.map { $0.ask - $0.bid }
            windows.append((moves.reduce(0, +), widths.reduce(0, +)))
        }
        windows.sort { ($0.move, $0.width) < ($1.move, $1.width) }
        let quarter = windows.count / 4
        let calm = windows.prefix(quarter).map(\.width).reduce(0, +)
        let wild = windows.suffix(quarter).map(\.width).reduce(0, +)
        #expect(wild * 10 > calm * 12)
    }

    @Test("every symbol has at least fifty bursts, all together a thousand")
    func bursts() {
        for (name, symbol) in zip(names, symbols) {
            #expect(symbol.bursts >= 50, "\(name)")
        }
        #expect(MarketFixture.statistics.bursts >= 1_000)
    }

    @Test("quotes come from less than a millisecond to many seconds apart")
    func arrivals() {
        let times = MarketFixture.quotes.lazy.filter { $0.symbol == 0 }.map(\.time)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.count { $0 < 1_000_000 } > gaps.count / 20)
        #expect(gaps.count { $0 > 5_000_000_000 } > gaps.count / 20)
    }

    @Test("over the weekend all but bitcoin stand still for 40 hours and open elsewhere")
    func weekend() throws {
        for (index, symbol) in symbols.enumerated() {
            let gap = try #require(symbol.largestGap)
            if market.settings.symbols[index].hours == .always {
                #expect(gap.gap < MarketHours.hour)
            } else {
                #expect(gap.gap > 40 * MarketHours.hour)
                #expect(gap.time / MarketHours.hour / 24 % 7 == 3, "opens on a Sunday")
                let median = try #require(symbol.medianMove)
                #expect(abs(gap.halfPoints) > 10 * median, "\(names[index])")
            }
        }
    }

    @Test("on the news five symbols jump within ten milliseconds, the dollar to one side")
    func news() throws {
        let news = try #require(market.settings.news)
        for (index, symbol) in symbols.enumerated() where index != 5 {
            let jump = try #require(symbol.largestMove)
            #expect(symbol.jumps >= 1)
            #expect((0..<10_000_000).contains(jump.time - news), "\(names[index])")
            let expected = market.settings.symbols[index].newsJump.signum()
            let euro = try #require(symbols[0].largestMove).halfPoints.signum()
            #expect(jump.halfPoints.signum() == -expected * euro)
        }
    }

    @Test("on the news the spread blows up, and ten minutes later it is back")
    func newsSpread() throws {
        let news = try #require(market.settings.news)
        func widths(_ from: Int64, _ to: Int64) -> [Int64] {
            let range = (news + from)..<(news + to)
            return MarketFixture.quotes.filter { $0.symbol == 1 && range.contains($0.time) }
                .map { $0.ask - $0.bid }.sorted()
        }
        let before = widths(-3_600_000_000_000, 0)
        let during = widths(9_400_000, 1_000_000_000)
        let after = widths(600_000_000_000, 1_800_000_000_000)
        let usual = before[before.count / 2]
        #expect(during[during.count / 2] > 8 * usual)
        #expect(after[after.count / 2] < 4 * usual)
    }

    @Test("one to ten quotes in ten thousand are crossed, on every symbol some")
    func crossed() {
        let statistics = MarketFixture.statistics
        let rate = statistics.crossed * 10_000
        #expect(rate >= statistics.quotes && rate <= 10 * statistics.quotes)
        #expect(symbols.allSatisfy { $0.crossed > 0 })
    }

    @Test("only one symbol is ever quoted without a spread")
    func zeroSpreads() {
        #expect(symbols[0].zeroSpreads > 500)
        #expect(symbols.dropFirst().allSatisfy { $0.zeroSpreads == 0 })
    }

    @Test("a stale repeated quote is rare and does occur")
    func repeated() {
        let repeated = symbols.reduce(0) { $0 + $1.repeated }
        #expect((20...200).contains(repeated))
    }

    @Test("a day's range is that of a real day")
    func ranges() {
        for (index, symbol) in market.settings.symbols.enumerated() {
            let bids = MarketFixture.quotes.filter {
                $0.symbol == index && $0.time < market.settings.start + 24 * MarketHours.hour
            }.map(\.bid)
            let range = (bids.max() ?? 0) - (bids.min() ?? 0)
            let usual = symbol.dailyMove
            #expect((usual / 2...usual * 5).contains(range), "\(names[index]): \(range)")
        }
    }
}
