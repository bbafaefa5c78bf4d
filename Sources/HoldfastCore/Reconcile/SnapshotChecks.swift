import CHoldfast

/// What a snapshot must be before anything of it is applied.
extension Core {
    func check(
        _ head: hf_reconcile, _ positions: Positions, _ deals: Deals, _ now: Int64
    ) throws(Failure) {
        if !isZero(head.reserved) || head.failed > 1 || head.piece != UInt8(HF_PIECE_WHOLE) {
            throw .argument
        }
        let figures = HF_BROKER_BALANCE | HF_BROKER_EQUITY | HF_BROKER_MARGIN
        if head.present & ~UInt32(figures) != 0 { throw .argument }
        for (bit, value) in [
            (HF_BROKER_BALANCE, head.balance), (HF_BROKER_EQUITY, head.equity),
            (HF_BROKER_MARGIN, head.margin),
        ] where value != 0 && head.present & UInt32(bit) == 0 { throw .argument }
        if head.margin < 0 || !Instant.isLegal(head.asked_at) || head.asked_at == 0 {
            throw .range
        }
        // Asked for later than now, nothing would be left to be compared, or all wrongly.
        if head.asked_at > now { throw .time }
        if head.failed != 0 && (positions.count > 0 || deals.count > 0 || head.present != 0) {
            throw .argument
        }
        if head.positions != positions.count || head.deals != deals.count { throw .range }
        let symbols = shared.pointee.names.symbols.pointee.load(ordering: .acquiring)
        for theirs in positions { try check(theirs, symbols) }
        for deal in deals {
            try check(deal)
            if deal.account != 0 && deal.account != head.account { throw .account }
            if deal.position == 0 && deal.ticket == 0 { throw .position }
        }
    }

    /// The same of a piece in a recording: it names ours, or none for want of room.
    func check(item: hf_broker_position) throws(Failure) {
        if item.present & UInt32(HF_BROKER_ABSENT) != 0 && item.position != 0 { return }
        let symbols = shared.pointee.names.symbols.pointee.load(ordering: .acquiring)
        if item.symbol == 0 || item.symbol > symbols { throw .symbol }
        if item.position == 0 { return }
        var theirs = item
        theirs.position = 0
        try check(theirs, symbols)
    }

    private func check(_ theirs: hf_broker_position, _ symbols: Int) throws(Failure) {
        if !isZero(theirs.reserved) || theirs.position != 0 { throw .argument }
        if Side(rawValue: theirs.side) == nil { throw .argument }
        let columns =
            HF_BROKER_SL | HF_BROKER_TP | HF_BROKER_SWAP | HF_BROKER_COMMISSION | HF_BROKER_PROFIT
        if theirs.present & ~UInt32(columns) != 0 { throw .argument }
        for (bit, value) in [
            (HF_BROKER_SL, theirs.sl), (HF_BROKER_TP, theirs.tp), (HF_BROKER_SWAP, theirs.swap),
            (HF_BROKER_COMMISSION, theirs.commission), (HF_BROKER_PROFIT, theirs.profit),
        ] where value != 0 && theirs.present & UInt32(bit) == 0 { throw .argument }
        if !isText(theirs.client_id) { throw .range }
        if theirs.symbol > symbols { throw .symbol }
        if theirs.volume <= 0 || theirs.volume >= Limits.volume { throw .volume }
        if theirs.price <= 0 || min(theirs.sl, theirs.tp) < 0 { throw .price }
        if max(theirs.price, theirs.sl, theirs.tp) >= Limits.price { throw .range }
        for cost in [theirs.swap, theirs.commission] where cost.magnitude >= 1 << 58 {
            throw .overflow
        }
        if theirs.time != 0 && !Instant.isLegal(theirs.time) { throw .range }
    }

    /// It may name the account's question, the live one or an older.
    func checkQuery(_ id: hf_command_id, _ index: Int) throws(Failure) {
        if id.owner == 0 { return }
        let count = shared.pointee.desk.hold {
            shared.pointee.accounts[index].sync.pointee.count
        }
        if !id.isOfAccount || id.accountIndex != UInt64(index) || id.epoch != config.epoch
            || id.count == 0 || id.count > count
        {
            throw .command
        }
    }
}
