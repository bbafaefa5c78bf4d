import CHoldfast

/// A closing fill, from an ack or a deal.
struct Fill {
    var volume: Int64
    var price: Int64
    var deal: UInt64 = 0
    /// Told by an ack: without a deal number its volume stays unmatched.
    var isAck = false
    /// Whose told volume it may be the deal of.
    var toldBy = ToldBy.nobody
    /// The command that an ack without a deal is of: what it told is kept there.
    var command = hf_command_id()
    /// The broker's own figure, when given.
    var profit: Int64?
    var commission: Int64?
    var swap: Int64?
    var fee: Int64?

    init(volume: Int64, price: Int64) { (self.volume, self.price) = (volume, price) }
}

/// Fills change positions: volume, cost, money; what of them an earlier ack already told only
/// corrects the books.
extension Stripe {
    /// Takes a fill out of the position.
    /// - Returns: the volume that was taken out.
    mutating func book(_ p: Row, _ fill: Fill, _ reason: Reason, _ now: Int64) -> Int64 {
        let volume = fill.volume
        if volume == 0 || !holds(volume <= p.pointee.volume) { return 0 }
        let ledger = ledgerRow(p)
        let removed =
            volume == p.pointee.volume
            ? ledger.pointee.cost : Share.of(ledger.pointee.cost, volume, p.pointee.volume)
        let exit = Int128(volume) * Int128(fill.price)
        let gain = p.pointee.side == .long ? exit - removed : removed - exit
        let ours = money(p, gain)
        let old = p.pointee.volume
        p.pointee.volume -= volume
        ledger.pointee.cost -= removed
        let profit = fill.profit ?? ours
        settleMoney(p, profit, fill)
        if let told = fill.profit, let ours, told != ours {
            changed(p, .profit, old: ours, new: told, reason, now)
        }
        ledger.pointee.lastTold = fill.deal == 0 && fill.isAck ? fill.command.count : 0
        if ledger.pointee.lastTold != 0 { keepUnmatched(p, fill, profit) }
        if p.pointee.volume > 0 {
            changed(p, .volume, old: old, new: p.pointee.volume, reason, now)
        }
        return volume
    }

    private mutating func settleMoney(_ p: Row, _ profit: Int64?, _ fill: Fill) {
        let booked = Booked(
            profit: profit ?? 0, commission: fill.commission ?? 0, swap: fill.swap ?? 0,
            fee: fill.fee ?? 0)
        if profit == nil { ledgerRow(p).pointee.isMoneyKnown = false }
        add(booked, to: ledgerRow(p))
        credit(booked, account(p), isKnown: profit != nil)
    }

    /// Sums that do not fit are unknown from then on, never wrapped.
    private mutating func add(_ booked: Booked, to ledger: UnsafeMutablePointer<Ledger>) {
        var fits = Money.add(booked.profit, to: &ledger.pointee.realised)
        fits = Money.add(booked.commission, to: &ledger.pointee.commission) && fits
        fits = Money.add(booked.swap, to: &ledger.pointee.swap) && fits
        fits = Money.add(booked.fee, to: &ledger.pointee.fee) && fits
        if !fits { ledger.pointee.isMoneyKnown = false }
    }

    /// What a deal brings goes to the balance: profit and its own costs.
    mutating func credit(_ booked: Booked, _ account: UnsafeMutablePointer<Account>, isKnown: Bool)
    {
        account.pointee.lock.hold {
            var fits = isKnown
            fits = Money.add(booked.profit, to: &account.pointee.balance) && fits
            fits = Money.add(booked.commission, to: &account.pointee.balance) && fits
            fits = Money.add(booked.swap, to: &account.pointee.balance) && fits
            fits = Money.add(booked.fee, to: &account.pointee.balance) && fits
            if !fits { account.pointee.isMoneyKnown = false }
        }
    }

    /// How much of a fill an ack has told already.
    mutating func matched(_ p: Row, _ fill: Fill) -> Int64 {
        let unmatched = ledger(p).unmatched
        if unmatched == 0 { return 0 }
        let account = account(p)
        return account.pointee.lock.hold {
            account.pointee.finished.matched(fill, unmatched, newest: newest(p))
        }
    }

    mutating func newest(_ p: Row) -> hf_command_id {
        hf_command_id(
            owner: p.pointee.id, count: p.pointee.commandCount, epoch: shared.pointee.config.epoch)
    }

    private mutating func keepUnmatched(_ p: Row, _ fill: Fill, _ profit: Int64?) {
        ledgerRow(p).pointee.unmatched += fill.volume
        let told = Told(
            volume: fill.volume, cost: Int128(fill.volume) * Int128(fill.price),
            profit: profit ?? 0, commission: fill.commission ?? 0, swap: fill.swap ?? 0,
            fee: fill.fee ?? 0)
        let account = account(p)
        account.pointee.lock.hold {
            account.pointee.finished.find(fill.command)?.pointee.told.add(told)
        }
    }

    /// Takes out of a fill what an ack has told already: of that, its price and money correct the
    /// books.
    mutating func match(_ p: Row, _ fill: inout Fill, _ now: Int64) {
        let matched = matched(p, fill)
        if matched == 0 { return }
        correct(p, fill, matched, now)
        fill.volume -= matched
        (fill.profit, fill.commission, fill.swap, fill.fee) = (nil, nil, nil, nil)
    }

    private mutating func correct(_ p: Row, _ fill: Fill, _ matched: Int64, _ now: Int64) {
        let (account, ledger) = (account(p), ledgerRow(p))
        ledger.pointee.unmatched -= matched
        let told = account.pointee.lock.hold {
            account.pointee.finished.take(matched, of: fill, newest: newest(p))
        }
        if told.volume == 0 { return }
        let terms = market(p).pointee.terms
        let change = Correction(told, fill, p.pointee.side, terms, isKnown(p))
        let booked = Booked(
            profit: change.profit, commission: change.commission, swap: change.swap,
            fee: change.fee)
        add(booked, to: ledger)
        credit(booked, account, isKnown: true)
        if change.profit != 0 {
            let new = ledger.pointee.realised
            changed(p, .profit, old: new &- change.profit, new: new, .none, now)
        }
        if change.costs != 0 {
            let sum = ledger.pointee
            let new = sum.commission &+ sum.swap &+ sum.fee
            changed(p, .costs, old: new &- change.costs, new: new, .none, now)
        }
    }

    /// Price profit in the account's currency; nil when it is unknown.
    mutating func money(_ p: Row, _ gain: Int128) -> Int64? {
        if !isKnown(p) { return nil }
        let market = market(p)
        return Money.value(
            of: gain, tickValue: market.pointee.terms.tick_value,
            tickSize: market.pointee.terms.tick_size)
    }

    /// Accounts in the symbol's profit currency; other conversions are unknown, never 1.
    mutating func isKnown(_ p: Row) -> Bool {
        account(p).pointee.currency
            == unsafeBitCast(market(p).pointee.terms.profit_currency, to: UInt64.self)
    }

    mutating func changed(
        _ p: Row, _ what: What, old: Int64, new: Int64, _ reason: Reason, _ now: Int64
    ) {
        let event = self.event(.changed, p, now)
        event.pointee.what = what.rawValue
        event.pointee.old_value = old
        event.pointee.new_value = new
        event.pointee.reason = reason.rawValue
        emit(event)
    }
}

/// What a deal changes of what an ack had booked.
struct Correction {
    var profit: Int64 = 0
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0

    init(
        _ told: Told, _ fill: Fill, _ side: Side, _ terms: hf_symbol, _ isKnown: Bool
    ) {
        if let given = fill.profit, told.volume == fill.volume {
            profit = given &- told.profit
        } else if isKnown {
            let exit = Int128(told.volume) * Int128(fill.price)
            let gain = side == .long ? exit - told.cost : told.cost - exit
            profit =
                Money.value(of: gain, tickValue: terms.tick_value, tickSize: terms.tick_size) ?? 0
        }
        if let given = fill.commission { commission = given &- told.commission }
        if let given = fill.swap { swap = given &- told.swap }
        if let given = fill.fee { fee = given &- told.fee }
    }

    var costs: Int64 { commission &+ swap &+ fee }
}

/// The four columns of one booking.
struct Booked {
    var profit: Int64
    var commission: Int64
    var swap: Int64
    var fee: Int64
}
