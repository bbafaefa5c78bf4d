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

    // What follows is drawn from a stream of its own: a setting here changes nothing above.

    /// A ticket that it never heard of is taken on trust: it executes whatever it is told, so that
    /// a second close shows in its books. Without trust such a close is answered 10036.
    public var isTrusting = true
    /// Accounts that net; all others hedge.
    public var netting: Set<UInt64> = []
    /// 1e-8 of the account currency, of every account at the start.
    public var balance: Int64 = 100_000 * 100_000_000
    /// A position gets another ticket when a part of it is closed.
    public var renewsTickets = false
    /// Ticks that its prices are worse than the quotes, and its distances.
    public var markupTicks: Int64 = 0
    public var stopsTicks: Int64 = 0
    public var freezeTicks: Int64 = 0

    /// Answers of a command's first delivery: lost, given twice, late by at most `latest`.
    public var answerLost: Int64 = 0
    public var answerTwice: Int64 = 0
    public var answerLate: Int64 = 0
    public var latest: Int64 = 8_000_000_000

    /// A snapshot that is not answered, and one that is answered with a failure.
    public var snapshotLost: Int64 = 0
    public var snapshotFailed: Int64 = 0
    /// A stop that fired and is not told: the next snapshot has its deal.
    public var stopUntold: Int64 = 0
    /// Deals come into the history so late at most.
    public var historyLag: Int64 = 0
    /// How far back a snapshot tells deals.
    public var history: Int64 = 600_000_000_000

    /// Minutes of simulated time, in ppm, in which the connection is lost, and for how long; and
    /// how many of those hear nothing, where the others answer 10031.
    public var outage: Int64 = 0
    public var outageLength: ClosedRange<Int64> = 2_000_000_000...20_000_000_000
    public var outageDeaf: Int64 = 500_000
    /// Minutes in which a person at the terminal opens a position, or closes one.
    public var handOpens: Int64 = 0
    public var handCloses: Int64 = 0

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

    /// A bad day: everything that a broker can do to its clients, often.
    public static let rough: BrokerSettings = {
        var rough = BrokerSettings()
        rough.isTrusting = false
        rough.renewsTickets = true
        rough.markupTicks = 1
        rough.stopsTicks = 10
        rough.freezeTicks = 4
        (rough.timeout, rough.silent, rough.lost) = (15_000, 20_000, 10_000)
        (rough.partial, rough.queryLost) = (120_000, 150_000)
        (rough.answerLost, rough.answerTwice, rough.answerLate) = (40_000, 60_000, 30_000)
        (rough.snapshotLost, rough.snapshotFailed) = (30_000, 40_000)
        rough.stopUntold = 400_000
        rough.historyLag = 6_000_000_000
        rough.outage = 40_000
        (rough.handOpens, rough.handCloses) = (60_000, 60_000)
        return rough
    }()
}
