import CHoldfast

extension ExactModel {
    // MARK: Deals

    func deal(_ deal: hf_deal, now: Int64) -> Int32 {
        events = []
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
        if fill.number != 0 { fill.volume -= match(position, fill, of: nil, at: time) }
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
        book(position, fill, reason: reason, from: 0, slippage: nil, at: time)
        shrink(position, at: time)
    }

    /// What nobody has taken yet asks for no more than is there.
    func shrink(_ position: ModelPosition, at time: Int64) {
        guard position.isOpen, let intent = position.intent else { return }
        if let live = position.live, live.state == HF_COMMAND_PENDING,
            live.volume > position.volume
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
        var left = fill.volume
        var total: Int64 = 0
        let before = position.realised
        let costs = position.commission + position.swap + position.fee
        defer {
            let sum = position.commission + position.swap + position.fee
            if sum != costs {
                var event = ModelEvent(kind: HF_EVENT_CHANGED, time: time, position: position.id)
                event.what = HF_WHAT_COSTS
                (event.old, event.new) = (costs, sum)
                events.append(event)
            }
            if position.realised != before, isMoneyKnown(position) {
                var event = ModelEvent(kind: HF_EVENT_CHANGED, time: time, position: position.id)
                event.what = HF_WHAT_PROFIT
                event.old = before
                event.new = position.realised
                events.append(event)
            }
        }
        while left > 0,
            let place = position.unmatched.firstIndex(where: {
                command == nil || $0.command == command
            })
        {
            let first = position.unmatched[place]
            let volume = min(left, first.volume)
            if fill.has(HF_HAS_PROFIT) {
                position.realised += fill.profit - first.booked
            } else {
                let move = Int128(fill.price - first.price) * Int128(volume)
                position.realised += money(move * Int128(position.side.rawValue), position.symbol)
            }
            if fill.has(HF_HAS_COMMISSION) {
                position.commission += fill.commission - first.commission
            }
            if fill.has(HF_HAS_SWAP) { position.swap += fill.swap - first.swap }
            if fill.has(HF_HAS_FEE) { position.fee += fill.fee - first.fee }
            position.closePrice = fill.price
            left -= volume
            total += volume
            if volume == first.volume {
                position.unmatched.remove(at: place)
            } else {
                position.unmatched[place].volume -= volume
            }
        }
        return total
    }
}
