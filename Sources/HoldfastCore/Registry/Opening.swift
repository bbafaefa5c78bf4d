import CHoldfast
import HoldfastKernels

/// Positions come into the registry.
extension Stripe {
    /// Checks an open against its symbol; the account was checked by the caller.
    mutating func check(_ open: hf_open, _ market: MarketRow) throws(Failure) {
        if Side(rawValue: open.side) == nil || !isZero(open.reserved) { throw .argument }
        let later = UInt32(HF_OPEN_DISASTER_SL) | UInt32(HF_OPEN_DISASTER_DISTANCE)
        let known = UInt32(HF_OPEN_INTERVAL) | UInt32(HF_OPEN_TIME)
        if open.flags & ~(later | known) != 0 { throw .argument }
        if open.flags & later != 0 || open.disaster_step != 0 { throw .unsupported }
        if open.flags & UInt32(HF_OPEN_INTERVAL) != 0 || open.interval != 0
            || open.disaster_sl != 0 || open.disaster_distance != 0
        {
            throw .unsupported
        }
        if open.flags & UInt32(HF_OPEN_TIME) == 0 && open.time != 0 { throw .argument }
        if open.flags & UInt32(HF_OPEN_TIME) != 0 && !Instant.isLegal(open.time) { throw .range }
        if !isText(open.tag) || !isText(open.client_id) || !isText(open.by) { throw .range }
        if open.price <= 0 || open.sl < 0 || open.tp < 0 { throw .price }
        if max(open.price, open.sl, open.tp) >= Limits.price { throw .range }
        if open.sl % market.pointee.terms.tick_size != 0
            || open.tp % market.pointee.terms.tick_size != 0
        {
            throw .grid
        }
        if open.volume <= 0 || open.volume >= Limits.volume { throw .volume }
        if open.volume % market.pointee.terms.volume_step != 0 { throw .volume }
        if open.volume < market.pointee.terms.volume_min
            || open.volume > market.pointee.terms.volume_max
        {
            throw .volume
        }
    }

    /// Takes a position over. Everything was checked; `open.position` is its id.
    /// - Returns: its slot.
    mutating func open(
        _ open: hf_open, account index: UInt32, _ market: MarketRow, _ now: Int64
    ) -> UInt32 {
        let slot = positions.take()
        let p = positions[slot]
        let hasTime = open.flags & UInt32(HF_OPEN_TIME) != 0
        p.initialize(
            to: Position(
                id: open.position, volume: open.volume, openPrice: open.price, stop: open.sl,
                target: open.tp, stopFirst: open.sl, strategy: open.strategy,
                ticket: open.ticket, magic: open.magic, opened: hasTime ? open.time : now,
                account: index, market: market.pointee.id - 1,
                side: open.side == Side.long.rawValue ? .long : .short,
                setBy: open.sl == 0 ? .none : .sl))
        if open.commission != 0 || open.swap != 0 {
            let ledger = ledgerRow(p)
            (ledger.pointee.commission, ledger.pointee.swap) = (open.commission, open.swap)
        }
        if open.tag.0 != 0 || open.client_id.0 != 0 {
            p.pointee.label = labels.take()
            labels[p.pointee.label].initialize(
                to: Label(
                    tag: unsafeBitCast(open.tag, to: Text32.self),
                    clientID: unsafeBitCast(open.client_id, to: Text40.self)))
        }
        let sign = p.pointee.sign
        var leaf = Leaf(
            down: open.sl == 0 ? .min : sign * open.sl, up: open.tp == 0 ? .max : sign * open.tp)
        if let price = market.pointee.watched(p.pointee.side) { leaf.see(price, at: now) }
        p.pointee.leaf = withBook(p) { $1.insert(&$0, leaf, slot) }
        market.pointee.positions += 1
        account(p).pointee.positions.pointee.add(1, ordering: .relaxed)
        counters.positions_opened += 1
        let event = self.event(.opened, p, now)
        event.pointee.volume = open.volume
        event.pointee.price = open.price
        event.pointee.level = open.sl
        event.pointee.by = open.by
        emit(event)
        if shared.pointee.wide.count > 0 { rescope(p) }
        return slot
    }

    /// A position as it stands.
    mutating func record(of p: Row) -> hf_position {
        var record = hf_position()
        write(p, to: &record)
        return record
    }

    mutating func write(_ p: Row, to record: UnsafeMutablePointer<hf_position>) {
        let market = market(p)
        let ledger = ledger(p)
        let leaf = leaf(p)
        let (stop, setBy) = stopInForce(p)
        let sign = p.pointee.sign
        record.blank()
        record.pointee.id = p.pointee.id
        record.pointee.account = account(p).pointee.terms.id
        record.pointee.executor = account(p).pointee.terms.executor
        record.pointee.strategy = p.pointee.strategy
        record.pointee.ticket = p.pointee.ticket
        record.pointee.magic = p.pointee.magic
        record.pointee.volume = p.pointee.volume
        record.pointee.volume_initial = ledger.volumeInitial
        record.pointee.open_price = p.pointee.openPrice
        record.pointee.average =
            p.pointee.ledger == none
            ? Int64(clamping: Int128(p.pointee.openPrice) * Int128(Limits.unit))
            : ledger.average(p.pointee.volume)
        record.pointee.sl = stop
        record.pointee.tp = p.pointee.target
        record.pointee.set_by = setBy.rawValue
        record.pointee.sl_first = p.pointee.stopFirst
        record.pointee.trailing_distance = trail(p)
        if leaf.high != .min {
            (record.pointee.mfe, record.pointee.mfe_time) = (sign * leaf.high, leaf.highTime)
            (record.pointee.mae, record.pointee.mae_time) = (sign * leaf.low, leaf.lowTime)
            record.pointee.known |= UInt32(HF_KNOWN_QUOTE)
        }
        record.pointee.opened = p.pointee.opened
        record.pointee.command = hf_command_id(
            owner: p.pointee.closeCount == 0 ? 0 : p.pointee.id, count: p.pointee.closeCount,
            epoch: p.pointee.closeEpoch)
        record.pointee.symbol = market.pointee.id
        record.pointee.side = p.pointee.side.rawValue
        record.pointee.blind = market.pointee.isBlind ? 1 : 0
        if p.pointee.label != none {
            let label = labels[p.pointee.label]
            record.pointee.tag = unsafeBitCast(
                label.pointee.tag, to: type(of: record.pointee.tag))
            record.pointee.client_id = unsafeBitCast(
                label.pointee.clientID, to: type(of: record.pointee.client_id))
        }
        fillState(record, p)
        fillMoney(record, p, market, ledger)
    }

    private mutating func fillState(_ record: UnsafeMutablePointer<hf_position>, _ p: Row) {
        record.pointee.state = PositionState.open.rawValue
        guard p.pointee.life != none, let intent = lives[p.pointee.life].pointee.intent else {
            return
        }
        if intent.isFull { record.pointee.state = PositionState.closing.rawValue }
        record.pointee.reason = intent.reason.rawValue
        record.pointee.escalated_from = intent.escalatedFrom.rawValue
        record.pointee.intent_volume =
            intent.isFull ? p.pointee.volume : min(intent.remaining, p.pointee.volume)
    }

    private mutating func fillMoney(
        _ record: UnsafeMutablePointer<hf_position>, _ p: Row, _ market: MarketRow,
        _ ledger: Ledger
    ) {
        record.pointee.realised = ledger.realised
        record.pointee.commission = ledger.commission
        record.pointee.swap = ledger.swap
        record.pointee.fee = ledger.fee
        let price = market.pointee.closingPrice(p.pointee.side)
        let worth = Int128(p.pointee.volume) * Int128(price)
        let gain = p.pointee.side == .long ? worth - ledger.cost : ledger.cost - worth
        let hasPrice = price != 0 || p.pointee.volume == 0
        let profit = hasPrice ? money(p, gain) : nil
        record.pointee.profit = profit ?? 0
        if profit != nil { record.pointee.known |= UInt32(HF_KNOWN_PROFIT) }
        let isKnown = ledger.isMoneyKnown && self.isKnown(p)
        if isKnown { record.pointee.known |= UInt32(HF_KNOWN_REALISED) }
        if isKnown && profit != nil {
            var net = record.pointee.profit
            var fits = true
            fits = Money.add(record.pointee.realised, to: &net) && fits
            fits = Money.add(record.pointee.commission, to: &net) && fits
            fits = Money.add(record.pointee.swap, to: &net) && fits
            fits = Money.add(record.pointee.fee, to: &net) && fits
            if fits {
                record.pointee.known |= UInt32(HF_KNOWN_NET)
                record.pointee.net = net
            }
        }
    }
}
