import CHoldfast

/// What a trigger or an owner wants closed.
struct Wish {
    var priority: UInt8
    var reason: Reason
    /// nil: all that is open.
    var volume: Int64?
    var price: Int64
    var level: Int64
    /// The other position of a close-by; 0: none.
    var with: UInt64 = 0
}

/// Intents: at most one a position, until its volume is closed or its position is gone.
extension Stripe {
    /// What became of a wish.
    enum Raised { case started, escalated, recorded }

    /// Starts an intent, escalates the live one, or records that nothing came of it. The stop was
    /// brought up to date before.
    @discardableResult
    mutating func raise(_ p: Row, _ wish: Wish, _ now: Int64) -> Raised {
        let life = life(of: p)
        if let intent = lives[life].pointee.intent {
            if wish.priority <= intent.priority {
                record(p, wish.reason, price: wish.price, level: wish.level, now)
                return .recorded
            }
            escalate(p, life, wish, now)
            watch(p)
            return .escalated
        }
        counters.intents += 1
        withdrawModify(p, life, now)
        var intent = Intent()
        apply(wish, to: &intent, now)
        intent.firstCount = p.pointee.commandCount + 1
        let isWaiting = lives[life].pointee.command.isLive
        intent.phase = isWaiting ? .waiting : .out
        lives[life].pointee.intent = intent
        let notBefore = ledger(p).pointee.closeNotBefore
        if !isWaiting && now < notBefore {
            sendAfter(p, life, notBefore, now, isBound: true)
        } else if !isWaiting {
            send(p, life, price: wish.price, now)
        }
        watch(p)
        return .started
    }

    private mutating func apply(_ wish: Wish, to intent: inout Intent, _ now: Int64) {
        intent.priority = wish.priority
        intent.with = wish.with
        intent.reason = wish.reason
        intent.isFull = wish.volume == nil
        intent.remaining = wish.volume ?? 0
        intent.triggerPrice = wish.price
        intent.triggerTime = now
        intent.level = wish.level
    }

    /// A higher class takes the intent over: it becomes full and its reason the higher one's.
    private mutating func escalate(_ p: Row, _ life: UInt32, _ wish: Wish, _ now: Int64) {
        guard var intent = lives[life].pointee.intent else { return }
        counters.escalations += 1
        if intent.escalatedFrom == .none { intent.escalatedFrom = intent.reason }
        apply(wish, to: &intent, now)
        intent.isFull = true
        intent.backOffs = 0
        lives[life].pointee.intent = intent
        let event = self.event(.escalated, p, now)
        event.pointee.reason = intent.reason.rawValue
        event.pointee.escalated_from = intent.escalatedFrom.rawValue
        event.pointee.price = wish.price
        event.pointee.level = wish.level
        emit(event)
        hurry(p, life, now)
    }

    /// What an escalation does to what is out.
    private mutating func hurry(_ p: Row, _ life: UInt32, _ now: Int64) {
        guard let intent = lives[life].pointee.intent else { return }
        switch intent.phase {
        case .waiting, .held:
            return
        case .backOff:
            // An unanswered command's act_before binds a child of any class.
            if now < intent.notBefore {
                arm(p, life, due: intent.notBefore)
            } else {
                send(p, life, price: nil, now)
            }
        case .out:
            let command = lives[life].pointee.command
            if command.state == .pending {
                withdraw(p, life, now)
                lives[life].pointee.intent?.parent = id(of: p, command)
                send(p, life, price: intent.triggerPrice, now)
            } else {
                lives[life].pointee.intent?.isHurried = true
                if command.state != .unknown {
                    let due = now + Timing.deadline(intent.priority)
                    lives[life].pointee.command.deadline = due
                    arm(p, life, due: due)
                }
            }
        }
    }

    /// Ends the live intent by its owner's word.
    mutating func cancel(_ p: Row, _ cancel: hf_cancel, _ now: Int64) throws(Failure) {
        let life = p.pointee.life
        if p.pointee.isPending { return try cancelEntry(p, cancel, now) }
        guard life != none, let intent = lives[life].pointee.intent else { throw .command }
        sequence = shared.pointee.recorder.claim(HF_RECORD_CANCEL, cancel, time: now)
        let at = stamp(market(p), now)
        let event = self.event(.changed, p, at)
        event.pointee.what = What.intent.rawValue
        event.pointee.reason = cancel.reason == 0 ? Reason.manual.rawValue : cancel.reason
        event.pointee.old_value = Int64(intent.reason.rawValue)
        event.pointee.by = cancel.by
        emit(event)
        if intent.phase == .out && lives[life].pointee.command.state == .pending {
            withdraw(p, life, at)
        }
        endIntent(p, life)
        endLifeIfOver(p, life)
    }

    /// The intent is over while the position lives: its levels are watched again, its trail goes on
    /// from the quote in force.
    mutating func endIntent(_ p: Row, _ life: UInt32) {
        guard let intent = lives[life].pointee.intent else { return }
        sync(p)
        if intent.phase == .held { market(p).pointee.held -= 1 }
        if intent.phase == .backOff { disarm(p, life) }
        lives[life].pointee.intent = nil
        if intent.priority > Priority.partial.rawValue { startTrail(p) }
        watch(p)
        place(disaster: p, market(p).pointee.time)
    }

    /// Takes a command back that nobody has seen.
    mutating func withdraw(_ p: Row, _ life: UInt32, _ now: Int64) {
        let (state, _) = LifeCycle.step(lives[life].pointee.command.state, .withdrawn)
        finish(p, life, state, now)
    }

    /// A condition that must still hold when a retry is due; the rest after a fill is no retry.
    mutating func stillHolds(_ p: Row, _ intent: Intent) -> Bool {
        if intent.with != 0 { return find(intent.with) != nil }
        if intent.reason != .tp { return true }
        if p.pointee.target == 0 { return false }
        guard let price = market(p).pointee.inForce(p.pointee.side) else { return true }
        return price >= p.pointee.sign * p.pointee.target
    }

    /// Drops an intent whose condition no longer holds.
    mutating func drop(_ p: Row, _ life: UInt32, _ now: Int64) {
        guard let intent = lives[life].pointee.intent else { return }
        endIntent(p, life)
        record(
            p, intent.reason, what: .intent,
            price: market(p).pointee.closingPrice(p.pointee.side), level: p.pointee.target, now)
        endLifeIfOver(p, life)
    }

    // MARK: lives

    /// The life of a position; made when there is none.
    mutating func life(of p: Row) -> UInt32 {
        if p.pointee.life != none { return p.pointee.life }
        let at = lives.take()
        // Not a whole new life: commands are renewed when there are any, timers are at rest.
        lives[at].pointee.intent = nil
        (lives[at].pointee.command.count, lives[at].pointee.query.count) = (0, 0)
        (lives[at].pointee.modify.count, lives[at].pointee.isCancelled) = (0, false)
        lives[at].pointee.isPutOff = false
        lives[at].pointee.position = slot(of: p)
        lives[at].pointee.market = p.pointee.market
        lives[at].pointee.timer.position = p.pointee.id
        lives[at].pointee.timer.slot = at
        lives[at].pointee.queryTimer.position = p.pointee.id
        lives[at].pointee.queryTimer.slot = at
        lives[at].pointee.queryTimer.kind = .query
        lives[at].pointee.modifyTimer.position = p.pointee.id
        lives[at].pointee.modifyTimer.slot = at
        lives[at].pointee.modifyTimer.kind = .modify
        p.pointee.life = at
        return at
    }

    mutating func endLifeIfOver(_ p: Row, _ life: UInt32) {
        if !lives[life].pointee.isOver { return }
        disarm(p, life)
        disarmQuery(p, life)
        market(p).pointee.timers.disarm(modifyTimer(life))
        lives[life].pointee.position = none
        lives.give(life)
        p.pointee.life = none
    }

    // MARK: timers

    mutating func timer(_ life: UInt32) -> UnsafeMutablePointer<TimerNode> {
        withUnsafeMutablePointer(to: &lives[life].pointee.timer) { $0 }
    }

    mutating func modifyTimer(_ life: UInt32) -> UnsafeMutablePointer<TimerNode> {
        withUnsafeMutablePointer(to: &lives[life].pointee.modifyTimer) { $0 }
    }

    mutating func queryTimer(_ life: UInt32) -> UnsafeMutablePointer<TimerNode> {
        withUnsafeMutablePointer(to: &lives[life].pointee.queryTimer) { $0 }
    }

    mutating func arm(_ p: Row, _ life: UInt32, due: Int64) {
        market(p).pointee.timers.arm(timer(life), due: due)
    }

    mutating func disarm(_ p: Row, _ life: UInt32) { market(p).pointee.timers.disarm(timer(life)) }

    mutating func disarmQuery(_ p: Row, _ life: UInt32) {
        market(p).pointee.timers.disarm(queryTimer(life))
    }
}
