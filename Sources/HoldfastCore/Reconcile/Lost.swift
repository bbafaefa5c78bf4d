import CHoldfast

/// What a snapshot took away without a deal: nobody knows yet what it came to. Its deal, when it
/// comes, takes nothing away again; it brings the money.
extension Stripe {
    /// A part of a position is gone, or all of it.
    /// - Parameters:
    ///   - askedAt: when the broker was asked.
    ///   - isOwn: the command in doubt took it, as far as anybody can tell.
    mutating func lose(
        _ p: Row, _ part: Int64, _ askedAt: Int64, isOwn: Bool = false, _ now: Int64
    ) {
        let old = p.pointee.volume
        let cost = cost(of: part, p)
        touch(p, now)
        let ledger = ledgerRow(p)
        let share = ledger.pointee.open.take(part, of: old)
        p.pointee.volume -= part
        ledger.pointee.cost -= cost
        add(volume: -part, cost: -cost, costs: -share.sum, to: p)
        let booked = Booked(profit: 0, share)
        add(booked, to: ledger)
        let account = account(p)
        // Not a booking that the broker's balance could lack.
        credit(booked, account, isKnown: true, .min)
        let isFirst = ledger.pointee.lost.volume == 0
        account.pointee.lock.hold { if isFirst { account.pointee.losses += 1 } }
        ledger.pointee.lost.add(Told(volume: part, cost: cost))
        ledger.pointee.lostAt = askedAt
        if p.pointee.volume == 0 {
            return close(p, Origin(reason: .unknown), volume: part, price: 0, now)
        }
        changed(p, .volume, old: old, new: p.pointee.volume, .unknown, now)
        if p.pointee.life != none { shrink(p, p.pointee.life, by: part, isOwn: isOwn, now) }
    }

    /// How much of a deal that adds a snapshot has added already: it brings its costs.
    /// - Parameter volume: of the fill, that nothing else has told.
    mutating func matchGained(_ p: Row, _ fill: hf_fill, of volume: Int64) -> Int64 {
        if p.pointee.ledger == none || fill.deal == 0 || volume == 0 { return 0 }
        let ledger = ledgerRow(p)
        let part = min(volume, ledger.pointee.gained)
        if part == 0 { return 0 }
        ledger.pointee.gained -= part
        if part < fill.volume { return part }
        let costs = Costs(fill)
        if ledger.pointee.open.add(costs) { add(volume: 0, cost: 0, costs: costs.sum, to: p) }
        return part
    }

    /// Whether a deal of a snapshot is of before what its position was told to be.
    mutating func isOld(_ deal: hf_deal, _ p: Row) -> Bool {
        let isAdopted = ledger(p).pointee.isAdopted
        if deal.time == 0 { return isAdopted }
        let since = ledger(p).pointee.since
        return deal.time <= (since == .min ? p.pointee.opened : since)
    }

    /// How much of a fill a snapshot has taken away already: of a deal of before it, or of an
    /// instant that nobody told.
    mutating func lostPart(_ p: Row, _ fill: Fill) -> Int64 {
        if p.pointee.ledger == none || fill.deal == 0 || fill.volume == 0 { return 0 }
        let ledger = ledger(p)
        if ledger.pointee.lost.volume == 0 || fill.time > ledger.pointee.lostAt { return 0 }
        switch fill.toldBy {
        case .nobody: return 0
        // The deal of a command that is out is that command's.
        case .command(let id) where isLive(id, p): return 0
        case .command, .anyone: break
        }
        let lost = ledger.pointee.lost.volume
        if fill.time == 0 && fill.volume == p.pointee.volume && fill.volume != lost { return 0 }
        return min(fill.volume, ledger.pointee.lost.volume)
    }

    private mutating func isLive(_ id: hf_command_id, _ p: Row) -> Bool {
        let life = p.pointee.life
        return life != none && command(life).pointee.isLive
            && command(life).pointee.count == id.count
    }

    /// What a part of a fill books.
    /// - Parameter lost: what is taken from.
    /// - Returns: nil: it cannot be valued.
    private mutating func booking(
        _ fill: Fill, _ part: Int64, of lost: inout Told, _ side: Side, _ market: MarketRow,
        _ account: UInt32
    ) -> Booked? {
        let cost = lost.take(part).cost
        let exit = Int128(part) * Int128(fill.price)
        if part == fill.volume, let profit = fill.profit {
            return Booked(profit: profit, fill.costs)
        }
        guard let rate = conversion(market, account),
            let profit = Money.value(
                of: side == .long ? exit - cost : cost - exit,
                tickValue: market.pointee.terms.tick_value,
                tickSize: market.pointee.terms.tick_size, rate)
        else { return nil }
        return Booked(profit: profit, fill.costs)
    }

    mutating func check(lost fill: Fill, _ part: Int64, of p: Row) throws(Failure) {
        if part == 0 { return }
        var lost = ledger(p).pointee.lost
        let booked = booking(fill, part, of: &lost, p.pointee.side, market(p), accountIndex(p))
        try check(booked ?? Booked(profit: 0, fill.costs), p)
    }

    /// Takes the part out of the fill.
    mutating func takeLost(_ p: Row, _ fill: inout Fill, _ part: Int64, _ now: Int64) {
        if part == 0 { return }
        touch(p, now)
        let ledger = ledgerRow(p)
        let booked = booking(
            fill, part, of: &ledger.pointee.lost, p.pointee.side, market(p), accountIndex(p))
        if booked == nil { ledger.pointee.isMoneyKnown = false }
        let sure = booked ?? Booked(profit: 0, fill.costs)
        add(sure, to: ledger)
        ledger.pointee.exits += Int128(part) * Int128(fill.price)
        credit(
            found: sure, account(p), isKnown: booked != nil, ledger.pointee.lostAt,
            isLast: ledger.pointee.lost.volume == 0, now)
        let new = ledger.pointee.realised
        changed(p, .profit, old: new &- sure.profit, new: new, .none, now)
        fill = fill.less(part)
    }

    /// Money of what was lost is the account's, but where its broker has told the balance since.
    private mutating func credit(
        found booked: Booked, _ account: UnsafeMutablePointer<Account>, isKnown: Bool,
        _ lostAt: Int64, isLast: Bool, _ now: Int64
    ) {
        let isTold = account.pointee.lock.hold { account.pointee.toldAt >= lostAt }
        if isTold { return }
        credit(booked, account, isKnown: isKnown, now)
        account.pointee.lock.hold {
            if isLast { account.pointee.losses = max(0, account.pointee.losses - 1) }
        }
    }

    /// The same of a position that was closed as absent.
    mutating func takeLost(
        closed record: hf_position, _ fill: Fill, _ account: UnsafeMutablePointer<Account>,
        _ now: Int64, _ claim: () -> UInt64
    ) throws(Failure) {
        let history = shared.pointee.history
        let market = shared.pointee.markets[Int(record.symbol) - 1]
        let index = UInt32(account - shared.pointee.accounts)
        guard var lost = history.change(record.id, { $0.lost }),
            let lostAt = history.change(record.id, { $0.lostAt })
        else { throw .closed }
        let side: Side = record.side == Side.long.rawValue ? .long : .short
        let booked = booking(fill, fill.volume, of: &lost, side, market, index)
        let sure = booked ?? Booked(profit: 0, fill.costs)
        let change = Correction(profit: sure.profit, costs: fill.costs)
        if !fits(change, record, account) { throw .overflow }
        sequence = claim()
        let isLast = lost.volume == 0
        history.change(record.id) { closed in
            closed.lost = lost
            closed.find(sure, isKnown: booked != nil, fill, isLast: isLast)
        }
        account.pointee.lock.hold {
            account.pointee.deals.remember(
                fill.deal, volume: fill.volume, price: fill.price, time: now)
        }
        credit(found: sure, account, isKnown: booked != nil, lostAt, isLast: isLast, now)
        tell(change, record, now)
    }
}

extension History.Closed {
    /// The deal of what was lost has come.
    mutating func find(_ booked: Booked, isKnown: Bool, _ fill: Fill, isLast: Bool) {
        var sum = known ?? 0
        let fits = Money.add(booked.profit, to: &sum)
        known = known == nil || !isKnown || !fits ? nil : sum
        record.commission &+= booked.commission
        record.swap &+= booked.swap
        record.fee &+= booked.fee
        exits += Int128(fill.volume) * Int128(fill.price)
        if !isLast { return }
        record.close_price = fill.price
        record.exit_average = Ledger.average(exits, record.volume_initial)
        if fill.isClient { record.reason = Reason.external.rawValue }
        guard let known else { return }
        var net = known
        var isWhole = Money.add(record.commission, to: &net)
        isWhole = Money.add(record.swap, to: &net) && isWhole
        isWhole = Money.add(record.fee, to: &net) && isWhole
        if !isWhole { return }
        (record.realised, record.net) = (known, net)
        record.known |= UInt32(HF_KNOWN_REALISED | HF_KNOWN_NET)
        renew()
    }
}
