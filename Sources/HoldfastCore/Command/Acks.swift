import CHoldfast

/// Acks and deals: applied once, in any order, to commands live or final.
extension Stripe {
    /// An executor's answer to a command of an open position.
    mutating func ack(_ p: Row, _ ack: hf_ack, _ now: Int64) throws(Failure) {
        let life = p.pointee.life
        if ack.query != 0 { return try answerQuery(p, ack, now) }
        if life != none {
            if lives[life].pointee.modify.isLive,
                matches(p, lives[life].pointee.modify, ack.command)
            {
                return try answerModify(p, life, ack, now)
            }
            let isOut = lives[life].pointee.command.isLive
            let named = ack.command.owner == 0
            if isOut && (named || matches(p, lives[life].pointee.command, ack.command)) {
                return try answer(p, life, ack, now)
            }
            // An answer to the query that brings the deal is one to the command in doubt.
            if lives[life].pointee.query.isLive, lives[life].pointee.command.isLive,
                matches(p, lives[life].pointee.query, ack.command)
            {
                return try answer(p, life, ack, now)
            }
        }
        try answerFinal(p, ack, now)
    }

    private mutating func matches(_ p: Row, _ command: Command, _ id: hf_command_id) -> Bool {
        command.count == id.count && command.epoch == id.epoch && p.pointee.id == id.owner
    }

    /// No deal was found.
    private mutating func answerQuery(_ p: Row, _ ack: hf_ack, _ now: Int64) throws(Failure) {
        let life = p.pointee.life
        if p.pointee.commandCount == 0 { throw .command }
        guard life != none, isQuery(p, life, ack.command) else {
            if !isKnown(p, ack.command) { throw .command }
            return ignore()
        }
        sequence = shared.pointee.recorder.claim(HF_RECORD_ACK, ack, time: now)
        counters.acks += 1
        let at = stamp(market(p), now)
        endQuery(p, life, .executed, at)
        apply(.noDeal, p, life, at)
    }

    /// Whether the live query is meant: by its id, by that of the command it asks about, or by its
    /// position alone.
    private mutating func isQuery(_ p: Row, _ life: UInt32, _ id: hf_command_id) -> Bool {
        let query = lives[life].pointee.query
        if !query.isLive { return false }
        return id.owner == 0 || matches(p, query, id) || isSame(query.parent, id)
    }

    private mutating func isKnown(_ p: Row, _ id: hf_command_id) -> Bool {
        let (account, life) = (account(p), p.pointee.life)
        if id.owner == 0 || account.pointee.lock.hold({ account.pointee.finished.find(id) != nil })
        {
            return true
        }
        return life != none && matches(p, lives[life].pointee.command, id)
    }

    private mutating func isSame(_ a: hf_command_id, _ b: hf_command_id) -> Bool {
        a.owner == b.owner && a.count == b.count && a.epoch == b.epoch
    }

    mutating func ignore() { counters.acks_ignored += 1 }

    /// A live command's answer.
    private mutating func answer(
        _ p: Row, _ life: UInt32, _ ack: hf_ack, _ now: Int64
    ) throws(Failure) {
        let command = lives[life].pointee.command
        var event = ack.event
        let other = partner(p, command)
        let isFill = event.isFill
        var fill = Fill(ack, volume: command.volume, price: command.price)
        fill.command = id(of: p, command)
        if let other, ack.present & UInt32(HF_HAS_VOLUME) == 0 {
            // What both still have: the other may have shrunk meanwhile.
            fill.volume = min(fill.volume, p.pointee.volume, other.pointee.volume)
        }
        if isFill {
            try check(fill)
            if try isKnownDeal(p, fill, ack, now) { return }
            try check(p, fill, of: command, with: other)
            let isPart =
                command.executed + fill.volume < command.volume
                && (other == nil || ack.present & UInt32(HF_HAS_VOLUME) != 0)
            event = isPart ? .filledInPart : .filled
        }
        sequence = shared.pointee.recorder.claim(HF_RECORD_ACK, ack, time: now)
        counters.acks += 1
        let at = stamp(market(p), now)
        takeTicket(p, ack, at)
        lives[life].pointee.command.retcode = ack.code
        if !isFill {
            // Any other code ends a row of requotes.
            if event != .requoted { lives[life].pointee.intent?.requotes = 0 }
            return apply(event, p, life, at)
        }
        if ack.deal == 0 { fill.deal = 0 } else { rememberDeal(p, fill, at) }
        if command.action == .open {
            fillEntry(p, fill, at)
        } else if let other {
            fillCloseBy(p, other, life, fill, event, at)
        } else {
            fillCommand(p, life, fill, event, at)
        }
    }

    /// The broker renewed the ticket.
    mutating func takeTicket(_ p: Row, _ ack: hf_ack, _ now: Int64) {
        if ack.present & UInt32(HF_HAS_TICKET) != 0 { renew(p, ticket: ack.ticket, now) }
    }

    /// The position stays the one it is.
    mutating func renew(_ p: Row, ticket: UInt64, _ now: Int64) {
        let old = p.pointee.ticket
        if ticket == old { return }
        let account = account(p).pointee.terms.id
        if ticket != 0, let other = shared.pointee.tickets.value(account, ticket),
            other != p.pointee.id
        {
            // Another position has it: the answer counts, its ticket does not.
            return alarm(p, ticket: ticket, now)
        }
        if ticket != 0 && !shared.pointee.tickets.set(account, ticket, to: p.pointee.id) { return }
        if old != 0 { shared.pointee.tickets.remove(account, old, where: p.pointee.id) }
        p.pointee.ticket = ticket
        touch(p, now)
        keep(former: old, of: p, account)
        changed(
            p, .ticket, old: Int64(bitPattern: old), new: Int64(bitPattern: ticket), .none, now)
    }

    /// A late list of the broker's may still have it under its old ticket.
    private mutating func keep(former ticket: UInt64, of p: Row, _ account: UInt64) {
        if ticket == 0 { return }
        let ledger = ledgerRow(p)
        if ledger.pointee.former != 0 {
            shared.pointee.formers.remove(account, ledger.pointee.former, where: p.pointee.id)
        }
        ledger.pointee.former =
            shared.pointee.formers.set(account, ticket, to: p.pointee.id) ? ticket : 0
    }

    private mutating func alarm(_ p: Row, ticket: UInt64, _ now: Int64) {
        counters.alarms += 1
        let event = self.event(.alarm, p, now)
        event.pointee.what = What.ticket.rawValue
        event.pointee.status = Failure.duplicate.rawValue
        event.pointee.new_value = Int64(bitPattern: ticket)
        emit(event)
    }

    /// A fill of the command that is out.
    mutating func fillCommand(
        _ p: Row, _ life: UInt32, _ fill: Fill, _ event: CommandEvent, _ now: Int64
    ) {
        let origin = origin(life)
        let (state, _) = LifeCycle.step(lives[life].pointee.command.state, event)
        lives[life].pointee.command.executed += fill.volume
        finish(p, life, state, now)
        endQuery(p, life, .executed, now)
        _ = book(p, fill, origin.reason, now)
        if p.pointee.volume == 0 {
            close(p, origin, volume: fill.volume, price: fill.price, now)
        } else {
            goOn(p, life, filled: fill.volume, now)
        }
    }

    /// Something was closed and something is left: the rest goes to a child at once.
    mutating func goOn(_ p: Row, _ life: UInt32, filled: Int64, _ now: Int64) {
        guard var intent = lives[life].pointee.intent else { return endLifeIfOver(p, life) }
        if intent.phase == .waiting { return sendNext(p, life, now) }
        let command = lives[life].pointee.command
        intent.backOffs = 0
        intent.requotes = 0
        intent.attempt = command.attempt + 1
        intent.parent = id(of: p, command)
        if !intent.isFull { intent.remaining -= filled }
        lives[life].pointee.intent = intent
        if !intent.isFull && intent.remaining <= 0 {
            endIntent(p, life)
            endLifeIfOver(p, life)
        } else if !lives[life].pointee.command.isLive {
            send(p, life, price: nil, now)
        }
    }

    /// An ack to a final command changes nothing unless it brings a deal not yet applied.
    private mutating func answerFinal(_ p: Row, _ ack: hf_ack, _ now: Int64) throws(Failure) {
        let account = account(p)
        let id =
            ack.command.owner != 0
            ? ack.command
            : hf_command_id(
                owner: p.pointee.id, count: p.pointee.closeCount, epoch: p.pointee.closeEpoch)
        guard
            let final = account.pointee.lock.hold({
                account.pointee.finished.find(id)?.pointee.record
            })
        else { throw .command }
        if ack.deal == 0 || !ack.isFill { return ignore() }
        var fill = Fill(ack, volume: final.volume, price: final.price)
        fill.toldBy = .command(id)
        try check(fill)
        if try isKnownDeal(p, fill, ack, now) { return }
        if final.action == Action.open.rawValue { return try addLate(p, final, ack, fill, now) }
        if final.action == Action.modify.rawValue { return ignore() }
        let lost = lostPart(p, fill)
        if fill.volume > final.volume { throw .volume }
        try check(p, fill.less(lost), limit: final.volume)
        try check(lost: fill, lost, of: p)
        try check(money: fill.less(lost), of: p)
        sequence = shared.pointee.recorder.claim(HF_RECORD_ACK, ack, time: now)
        counters.acks += 1
        let at = stamp(market(p), now)
        takeTicket(p, ack, at)
        rememberDeal(p, fill, at)
        takeLost(p, &fill, lost, at)
        match(p, &fill, at)
        if fill.volume > 0 { fillFinal(p, final, fill, at) }
    }

    /// The deal of a command that was given up: it moves the command, and the position.
    mutating func fillFinal(_ p: Row, _ command: hf_command, _ fill: Fill, _ now: Int64) {
        let life = p.pointee.life
        let taken = book(p, fill, Reason(rawValue: command.reason) ?? .unknown, now)
        settle(final: command, p, fill, taken, now)
        if p.pointee.volume == 0 {
            close(p, origin(life, command), volume: fill.volume, price: fill.price, now)
        } else if life != none {
            shrink(p, life, by: taken, isOwn: isOwn(life, command.id.count), now)
        }
    }

    private mutating func settle(
        final command: hf_command, _ p: Row, _ fill: Fill, _ taken: Int64, _ now: Int64
    ) {
        settle(final: command, account(p), taken, event(.commandState, p, now))
    }

    /// - Parameter event: of the position, to be filled in.
    mutating func settle(
        final command: hf_command, _ account: UnsafeMutablePointer<Account>, _ taken: Int64,
        _ event: UnsafeMutablePointer<hf_event>
    ) {
        guard taken > 0, let old = CommandState(rawValue: command.state) else { return }
        let executed = command.executed + taken
        let outcome: CommandEvent = executed >= command.volume ? .filled : .filledInPart
        let (state, _) = LifeCycle.step(old, outcome)
        account.pointee.lock.hold {
            if let row = account.pointee.finished.find(command.id) {
                row.pointee.record.state = state.rawValue
                row.pointee.record.executed = executed
            }
        }
        if state == old { return }
        event.pointee.command = command.id
        event.pointee.parent = command.parent
        event.pointee.action = command.action
        event.pointee.state = state.rawValue
        event.pointee.reason = command.reason
        event.pointee.volume = command.volume
        event.pointee.price = command.price
        event.pointee.level = command.level
        event.pointee.attempt = command.attempt
        emit(event)
    }

    /// Whether a command is one of the live intent's.
    mutating func isOwn(_ life: UInt32, _ count: UInt32) -> Bool {
        if life == none { return false }
        guard let intent = lives[life].pointee.intent else { return false }
        return count >= intent.firstCount
    }

    /// The position lost volume beside the command that is out.
    /// - Parameter isOwn: executed by the live intent, late; else by somebody else.
    mutating func shrink(
        _ p: Row, _ life: UInt32, by volume: Int64, isOwn: Bool, _ now: Int64
    ) {
        if volume == 0 { return }
        guard var intent = lives[life].pointee.intent else { return }
        if isOwn {
            intent.backOffs = 0
            if !intent.isFull { intent.remaining -= volume }
        }
        intent.remaining = min(intent.remaining, p.pointee.volume)
        lives[life].pointee.intent = intent
        let command = lives[life].pointee.command
        let most = intent.isFull ? p.pointee.volume : intent.remaining
        if !intent.isFull && intent.remaining <= 0 {
            if command.isLive && command.state == .pending { withdraw(p, life, now) }
            endIntent(p, life)
            endLifeIfOver(p, life)
        } else if command.isLive && command.state == .pending
            && command.volume > most
        {
            // Nobody has seen it: one for what is left takes its place.
            withdraw(p, life, now)
            lives[life].pointee.intent?.parent = id(of: p, command)
            send(p, life, price: nil, now)
        } else if intent.phase == .backOff && isOwn {
            // Something was executed after all: the rest is no retry and waits no longer.
            send(p, life, price: nil, now)
        }
    }

    // MARK: checks

    private mutating func check(_ fill: Fill) throws(Failure) {
        if fill.volume <= 0 { throw .volume }
        if fill.price <= 0 { throw .price }
        if fill.price >= Limits.price { throw .range }
    }

    /// A fill of a live command.
    private mutating func check(
        _ p: Row, _ fill: Fill, of command: borrowing Command, with other: Row?
    ) throws(Failure) {
        if command.action == .open { return try check(entry: p, fill, command.volume) }
        if let other, fill.volume > other.pointee.volume { throw .volume }
        try check(p, fill, limit: command.volume)
        if let other {
            try check(closeBy: fill, p, other)
        } else {
            try check(money: fill, of: p)
        }
    }

    /// - Parameter limit: what the command asked for.
    private mutating func check(_ p: Row, _ fill: Fill, limit: Int64) throws(Failure) {
        if fill.volume > limit { throw .volume }
        if fill.volume - matched(p, fill) > p.pointee.volume { throw .volume }
    }

    /// Whether a deal was applied before; the same number with other content is a conflict.
    mutating func isKnownDeal(
        _ p: Row, _ fill: Fill, _ ack: hf_ack, _ now: Int64
    ) throws(Failure) -> Bool {
        if fill.deal == 0 { return false }
        switch judge(fill, account(p)) {
        case .new: return false
        case .known: return true
        case .conflict:
            // Refused, but recorded: a replay tells of it too.
            sequence = shared.pointee.recorder.claim(HF_RECORD_ACK, ack, time: now)
            refuse(event(.refused, p, stamp(market(p), now)), fill)
            throw .conflict
        }
    }

    /// What an account knows of a deal; one that was applied before is passed over.
    mutating func judge(
        _ fill: Fill, _ account: UnsafeMutablePointer<Account>
    ) -> KnownDeals.Verdict {
        let verdict = account.pointee.lock.hold {
            account.pointee.deals.judge(fill.deal, volume: fill.volume, price: fill.price)
        }
        if verdict == .known { ignore() }
        return verdict
    }

    mutating func refuse(_ event: UnsafeMutablePointer<hf_event>, _ fill: Fill) {
        counters.conflicts += 1
        event.pointee.what = What.deal.rawValue
        event.pointee.status = Failure.conflict.rawValue
        event.pointee.volume = fill.volume
        event.pointee.price = fill.price
        event.pointee.new_value = Int64(bitPattern: fill.deal)
        emit(event)
    }

    mutating func rememberDeal(_ p: Row, _ fill: Fill, _ now: Int64) {
        let account = account(p)
        account.pointee.lock.hold {
            account.pointee.deals.remember(
                fill.deal, volume: fill.volume, price: fill.price, time: now)
        }
    }
}
