/// How a simulated venue behaves. Chances are in ppm of the commands; times in nanoseconds.
public struct BrokerSettings: Sendable, Equatable {
    /// From the take until the venue may start.
    public var transit: ClosedRange<Int64> = 1_000_000...5_000_000
    /// From the start until the order is done: a floor, and the mean of what comes on top.
    public var workFloor: Int64 = 8_000_000
    public var workMean: Int64 = 60_000_000
    /// Now and then an order hangs for as long as this: longer than the deadline of a stop.
    public var slow: Int64 = 15_000
    public var slowest: Int64 = 3_500_000_000

    /// A receipt (10008) before the answer.
    public var receipt: Int64 = 300_000
    public var requote: Int64 = 30_000
    public var priceOff: Int64 = 10_000
    public var reject: Int64 = 15_000
    public var tooMany: Int64 = 5_000
    /// A fill mode that the venue does not take (10030), for the first mode only.
    public var fillMode: Int64 = 4_000
    /// 10012: done or not, the executor cannot say.
    public var timeout: Int64 = 5_000
    /// Done, but no answer ever comes.
    public var silent: Int64 = 8_000
    /// The order never reached the venue, and no answer comes.
    public var lost: Int64 = 5_000
    /// A query that is not heard the first time.
    public var queryLost: Int64 = 50_000
    public var partial: Int64 = 60_000
    /// The answer comes without a deal number, the deal itself a little later.
    public var dealLater: Int64 = 20_000

    /// Slippage: the mean size in parts per billion of the price, and how often it is in favour.
    public var slippage: Int64 = 6_000
    public var favourable: Int64 = 150_000
    /// 1e-8 of the account currency per lot, a cost.
    public var commission: Int64 = 350_000_000

    public init() {}

    /// Every order is done at its price at once, as far as a network allows.
    public static let calm: BrokerSettings = {
        var calm = BrokerSettings()
        calm.slow = 0
        calm.receipt = 0
        (calm.requote, calm.priceOff, calm.reject, calm.tooMany) = (0, 0, 0, 0)
        (calm.fillMode, calm.timeout, calm.silent, calm.lost) = (0, 0, 0, 0)
        (calm.queryLost, calm.partial, calm.dealLater, calm.slippage) = (0, 0, 0, 0)
        return calm
    }()
}
