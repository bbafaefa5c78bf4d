/// Products of 256 bits and their quotients. Most amounts are far smaller, and then a product is
/// one instruction and a quotient another.
enum Wide {
    typealias Product = (high: UInt128, low: UInt128)

    @inline(__always)
    static func product(_ a: UInt128, _ b: UInt128) -> Product {
        if let a = UInt64(exactly: a), let b = UInt64(exactly: b) {
            let (high, low) = a.multipliedFullWidth(by: b)
            return (0, UInt128(high) << 64 | UInt128(low))
        }
        let (high, low) = a.multipliedFullWidth(by: b)
        return (high, low)
    }

    /// Truncated; nil when it does not fit, or for a divisor of 0.
    @inline(__always)
    static func quotient(_ whole: Product, _ divisor: UInt128) -> UInt128? {
        if let short = UInt64(exactly: divisor) {
            let high = UInt64(truncatingIfNeeded: whole.low >> 64)
            if whole.high == 0 && high < short {
                let low = UInt64(truncatingIfNeeded: whole.low)
                return UInt128(short.dividingFullWidth((high, low)).quotient)
            }
        }
        return longQuotient(whole, divisor)
    }

    @inline(never)
    private static func longQuotient(_ whole: Product, _ divisor: UInt128) -> UInt128? {
        if whole.high >= divisor { return nil }
        if whole.high == 0 { return whole.low / divisor }
        return divisor.dividingFullWidth((whole.high, whole.low)).quotient
    }
}

/// A part of a sum, through 256 bits: no product overflows.
enum Share {
    /// whole x part / total, truncated toward zero. The result fits whenever part <= total, and for
    /// averages because price x 1e8 does.
    static func of(_ whole: Int128, _ part: Int64, _ total: Int64) -> Int128 {
        let product = Wide.product(whole.magnitude, UInt128(UInt64(bitPattern: part)))
        let quotient = Wide.quotient(product, UInt128(UInt64(bitPattern: total))) ?? 0
        return whole < 0 ? -Int128(bitPattern: quotient) : Int128(bitPattern: quotient)
    }

    /// The same of an amount of money: |result| <= |whole|.
    static func of(_ whole: Int64, _ part: Int64, _ total: Int64) -> Int64 {
        Int64(truncatingIfNeeded: of(Int128(whole), part, total))
    }

    /// a / b as a ratio of 1e-8, truncated toward zero; nil when it does not fit.
    static func ratio(_ a: Int128, _ b: Int128) -> Int64? {
        let product = Wide.product(a.magnitude, UInt128(Limits.unit))
        guard let whole = Wide.quotient(product, b.magnitude), let small = Int64(exactly: whole)
        else { return nil }
        return (a < 0) == (b < 0) ? small : -small
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
    ///   - rate: from the profit currency to the account's; a gain and a loss have different sides.
    /// - Returns: 1e-8 of the account's currency; nil when it does not fit.
    static func value(
        of gain: Int128, tickValue: Int64, tickSize: Int64, _ rate: borrowing Conversion = .one
    ) -> Int64? {
        if gain == 0 { return 0 }
        let side = gain < 0 ? rate.loss : rate.gain
        let (factor, isLarge) = UInt128(tickValue).multipliedReportingOverflow(by: side.up)
        let (divisor, isSmall) = (UInt128(tickSize) * UInt128(Limits.unit))
            .multipliedReportingOverflow(by: side.down)
        if isLarge || isSmall { return nil }
        let product = Wide.product(gain.magnitude, factor)
        let (low, carries) = product.low.addingReportingOverflow(divisor / 2)
        let half = (product.high &+ (carries ? 1 : 0), low)
        guard let whole = Wide.quotient(half, divisor), let small = Int64(exactly: whole) else {
            return nil
        }
        return gain < 0 ? -small : small
    }

    /// One multiplication: of two values that are widened first the compiler makes three.
    @inline(__always)
    static func product(_ a: Int64, _ b: Int64) -> Int128 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return Int128(truncatingIfNeeded: high) &<< 64 | Int128(truncatingIfNeeded: low)
    }

    /// The mean of a sum of money that fits, rounded half away from zero.
    static func mean(_ sum: Int128, _ count: Int) -> Int64 {
        let whole = (sum.magnitude + UInt128(count) / 2) / UInt128(count)
        return Int64(clamping: sum < 0 ? -Int128(whole) : Int128(whole))
    }
}

/// What makes money of one currency that of another, as exact fractions: a gain goes at the bid of
/// a direct pair, a loss at its ask, and the other way round for an inverse one.
struct Conversion {
    struct Fraction {
        var up: UInt128 = 1
        var down: UInt128 = 1
    }

    var gain = Fraction()
    var loss = Fraction()

    static var one: Conversion { Conversion() }

    /// This one and then another, in one fraction; nil when that does not fit.
    func then(_ next: Conversion) -> Conversion? {
        guard let gain = Self.product(gain, next.gain), let loss = Self.product(loss, next.loss)
        else { return nil }
        return Conversion(gain: gain, loss: loss)
    }

    private static func product(_ a: Fraction, _ b: Fraction) -> Fraction? {
        let (up, isLarge) = a.up.multipliedReportingOverflow(by: b.up)
        let (down, isSmall) = a.down.multipliedReportingOverflow(by: b.down)
        return isLarge || isSmall ? nil : Fraction(up: up, down: down)
    }
}
