import CHoldfast
import HoldfastKernels

/// Positions come into the registry.
extension Stripe {
    /// Checks an open against its symbol; the account was checked by the caller.
    mutating func check(
        _ open: inout hf_open, _ market: MarketRow, isEntry: Bool = false
    ) throws(Failure) {
        if Side(rawValue: open.side) == nil || !isZero(open.reserved) { throw .argument }
        let disaster = UInt32(HF_OPEN_DISASTER_SL) | UInt32(HF_OPEN_DISASTER_DISTANCE)
        let known =
            UInt32(HF_OPEN_INTERVAL)
            | UInt32(isEntry ? HF_OPEN_CAP_VOLUME : HF_OPEN_TIME | HF_OPEN_ADOPTED)
        if open.flags & ~(disaster | known) != 0 { throw .argument }
        if open.flags & UInt32(HF_OPEN_INTERVAL) != 0 || open.interval != 0 { throw .unsupported }
        try checkDisaster(open, market)
        if open.flags & UInt32(HF_OPEN_TIME) == 0 && open.time != 0 { throw .argument }
        if open.flags & UInt32(HF_OPEN_TIME) != 0 && !Instant.isLegal(open.time) { throw .range }
        if !isText(&open.tag) || !isText(&open.client_id) || !isText(&open.by) { throw .range }
        if isEntry && (open.price | open.commission | open.swap != 0 || open.ticket != 0) {
            throw .argument
        }
        if (open.price <= 0 && !isEntry) || open.sl < 0 || open.tp < 0 { throw .price }
        if max(open.price, open.sl, open.tp) >= Limits.price { throw .range }
        if open.sl % market.pointee.terms.tick_size != 0
            || open.tp % market.pointee.terms.tick_size != 0
        {
            throw .grid
        }
        try check(volume: open.volume, market)
    }

    mutating func check(volume: Int64, _ market: MarketRow) throws(Failure) {
        if volume <= 0 || volume >= Limits.volume { throw .volume }
        if volume % market.pointee.terms.volume_step != 0 { throw .volume }
        if volume < market.pointee.terms.volume_min || volume > market.pointee.terms.volume_max {
            throw .volume
        }
    }

    /// Takes a position over. Everything was checked; `open.position` is its id.
    /// - Parameters:
    ///   - fee: of a fill.
    ///   - flippedFrom: the position that the same fill closed.
    /// - Returns: its slot.
    mutating func open(
        _ open: hf_open, account index: UInt32, _ market: MarketRow, _ now: Int64, fee: Int64 = 0,
        flippedFrom: UInt64 = 0
    ) -> UInt32 {
        let (slot, p) = place(open, account: index, market, now)
        groups[p.pointee.group].pointee.count += 1
        add(volume: open.volume, cost: Int128(open.volume) * Int128(open.price), to: p)
        let costs = Costs(commission: open.commission, swap: open.swap, fee: fee)
        if flippedFrom != 0 || costs.sum != 0 || open.commission != 0 || open.swap != 0 {
            let ledger = ledgerRow(p)
            (ledger.pointee.open, ledger.pointee.flippedFrom) = (costs, flippedFrom)
            add(volume: 0, cost: 0, costs: costs.sum, to: p)
        }
        let isAdopted = open.flags & UInt32(HF_OPEN_ADOPTED) != 0
        if open.flags & UInt32(HF_OPEN_TIME) != 0 && (isAdopted || open.time < now) {
            touch(p, now)
            ledgerRow(p).pointee.since = isAdopted ? open.time : now
            ledgerRow(p).pointee.isAdopted = isAdopted
        }
        keep(disasterOf: open, p)
        start(p, unsafeBitCast(open.by, to: Text32.self), now)
        place(disaster: p, now)
        if shared.pointee.wide.count > 0 { rescope(p) }
        return slot
    }

    /// A position begins to be open: it is watched from now on.
    mutating func start(_ p: Row, _ by: Text32, _ now: Int64) {
        let (market, slot) = (market(p), slot(of: p))
        let (stop, target, sign) = (p.pointee.stop, p.pointee.target, p.pointee.sign)
        var leaf = Leaf(
            down: stop == 0 ? .min : sign * stop, up: target == 0 ? .max : sign * target)
        if let price = market.pointee.watched(p.pointee.side) { leaf.see(price, at: now) }
        let old = p.pointee.leaf
        p.pointee.leaf = withBook(p) {
            if old != none { $1.remove(&$0, old) }
            return $1.insert(&$0, leaf, slot)
        }
        account(p).pointee.positions.pointee.add(1, ordering: .relaxed)
        counters.positions_opened += 1
        let event = self.event(.opened, p, now)
        event.pointee.volume = p.pointee.volume
        event.pointee.price = p.pointee.openPrice
        event.pointee.level = stop
        event.pointee.by = unsafeBitCast(by, to: type(of: event.pointee.by))
        let ledger = ledger(p)
        if ledger.pointee.isSlippageKnown {
            (event.pointee.slippage, event.pointee.known) = (
                ledger.pointee.slippageEntry, UInt32(HF_KNOWN_SLIPPAGE)
            )
        }
        emit(event)
    }

    /// The row of a position.
    mutating func place(
        _ open: hf_open, account index: UInt32, _ market: MarketRow, _ now: Int64
    ) -> (UInt32, Row) {
        let slot = positions.take()
        let p = positions[slot]
        let side: Side = open.side == Side.long.rawValue ? .long : .short
        let hasTime = open.flags & UInt32(HF_OPEN_TIME) != 0
        p.initialize(
            to: Position(
                id: open.position, volume: open.volume, openPrice: open.price, stop: open.sl,
                target: open.tp, stopFirst: open.sl, strategy: open.strategy,
                ticket: open.ticket, magic: open.magic, opened: hasTime ? open.time : now,
                group: groupSlot(index, market, side),
                market: market.pointee.id - 1, side: side,
                setBy: open.sl == 0 ? .none : .sl))
        market.pointee.positions += 1
        if open.tag.0 != 0 || open.client_id.0 != 0 {
            p.pointee.label = labels.take()
            labels[p.pointee.label].initialize(
                to: Label(
                    tag: unsafeBitCast(open.tag, to: Text32.self),
                    clientID: unsafeBitCast(open.client_id, to: Text40.self)))
        }
        return (slot, p)
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
        let (stop, setBy) = stopInForce(p, leaf)
        let sign = p.pointee.sign
        record.blank()
        record.pointee.id = p.pointee.id
        record.pointee.account = account(p).pointee.terms.id
        record.pointee.executor = account(p).pointee.terms.executor
        record.pointee.strategy = p.pointee.strategy
        record.pointee.ticket = p.pointee.ticket
        record.pointee.magic = p.pointee.magic
        record.pointee.volume = p.pointee.volume
        record.pointee.volume_initial = ledger.pointee.volumeInitial
        record.pointee.flipped_from = ledger.pointee.flippedFrom
        record.pointee.open_price = p.pointee.openPrice
        record.pointee.average =
            p.pointee.ledger == none
            ? Int64(clamping: Int128(p.pointee.openPrice) * Int128(Limits.unit))
            : ledger.pointee.average(p.pointee.volume)
        record.pointee.sl = stop
        record.pointee.tp = p.pointee.target
        record.pointee.set_by = setBy.rawValue
        record.pointee.sl_first = p.pointee.stopFirst
        record.pointee.trailing_distance = trail(p)
        if leaf.high != .min {
            (record.pointee.mfe, record.pointee.mfe_time) = (sign * leaf.high, leaf.highTime)
            (record.pointee.mae, record.pointee.mae_time) = (sign * leaf.low, leaf.lowTime)
        }
        record.pointee.known = leaf.high == .min ? 0 : UInt32(HF_KNOWN_QUOTE)
        record.pointee.opened = p.pointee.opened
        if let disaster = disaster(p)?.pointee {
            record.pointee.disaster_sl = disaster.fixed
            record.pointee.disaster_distance = disaster.distance
            record.pointee.disaster_placed = disaster.placed
        }
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
        record.pointee.state = state(p).rawValue
        guard p.pointee.life != none, let intent = lives[p.pointee.life].pointee.intent else {
            return
        }
        record.pointee.reason = intent.reason.rawValue
        record.pointee.escalated_from = intent.escalatedFrom.rawValue
        record.pointee.intent_volume =
            intent.isFull ? p.pointee.volume : min(intent.remaining, p.pointee.volume)
    }

    private mutating func fillMoney(
        _ record: UnsafeMutablePointer<hf_position>, _ p: Row, _ market: MarketRow,
        _ ledger: UnsafePointer<Ledger>
    ) {
        var costs = Costs(
            commission: ledger.pointee.commission, swap: ledger.pointee.swap,
            fee: ledger.pointee.fee)
        let fits = costs.add(ledger.pointee.open)
        (record.pointee.commission, record.pointee.swap) = (costs.commission, costs.swap)
        record.pointee.fee = costs.fee
        record.pointee.exit_average = Ledger.average(
            ledger.pointee.exits,
            ledger.pointee.volumeInitial - p.pointee.volume - ledger.pointee.lost.volume)
        record.pointee.slippage_entry = ledger.pointee.slippageEntry
        if ledger.pointee.isSlippageKnown { record.pointee.known |= UInt32(HF_KNOWN_ENTRY) }
        // A word of its own: one that was written by bytes is read late.
        var known = record.pointee.known
        defer { record.pointee.known = known }
        let price = market.pointee.closingPrice(p.pointee.side)
        let gain = gain(p, at: price)
        // What is not open makes no profit, in any currency.
        let profit = p.pointee.isPending ? 0 : price == 0 ? nil : money(p, gain)
        if price != 0, !p.pointee.isPending, let percent = percent(p, gain, at: price) {
            record.pointee.profit_percent = percent
            known |= UInt32(HF_KNOWN_PERCENT)
        }
        record.pointee.profit = profit ?? 0
        if profit != nil { known |= UInt32(HF_KNOWN_PROFIT) }
        let isKnown = ledger.pointee.isBookKnown && fits
        record.pointee.realised = isKnown ? ledger.pointee.realised : 0
        if isKnown { known |= UInt32(HF_KNOWN_REALISED) }
        if isKnown && profit != nil {
            var net = record.pointee.profit
            var fits = true
            fits = Money.add(record.pointee.realised, to: &net) && fits
            fits = Money.add(record.pointee.commission, to: &net) && fits
            fits = Money.add(record.pointee.swap, to: &net) && fits
            fits = Money.add(record.pointee.fee, to: &net) && fits
            if fits {
                known |= UInt32(HF_KNOWN_NET)
                record.pointee.net = net
            }
        }
    }
}
