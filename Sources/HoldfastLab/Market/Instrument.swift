/// The contract terms of a symbol, as a broker states them; units as everywhere in Holdfast.
public struct Instrument: Sendable, Equatable {
    public var name: String
    /// A point is 10^-digits of the price.
    public var digits: Int
    /// Points; bids, asks and levels are multiples of it.
    public var tickSize: Int64
    /// 1e-8 of the profit currency per lot per tick.
    public var tickValue: Int64
    /// Units of the underlying in one lot.
    public var contract: Int64
    /// 1e-8 lot, all three.
    public var volumeMin: Int64
    public var volumeMax: Int64
    public var volumeStep: Int64
    public var profitCurrency: String
    /// Points: where the generator starts; 0 where the quotes come from elsewhere.
    public var startPrice: Int64

    public init(
        name: String, digits: Int, tickSize: Int64, tickValue: Int64, contract: Int64,
        volumeMin: Int64, volumeMax: Int64, volumeStep: Int64, profitCurrency: String,
        startPrice: Int64 = 0
    ) {
        self.name = name
        self.digits = digits
        self.tickSize = tickSize
        self.tickValue = tickValue
        self.contract = contract
        self.volumeMin = volumeMin
        self.volumeMax = volumeMax
        self.volumeStep = volumeStep
        self.profitCurrency = profitCurrency
        self.startPrice = startPrice
    }

    /// The largest price that the lab works with, in points: prices from doubles end here too.
    public static let priceMax: Int64 = 1 << 53

    /// The tick size and the volume grid can be worked with.
    public var isTradable: Bool {
        (1...(1 << 40)).contains(tickSize) && volumeStep > 0 && volumeMin > 0
            && volumeLowest <= volumeMax
    }

    /// The smallest volume on the grid of `volumeStep` that is at least `volumeMin`.
    public var volumeLowest: Int64 {
        guard volumeStep > 0 else { return volumeMin }
        let short = volumeMin % volumeStep
        guard short > 0 else { return volumeMin }
        let (sum, overflow) = volumeMin.addingReportingOverflow(volumeStep - short)
        return overflow ? Int64.max : sum
    }
}
