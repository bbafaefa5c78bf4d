import CHoldfast

/// Commands: each one attempt of an intent, from its making to its final state.
extension Stripe {
    func id(of p: Row, _ command: Command) -> hf_command_id {
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
        var command = newCommand(p)
        command.volume = intent.isFull ? open : min(intent.remaining, open)
        command.isFull = command.volume == open
        command.action = command.isFull ? .close : .reduce
        command.reason = intent.reason
        command.priority = intent.priority
        command.fillMode = intent.fillSwitched ? UInt8(HF_FILL_FOK) : UInt8(HF_FILL_IOC)
        command.attempt = intent.attempt
        command.parent = intent.parent
        command.price = price ?? market(p).pointee.closingPrice(p.pointee.side)
        command.level = intent.level
        command.triggerPrice = intent.triggerPrice
        command.triggerTime = intent.triggerTime
        command.created = now
        p.pointee.closeCount = command.count
        p.pointee.closeEpoch = command.epoch
        lives[life].pointee.intent = intent
        lives[life].pointee.command = command
        if intent.attempt > 1 { counters.retries += 1 }
        announce(p, command, now)
        if intent.attempt == Limits.alarmAttempt { alarm(p, .attempts, command, now) }
        line(up: p, life, isQuery: false)
    }

    /// Asks for the deals of a command in doubt.
    mutating func ask(_ p: Row, _ life: UInt32, _ now: Int64) {
        let doubted = lives[life].pointee.command
        var query = newCommand(p)
        query.action = .queryDeals
        query.isFull = false
        query.reason = doubted.reason
        query.priority = doubted.priority
        query.parent = id(of: p, doubted)
        query.triggerTime = doubted.triggerTime
        query.price = market(p).pointee.closingPrice(p.pointee.side)
        query.created = now
        lives[life].pointee.query = query
        announce(p, query, now)
        line(up: p, life, isQuery: true)
    }

    private func newCommand(_ p: Row) -> Command {
        p.pointee.commandCount += 1
        var command = Command()
        command.count = p.pointee.commandCount
        command.epoch = shared.pointee.config.epoch
        return command
    }

    private mutating func announce(_ p: Row, _ command: Command, _ now: Int64) {
        counters.commands += 1
        emit(event(.command, p, command, now))
    }

    /// An event about a command.
    func event(_ kind: EventKind, _ p: Row, _ command: Command, _ now: Int64) -> hf_event {
        var event = self.event(kind, p, now)
        event.command = id(of: p, command)
        event.parent = command.parent
        event.action = command.action.rawValue
        event.state = command.state.rawValue
        event.reason = command.reason.rawValue
        event.volume = command.volume
        event.price = command.price
        event.level = command.level
        event.attempt = command.attempt
        event.retcode = command.retcode
        if let intent = p.pointee.life == none ? nil : lives[p.pointee.life].pointee.intent {
            event.escalated_from = intent.escalatedFrom.rawValue
        }
        return event
    }

    mutating func alarm(_ p: Row, _ what: What, _ command: Command, _ now: Int64) {
        counters.alarms += 1
        var event = self.event(.alarm, p, command, now)
        event.what = what.rawValue
        emit(event)
    }

    /// Takes a new state and says so.
    mutating func become(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        if lives[life].pointee.command.state == state { return }
        lives[life].pointee.command.state = state
        emit(event(.commandState, p, lives[life].pointee.command, now))
    }

    mutating func becomeQuery(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        if lives[life].pointee.query.state == state { return }
        lives[life].pointee.query.state = state
        emit(event(.commandState, p, lives[life].pointee.query, now))
    }

    /// A command has reached a final state: remembered by its account, its timer over.
    mutating func finish(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        disarm(p, life)
        become(p, life, state, now)
        remember(p, lives[life].pointee.command)
    }

    /// Ends the query, if one is live.
    mutating func endQuery(_ p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        if !lives[life].pointee.query.isLive { return }
        disarmQuery(p, life)
        becomeQuery(p, life, state, now)
        remember(p, lives[life].pointee.query)
    }

    private func remember(_ p: Row, _ command: Command) {
        let account = account(p)
        let record = self.record(of: p, command)
        account.pointee.lock.hold { account.pointee.finished.remember(record) }
    }

    // MARK: the line to the executor

    private func ticket(_ p: Row, _ life: UInt32, _ command: Command) -> Ticket {
        Ticket(
            rank: Ticket.rank(lane: UInt8(HF_LANE_PRIORITY), priority: command.priority),
            time: command.triggerTime,
            position: p.pointee.id, count: command.count, stripe: UInt32(index), life: life)
    }

    func executor(_ p: Row) -> UnsafeMutablePointer<Executor> {
        shared.pointee.executors + Int(account(p).pointee.executor)
    }

    mutating func line(up p: Row, _ life: UInt32, isQuery: Bool) {
        let command = isQuery ? lives[life].pointee.query : lives[life].pointee.command
        let executor = executor(p)
        let ticket = ticket(p, life, command)
        executor.pointee.lock.take()
        let spilled = executor.pointee.outbox.push(ticket)
        executor.pointee.lock.give()
        counters.outbox_spilled += UInt64(spilled)
    }

    /// Puts every waiting command of an executor in line again: its heap has run empty, or a new
    /// session begins and what the old one never answered is to be given out again.
    mutating func sweep(_ executor: UnsafeMutablePointer<Executor>, session: UInt32) {
        for at in 0..<UInt32(lives.used) where lives[at].pointee.position != none {
            let p = positions[lives[at].pointee.position]
            if self.executor(p) != executor { continue }
            if isDue(lives[at].pointee.command, session) { line(up: p, at, isQuery: false) }
            if isDue(lives[at].pointee.query, session) { line(up: p, at, isQuery: true) }
        }
    }

    /// Whether a session is to be given a command: one that waits, or one that an older session
    /// took and did not answer.
    func isDue(_ command: Command, _ session: UInt32) -> Bool {
        if command.count == 0 { return false }
        switch command.state {
        case .pending: return true
        case .sent, .acknowledged: return command.session < session
        case .unknown, .executed, .partial, .rejected, .failed, .expired, .superseded: return false
        }
    }

    /// Whether a command named in a recorded take may go out to that executor's session.
    func isDue(
        _ id: hf_command_id, _ p: Row, _ executor: UnsafeMutablePointer<Executor>, session: UInt32
    ) -> Bool {
        if p.pointee.life == none
            || shared.pointee.executors + Int(account(p).pointee.executor) != executor
        {
            return false
        }
        let life = lives[p.pointee.life].pointee
        return [life.command, life.query].contains {
            $0.count == id.count && $0.epoch == id.epoch && isDue($0, session)
        }
    }

    /// Gives one command out to a session.
    /// - Returns: nil when it is no longer to be given out.
    mutating func give(
        _ id: hf_command_id, life: UInt32, session: UInt32, _ now: Int64
    ) -> hf_command? {
        if Int(life) >= lives.used || lives[life].pointee.position == none { return nil }
        let at = lives[life]
        let p = positions[at.pointee.position]
        if p.pointee.id != id.owner { return nil }
        let instant = stamp(market(p), now)
        if at.pointee.command.count == id.count && isDue(at.pointee.command, session) {
            let (state, _) = LifeCycle.step(at.pointee.command.state, .taken)
            mark(&at.pointee.command, session, instant, deadline: deadline(p, life))
            at.pointee.command.actBefore = instant + Timing.actBefore
            become(p, life, state, instant)
            arm(p, life, due: at.pointee.command.deadline)
            return record(of: p, at.pointee.command)
        }
        if at.pointee.query.count == id.count && isDue(at.pointee.query, session) {
            mark(&at.pointee.query, session, instant, deadline: Timing.queryDeadline)
            at.pointee.query.actBefore = instant + Timing.actBeforeOthers
            becomeQuery(p, life, .sent, instant)
            market(p).pointee.timers.arm(queryTimer(life), due: at.pointee.query.deadline)
            return record(of: p, at.pointee.query)
        }
        return nil
    }

    private mutating func mark(
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
    func deadline(_ p: Row, _ life: UInt32) -> Int64 {
        let own = lives[life].pointee.command.priority
        guard let intent = lives[life].pointee.intent, intent.phase == .out else {
            return Timing.deadline(own)
        }
        return Timing.deadline(max(own, intent.priority))
    }

    /// The record that goes out.
    func record(of p: Row, _ command: Command) -> hf_command {
        let account = account(p)
        var record = hf_command()
        record.id = id(of: p, command)
        record.parent = command.parent
        record.position = p.pointee.id
        record.account = account.pointee.terms.id
        record.executor = account.pointee.terms.executor
        record.ticket = p.pointee.ticket
        record.magic = p.pointee.magic
        record.volume = command.volume
        record.executed = command.executed
        record.price = command.price
        record.level = command.level
        record.trigger_price = command.triggerPrice
        record.created = command.created
        record.sent = command.sent
        record.deadline = command.deadline
        record.act_before = command.actBefore
        record.symbol = market(p).pointee.id
        record.attempt = command.attempt
        record.retcode = command.retcode
        if command.isFull { record.flags |= UInt32(HF_COMMAND_FULL) }
        if command.isRedelivered { record.flags |= UInt32(HF_COMMAND_REDELIVERED) }
        record.action = command.action.rawValue
        record.state = command.state.rawValue
        record.reason = command.reason.rawValue
        record.priority = command.priority
        record.lane = UInt8(HF_LANE_PRIORITY)
        record.side = p.pointee.side.rawValue
        record.fill_mode = command.fillMode
        record.symbol_name = market(p).pointee.terms.broker_name
        record.client_id = unsafeBitCast(p.pointee.clientID, to: type(of: record.client_id))
        record.tag = unsafeBitCast(p.pointee.tag, to: type(of: record.tag))
        return record
    }
}
