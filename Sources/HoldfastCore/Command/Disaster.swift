import CHoldfast

/// A stop that lies at the broker for the day on which we do not: wider than the hidden one, fixed
/// or at a distance from it.
struct Disaster {
    var fixed: Int64 = 0
    var distance: Int64 = 0
    /// It moves by at least this.
    var step: Int64 = 1
    /// As the broker confirmed it; 0 = none.
    var placed: Int64 = 0
    /// Whether the price has passed it (netting accounts).
    var passing = Passing()
    /// After a no it is not tried again before.
    var notBefore = Int64.min
    var backOffs: UInt32 = 0
    /// Its owner has set it anew: it goes out whichever way it moves.
    var isNew = true
    /// The watched price from which it is worth a look.
    var due = Int64.min
    /// Neighbours in the list of its symbol.
    var next = none
    var before = none

    var isUnset: Bool { fixed == 0 && distance == 0 }
}

extension Stripe {
    mutating func disaster(_ p: Row) -> UnsafeMutablePointer<Disaster>? {
        if p.pointee.listed == none { return nil }
        let at = lists[p.pointee.listed].pointee.disaster
        return at == none ? nil : disasters[at]
    }

    mutating func checkDisaster(_ open: hf_open, _ market: MarketRow) throws(Failure) {
        let isFixed = open.flags & UInt32(HF_OPEN_DISASTER_SL) != 0
        let isDistant = open.flags & UInt32(HF_OPEN_DISASTER_DISTANCE) != 0
        if isFixed && isDistant || (!isFixed && open.disaster_sl != 0)
            || (!isDistant && open.disaster_distance != 0)
            || (!isDistant && open.disaster_step != 0)
        {
            throw .argument
        }
        let terms = market.pointee.terms
        if isFixed {
            if open.disaster_sl <= 0 { throw .price }
            if open.disaster_sl >= Limits.price { throw .range }
            if open.disaster_sl % terms.tick_size != 0 { throw .grid }
        }
        if isDistant {
            for value in [open.disaster_distance, open.disaster_step] {
                if value < 0 || value >= Limits.price { throw .range }
                if value % terms.tick_size != 0 { throw .grid }
            }
            if open.disaster_distance == 0 { throw .range }
        }
    }

    /// Keeps what was asked for when the position came.
    mutating func keep(disasterOf open: hf_open, _ p: Row) {
        if open.disaster_sl == 0 && open.disaster_distance == 0 { return }
        set(
            disasterOf: p, fixed: open.disaster_sl, distance: open.disaster_distance,
            step: open.disaster_step)
    }

    private mutating func set(
        disasterOf p: Row, fixed: Int64, distance: Int64, step: Int64
    ) {
        let row = disasterRow(p)
        let tick = market(p).pointee.terms.tick_size
        let tenth = distance / 10 / tick * tick
        (row.pointee.fixed, row.pointee.distance) = (fixed, distance)
        row.pointee.step = step != 0 ? step : max(tenth, tick)
        row.pointee.isNew = true
        look(row, p, from: .min)
    }

    /// From which price on it is worth a look.
    private mutating func look(
        _ row: UnsafeMutablePointer<Disaster>, _ p: Row, from price: Int64
    ) {
        row.pointee.due = price
        let market = market(p)
        if p.pointee.side == .long {
            market.pointee.longDisasters = min(market.pointee.longDisasters, price)
        } else {
            market.pointee.shortDisasters = min(market.pointee.shortDisasters, price)
        }
    }

    private mutating func disasterRow(_ p: Row) -> UnsafeMutablePointer<Disaster> {
        if let row = disaster(p) { return row }
        let at = disasters.take()
        let market = market(p)
        disasters[at].initialize(to: Disaster(next: market.pointee.disasters))
        if market.pointee.disasters != none {
            disaster(positions[market.pointee.disasters])?.pointee.before = slot(of: p)
        }
        market.pointee.disasters = slot(of: p)
        listed(p).pointee.disaster = at
        return disasters[at]
    }

    /// The position is gone.
    mutating func dropDisaster(_ p: Row) {
        guard let row = disaster(p) else { return }
        let (before, next) = (row.pointee.before, row.pointee.next)
        if before != none {
            disaster(positions[before])?.pointee.next = next
        } else {
            market(p).pointee.disasters = next
        }
        if next != none { disaster(positions[next])?.pointee.before = before }
        disasters.give(lists[p.pointee.listed].pointee.disaster)
        lists[p.pointee.listed].pointee.disaster = none
    }

    /// The one in a slot of its symbol's list; the slot moves on.
    mutating func next(
        disaster slot: inout UInt32
    ) -> (p: Row, row: UnsafeMutablePointer<Disaster>)? {
        if slot == none { return nil }
        let p = positions[slot]
        guard let row = disaster(p) else { return nil }
        slot = row.pointee.next
        return (p, row)
    }

    // MARK: placing

    /// A usable quote has come: those that may move are looked at.
    mutating func placeDisasters(_ market: MarketRow, _ now: Int64) {
        let (bid, ask) = (market.pointee.quote.bid, -market.pointee.quote.ask)
        if bid < market.pointee.longDisasters && ask < market.pointee.shortDisasters { return }
        (market.pointee.longDisasters, market.pointee.shortDisasters) = (.max, .max)
        var slot = market.pointee.disasters
        while let (p, row) = next(disaster: &slot) {
            if (p.pointee.side == .long ? bid : ask) >= row.pointee.due { place(disaster: p, now) }
            look(row, p, from: row.pointee.due)
        }
    }

    /// What the broker measures its distances from, times the side's sign: bid for longs, ask for
    /// shorts; nil without a usable quote.
    private mutating func brokerPrice(_ p: Row) -> Int64? {
        let market = market(p)
        if !market.pointee.isUsable || market.pointee.isBlind { return nil }
        return p.pointee.side == .long ? market.pointee.quote.bid : -market.pointee.quote.ask
    }

    /// Sends a modify where the stop at the broker would come to lie better.
    mutating func place(disaster p: Row, _ now: Int64) {
        guard let row = disaster(p), !p.pointee.isPending, let price = brokerPrice(p) else {
            return
        }
        let life = p.pointee.life
        row.pointee.due = .max
        // Their ends look again.
        if life != none && (lives[life].pointee.intent != nil || lives[life].pointee.modify.isLive)
        {
            return
        }
        look(row, p, from: .min)
        if now < row.pointee.notBefore || !can(HF_CAN_BROKER_STOPS, p) { return }
        let terms = market(p).pointee.terms
        let (sign, placed) = (p.pointee.sign, row.pointee.placed)
        // Inside the freeze level nothing may be changed.
        let isFrozen =
            placed != 0 && terms.freeze_level > 0
            && price - sign * placed <= terms.freeze_level
        guard let wanted = wantedDisaster(p, row) else {
            if placed != 0 && !isFrozen { modify(p, to: 0, now) }
            // A trail may yet set the stop that it is measured from.
            if placed == 0 && p.pointee.rules == none { row.pointee.due = .max }
            return
        }
        let nearest = floor(price - terms.stops_level, to: terms.tick_size)
        let level = min(wanted, nearest)
        if placed != 0 {
            let gain = level - sign * placed
            let isAnyWay = row.pointee.fixed != 0 && row.pointee.isNew
            let least = row.pointee.fixed != 0 ? 1 : row.pointee.step
            let isEnough = isAnyWay ? gain != 0 : gain >= least
            if !isEnough {
                // A trail moves no faster than the price.
                let isSlow = p.pointee.rules == none || p.pointee.isPlain
                let more = row.pointee.fixed != 0 ? 1 : row.pointee.step - gain
                if isSlow && level == wanted && row.pointee.fixed != 0 {
                    row.pointee.due = .max
                } else if isSlow {
                    // By less than a tick more, for its rounding.
                    look(row, p, from: price + max(more - terms.tick_size, 1))
                }
                return
            }
        }
        if isFrozen || sign * level <= 0 || sign * level >= Limits.price { return }
        modify(p, to: sign * level, now)
    }

    /// Times the sign; nil: there is to be none.
    private mutating func wantedDisaster(
        _ p: Row, _ row: UnsafeMutablePointer<Disaster>
    ) -> Int64? {
        let sign = p.pointee.sign
        if row.pointee.fixed != 0 { return sign * row.pointee.fixed }
        let stop = stopInForce(p).level
        if row.pointee.distance == 0 { return nil }
        // Without a hidden stop to measure from, it stays where it is.
        if stop == 0 { return row.pointee.placed == 0 ? nil : sign * row.pointee.placed }
        return sign * stop - row.pointee.distance
    }

    private mutating func floor(_ price: Int64, to tick: Int64) -> Int64 {
        let rest = price % tick
        return rest == 0 ? price : price - (rest > 0 ? rest : rest + tick)
    }

    private mutating func modify(_ p: Row, to level: Int64, _ now: Int64) {
        let life = life(of: p)
        let command = modify(life)
        renew(command, p)
        command.pointee.action = .modify
        command.pointee.isFull = false
        command.pointee.reason = .sl
        command.pointee.priority = Priority.partial.rawValue
        command.pointee.price = market(p).pointee.closingPrice(p.pointee.side)
        command.pointee.triggerTime = now
        command.pointee.created = now
        command.pointee.stop = level
        command.pointee.level = level
        announce(p, command, now)
        line(up: p, life, command.pointee)
        market(p).pointee.timers.arm(modifyTimer(life), due: now + Timing.onceDeadline)
        guard let row = disaster(p) else { return }
        (row.pointee.due, row.pointee.isNew) = (.max, false)
    }

    // MARK: its life

    mutating func giveModify(
        _ id: hf_command_id, _ p: Row, _ life: UInt32, _ session: UInt32, _ now: Int64,
        to out: UnsafeMutablePointer<hf_command>?
    ) -> Bool {
        let command = modify(life)
        if command.pointee.count != id.count || !isDue(command.pointee, session) { return false }
        let (state, _) = LifeCycle.step(command.pointee.state, .taken, .modify)
        mark(&command.pointee, session, now, deadline: Timing.onceDeadline)
        command.pointee.actBefore = now + Timing.actBefore(.modify)
        become(modify: p, life, state, now)
        market(p).pointee.timers.arm(modifyTimer(life), due: command.pointee.deadline)
        if let out { write(p, command, to: out) }
        return true
    }

    private mutating func become(modify p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64)
    {
        let command = modify(life)
        let old = command.pointee.state
        if old == state { return }
        command.pointee.state = state
        note(p, life, command.pointee, from: old)
        emit(event(.commandState, p, command.pointee, now))
    }

    /// An executor's answer to the modify.
    mutating func answerModify(
        _ p: Row, _ life: UInt32, _ ack: hf_ack, _ now: Int64
    ) throws(Failure) {
        if ack.query != 0 { throw .command }
        sequence = shared.pointee.recorder.claim(HF_RECORD_ACK, ack, time: now)
        counters.acks += 1
        let at = stamp(market(p), now)
        modify(life).pointee.retcode = ack.code
        answerModify(p, life, ack.eventOfModify, at)
    }

    mutating func answerModify(_ p: Row, _ life: UInt32, _ event: CommandEvent, _ now: Int64) {
        let command = modify(life)
        if !command.pointee.isLive { return }
        let (state, action) = LifeCycle.step(command.pointee.state, event, .modify)
        become(modify: p, life, state, now)
        if action == .arm {
            command.pointee.deadline = now + Timing.onceDeadline
            market(p).pointee.timers.arm(modifyTimer(life), due: command.pointee.deadline)
        }
        if !state.isFinal { return }
        market(p).pointee.timers.disarm(modifyTimer(life))
        remember(p, command)
        if let row = disaster(p) {
            if state == .executed {
                let old = row.pointee.placed
                lie(row, p, at: command.pointee.stop)
                row.pointee.backOffs = 0
                changed(p, .disasterStop, old: old, new: row.pointee.placed, .sl, now)
            } else {
                alarm(p, .modify, command.pointee, now)
                let priority = Priority.partial.rawValue
                row.pointee.notBefore =
                    now + Timing.backOff(priority, taken: row.pointee.backOffs)
                row.pointee.backOffs += 1
            }
            look(row, p, from: .min)
        }
        endLifeIfOver(p, life)
        if state == .executed { place(disaster: p, now) }
    }

    /// A close has begun: a modify that nobody has seen is taken back.
    mutating func withdrawModify(_ p: Row, _ life: UInt32, _ now: Int64) {
        let command = modify(life)
        if command.pointee.isLive && command.pointee.state == .pending {
            end(modify: p, life, .superseded, now)
        }
    }

    /// Ends it without looking for another.
    mutating func end(modify p: Row, _ life: UInt32, _ state: CommandState, _ now: Int64) {
        let command = modify(life)
        if !command.pointee.isLive { return }
        market(p).pointee.timers.disarm(modifyTimer(life))
        become(modify: p, life, state, now)
        remember(p, command)
    }

    /// A snapshot says where the stop at the broker lies.
    /// - Returns: where it was thought to lie, and where it does; nil: it is not ours, or is known.
    mutating func confirm(
        disasterOf p: Row, at level: Int64, _ now: Int64
    ) -> (old: Int64, new: Int64)? {
        guard let row = disaster(p), row.pointee.placed != level else { return nil }
        let old = row.pointee.placed
        lie(row, p, at: level)
        changed(p, .disasterStop, old: old, new: level, .unknown, now)
        look(row, p, from: .min)
        place(disaster: p, now)
        return (old, level)
    }

    // MARK: the owner's changes

    mutating func checkDisaster(_ modify: hf_modify, _ p: Row) throws(Failure) {
        let (sl, distance) = (modify.change_disaster_sl, modify.change_disaster_distance)
        if sl != UInt8(HF_SET) && modify.disaster_sl != 0
            || distance != UInt8(HF_SET) && modify.disaster_distance != 0
            || sl == UInt8(HF_SET) && distance == UInt8(HF_SET)
        {
            throw .argument
        }
        if sl == 0 && distance == 0 { return }
        if !can(HF_CAN_BROKER_STOPS, p) { throw .unsupported }
        let terms = market(p).pointee.terms
        let sign = p.pointee.sign
        if distance == UInt8(HF_SET) {
            if modify.disaster_distance <= 0 || modify.disaster_distance >= Limits.price {
                throw .range
            }
            if modify.disaster_distance % terms.tick_size != 0 { throw .grid }
        }
        if sl == UInt8(HF_SET) {
            if modify.disaster_sl <= 0 { throw .price }
            if modify.disaster_sl >= Limits.price { throw .range }
            if modify.disaster_sl % terms.tick_size != 0 { throw .grid }
        }
        guard let price = brokerPrice(p) else { return }
        if sl == UInt8(HF_SET) {
            let room = price - sign * modify.disaster_sl
            if room < terms.stops_level || room <= 0 { throw .stopsLevel }
        }
        let placed = disaster(p)?.pointee.placed ?? 0
        if placed != 0 && terms.freeze_level > 0 && price - sign * placed <= terms.freeze_level {
            throw .freezeLevel
        }
    }

    /// Everything was checked.
    mutating func change(disaster modify: hf_modify, _ p: Row, _ now: Int64) {
        let (sl, distance) = (modify.change_disaster_sl, modify.change_disaster_distance)
        if sl == 0 && distance == 0 { return }
        if sl != UInt8(HF_SET) && distance != UInt8(HF_SET) && disaster(p) == nil { return }
        let old = disaster(p)?.pointee
        var (fixed, wide) = (old?.fixed ?? 0, old?.distance ?? 0)
        // One of them holds: the one that was set last.
        if sl == UInt8(HF_UNSET) { fixed = 0 }
        if distance == UInt8(HF_UNSET) { wide = 0 }
        if sl == UInt8(HF_SET) { (fixed, wide) = (modify.disaster_sl, 0) }
        if distance == UInt8(HF_SET) { (fixed, wide) = (0, modify.disaster_distance) }
        set(disasterOf: p, fixed: fixed, distance: wide, step: 0)
        disaster(p)?.pointee.notBefore = .min
        let event = self.event(.changed, p, now)
        event.pointee.what = What.disasterStop.rawValue
        event.pointee.reason = modify.reason == 0 ? Reason.manual.rawValue : modify.reason
        event.pointee.by = modify.by
        event.pointee.old_value = old.map { $0.fixed != 0 ? $0.fixed : $0.distance } ?? 0
        event.pointee.new_value = fixed != 0 ? fixed : wide
        emit(event)
    }
}
