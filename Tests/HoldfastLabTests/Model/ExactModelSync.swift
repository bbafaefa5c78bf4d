import CHoldfast

/// How an account and its broker agree.
struct ModelSync {
    var asked = Int64.min
    var nextAt = Int64.max
    var lateAt = Int64.max
    var isStale = false
    var query: ModelCommand?
    var queries: [ModelCommand] = []
    var report = hf_sync_report()

    func count(of id: ModelID) -> ModelCommand? { queries.first { $0.id == id } }
}

/// A snapshot as it is given to the core.
struct ModelSnapshot {
    var record: hf_reconcile
    var positions: [hf_broker_position] = []
    var deals: [hf_deal] = []
}

extension ExactModel {
    // MARK: Schedule

    private func every(_ account: Account) -> Int64 { account.record.sync_every }

    private func late(_ account: Account) -> Int64 {
        let isGiven = account.record.present & UInt32(HF_ACCOUNT_SYNC_LATE) != 0
        return isGiven ? account.record.sync_late : 3 * account.record.sync_every
    }

    /// From the put of the account on.
    func schedule(_ id: UInt64, from now: Int64) {
        guard let account = accounts[id] else { return }
        let isOn = every(account) > 0
        accounts[id]?.sync.nextAt = isOn ? now + every(account) : .max
        accounts[id]?.sync.lateAt = late(account) > 0 ? now + late(account) : .max
    }

    /// Timers of the accounts: queries to ask and to repeat, and what is overdue.
    func fireAccounts(upTo now: Int64) {
        for id in accounts.keys.sorted() {
            guard let account = accounts[id] else { continue }
            if let query = account.sync.query {
                if query.deadline != 0, query.deadline <= now {
                    let due = query.deadline
                    query.deadline = 0
                    query.isWaiting = true
                    query.isRedelivered = true
                    query.isWaitTold = false
                    query.waits = due
                    set(query, HF_COMMAND_PENDING, at: due)
                }
                if query.state == HF_COMMAND_PENDING, !query.isWaitTold, query.waitDue <= now {
                    query.isWaitTold = true
                    tellAccount(id, HF_EVENT_ALARM, HF_WHAT_WAITING, at: query.waitDue)
                }
            }
            if account.sync.nextAt <= now { ask(id, account, upTo: now) }
            if account.sync.lateAt <= now, !account.sync.isStale {
                accounts[id]?.sync.isStale = true
                tellAccount(id, HF_EVENT_ALARM, HF_WHAT_STALE, at: account.sync.lateAt)
            }
        }
    }

    private func ask(_ id: UInt64, _ account: Account, upTo now: Int64) {
        let due = account.sync.nextAt
        var next = due
        while next <= now { next += every(account) }
        accounts[id]?.sync.nextAt = next
        if account.sync.query != nil { return }
        let query = ModelCommand(
            id: ModelID(
                owner: 1 << 63 + account.place, count: UInt32(account.sync.queries.count + 1)),
            parent: ModelID(), action: HF_ACTION_QUERY_POSITIONS, priority: 0, reason: 0,
            volume: 0, price: 0, level: 0, trigger: (0, 0, due), created: due, attempt: 1,
            fillMode: HF_FILL_IOC, isFull: false)
        accounts[id]?.sync.queries.append(query)
        accounts[id]?.sync.query = query
        tell(query, at: due)
        if query.waitDue <= now {
            query.isWaitTold = true
            tellAccount(id, HF_EVENT_ALARM, HF_WHAT_WAITING, at: query.waitDue)
        }
    }

    func tellAccount(_ id: UInt64, _ kind: Int, _ what: Int, at time: Int64) {
        var event = ModelEvent(kind: kind, time: time)
        event.what = what
        event.account = id
        events.append(event)
    }

    // MARK: Snapshots

    /// How late a broker's list may be, of an account that does not ask for any.
    private static let lateList: Int64 = 15_000_000_000

    func reconcile(_ snapshot: ModelSnapshot, now: Int64) -> (Int32, hf_sync_report) {
        events = []
        let id = snapshot.record.account
        var report = hf_sync_report()
        guard let account = accounts[id] else { return (Int32(HF_E_ACCOUNT), report) }
        let named = ModelID(snapshot.record.command)
        if !named.isZero, account.sync.count(of: named) == nil {
            return (Int32(HF_E_COMMAND), report)
        }
        if snapshot.record.failed == 0, snapshot.record.asked_at <= account.sync.asked {
            report.ignored = 1

            // The question is answered all the same.
            if let query = account.sync.query, query.id == named {
                set(query, HF_COMMAND_EXECUTED, at: now)
                accounts[id]?.sync.query = nil
            }
            return (0, report)
        }
        let isFailed = snapshot.record.failed == 1
        if let query = account.sync.query, query.id == named {
            set(query, isFailed ? HF_COMMAND_REJECTED : HF_COMMAND_EXECUTED, at: now)
            accounts[id]?.sync.query = nil
        }
        if !isFailed {
            accounts[id]?.sync.asked = snapshot.record.asked_at
            accounts[id]?.sync.isStale = false
            if late(account) > 0 { accounts[id]?.sync.lateAt = now + late(account) }
            report = compare(snapshot, now: now)
        }
        report.stale = accounts[id]?.sync.isStale ?? false ? 1 : 0
        var event = ModelEvent(kind: HF_EVENT_SYNC, time: now)
        event.account = id
        event.counts = [
            report.found, report.adopted, report.removed, report.fixed, report.suspect,
            report.skipped, report.stale,
        ]
        events.append(event)
        return (0, report)
    }

    private func compare(_ snapshot: ModelSnapshot, now: Int64) -> hf_sync_report {
        var report = hf_sync_report()
        let id = snapshot.record.account
        let before = positions.filter { $0.account == id && $0.isOpen }
        for record in snapshot.deals {
            let holder = positions.last {
                $0.account == id && $0.ticket == record.ticket && $0.ticket != 0
            }
            guard let holder else { continue }
            let isOld = record.time == 0 ? holder.isAdopted : record.time <= holder.since
            if holder.isOpen && isOld { continue }
            let isApplied = apply(record, now: now) == 0
            if isApplied { report.deals += 1 } else { report.differences += 1 }
        }
        for position in before where !position.isOpen {
            report.removed += 1
        }
        var matched: Set<UInt64> = []
        for theirs in snapshot.positions {
            guard let ours = match(theirs, id, snapshot.record.asked_at) else {
                let isAdopted = adopt(theirs, snapshot, now: now)
                if isAdopted { report.adopted += 1 } else { report.skipped += 1 }
                if isAdopted || theirs.symbol != 0 { report.differences += 1 }
                continue
            }
            matched.insert(ours.id)
            let isFormer = theirs.ticket != 0 && ours.formerTickets.contains(theirs.ticket)
            if !ours.isOpen || isFormer || isSkipped(ours, snapshot.record.asked_at) {
                report.skipped += 1
                if !ours.isOpen { report.differences += 1 }
                continue
            }
            compare(ours, theirs, &report, now: now)
        }
        for ours in before where ours.isOpen && !matched.contains(ours.id) {
            if isSkipped(ours, snapshot.record.asked_at) {
                report.skipped += 1
            } else {
                absent(ours, &report, at: stamp(ours.symbol, now))
            }
        }
        return report
    }

    /// By ticket, else by client id.
    private func match(
        _ theirs: hf_broker_position, _ account: UInt64, _ asked: Int64
    ) -> ModelPosition? {
        let mine = positions.filter { $0.account == account }
        if theirs.ticket != 0, let found = mine.last(where: { $0.ticket == theirs.ticket }) {
            return mayComeBack(found, asked) ? nil : found
        }
        if let found = mine.last(where: { $0.formerTickets.contains(theirs.ticket) }) {
            return mayComeBack(found, asked) ? nil : found
        }
        let name = text(theirs.client_id)
        return name.isEmpty ? nil : mine.last { $0.isOpen && $0.clientID == name }
    }

    /// One that was closed, and that the broker has although its list can not be that late; what
    /// was closed for its absence at once.
    private func mayComeBack(_ ours: ModelPosition, _ asked: Int64) -> Bool {
        if ours.isOpen { return false }
        if ours.closeReason == HF_REASON_UNKNOWN { return asked > ours.closed }
        guard let account = accounts[ours.account] else { return false }
        let wait = every(account) == 0 ? Self.lateList : late(account)
        return asked >= ours.closed + wait
    }

    /// What changed since, or may be changing.
    func isSkipped(_ ours: ModelPosition, _ asked: Int64) -> Bool {
        if ours.changed >= asked { return true }
        guard let live = ours.live else { return false }
        switch live.state {
        case HF_COMMAND_SENT, HF_COMMAND_ACKNOWLEDGED: return true
        case HF_COMMAND_UNKNOWN: return asked <= live.lastDeadline
        default: return false
        }
    }
}
