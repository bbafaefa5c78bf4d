@testable import HoldfastLab

/// The session of seed 1 with its statistics, made once for all tests.
enum MarketFixture {
    static let market = Market()
    static let quotes = Array(market)
    static let statistics: MarketStatistics = {
        var statistics = MarketStatistics(instruments: market.instruments)
        for quote in quotes { statistics.add(quote) }
        return statistics
    }()

    static func quotes(seed: UInt64, count: Int) -> [MarketQuote] {
        Array(Market(settings: .init(seed: seed, quotes: count)))
    }

    /// FNV-1a over the words of each quote: order and every field count.
    static func hash(_ quotes: some Sequence<MarketQuote>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for quote in quotes {
            for word in [Int64(quote.symbol), quote.time, quote.bid, quote.ask] {
                hash = (hash ^ UInt64(bitPattern: word)) &* 0x0000_0100_0000_01B3
            }
        }
        return hash
    }

    static func instrument(
        tick: Int64 = 1, min: Int64 = 1_000_000, max: Int64 = 100_000_000,
        step: Int64 = 1_000_000, start: Int64 = 100_000
    ) -> Instrument {
        Instrument(
            name: "TEST", digits: 2, tickSize: tick, tickValue: 1, contract: 1, volumeMin: min,
            volumeMax: max, volumeStep: step, profitCurrency: "USD", startPrice: start)
    }
}
