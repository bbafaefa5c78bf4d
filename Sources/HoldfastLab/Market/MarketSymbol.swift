/// A symbol of the generated market: its contract terms and how its price behaves.
public struct MarketSymbol: Sendable, Equatable {
    public var instrument: Instrument
    public var hours: MarketHours
    /// Quotes of this symbol relative to those of the others.
    public var share: Int64
    /// Points that the price moves in a day, one standard deviation at ordinary volatility.
    public var dailyMove: Int64
    /// Points between bid and ask in an ordinary hour.
    public var typicalSpread: Int64
    /// How often, in an ordinary hour, the spread is zero: ppm of the quotes.
    public var zeroSpread: Int64
    /// The jump on good news for the dollar, in ppm of the price; 0 where it does not matter.
    public var newsJump: Int64
    /// The mean size of the jump over a weekend, in ppm of the price.
    public var weekendJump: Int64

    public init(
        instrument: Instrument, hours: MarketHours, share: Int64, dailyMove: Int64,
        typicalSpread: Int64, zeroSpread: Int64 = 0, newsJump: Int64 = 0, weekendJump: Int64 = 0
    ) {
        self.instrument = instrument
        self.hours = hours
        self.share = share
        self.dailyMove = dailyMove
        self.typicalSpread = typicalSpread
        self.zeroSpread = zeroSpread
        self.newsJump = newsJump
        self.weekendJump = weekendJump
    }

    /// Every number is in a range in which the generator's arithmetic is exact.
    var isValid: Bool {
        let tick = instrument.tickSize
        return (1...(1 << 30)).contains(tick)
            && (tick...(1 << 40)).contains(instrument.startPrice)
            && (1...(1 << 20)).contains(share)
            && (0...(1 << 32)).contains(dailyMove)
            && (0...(1 << 32)).contains(typicalSpread)
            && (0...1_000_000).contains(zeroSpread)
            && (-500_000...500_000).contains(newsJump)
            && (0...500_000).contains(weekendJump)
    }
}

extension MarketSymbol {
    /// Six symbols with the traits that a position manager meets: three and five digits, a tick
    /// of many points, a profit currency that is not the dollar, no weekend.
    public static let standard: [MarketSymbol] = [
        MarketSymbol(
            instrument: .currencyPair("EURUSD", digits: 5, profit: "USD", start: 114_250),
            hours: .forex, share: 26, dailyMove: 620, typicalSpread: 4, zeroSpread: 30_000,
            newsJump: -4_500, weekendJump: 1_800),
        MarketSymbol(
            instrument: .currencyPair("GBPUSD", digits: 5, profit: "USD", start: 135_480),
            hours: .forex, share: 20, dailyMove: 780, typicalSpread: 9,
            newsJump: -4_000, weekendJump: 2_000),
        MarketSymbol(
            instrument: .currencyPair("USDJPY", digits: 3, profit: "JPY", start: 143_620),
            hours: .forex, share: 20, dailyMove: 950, typicalSpread: 8,
            newsJump: 6_000, weekendJump: 2_400),
        MarketSymbol(
            instrument: Instrument(
                name: "XAUUSD", digits: 2, tickSize: 1, tickValue: 100_000_000, contract: 100,
                volumeMin: 1_000_000, volumeMax: 5_000_000_000, volumeStep: 1_000_000,
                profitCurrency: "USD", startPrice: 335_400),
            hours: .exchange, share: 16, dailyMove: 3_800, typicalSpread: 18,
            newsJump: -7_500, weekendJump: 4_000),
        MarketSymbol(
            instrument: Instrument(
                name: "US500", digits: 2, tickSize: 25, tickValue: 250_000_000, contract: 10,
                volumeMin: 10_000_000, volumeMax: 25_000_000_000, volumeStep: 10_000_000,
                profitCurrency: "USD", startPrice: 597_500),
            hours: .exchange, share: 10, dailyMove: 5_600, typicalSpread: 50,
            newsJump: 6_500, weekendJump: 3_500),
        MarketSymbol(
            instrument: Instrument(
                name: "BTCUSD", digits: 2, tickSize: 1, tickValue: 1_000_000, contract: 1,
                volumeMin: 1_000_000, volumeMax: 1_000_000_000, volumeStep: 1_000_000,
                profitCurrency: "USD", startPrice: 10_462_300),
            hours: .always, share: 14, dailyMove: 240_000, typicalSpread: 1_250),
    ]
}

extension Instrument {
    /// A pair of 100 000 units a lot and a tick of one point.
    static func currencyPair(
        _ name: String, digits: Int, profit: String, start: Int64
    ) -> Instrument {
        let contract: Int64 = 100_000
        var tickValue = contract * 100_000_000
        for _ in 0..<digits { tickValue /= 10 }
        return Instrument(
            name: name, digits: digits, tickSize: 1, tickValue: tickValue, contract: contract,
            volumeMin: 1_000_000, volumeMax: 10_000_000_000, volumeStep: 1_000_000,
            profitCurrency: profit, startPrice: start)
    }
}
