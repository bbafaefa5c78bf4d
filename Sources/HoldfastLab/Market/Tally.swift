/// How often each number came. Percentiles are exact; memory is one entry per distinct number,
/// and prices lie on a grid, so there are few.
struct Tally: Sendable {
    private var counts: [Int64: Int] = [:]
    private(set) var total = 0

    mutating func add(_ value: Int64) {
        counts[value, default: 0] += 1
        total += 1
    }

    /// The smallest number that at least `permille` thousandths of all do not exceed; nil when
    /// there are none.
    func percentile(permille: Int) -> Int64? {
        guard total > 0 else { return nil }
        let (product, overflow) = total.multipliedReportingOverflow(by: permille)
        guard !overflow else { return nil }
        let rank = max((product + 999) / 1_000, 1)
        var seen = 0
        for value in counts.keys.sorted() {
            seen += counts[value] ?? 0
            if seen >= rank { return value }
        }
        return counts.keys.max()
    }

    func count(above limit: Int64) -> Int {
        counts.reduce(0) { $1.key > limit ? $0 + $1.value : $0 }
    }
}
