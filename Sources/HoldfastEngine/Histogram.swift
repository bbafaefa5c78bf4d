import CHoldfast
import Synchronization

/// Counts of nanoseconds in log-linear buckets: 32 to a power of two, so a percentile is at most 3
/// % above the truth.
final class Histogram: Sendable {
    private static let fine = 5
    private static let buckets = (64 - fine) << fine
    private let counts = Mutex([UInt64](repeating: 0, count: Histogram.buckets))

    private static func bucket(_ value: UInt64) -> Int {
        if value < 1 << (fine + 1) { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - fine
        return (shift << fine) + Int(truncatingIfNeeded: value >> UInt64(shift))
    }

    private static func top(_ bucket: Int) -> UInt64 {
        if bucket < 1 << (fine + 1) { return UInt64(bucket) }
        let shift = bucket >> fine - 1
        let mantissa = UInt64(bucket - shift << fine)
        return (mantissa + 1) << UInt64(shift) - 1
    }

    func add(_ value: UInt64) {
        let bucket = min(Self.bucket(value), Self.buckets - 1)
        counts.withLock { $0[bucket] += 1 }
    }

    var summary: hf_latency {
        counts.withLock { counts in
            let total = counts.reduce(0, &+)
            func percentile(_ permille: UInt64) -> UInt64 {
                if total == 0 { return 0 }
                var left = max(1, (total * permille + 999) / 1000)
                for (bucket, count) in counts.enumerated() {
                    if count >= left { return Self.top(bucket) }
                    left -= count
                }
                return 0
            }
            return hf_latency(
                count: total, p50: percentile(500), p99: percentile(990), p999: percentile(999),
                max: percentile(1000))
        }
    }
}
