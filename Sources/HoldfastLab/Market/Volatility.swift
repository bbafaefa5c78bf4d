/// Volatility that wanders and is drawn back to what is usual for the hour, in thousandths of
/// the ordinary.
struct Volatility {
    private(set) var level: Int64 = 1_000

    /// Milliseconds in which most of an excess dies down.
    private static let memory: Int64 = 1_200_000
    private static let range: ClosedRange<Int64> = 250...6_000

    /// `elapsed` in milliseconds, `weight` the liveliness of the hour.
    mutating func advance(elapsed: Int64, weight: Int64, random: inout SeededRandom) {
        let elapsed = elapsed.clamped(to: 0...600_000)
        let target = 550 + 8 * weight
        level += (target - level) * elapsed / (elapsed + Self.memory)
        // A shock in proportion to the level itself keeps the logarithm roughly normal; 45e-5
        // for the root of a millisecond gives it a deviation of about a third.
        let scale = integerSquareRoot(elapsed * 10_000) * 45 / 100
        let shock = proportion(level * scale, random.normalish(), SeededRandom.one * 100_000)
        level = (level + shock).clamped(to: Self.range)
    }

    mutating func excite(by extra: Int64) {
        level = (level + extra).clamped(to: Self.range)
    }
}
