import CHoldfast

/// No slot, no leaf, no life.
let none = UInt32.max

/// An open position: what does not change with every tick. Its levels are watched by a leaf of the
/// book; `stop` is the stop when it was last written here, and the leaf's is never looser.
struct Position {
    var id: UInt64
    var account: UInt32
    var market: UInt32
    var leaf: UInt32
    /// The life of its closing intent and commands; `none` while there is none.
    var life: UInt32 = none
    /// Neighbours among the positions whose trail waits for a quote.
    var parkedNext: UInt32 = none
    var parkedBefore: UInt32 = none
    /// Neighbours among the positions of observing accounts with a recorded breach.
    var recordedNext: UInt32 = none
    var recordedBefore: UInt32 = none
    /// Its breach that must not fire yet.
    var withheld: UInt32 = none
    var rules: UInt32 = none
    var commandCount: UInt32 = 0
    /// Epoch and count of the latest closing command; count 0 = none yet.
    var closeCount: UInt32 = 0
    var closeEpoch: UInt32 = 0
    /// `act_before` of the last closing command that nobody answered: no other goes out earlier.
    var closeNotBefore = Int64.min
    var side: Side
    var setBy: Reason = .none
    var isParked = false
    /// Its rules are distances that the book trails alone.
    var isPlain = true
    /// The leaf's distance and `up` are bounds: what fires is judged here.
    var isJudged = false
    /// An observing account: the breach of this level was recorded and lasts.
    var stopRecorded = false
    var targetRecorded = false
    var isMoneyKnown = true
    var hasInterval = false

    var volume: Int64
    var volumeInitial: Int64
    /// Sum of price x volume over the open part: points x 1e-8 lot.
    var cost: Int128
    var openPrice: Int64
    /// Natural prices; 0 = unset.
    var stop: Int64
    var target: Int64
    var stopFirst: Int64
    /// Smallest distance of its trailing rules; 0 = none.
    var trail: Int64 = 0
    /// Watched price from which a parked trail starts; Int64.min = the next quote's own.
    var parkedPeak: Int64 = .min
    var strategy: UInt64
    var ticket: UInt64
    var magic: Int64
    var opened: Int64
    var interval: Int64
    var realised: Int64 = 0
    var commission: Int64
    var swap: Int64
    var fee: Int64 = 0
    /// Volume that acks closed without naming a deal; what each told is with its command.
    var unmatched: Int64 = 0
    /// The command whose told volume was the last fill; 0 when that was something else.
    var lastTold: UInt32 = 0
    var tag: Text32
    var clientID: Text40

    /// The side's sign: watched price = sign x natural price.
    @inline(__always) var sign: Int64 { side == .long ? 1 : -1 }

    /// Average entry in 1e-8 point, truncated.
    var average: Int64 {
        volume == 0 ? 0 : Int64(clamping: Share.of(cost, Limits.unit, volume))
    }
}

/// A part of a sum, through 256 bits: no product overflows.
enum Share {
    /// whole x part / total, truncated toward zero. The result fits whenever part <= total, and for
    /// averages because price x 1e8 does.
    static func of(_ whole: Int128, _ part: Int64, _ total: Int64) -> Int128 {
        let product = whole.magnitude.multipliedFullWidth(by: UInt128(part))
        let (quotient, _) = UInt128(total).dividingFullWidth(product)
        return whole < 0 ? -Int128(quotient) : Int128(quotient)
    }
}

/// Money from points, one fraction, rounded once, half away from zero (SEMANTICS 1 and 5).
enum Money {
    /// - Returns: false, and nothing added, when the sum does not fit.
    static func add(_ amount: Int64, to sum: inout Int64) -> Bool {
        let (value, overflow) = sum.addingReportingOverflow(amount)
        if !overflow { sum = value }
        return !overflow
    }

    /// - Parameters:
    ///   - gain: points x 1e-8 lot, signed.
    /// - Returns: 1e-8 of the profit currency; nil when it does not fit.
    static func value(of gain: Int128, tickValue: Int64, tickSize: Int64) -> Int64? {
        let (product, overflow) = gain.multipliedReportingOverflow(by: Int128(tickValue))
        if overflow { return nil }
        let divisor = Int128(tickSize) * Int128(Limits.unit)
        let half = divisor / 2
        let magnitude = product.magnitude
        let rounded = (magnitude + UInt128(half)) / UInt128(divisor)
        guard let small = Int64(exactly: rounded) else { return nil }
        return product < 0 ? -small : small
    }
}
