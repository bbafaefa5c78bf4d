import CHoldfast

/// What an owner and an executor say of positions: each input finds its stripe and applies there.
extension Core {
    /// - Parameter open: `position` is 0, or the id that a recording gave out; the id given.
    public func open(_ open: inout hf_open, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        let market = try market(open.symbol)
        let account = try account(open.account)
        let stripe = stripe(open.symbol)
        stripe.pointee.lock.take()
        defer { stripe.pointee.lock.give() }
        if stripe.pointee.isFaulted { throw .fault }
        try stripe.pointee.check(&open, market)
        shared.pointee.naming.take()
        defer { shared.pointee.naming.give() }
        let key = try admit(&open, account, stripe)
        let at = stripe.pointee.stamp(market, now)
        stripe.pointee.sequence = shared.pointee.recorder.claim(HF_RECORD_OPEN, open, time: now)
        seat(open, key, stripe.pointee.open(open, account: account, market, at), account, stripe)
    }

    public func modify(_ modify: hf_modify, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        try with(modify.position) { (stripe, p) throws(Failure) in
            try stripe.modify(p, modify, now)
        }
    }

    public func cancel(_ cancel: hf_cancel, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        if !isZero(cancel.reserved) || cancel.reason > Reason.unknown.rawValue { throw .argument }
        if !isText(cancel.by) { throw .range }
        try with(cancel.position) { (stripe, p) throws(Failure) in
            try stripe.cancel(p, cancel, now)
        }
    }

    // MARK: closing

    /// Closes what the filter matches, in order of id, past errors.
    /// - Parameter each: takes each result.
    public func close(
        _ close: hf_close, _ now: Int64, each: (hf_close_result) -> Void
    ) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        if !isZero(close.reserved) || close.dry_run > 1 { throw .argument }
        if !isText(close.by) { throw .range }
        if close.reason > Reason.unknown.rawValue { throw .argument }
        if close.volume != 0 && close.fraction != 0 { throw .argument }
        if close.fraction < 0 || close.fraction > Limits.unit { throw .range }
        try check(close.filter)
        if close.filter.sort != UInt8(HF_SORT_NONE) { throw .argument }
        if close.filter.present == 0 { throw .argument }
        if close.filter.present == UInt32(HF_FILTER_POSITION) {
            each(try closeOne(close.filter.position, close, now))
            return
        }
        for id in matching(close.filter, now) {
            var result = hf_close_result()
            result.position = id
            do {
                result = try closeOne(id, close, now)
            } catch {
                result.status = error.rawValue
            }
            each(result)
        }
    }

    private func closeOne(
        _ id: UInt64, _ close: hf_close, _ now: Int64
    ) throws(Failure) -> hf_close_result {
        try with(id) { (stripe, p) throws(Failure) in try stripe.close(p, close, now) }
    }

    // MARK: acks and deals

    public func ack(_ ack: hf_ack, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        if !isZero(ack.reserved) || ack.query > 1 || ack.present >= 1 << 8 { throw .argument }
        if ack.answer > Answer.unknown.rawValue { throw .argument }
        try checkStray(ack)
        if ack.command.isOfAccount { return try ackOwn(ack, now) }
        let id = ack.command.owner == 0 ? ack.position : ack.command.owner
        do {
            try with(id, books: true) { (stripe, p) throws(Failure) in
                // Only what it names must be in order with other stripes.
                let names = ack.deal != 0 || ack.present & UInt32(HF_HAS_TICKET) != 0
                if names { shared.pointee.naming.take() }
                defer { if names { shared.pointee.naming.give() } }
                try stripe.ack(p, ack, now)
            }
        } catch {
            if error != .closed { throw error }
            try ackClosed(id, ack, now)
        }
    }

    /// A value without its bit is a host's slip: a part of a fill must not pass for all of it.
    private func checkStray(_ ack: borrowing hf_ack) throws(Failure) {
        var given: UInt32 = 0
        if ack.volume != 0 { given |= UInt32(HF_HAS_VOLUME) }
        if ack.price != 0 { given |= UInt32(HF_HAS_PRICE) }
        if ack.profit != 0 { given |= UInt32(HF_HAS_PROFIT) }
        if ack.commission != 0 { given |= UInt32(HF_HAS_COMMISSION) }
        if ack.swap != 0 { given |= UInt32(HF_HAS_SWAP) }
        if ack.fee != 0 { given |= UInt32(HF_HAS_FEE) }
        if ack.ticket != 0 { given |= UInt32(HF_HAS_TICKET) }
        if ack.retcode != 0 { given |= UInt32(HF_HAS_RETCODE) }
        if given & ~ack.present != 0 { throw .argument }
    }

    private func checkStray(_ deal: borrowing hf_deal) throws(Failure) {
        var given: UInt32 = 0
        if deal.profit != 0 { given |= UInt32(HF_HAS_PROFIT) }
        if deal.commission != 0 { given |= UInt32(HF_HAS_COMMISSION) }
        if deal.swap != 0 { given |= UInt32(HF_HAS_SWAP) }
        if deal.fee != 0 { given |= UInt32(HF_HAS_FEE) }
        if given & ~deal.present != 0 { throw .argument }
    }

    /// A late answer: only a deal not yet applied can still matter.
    private func ackClosed(_ id: UInt64, _ ack: hf_ack, _ now: Int64) throws(Failure) {
        guard let record = shared.pointee.history.find(id) else { throw .closed }
        let named = ack.command.owner == 0 ? record.command : ack.command
        let command = finished(named, record.account)
        if ack.command.owner != 0 && command == nil { throw .command }
        guard ack.query == 0, ack.deal != 0, ack.isFill else { return }
        var fill = Fill(
            ack, volume: command?.volume ?? record.volume_initial,
            price: command?.price ?? record.close_price)
        fill.toldBy = .command(named)
        if record.volume_initial == 0 {
            guard let command else { throw .command }
            return try fillLate(record, command, ack, fill, now)
        }
        try closedInput(record, HF_RECORD_ACK, ack, fill, now)
    }

    func check(_ deal: hf_deal) throws(Failure) {
        if !isZero(deal.reserved) || deal.reason > UInt8(HF_DEAL_SO) || deal.present >= 1 << 8 {
            throw .argument
        }
        if deal.time != 0 && !Instant.isLegal(deal.time) { throw .range }
        try checkStray(deal)
    }

    public func deal(_ deal: hf_deal, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        try check(deal)
        _ = try account(deal.account)
        var id = deal.position
        if id == 0 {
            guard deal.ticket != 0, let found = holder(of: deal) else { throw .position }
            id = found
        }
        if deal.command.owner != 0 && deal.command.owner != id { throw .argument }
        do {
            try with(id, books: true) { (stripe, p) throws(Failure) in
                if stripe.account(p).pointee.terms.id != deal.account { throw .account }
                shared.pointee.naming.take()
                defer { shared.pointee.naming.give() }
                try checkTicket(deal, id)
                try stripe.deal(p, deal, now)
            }
        } catch {
            if error != .closed { throw error }
            guard let record = shared.pointee.history.find(id) else { throw .closed }
            if record.account != deal.account { throw .account }
            let fill = Fill(deal)
            try closedInput(record, HF_RECORD_DEAL, deal, fill, now) { () throws(Failure) in
                try checkTicket(deal, id)
            }
        }
    }

    /// A ticket was looked up without a lock: with `naming` taken it must still be the position's.
    private func checkTicket(_ deal: hf_deal, _ id: UInt64) throws(Failure) {
        if deal.position != 0 { return }
        if holder(of: deal) != id { throw .position }
    }

    /// Who has a ticket, or had it before its present one.
    private func holder(of deal: hf_deal) -> UInt64? {
        shared.pointee.tickets.value(deal.account, deal.ticket)
            ?? shared.pointee.formers.value(deal.account, deal.ticket)
    }

    private func closedInput<Record>(
        _ record: hf_position, _ kind: Int, _ input: Record, _ fill: Fill, _ now: Int64,
        check: () throws(Failure) -> Void = {}
    ) throws(Failure) {
        if fill.volume <= 0 { throw .volume }
        if fill.price <= 0 { throw .price }
        if fill.price >= Limits.price { throw .range }
        let stripe = stripe(record.symbol)
        let locks = try takeBooking(record.symbol, try account(record.account))
        defer { give(locks) }
        if stripe.pointee.isFaulted { throw .fault }
        shared.pointee.naming.take()
        defer { shared.pointee.naming.give() }
        try check()
        let recorder = shared.pointee.recorder
        try stripe.pointee.correctClosed(record.id, fill, now) {
            recorder.claim(kind, input, time: now)
        }
    }

    func finished(_ id: hf_command_id, _ account: UInt64) -> hf_command? {
        guard let index = try? self.account(account) else { return nil }
        let row = shared.pointee.accounts + Int(index)
        return row.pointee.lock.hold { row.pointee.finished.find(id)?.pointee.record }
    }
}
