import CHoldfast

extension ExactModel {
    // MARK: One position

    func compare(
        _ ours: ModelPosition, _ theirs: hf_broker_position, _ report: inout hf_sync_report,
        now: Int64
    ) {
        let time = stamp(ours.symbol, now)
        let isDoubted = ours.live?.state == HF_COMMAND_UNKNOWN
        if isDoubted, theirs.volume < ours.volume {
            differ(ours, theirs, &report, at: time)
            return
        }
        if ours.absences > 0 { suspect(ours, 0, at: time) }
        let before = report.differences
        fix(ours, theirs, &report, at: time)
        if isDoubted { settle(ours, at: time) }
        report.found += 1
        if report.differences != before {
            report.fixed += 1
            ours.changed = max(ours.changed, time)
        }
    }

    private func fix(
        _ ours: ModelPosition, _ theirs: hf_broker_position, _ report: inout hf_sync_report,
        at time: Int64
    ) {
        if theirs.volume < ours.volume {
            report.differences += 1
            lessen(ours, to: theirs.volume, at: time)
        } else if theirs.volume > ours.volume {
            report.differences += 1
            let old = ours.volume
            ours.volume = theirs.volume
            ours.cost = Int128(theirs.price) * Int128(theirs.volume)
            tell(ours, HF_WHAT_VOLUME, old, theirs.volume, at: time)
        }
        let average = Int64(ours.cost * 100_000_000 / Int128(ours.volume))
        if abs(average - theirs.price * 100_000_000) >= 100_000_000 {
            report.differences += 1
            ours.cost = Int128(theirs.price) * Int128(ours.volume)
            tell(ours, HF_WHAT_PRICE, 0, 0, at: time)
        }
        if theirs.ticket != 0, theirs.ticket != ours.ticket {
            report.differences += 1
            tell(ours, HF_WHAT_TICKET, Int64(ours.ticket), Int64(theirs.ticket), at: time)
            ours.ticket = theirs.ticket
        }
        let (commission, swap) = (ours.openCommission, ours.openSwap)
        if theirs.present & UInt32(HF_BROKER_COMMISSION) != 0 {
            ours.commission += theirs.commission - ours.openCommission
            ours.openCommission = theirs.commission
        }
        if theirs.present & UInt32(HF_BROKER_SWAP) != 0 {
            ours.swap += theirs.swap - ours.openSwap
            ours.openSwap = theirs.swap
        }
        if ours.openCommission != commission || ours.openSwap != swap {
            report.differences += 1
            let sum = ours.openCommission + ours.openSwap
            tell(ours, HF_WHAT_COSTS, commission + swap, sum, at: time)
        }
    }

    func tell(
        _ position: ModelPosition, _ what: Int, _ old: Int64, _ new: Int64, at time: Int64
    ) {
        var event = ModelEvent(kind: HF_EVENT_CHANGED, time: time, position: position.id)
        event.what = what
        (event.old, event.new) = (old, new)
        events.append(event)
    }

    /// The broker has less: what the part came to nobody knows.
    private func lessen(_ ours: ModelPosition, to volume: Int64, at time: Int64) {
        let old = ours.volume
        let part = old - volume
        bookCosts(ours, part)
        ours.cost -= ours.cost * Int128(part) / Int128(old)
        ours.volume = volume
        ours.isRealisedKnown = false
        ours.hasLost = true
        tell(ours, HF_WHAT_VOLUME, old, volume, at: time)
        shrink(ours, at: time)
    }

    /// Costs of opening that are booked with a part.
    func bookCosts(_ position: ModelPosition, _ part: Int64) {
        if part >= position.volume {
            (position.openCommission, position.openSwap) = (0, 0)
            return
        }
        func share(_ whole: Int64) -> Int64 {
            Int64(Int128(whole) * Int128(part) / Int128(position.volume))
        }
        position.openCommission -= share(position.openCommission)
        position.openSwap -= share(position.openSwap)
    }

    // MARK: Absent

    private func suspect(_ ours: ModelPosition, _ count: Int, at time: Int64) {
        ours.absences = count
        var event = ModelEvent(kind: HF_EVENT_SUSPECT, time: time, position: ours.id)
        event.new = Int64(count)
        events.append(event)
    }

    private func limit(_ ours: ModelPosition) -> Int {
        guard let record = accounts[ours.account]?.record else { return 3 }
        let isGiven = record.present & UInt32(HF_ACCOUNT_SUSPECT_SYNCS) != 0
        return isGiven ? Int(record.suspect_syncs) : 3
    }

    func absent(_ ours: ModelPosition, _ report: inout hf_sync_report, at time: Int64) {
        report.differences += 1
        suspect(ours, ours.absences + 1, at: time)
        guard ours.absences >= limit(ours) else {
            report.suspect += 1
            return
        }
        report.removed += 1
        ours.isRealisedKnown = false
        ours.hasLost = true
        ours.volume = 0
        ours.cost = 0
        ours.closePrice = 0
        ours.slippage = nil
        ours.absences = 0
        (ours.openCommission, ours.openSwap) = (0, 0)
        end(ours, reason: HF_REASON_UNKNOWN, from: 0, at: time)
    }

    /// Less than ours under a command in doubt.
    private func differ(
        _ ours: ModelPosition, _ theirs: hf_broker_position, _ report: inout hf_sync_report,
        at time: Int64
    ) {
        report.differences += 1
        suspect(ours, ours.absences + 1, at: time)
        guard ours.absences >= limit(ours) else {
            report.suspect += 1
            return
        }
        suspect(ours, 0, at: time)
        report.fixed += 1
        ours.changed = max(ours.changed, time)
        execute(ours.volume - theirs.volume, of: ours)
        lessen(ours, to: theirs.volume, at: time)
        settle(ours, at: time)
    }

    /// The part that is gone is what the intent in doubt had asked for.
    private func execute(_ part: Int64, of ours: ModelPosition) {
        guard let intent = ours.intent, let live = ours.live, live.intent === intent,
            !live.isCancelled
        else { return }
        intent.backoffs = 0
        intent.left -= part
        if intent.isFull || intent.left > 0 { return }
        ours.intent = nil
        live.isCancelled = true
    }

    /// The command in doubt did nothing.
    private func settle(_ ours: ModelPosition, at time: Int64) { settled(ours, at: time)() }

    /// Ends the command in doubt; what follows is done when it is called.
    private func settled(_ ours: ModelPosition, at time: Int64) -> () -> Void {
        guard let doubted = ours.live, doubted.state == HF_COMMAND_UNKNOWN else { return {} }
        dropQuery(ours, HF_COMMAND_EXECUTED, at: time)
        set(doubted, HF_COMMAND_FAILED, at: time)
        ours.live = nil
        ours.heldUntil = doubted.actBefore
        return { [self] in
            guard let intent = ours.intent, ours.isOpen else { return }
            if !doubted.isCancelled { intent.requotes = 0 }
            if time >= doubted.actBefore {
                retry(ours, at: time)
            } else {
                intent.wait = .actBefore(doubted.actBefore)
            }
        }
    }

    // MARK: Adoption

    /// Takes over what only the broker has; false where that cannot be.
    func adopt(_ theirs: hf_broker_position, _ snapshot: ModelSnapshot, now: Int64) -> Bool {
        guard let place = place(theirs.symbol), theirs.ticket != 0 else { return false }
        let record = symbols[place].record
        guard theirs.price > 0, theirs.volume >= record.volume_min,
            theirs.volume <= record.volume_max, theirs.volume % record.volume_step == 0,
            let account = accounts[snapshot.record.account]?.record
        else { return false }
        var open = hf_open()
        _ = hf_open_init(
            &open, account.id, theirs.symbol, theirs.side, theirs.volume, theirs.price)
        open.ticket = theirs.ticket
        open.client_id = theirs.client_id
        open.flags = UInt32(HF_OPEN_TIME)
        open.time = snapshot.record.asked_at
        (open.commission, open.swap) = (theirs.commission, theirs.swap)
        let sign: Int64 = Int(theirs.side) == HF_LONG ? 1 : -1
        if account.present & UInt32(HF_ACCOUNT_PROTECT_SL) != 0 {
            open.sl = near(theirs.price, -sign * account.protect_sl, record.tick_size)
        }
        if account.present & UInt32(HF_ACCOUNT_PROTECT_TP) != 0 {
            open.tp = near(theirs.price, sign * account.protect_tp, record.tick_size)
        }
        let time = stamp(place, now)
        let position = ModelPosition(id: UInt64(positions.count + 1), open: open, at: time)
        (position.since, position.isAdopted) = (open.time, true)
        positions.append(position)
        if let price = extreme(position) {
            position.mae = (price, time)
            position.mfe = (price, time)
        }
        var event = ModelEvent(kind: HF_EVENT_OPENED, time: time, position: position.id)
        event.symbol = open.symbol
        event.volume = open.volume
        event.price = open.price
        events.append(event)
        return true
    }

    /// A level at a distance, brought to the grid on the side of the price.
    private func near(_ price: Int64, _ distance: Int64, _ tick: Int64) -> Int64 {
        let level = price + distance
        let down = level / tick * tick
        return distance < 0 && down != level ? down + tick : down
    }
}
