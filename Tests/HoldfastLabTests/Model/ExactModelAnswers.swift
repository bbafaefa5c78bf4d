import CHoldfast

/// What one execution was, by ack or by deal.
struct ModelFill {
    var number: UInt64 = 0
    var volume: Int64 = 0
    var price: Int64 = 0
    var present: UInt32 = 0
    var profit: Int64 = 0
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0

    /// A part was booked already, with all the money that the deal brings.
    mutating func less(_ told: Int64) {
        if told == 0 { return }
        volume -= told
        present = 0
    }

    func has(_ column: some BinaryInteger) -> Bool { present & UInt32(column) != 0 }
}

extension ExactModel {
    // MARK: Acks

    func ack(_ ack: hf_ack, now: Int64) -> Int32 {
        events = []
        guard let (position, command) = target(ack) else {
            let owner = ack.command.owner == 0 ? ack.position : ack.command.owner
            return Int32(self.position(owner) == nil ? HF_E_POSITION : HF_E_COMMAND)
        }
        let time = stamp(position.symbol, now)
        if ack.query == 1 { return answerNone(position, command, at: time) }
        let hasCode = ack.present & UInt32(HF_HAS_RETCODE) != 0
        var code = hasCode ? Int(ack.retcode) : HF_RETCODE_DONE
        if ack.answer != 0 { code = Self.code(Int(ack.answer)) }
        if code == HF_RETCODE_DONE || code == HF_RETCODE_DONE_PARTIAL {
            return done(position, command, ack, at: time)
        }
        guard command.isLive, position.live === command else { return 0 }
        rename(position, ack, at: time)
        answer(position, command, code, at: time)
        return 0
    }

    /// The return code that stands for an answer.
    private static func code(_ answer: Int) -> Int {
        let codes = [
            HF_ANSWER_DONE: 10009, HF_ANSWER_RECEIPT: 10008, HF_ANSWER_PARTIAL: 10010,
            HF_ANSWER_REQUOTE: 10004, HF_ANSWER_WAIT: 10006, HF_ANSWER_TERMINAL: 10026,
            HF_ANSWER_NEVER: 10013, HF_ANSWER_FILL_MODE: 10030, HF_ANSWER_HOLD: 10018,
        ]
        return codes[answer] ?? 10012
    }

    private func target(_ ack: hf_ack) -> (ModelPosition, ModelCommand)? {
        if ack.command.owner != 0 {
            guard let position = position(ack.command.owner), ack.command.epoch == 1,
                let command = position.commands.first(where: { $0.id.count == ack.command.count })
            else { return nil }
            return (position, command)
        }
        guard let position = position(ack.position) else { return nil }
        if ack.query == 1 { return position.query.map { (position, $0) } }
        return position.live.map { (position, $0) }
    }

    /// The broker has no deal of the command in doubt.
    private func answerNone(
        _ position: ModelPosition, _ query: ModelCommand, at time: Int64
    ) -> Int32 {
        guard query.isQuery else { return Int32(HF_E_COMMAND) }
        guard query.isLive else { return 0 }
        set(query, HF_COMMAND_EXECUTED, at: time)
        position.query = nil
        guard let doubted = position.live, doubted.state == HF_COMMAND_UNKNOWN else { return 0 }
        set(doubted, HF_COMMAND_FAILED, at: time)
        position.live = nil
        position.heldUntil = doubted.actBefore
        guard let intent = position.intent else { return 0 }
        // No answer at all: what was asked for before it is no row any more.
        if !doubted.isCancelled { intent.requotes = 0 }
        if time >= doubted.actBefore {
            goOn(position, doubted, at: time)
        } else {
            intent.wait = .actBefore(doubted.actBefore)
        }
        return 0
    }

    /// After a command that closed nothing and needs no back-off.
    private func goOn(_ position: ModelPosition, _ command: ModelCommand, at time: Int64) {
        guard position.intent != nil else { return }
        retry(position, at: time)
    }

    /// An answer that is no execution.
    private func answer(
        _ position: ModelPosition, _ command: ModelCommand, _ code: Int, at time: Int64
    ) {
        let isRequote = [10004, 10020, 10021].contains(code)
        let intent = command.isCancelled ? nil : position.intent
        if let intent { intent.requotes = isRequote ? intent.requotes + 1 : 0 }
        switch code {
        case 0, 10008:
            if command.state == HF_COMMAND_ACKNOWLEDGED { return }
            if command.state == HF_COMMAND_UNKNOWN { dropQuery(position, at: time) }
            set(command, HF_COMMAND_ACKNOWLEDGED, at: time)
            // Whoever answers has it.
            command.isWaiting = false
            command.deadline = time + patience(position, command)
            command.lastDeadline = command.deadline
            return
        case 10011, 10012, 10036, 10038, 10039:
            doubt(position, at: time)
            return
        default: break
        }
        let isListed =
            [10004, 10006, 10007, 10018, 10020, 10021, 10022, 10024, 10030].contains(code)
            || (10013...10019).contains(code) || (10026...10035).contains(code) || code >= 10040
        if !isListed {
            doubt(position, at: time)
            return
        }
        set(command, HF_COMMAND_REJECTED, at: time)
        position.live = nil
        dropQuery(position, at: time)
        let isSecond = position.intent?.hasSwitched ?? false
        if isAlarming(code, isSecond && !command.isCancelled && !command.isOvertaken) {
            alarm(position, HF_WHAT_RETCODE, at: time)
        }
        guard let intent = position.intent else { return }
        if command.isCancelled || command.isOvertaken {
            goOn(position, command, at: time)
            return
        }
        switch code {
        case 10004, 10020, 10021:
            if intent.requotes >= 3 {
                wait(position, intent, isSlowest: false, at: time)
            } else {
                retry(position, at: time)
            }
        case 10006, 10007, 10024, 10028, 10029, 10031:
            wait(position, intent, isSlowest: false, at: time)
        case 10018: intent.wait = .session
        case 10030 where !intent.hasSwitched:
            intent.hasSwitched = true
            intent.fillMode = HF_FILL_FOK
            retry(position, at: time)
        default: wait(position, intent, isSlowest: true, at: time)
        }
    }

    private func isAlarming(_ code: Int, _ hasSwitched: Bool) -> Bool {
        switch code {
        case 10026, 10027, 10013...10017, 10019, 10022, 10032...10035: true
        case 10030: hasSwitched
        default: code >= 10040
        }
    }

    private func wait(
        _ position: ModelPosition, _ intent: ModelIntent, isSlowest: Bool, at time: Int64
    ) {
        let isUrgent = intent.priority >= HF_CLASS_SL
        let (base, cap): (Int64, Int64) =
            isUrgent ? (200_000_000, 5_000_000_000) : (1_000_000_000, 60_000_000_000)
        var delay = base
        for _ in 0..<intent.backoffs where delay < cap { delay *= 2 }
        intent.backoffs += 1
        intent.wait = .until(time + (isSlowest ? cap : min(delay, cap)))
    }

    /// A query whose command is settled asks for nothing any more.
    func dropQuery(
        _ position: ModelPosition, _ state: Int = HF_COMMAND_SUPERSEDED, at time: Int64
    ) {
        guard let query = position.query else { return }
        set(query, state, at: time)
        position.query = nil
    }

    // MARK: Executions

    private func done(
        _ position: ModelPosition, _ command: ModelCommand, _ ack: hf_ack, at time: Int64
    ) -> Int32 {
        var fill = ModelFill()
        fill.number = ack.deal
        fill.present = ack.present
        fill.volume = fill.has(HF_HAS_VOLUME) ? ack.volume : command.volume
        fill.price = fill.has(HF_HAS_PRICE) ? ack.price : command.price
        (fill.profit, fill.commission, fill.swap, fill.fee) =
            (ack.profit, ack.commission, ack.swap, ack.fee)
        if fill.number == 0, !command.isLive { return 0 }
        guard fill.volume > 0 else { return Int32(HF_E_VOLUME) }
        guard fill.price > 0 else { return Int32(HF_E_PRICE) }
        if let status = known(position, fill, at: time) { return status }
        let open = position.volume
        let loose = command.isLive ? 0 : position.unmatched(of: command.id)
        guard fill.volume <= command.volume, fill.volume <= open + loose else {
            return Int32(HF_E_VOLUME)
        }
        remember(position, fill)
        rename(position, ack, at: time)
        if command.isLive, !command.isCancelled { position.intent?.requotes = 0 }
        if !command.isLive {
            fill.less(match(position, fill, of: command.id, at: time))
            if fill.volume == 0 { return 0 }
        }
        execute(position, command, fill, at: time)
        return 0
    }

    /// The ticket that an answer brings.
    private func rename(_ position: ModelPosition, _ ack: hf_ack, at time: Int64) {
        guard ack.present & UInt32(HF_HAS_TICKET) != 0, ack.ticket != position.ticket else {
            return
        }
        tell(position, HF_WHAT_TICKET, Int64(position.ticket), Int64(ack.ticket), at: time)
        position.ticket = ack.ticket
        position.changed = max(position.changed, time)
    }

    /// Whether the deal's number is known: the status to answer.
    func known(_ position: ModelPosition, _ fill: ModelFill, at time: Int64) -> Int32? {
        guard fill.number != 0, let old = accounts[position.account]?.deals[fill.number] else {
            return nil
        }
        if old.price == fill.price, old.volume == fill.volume { return 0 }
        var event = ModelEvent(kind: HF_EVENT_REFUSED, time: time, position: position.id)
        event.status = Int32(HF_E_CONFLICT)
        events.append(event)
        return Int32(HF_E_CONFLICT)
    }

    func remember(_ position: ModelPosition, _ fill: ModelFill) {
        guard fill.number != 0 else { return }
        accounts[position.account]?.deals[fill.number] = (fill.price, fill.volume)
    }

    /// A command has closed some volume.
    func execute(
        _ position: ModelPosition, _ command: ModelCommand, _ fill: ModelFill, at time: Int64
    ) {
        command.executed += fill.volume
        let isDone = command.executed >= command.volume
        let wasLive = position.live === command
        let isOurs = position.intent.map { $0 === command.intent } ?? false
        let state = isDone ? HF_COMMAND_EXECUTED : HF_COMMAND_PARTIAL
        if command.isLive || command.state != state { set(command, state, at: time) }
        if wasLive {
            position.live = nil
            dropQuery(position, HF_COMMAND_EXECUTED, at: time)
        }
        if fill.number == 0 {
            position.unmatched.append(
                ModelUnmatched(
                    command: command.id, volume: fill.volume, price: fill.price, booked: 0,
                    commission: fill.has(HF_HAS_COMMISSION) ? fill.commission : 0,
                    swap: fill.has(HF_HAS_SWAP) ? fill.swap : 0,
                    fee: fill.has(HF_HAS_FEE) ? fill.fee : 0))
        }
        position.lastTold = fill.number == 0 ? command.id : nil
        let intent = position.intent
        let before = position.realised
        // A command of an intent that was cancelled closes for its own reason.
        let cause = isOurs ? intent : nil
        book(
            position, fill, reason: cause?.reason ?? command.reason,
            from: cause?.escalatedFrom ?? 0,
            slippage: (
                cause?.triggerPrice ?? command.triggerPrice, cause?.level ?? command.triggerLevel
            ), at: time)
        if fill.number == 0 {
            position.unmatched[position.unmatched.count - 1].booked = position.realised - before
        }
        guard position.isOpen, let intent else { return }
        guard isOurs || wasLive else {
            shrink(position, at: time)
            return
        }
        if isOurs {
            intent.backoffs = 0
            intent.left -= fill.volume
            if !intent.isFull, intent.left <= 0 {
                position.intent = nil
                if let live = position.live {
                    if live.state == HF_COMMAND_PENDING {
                        set(live, HF_COMMAND_SUPERSEDED, at: time)
                        position.live = nil
                    } else {
                        live.isCancelled = true
                    }
                }
                return
            }
        }
        if position.live == nil, intent.wait == .session { return }
        if position.live == nil {
            intent.wait = .none
            if intent.latest == nil {
                goOn(position, command, at: time)
            } else {
                child(position, at: time)
            }
        } else {
            shrink(position, at: time)
        }
    }

    /// Books an execution, and ends the position with its last volume.
    func book(
        _ position: ModelPosition, _ fill: ModelFill, reason: Int, from: Int,
        slippage: (price: Int64, level: Int64)?, at time: Int64
    ) {
        let old = position.volume
        bookCosts(position, fill.volume)
        position.changed = max(position.changed, time)
        let removed = position.cost * Int128(fill.volume) / Int128(old)
        let gain =
            (Int128(fill.price) * Int128(fill.volume) - removed)
            * Int128(position.side.rawValue)
        position.cost -= removed
        position.volume -= fill.volume
        position.closePrice = fill.price
        let ours = money(gain, position.symbol)
        if isMoneyKnown(position) || fill.has(HF_HAS_PROFIT) {
            position.realised += fill.has(HF_HAS_PROFIT) ? fill.profit : ours
        } else {
            position.isRealisedKnown = false
        }
        if fill.has(HF_HAS_PROFIT), isMoneyKnown(position), fill.profit != ours {
            var event = ModelEvent(kind: HF_EVENT_CHANGED, time: time, position: position.id)
            event.what = HF_WHAT_PROFIT
            event.old = ours
            event.new = fill.profit
            events.append(event)
        }
        if fill.has(HF_HAS_COMMISSION) { position.commission += fill.commission }
        if fill.has(HF_HAS_SWAP) { position.swap += fill.swap }
        if fill.has(HF_HAS_FEE) { position.fee += fill.fee }
        position.slippage = nil
        if let slippage, slippage.price != 0 {
            let sign = position.side.rawValue
            position.slippage = (
                (slippage.price - fill.price) * sign,
                slippage.level == 0 ? 0 : (slippage.level - fill.price) * sign
            )
        }
        if position.volume > 0 {
            var event = ModelEvent(kind: HF_EVENT_CHANGED, time: time, position: position.id)
            event.what = HF_WHAT_VOLUME
            event.old = old
            event.new = position.volume
            events.append(event)
            return
        }
        end(position, reason: reason, from: from, at: time)
    }

    func end(_ position: ModelPosition, reason: Int, from: Int, at time: Int64) {
        position.closed = time
        position.closeReason = reason
        position.closeFrom = from
        position.intent = nil
        if let live = position.live {
            set(live, HF_COMMAND_FAILED, at: time)
            position.live = nil
        }
        if let query = position.query {
            set(query, HF_COMMAND_FAILED, at: time)
            position.query = nil
        }
        var event = ModelEvent(kind: HF_EVENT_CLOSED, time: time, position: position.id)
        event.reason = reason
        event.from = from
        event.price = position.closePrice
        event.profit = position.isRealisedKnown ? position.realised : 0
        event.commission = position.commission
        event.swap = position.swap
        event.fee = position.fee
        event.net = position.isRealisedKnown ? net(position) : 0
        event.slippage = position.slippage?.price ?? 0
        event.slippageLevel = position.slippage?.level ?? 0
        events.append(event)
    }

    func net(_ position: ModelPosition) -> Int64 {
        position.realised + position.commission + position.swap + position.fee
    }
}
