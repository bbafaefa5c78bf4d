import CHoldfast

/// A closing fill, from an ack or a deal.
struct Fill {
    var volume: Int64
    var price: Int64
    var deal: UInt64 = 0
    /// Told by an ack: without a deal number its volume stays unmatched.
    var isAck = false
    /// How much of it may be the deal of volume that an ack told before. The deal in the ack of a
    /// live command is that command's own.
    var matchable: Int64 = 0
    /// The broker's own figure, when given.
    var profit: Int64?
    var commission: Int64?
    var swap: Int64?
    var fee: Int64?

    init(volume: Int64, price: Int64) { (self.volume, self.price) = (volume, price) }

    /// The part that an ack has told already.
    func matched(_ unmatched: Unmatched) -> Int64 {
        deal == 0 ? 0 : min(volume, matchable, unmatched.volume)
    }
}

/// Fills change positions: volume, cost, money; what of them an earlier ack already told only
/// corrects the books.
extension Stripe {
    /// Takes the part of a fill that no ack has told yet out of the position.
    /// - Returns: the volume that was taken out.
    mutating func book(_ p: Row, _ fill: Fill, _ reason: Reason, _ now: Int64) -> Int64 {
        let matched = fill.matched(p.pointee.unmatched)
        if matched > 0 { correct(p, fill, matched, now) }
        let volume = fill.volume - matched
        if volume == 0 || !holds(volume <= p.pointee.volume) { return 0 }
        let removed =
            volume == p.pointee.volume
            ? p.pointee.cost : Share.of(p.pointee.cost, volume, p.pointee.volume)
        let exit = Int128(volume) * Int128(fill.price)
        let gain = p.pointee.side == .long ? exit - removed : removed - exit
        let ours = money(p, gain)
        let old = p.pointee.volume
        p.pointee.volume -= volume
        p.pointee.cost -= removed
        // Costs that came with a corrected part were booked there.
        var costs = fill
        if matched > 0 { (costs.commission, costs.swap, costs.fee) = (nil, nil, nil) }
        let profit = matched > 0 ? ours : fill.profit ?? ours
        settleMoney(p, profit, costs)
        if let told = fill.profit, matched == 0, let ours, told != ours {
            changed(p, .profit, old: ours, new: told, reason, now)
        }
        if fill.deal == 0 && fill.isAck { keepUnmatched(p, costs, volume, profit) }
        if p.pointee.volume > 0 {
            changed(p, .volume, old: old, new: p.pointee.volume, reason, now)
        }
        return volume
    }

    private func settleMoney(_ p: Row, _ profit: Int64?, _ fill: Fill) {
        let booked = Booked(
            profit: profit ?? 0, commission: fill.commission ?? 0, swap: fill.swap ?? 0,
            fee: fill.fee ?? 0)
        if profit == nil { p.pointee.isMoneyKnown = false }
        add(booked, to: p)
        credit(booked, account(p), isKnown: profit != nil)
    }

    /// Sums that do not fit are unknown from then on, never wrapped.
    private func add(_ booked: Booked, to p: Row) {
        var fits = Money.add(booked.profit, to: &p.pointee.realised)
        fits = Money.add(booked.commission, to: &p.pointee.commission) && fits
        fits = Money.add(booked.swap, to: &p.pointee.swap) && fits
        fits = Money.add(booked.fee, to: &p.pointee.fee) && fits
        if !fits { p.pointee.isMoneyKnown = false }
    }

    /// What a deal brings goes to the balance: profit and its own costs.
    func credit(_ booked: Booked, _ account: UnsafeMutablePointer<Account>, isKnown: Bool) {
        account.pointee.lock.hold {
            var fits = isKnown
            for amount in [booked.profit, booked.commission, booked.swap, booked.fee] {
                fits = Money.add(amount, to: &account.pointee.balance) && fits
            }
            if !fits { account.pointee.isMoneyKnown = false }
        }
    }

    private func keepUnmatched(_ p: Row, _ fill: Fill, _ volume: Int64, _ profit: Int64?) {
        p.pointee.unmatched.volume += volume
        p.pointee.unmatched.cost += Int128(volume) * Int128(fill.price)
        p.pointee.unmatched.profit &+= profit ?? 0
        p.pointee.unmatched.commission &+= fill.commission ?? 0
        p.pointee.unmatched.swap &+= fill.swap ?? 0
        p.pointee.unmatched.fee &+= fill.fee ?? 0
    }

    /// The deal of volume that an ack told before: its price, profit and costs replace the ack's.
    private mutating func correct(_ p: Row, _ fill: Fill, _ matched: Int64, _ now: Int64) {
        let told = p.pointee.unmatched.take(matched)
        let terms = market(p).pointee.terms
        let change = Correction(told, fill, matched, p.pointee.side, terms, isKnown(p))
        let booked = Booked(
            profit: change.profit, commission: change.commission, swap: change.swap,
            fee: change.fee)
        add(booked, to: p)
        credit(booked, account(p), isKnown: true)
        if change.profit != 0 {
            let new = p.pointee.realised
            changed(p, .profit, old: new &- change.profit, new: new, .none, now)
        }
        if change.costs != 0 {
            let new = p.pointee.commission &+ p.pointee.swap &+ p.pointee.fee
            changed(p, .costs, old: new &- change.costs, new: new, .none, now)
        }
    }

    /// Price profit in the account's currency; nil when it is unknown.
    func money(_ p: Row, _ gain: Int128) -> Int64? {
        if !isKnown(p) { return nil }
        let terms = market(p).pointee.terms
        return Money.value(of: gain, tickValue: terms.tick_value, tickSize: terms.tick_size)
    }

    /// Accounts in the symbol's profit currency; other conversions are unknown, never 1.
    func isKnown(_ p: Row) -> Bool {
        account(p).pointee.currency
            == unsafeBitCast(market(p).pointee.terms.profit_currency, to: UInt64.self)
    }

    mutating func changed(
        _ p: Row, _ what: What, old: Int64, new: Int64, _ reason: Reason, _ now: Int64
    ) {
        var event = self.event(.changed, p, now)
        event.what = what.rawValue
        event.old_value = old
        event.new_value = new
        event.reason = reason.rawValue
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
        _ told: Unmatched, _ fill: Fill, _ matched: Int64, _ side: Side, _ terms: hf_symbol,
        _ isKnown: Bool
    ) {
        if let given = fill.profit, matched == fill.volume {
            profit = given &- told.profit
        } else if isKnown {
            let exit = Int128(matched) * Int128(fill.price)
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
