import CHoldfast

/// Two opposite positions of one symbol, closed against each other.
extension Stripe {
    /// An open position of this stripe by its id.
    mutating func find(_ id: UInt64) -> Row? {
        guard let number = shared.pointee.directory.number(of: id) else { return nil }
        let (stripe, slot) = shared.pointee.places.place(number)
        if stripe != index { return nil }
        let p = positions[slot]
        return p.pointee.id == id ? p : nil
    }

    mutating func closeBy(_ p: Row, _ close: hf_close_by, _ now: Int64) throws(Failure) {
        guard let q = find(close.with) else {
            let isKnown = shared.pointee.directory.number(of: close.with) != nil
            // In another stripe: not of this symbol. Else it was closed a moment ago.
            throw isKnown ? .argument : .closed
        }
        if p == q || p.pointee.group == q.pointee.group || p.pointee.market != q.pointee.market
            || account(p) != account(q)
        {
            throw .argument
        }
        let account = account(p)
        if account.pointee.isNetting || account.pointee.isObserving || p.pointee.isPending
            || q.pointee.isPending
        {
            throw .state
        }
        if !can(HF_CAN_CLOSE_BY, p) { throw .unsupported }
        if livePriority(p) > 0 || livePriority(q) > 0 || isInCloseBy(p) || isInCloseBy(q) {
            throw .intentLive
        }
        sequence = shared.pointee.recorder.claim(HF_RECORD_CLOSE_BY, close, time: now)
        ledgerRow(q).pointee.isNamed = true
        let common = min(p.pointee.volume, q.pointee.volume)
        let isFull = common == p.pointee.volume
        sync(p)
        let wish = Wish(
            priority: (isFull ? Priority.manual : .partial).rawValue, reason: .closeBy,
            volume: isFull ? nil : common, price: openPrice(q), level: 0, with: q.pointee.id)
        author = unsafeBitCast(close.by, to: Text32.self)
        defer { author = Text32() }
        raise(p, wish, stamp(market(p), now))
    }

    /// What the broker closes the other one at: its average, truncated to a point.
    private mutating func openPrice(_ q: Row) -> Int64 {
        let ledger = ledger(q)
        return Int64(truncatingIfNeeded: ledger.pointee.cost / Int128(q.pointee.volume))
    }

    /// Whether a live close-by of another position names this one. Rare, and so a search.
    private mutating func isInCloseBy(_ q: Row) -> Bool {
        let id = q.pointee.id
        for at in 0..<UInt32(lives.used) where lives[at].pointee.position != none {
            if lives[at].pointee.intent?.with == id { return true }
            let command = command(at)
            if command.pointee.isLive && command.pointee.with == id { return true }
        }
        return false
    }

    /// The other position of a close-by that is answered; nil: it is another command, or the other
    /// was closed before the answer came, and what the broker closed of this one is a close.
    mutating func partner(_ p: Row, _ command: borrowing Command) -> Row? {
        command.action == .closeBy ? find(command.with) : nil
    }

    /// A position that a close-by names is gone: one that nobody has seen is taken back.
    mutating func partnerIsGone(_ id: UInt64, _ now: Int64) {
        for at in 0..<UInt32(lives.used) where lives[at].pointee.position != none {
            let p = positions[lives[at].pointee.position]
            guard let intent = lives[at].pointee.intent, intent.with == id,
                intent.phase == .out, lives[at].pointee.command.state == .pending
            else { continue }
            withdraw(p, at, now)
            record(p, .closeBy, what: .intent, price: intent.triggerPrice, level: 0, now)
            endIntent(p, at)
            endLifeIfOver(p, at)
        }
    }

    mutating func check(closeBy fill: Fill, _ p: Row, _ q: Row) throws(Failure) {
        let gain = gain(fill.volume, p, q)
        try check(taking: fill, gain: gain, of: p)
        var other = Fill(volume: fill.volume, price: fill.price)
        other.profit = 0
        try check(taking: other, gain: 0, of: q)
    }

    /// Short's cost less long's.
    private mutating func gain(_ volume: Int64, _ p: Row, _ q: Row) -> Int128 {
        let (mine, other) = (cost(of: volume, p), cost(of: volume, q))
        return p.pointee.side == .long ? other - mine : mine - other
    }

    /// What both have is closed: the profit is booked once, on the position named first.
    mutating func fillCloseBy(
        _ p: Row, _ q: Row, _ life: UInt32, _ fill: Fill, _ event: CommandEvent, _ now: Int64
    ) {
        let origin = origin(life)
        let (state, _) = LifeCycle.step(lives[life].pointee.command.state, event)
        lives[life].pointee.command.executed += fill.volume
        finish(p, life, state, now)
        endQuery(p, life, .executed, now)
        let volume = fill.volume
        let (mine, other) = (cost(of: volume, p), cost(of: volume, q))
        let ours = money(p, gain(volume, p, q))
        let profit = fill.profit ?? ours
        let price = Int64(truncatingIfNeeded: other / Int128(volume))
        let own = Int64(truncatingIfNeeded: other / Int128(volume))
        take(p, volume, mine, exit: other, profit, fill, now)
        take(q, volume, other, exit: other, 0, Fill(volume: volume, price: own), now)
        if let told = fill.profit, let ours, told != ours {
            changed(p, .profit, old: ours, new: told, .closeBy, now)
        }
        ledgerRow(p).pointee.lastTold = fill.deal == 0 ? fill.command.count : 0
        if fill.deal == 0 { keepUnmatched(p, fill, profit) }
        // The other's own deal is still to come, by a client.
        ledgerRow(q).pointee.paired += volume
        settle(p, volume, origin, price: price, now)
        settle(q, volume, Origin(reason: .closeBy), price: own, now)
        if p.pointee.id != origin.position { return }
        if lives[life].pointee.intent?.with != 0 && !lives[life].pointee.command.isLive
            && lives[life].pointee.intent?.phase == .out && state == .executed
        {
            // What both had is closed; what it grew by meanwhile was nobody's wish to close.
            endIntent(p, life)
            endLifeIfOver(p, life)
        } else {
            goOn(p, life, filled: volume, now)
        }
    }

    /// A part was taken out: it is gone, or told of.
    private mutating func settle(
        _ p: Row, _ volume: Int64, _ origin: Origin, price: Int64, _ now: Int64
    ) {
        if p.pointee.volume == 0 {
            return close(p, origin, volume: volume, price: price, now)
        }
        changed(
            p, .volume, old: p.pointee.volume + volume, new: p.pointee.volume, .closeBy, now)
        let life = p.pointee.life
        if life != none && origin.position == 0 {
            shrink(p, life, by: volume, isOwn: false, now)
        }
    }
}

extension Core {
    public func closeBy(_ close: hf_close_by, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        if !isZero(close.reserved) || close.reason > Reason.unknown.rawValue { throw .argument }
        if !isText(close.by) { throw .range }
        if close.position == close.with { throw .argument }
        let newest = self.newest
        if shared.pointee.directory.number(of: close.with) == nil {
            throw missing(close.with, newest: newest)
        }
        try with(close.position) { (stripe, p) throws(Failure) in
            try stripe.closeBy(p, close, now)
        }
    }
}
