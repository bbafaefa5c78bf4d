import CHoldfast

/// Deals that open, add, reduce or turn over.
extension Core {
    /// - Parameters:
    ///   - fill: `position` becomes the one that resulted.
    ///   - isRecorded: `position` may be an id that is still to be given out.
    public func fill(
        _ fill: inout hf_fill, _ now: Int64, isRecorded: Bool
    ) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        try check(fill)
        let market = try market(fill.symbol)
        let account = try account(fill.account)
        if let result = try fillEnded(fill, now) {
            fill.position = result
            return
        }
        let stripe = stripe(fill.symbol)
        let locks = try takeBooking(fill.symbol, account)
        defer { give(locks) }
        if stripe.pointee.isFaulted { throw .fault }
        let isNetting = shared.pointee.accounts[Int(account)].isNetting
        if !isNetting && fill.position == 0 { throw .position }
        shared.pointee.naming.take()
        defer { shared.pointee.naming.give() }
        if try isKnown(fill, account, stripe, market, now) {
            if isNetting { fill.position = net(account, fill.symbol) ?? 0 }
            return
        }
        if let told = try toldClosed(fill, account, stripe, now) {
            fill.position = told
            return
        }
        // A host names what there is; new ids are the core's.
        if !isRecorded && isNetting && fill.position != 0
            && fill.position != net(account, fill.symbol)
        {
            throw .position
        }
        guard let p = try find(fill, account, isNetting, stripe) else {
            return try open(&fill, account, stripe, market, now)
        }
        if fill.present & UInt32(HF_HAS_TICKET) != 0, isTaken(fill.ticket, of: p, fill.account) {
            throw .duplicate
        }
        try change(p, &fill, account, stripe, market, now)
    }

    /// A fill of a position that is there.
    private func change(
        _ p: Stripe.Row, _ fill: inout hf_fill, _ account: UInt32,
        _ stripe: UnsafeMutablePointer<Stripe>, _ market: UnsafeMutablePointer<Market>,
        _ now: Int64
    ) throws(Failure) {
        if p.pointee.side.rawValue == fill.side {
            try stripe.pointee.check(adding: fill, to: p)
            fill.position = p.pointee.id
            claim(fill, stripe, now)
            stripe.pointee.add(p, fill, stripe.pointee.stamp(market, now))
            return
        }
        if p.pointee.isPending { throw .state }
        let pair = stripe.pointee.paired(p, Fill(fill))
        let lost = stripe.pointee.lostPart(p, Fill(fill).less(pair))
        let rest = Fill(fill).less(pair).less(lost)
        let matched = stripe.pointee.matched(p, rest)
        if rest.volume - matched <= p.pointee.volume {
            try stripe.pointee.check(pair: Fill(fill), pair, of: p)
            try stripe.pointee.check(lost: Fill(fill).less(pair), lost, of: p)
            try stripe.pointee.check(money: rest, of: p)
            fill.position = p.pointee.id
            claim(fill, stripe, now)
            stripe.pointee.reduce(p, fill, stripe.pointee.stamp(market, now))
        } else if shared.pointee.accounts[Int(account)].isNetting {
            try turn(&fill, p, account, stripe, market, now)
        } else {
            throw .volume
        }
    }

    /// Whether another position has a ticket, or had it and is kept in the history.
    private func isTaken(
        _ ticket: UInt64, of p: Stripe.Row, _ account: UInt64
    ) -> Bool {
        guard ticket != 0, let other = shared.pointee.tickets.value(account, ticket) else {
            return false
        }
        return other != p.pointee.id
    }

    private func check(_ fill: hf_fill) throws(Failure) {
        if !isZero(fill.reserved) || Side(rawValue: fill.side) == nil { throw .argument }
        let columns =
            HF_HAS_COMMISSION | HF_HAS_SWAP | HF_HAS_FEE | HF_HAS_TICKET
        if fill.present & ~UInt32(columns) != 0 { throw .argument }
        for (value, bit) in [
            (fill.commission, HF_HAS_COMMISSION), (fill.swap, HF_HAS_SWAP), (fill.fee, HF_HAS_FEE),
            (Int64(bitPattern: fill.ticket), HF_HAS_TICKET),
        ] where value != 0 && fill.present & UInt32(bit) == 0 { throw .argument }
        if fill.volume <= 0 || fill.volume >= Limits.volume { throw .volume }
        if fill.price <= 0 { throw .price }
        if fill.price >= Limits.price { throw .range }
    }

    private func claim(
        _ fill: hf_fill, _ stripe: UnsafeMutablePointer<Stripe>, _ now: Int64
    ) {
        stripe.pointee.sequence = shared.pointee.recorder.claim(
            HF_RECORD_FILL, fill, time: now)
    }

    /// Whether the deal was applied before; the same number with other content is a conflict.
    private func isKnown(
        _ fill: hf_fill, _ account: UInt32, _ stripe: UnsafeMutablePointer<Stripe>,
        _ market: UnsafeMutablePointer<Market>, _ now: Int64
    ) throws(Failure) -> Bool {
        let row = shared.pointee.accounts + Int(account)
        switch stripe.pointee.judge(Fill(fill), row) {
        case .new: return false
        case .known: return true
        case .conflict:
            claim(fill, stripe, now)
            let event = stripe.pointee.event(.refused, stripe.pointee.stamp(market, now))
            event.pointee.account = fill.account
            event.pointee.symbol = fill.symbol
            event.pointee.side = fill.side
            stripe.pointee.refuse(event, Fill(fill))
            throw .conflict
        }
    }

    /// The position that a fill is about; nil: it makes a new one.
    private func find(
        _ fill: hf_fill, _ account: UInt32, _ isNetting: Bool,
        _ stripe: UnsafeMutablePointer<Stripe>
    ) throws(Failure) -> Stripe.Row? {
        var id = fill.position
        if isNetting {
            guard let net = net(account, fill.symbol) else { return nil }
            id = net
        }
        guard let number = shared.pointee.directory.number(of: id) else { throw missing(id) }
        let (index, slot) = shared.pointee.places.place(number)
        let owner = stripes + index
        // Of another symbol, and so perhaps in a stripe that is not locked.
        if owner != stripe { throw .symbol }
        let p = stripe.pointee.positions[slot]
        if p.pointee.id != id { throw missing(id) }
        if p.pointee.market != fill.symbol - 1 { throw .symbol }
        if stripe.pointee.accountIndex(p) != account { throw .account }
        return p
    }

    /// A netting account opens.
    private func open(
        _ fill: inout hf_fill, _ account: UInt32, _ stripe: UnsafeMutablePointer<Stripe>,
        _ market: UnsafeMutablePointer<Market>, _ now: Int64
    ) throws(Failure) {
        var open = hf_open(fill)
        open.position = fill.position
        let key = try admit(&open, account, stripe)
        fill.position = open.position
        claim(fill, stripe, now)
        let at = stripe.pointee.stamp(market, now)
        stripe.pointee.remember(fill, account, at)
        seat(
            open, key, stripe.pointee.open(open, account: account, market, at, fee: fill.fee),
            account, stripe)
    }

    /// Closes what is open and opens the rest on the other side as a new position.
    private func turn(
        _ fill: inout hf_fill, _ p: Stripe.Row, _ account: UInt32,
        _ stripe: UnsafeMutablePointer<Stripe>, _ market: UnsafeMutablePointer<Market>,
        _ now: Int64
    ) throws(Failure) {
        let old = p.pointee.id
        var first = Fill(fill)
        let matched = stripe.pointee.matched(p, first)
        var open = hf_open(fill)
        open.position = fill.position == old ? 0 : fill.position
        open.volume = fill.volume - matched - p.pointee.volume
        (open.strategy, open.magic) = (p.pointee.strategy, p.pointee.magic)
        open.tag = unsafeBitCast(stripe.pointee.label(p).tag, to: type(of: open.tag))
        // A ticket that stays the same goes over to the new one.
        let isSame = open.ticket != 0 && open.ticket == p.pointee.ticket
        if isSame { open.ticket = 0 }
        try stripe.pointee.check(turn: first, matched, p)
        let key = try admit(&open, account, stripe, isTurn: true)
        if isSame { open.ticket = fill.ticket }
        fill.position = open.position
        claim(fill, stripe, now)
        let at = stripe.pointee.stamp(market, now)
        stripe.pointee.remember(fill, account, at)
        stripe.pointee.match(p, &first, at)
        var costs = matched > 0 ? Costs() : Costs(fill)
        let share = costs.take(p.pointee.volume, of: first.volume)
        stripe.pointee.turnOver(p, price: fill.price, share, at)
        (open.commission, open.swap) = (costs.commission, costs.swap)
        seat(
            open, key,
            stripe.pointee.open(
                open, account: account, market, at, fee: costs.fee, flippedFrom: old),
            account, stripe)
    }
}

extension Stripe {
    mutating func check(adding fill: hf_fill, to p: Row) throws(Failure) {
        if fill.volume >= Limits.volume - p.pointee.volume { throw .volume }
        if !fits(volume: fill.volume, price: fill.price, in: p.pointee.group) { throw .overflow }
        let ledger = ledger(p)
        // Over a long life more comes and goes than is ever open.
        if fill.volume >= Limits.lifeVolume - ledger.pointee.volumeInitial { throw .overflow }
        var open = ledger.pointee.open
        if !open.add(Costs(fill)) { throw .overflow }
        if Costs(fill).replacing(ledger.pointee.entryTold, fill.present, in: open) == nil {
            throw .overflow
        }
    }

    /// More of the same side: the first of a pending position, else it adds.
    mutating func add(_ p: Row, _ fill: hf_fill, _ now: Int64) {
        counters.deals += 1
        remember(fill, accountIndex(p), now)
        takeTicket(p, fill, now)
        if p.pointee.isPending { return fillEntry(p, Fill(fill), now) }
        let left = matchEntry(p, fill, now)
        let volume = left - matchGained(p, fill, of: left)
        if volume == 0 { return }
        touch(p, now)
        let old = p.pointee.volume
        // Costs that the ack told are those of the whole deal.
        grow(
            p, volume: volume, price: fill.price, volume < fill.volume ? Costs() : Costs(fill))
        changed(p, .volume, old: old, new: p.pointee.volume, .none, now)
    }

    /// Volume comes in at a price, with its costs.
    mutating func grow(_ p: Row, volume: Int64, price: Int64, _ costs: Costs) {
        let ledger = ledgerRow(p)
        let cost = Int128(volume) * Int128(price)
        p.pointee.volume += volume
        ledger.pointee.volumeInitial += volume
        ledger.pointee.cost += cost
        _ = ledger.pointee.open.add(costs)
        add(volume: volume, cost: cost, costs: costs.sum, to: p)
    }

    /// A client's deal against the position: it settles the close that is out, or is somebody's
    /// own.
    mutating func reduce(_ p: Row, _ given: hf_fill, _ now: Int64) {
        counters.deals += 1
        remember(given, accountIndex(p), now)
        takeTicket(p, given, now)
        var fill = Fill(given)
        takePair(p, &fill, paired(p, fill), now)
        takeLost(p, &fill, lostPart(p, fill), now)
        match(p, &fill, now)
        if fill.volume > 0 { applyOurs(p, hf_deal(), fill, now) }
    }

    /// Refuses a turn whose money would not fit.
    mutating func check(turn fill: Fill, _ matched: Int64, _ p: Row) throws(Failure) {
        var told = fill
        told.volume = matched
        if matched > 0 { try check(money: told, of: p) }
        // The costs of the deal go by volume, what is left over with the new position.
        var costs = Costs()
        if matched == 0 {
            costs = fill.costs
        }
        let share = costs.take(p.pointee.volume, of: fill.volume - matched)
        var first = Fill(volume: p.pointee.volume, price: fill.price)
        (first.commission, first.swap, first.fee) = (share.commission, share.swap, share.fee)
        try check(money: first, of: p)
    }

    /// A deal turns a netting position over: this is the end of the old one.
    mutating func turnOver(_ p: Row, price: Int64, _ costs: Costs, _ now: Int64) {
        endCommands(p, .turnedOver, now)
        var fill = Fill(volume: p.pointee.volume, price: price)
        (fill.commission, fill.swap, fill.fee) = (costs.commission, costs.swap, costs.fee)
        let volume = book(p, fill, .external, now)
        close(p, Origin(reason: .external), volume: volume, price: price, now)
    }

    mutating func remember(_ fill: hf_fill, _ account: UInt32, _ now: Int64) {
        let row = shared.pointee.accounts + Int(account)
        row.pointee.lock.hold {
            row.pointee.deals.remember(
                fill.deal, volume: fill.volume, price: fill.price, time: now)
        }
    }

    private mutating func takeTicket(_ p: Row, _ fill: hf_fill, _ now: Int64) {
        if fill.present & UInt32(HF_HAS_TICKET) != 0 { renew(p, ticket: fill.ticket, now) }
    }
}

extension Costs {
    init(_ fill: hf_fill) {
        self.init(commission: fill.commission, swap: fill.swap, fee: fill.fee)
    }
}

extension Fill {
    init(_ fill: hf_fill) {
        func given(_ bit: Int32, _ value: Int64) -> Int64? {
            fill.present & UInt32(bit) != 0 ? value : nil
        }
        self.init(volume: fill.volume, price: fill.price)
        deal = fill.deal
        toldBy = .anyone
        commission = given(HF_HAS_COMMISSION, fill.commission)
        swap = given(HF_HAS_SWAP, fill.swap)
        fee = given(HF_HAS_FEE, fill.fee)
    }
}

extension hf_open {
    /// A position made by a fill: it has no levels yet.
    init(_ fill: hf_fill) {
        self.init()
        (account, symbol, side) = (fill.account, fill.symbol, fill.side)
        (volume, price, ticket) = (fill.volume, fill.price, fill.ticket)
        (commission, swap) = (fill.commission, fill.swap)
    }
}
