import CHoldfast

/// What the broker did, asked or not: the truth about a position.
extension Stripe {
    mutating func deal(_ p: Row, _ deal: hf_deal, _ now: Int64) throws(Failure) {
        var fill = Fill(deal)
        let account = account(p)
        if fill.volume <= 0 { throw .volume }
        if fill.price <= 0 { throw .price }
        if fill.price >= Limits.price { throw .range }
        let at = stamp(market(p), now)
        switch judge(fill, account) {
        case .known: return
        case .conflict:
            sequence = shared.pointee.recorder.claim(HF_RECORD_DEAL, deal, time: now)
            refuse(event(.refused, p, at), fill)
            throw .conflict
        case .new: break
        }
        let horizon = account.pointee.lock.hold { account.pointee.deals.horizon }
        if deal.deal != 0 && deal.time != 0 && deal.time < horizon {
            // Too old to tell whether it was applied: the next snapshot settles it.
            sequence = shared.pointee.recorder.claim(HF_RECORD_DEAL, deal, time: now)
            return alarmDeal(p, fill, at)
        }
        let isOurs = deal.reason == UInt8(HF_DEAL_CLIENT)
        let pair = isOurs ? paired(p, fill) : 0
        let lost = lostPart(p, fill.less(pair))
        let rest = fill.less(pair).less(lost)
        if rest.volume - matched(p, rest) > p.pointee.volume { throw .volume }
        try check(pair: fill, pair, of: p)
        try check(lost: fill.less(pair), lost, of: p)
        try check(money: rest, of: p)
        sequence = shared.pointee.recorder.claim(HF_RECORD_DEAL, deal, time: now)
        counters.deals += 1
        rememberDeal(p, fill, deal.time == 0 ? at : deal.time)
        takePair(p, &fill, pair, at)
        takeLost(p, &fill, lost, at)
        match(p, &fill, at)
        if fill.volume == 0 { return }
        if isOurs {
            applyOurs(p, deal, fill, at)
        } else {
            applyOutside(p, fill, reason(of: deal), at)
        }
    }

    /// How much of a client's deal a close-by of another position has closed already.
    mutating func paired(_ p: Row, _ fill: Fill) -> Int64 {
        fill.deal == 0 ? 0 : min(fill.volume, ledger(p).pointee.paired)
    }

    mutating func check(pair fill: Fill, _ pair: Int64, of p: Row) throws(Failure) {
        if pair > 0 { try check(fill.asPair(pair), p) }
    }

    /// Of what a close-by closed its deal brings the costs, and the broker's own profit.
    mutating func takePair(_ p: Row, _ fill: inout Fill, _ pair: Int64, _ now: Int64) {
        if pair == 0 { return }
        touch(p, now)
        let ledger = ledgerRow(p)
        ledger.pointee.paired -= pair
        let booked = fill.asPair(pair)
        add(booked, to: ledger)
        credit(booked, account(p), isKnown: true, now)
        if booked.profit != 0 {
            let new = ledger.pointee.realised
            changed(p, .profit, old: new &- booked.profit, new: new, .none, now)
        }
        let cost = booked.commission &+ booked.swap &+ booked.fee
        if cost != 0 {
            let sum = ledger.pointee
            let new = sum.commission &+ sum.swap &+ sum.fee
            changed(p, .costs, old: new &- cost, new: new, .none, now)
        }
        fill = fill.less(pair)
    }

    private mutating func reason(of deal: hf_deal) -> Reason {
        switch Int(deal.reason) {
        case HF_DEAL_SL: .sl
        case HF_DEAL_TP: .tp
        default: .external
        }
    }

    private mutating func alarmDeal(_ p: Row, _ fill: Fill, _ now: Int64) {
        counters.alarms += 1
        let event = self.event(.alarm, p, now)
        event.pointee.what = What.deal.rawValue
        event.pointee.volume = fill.volume
        event.pointee.price = fill.price
        event.pointee.new_value = Int64(bitPattern: fill.deal)
        emit(event)
    }

    /// A deal by a client: it settles the command that is out, else one that was given up, else it
    /// is somebody's own close.
    mutating func applyOurs(_ p: Row, _ deal: hf_deal, _ fill: Fill, _ now: Int64) {
        let life = p.pointee.life
        if life != none && lives[life].pointee.command.isLive
            && lives[life].pointee.command.state != .pending
            && (deal.command.owner == 0 || deal.command.count == lives[life].pointee.command.count)
        {
            return settleOut(p, life, fill, now)
        }
        if let given = givenUp(p, life, deal) { return fillFinal(p, given, fill, now) }
        applyOutside(p, fill, .external, now)
    }

    private mutating func settleOut(_ p: Row, _ life: UInt32, _ fill: Fill, _ now: Int64) {
        let command = lives[life].pointee.command
        let event: CommandEvent =
            command.executed + fill.volume < command.volume ? .filledInPart : .filled
        fillCommand(p, life, fill, event, now)
    }

    /// The command that a deal without a live one belongs to.
    private mutating func givenUp(_ p: Row, _ life: UInt32, _ deal: hf_deal) -> hf_command? {
        let account = account(p)
        func find(_ id: hf_command_id) -> hf_command? {
            account.pointee.lock.hold { account.pointee.finished.find(id)?.pointee.record }
        }
        if deal.command.owner == p.pointee.id { return find(deal.command) }
        guard life != none, let intent = lives[life].pointee.intent, intent.parent.owner != 0,
            let command = find(intent.parent)
        else { return nil }
        switch CommandState(rawValue: command.state) {
        case .rejected, .failed: return command
        default: return nil
        }
    }

    /// Something else closed a part of the position, or all.
    private mutating func applyOutside(
        _ p: Row, _ fill: Fill, _ reason: Reason, _ now: Int64
    ) {
        let taken = book(p, fill, reason, now)
        if p.pointee.volume == 0 {
            close(p, Origin(reason: reason), volume: fill.volume, price: fill.price, now)
        } else if p.pointee.life != none {
            shrink(p, p.pointee.life, by: taken, isOwn: false, now)
        }
    }
}

/// Deals and acks of positions that are closed already: they can only correct the books.
extension Stripe {
    /// - Parameter claim: gives the input its sequence, once it is certain to be applied.
    mutating func correctClosed(
        _ id: UInt64, _ fill: Fill, _ now: Int64, claim: () -> UInt64
    ) throws(Failure) {
        let history = shared.pointee.history
        guard let record = history.find(id) else { throw .closed }
        let market = shared.pointee.markets[Int(record.symbol) - 1]
        let found = history.change(id) { closed in closed.accountIndex }
        guard let found else { throw .closed }
        let account = shared.pointee.accounts + Int(found)
        let at = stamp(market, now)
        switch judge(fill, account) {
        case .known: return
        case .conflict:
            sequence = claim()
            refuse(event(.refused, closed: record, at), fill)
            throw .conflict
        case .new: break
        }
        if let pair = history.change(id, { $0.paired }), pair >= fill.volume, fill.isClient,
            fill.deal != 0
        {
            return try takePair(closed: record, fill, account, at, claim)
        }
        if let lost = history.change(id, { $0.lost.volume }), lost >= fill.volume, fill.deal != 0 {
            return try takeLost(closed: record, fill, account, at, claim)
        }
        let rate = conversion(market, found)
        let left = history.change(id) { ($0.unmatched, $0.newest) }
        guard let (unmatched, newest) = left else { throw .closed }
        // More than any ack told: nothing of it is open.
        let matched = account.pointee.lock.hold {
            account.pointee.finished.matched(fill, unmatched, newest: newest)
        }
        if matched < fill.volume { throw .volume }
        let told = account.pointee.lock.hold {
            account.pointee.finished.take(fill.volume, of: fill, newest: newest, isLook: true)
        }
        let change = try Correction.checked(
            told, fill, record.side == Side.long.rawValue ? .long : .short, market.pointee.terms,
            rate)
        if !fits(change, record, account) { throw .overflow }
        sequence = claim()
        let applied = history.change(id) { closed -> Correction? in
            closed.unmatched -= fill.volume
            var last = closed.newest
            last.count = closed.lastTold
            let (told, isLast) = account.pointee.lock.hold {
                let finished = account.pointee.finished
                let before = finished.find(last)?.pointee.told.volume
                let told = finished.take(fill.volume, of: fill, newest: closed.newest)
                return (told, finished.find(last)?.pointee.told.volume != before)
            }
            // A deal of an earlier part says nothing of the price that closed the rest.
            if isLast { closed.record.close_price = fill.price }
            if told.volume == 0 { return nil }
            let side: Side = record.side == Side.long.rawValue ? .long : .short
            let change = Correction(told, fill, side, market.pointee.terms, rate)
            closed.correct(change, exits: Int128(told.volume) * Int128(fill.price) - told.cost)
            return change
        }
        account.pointee.lock.hold {
            account.pointee.deals.remember(
                fill.deal, volume: fill.volume, price: fill.price, time: at)
        }
        guard let change = applied ?? nil else { return }
        credit(
            Booked(profit: change.profit, change.costs), account, isKnown: change.isKnown, at)
        tell(change, record, at)
    }

    /// The same of a position that the close-by closed wholly.
    private mutating func takePair(
        closed record: hf_position, _ fill: Fill, _ account: UnsafeMutablePointer<Account>,
        _ now: Int64, _ claim: () -> UInt64
    ) throws(Failure) {
        let booked = fill.asPair(fill.volume)
        let costs = Costs(commission: booked.commission, swap: booked.swap, fee: booked.fee)
        let change = Correction(profit: booked.profit, costs: costs)
        if !fits(change, record, account) { throw .overflow }
        sequence = claim()
        shared.pointee.history.change(record.id) { closed in
            closed.paired -= fill.volume
            closed.correct(change, exits: 0)
        }
        account.pointee.lock.hold {
            account.pointee.deals.remember(
                fill.deal, volume: fill.volume, price: fill.price, time: now)
        }
        credit(booked, account, isKnown: true, now)
        tell(change, record, now)
    }

    /// Whether a correction fits what it changes.
    mutating func fits(
        _ change: Correction, _ record: hf_position, _ account: UnsafeMutablePointer<Account>
    ) -> Bool {
        var costs = Costs(commission: record.commission, swap: record.swap, fee: record.fee)
        var (realised, net) = (record.realised, record.net)
        let more = change.costs.sum + Int128(change.profit)
        let balance = account.pointee.lock.hold { Int128(account.pointee.balance) }
        return costs.add(change.costs) && Money.add(change.profit, to: &realised)
            && Money.add(change.profit, to: &net) && Int64(exactly: balance + more) != nil
    }

    mutating func tell(_ change: Correction, _ record: hf_position, _ now: Int64) {
        let event = self.event(.changed, closed: record, now)
        if change.profit != 0 {
            event.pointee.what = What.profit.rawValue
            event.pointee.old_value = record.realised
            event.pointee.new_value = record.realised &+ change.profit
            emit(event)
        }
        if change.cost != 0 {
            event.pointee.what = What.costs.rawValue
            event.pointee.old_value = record.commission &+ record.swap &+ record.fee
            event.pointee.new_value = event.pointee.old_value &+ change.cost
            emit(event)
        }
    }

    mutating func event(
        _ kind: EventKind, closed record: hf_position, _ now: Int64
    ) -> UnsafeMutablePointer<hf_event> {
        let event = event(kind, now)
        event.pointee.position = record.id
        event.pointee.account = record.account
        event.pointee.symbol = record.symbol
        event.pointee.side = record.side
        return event
    }
}
