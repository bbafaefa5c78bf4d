import CHoldfast

/// One snapshot at work: what it is compared by, and what came of it so far.
struct Reconciliation {
    let account: UInt32
    let head: hf_reconcile
    let now: Int64
    var report = hf_sync_report()
    /// Positions that were compared, and those of them without a difference.
    var compared: UInt64 = 0
    var agreed: UInt64 = 0
    var differences: [hf_difference] = []
    /// What the snapshot has and nobody here is known to be: symbols and sides.
    var strangers: [UInt64] = []
    /// Of ours, by place: what the snapshot has.
    var isNamed: Places.Set

    var askedAt: Int64 { head.asked_at }

    mutating func tell(
        _ what: What, _ id: UInt64, _ symbol: UInt32, ticket: UInt64, ours: Int64, theirs: Int64,
        isApplied: Bool
    ) {
        var difference = hf_difference()
        (difference.position, difference.ticket) = (id, ticket)
        (difference.symbol, difference.what) = (symbol, what.rawValue)
        (difference.ours, difference.theirs) = (ours, theirs)
        difference.applied = isApplied ? 1 : 0
        differences.append(difference)
        report.differences += 1
    }
}

extension Places {
    /// A set of places: a bit each.
    struct Set {
        private var words: [UInt64]

        init(_ places: Places) { words = Array(repeating: 0, count: (places.count + 63) / 64) }

        /// None: for who only compares what is named to him.
        init() { words = [] }

        func has(_ place: UInt64) -> Bool { words[Int(place >> 6)] >> (place & 63) & 1 != 0 }

        /// - Returns: false when it was in already.
        mutating func add(_ place: UInt64) -> Bool {
            if has(place) { return false }
            words[Int(place >> 6)] |= 1 << (place & 63)
            return true
        }
    }
}
