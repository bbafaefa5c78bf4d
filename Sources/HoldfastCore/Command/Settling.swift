import CHoldfast

/// Answers, deadlines and back-offs: what the life cycle's action means for the intent.
extension Stripe {
    /// Applies an event other than a fill to the live command.
    mutating func apply(_ event: CommandEvent, _ p: Row, _ life: UInt32, _ now: Int64) {
        let before = lives[life].pointee.command.state
        let (state, action) = LifeCycle.step(
            before, event, lives[life].pointee.command.action)
        if state.isFinal {
            let isUnanswered = event == .noDeal
            finish(p, life, state, now)
            if event != .noDeal { endQuery(p, life, .superseded, now) }
            follow(action, p, life, isUnanswered: isUnanswered, now)
        } else {
            become(p, life, state, now)
            if before == .unknown && state != .unknown {
                endQuery(p, life, .superseded, now)
                beKnown(p, life)
            } else if before == .pending && state == .acknowledged {
                // Whoever answers for it has it, however that came.
                beKnown(p, life)
            }
            follow(action, p, life, isUnanswered: false, now)
        }
    }

    /// The session that answered for what was in doubt knows it: only the next one is given it
    /// again.
    private mutating func beKnown(_ p: Row, _ life: UInt32) {
        let executor = executor(p)
        lives[life].pointee.command.session = executor.pointee.lock.hold {
            executor.pointee.epoch
        }
    }

    private mutating func follow(
        _ action: CommandAction, _ p: Row, _ life: UInt32, isUnanswered: Bool, _ now: Int64
    ) {
        switch action {
        case .nothing, .settle, .settleLate:
            break
        case .arm:
            lives[life].pointee.command.deadline = now + deadline(p, life)
            arm(p, life, due: lives[life].pointee.command.deadline)
        case .query:
            disarm(p, life)
            if !lives[life].pointee.query.isLive { ask(p, life, now) }
        case .requote, .backOff, .alarm, .switchFill, .hold, .replace:
            let command = lives[life].pointee.command
            if action == .alarm { alarm(p, .retcode, command, now) }
            if command.action == .open { return enterAgain(p, life, now) }
            retry(action, p, life, now)
        case .giveUp:
            giveUp(p, life, isUnanswered: isUnanswered, now)
        case .waitOn:
            alarm(p, .waiting, lives[life].pointee.command, now)
        }
    }

    /// The command ended without a close: the intent goes on.
    private mutating func retry(_ action: CommandAction, _ p: Row, _ life: UInt32, _ now: Int64) {
        let command = lives[life].pointee.command
        if action == .replace { ledgerRow(p).pointee.closeNotBefore = command.actBefore }
        guard var intent = lives[life].pointee.intent else { return endLifeIfOver(p, life) }
        if intent.phase == .waiting {
            if action != .replace { return sendNext(p, life, now) }
            // Nobody answered the older command: it may still be started until its act_before.
            return sendAfter(p, life, max(now, command.actBefore), now, isBound: true)
        }
        intent.attempt = command.attempt + 1
        intent.parent = id(of: p, command)
        let isHurried = intent.isHurried
        if action != .requote { intent.requotes = 0 }
        lives[life].pointee.intent = intent
        if action == .replace {
            return sendAfter(p, life, max(now, command.actBefore), now, isBound: true)
        }
        if isHurried { return sendAfter(p, life, now, now, isBound: false) }
        switch action {
        case .requote:
            lives[life].pointee.intent?.requotes += 1
            let isAtOnce = intent.requotes + 1 <= Limits.requotesAtOnce
            if isAtOnce { return sendAfter(p, life, now, now, isBound: false) }
            backOff(p, life, slowest: false, now)
        case .backOff: backOff(p, life, slowest: false, now)
        case .alarm: backOff(p, life, slowest: true, now)
        case .switchFill:
            if intent.fillSwitched {
                alarm(p, .retcode, command, now)
                return backOff(p, life, slowest: true, now)
            }
            lives[life].pointee.intent?.fillSwitched = true
            sendAfter(p, life, now, now, isBound: false)
        case .hold:
            lives[life].pointee.intent?.phase = .held
            market(p).pointee.held += 1
        case .nothing, .arm, .settle, .settleLate, .query, .replace, .giveUp, .waitOn: break
        }
    }

    private mutating func backOff(_ p: Row, _ life: UInt32, slowest: Bool, _ now: Int64) {
        guard let intent = lives[life].pointee.intent else { return }
        let wait =
            slowest
            ? Timing.slowest(intent.priority)
            : Timing.backOff(intent.priority, taken: intent.backOffs)
        lives[life].pointee.intent?.backOffs += 1
        sendAfter(p, life, now + wait, now, isBound: false)
    }

    /// Sends the next command now, or when its instant comes.
    /// - Parameter isBound: nothing, not even an escalation, may send it earlier.
    mutating func sendAfter(
        _ p: Row, _ life: UInt32, _ due: Int64, _ now: Int64, isBound: Bool
    ) {
        if due <= now { return sendNext(p, life, now) }
        lives[life].pointee.intent?.phase = .backOff
        lives[life].pointee.intent?.notBefore = isBound ? due : .min
        arm(p, life, due: due)
    }

    /// The next command of an intent, if what it is for still holds.
    mutating func sendNext(_ p: Row, _ life: UInt32, _ now: Int64) {
        guard let intent = lives[life].pointee.intent else { return }
        if stillHolds(p, intent) { send(p, life, price: nil, now) } else { drop(p, life, now) }
    }

    /// Fires the timers of a symbol that are due, in order of (due, position), each stamped with
    /// its due time and judged with the quote in force.
    mutating func fireTimers(_ market: MarketRow, until instant: Int64) {
        while let node = market.pointee.timers.pop(until: instant) {
            counters.timers += 1
            let life = node.pointee.slot
            let due = node.pointee.due
            if node.pointee.kind == .withheld {
                market.pointee.time = max(market.pointee.time, due)
                fireWithheldTimer(life, due)
                continue
            }
            if !holds(lives[life].pointee.position != none) { return }
            let p = positions[lives[life].pointee.position]
            market.pointee.time = max(market.pointee.time, due)
            if node.pointee.kind == .modify {
                answerModify(p, life, .deadline, due)
            } else if node.pointee.kind == .query {
                repeatQuery(p, life, due)
            } else if lives[life].pointee.command.isLive {
                apply(.deadline, p, life, due)
            } else {
                sendNext(p, life, due)
            }
        }
    }

    /// A query that was not answered goes out again with its id; one that nobody takes waits on.
    private mutating func repeatQuery(_ p: Row, _ life: UInt32, _ now: Int64) {
        if !lives[life].pointee.query.isLive { return }
        if lives[life].pointee.query.state == .pending {
            return alarm(p, .waiting, lives[life].pointee.query, now)
        }
        becomeQuery(p, life, .pending, now)
        line(up: p, life, isQuery: true)
        market(p).pointee.timers.arm(queryTimer(life), due: now + Timing.queryDeadline)
    }

    /// The session has opened: what waited for it goes out, in order of position.
    mutating func releaseHeld(_ market: MarketRow, _ now: Int64) {
        let id = market.pointee.id
        var found = 0
        for at in 0..<UInt32(lives.used) where lives[at].pointee.position != none {
            let p = positions[lives[at].pointee.position]
            if self.market(p).pointee.id == id && lives[at].pointee.intent?.phase == .held {
                order[found] = Due(id: p.pointee.id, slot: at)
                found += 1
            }
        }
        var line = UnsafeMutableBufferPointer(start: order, count: found)
        line.sort { $0.id < $1.id }
        for index in 0..<found {
            let life = order[index].slot
            sendNext(positions[lives[life].pointee.position], life, now)
        }
    }
}
