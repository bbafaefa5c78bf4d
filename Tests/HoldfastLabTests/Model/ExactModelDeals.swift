import CHoldfast

extension ExactModel {
    // MARK: Deals

    func deal(_ deal: hf_deal, now: Int64) -> Int32 {
        events = []
        return apply(deal, now: now)
    }

    /// The same inside a snapshot.
    func apply(_ deal: hf_deal, now: Int64) -> Int32 {
        guard accounts[deal.account] != nil else { return Int32(HF_E_ACCOUNT) }
        let found =
            deal.position != 0
            ? position(deal.position)
            : positions.last {
                $0.account == deal.account && $0.ticket == deal.ticket && $0.ticket != 0
            }
        guard let position = found else { return Int32(HF_E_POSITION) }
        guard position.account == deal.account else { return Int32(HF_E_ACCOUNT) }
        guard deal.volume > 0 else { return Int32(HF_E_VOLUME) }
        guard deal.price > 0 else { return Int32(HF_E_PRICE) }
        var fill = ModelFill()
        fill.number = deal.deal
        fill.present = deal.present
        fill.volume = deal.volume
        fill.price = deal.price
        (fill.profit, fill.commission, fill.swap, fill.fee) =
            (deal.profit, deal.commission, deal.swap, deal.fee)
        let time = stamp(position.symbol, now)
        if let status = known(position, fill, at: time) { return status }
        // A deal without a number is never recognised.
        let loose = fill.number == 0 ? 0 : position.unmatched(of: nil)
        guard fill.volume > 0, fill.volume <= position.volume + loose else {
            return Int32(HF_E_VOLUME)
        }
        remember(position, fill)
        if fill.number != 0 { fill.less(match(position, fill, of: nil, at: time)) }
        if fill.volume == 0 { return 0 }
        if Int(deal.reason) == HF_DEAL_CLIENT {
            client(position, fill, at: time)
        } else {
            let reasons = [HF_DEAL_SL: HF_REASON_SL, HF_DEAL_TP: HF_REASON_TP]
            outside(position, fill, reasons[Int(deal.reason)] ?? HF_REASON_EXTERNAL, at: time)
        }
        return 0
    }

    private func client(_ position: ModelPosition, _ fill: ModelFill, at time: Int64) {
        var fill = fill
        if fill.number == 0 { fill.number = .max }
        if let live = position.live, live.isOut {
            execute(position, live, fill, at: time)
        } else if let ended = latestNo(position) {
            execute(position, ended, fill, at: time)
        } else {
            outside(position, fill, HF_REASON_EXTERNAL, at: time)
        }
    }

    /// The latest command of the live intent, where the broker said no to it or none was found.
    private func latestNo(_ position: ModelPosition) -> ModelCommand? {
        guard let intent = position.intent else { return nil }
        let latest = position.live.map { command($0.parent) } ?? intent.latest
        guard let latest, latest.intent === intent else { return nil }
        let isNo = latest.state == HF_COMMAND_REJECTED || latest.state == HF_COMMAND_FAILED
        return isNo ? latest : nil
    }

    /// A change of the position that no command of ours made.
    private func outside(
        _ position: ModelPosition, _ fill: ModelFill, _ reason: Int, at time: Int64
    ) {
        position.lastTold = nil
        book(position, fill, reason: reason, from: 0, slippage: nil, at: time)
        shrink(position, at: time)
    }

    /// What nobody has taken yet asks for no more than is there.
    func shrink(_ position: ModelPosition, at time: Int64) {
        guard position.isOpen, let intent = position.intent else { return }
        if let live = position.live, live.state == HF_COMMAND_PENDING,
            live.volume > (intent.isFull ? position.volume : min(intent.left, position.volume))
        {
            set(live, HF_COMMAND_SUPERSEDED, at: time)
            position.live = nil
            intent.left = min(intent.left, position.volume)
            let price = symbols[position.symbol].price(position.side)
            make(position, price, at: time, parent: live.id, attempt: live.attempt)
        }
    }

    /// Takes what an ack without a number has booked already; gives the volume found.
    func match(_ position: ModelPosition, _ fill: ModelFill, of command: ModelID?, at time: Int64)
        -> Int64
    {
        let before = position.realised
        let costs = position.bookedCosts
        let told = take(position, fill.volume, of: command)
        if told.volume == 0 { return 0 }
        position.changed = max(position.changed, time)
        if fill.has(HF_HAS_PROFIT), told.volume == fill.volume {
            position.realised += fill.profit - told.booked
        } else {
            let move = Int128(fill.price) * Int128(told.volume) - told.cost
            position.realised += money(move * Int128(position.side.rawValue), position.symbol)
        }
        if fill.has(HF_HAS_COMMISSION) { position.commission += fill.commission - told.commission }
        if fill.has(HF_HAS_SWAP) { position.swap += fill.swap - told.swap }
        if fill.has(HF_HAS_FEE) { position.fee += fill.fee - told.fee }
        if let last = position.lastTold, told.commands.contains(last) {
            position.closePrice = fill.price
        }
        if position.realised != before, isMoneyKnown(position) {
            change(position, HF_WHAT_PROFIT, before, position.realised, at: time)
        }
        let sum = position.bookedCosts
        if sum != costs { change(position, HF_WHAT_COSTS, costs, sum, at: time) }
        return told.volume
    }

    private func change(
        _ position: ModelPosition, _ what: Int, _ old: Int64, _ new: Int64, at time: Int64
    ) {
        var event = ModelEvent(kind: HF_EVENT_CHANGED, time: time, position: position.id)
        event.what = what
        (event.old, event.new) = (old, new)
        events.append(event)
    }

    /// Takes volume out of what acks told, the oldest first, each part with its share of the money.
    private func take(_ position: ModelPosition, _ volume: Int64, of command: ModelID?)
        -> ModelTold
    {
        var told = ModelTold()
        while told.volume < volume,
            let place = position.unmatched.firstIndex(where: {
                command == nil || $0.command == command
            })
        {
            let first = position.unmatched[place]
            let part = min(volume - told.volume, first.volume)
            func share(_ whole: Int64) -> Int64 {
                Int64(Int128(whole) * Int128(part) / Int128(first.volume))
            }
            let booked = share(first.booked)
            let (commission, swap, fee) = (
                share(first.commission), share(first.swap), share(first.fee)
            )
            told.volume += part
            told.commands.append(first.command)
            told.cost += Int128(first.price) * Int128(part)
            told.booked += booked
            (told.commission, told.swap, told.fee) =
                (told.commission + commission, told.swap + swap, told.fee + fee)
            if part == first.volume {
                position.unmatched.remove(at: place)
                continue
            }
            position.unmatched[place].volume -= part
            position.unmatched[place].booked -= booked
            position.unmatched[place].commission -= commission
            position.unmatched[place].swap -= swap
            position.unmatched[place].fee -= fee
        }
        return told
    }
}

/// What acks told of one deal.
private struct ModelTold {
    var volume: Int64 = 0
    var commands: [ModelID] = []
    var cost: Int128 = 0
    var booked: Int64 = 0
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0
}
