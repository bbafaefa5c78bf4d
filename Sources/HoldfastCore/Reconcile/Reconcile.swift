import CHoldfast

/// The registry against the broker (SEMANTICS 8). A snapshot is applied in pieces, each an input of
/// its own in the recording, so that no stripe is held for longer than a slice.
extension Core {
    public typealias Positions = UnsafeBufferPointer<hf_broker_position>
    public typealias Deals = UnsafeBufferPointer<hf_deal>

    /// - Parameter each: takes each difference.
    public func reconcile(
        _ head: hf_reconcile, _ positions: Positions, _ deals: Deals, _ now: Int64,
        each: (hf_difference) -> Void
    ) throws(Failure) -> hf_sync_report {
        if !Instant.isLegal(now) { throw .range }
        let account = try account(head.account)
        try check(head, positions, deals, now)
        let index = Int(account)
        try checkQuery(head.command, index)
        shared.pointee.accounts[index].syncing.take()
        defer { shared.pointee.accounts[index].syncing.give() }
        var work = Reconciliation(
            account: account, head: head, now: now, isNamed: Places.Set(shared.pointee.places))
        let ours = try match(positions, &work)
        if !begin(head, index, now, &work.report) { return work.report }
        apply(deals, &work)
        compare(positions, ours, &work)
        settleAbsent(&work)
        adopt(positions, ours, &work)
        end(&work)
        for difference in work.differences { each(difference) }
        return work.report
    }

    // MARK: its head

    /// - Returns: false: there is nothing to compare.
    private func begin(
        _ head: hf_reconcile, _ index: Int, _ now: Int64, _ report: inout hf_sync_report
    ) -> Bool {
        let sync = shared.pointee.accounts[index].sync
        return shared.pointee.desk.hold {
            if head.failed == 0 && isOld(head, sync, now) {
                sync.pointee.totals.ignored += 1
                report.ignored = 1
                if head.command.owner == 0 { return false }
            }
            var piece = head
            piece.piece = UInt8(HF_PIECE_BEGIN)
            let sequence = shared.pointee.recorder.claim(HF_RECORD_RECONCILE, piece, time: now)
            begin(piece: head, index, now, sequence, &report)
            return head.failed == 0 && report.ignored == 0
        }
    }

    /// The desk is locked.
    private func begin(
        piece head: hf_reconcile, _ index: Int, _ now: Int64, _ sequence: UInt64,
        _ report: inout hf_sync_report
    ) {
        let sync = shared.pointee.accounts[index].sync
        let state = head.failed == 0 ? CommandState.executed : .rejected
        end(ownOf: index, head.command, state, now, sequence)
        if head.failed != 0 {
            report.stale = sync.pointee.isStale ? 1 : 0
            return tellFailed(index, now, sequence)
        }
        if isOld(head, sync, now) { return }
        sync.pointee.askedAt = head.asked_at
        sync.pointee.appliedAt = now
        sync.pointee.good = now
        sync.pointee.isStale = false
        noteDue(sync.pointee.staleAt(shared.pointee.accounts[index].terms))
    }

    /// Not newer than the last one; but for one that lies ahead of a clock that was set right.
    private func isOld(
        _ head: hf_reconcile, _ sync: UnsafeMutablePointer<Sync>, _ now: Int64
    ) -> Bool {
        head.asked_at <= sync.pointee.askedAt && sync.pointee.askedAt <= now
    }

    /// The broker could not be asked; the desk is locked.
    func tellFailed(_ index: Int, _ now: Int64, _ sequence: UInt64) {
        let sync = shared.pointee.accounts[index].sync
        sync.pointee.totals.failed += 1
        var report = hf_sync_report()
        report.stale = sync.pointee.isStale ? 1 : 0
        tell(report, shared.pointee.accounts[index].id, now, sequence, isFailed: true)
    }

    // MARK: deals

    /// Deals always apply; what is not here is passed over.
    private func apply(_ deals: Deals, _ work: inout Reconciliation) {
        for deal in deals {
            var deal = deal
            deal.account = work.head.account
            let id =
                deal.position != 0
                ? deal.position : shared.pointee.tickets.value(deal.account, deal.ticket) ?? 0
            let wasOpen = shared.pointee.directory.number(of: id) != nil
            let isOld = try? with(id, isInput: false) { (stripe, p) throws(Failure) in
                stripe.isOld(deal, p)
            }
            if isOld == true { continue }
            do throws(Failure) {
                try self.deal(deal, work.now)
            } catch {
                // Not here: nothing of ours. Else somebody should look.
                if error == .position || error == .closed { continue }
                work.tell(
                    .deal, id, 0, ticket: deal.ticket, ours: Int64(error.rawValue),
                    theirs: Int64(bitPattern: deal.deal), isApplied: false)
                continue
            }
            work.report.deals += 1
            if wasOpen && shared.pointee.directory.number(of: id) == nil {
                work.report.removed += 1
            }
        }
    }

    // MARK: comparing

    /// What is here, in slices of one stripe; then one by one what has to be settled with the
    /// stripes of its rates.
    private func compare(
        _ positions: Positions, _ ours: [UInt64], _ work: inout Reconciliation
    ) {
        var byStripe = Array(repeating: [Int](), count: stripeCount)
        for index in positions.indices where ours[index] != 0 && ours[index] != Self.passed {
            byStripe[Int(positions[index].symbol - 1) % stripeCount].append(index)
        }
        var later: [hf_broker_position] = []
        for (stripe, mine) in byStripe.enumerated() {
            var start = 0
            while start < mine.count {
                let slice = mine[start..<min(mine.count, start + Limits.sliceSync)].map {
                    var theirs = positions[$0]
                    theirs.position = ours[$0]
                    return theirs
                }
                later += compare(slice, stripe, &work)
                start += slice.count
            }
        }
        settle(later, &work)
    }

    /// - Returns: those to be settled.
    private func compare(
        _ slice: [hf_broker_position], _ index: Int, _ work: inout Reconciliation
    ) -> [hf_broker_position] {
        let stripe = stripes + index
        stripe.pointee.lock.take()
        defer {
            stripe.pointee.lock.give(isSlice: true)
            note(syncSlice: slice.count)
        }
        if stripe.pointee.isFaulted {
            work.report.skipped += UInt32(slice.count)
            return []
        }
        shared.pointee.naming.take()
        defer { shared.pointee.naming.give() }
        stripe.pointee.sequence = claim(slice, UInt8(HF_PIECE_SLICE), work)
        return slice.filter { theirs in
            guard let p = stripe.pointee.find(theirs.position) else {
                work.report.skipped += 1
                return false
            }
            return !stripe.pointee.compare(p, theirs, isSettling: false, &work)
        }
    }

    private func settle(_ items: [hf_broker_position], _ work: inout Reconciliation) {
        for theirs in items {
            _ = try? with(theirs.position, books: true) { (stripe, p) throws(Failure) in
                // It may be the one that the list has without a name.
                if p.pointee.isPending && work.strangers.contains(p.pointee.kind) {
                    work.report.skipped += 1
                    return
                }
                shared.pointee.naming.take()
                defer { shared.pointee.naming.give() }
                stripe.sequence = claim([theirs], UInt8(HF_PIECE_SETTLE), work)
                _ = stripe.compare(p, theirs, isSettling: true, &work)
            }
        }
    }

    func claim(
        _ items: [hf_broker_position], _ piece: UInt8, _ work: Reconciliation
    ) -> UInt64 {
        let recorder = shared.pointee.recorder
        var head = work.head
        head.piece = piece
        (head.positions, head.deals) = (UInt32(items.count), 0)
        if !recorder.isRecording {
            return recorder.claim(HF_RECORD_RECONCILE, head, time: work.now)
        }
        return withUnsafeBytes(of: head) { body in
            items.withUnsafeBytes { tail in
                recorder.claim(HF_RECORD_RECONCILE, time: work.now, body: body, tail: tail)
            }
        }
    }

    private func note(syncSlice count: Int) {
        if count > syncSliceMax.pointee.load(ordering: .relaxed) {
            syncSliceMax.pointee.store(count, ordering: .relaxed)
        }
    }

    // MARK: absent

    /// Ours that the snapshot does not have.
    private func settleAbsent(_ work: inout Reconciliation) {
        var later: [hf_broker_position] = []
        for index in 0..<stripeCount {
            var slot = 0
            while let absent = absent(index, from: &slot, work) {
                var start = 0
                while start < absent.count {
                    let end = min(absent.count, start + Limits.sliceSync)
                    later += compare(Array(absent[start..<end]), index, &work)
                    start = end
                }
            }
        }
        settle(later.sorted { $0.position < $1.position }, &work)
    }

    /// The absent ones among the next slots of a stripe; nil: there are no more slots.
    private func absent(
        _ index: Int, from slot: inout Int, _ work: Reconciliation
    ) -> [hf_broker_position]? {
        let stripe = stripes + index
        stripe.pointee.lock.take()
        defer { stripe.pointee.lock.give(isSlice: true) }
        let end = min(stripe.pointee.positions.used, slot + Limits.slice)
        if slot >= end { return nil }
        var found: [hf_broker_position] = []
        while slot < end {
            let at = UInt32(truncatingIfNeeded: slot)
            slot += 1
            let p = stripe.pointee.positions[at]
            if p.pointee.id == 0 || stripe.pointee.accountIndex(p) != work.account
                || work.isNamed.has(shared.pointee.places.number(index, at))
            {
                continue
            }
            var item = hf_broker_position()
            (item.position, item.present) = (p.pointee.id, UInt32(HF_BROKER_ABSENT))
            found.append(item)
        }
        return found
    }

    // MARK: as it was recorded

    /// Applies a piece of a recorded snapshot.
    public func reconcile(
        piece head: hf_reconcile, _ items: Positions, _ told: hf_sync_report?, _ now: Int64
    ) throws(Failure) {
        if !Instant.isLegal(now) || !Instant.isLegal(head.asked_at) { throw .range }
        if !isZero(head.reserved) || head.failed > 1 { throw .argument }
        let account = try account(head.account)
        var work = Reconciliation(
            account: account, head: head, now: now, isNamed: Places.Set())
        switch Int(head.piece) {
        case HF_PIECE_BEGIN:
            try checkQuery(head.command, Int(account))
            shared.pointee.desk.hold {
                let sequence = shared.pointee.recorder.claim(
                    HF_RECORD_RECONCILE, head, time: now)
                begin(piece: head, Int(account), now, sequence, &work.report)
            }
        case HF_PIECE_SLICE, HF_PIECE_SETTLE:
            let isSettling = Int(head.piece) == HF_PIECE_SETTLE
            for theirs in items { try check(item: theirs) }
            for theirs in items {
                if theirs.position == 0 {
                    alarm(theirs, .full, work)
                    continue
                }
                _ = try? with(theirs.position, books: isSettling) { (stripe, p) throws(Failure) in
                    shared.pointee.naming.take()
                    defer { shared.pointee.naming.give() }
                    stripe.sequence = claim([theirs], head.piece, work)
                    _ = stripe.compare(p, theirs, isSettling: isSettling, &work)
                }
            }
        case HF_PIECE_END:
            guard let told else { throw .range }
            work.report = told
            end(&work)
        default: throw .argument
        }
    }
}
