import CHoldfast

/// What the broker has and the registry does not, and the end of a snapshot.
extension Core {
    /// Takes over what is missing here, in the order of the snapshot.
    func adopt(_ positions: Positions, _ ours: [UInt64], _ work: inout Reconciliation) {
        for (index, theirs) in positions.enumerated() {
            if theirs.symbol == 0 {
                work.report.skipped += 1
                continue
            }
            if ours[index] != 0 { continue }
            var (id, failure) = (UInt64(0), Failure.closed)
            if mayAdopt(theirs, work) && !isAsked(theirs, work) {
                do throws(Failure) { id = try adopt(theirs, work) } catch { failure = error }
            }
            work.tell(
                .adopted, id, theirs.symbol, ticket: theirs.ticket, ours: 0, theirs: theirs.volume,
                isApplied: id != 0)
            if id != 0 {
                work.report.adopted += 1
            } else {
                work.report.skipped += 1
                if failure == .full { alarm(theirs, failure, work) }
            }
        }
    }

    /// An entry like it is pending: it may be that one.
    private func isAsked(_ theirs: hf_broker_position, _ work: Reconciliation) -> Bool {
        let stripe = stripe(theirs.symbol)
        let market = shared.pointee.markets[Int(theirs.symbol) - 1]
        return stripe.pointee.lock.hold {
            let side: Side = theirs.side == Side.long.rawValue ? .long : .short
            let group = stripe.pointee.groupSlot(work.account, market, side)
            return stripe.pointee.groups[group].pointee.asked > 0
        }
    }

    /// What was closed here a moment ago may still be in the broker's list. What was closed for its
    /// absence is back.
    private func mayAdopt(_ theirs: hf_broker_position, _ work: Reconciliation) -> Bool {
        let account = shared.pointee.accounts + Int(work.account)
        guard theirs.ticket != 0,
            let id = shared.pointee.tickets.value(account.pointee.id, theirs.ticket)
                ?? former(theirs.ticket, work.account)
        else { return true }
        guard shared.pointee.directory.number(of: id) == nil,
            let closed = shared.pointee.history.find(id)
        else { return false }
        let isLost = closed.reason == Reason.unknown.rawValue
        let terms = shared.pointee.desk.hold { account.pointee.terms }
        let wait = terms.sync_every == 0 ? Limits.lateList : terms.patience
        return isLost ? work.askedAt > closed.closed : work.askedAt >= closed.closed + wait
    }

    private func adopt(
        _ theirs: hf_broker_position, _ work: Reconciliation
    ) throws(Failure) -> UInt64 {
        let account = shared.pointee.accounts + Int(work.account)
        let tick = try symbol(theirs.symbol).terms.tick_size
        let terms = shared.pointee.desk.hold { account.pointee.terms }
        if theirs.ticket == 0 && !account.pointee.isNetting { throw .position }
        var open = hf_open()
        (open.account, open.symbol, open.side) = (account.pointee.id, theirs.symbol, theirs.side)
        (open.volume, open.price, open.ticket) = (theirs.volume, theirs.price, theirs.ticket)
        (open.magic, open.client_id) = (theirs.magic, theirs.client_id)
        if theirs.present & UInt32(HF_BROKER_SWAP) != 0 { open.swap = theirs.swap }
        if theirs.present & UInt32(HF_BROKER_COMMISSION) != 0 {
            open.commission = theirs.commission
        }
        open.flags = UInt32(HF_OPEN_TIME | HF_OPEN_ADOPTED)
        // Deals of before are in what the broker has.
        open.time = work.askedAt
        if !theirs.comment.isEmpty {
            // Some brokers' comments are the same for many.
            let key = ClientKey(account.pointee.id, theirs.comment)
            let isTaken = shared.pointee.clients.value(key.a, key.b) != nil
            if isTaken { open.client_id = hf_open().client_id }
        }
        let protection = Protection(terms, theirs, tick)
        (open.sl, open.tp) = (protection.sl, protection.tp)
        try self.open(&open, work.now)
        try trail(open.position, protection.trailing, theirs.symbol, work)
        return open.position
    }

    /// The account's default trail, where no wider rule trails it.
    private func trail(
        _ position: UInt64, _ distance: Int64, _ symbol: UInt32, _ work: Reconciliation
    ) throws(Failure) {
        if distance == 0 { return }
        let isRuled = try with(position, isInput: false) { (_, p) throws(Failure) in
            p.pointee.rules != none
        }
        if isRuled { return }
        var rule = hf_rule()
        rule.id = 1 << 63 | position
        (rule.scope, rule.scope_id) = (UInt8(HF_SCOPE_POSITION), position)
        rule.kind = UInt8(HF_RULE_TRAILING)
        (rule.present, rule.distance) = (UInt64(HF_RULE_DISTANCE), distance)
        do throws(Failure) {
            try put(rule, work.now)
        } catch {
            // It is here all the same, and somebody should look.
            var item = hf_broker_position()
            (item.symbol, item.side) = (symbol, UInt8(HF_LONG))
            if error == .full { alarm(item, error, work) }
        }
    }

    /// There is no room for one. In a recording a piece of the snapshot that names no position.
    func alarm(
        _ theirs: hf_broker_position, _ failure: Failure, _ work: Reconciliation
    ) {
        let sequence = claim([theirs], UInt8(HF_PIECE_SETTLE), work)
        var event = hf_event(.alarm, work.head.account, work.now, what: .adopted)
        event.symbol = theirs.symbol
        event.side = theirs.side
        event.status = failure.rawValue
        (event.volume, event.price) = (theirs.volume, theirs.price)
        event.new_value = Int64(bitPattern: theirs.ticket)
        emit(event, sequence)
    }

    // MARK: the end

    /// Figures of the account, totals, and the word that it is done.
    func end(_ work: inout Reconciliation) {
        let figures = UInt32(HF_BROKER_BALANCE | HF_BROKER_MARGIN)
        if work.head.present & figures == 0 { return finish(&work) }
        // Bookings before it in the recording are in the balance that it looks at.
        holdAll { finish(&work) }
    }

    private func finish(_ work: inout Reconciliation) {
        let row = shared.pointee.accounts + Int(work.account)
        shared.pointee.desk.hold {
            var head = work.head
            head.piece = UInt8(HF_PIECE_END)
            (head.positions, head.deals) = (0, 0)
            let recorder = shared.pointee.recorder
            let sequence = withUnsafeBytes(of: head) { body in
                withUnsafeBytes(of: work.report) { tail in
                    recorder.claim(HF_RECORD_RECONCILE, time: work.now, body: body, tail: tail)
                }
            }
            takeFigures(row, work, sequence)
            add(work, to: &row.pointee.sync.pointee.totals)
            work.report.stale = row.pointee.sync.pointee.isStale ? 1 : 0
            tell(work.report, row.pointee.id, work.now, sequence)
        }
    }

    private func takeFigures(
        _ row: UnsafeMutablePointer<Account>, _ work: Reconciliation, _ sequence: UInt64
    ) {
        let head = work.head
        let old = row.pointee.lock.hold { () -> Int64? in
            if head.present & UInt32(HF_BROKER_MARGIN) != 0 { row.pointee.margin = head.margin }
            // What was booked since is not in the broker's figure.
            if head.present & UInt32(HF_BROKER_BALANCE) == 0 || row.pointee.booked >= head.asked_at
            {
                return nil
            }
            let old = row.pointee.balance
            let isNew = old != head.balance || !row.pointee.isBookKnown
            (row.pointee.balance, row.pointee.isMoneyKnown) = (head.balance, true)
            (row.pointee.losses, row.pointee.toldAt) = (0, head.asked_at)
            row.pointee.noteBalance()
            return isNew ? old : nil
        }
        guard let old else { return }
        var event = hf_event(.changed, row.pointee.id, work.now, what: .balance)
        (event.old_value, event.new_value) = (old, head.balance)
        emit(event, sequence)
    }

    private func add(_ work: Reconciliation, to totals: inout hf_sync_status) {
        totals.snapshots += 1
        totals.compared += work.compared
        totals.agreed += work.agreed
        totals.adopted += UInt64(work.report.adopted)
        totals.removed += UInt64(work.report.removed)
        totals.fixed += UInt64(work.report.fixed)
        totals.suspected += UInt64(work.report.suspect)
        totals.skipped += UInt64(work.report.skipped)
    }

    func tell(
        _ report: hf_sync_report, _ account: UInt64, _ now: Int64, _ sequence: UInt64,
        isFailed: Bool = false
    ) {
        var event = hf_event(.sync, account, now, what: .none)
        if isFailed { event.status = Failure.executor.rawValue }
        event.counts = (
            report.found, report.adopted, report.removed, report.fixed, report.suspect,
            report.skipped, report.stale
        )
        emit(event, sequence)
    }

    // MARK: reading

    public func sync(of id: UInt64) throws(Failure) -> hf_sync_status {
        let index = Int(try account(id))
        let row = shared.pointee.accounts + index
        return shared.pointee.desk.hold {
            let sync = row.pointee.sync.pointee
            var status = sync.totals
            status.account = id
            status.asked_at = sync.askedAt == .min ? 0 : sync.askedAt
            (status.applied_at, status.next_at) = (sync.appliedAt, sync.next)
            status.late_at = sync.staleAt(row.pointee.terms)
            status.accuracy =
                Share.ratio(Int128(status.agreed), Int128(status.compared)) ?? Limits.unit
            status.stale = sync.isStale ? 1 : 0
            if sync.query.isLive { status.command = ownID(index, sync.query) }
            return status
        }
    }
}

/// Levels of a position that was taken over: distances from its price, rounded toward protection.
struct Protection {
    var sl: Int64 = 0
    var tp: Int64 = 0
    var trailing: Int64 = 0

    init(_ terms: hf_account, _ theirs: hf_broker_position, _ tick: Int64) {
        let sign: Int64 = theirs.side == UInt8(HF_LONG) ? 1 : -1
        let price = sign * theirs.price
        func level(_ natural: Int64) -> Int64 {
            let level = sign * natural
            return level > 0 && level < Limits.price ? level : 0
        }
        if terms.protect_sl > 0 {
            sl = level(-Self.floor(-(price - terms.protect_sl), to: tick))
        }
        if terms.protect_tp > 0 {
            tp = level(Self.floor(price + terms.protect_tp, to: tick))
        }
        if terms.protect_trailing > 0 { trailing = max(terms.protect_trailing, tick) }
    }

    private static func floor(_ value: Int64, to tick: Int64) -> Int64 {
        let rest = value % tick
        return rest == 0 ? value : value - (rest > 0 ? rest : rest + tick)
    }
}
