import CHoldfast
import HoldfastKernels

/// Positions that we ask for: pending until their first fill, which is protected at once.
extension Stripe {
    /// Asks for a position. Everything was checked; `open.position` is its id.
    /// - Returns: its slot.
    mutating func enter(
        _ open: hf_open, account index: UInt32, _ market: MarketRow, _ now: Int64
    ) -> UInt32 {
        let (slot, p) = place(open, account: index, market, now)
        p.pointee.volume = 0
        let group = group(p)
        group.pointee.count += 1
        group.pointee.asked += Int128(open.volume)
        // A leaf that watches nothing, so that every position has one.
        p.pointee.leaf = withBook(p) { $1.insert(&$0, Leaf(down: .min, up: .max), slot) }
        account(p).pointee.entries.pointee.add(1, ordering: .relaxed)
        keep(disasterOf: open, p)
        if shared.pointee.wide.count > 0 { rescope(p) }
        ask(entry: p, life(of: p), volume: open.volume, now)
        return slot
    }

    /// - Parameter after: the one that was requoted.
    private mutating func ask(
        entry p: Row, _ life: UInt32, volume: Int64, after old: Command? = nil, _ now: Int64
    ) {
        let command = command(life)
        renew(command, p)
        command.pointee.action = .open
        command.pointee.isFull = false
        command.pointee.volume = volume
        command.pointee.price = entryPrice(p)
        command.pointee.triggerPrice = old?.triggerPrice ?? command.pointee.price
        command.pointee.triggerTime = now
        command.pointee.created = now
        if let old {
            command.pointee.attempt = old.attempt + 1
            command.pointee.parent = id(of: p, old)
            counters.retries += 1
        }
        announce(p, command, now)
        line(up: p, life, isQuery: false)
        arm(p, life, due: now + Timing.onceDeadline)
    }

    /// What a market order would fill at, natural: a long buys at the ask. 0 before any quote.
    private mutating func entryPrice(_ p: Row) -> Int64 {
        market(p).pointee.closingPrice(p.pointee.side == .long ? .short : .long)
    }

    /// The broker asks again with another price: followed a few times.
    mutating func enterAgain(_ p: Row, _ life: UInt32, _ now: Int64) {
        let old = lives[life].pointee.command
        if lives[life].pointee.isCancelled || old.attempt > Limits.entryRequotes {
            return giveUp(p, life, isUnanswered: false, now)
        }
        ask(entry: p, life, volume: old.volume, after: old, now)
    }

    mutating func cancelEntry(_ p: Row, _ cancel: hf_cancel, _ now: Int64) throws(Failure) {
        let life = p.pointee.life
        guard life != none, lives[life].pointee.command.isLive else { throw .command }
        sequence = shared.pointee.recorder.claim(HF_RECORD_CANCEL, cancel, time: now)
        let at = stamp(market(p), now)
        let event = self.event(.changed, p, at)
        event.pointee.what = What.intent.rawValue
        event.pointee.reason = cancel.reason == 0 ? Reason.manual.rawValue : cancel.reason
        event.pointee.by = cancel.by
        emit(event)
        if lives[life].pointee.command.state != .pending {
            lives[life].pointee.isCancelled = true
            return
        }
        withdraw(p, life, at)
        end(
            entry: p, life,
            Reason(rawValue: cancel.reason).flatMap { $0 == .none ? nil : $0 } ?? .manual, at)
    }

    /// Nothing was filled, and nothing will be.
    mutating func end(entry p: Row, _ life: UInt32, _ reason: Reason, _ now: Int64) {
        group(p).pointee.asked -= Int128(lives[life].pointee.command.volume)
        close(p, Origin(reason: reason), volume: 0, price: 0, now)
    }

    /// The first fill: the position is open with it, whatever was asked for.
    mutating func fillEntry(_ p: Row, _ fill: Fill, _ now: Int64) {
        let costs = fill.costs
        let life = p.pointee.life
        if !holds(life != none) { return }
        let asked = lives[life].pointee.command
        group(p).pointee.asked -= Int128(asked.volume)
        lives[life].pointee.command.executed += fill.volume
        let isWhole = fill.volume >= asked.volume
        let (state, _) = LifeCycle.step(asked.state, isWhole ? .filled : .filledInPart)
        finish(p, life, state, now)
        endQuery(p, life, .executed, now)
        touch(p, now)
        p.pointee.openPrice = fill.price
        p.pointee.opened = now
        let ledger = ledgerRow(p)
        if asked.triggerPrice != 0 {
            ledger.pointee.slippageEntry = p.pointee.sign * (fill.price - asked.triggerPrice)
            ledger.pointee.isSlippageKnown = true
        }
        grow(p, volume: fill.volume, price: fill.price, costs)
        if fill.isAck && fill.deal == 0 { ledger.pointee.entryTold.add(Told(fill)) }
        account(p).pointee.entries.pointee.subtract(1, ordering: .relaxed)
        start(p, Text32(), now)
        startTrail(p)
        watch(p)
        if !isWhole { tell(rest: asked.volume - fill.volume, of: p, now) }
        place(disaster: p, now)
        endLifeIfOver(p, life)
    }

    /// A deal of an entry that has its final state: the broker filled more of it.
    mutating func addLate(
        _ p: Row, _ command: hf_command, _ ack: hf_ack, _ fill: Fill, _ now: Int64
    ) throws(Failure) {
        if try isKnownDeal(p, fill, ack, now) { return }
        if fill.volume > command.volume - command.executed { throw .volume }
        var given = hf_fill()
        (given.volume, given.price, given.deal) = (fill.volume, fill.price, fill.deal)
        let columns = HF_HAS_COMMISSION | HF_HAS_SWAP | HF_HAS_FEE | HF_HAS_TICKET
        given.present = ack.present & UInt32(columns)
        (given.commission, given.swap, given.fee) = (ack.commission, ack.swap, ack.fee)
        given.ticket = ack.ticket
        try check(adding: given, to: p)
        sequence = shared.pointee.recorder.claim(HF_RECORD_ACK, ack, time: now)
        counters.acks += 1
        let at = stamp(market(p), now)
        let before = p.pointee.volume
        add(p, given, at)
        settle(
            final: command, account(p), p.pointee.volume - before, event(.commandState, p, at))
    }

    /// What the broker did not fill is given up.
    private mutating func tell(rest volume: Int64, of p: Row, _ now: Int64) {
        counters.recorded += 1
        let event = self.event(.recorded, p, now)
        event.pointee.what = What.volume.rawValue
        event.pointee.volume = volume
        emit(event)
    }

    mutating func check(entry p: Row, _ fill: Fill, _ asked: Int64) throws(Failure) {
        if fill.volume > asked { throw .volume }
        if !fits(volume: fill.volume, price: fill.price, in: p.pointee.group) { throw .overflow }
    }

    /// Takes out of a deal that adds what an ack of the entry has told: it corrects the books
    /// alone.
    /// - Returns: what is left of the deal's volume.
    mutating func matchEntry(_ p: Row, _ fill: hf_fill, _ now: Int64) -> Int64 {
        if p.pointee.ledger == none || fill.deal == 0 { return fill.volume }
        let ledger = ledgerRow(p)
        let matched = min(fill.volume, ledger.pointee.entryTold.volume)
        if matched == 0 { return fill.volume }
        touch(p, now)
        let told = ledger.pointee.entryTold.take(matched)
        let change = Int128(matched) * Int128(fill.price) - told.cost
        // What was closed meanwhile was realised against what the ack told: its share is booked.
        let whole = ledger.pointee.volumeInitial
        let share = Share.of(change, p.pointee.volume, whole)
        ledger.pointee.cost += share
        if matched == whole { p.pointee.openPrice = fill.price }
        let old = ledger.pointee.open
        ledger.pointee.open = Costs(fill).replacing(told, fill.present, in: old) ?? old
        add(volume: 0, cost: share, costs: ledger.pointee.open.sum - old.sum, to: p)
        if change != share { correct(p, booked: p.pointee.sign, change - share, now) }
        return fill.volume - matched
    }

    /// The closed part of an entry cost more or less than its ack told.
    private mutating func correct(_ p: Row, booked sign: Int64, _ cost: Int128, _ now: Int64) {
        let ledger = ledgerRow(p)
        let profit = money(p, -Int128(sign) * cost)
        if profit == nil { ledger.pointee.isMoneyKnown = false }
        let booked = Booked(profit: profit ?? 0, Costs())
        add(booked, to: ledger)
        credit(booked, account(p), isKnown: profit != nil, now)
        let new = ledger.pointee.realised
        changed(p, .profit, old: new &- booked.profit, new: new, .none, now)
    }
}

extension Costs {
    /// Open costs in which these take the place of what was told, in the columns that are present;
    /// nil when one does not fit.
    func replacing(_ told: Told, _ present: UInt32, in open: Costs) -> Costs? {
        func column(_ bit: Int32, _ new: Int64, _ old: Int64, _ open: Int64) -> Int64? {
            if present & UInt32(bit) == 0 { return open }
            return Int64(exactly: Int128(open) + Int128(new) - Int128(old))
        }
        guard
            let commission = column(
                HF_HAS_COMMISSION, commission, told.commission, open.commission),
            let swap = column(HF_HAS_SWAP, swap, told.swap, open.swap),
            let fee = column(HF_HAS_FEE, fee, told.fee, open.fee)
        else { return nil }
        return Costs(commission: commission, swap: swap, fee: fee)
    }
}

extension Told {
    init(_ fill: Fill) {
        self.init(
            volume: fill.volume, cost: Int128(fill.volume) * Int128(fill.price), profit: 0,
            commission: fill.commission ?? 0, swap: fill.swap ?? 0, fee: fill.fee ?? 0)
    }
}

/// What ends with a no.
extension Stripe {
    /// A command that is asked for once has its final no.
    /// - Parameter isUnanswered: nobody answered it: it may still be started until its
    ///   `act_before`.
    mutating func giveUp(_ p: Row, _ life: UInt32, isUnanswered: Bool, _ now: Int64) {
        let command = lives[life].pointee.command
        if p.pointee.isPending { return end(entry: p, life, .unknown, now) }
        guard var intent = lives[life].pointee.intent else { return endLifeIfOver(p, life) }
        let due = isUnanswered ? max(now, command.actBefore) : now
        if intent.phase == .waiting { return sendAfter(p, life, due, now, isBound: true) }
        if intent.with == 0 {
            // A stop has taken it over meanwhile.
            intent.attempt = command.attempt + 1
            intent.parent = id(of: p, command)
            lives[life].pointee.intent = intent
            return sendAfter(p, life, due, now, isBound: true)
        }
        record(p, .closeBy, what: .intent, price: command.price, level: 0, now)
        endIntent(p, life)
        endLifeIfOver(p, life)
    }
}
