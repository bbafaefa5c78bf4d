import CHoldfast

/// Commands: each one attempt of an intent, from its making to its final state.
extension Stripe {
    mutating func id(of p: Row, _ command: Command) -> hf_command_id {
        hf_command_id(owner: p.pointee.id, count: command.count, epoch: command.epoch)
    }

    /// Makes the next command of the live intent and puts it in line.
    /// - Parameter price: of the trigger; nil: the quote in force.
    mutating func send(_ p: Row, _ life: UInt32, price: Int64?, _ now: Int64) {
        guard var intent = lives[life].pointee.intent else { return }
        if intent.phase == .held { market(p).pointee.held -= 1 }
        disarm(p, life)
        intent.phase = .out
        intent.isHurried = false
        intent.notBefore = .min
        let open = p.pointee.volume
        var volume = intent.isFull ? open : min(intent.remaining, open)
        if intent.with != 0, let other = find(intent.with) {
            volume = min(volume, other.pointee.volume)
        }
        let command = command(life)
        renew(command, p)
        command.pointee.volume = volume
        command.pointee.isFull = volume == open
        command.pointee.action = intent.with != 0 ? .closeBy : volume == open ? .close : .reduce
        command.pointee.with = intent.with
        command.pointee.reason = intent.reason
        command.pointee.priority = intent.priority
        command.pointee.fillMode = UInt8(intent.fillSwitched ? HF_FILL_FOK : HF_FILL_IOC)
        command.pointee.attempt = intent.attempt
        command.pointee.parent = intent.parent
        command.pointee.price = price ?? market(p).pointee.closingPrice(p.pointee.side)
        command.pointee.level = intent.level
        command.pointee.triggerPrice = intent.triggerPrice
        command.pointee.triggerTime = intent.triggerTime
        command.pointee.created = now
        p.pointee.closeCount = command.pointee.count
        p.pointee.closeEpoch = command.pointee.epoch
        lives[life].pointee.intent = intent
        if intent.attempt > 1 { counters.retries += 1 }
        announce(p, command, now)
        if intent.attempt == Limits.alarmAttempt { alarm(p, .attempts, command.pointee, now) }
        line(up: p, life, isQuery: false)
        arm(p, life, due: now + Timing.deadline(intent.priority))
    }

    /// Asks for the deals of a command in doubt.
    mutating func ask(_ p: Row, _ life: UInt32, _ now: Int64) {
        let (doubted, query) = (command(life), query(life))
        renew(query, p)
        query.pointee.action = .queryDeals
        query.pointee.isFull = false
        query.pointee.reason = doubted.pointee.reason
        query.pointee.priority = doubted.pointee.priority
        query.pointee.parent = id(of: p, doubted.pointee)
        query.pointee.triggerTime = doubted.pointee.triggerTime
        query.pointee.price = market(p).pointee.closingPrice(p.pointee.side)
        query.pointee.created = now
        announce(p, query, now)
        line(up: p, life, isQuery: true)
        market(p).pointee.timers.arm(queryTimer(life), due: now + Timing.queryDeadline)
    }

    mutating func command(_ life: UInt32) -> UnsafeMutablePointer<Command> {
        withUnsafeMutablePointer(to: &lives[life].pointee.command) { $0 }
    }

    mutating func modify(_ life: UInt32) -> UnsafeMutablePointer<Command> {
        withUnsafeMutablePointer(to: &lives[life].pointee.modify) { $0 }
    }

    mutating func query(_ life: UInt32) -> UnsafeMutablePointer<Command> {
        withUnsafeMutablePointer(to: &lives[life].pointee.query) { $0 }
    }

    /// A new command in the place of an old one.
    mutating func renew(_ command: UnsafeMutablePointer<Command>, _ p: Row) {
        p.pointee.commandCount += 1
        command.initialize(to: Command())
        command.pointee.count = p.pointee.commandCount
        command.pointee.epoch = shared.pointee.config.epoch
    }

    mutating func announce(
        _ p: Row, _ command: UnsafeMutablePointer<Command>, _ now: Int64
    ) {
        counters.commands += 1
        emit(event(.command, p, command.pointee, now))
    }

    /// An event about a command.
    mutating func event(
        _ kind: EventKind, _ p: Row, _ command: borrowing Command, _ now: Int64
    ) -> UnsafeMutablePointer<hf_event> {
        let event = self.event(kind, p, now)
        event.pointee.command = id(of: p, command)
        event.pointee.parent = command.parent
        event.pointee.action = command.action.rawValue
        event.pointee.state = command.state.rawValue
        event.pointee.reason = command.reason.rawValue
        event.pointee.volume = command.volume
        event.pointee.price = command.price
        event.pointee.level = command.level
        event.pointee.attempt = command.attempt
        event.pointee.retcode = command.retcode
        if let intent = p.pointee.life == none ? nil : lives[p.pointee.life].pointee.intent {
            event.pointee.escalated_from = intent.escalatedFrom.rawValue
        }
        return event
    }

    mutating func alarm(_ p: Row, _ what: What, _ command: Command, _ now: Int64) {
        counters.alarms += 1
        let event = self.event(.alarm, p, command, now)
        event.pointee.what = what.rawValue
        emit(event)
    }

    /// Takes a new state and says so.
    mutating func become(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        let old = lives[life].pointee.command.state
        if old == state { return }
        lives[life].pointee.command.state = state
        note(p, life, lives[life].pointee.command, from: old)
        emit(event(.commandState, p, lives[life].pointee.command, now))
    }

    mutating func becomeQuery(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        let old = lives[life].pointee.query.state
        if old == state { return }
        lives[life].pointee.query.state = state
        // Asked again it is put in line by who asks.
        if state != .pending { note(p, life, lives[life].pointee.query, from: old) }
        emit(event(.commandState, p, lives[life].pointee.query, now))
    }

    /// A command has reached a final state: remembered by its account, its timer over.
    mutating func finish(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        disarm(p, life)
        become(p, life, state, now)
        remember(p, command(life))
    }

    /// Ends the query, if one is live.
    mutating func endQuery(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        if !lives[life].pointee.query.isLive { return }
        disarmQuery(p, life)
        becomeQuery(p, life, state, now)
        remember(p, query(life))
    }

    mutating func remember(_ p: Row, _ command: UnsafeMutablePointer<Command>) {
        let account = account(p)
        account.pointee.lock.hold {
            write(p, command, to: account.pointee.finished.remember(id(of: p, command.pointee)))
        }
    }

    // MARK: the line to the executor

    mutating func ticket(
        _ p: Row, _ life: UInt32, _ command: borrowing Command
    ) -> Ticket {
        Ticket(
            rank: Ticket.rank(lane: command.lane, priority: command.priority),
            time: command.triggerTime,
            position: p.pointee.id, count: command.count, stripe: UInt32(index), life: life,
            isQuestion: command.action == .queryDeals)
    }

    mutating func executor(_ p: Row) -> UnsafeMutablePointer<Executor> {
        shared.pointee.executors + Int(account(p).pointee.executor)
    }

    mutating func line(up p: Row, _ life: UInt32, isQuery: Bool) {
        if !isQuery && mustWait(p, life) { return putOff(p, life) }
        line(up: p, life, isQuery ? lives[life].pointee.query : lives[life].pointee.command)
    }

    mutating func line(up p: Row, _ life: UInt32, _ command: borrowing Command) {
        let executor = executor(p)
        let account = Int(accountIndex(p))
        let outbox = shared.pointee.accounts[account].outbox
        let ticket = ticket(p, life, command)
        executor.pointee.lock.take()
        let spilled = executor.pointee.push(ticket, account, outbox)
        executor.pointee.lock.give()
        counters.outbox_spilled += UInt64(spilled)
    }

    /// Puts every waiting command of an executor in line again: a heap has run empty, or a new
    /// session begins and what the old one never answered is to be given out again.
    /// - Parameter only: of this account; nil: of all.
    mutating func sweep(
        _ executor: UnsafeMutablePointer<Executor>, session: UInt32, only: UInt32?
    ) {
        for at in 0..<UInt32(lives.used) where lives[at].pointee.position != none {
            let p = positions[lives[at].pointee.position]
            if self.executor(p) != executor { continue }
            if let only, accountIndex(p) != only { continue }
            if isDue(lives[at].pointee.command, session) { line(up: p, at, isQuery: false) }
            if isDue(lives[at].pointee.query, session) { line(up: p, at, isQuery: true) }
            if isDue(lives[at].pointee.modify, session) {
                line(up: p, at, lives[at].pointee.modify)
            }
        }
    }

    /// Whether a session is to be given a command: one that waits, or one that an older session
    /// took and did not answer.
    mutating func isDue(_ command: Command, _ session: UInt32) -> Bool {
        if command.count == 0 { return false }
        switch command.state {
        case .pending: return true
        case .sent, .acknowledged: return command.session < session
        case .unknown, .executed, .partial, .rejected, .failed, .expired, .superseded: return false
        }
    }

    /// Whether a command named in a recorded take may go out to that executor's session.
    mutating func isDue(
        _ id: hf_command_id, _ p: Row, _ executor: UnsafeMutablePointer<Executor>, session: UInt32
    ) -> Bool {
        if p.pointee.life == none
            || shared.pointee.executors + Int(account(p).pointee.executor) != executor
        {
            return false
        }
        let life = lives[p.pointee.life].pointee
        return [life.command, life.query, life.modify].contains {
            $0.count == id.count && $0.epoch == id.epoch && isDue($0, session)
        }
    }

    /// Gives one command out to a session.
    /// - Returns: false when it is no longer to be given out.
    mutating func give(
        _ id: hf_command_id, life: UInt32, session: UInt32, _ now: Int64,
        to out: UnsafeMutablePointer<hf_command>?
    ) -> Bool {
        if Int(life) >= lives.used || lives[life].pointee.position == none { return false }
        let at = lives[life]
        let p = positions[at.pointee.position]
        if p.pointee.id != id.owner { return false }
        let instant = stamp(market(p), now)
        if at.pointee.command.count == id.count && isDue(at.pointee.command, session) {
            // As it was recorded.
            if at.pointee.isPutOff { endPutOff(p, life) }
            endOffer(p)
            let (state, _) = LifeCycle.step(at.pointee.command.state, .taken)
            mark(&at.pointee.command, session, instant, deadline: deadline(p, life))
            at.pointee.command.actBefore = instant + Timing.actBefore(at.pointee.command.action)
            become(p, life, state, instant)
            arm(p, life, due: at.pointee.command.deadline)
            if let out { write(p, command(life), to: out) }
            return true
        }
        if at.pointee.query.count == id.count && isDue(at.pointee.query, session) {
            mark(&at.pointee.query, session, instant, deadline: Timing.queryDeadline)
            at.pointee.query.actBefore = instant + Timing.actBeforeOthers
            becomeQuery(p, life, .sent, instant)
            market(p).pointee.timers.arm(queryTimer(life), due: at.pointee.query.deadline)
            if let out { write(p, query(life), to: out) }
            return true
        }
        return giveModify(id, p, life, session, instant, to: out)
    }

    mutating func mark(
        _ command: inout Command, _ session: UInt32, _ now: Int64, deadline: Int64
    ) {
        counters.commands_taken += 1
        let isAgain = command.actBefore != 0
        if isAgain { counters.redelivered += 1 }
        command.isRedelivered = isAgain
        command.session = session
        command.sent = now
        command.deadline = now + deadline
    }

    /// The deadline is the intent's class's: it may have been escalated since.
    mutating func deadline(_ p: Row, _ life: UInt32) -> Int64 {
        let own = lives[life].pointee.command.priority
        if lives[life].pointee.command.action == .open { return Timing.onceDeadline }
        guard let intent = lives[life].pointee.intent, intent.phase == .out else {
            return Timing.deadline(own)
        }
        return Timing.deadline(max(own, intent.priority))
    }

    mutating func record(of p: Row, _ command: UnsafeMutablePointer<Command>) -> hf_command {
        var record = hf_command()
        write(p, command, to: &record)
        return record
    }

    /// The record that goes out.
    mutating func write(
        _ p: Row, _ row: UnsafeMutablePointer<Command>, to out: UnsafeMutablePointer<hf_command>
    ) {
        let account = account(p)
        out.blank()
        out.pointee.id = id(of: p, row.pointee)
        out.pointee.parent = row.pointee.parent
        out.pointee.position = p.pointee.id
        out.pointee.account = account.pointee.terms.id
        out.pointee.executor = account.pointee.terms.executor
        out.pointee.ticket = p.pointee.ticket
        out.pointee.magic = p.pointee.magic
        out.pointee.volume = row.pointee.volume
        out.pointee.executed = row.pointee.executed
        out.pointee.price = row.pointee.price
        out.pointee.level = row.pointee.level
        out.pointee.trigger_price = row.pointee.triggerPrice
        out.pointee.created = row.pointee.created
        out.pointee.sent = row.pointee.sent
        out.pointee.deadline = row.pointee.deadline
        out.pointee.act_before = row.pointee.actBefore
        out.pointee.symbol = market(p).pointee.id
        out.pointee.attempt = row.pointee.attempt
        out.pointee.retcode = row.pointee.retcode
        if row.pointee.isFull { out.pointee.flags |= UInt32(HF_COMMAND_FULL) }
        if row.pointee.isRedelivered { out.pointee.flags |= UInt32(HF_COMMAND_REDELIVERED) }
        out.pointee.action = row.pointee.action.rawValue
        out.pointee.state = row.pointee.state.rawValue
        out.pointee.reason = row.pointee.reason.rawValue
        out.pointee.priority = row.pointee.priority
        out.pointee.lane = row.pointee.lane
        out.pointee.sl = row.pointee.stop
        if row.pointee.with != 0 {
            out.pointee.with_ticket = find(row.pointee.with)?.pointee.ticket ?? 0
        }
        out.pointee.side = p.pointee.side.rawValue
        out.pointee.fill_mode = row.pointee.fillMode
        out.pointee.symbol_name = market(p).pointee.terms.broker_name
        if p.pointee.label != none {
            let label = labels[p.pointee.label]
            out.pointee.client_id = unsafeBitCast(
                label.pointee.clientID, to: type(of: out.pointee.client_id))
            out.pointee.tag = unsafeBitCast(label.pointee.tag, to: type(of: out.pointee.tag))
        }
    }
}
