import CHoldfast

/// What an order came to.
struct BrokerFill {
    /// nil: nothing was traded, only levels were changed.
    var deal: BrokerDeal?
    /// 1e-8 lot, of the order: on a netting account a turn is two deals.
    var volume: Int64 = 0
    /// What the position is called from now on; 0: as before.
    var ticket: UInt64 = 0
}

enum BrokerOutcome {
    case refused(UInt32)
    case done(BrokerFill)
}

/// Orders at the venue's own books, each at its end.
extension Broker {
    private enum Code {
        static let invalidStops: UInt32 = 10016
        static let noChange: UInt32 = 10025
        static let frozen: UInt32 = 10029
        static let noPosition: UInt32 = 10036
        static let tooMuch: UInt32 = 10038
    }

    /// What a snapshot needs to arrive.
    private static let soon: Int64 = 1_000_000_000

    func isNetting(_ account: UInt64) -> Bool { settings.netting.contains(account) }

    private func place(of command: hf_command) -> Int? {
        isNetting(command.account)
            ? positions.net(command.account, FixedText.read(command.symbol_name))
            : positions.find(command.ticket)
    }

    /// What came earlier for the same position is done first.
    func settled(before command: hf_command) -> Int64 {
        var settled = Int64.min
        if let place = place(of: command) { settled = positions[place].settled }
        if Int(command.action) == HF_ACTION_CLOSE_BY,
            let other = positions.find(command.with_ticket)
        {
            settled = max(settled, positions[other].settled)
        }
        return settled
    }

    func work(
        _ command: hf_command, _ fate: BrokerFate, _ volume: Int64, _ end: Int64
    ) -> BrokerOutcome {
        switch Int(command.action) {
        case HF_ACTION_OPEN: return open(command, fate, volume, end)
        case HF_ACTION_MODIFY: return modify(command, end)
        case HF_ACTION_CLOSE_BY: return closeBy(command, end)
        default: break
        }
        if isNetting(command.account) { return closeNet(command, fate, volume, end) }
        guard let place = place(of: command) else {
            if settings.isTrusting && !positions.isKnown(command.ticket) {
                return .done(trusted(command, fate, volume, end))
            }
            countRepeat(command, end)
            return .refused(Code.noPosition)
        }
        learn(place, command)
        return close(place, command, fate, volume, end)
    }

    /// One whose last close the host had asked for by another command is closed twice by it.
    private func countRepeat(_ command: hf_command, _ end: Int64) {
        guard let place = positions.any(command.ticket), !positions[place].isOpen,
            let ended = closers[place]
        else { return }
        // The other one was still at work, or had just ended: whoever asked could not know.
        if command.sent <= ended + Self.soon {
            book.repeats += 1
        } else {
            book.note(excess: command, open: 0, at: end)
        }
    }

    /// A position that the host put in by itself: its books are what is executed for it.
    private func trusted(
        _ command: hf_command, _ fate: BrokerFate, _ volume: Int64, _ end: Int64
    ) -> BrokerFill {
        let tick = terms(of: command).tickSize
        let slip = slippage(of: command.price, fate, tick)
        // Closing a long sells, so worse is lower.
        let price = command.side == UInt8(HF_LONG) ? command.price - slip : command.price + slip
        var deal = self.deal(of: command, volume, max(price, tick), end)
        deal.commission = commission(volume)
        deal.ticket = command.ticket
        book.add(deal)
        return BrokerFill(deal: deal, volume: volume)
    }

    // MARK: hedging

    private func close(
        _ place: Int, _ command: hf_command, _ fate: BrokerFate, _ volume: Int64, _ end: Int64
    ) -> BrokerOutcome {
        watch(place, through: end)
        guard positions[place].isOpen else { return .refused(Code.noPosition) }
        if isFrozen(place, end) { return .refused(Code.frozen) }
        if volume > positions[place].last.volume {
            book.note(excess: command, open: positions[place].last.volume, at: end)
            return .refused(Code.tooMuch)
        }
        let isSale = positions[place].isLong
        guard let price = price(command, isSale: isSale, fate, end) else {
            return .refused(UInt32(HF_RETCODE_REQUOTE))
        }
        let deal = settle(place, self.deal(of: command, volume, price, end))
        let ticket = positions[place].isOpen ? positions[place].last.ticket : 0
        return .done(
            BrokerFill(deal: deal, volume: volume, ticket: ticket == command.ticket ? 0 : ticket))
    }

    private func open(
        _ command: hf_command, _ fate: BrokerFate, _ volume: Int64, _ end: Int64
    ) -> BrokerOutcome {
        let isLong = command.side == UInt8(HF_LONG)
        guard let price = price(command, isSale: !isLong, fate, end) else {
            return .refused(UInt32(HF_RETCODE_REQUOTE))
        }
        if isNetting(command.account) {
            return .done(trade(command, isBuy: isLong, volume, price, end))
        }
        return .done(begin(command, isLong: isLong, volume, price, end))
    }

    private func modify(_ command: hf_command, _ end: Int64) -> BrokerOutcome {
        guard let place = place(of: command) else {
            return settings.isTrusting && !positions.isKnown(command.ticket)
                ? .done(BrokerFill()) : .refused(Code.noPosition)
        }
        learn(place, command)
        watch(place, through: end)
        guard positions[place].isOpen else { return .refused(Code.noPosition) }
        let last = positions[place].last
        if last.sl == command.sl && last.tp == command.tp { return .refused(Code.noChange) }
        if isFrozen(place, end) { return .refused(Code.frozen) }
        if isTooClose(place, command, end) { return .refused(Code.invalidStops) }
        positions[place].change(at: end) { ($0.sl, $0.tp) = (command.sl, command.tp) }
        return .done(BrokerFill())
    }

    /// Both at the open price of the other one.
    private func closeBy(_ command: hf_command, _ end: Int64) -> BrokerOutcome {
        guard let first = positions.find(command.ticket),
            let second = positions.find(command.with_ticket)
        else { return .refused(Code.noPosition) }
        watch(first, through: end)
        watch(second, through: end)
        guard positions[first].isOpen, positions[second].isOpen,
            positions[first].isLong != positions[second].isLong,
            positions[first].name == positions[second].name,
            positions[first].account == positions[second].account
        else { return .refused(Code.noPosition) }
        let prices = (positions[first].last.price, positions[second].last.price)
        let volume = min(positions[first].last.volume, positions[second].last.volume)
        if command.volume > volume {
            book.note(excess: command, open: volume, at: end)
            return .refused(Code.tooMuch)
        }
        let deal = settle(first, self.deal(of: command, command.volume, prices.1, end))
        var other = self.deal(of: command, command.volume, prices.1, end)
        (other.number, other.position) = (freshNumber, positions[second].id)
        _ = settle(second, other)
        return .done(BrokerFill(deal: deal, volume: command.volume))
    }

    // MARK: netting

    /// A close is an order the other way: where nothing is open it opens the reverse.
    private func closeNet(
        _ command: hf_command, _ fate: BrokerFate, _ volume: Int64, _ end: Int64
    ) -> BrokerOutcome {
        let isBuy = command.side == UInt8(HF_SHORT)
        let place = place(of: command)
        if let place {
            watch(place, through: end)
            if isFrozen(place, end) { return .refused(Code.frozen) }
        }
        guard let price = price(command, isSale: !isBuy, fate, end) else {
            return .refused(UInt32(HF_RETCODE_REQUOTE))
        }
        let open = place.map { positions[$0] }
        let isReverse = open.map { !$0.isOpen || $0.isLong == isBuy } ?? true
        if isReverse || volume > open?.last.volume ?? 0 {
            book.note(excess: command, open: isReverse ? 0 : open?.last.volume ?? 0, at: end)
            book.reversals += 1
        }
        return .done(trade(command, isBuy: isBuy, volume, price, end))
    }

    private func trade(
        _ command: hf_command, isBuy: Bool, _ volume: Int64, _ price: Int64, _ end: Int64
    ) -> BrokerFill {
        guard let place = place(of: command) else {
            return begin(command, isLong: isBuy, volume, price, end)
        }
        watch(place, through: end)
        let open = positions[place]
        if !open.isOpen { return begin(command, isLong: isBuy, volume, price, end) }
        if open.isLong == isBuy {
            positions[place].change(at: end) { phase in
                phase.volume += volume
                phase.cost += Int128(price) * Int128(volume)
                phase.commission += commission(volume)
            }
            var deal = self.deal(of: command, volume, price, end)
            (deal.entry, deal.commission) = (.opens, commission(volume))
            deal.ticket = open.last.ticket
            book.add(deal)
            book.lives[place].opened += volume
            return BrokerFill(deal: deal, volume: volume, ticket: open.last.ticket)
        }
        let part = min(volume, open.last.volume)
        let deal = settle(place, self.deal(of: command, part, price, end))
        if part == volume { return BrokerFill(deal: deal, volume: volume) }
        var fill = begin(command, isLong: isBuy, volume - part, price, end)
        fill.deal = deal
        fill.volume = volume
        return fill
    }

    // MARK: prices

    /// - Returns: nil when the price has moved by more than the command allows.
    private func price(
        _ command: hf_command, isSale: Bool, _ fate: BrokerFate, _ time: Int64
    ) -> Int64? {
        let terms = terms(of: command)
        var price = command.price
        if let quote = tape?.quote(of: FixedText.read(command.symbol_name), at: time) {
            price = isSale ? quote.bid - terms.markup : quote.ask + terms.markup
        }
        let slip = slippage(of: price, fate, terms.tickSize)
        price = max(terms.tickSize, isSale ? price - slip : price + slip)
        let isFar = command.price > 0 && abs(price - command.price) > Int64(command.deviation)
        return command.deviation > 0 && isFar ? nil : price
    }

    /// Points on the tick grid, adverse positive.
    private func slippage(of price: Int64, _ fate: BrokerFate, _ tick: Int64) -> Int64 {
        let points = proportion(price, fate.slippage, 1_000_000_000)
        return points - points % tick
    }

    /// The price at which it would be closed, times its sign, less a level times its sign.
    private func room(_ place: Int, to level: Int64, _ time: Int64) -> Int64? {
        let position = positions[place]
        guard let quote = tape?.quote(of: position.name, at: time) else { return nil }
        let terms = terms(of: position.name)
        return position.isLong
            ? quote.bid - terms.markup - level : level - quote.ask - terms.markup
    }

    private func isFrozen(_ place: Int, _ time: Int64) -> Bool {
        let (last, freeze) = (positions[place].last, terms(of: positions[place].name).freezeLevel)
        if freeze == 0 { return false }
        return [last.sl, last.tp].contains { level in
            level != 0 && (room(place, to: level, time).map { abs($0) <= freeze } ?? false)
        }
    }

    private func isTooClose(_ place: Int, _ command: hf_command, _ time: Int64) -> Bool {
        let least = terms(of: positions[place].name).stopsLevel
        let isBad = { (level: Int64, sign: Int64) in
            level != 0
                && (self.room(place, to: level, time).map { sign * $0 <= 0 || abs($0) < least }
                    ?? false)
        }
        return isBad(command.sl, 1) || isBad(command.tp, -1)
    }
}
