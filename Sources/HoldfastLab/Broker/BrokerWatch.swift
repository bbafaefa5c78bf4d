import CHoldfast

/// A deal that nobody asked for, and when it may be told.
struct BrokerNews {
    var deal: BrokerDeal
    var ready: Int64
}

/// Where a person trades.
struct BrokerDesk: Equatable {
    var account: UInt64
    var symbol: UInt32
    var name: String
}

/// What happens at the venue without a command: stops fire, and a person at the terminal trades.
extension Broker {
    func meet(_ command: hf_command) {
        if settings.handOpens == 0 || command.symbol == 0 { return }
        let desk = BrokerDesk(
            account: command.account, symbol: command.symbol,
            name: FixedText.read(command.symbol_name))
        if !desks.contains(desk) { desks.append(desk) }
    }

    func advance(to time: Int64) {
        if now == Int64.min { now = time }
        if time <= now { return }
        let before = now
        trade(byHandAfter: before, through: time)
        for place in positions.live { watch(place, through: time) }
        now = time
        positions.forget(before: time)
        tape?.forget(before: time)
        bookPast()
    }

    /// Fires the stops of a position on the quotes that are not looked at yet.
    func watch(_ place: Int, through time: Int64) {
        let position = positions[place]
        guard position.settled < time, position.isOpen else { return }
        defer { positions[place].settled = max(positions[place].settled, time) }
        guard position.last.sl != 0 || position.last.tp != 0, let tape else { return }
        let markup = terms(of: position.name).markup
        let quotes = tape.quotes(of: position.name, after: position.settled, through: time)
        for quote in quotes {
            guard
                let (price, isStop) = position.breach(
                    bid: quote.bid - markup, ask: quote.ask + markup)
            else { continue }
            let reason = isStop ? HF_DEAL_SL : HF_DEAL_TP
            return closeUnasked(place, at: quote.time, price: price, reason: UInt8(reason))
        }
    }

    private func closeUnasked(_ place: Int, at time: Int64, price: Int64, reason: UInt8) {
        let position = positions[place]
        var deal = BrokerDeal(
            number: freshNumber, account: position.account, position: position.id, command: "",
            volume: position.last.volume, price: max(1, price), time: time)
        deal.reason = reason
        deal = settle(place, deal)
        var faults = BrokerFaults(deal.number, "unasked", seed: seed)
        let delay = 1_000_000 + faults.below(50_000_000)
        // Of a position that nobody there has named, only snapshots tell.
        if faults.chance(settings.stopUntold) || !position.isNamed { return }
        news.append(BrokerNews(deal: deal, ready: time + delay))
    }

    /// With the answers to whatever was asked next.
    func tellNews(at time: Int64) -> [BrokerAnswer] {
        defer { news.removeAll() }
        return news.map { item in
            BrokerAnswer(time: max(time, item.ready), content: .deal(record(of: item.deal)))
        }
    }

    // MARK: by hand

    private func trade(byHandAfter start: Int64, through end: Int64) {
        if settings.handOpens == 0 && settings.handCloses == 0 { return }
        for minute in start / BrokerOutages.minute...end / BrokerOutages.minute {
            var draw = BrokerFaults(UInt64(bitPattern: minute), "hand", seed: seed)
            let time = minute * BrokerOutages.minute + draw.below(BrokerOutages.minute)
            let opens = draw.chance(settings.handOpens)
            let closes = draw.chance(settings.handCloses)
            guard start < time, time <= end, outages.outage(at: time) == nil else { continue }
            if opens { openByHand(at: time, &draw) }
            if closes { closeByHand(at: time, &draw) }
        }
    }

    private func openByHand(at time: Int64, _ draw: inout BrokerFaults) {
        let hedging = desks.filter { !isNetting($0.account) }
        guard !hedging.isEmpty else { return }
        let desk = hedging[Int(draw.below(Int64(hedging.count)))]
        guard let quote = tape?.quote(of: desk.name, at: time) else { return }
        let terms = terms(of: desk.name)
        let isLong = draw.chance(500_000)
        let volume = terms.volumeMin + draw.below(5) * terms.volumeStep
        let price = isLong ? quote.ask + terms.markup : max(1, quote.bid - terms.markup)
        renewed += 1
        var phase = BrokerPosition.Phase(
            from: time, ticket: 1 << 51 | renewed, volume: volume,
            cost: Int128(price) * Int128(volume))
        phase.commission = commission(volume)
        var deal = BrokerDeal(
            number: freshNumber, account: desk.account, position: 0, command: "", volume: volume,
            price: price, time: time)
        (deal.entry, deal.ticket, deal.commission) = (.opens, phase.ticket, phase.commission)
        add(
            BrokerPosition(
                account: desk.account, symbol: desk.symbol, name: desk.name, isLong: isLong, id: 0,
                comment: "terminal-\(renewed)", magic: 0, first: phase))
        book.add(deal)
    }

    private func closeByHand(at time: Int64, _ draw: inout BrokerFaults) {
        let open = positions.live.filter {
            positions[$0].isOpen && positions[$0].settled < time && positions[$0].opened < time
        }
        guard !open.isEmpty else { return }
        let place = open[Int(draw.below(Int64(open.count)))]
        watch(place, through: time)
        guard positions[place].isOpen,
            let quote = tape?.quote(of: positions[place].name, at: time)
        else { return }
        let markup = terms(of: positions[place].name).markup
        let price = positions[place].isLong ? quote.bid - markup : quote.ask + markup
        closeUnasked(place, at: time, price: price, reason: UInt8(HF_DEAL_CLIENT))
    }
}
