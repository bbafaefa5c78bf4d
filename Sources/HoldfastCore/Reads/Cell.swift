import CHoldfast

/// The open positions of one account, symbol and side in a summary, and of one strategy where it is
/// grouped by strategy: their gain is converted once, on its own sign, as an account's is.
struct Cell {
    private let account: UInt32
    private let market: UInt32
    /// In the stripe of the market.
    private let group: UInt32
    private let side: Side

    private(set) var count: UInt64 = 0
    private(set) var profitable: UInt64 = 0
    private(set) var losing: UInt64 = 0
    private(set) var unknown: UInt64 = 0
    private(set) var volume: Int128 = 0
    /// nil: unknown, as the two below.
    private(set) var costs: Int128? = 0
    private(set) var floating: Int64?
    private(set) var exposure: Int64?
    private(set) var currency: UInt64 = 0

    /// The slice in which its price was read, and whether there was one in every slice and the sum
    /// of gains fits.
    private var slice = 0
    private var price: Int64 = 0
    private var isPriced = true
    private var gain: Int128 = 0
    /// Money is gain x tickValue / divisor. Gains up to the limit give money that fits; the limit
    /// is 0 where money has to be converted.
    private var tickValue: Int64 = 0
    private var divisor: Int64 = 0
    private var limit: UInt64 = 0
    /// The gain from which on money is 1e-8 at least.
    private var least: Int64 = 1

    init(_ p: UnsafeMutablePointer<Position>, account: UInt32) {
        self.account = account
        (market, side, group) = (p.pointee.market, p.pointee.side, p.pointee.group)
    }

    var isLong: Bool { side == .long }

    /// Whether a position is of its account and symbol.
    @inline(__always)
    func has(_ p: UnsafeMutablePointer<Position>) -> Bool {
        p.pointee.group == group && p.pointee.market == market
    }

    /// - Parameter slice: 1, 2, 3 ...: prices stand still within one.
    @inline(__always)
    mutating func add(_ p: UnsafeMutablePointer<Position>, _ stripe: inout Stripe, slice: Int) {
        if self.slice != slice { readTerms(&stripe, slice) }
        count &+= 1
        volume &+= Int128(p.pointee.volume)
        if p.pointee.ledger != none || price == 0 { return addBooked(p, &stripe) }
        // Most have no costs and a gain far below the limit. No branch depends on its sign: those
        // are as good as random.
        let move = price &- p.pointee.openPrice
        let gain = Money.product(p.pointee.volume, side == .long ? move : 0 &- move)
        add(gain)
        guard let small = Int64(exactly: gain), small.magnitude <= limit else {
            return addValued(p, &stripe)
        }
        profitable &+= small >= least ? 1 : 0
        losing &+= small <= 0 &- least ? 1 : 0
    }

    /// One with costs, or whose parts were closed.
    private mutating func addBooked(
        _ p: UnsafeMutablePointer<Position>, _ stripe: inout Stripe
    ) {
        let costs = stripe.openCosts(p)
        add(costs: costs)
        if price == 0 {
            unknown &+= 1
            return
        }
        let gain = stripe.gain(p, at: price)
        add(gain)
        guard let costs, let small = Int64(exactly: gain), small.magnitude <= limit,
            costs.magnitude < 1 << 61
        else { return addValued(p, &stripe) }
        // money + costs, times twice the divisor: no division tells the sign of what is rounded
        // half away from zero.
        let net =
            (Money.product(small, tickValue) &+ Money.product(costs, divisor)) &* 2
        let one = Int128(divisor)
        profitable &+= (costs <= 0 ? net >= one : net > one) ? 1 : 0
        losing &+= (costs >= 0 ? net <= -one : net < -one) ? 1 : 0
    }

    @inline(__always)
    private mutating func add(_ one: Int128) {
        let (sum, overflow) = gain.addingReportingOverflow(one)
        gain = sum
        if overflow { isPriced = false }
    }

    private mutating func add(costs one: Int64?) {
        if one == 0 { return }
        if let one, let sum = costs { costs = sum &+ Int128(one) } else { costs = nil }
    }

    /// One whose sign needs its money.
    private mutating func addValued(
        _ p: UnsafeMutablePointer<Position>, _ stripe: inout Stripe
    ) {
        guard let (_, net) = stripe.netFloating(p) else {
            unknown &+= 1
            return
        }
        if net > 0 { profitable &+= 1 }
        if net < 0 { losing &+= 1 }
    }

    private mutating func readTerms(_ stripe: inout Stripe, _ slice: Int) {
        let row = stripe.shared.pointee.markets[Int(market)]
        self.slice = slice
        price = row.pointee.closingPrice(side)
        if price == 0 { isPriced = false }
        tickValue = row.pointee.terms.tick_value
        let (divisor, overflow) =
            row.pointee.terms.tick_size.multipliedReportingOverflow(by: Limits.unit)
        limit = 0
        if overflow || !stripe.isPlain(account, row) { return }
        self.divisor = divisor
        let most = Int128(divisor) << 62 / Int128(tickValue)
        limit = UInt64(min(most, 1 << 62))
        let twice = Int128(tickValue) &* 2
        least = Int64(clamping: (Int128(divisor) &+ twice &- 1) / twice)
    }

    /// Values what was added; the stripe is locked.
    mutating func value(_ stripe: inout Stripe) {
        let row = stripe.shared.pointee.markets[Int(market)]
        currency = stripe.shared.pointee.accounts[Int(account)].currency
        floating = isPriced ? stripe.floating(gain, of: account, row) : nil
        exposure = stripe.exposure(volume, of: account, row, side)
    }

    /// What its positions are told by in a summary.
    func key(_ strategy: UInt64, _ shared: UnsafeMutablePointer<Shared>) -> GroupKey {
        GroupKey(
            account: shared.pointee.accounts[Int(account)].id, strategy: strategy,
            symbol: market + 1, side: side.rawValue)
    }
}
