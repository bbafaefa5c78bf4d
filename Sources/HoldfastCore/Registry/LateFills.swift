import CHoldfast

/// Deals of positions that are closed, or that never opened: what an ack told without them.
extension Core {
    /// A fill of an entry that had ended.
    /// - Returns: the position that resulted; nil: it is none.
    func fillEnded(_ fill: hf_fill, _ now: Int64) throws(Failure) -> UInt64? {
        if fill.position == 0 { return nil }
        guard let ended = shared.pointee.history.find(fill.position), ended.volume_initial == 0
        else { return nil }
        if ended.side != fill.side || ended.symbol != fill.symbol || ended.account != fill.account {
            throw .closed
        }
        // Without a number nobody can tell it from one that was applied.
        if fill.deal == 0 { throw .closed }
        guard var id = shared.pointee.history.change(ended.id, { $0.newest }) else { return nil }
        while id.count > 0 {
            if let command = finished(id, ended.account), command.action == Action.open.rawValue {
                var ack = hf_ack()
                (ack.command, ack.deal, ack.ticket) = (id, fill.deal, fill.ticket)
                (ack.commission, ack.swap, ack.fee) = (fill.commission, fill.swap, fill.fee)
                (ack.volume, ack.price) = (fill.volume, fill.price)
                ack.present = fill.present | UInt32(HF_HAS_VOLUME | HF_HAS_PRICE)
                try fillLate(ended, command, ack, Fill(fill), now)
                let successor = shared.pointee.history.change(ended.id) { $0.successor } ?? 0
                return successor != 0 ? successor : net(try account(ended.account), ended.symbol)
            }
            id.count -= 1
        }
        return nil
    }

    /// The closed position that a fill is of, by its id, its ticket, or as the one that a turn
    /// closed: an ack told of it without the deal.
    func toldClosed(
        _ fill: hf_fill, _ account: UInt32, _ stripe: UnsafeMutablePointer<Stripe>, _ now: Int64
    ) throws(Failure) -> UInt64? {
        var named = fill.position
        if named == 0 && fill.ticket != 0 {
            named = shared.pointee.tickets.value(fill.account, fill.ticket) ?? 0
        }
        if named == 0, let net = net(account, fill.symbol), let p = stripe.pointee.find(net),
            p.pointee.side.rawValue != fill.side
        {
            named = stripe.pointee.ledger(p).pointee.flippedFrom
        }
        if named == 0 && net(account, fill.symbol) == nil {
            named = shared.pointee.nets.value(UInt64(account), UInt64(fill.symbol)) ?? 0
        }
        if named == 0 || shared.pointee.directory.number(of: named) != nil { return nil }
        // Without a name only one of the same volume is taken for it.
        let isNamed = fill.position != 0 || fill.ticket != 0
        let isIts = try correctClosed(fill, account, named, exactly: !isNamed, stripe, now)
        return isIts ? named : nil
    }

    /// A closed position that an ack opened or closed without naming the deal: this is it.
    private func correctClosed(
        _ fill: hf_fill, _ account: UInt32, _ id: UInt64, exactly: Bool,
        _ stripe: UnsafeMutablePointer<Stripe>, _ now: Int64
    ) throws(Failure) -> Bool {
        let left = shared.pointee.history.change(id) { closed in
            let isSame = closed.record.side == fill.side
            let told = isSame ? closed.entryTold.volume : max(closed.unmatched, closed.paired)
            let isIts = closed.accountIndex == account && closed.record.symbol == fill.symbol
            return (volume: isIts ? told : 0, isSame: isSame)
        }
        guard fill.deal != 0, let left, left.volume >= fill.volume,
            !exactly || left.volume == fill.volume
        else { return false }
        if left.isSame {
            try stripe.pointee.correct(entryOf: id, fill, account, now)
            return true
        }
        let recorder = shared.pointee.recorder
        let record = fill
        try stripe.pointee.correctClosed(id, Fill(fill), now) {
            recorder.claim(HF_RECORD_FILL, record, time: now)
        }
        return true
    }
}

extension Stripe {
    /// The deal of an entry whose position is closed: its costs and its price correct the books.
    mutating func correct(
        entryOf id: UInt64, _ fill: hf_fill, _ account: UInt32, _ now: Int64
    ) throws(Failure) {
        let history = shared.pointee.history
        guard let record = history.find(id) else { throw .closed }
        let market = shared.pointee.markets[Int(record.symbol) - 1]
        let row = shared.pointee.accounts + Int(account)
        guard var told = history.change(id, { $0.entryTold }) else { throw .closed }
        // What was paid more to come in is a loss: the other side's formula.
        let side: Side = record.side == Side.long.rawValue ? .short : .long
        let change = try Correction.checked(
            told.take(fill.volume), Fill(fill), side, market.pointee.terms,
            conversion(market, account))
        if !fits(change, record, row) { throw .overflow }
        sequence = shared.pointee.recorder.claim(HF_RECORD_FILL, fill, time: now)
        let at = stamp(market, now)
        history.change(id) { closed in
            closed.entryTold = told
            closed.correct(change, exits: 0)
        }
        remember(fill, account, at)
        credit(Booked(profit: change.profit, change.costs), row, isKnown: change.isKnown, at)
        tell(change, record, at)
    }
}
