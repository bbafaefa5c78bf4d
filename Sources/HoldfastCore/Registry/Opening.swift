import CHoldfast
import HoldfastKernels

/// Positions come into the registry.
extension Stripe {
    /// Checks an open against its symbol; the account was checked by the caller.
    func check(_ open: hf_open, _ market: MarketRow) throws(Failure) {
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
                id: open.position, account: index, market: market.pointee.id - 1, leaf: none,
                side: open.side == Side.long.rawValue ? .long : .short,
                setBy: open.sl == 0 ? .none : .sl, volume: open.volume,
                volumeInitial: open.volume, cost: Int128(open.volume) * Int128(open.price),
                openPrice: open.price, stop: open.sl, target: open.tp, stopFirst: open.sl,
                strategy: open.strategy, ticket: open.ticket, magic: open.magic,
                opened: hasTime ? open.time : now, interval: 0, commission: open.commission,
                swap: open.swap, tag: unsafeBitCast(open.tag, to: Text32.self),
                clientID: unsafeBitCast(open.client_id, to: Text40.self)))
        let sign = p.pointee.sign
        var leaf = Leaf(
            down: open.sl == 0 ? .min : sign * open.sl, up: open.tp == 0 ? .max : sign * open.tp)
        if let price = market.pointee.watched(p.pointee.side) { leaf.see(price, at: now) }
        p.pointee.leaf = withBook(p) { $1.insert(&$0, leaf, slot) }
        market.pointee.positions += 1
        account(p).pointee.lock.hold { account(p).pointee.positions += 1 }
        counters.positions_opened += 1
        var event = self.event(.opened, p, now)
        event.volume = open.volume
        event.price = open.price
        event.level = open.sl
        event.by = open.by
        emit(event)
        return slot
    }

    /// A position as it stands.
    func record(of p: Row) -> hf_position {
        let market = market(p)
        let leaf = leaf(p)
        let (stop, setBy) = stopInForce(p)
        let sign = p.pointee.sign
        var record = hf_position()
        record.id = p.pointee.id
        record.account = account(p).pointee.terms.id
        record.executor = account(p).pointee.terms.executor
        record.strategy = p.pointee.strategy
        record.ticket = p.pointee.ticket
        record.magic = p.pointee.magic
        record.volume = p.pointee.volume
        record.volume_initial = p.pointee.volumeInitial
        record.open_price = p.pointee.openPrice
        record.average = p.pointee.average
        record.sl = stop
        record.tp = p.pointee.target
        record.set_by = setBy.rawValue
        record.sl_first = p.pointee.stopFirst
        record.trailing_distance = p.pointee.trail
        if leaf.high != .min {
            (record.mfe, record.mfe_time) = (sign * leaf.high, leaf.highTime)
            (record.mae, record.mae_time) = (sign * leaf.low, leaf.lowTime)
            record.known |= UInt32(HF_KNOWN_QUOTE)
        }
        record.opened = p.pointee.opened
        record.interval = p.pointee.interval
        record.command = hf_command_id(
            owner: p.pointee.closeCount == 0 ? 0 : p.pointee.id, count: p.pointee.closeCount,
            epoch: p.pointee.closeEpoch)
        record.symbol = market.pointee.id
        record.side = p.pointee.side.rawValue
        record.blind = market.pointee.isBlind ? 1 : 0
        record.tag = unsafeBitCast(p.pointee.tag, to: type(of: record.tag))
        record.client_id = unsafeBitCast(p.pointee.clientID, to: type(of: record.client_id))
        fillState(&record, p)
        fillMoney(&record, p, market)
        return record
    }

    private func fillState(_ record: inout hf_position, _ p: Row) {
        record.state = PositionState.open.rawValue
        guard p.pointee.life != none, let intent = lives[p.pointee.life].pointee.intent else {
            return
        }
        if intent.isFull { record.state = PositionState.closing.rawValue }
        record.reason = intent.reason.rawValue
        record.escalated_from = intent.escalatedFrom.rawValue
        record.intent_volume =
            intent.isFull ? p.pointee.volume : min(intent.remaining, p.pointee.volume)
    }

    private func fillMoney(_ record: inout hf_position, _ p: Row, _ market: MarketRow) {
        record.realised = p.pointee.realised
        record.commission = p.pointee.commission
        record.swap = p.pointee.swap
        record.fee = p.pointee.fee
        let price = market.pointee.closingPrice(p.pointee.side)
        let worth = Int128(p.pointee.volume) * Int128(price)
        let gain = p.pointee.side == .long ? worth - p.pointee.cost : p.pointee.cost - worth
        let hasPrice = price != 0 || p.pointee.volume == 0
        let profit = hasPrice ? money(p, gain) : nil
        record.profit = profit ?? 0
        if profit != nil { record.known |= UInt32(HF_KNOWN_PROFIT) }
        let isKnown = p.pointee.isMoneyKnown && self.isKnown(p)
        if isKnown { record.known |= UInt32(HF_KNOWN_REALISED) }
        if isKnown && profit != nil {
            var net = record.profit
            var fits = true
            fits = Money.add(record.realised, to: &net) && fits
            fits = Money.add(record.commission, to: &net) && fits
            fits = Money.add(record.swap, to: &net) && fits
            fits = Money.add(record.fee, to: &net) && fits
            if fits {
                record.known |= UInt32(HF_KNOWN_NET)
                record.net = net
            }
        }
    }
}
