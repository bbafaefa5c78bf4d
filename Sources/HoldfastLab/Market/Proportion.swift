/// `value * factor / divisor` in 128 bits, truncated, held to the ends of `Int64`: no product of
/// two settings can trap. 0 when the divisor is 0.
func proportion(_ value: Int64, _ factor: Int64, _ divisor: Int64) -> Int64 {
    guard divisor != 0 else { return 0 }
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    if !overflow, divisor > 0 { return product / divisor }
    return Int64(clamping: Int128(value) * Int128(factor) / Int128(divisor))
}

/// The largest integer whose square is at most `value`; 0 for what is below zero.
func integerSquareRoot(_ value: Int64) -> Int64 {
    guard value > 0 else { return 0 }
    var rest = value
    var root: Int64 = 0
    var bit: Int64 = 1 << ((63 - Int64(value.leadingZeroBitCount)) & ~1)
    while bit != 0 {
        if rest >= root + bit {
            rest -= root + bit
            root = (root >> 1) + bit
        } else {
            root >>= 1
        }
        bit >>= 2
    }
    return root
}

extension Int64 {
    func clamped(to limits: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, limits.lowerBound), limits.upperBound)
    }
}
