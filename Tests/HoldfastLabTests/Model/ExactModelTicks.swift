import CHoldfast

extension ExactModel {
    // MARK: Ticks and steps

    func tick(_ tick: hf_tick) -> Int32 {
        events = []
        return judge(tick)
    }

    func ticks(_ ticks: [hf_tick]) -> (accepted: Int, refused: Int, first: Int32) {
        events = []
        var report = (accepted: 0, refused: 0, first: Int32(0))
        for tick in ticks {
            let status = judge(tick)
            if status == 0 {
                report.accepted += 1
            } else {
                if report.refused == 0 { report.first = status }
                report.refused += 1
            }
        }
        return report
    }

    private func judge(_ tick: hf_tick) -> Int32 {
        guard let place = place(tick.symbol) else { return Int32(HF_E_SYMBOL) }
        guard tick.bid > 0, tick.ask > 0, tick.last >= 0 else { return Int32(HF_E_PRICE) }
        let time = max(tick.time, symbols[place].time)
        if tick.time < symbols[place].tickTime {
            symbols[place].lateRow += 1
            let row = symbols[place].lateRow
            let limit = symbols[place].record.late_ticks
            if row <= limit { return Int32(HF_E_TIME) }
            if row == limit + 1 {
                var event = ModelEvent(kind: HF_EVENT_ALARM, time: time)
                event.symbol = tick.symbol
                event.what = HF_WHAT_LATE_TICKS
                events.append(event)
            }
        } else {
            symbols[place].lateRow = 0
        }
        fire(place, upTo: time)
        let quote = ModelQuote(time: time, bid: tick.bid, ask: tick.ask, last: tick.last)
        symbols[place].quote = quote
        symbols[place].tickTime = max(tick.time, symbols[place].tickTime)
        symbols[place].time = max(time, symbols[place].time)
        symbols[place].isBlind = false
        let here = positions.filter { $0.symbol == place && $0.isOpen }
        for position in here where position.intent?.wait == .session { retry(position, at: time) }
        guard symbols[place].isUsable(quote) else { return 0 }
        for position in here {
            guard let price = symbols[place].watched(position.side, quote) else { continue }
            extend(position, price, time)
            test(position, price, time)
        }
        for position in here {
            guard let price = symbols[place].watched(position.side, quote) else { continue }
            trail(position, price)
        }
        return 0
    }

    /// Worst and best price.
    private func extend(_ position: ModelPosition, _ price: Int64, _ time: Int64) {
        let side = position.side
        if let mae = position.mae {
            if side.isBetter(mae.price, price) { position.mae = (price, time) }
        } else {
            position.mae = (price, time)
        }
        if let mfe = position.mfe {
            if side.isBetter(price, mfe.price) { position.mfe = (price, time) }
        } else {
            position.mfe = (price, time)
        }
    }

    /// The levels in force against one price, the stop first.
    private func test(_ position: ModelPosition, _ price: Int64, _ time: Int64) {
        let side = position.side
        let isSL = position.sl != 0 && !side.isBetter(price, position.sl)
        let isTP = position.tp != 0 && !side.isBetter(position.tp, price)
        let priority = position.intent?.priority ?? 0
        if accounts[position.account]?.record.observe == 1 {
            // An intent from before the account was only looked at goes on.
            observe(
                position, price, time, isSL: isSL && priority < HF_CLASS_SL,
                isTP: isTP && priority < HF_CLASS_TP)
            return
        }
        (position.isSLRecorded, position.isTPRecorded) = (false, false)
        if isSL, priority < HF_CLASS_SL {
            let reason = position.setBy
            trigger(
                position, reason, HF_CLASS_SL, price: price, level: position.sl, at: time)
        } else if isTP, priority < HF_CLASS_TP {
            trigger(
                position, HF_REASON_TP, HF_CLASS_TP, price: price, level: position.tp, at: time)
        }
    }

    /// A breach of an account that is only looked at: told once.
    private func observe(
        _ position: ModelPosition, _ price: Int64, _ time: Int64, isSL: Bool, isTP: Bool
    ) {
        func tell(_ reason: Int, _ level: Int64) {
            var event = ModelEvent(kind: HF_EVENT_RECORDED, time: time, position: position.id)
            event.reason = reason
            event.price = price
            event.level = level
            events.append(event)
        }
        if isSL {
            if !position.isSLRecorded { tell(position.setBy, position.sl) }
        } else if isTP, !position.isTPRecorded {
            tell(HF_REASON_TP, position.tp)
            position.isTPRecorded = true
        }
        position.isSLRecorded = isSL
        if !isTP { position.isTPRecorded = false }
    }

    func step(_ now: Int64) -> Int32 {
        events = []
        if now < lastStep { return Int32(HF_E_TIME) }
        lastStep = now
        for place in symbols.indices {
            fire(place, upTo: now)
            symbols[place].time = max(now, symbols[place].time)
            let record = symbols[place].record
            if record.present & UInt32(HF_SYMBOL_STALE_AFTER) != 0, !symbols[place].isBlind,
                now - (symbols[place].quote?.time ?? symbols[place].since) >= record.stale_after
            {
                symbols[place].isBlind = true
                tellBlind(place, at: now)
            }
        }
        fireAccounts(upTo: now)
        fireExecutors(upTo: now)
        return 0
    }

    private func tellBlind(_ place: Int, at time: Int64) {
        var event = ModelEvent(kind: HF_EVENT_BLIND, time: time)
        event.symbol = symbols[place].id
        events.append(event)
    }

    // MARK: Timers

    private enum Timer { case deadline, query, child, waiting(ModelCommand) }

    /// Fires the symbol's timers due at or before a time, the earliest first, then by position.
    func fire(_ place: Int, upTo time: Int64) {
        while let (due, position, timer) = nextTimer(place), due <= time {
            switch timer {
            case .deadline: doubt(position, at: due)
            case .query:
                guard let query = position.query else { break }
                query.deadline = 0
                query.isWaiting = true
                query.isRedelivered = true
                query.isWaitTold = false
                query.waits = due
                set(query, HF_COMMAND_PENDING, at: due)
            case .child: retry(position, at: due)
            case .waiting(let command):
                command.isWaitTold = true
                alarm(position, HF_WHAT_WAITING, at: due)
            }
        }
    }

    private func nextTimer(_ place: Int) -> (due: Int64, ModelPosition, Timer)? {
        var first: (due: Int64, ModelPosition, Timer)?
        for position in positions where position.symbol == place && position.isOpen {
            var timers: [(Int64, Timer)] = []
            if let live = position.live, live.deadline != 0 {
                timers.append((live.deadline, .deadline))
            }
            if let query = position.query, query.deadline != 0 {
                timers.append((query.deadline, .query))
            }
            for command in [position.live, position.query].compactMap({ $0 })
            where !command.isWaitTold && command.state == HF_COMMAND_PENDING {
                timers.append((command.waitDue, .waiting(command)))
            }
            switch position.intent?.wait {
            case .until(let due), .actBefore(let due): timers.append((due, .child))
            case .session, .none?, nil: break
            }
            for (due, timer) in timers where first.map({ due < $0.due }) ?? true {
                first = (due, position, timer)
            }
        }
        return first
    }
}
