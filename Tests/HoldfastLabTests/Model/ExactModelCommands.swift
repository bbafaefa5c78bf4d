import CHoldfast

extension ExactModel {
    // MARK: Intents

    /// A close that is asked for by a level.
    func trigger(
        _ position: ModelPosition, _ reason: Int, _ priority: Int, price: Int64, level: Int64,
        at time: Int64
    ) {
        if position.intent == nil {
            bear(
                position,
                ModelIntent(
                    priority: priority, reason: reason, isFull: true, left: 0, level: level,
                    price: price, born: time), at: time)
        } else {
            escalate(position, reason, priority, price: price, level: level, at: time)
        }
    }

    /// A new intent; behind a cancelled command that is still out it waits.
    private func bear(_ position: ModelPosition, _ intent: ModelIntent, at time: Int64) {
        position.intent = intent
        if position.live == nil, time < position.heldUntil {
            intent.wait = .actBefore(position.heldUntil)
        } else if position.live == nil {
            make(position, intent.triggerPrice, at: time, parent: ModelID(), attempt: 1)
        }
    }

    private func escalate(
        _ position: ModelPosition, _ reason: Int, _ priority: Int, price: Int64, level: Int64,
        at time: Int64
    ) {
        guard let intent = position.intent else { return }
        let first = intent.escalatedFrom == 0 ? intent.reason : intent.escalatedFrom
        intent.escalatedFrom = first
        intent.reason = reason
        intent.priority = priority
        intent.isFull = true
        intent.level = level
        intent.triggerPrice = price
        intent.time = time
        intent.backoffs = 0
        var event = ModelEvent(kind: HF_EVENT_ESCALATED, time: time, position: position.id)
        event.reason = reason
        event.from = first
        event.price = price
        event.level = level
        events.append(event)
        if let live = position.live {
            if live.isCancelled { return }
            if live.state == HF_COMMAND_PENDING {
                set(live, HF_COMMAND_SUPERSEDED, at: time)
                position.live = nil
                make(position, price, at: time, parent: live.id, attempt: live.attempt)
            } else {
                live.isOvertaken = true
                if live.state != HF_COMMAND_UNKNOWN {
                    live.deadline = time + patience(position, live)
                    live.lastDeadline = live.deadline
                }
            }
        } else if let latest = intent.latest, case .until = intent.wait {
            intent.wait = .none
            make(position, price, at: time, parent: latest.id, attempt: latest.attempt + 1)
        }
    }

    /// How long an answer may take: by the higher class of the command and of what waits for it.
    func patience(_ position: ModelPosition, _ command: ModelCommand) -> Int64 {
        let waiting = command.isCancelled ? 0 : position.intent?.priority ?? 0
        let priority = max(command.priority, waiting)
        return (priority >= HF_CLASS_SL ? 2 : 10) * 1_000_000_000
    }

    // MARK: Commands

    /// Makes the position's closing command.
    func make(
        _ position: ModelPosition, _ price: Int64, at time: Int64, parent: ModelID,
        attempt: UInt32
    ) {
        guard let intent = position.intent else { return }
        let volume = intent.isFull ? position.volume : min(intent.left, position.volume)
        let isAll = volume == position.volume
        let command = ModelCommand(
            id: ModelID(owner: position.id, count: UInt32(position.commands.count + 1)),
            parent: parent, action: isAll ? HF_ACTION_CLOSE : HF_ACTION_REDUCE,
            priority: intent.priority, reason: intent.reason, volume: volume, price: price,
            level: intent.level, trigger: (intent.triggerPrice, intent.level, intent.time),
            created: time, attempt: attempt, fillMode: intent.fillMode,
            isFull: isAll)
        position.commands.append(command)
        command.intent = intent
        position.live = command
        intent.latest = command
        intent.wait = .none
        tell(command, at: time)
        if attempt == 6 { alarm(position, HF_WHAT_ATTEMPTS, at: time) }
    }

    func tell(_ command: ModelCommand, at time: Int64) {
        var event = ModelEvent(kind: HF_EVENT_COMMAND, time: time, position: command.id.position)
        event.command = command.id
        event.parent = command.parent
        event.action = command.action
        event.attempt = command.attempt
        if command.isQuery {
            events.append(event)
            return
        }
        event.volume = command.volume
        event.price = command.price
        event.level = command.level
        event.reason = command.reason
        events.append(event)
    }

    func set(_ command: ModelCommand, _ state: Int, at time: Int64) {
        command.state = state
        if state != HF_COMMAND_PENDING, state != HF_COMMAND_SENT, state != HF_COMMAND_ACKNOWLEDGED {
            command.deadline = 0
            command.isWaiting = false
        }
        var event = ModelEvent(
            kind: HF_EVENT_COMMAND_STATE, time: time, position: command.id.position)
        event.command = command.id
        event.state = state
        events.append(event)
    }

    func alarm(_ position: ModelPosition, _ what: Int, at time: Int64) {
        var event = ModelEvent(kind: HF_EVENT_ALARM, time: time, position: position.id)
        event.what = what
        events.append(event)
    }

    /// No answer, or one that says nothing: the deals are asked for.
    func doubt(_ position: ModelPosition, at time: Int64) {
        guard let live = position.live, live.state != HF_COMMAND_UNKNOWN else { return }
        set(live, HF_COMMAND_UNKNOWN, at: time)
        if position.query != nil { return }
        let query = ModelCommand(
            id: ModelID(owner: position.id, count: UInt32(position.commands.count + 1)),
            parent: live.id, action: HF_ACTION_QUERY_DEALS, priority: live.priority,
            reason: live.reason, volume: 0, price: 0, level: 0,
            trigger: (0, 0, live.triggerTime), created: time, attempt: 1,
            fillMode: HF_FILL_IOC, isFull: false)
        position.commands.append(query)
        position.query = query
        tell(query, at: time)
    }

    /// The next attempt, unless a target no longer holds.
    func retry(_ position: ModelPosition, at time: Int64) {
        guard let intent = position.intent, position.live == nil else { return }
        if intent.reason == HF_REASON_TP, intent.priority == HF_CLASS_TP {
            let price = symbols[position.symbol].price(position.side)
            let symbol = symbols[position.symbol]
            let isUnclear = symbol.quote.map { symbol.watched(position.side, $0) == nil } ?? true
            let holds =
                position.tp != 0 && (isUnclear || !position.side.isBetter(position.tp, price))
            if !holds {
                var event = ModelEvent(
                    kind: HF_EVENT_RECORDED, time: time, position: position.id)
                event.reason = HF_REASON_TP
                event.price = price
                event.level = position.tp
                event.what = HF_WHAT_INTENT
                events.append(event)
                release(position)
                return
            }
        }
        child(position, at: time)
    }

    /// The next attempt, at the quote in force.
    func child(_ position: ModelPosition, at time: Int64) {
        guard let intent = position.intent else { return }
        let price = symbols[position.symbol].price(position.side)
        make(
            position, price, at: time, parent: intent.latest?.id ?? ModelID(),
            attempt: (intent.latest?.attempt ?? 0) + 1)
    }

    /// Ends the intent without a close; the trail goes on from the quote in force.
    func release(_ position: ModelPosition) {
        let wasFull = position.isClosing
        position.intent = nil
        if wasFull, position.isOpen { startTrail(position) }
    }

    // MARK: Owner

    struct CloseResult: Equatable {
        var position: UInt64
        var status: Int32 = 0
        var volume: Int64 = 0
        var command = ModelID()
    }

    /// A close of one position or of all.
    func close(_ close: hf_close, now: Int64) -> (status: Int32, results: [CloseResult]) {
        events = []
        let isOne = close.filter.present & UInt32(HF_FILTER_POSITION) != 0
        if isOne {
            guard let position = position(close.filter.position) else {
                return (Int32(HF_E_POSITION), [])
            }
            guard position.isOpen else { return (Int32(HF_E_CLOSED), []) }
            let result = closeOne(position, close, now: now)
            return (result.status, result.status == 0 ? [result] : [])
        }
        let all = positions.filter(\.isOpen).map { closeOne($0, close, now: now) }
        return (0, all)
    }

    private func closeOne(
        _ position: ModelPosition, _ close: hf_close, now: Int64
    ) -> CloseResult {
        var result = CloseResult(position: position.id)
        guard let volume = part(position, close) else {
            result.status = Int32(HF_E_VOLUME)
            return result
        }
        if accounts[position.account]?.record.observe == 1 {
            result.status = Int32(HF_E_STATE)
            return result
        }
        result.volume = volume
        let reason = close.reason == 0 ? HF_REASON_MANUAL : Int(close.reason)
        let isFull = volume == position.volume
        let whole = reason == HF_REASON_EMERGENCY ? HF_CLASS_EMERGENCY : HF_CLASS_MANUAL
        let priority = isFull ? whole : HF_CLASS_PARTIAL
        let time = stamp(position.symbol, now)
        let price = symbols[position.symbol].price(position.side)
        if let intent = position.intent {
            if priority <= intent.priority {
                var event = ModelEvent(
                    kind: HF_EVENT_RECORDED, time: time, position: position.id)
                event.reason = reason
                event.price = price
                events.append(event)
                result.status = Int32(HF_E_INTENT_LIVE)
                result.volume = 0
                return result
            }
            escalate(position, reason, priority, price: price, level: 0, at: time)
        } else {
            bear(
                position,
                ModelIntent(
                    priority: priority, reason: reason, isFull: isFull, left: volume, level: 0,
                    price: price, born: time), at: time)
        }
        if let live = position.live, live.state == HF_COMMAND_PENDING { result.command = live.id }
        return result
    }

    /// How much a close asks for; nil where that is no legal volume.
    private func part(_ position: ModelPosition, _ close: hf_close) -> Int64? {
        let record = symbols[position.symbol].record
        let open = position.volume
        var volume = open
        if close.volume != 0 {
            volume = close.volume
            if volume == open { return open }
            if volume > open || volume % record.volume_step != 0 { return nil }
        } else if close.fraction != 0 {
            let share = Int128(open) * Int128(close.fraction) / 100_000_000
            if share >= Int128(open) { return open }
            volume = Int64(share) / record.volume_step * record.volume_step
        }
        if volume == open { return open }
        if volume < record.volume_min { return nil }
        let rest = open - volume
        if rest < record.volume_min {
            let lacking = record.volume_min - rest
            let steps = (lacking + record.volume_step - 1) / record.volume_step
            volume -= steps * record.volume_step
            if volume < record.volume_min { return nil }
        }
        return volume
    }

    func cancel(_ cancel: hf_cancel, now: Int64) -> Int32 {
        events = []
        guard let position = position(cancel.position) else { return Int32(HF_E_POSITION) }
        guard position.isOpen else { return Int32(HF_E_CLOSED) }
        guard let intent = position.intent else { return Int32(HF_E_COMMAND) }
        let time = stamp(position.symbol, now)
        if let live = position.live, !live.isCancelled {
            if live.state == HF_COMMAND_PENDING {
                set(live, HF_COMMAND_SUPERSEDED, at: time)
                position.live = nil
            } else {
                live.isCancelled = true
            }
        }
        var event = ModelEvent(kind: HF_EVENT_CHANGED, time: time, position: position.id)
        event.what = HF_WHAT_INTENT
        event.reason = cancel.reason == 0 ? HF_REASON_MANUAL : Int(cancel.reason)
        event.by = text(cancel.by)
        event.old = Int64(intent.reason)
        events.append(event)
        release(position)
        return 0
    }
}
