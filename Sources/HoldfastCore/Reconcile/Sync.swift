import CHoldfast

/// What an account knows of its broker's snapshots, and when it asks for the next. Behind the
/// desk's lock.
struct Sync {
    /// Of the last good snapshot; Int64.min: none yet.
    var askedAt = Int64.min
    var appliedAt: Int64 = 0
    /// Since when the account is in order: its last good snapshot, or its definition.
    var good: Int64 = 0
    /// When it asks next.
    var next = Int64.max
    var isStale = false
    /// The query that is live, or was last.
    var query = Command()
    /// When the query's wait is over.
    var queryDue = Int64.max
    var count: UInt32 = 0
    var totals = hf_sync_status()

    /// The first thing that is to be done.
    func due(_ terms: hf_account) -> Int64 { min(next, queryDue, staleAt(terms)) }

    func staleAt(_ terms: hf_account) -> Int64 {
        isStale || terms.sync_every == 0 ? .max : good + terms.patience
    }

    /// The account was put: what it asked for counts from now.
    mutating func plan(_ terms: hf_account, old: hf_account?, _ now: Int64) {
        if let old, old.sync_every == terms.sync_every, old.patience == terms.patience { return }
        if old == nil || old?.sync_every == 0 { good = now }
        next = terms.sync_every == 0 ? .max : now + terms.sync_every
        if terms.sync_every == 0 { isStale = false }
    }

    func hash(_ account: UInt64) -> UInt64 {
        var record = Canonical(10)
        record.add(account)
        for value in [askedAt, good, next, queryDue, isStale ? 1 : 0] { record.add(value) }
        record.add(count)
        if query.isLive {
            record.add(UInt32(query.state.rawValue))
            for value in [query.created, query.sent, query.deadline] { record.add(value) }
        }
        return record.hash
    }
}

extension hf_account {
    /// How long it may be without a good snapshot.
    var patience: Int64 {
        if present & UInt32(HF_ACCOUNT_SYNC_LATE) != 0 { return sync_late }
        return sync_every > Limits.wait / 3 ? Limits.wait : 3 * sync_every
    }

    /// Absences in a row that close.
    var absences: UInt32 {
        present & UInt32(HF_ACCOUNT_SUSPECT_SYNCS) != 0 ? suspect_syncs : Limits.suspectSyncs
    }
}

extension hf_command_id {
    /// Of an account's own question: no position has such an id.
    static let account: UInt64 = 1 << 63

    var isOfAccount: Bool { owner >= Self.account }

    /// The account's place.
    var accountIndex: UInt64 { owner &- Self.account &- 1 }
}
