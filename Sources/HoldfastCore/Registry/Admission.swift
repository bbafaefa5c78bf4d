import CHoldfast

/// How a position comes into the registry: opened at the broker, asked for, or made by a fill.
extension Core {
    /// Checks what must be unique, reserves the room and gives the id. Its stripe and `naming` are
    /// locked until it is seated.
    /// - Parameters:
    ///   - open: `position` is 0, or the id that a recording gave out.
    ///   - isTurn: another position of the account and symbol closes with it.
    /// - Returns: the key of its client id.
    func admit(
        _ open: inout hf_open, _ account: UInt32, _ stripe: UnsafeMutablePointer<Stripe>,
        isTurn: Bool = false
    ) throws(Failure) -> ClientKey? {
        let key = try unique(open, account, isTurn: isTurn)
        let last = shared.pointee.lastPosition
        let newest = last.pointee.load(ordering: .relaxed)
        if open.position != 0 && open.position <= newest { throw .conflict }
        if open.position >= Limits.positionID { throw .range }
        let side: Side = open.side == Side.long.rawValue ? .long : .short
        let market = shared.pointee.markets[Int(open.symbol) - 1]
        let group = stripe.pointee.groupSlot(account, market, side)
        if !stripe.pointee.fits(volume: open.volume, price: open.price, in: group) {
            throw .overflow
        }
        let wide = try stripe.pointee.reserveWide(open)
        let more = isTurn ? 0 : 1
        let rows = shared.pointee.openPositions.pointee
            .add(more, ordering: .relaxed).newValue
        if rows > Int(config.positions) || (!isTurn && stripe.pointee.positions.isFull) {
            shared.pointee.openPositions.pointee.subtract(more, ordering: .relaxed)
            shared.pointee.ruleCount.pointee.subtract(wide, ordering: .relaxed)
            throw .full
        }
        if isTurn { shared.pointee.openPositions.pointee.add(1, ordering: .relaxed) }
        if open.position == 0 {
            // Not one that the directory could not tell from a position some 10^12 older.
            open.position = newest
            repeat {
                open.position += 1
            } while shared.pointee.directory.number(of: open.position) != nil
        }
        return key
    }

    /// - Returns: the key of its client id.
    private func unique(
        _ open: hf_open, _ account: UInt32, isTurn: Bool = false
    ) throws(Failure) -> ClientKey? {
        let hasClient = open.client_id.0 != 0
        let clientID = unsafeBitCast(open.client_id, to: Text40.self)
        let key = hasClient ? ClientKey(open.account, clientID) : nil
        if let key, shared.pointee.clients.value(key.a, key.b) != nil { throw .duplicate }
        if open.ticket != 0, let other = shared.pointee.tickets.value(open.account, open.ticket) {
            let isOpen = shared.pointee.directory.number(of: other) != nil
            if isOpen || open.flags & UInt32(HF_OPEN_ADOPTED) == 0 { throw .duplicate }
        }
        if !isTurn && net(account, open.symbol) != nil { throw .duplicate }
        return key
    }

    /// Makes a position that has its slot known by its numbers.
    func seat(
        _ open: borrowing hf_open, _ key: ClientKey?, _ slot: UInt32, _ account: UInt32,
        _ stripe: UnsafeMutablePointer<Stripe>
    ) {
        shared.pointee.directory.add(
            open.position, shared.pointee.places.number(stripe.pointee.index, slot))
        // Last: who reads that an id was given out finds it in the directory.
        shared.pointee.lastPosition.pointee.store(open.position, ordering: .releasing)
        if let key { shared.pointee.clients.set(key.a, key.b, to: open.position) }
        if open.ticket != 0 {
            shared.pointee.tickets.set(open.account, open.ticket, to: open.position)
        }
        if shared.pointee.accounts[Int(account)].isNetting {
            shared.pointee.nets.set(UInt64(account), UInt64(open.symbol), to: open.position)
        }
    }

    /// The position of a netting account on a symbol: open, pending, or closed by an ack whose deal
    /// is still to come.
    func net(_ account: UInt32, _ symbol: UInt32) -> UInt64? {
        if !shared.pointee.accounts[Int(account)].isNetting { return nil }
        guard let id = shared.pointee.nets.value(UInt64(account), UInt64(symbol)) else {
            return nil
        }
        return shared.pointee.directory.number(of: id) == nil ? nil : id
    }
}

extension Core {
    /// Asks for a position.
    /// - Parameter open: `position` is 0, or the id that a recording gave out; the id given.
    public func enter(_ open: inout hf_open, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        let market = try market(open.symbol)
        let account = try account(open.account)
        let row = shared.pointee.accounts + Int(account)
        let stripe = stripe(open.symbol)
        let isRecorded = open.position != 0
        shared.pointee.entering.take()
        defer { shared.pointee.entering.give() }
        // What the caps are measured against, other entries being out.
        let hasCaps = row.pointee.lock.hold { row.pointee.hasCaps }
        let figures = hasCaps && !isRecorded ? figures(of: account, withAsked: true) : nil
        stripe.pointee.lock.take()
        defer { stripe.pointee.lock.give() }
        if stripe.pointee.isFaulted { throw .fault }
        if row.pointee.isObserving { throw .state }
        if open.flags & UInt32(HF_OPEN_CAP_VOLUME) != 0 && open.volume > 0 {
            let terms = market.pointee.terms
            open.volume = min(open.volume, terms.volume_max)
            open.volume -= open.volume % terms.volume_step
        }
        try stripe.pointee.check(&open, market, isEntry: true)
        try stripe.pointee.checkSides(open, market)
        shared.pointee.naming.take()
        defer { shared.pointee.naming.give() }
        _ = try unique(open, account)
        if let figures {
            try stripe.pointee.check(caps: row, open, account, figures)
        }
        let key = try admit(&open, account, stripe)
        let at = stripe.pointee.stamp(market, now)
        stripe.pointee.sequence = shared.pointee.recorder.claim(HF_RECORD_ENTRY, open, time: now)
        seat(open, key, stripe.pointee.enter(open, account: account, market, at), account, stripe)
    }
}

extension Core {
    /// The broker filled an entry that was given up: what it opened is ours all the same. The first
    /// deal opens a new position, further ones add to it; on a netting account they go to the
    /// position that is there.
    func fillLate(
        _ ended: hf_position, _ command: hf_command, _ ack: hf_ack, _ fill: Fill, _ now: Int64
    ) throws(Failure) {
        // One at a time: what the last one executed and opened decides.
        shared.pointee.entering.take()
        defer { shared.pointee.entering.give() }
        let row = shared.pointee.accounts + Int(try account(ended.account))
        let (verdict, latest) = row.pointee.lock.hold {
            (
                row.pointee.deals.judge(fill.deal, volume: fill.volume, price: fill.price),
                row.pointee.finished.find(command.id)?.pointee.record
            )
        }
        if verdict == .known { return }
        guard let command = latest else { throw .command }
        if fill.volume <= 0 || fill.volume > command.volume - command.executed { throw .volume }
        if fill.price <= 0 { throw .price }
        if fill.price >= Limits.price { throw .range }
        let successor = shared.pointee.history.change(ended.id) { $0.successor } ?? 0
        if successor != 0 { return try addLate(successor, command, ack, fill, now) }
        guard let net = net(try account(ended.account), ended.symbol) else {
            return try openLate(ended, command, ack, fill, now)
        }
        let isMore = try with(net, isInput: false) { (_, p) throws(Failure) in
            p.pointee.side.rawValue == ended.side && !p.pointee.isPending
        }
        if isMore { return try addLate(net, command, ack, fill, now) }
        var deal = hf_fill()
        (deal.account, deal.symbol, deal.side) = (ended.account, ended.symbol, ended.side)
        (deal.volume, deal.price, deal.deal) = (fill.volume, fill.price, fill.deal)
        let columns = HF_HAS_COMMISSION | HF_HAS_SWAP | HF_HAS_FEE
        deal.present = ack.present & UInt32(columns)
        (deal.commission, deal.swap, deal.fee) = (ack.commission, ack.swap, ack.fee)
        try self.fill(&deal, now, isRecorded: false)
    }

    private func addLate(
        _ id: UInt64, _ command: hf_command, _ ack: hf_ack, _ fill: Fill, _ now: Int64
    ) throws(Failure) {
        try with(id, books: true) { (stripe, p) throws(Failure) in
            shared.pointee.naming.take()
            defer { shared.pointee.naming.give() }
            try stripe.addLate(p, command, ack, fill, now)
        }
    }

    /// A new position with the levels that were asked for.
    private func openLate(
        _ ended: hf_position, _ command: hf_command, _ ack: hf_ack, _ fill: Fill, _ now: Int64
    ) throws(Failure) {
        let market = try market(ended.symbol)
        let account = try account(ended.account)
        let row = shared.pointee.accounts + Int(account)
        let stripe = stripe(ended.symbol)
        stripe.pointee.lock.take()
        defer { stripe.pointee.lock.give() }
        if stripe.pointee.isFaulted { throw .fault }
        shared.pointee.naming.take()
        defer { shared.pointee.naming.give() }
        switch stripe.pointee.judge(fill, row) {
        case .known: return
        case .conflict:
            stripe.pointee.sequence = shared.pointee.recorder.claim(
                HF_RECORD_ACK, ack, time: now)
            stripe.pointee.refuse(
                stripe.pointee.event(
                    .refused, closed: ended, stripe.pointee.stamp(market, now)), fill)
            throw .conflict
        case .new: break
        }
        var open = hf_open(ended, fill)
        open.ticket = ack.ticket
        // In a recording: the id that was given out.
        open.position = ack.position > newest ? ack.position : 0
        let key = try admit(&open, account, stripe)
        var record = ack
        record.position = open.position
        stripe.pointee.sequence = shared.pointee.recorder.claim(
            HF_RECORD_ACK, record, time: now)
        stripe.pointee.counters.acks += 1
        let at = stripe.pointee.stamp(market, now)
        row.pointee.lock.hold {
            row.pointee.deals.remember(
                fill.deal, volume: fill.volume, price: fill.price, time: at)
        }
        let slot = stripe.pointee.open(
            open, account: account, market, at, fee: fill.fee ?? 0)
        seat(open, key, slot, account, stripe)
        let p = stripe.pointee.positions[slot]
        let id = p.pointee.id
        shared.pointee.history.change(ended.id) { $0.successor = id }
        stripe.pointee.alarm(lateEntry: p, fill, command.id, at)
        stripe.pointee.settle(
            final: command, row, fill.volume, stripe.pointee.event(.commandState, p, at))
    }
}

extension hf_open {
    /// What an ended entry asked for, as it was filled.
    fileprivate init(_ ended: hf_position, _ fill: Fill) {
        self.init()
        (account, symbol, side) = (ended.account, ended.symbol, ended.side)
        (strategy, magic, tag) = (ended.strategy, ended.magic, ended.tag)
        (sl, tp) = (ended.sl, ended.tp)
        (disaster_sl, disaster_distance) = (ended.disaster_sl, ended.disaster_distance)
        (volume, price) = (fill.volume, fill.price)
        (commission, swap) = (fill.commission ?? 0, fill.swap ?? 0)
    }
}

extension Stripe {
    fileprivate mutating func alarm(
        lateEntry p: Row, _ fill: Fill, _ id: hf_command_id, _ now: Int64
    ) {
        counters.alarms += 1
        let event = self.event(.alarm, p, now)
        event.pointee.what = What.deal.rawValue
        event.pointee.command = id
        event.pointee.volume = fill.volume
        event.pointee.price = fill.price
        event.pointee.new_value = Int64(bitPattern: fill.deal)
        emit(event)
    }
}
