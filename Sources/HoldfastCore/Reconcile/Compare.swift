import CHoldfast

/// One of ours against what the broker has of it.
extension Stripe {
    /// - Parameter isSettling: the stripes of its rates are locked, so that it may be closed.
    /// - Returns: false: it has to be settled, and nothing was changed.
    mutating func compare(
        _ p: Row, _ theirs: hf_broker_position, isSettling: Bool, _ work: inout Reconciliation
    ) -> Bool {
        let isHere = theirs.present & UInt32(HF_BROKER_ABSENT) == 0
        if accountIndex(p) != work.account || isHere && p.pointee.market != theirs.symbol - 1 {
            return skip(&work)
        }
        if p.pointee.isPending {
            return compare(entry: p, isHere ? theirs : nil, isSettling: isSettling, &work)
        }
        if isOut(p) || isNamedByOne(p) || changedAt(p) >= work.askedAt { return skip(&work) }
        let isDoubted = isDoubted(p)
        if isDoubted && work.askedAt <= lives[p.pointee.life].pointee.command.deadline {
            return skip(&work)
        }
        let isSide = theirs.side == p.pointee.side.rawValue
        if !isHere || !isSide || isDoubted && theirs.volume < p.pointee.volume {
            return miss(p, isHere && isSide ? theirs : nil, isSettling: isSettling, &work)
        }
        work.compared += 1
        work.report.found += 1
        find(again: p, work.now)
        if fix(p, theirs, &work) { work.report.fixed += 1 } else { work.agreed += 1 }
        see(there: p, askedAt: work.askedAt, work.now)
        // There with its volume: what was in doubt did not happen.
        if isDoubted && isSure(p) { giveUpDoubt(p, stamp(market(p), work.now)) }
        return true
    }

    private mutating func skip(_ work: inout Reconciliation) -> Bool {
        work.report.skipped += 1
        return true
    }

    /// When it last changed in what its broker knows of it too.
    private mutating func changedAt(_ p: Row) -> Int64 {
        max(p.pointee.opened, ledger(p).pointee.touched)
    }

    /// An executor has a command of it and its deadline is not over: anything may be under way.
    private mutating func isOut(_ p: Row) -> Bool {
        let life = p.pointee.life
        if life == none { return false }
        let (command, modify) = (command(life), modify(life))
        return command.pointee.isLive && command.pointee.state.isOut
            || modify.pointee.isLive && modify.pointee.state.isOut
    }

    /// A close-by of another position is out that names it.
    private mutating func isNamedByOne(_ p: Row) -> Bool {
        if !ledger(p).pointee.isNamed { return false }
        let id = p.pointee.id
        return (0..<UInt32(lives.used)).contains {
            let command = command($0)
            return lives[$0].pointee.position != none && command.pointee.isLive
                && command.pointee.state != .pending && command.pointee.with == id
        }
    }

    private mutating func isDoubted(_ p: Row) -> Bool {
        let life = p.pointee.life
        return life != none && command(life).pointee.isLive
            && command(life).pointee.state == .unknown
    }

    /// Where a second close would open the reverse, an order that is slow may still be at work: two
    /// snapshots must say so.
    private mutating func isSure(_ p: Row) -> Bool {
        if !account(p).pointee.isNetting { return true }
        let ledger = ledgerRow(p)
        let count = command(p.pointee.life).pointee.count
        if ledger.pointee.seenBeside == count { return true }
        ledger.pointee.seenBeside = count
        return false
    }

    /// The command in doubt did nothing: as the answer that no deal was found.
    private mutating func giveUpDoubt(_ p: Row, _ now: Int64) {
        let life = p.pointee.life
        endQuery(p, life, .executed, now)
        apply(.noDeal, p, life, now)
    }

    // MARK: absent

    /// The broker does not have it, or less than a command in doubt leaves certain.
    /// - Parameter theirs: what is left of it; nil: nothing.
    private mutating func miss(
        _ p: Row, _ theirs: hf_broker_position?, isSettling: Bool, _ work: inout Reconciliation
    ) -> Bool {
        let limit = account(p).pointee.terms.absences
        let absences = ledger(p).pointee.absences &+ 1
        let isLast = absences >= limit
        if isLast && !isSettling { return false }
        let at = stamp(market(p), work.now)
        work.compared += 1
        ledgerRow(p).pointee.absences = absences
        p.pointee.isSuspect = true
        suspect(p, absences, of: limit, at)
        work.tell(
            theirs == nil ? .absent : .volume, p.pointee.id, market(p).pointee.id,
            ticket: p.pointee.ticket, ours: p.pointee.volume, theirs: theirs?.volume ?? 0,
            isApplied: isLast)
        if !isLast {
            work.report.suspect += 1
            return true
        }
        guard let theirs else {
            work.report.removed += 1
            lose(p, p.pointee.volume, work.askedAt, at)
            return true
        }
        find(again: p, work.now)
        let isOwn = isOwn(p.pointee.life, command(p.pointee.life).pointee.count)
        lose(p, p.pointee.volume - theirs.volume, work.askedAt, isOwn: isOwn, at)
        giveUpDoubt(p, at)
        work.report.fixed += 1
        return true
    }

    private mutating func suspect(_ p: Row, _ count: UInt32, of limit: UInt32, _ now: Int64) {
        let event = self.event(.suspect, p, now)
        event.pointee.what = What.absent.rawValue
        event.pointee.state = state(p).rawValue
        (event.pointee.old_value, event.pointee.new_value) = (Int64(limit), Int64(count))
        emit(event)
    }

    /// It is there.
    private mutating func find(again p: Row, _ now: Int64) {
        if !p.pointee.isSuspect { return }
        p.pointee.isSuspect = false
        ledgerRow(p).pointee.absences = 0
        suspect(p, 0, of: account(p).pointee.terms.absences, stamp(market(p), now))
    }

    // MARK: differences

    /// Where they differ the broker's win.
    /// - Returns: whether they did.
    private mutating func fix(
        _ p: Row, _ theirs: hf_broker_position, _ work: inout Reconciliation
    ) -> Bool {
        let before = work.report.differences
        let at = stamp(market(p), work.now)
        fixVolume(p, theirs, at, &work)
        fixPrice(p, theirs, at, &work)
        fixTicket(p, theirs, at, &work)
        fixCosts(p, theirs, at, &work)
        fixDisaster(p, theirs, at, &work)
        return work.report.differences != before
    }

    private mutating func tell(
        _ p: Row, _ what: What, _ theirs: hf_broker_position,
        _ values: (ours: Int64, theirs: Int64),
        isApplied: Bool = true, _ work: inout Reconciliation
    ) {
        work.tell(
            what, p.pointee.id, theirs.symbol, ticket: theirs.ticket, ours: values.ours,
            theirs: values.theirs, isApplied: isApplied)
    }

    private mutating func fixVolume(
        _ p: Row, _ theirs: hf_broker_position, _ now: Int64, _ work: inout Reconciliation
    ) {
        let ours = p.pointee.volume
        let more = theirs.volume - ours
        if more == 0 { return }
        if more < 0 {
            lose(p, -more, work.askedAt, now)
            return tell(p, .volume, theirs, (ours, theirs.volume), &work)
        }
        let fits =
            fits(volume: more, price: theirs.price, in: p.pointee.group)
            && more < Limits.lifeVolume - ledger(p).pointee.volumeInitial
        tell(p, .volume, theirs, (ours, theirs.volume), isApplied: fits, &work)
        if !fits { return }
        touch(p, now)
        grow(p, volume: more, price: theirs.price, Costs())
        ledgerRow(p).pointee.gained += more
        changed(p, .volume, old: ours, new: p.pointee.volume, .unknown, now)
    }

    private mutating func fixPrice(
        _ p: Row, _ theirs: hf_broker_position, _ now: Int64, _ work: inout Reconciliation
    ) {
        let volume = p.pointee.volume
        let (cost, old) = (Money.product(theirs.price, volume), ledger(p).pointee.cost)
        // A broker rounds its average to a point.
        if (cost - old).magnitude < UInt128(volume.magnitude) { return }
        let price = Int64(clamping: old / Int128(volume))
        touch(p, now)
        let isPlain = old == Money.product(p.pointee.openPrice, volume)
        ledgerRow(p).pointee.cost = cost
        add(volume: 0, cost: cost - old, to: p)
        if isPlain { p.pointee.openPrice = theirs.price }
        changed(p, .price, old: price, new: theirs.price, .unknown, now)
        tell(p, .price, theirs, (price, theirs.price), &work)
    }

    /// `naming` is locked.
    private mutating func fixTicket(
        _ p: Row, _ theirs: hf_broker_position, _ now: Int64, _ work: inout Reconciliation
    ) {
        let old = p.pointee.ticket
        if theirs.ticket == 0 || theirs.ticket == old { return }
        renew(p, ticket: theirs.ticket, now)
        tell(
            p, .ticket, theirs,
            (Int64(bitPattern: old), Int64(bitPattern: theirs.ticket)),
            isApplied: p.pointee.ticket == theirs.ticket, &work)
    }

    private mutating func fixCosts(
        _ p: Row, _ theirs: hf_broker_position, _ now: Int64, _ work: inout Reconciliation
    ) {
        let old = ledger(p).pointee.open
        var new = old
        if theirs.present & UInt32(HF_BROKER_SWAP) != 0 { new.swap = theirs.swap }
        if theirs.present & UInt32(HF_BROKER_COMMISSION) != 0 {
            new.commission = theirs.commission
        }
        if new.swap == old.swap && new.commission == old.commission { return }
        touch(p, now)
        ledgerRow(p).pointee.open = new
        add(volume: 0, cost: 0, costs: new.sum - old.sum, to: p)
        let (before, after) = (Int64(clamping: old.sum), Int64(clamping: new.sum))
        changed(p, .costs, old: before, new: after, .unknown, now)
        tell(p, .costs, theirs, (before, after), &work)
    }

    private mutating func fixDisaster(
        _ p: Row, _ theirs: hf_broker_position, _ now: Int64, _ work: inout Reconciliation
    ) {
        guard theirs.present & UInt32(HF_BROKER_SL) != 0,
            let (old, new) = confirm(disasterOf: p, at: theirs.sl, now)
        else { return }
        touch(p, now)
        tell(p, .disasterStop, theirs, (old, new), &work)
    }

    // MARK: entries

    /// An entry whose command is in doubt: the broker has it, or nothing came of it.
    private mutating func compare(
        entry p: Row, _ theirs: hf_broker_position?, isSettling: Bool,
        _ work: inout Reconciliation
    ) -> Bool {
        if isOut(p) || theirs != nil && !isDoubted(p) { return skip(&work) }
        // One that nobody has taken cannot be there.
        if !isDoubted(p) { return true }
        let command = lives[p.pointee.life].pointee.command
        if work.askedAt <= command.deadline { return skip(&work) }
        if !isSettling { return false }
        let at = stamp(market(p), work.now)
        guard let theirs else {
            giveUpDoubt(p, at)
            return true
        }
        let isLegal =
            theirs.side == p.pointee.side.rawValue && theirs.volume <= command.volume
            && fits(volume: theirs.volume, price: theirs.price, in: p.pointee.group)
        tell(
            p, .adopted, theirs, (0, theirs.volume), isApplied: isLegal, &work)
        if !isLegal { return skip(&work) }
        var fill = Fill(volume: theirs.volume, price: theirs.price)
        fill.isAck = true
        fill.command = id(of: p, command)
        work.compared += 1
        work.report.fixed += 1
        if theirs.ticket != 0 { renew(p, ticket: theirs.ticket, at) }
        fillEntry(p, fill, at)
        return true
    }
}
