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
    /// By a client, not by the broker for a level or a stop-out.
    var isClient = true
    /// When the broker executed it; 0: not told.
    var time: Int64 = 0
    /// The command that an ack without a deal is of: what it told is kept there.
    var command = hf_command_id()
    /// The broker's own figure, when given.
    var profit: Int64?
    var commission: Int64?
    var swap: Int64?
    var fee: Int64?

    init(volume: Int64, price: Int64) { (self.volume, self.price) = (volume, price) }

    /// What it names, the other columns 0.
    var costs: Costs { Costs(commission: commission ?? 0, swap: swap ?? 0, fee: fee ?? 0) }

    /// What is left when a part has taken the money with it.
    func less(_ part: Int64) -> Fill {
        if part == 0 { return self }
        var rest = self
        rest.volume -= part
        (rest.profit, rest.commission, rest.swap, rest.fee) = (nil, nil, nil, nil)
        return rest
    }

    /// What the deal of a part that a close-by closed books.
    func asPair(_ part: Int64) -> Booked {
        Booked(
            profit: part == volume ? profit ?? 0 : 0, costs)
    }
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
        let removed = cost(of: volume, p)
        let exit = Int128(volume) * Int128(fill.price)
        let gain = p.pointee.side == .long ? exit - removed : removed - exit
        let ours = money(p, gain)
        let profit = fill.profit ?? ours
        take(p, volume, removed, exit: exit, profit, fill, now)
        if let told = fill.profit, let ours, told != ours {
            changed(p, .profit, old: ours, new: told, reason, now)
        }
        ledger.pointee.lastTold = fill.deal == 0 && fill.isAck ? fill.command.count : 0
        if ledger.pointee.lastTold != 0 { keepUnmatched(p, fill, profit) }
        if p.pointee.volume > 0 {
            changed(p, .volume, old: p.pointee.volume + volume, new: p.pointee.volume, reason, now)
        }
        return volume
    }

    /// Refuses a fill whose money would not fit, before anything is changed. What cannot be valued
    /// is unknown, not refused.
    mutating func check(money fill: Fill, of p: Row) throws(Failure) {
        if isSmall(fill, p) { return }
        var (fill, matched) = (fill, matched(p, fill))
        let account = account(p)
        if matched > 0 {
            let told = account.pointee.lock.hold {
                account.pointee.finished.take(matched, of: fill, newest: newest(p), isLook: true)
            }
            matched = min(matched, told.volume)
            let rate = conversion(market(p), accountIndex(p))
            let change = try Correction.checked(
                told, fill, p.pointee.side, market(p).pointee.terms, rate)
            try check(Booked(profit: change.profit, change.costs), p)
            fill.volume -= matched
            (fill.profit, fill.commission, fill.swap, fill.fee) = (nil, nil, nil, nil)
        }
        if fill.volume <= 0 || fill.volume > p.pointee.volume { return }
        let removed = cost(of: fill.volume, p)
        let exit = Int128(fill.volume) * Int128(fill.price)
        let gain = p.pointee.side == .long ? exit - removed : removed - exit
        try check(taking: fill, gain: gain, of: p)
    }

    /// - Parameter gain: of the fill, where the broker does not tell a profit.
    mutating func check(taking fill: Fill, gain: Int128, of p: Row) throws(Failure) {
        var profit = fill.profit
        if profit == nil && conversion(market(p), accountIndex(p)) != nil {
            profit = money(p, gain)
            if profit == nil { throw .overflow }
        }
        var open = ledger(p).pointee.open
        var costs = fill.costs
        if !costs.add(open.take(fill.volume, of: p.pointee.volume)) { throw .overflow }
        try check(Booked(profit: profit ?? 0, costs), p)
    }

    /// Whether what is booked fits the sums that are known.
    mutating func check(_ booked: Booked, _ p: Row) throws(Failure) {
        let (ledger, account) = (ledger(p), account(p))
        var costs = Costs(
            commission: ledger.pointee.commission, swap: ledger.pointee.swap,
            fee: ledger.pointee.fee)
        var realised = ledger.pointee.realised
        let more = Costs(commission: booked.commission, swap: booked.swap, fee: booked.fee)
        if !costs.add(more) { throw .overflow }
        if ledger.pointee.isMoneyKnown && !Money.add(booked.profit, to: &realised) {
            throw .overflow
        }
        let (balance, isKnown) = account.pointee.lock.hold {
            (Int128(account.pointee.balance), account.pointee.isMoneyKnown)
        }
        let sum = balance + Int128(booked.profit) + more.sum
        if isKnown && Int64(exactly: sum) == nil { throw .overflow }
    }

    /// The share of the cost that a part of the volume has; of the last part all that is left.
    mutating func cost(of volume: Int64, _ p: Row) -> Int128 {
        let cost = ledger(p).pointee.cost
        return volume == p.pointee.volume ? cost : Share.of(cost, volume, p.pointee.volume)
    }

    /// Whether the money of a fill fits at a glance: nothing that is added up comes near 64 bits.
    private mutating func isSmall(_ fill: Fill, _ p: Row) -> Bool {
        func bits(_ value: UInt64) -> Int { UInt64.bitWidth - value.leadingZeroBitCount }
        let (ledger, market, account) = (ledger(p), market(p), account(p))
        if account.pointee.currency != market.pointee.currency { return false }
        let open = ledger.pointee.open
        if account.pointee.isLarge.pointee.load(ordering: .relaxed) { return false }
        var sums = ledger.pointee.realised.magnitude | ledger.pointee.commission.magnitude
        sums |= ledger.pointee.swap.magnitude | ledger.pointee.fee.magnitude
        sums |= open.commission.magnitude | open.swap.magnitude | open.fee.magnitude
        sums |= (fill.commission ?? 0).magnitude | (fill.swap ?? 0).magnitude
        sums |= (fill.fee ?? 0).magnitude | (fill.profit ?? 0).magnitude
        // A gain is at most the larger of cost and exit, x tick_value / (tick_size x 1e8).
        let cost = Int128.bitWidth - ledger.pointee.cost.magnitude.leadingZeroBitCount
        let exit = bits(fill.price.magnitude) + bits(fill.volume.magnitude)
        let gain =
            max(cost, exit)
            + bits(market.pointee.terms.tick_value.magnitude)
            - bits(market.pointee.terms.tick_size.magnitude) - bits(Limits.unit.magnitude) + 2
        return max(bits(sums), gain) < 58
    }

    /// Takes a part out: its volume, its cost, its share of the open costs; and books what it came
    /// to.
    mutating func take(
        _ p: Row, _ volume: Int64, _ removed: Int128, exit: Int128, _ profit: Int64?, _ fill: Fill,
        _ now: Int64
    ) {
        touch(p, now)
        let ledger = ledgerRow(p)
        let share = ledger.pointee.open.take(volume, of: p.pointee.volume)
        p.pointee.volume -= volume
        ledger.pointee.cost -= removed
        ledger.pointee.exits += exit
        add(volume: -volume, cost: -removed, costs: -share.sum, to: p)
        var costs = fill.costs
        let fits = costs.add(share)
        if profit == nil || !fits { ledger.pointee.isMoneyKnown = false }
        let booked = Booked(profit: profit ?? 0, costs)
        add(booked, to: ledger)
        credit(booked, account(p), isKnown: profit != nil, now)
    }

    /// Sums that do not fit are unknown from then on, never wrapped.
    mutating func add(_ booked: Booked, to ledger: UnsafeMutablePointer<Ledger>) {
        var fits = Money.add(booked.profit, to: &ledger.pointee.realised)
        fits = Money.add(booked.commission, to: &ledger.pointee.commission) && fits
        fits = Money.add(booked.swap, to: &ledger.pointee.swap) && fits
        fits = Money.add(booked.fee, to: &ledger.pointee.fee) && fits
        if !fits { ledger.pointee.isMoneyKnown = false }
    }

    /// What a deal brings goes to the balance: profit and its own costs.
    mutating func credit(
        _ booked: Booked, _ account: UnsafeMutablePointer<Account>, isKnown: Bool, _ now: Int64
    ) {
        account.pointee.lock.hold {
            account.pointee.booked = max(account.pointee.booked, now)
            var fits = isKnown
            fits = Money.add(booked.profit, to: &account.pointee.balance) && fits
            fits = Money.add(booked.commission, to: &account.pointee.balance) && fits
            fits = Money.add(booked.swap, to: &account.pointee.balance) && fits
            fits = Money.add(booked.fee, to: &account.pointee.balance) && fits
            if !fits { account.pointee.isMoneyKnown = false }
            account.pointee.noteBalance()
        }
    }

    /// How much of a fill an ack has told already.
    mutating func matched(_ p: Row, _ fill: Fill) -> Int64 {
        let unmatched = ledger(p).pointee.unmatched
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

    mutating func keepUnmatched(_ p: Row, _ fill: Fill, _ profit: Int64?) {
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
        touch(p, now)
        let (account, ledger) = (account(p), ledgerRow(p))
        ledger.pointee.unmatched -= matched
        let told = account.pointee.lock.hold {
            account.pointee.finished.take(matched, of: fill, newest: newest(p))
        }
        if told.volume == 0 { return }
        let terms = market(p).pointee.terms
        let rate = conversion(market(p), accountIndex(p))
        let change = Correction(told, fill, p.pointee.side, terms, rate)
        let booked = Booked(profit: change.profit, change.costs)
        ledger.pointee.exits += Int128(told.volume) * Int128(fill.price) - told.cost
        add(booked, to: ledger)
        if !change.isKnown { ledger.pointee.isMoneyKnown = false }
        credit(booked, account, isKnown: change.isKnown, now)
        if change.profit != 0 {
            let new = ledger.pointee.realised
            changed(p, .profit, old: new &- change.profit, new: new, .none, now)
        }
        let cost = change.cost
        if cost != 0 {
            let sum = ledger.pointee
            let new = sum.commission &+ sum.swap &+ sum.fee
            changed(p, .costs, old: new &- cost, new: new, .none, now)
        }
    }

    /// Price profit in the account's currency; nil while a rate is missing, or when it does not
    /// fit.
    mutating func money(_ p: Row, _ gain: Int128) -> Int64? {
        let market = market(p)
        guard let rate = conversion(market, accountIndex(p)) else {
            return nil
        }
        return Money.value(
            of: gain, tickValue: market.pointee.terms.tick_value,
            tickSize: market.pointee.terms.tick_size, rate)
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
    var costs = Costs()
    /// Whether the price's difference could be valued.
    var isKnown = true

    init(profit: Int64, costs: Costs) { (self.profit, self.costs) = (profit, costs) }

    /// Refuses what would not fit.
    static func checked(
        _ told: Told, _ fill: Fill, _ side: Side, _ terms: hf_symbol, _ rate: Conversion?
    ) throws(Failure) -> Correction {
        if fill.profit == nil || told.volume != fill.volume, let rate {
            let gain = gain(told, fill, side)
            let value = Money.value(
                of: gain, tickValue: terms.tick_value, tickSize: terms.tick_size, rate)
            if value == nil { throw .overflow }
        }
        return Correction(told, fill, side, terms, rate)
    }

    private static func gain(_ told: Told, _ fill: Fill, _ side: Side) -> Int128 {
        let exit = Int128(told.volume) * Int128(fill.price)
        return side == .long ? exit - told.cost : told.cost - exit
    }

    /// - Parameter rate: nil: the price's difference cannot be valued.
    init(
        _ told: Told, _ fill: Fill, _ side: Side, _ terms: hf_symbol, _ rate: Conversion?
    ) {
        if let given = fill.profit, told.volume == fill.volume {
            profit = given &- told.profit
        } else if let rate {
            profit =
                Money.value(
                    of: Self.gain(told, fill, side), tickValue: terms.tick_value,
                    tickSize: terms.tick_size, rate) ?? 0
        } else {
            isKnown = Self.gain(told, fill, side) == 0
        }
        if let given = fill.commission { costs.commission = given &- told.commission }
        if let given = fill.swap { costs.swap = given &- told.swap }
        if let given = fill.fee { costs.fee = given &- told.fee }
    }

    var cost: Int64 { costs.commission &+ costs.swap &+ costs.fee }
}

/// The four columns of one booking.
struct Booked {
    var profit: Int64
    var commission: Int64
    var swap: Int64
    var fee: Int64

    init(profit: Int64, _ costs: Costs) {
        self.profit = profit
        (commission, swap, fee) = (costs.commission, costs.swap, costs.fee)
    }
}

extension Fill {
    init(_ ack: hf_ack, volume: Int64, price: Int64) {
        func given(_ bit: UInt32, _ value: Int64) -> Int64? {
            ack.present & bit != 0 ? value : nil
        }
        self.init(
            volume: given(UInt32(HF_HAS_VOLUME), ack.volume) ?? volume,
            price: given(UInt32(HF_HAS_PRICE), ack.price) ?? price)
        deal = ack.deal
        isAck = true
        profit = given(UInt32(HF_HAS_PROFIT), ack.profit)
        commission = given(UInt32(HF_HAS_COMMISSION), ack.commission)
        swap = given(UInt32(HF_HAS_SWAP), ack.swap)
        fee = given(UInt32(HF_HAS_FEE), ack.fee)
    }

    init(_ deal: hf_deal) {
        func given(_ bit: UInt32, _ value: Int64) -> Int64? {
            deal.present & bit != 0 ? value : nil
        }
        self.init(volume: deal.volume, price: deal.price)
        self.deal = deal.deal
        time = deal.time
        toldBy = deal.command.owner == 0 ? .anyone : .command(deal.command)
        isClient = deal.reason == UInt8(HF_DEAL_CLIENT)
        profit = given(UInt32(HF_HAS_PROFIT), deal.profit)
        commission = given(UInt32(HF_HAS_COMMISSION), deal.commission)
        swap = given(UInt32(HF_HAS_SWAP), deal.swap)
        fee = given(UInt32(HF_HAS_FEE), deal.fee)
    }
}
