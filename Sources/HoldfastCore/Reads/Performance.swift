import CHoldfast

/// What the closed positions that the history keeps came to.
extension Core {
    /// - Parameters:
    ///   - by: HF_BY_..., added up.
    ///   - out: room for `max` records.
    /// - Returns: how many groups there are.
    public func performance(
        _ filter: hf_filter, by: UInt32, _ now: Int64, _ out: UnsafeMutablePointer<hf_performance>?,
        max: Int
    ) throws(Failure) -> Int {
        if !Instant.isLegal(now) { throw .range }
        try check(filter)
        if filter.sort != 0 || by >= UInt32(HF_BY_REASON) << 1 { throw .argument }
        let later =
            HF_FILTER_POSITION | HF_FILTER_STATES | HF_FILTER_PROFITABLE | HF_FILTER_LOSING
        if filter.present & UInt32(later) != 0 { throw .unsupported }
        let (table, history) = (shared.pointee.reads.performance, shared.pointee.history)
        shared.pointee.reads.lock.take()
        defer { shared.pointee.reads.lock.give() }
        table.clear()
        let newest = history.newest
        var at = 0
        while at < newest {
            let end = min(newest, at + Limits.sliceClosed)
            let lost = history.visit(after: at, through: end) { closed in
                if !matches(closed, filter, now) { return }
                let group = table.group(GroupKey(closed).kept(by)) { Performance() }
                group?.pointee.sums.add(closed)
            }
            at = lost > 0 ? at + lost : end
        }
        // Without a match it is one record of zeros, as a summary is.
        if table.count == 0 && by == 0 {
            _ = table.group(GroupKey(account: 0, strategy: 0, symbol: 0, side: 0)) { Performance() }
        }
        table.sort()
        for index in 0..<min(max, table.count) { out?[index] = hf_performance(table.groups[index]) }
        return table.count
    }

    private func matches(
        _ closed: UnsafePointer<History.Closed>, _ filter: hf_filter, _ now: Int64
    ) -> Bool {
        func asks(_ bit: Int32) -> Bool { filter.present & UInt32(bitPattern: bit) != 0 }
        // An entry that was never filled was no position.
        if closed.pointee.record.volume_initial == 0 { return false }
        if asks(HF_FILTER_ACCOUNT) && closed.pointee.record.account != filter.account {
            return false
        }
        if asks(HF_FILTER_SYMBOL) && closed.pointee.record.symbol != filter.symbol {
            return false
        }
        if asks(HF_FILTER_SIDE) && closed.pointee.record.side != filter.side { return false }
        if asks(HF_FILTER_STRATEGY) && closed.pointee.record.strategy != filter.strategy {
            return false
        }
        if asks(HF_FILTER_TAG)
            && unsafeBitCast(closed.pointee.record.tag, to: Text32.self)
                != unsafeBitCast(filter.tag, to: Text32.self)
        {
            return false
        }
        let age = now &- closed.pointee.record.closed
        if asks(HF_FILTER_OLDER_THAN) && age <= filter.older_than { return false }
        if asks(HF_FILTER_NEWER_THAN) && age >= filter.newer_than { return false }
        return true
    }
}

extension GroupKey {
    init(_ closed: UnsafePointer<History.Closed>) {
        self.init(
            account: closed.pointee.record.account, strategy: closed.pointee.record.strategy,
            symbol: closed.pointee.record.symbol, side: closed.pointee.record.side,
            reason: closed.pointee.record.reason)
    }
}

/// The sums of one group. In 128 bits, so that none of as many as a history keeps can overflow.
struct Performance {
    private(set) var count = 0
    private(set) var wins = 0
    private(set) var losses = 0
    private(set) var unknown = 0
    private(set) var profit: Int128 = 0
    private(set) var loss: Int128 = 0
    private(set) var largestWin: Int64 = 0
    private(set) var largestLoss: Int64 = 0
    private(set) var peak: Int128 = 0
    private(set) var drawdown: Int128 = 0
    private(set) var holding: Int128 = 0
    private(set) var multiples: Int128 = 0
    private(set) var withMultiple = 0
    private(set) var commission: Int128 = 0
    private(set) var swap: Int128 = 0
    private(set) var fee: Int128 = 0
    private(set) var first: Int64 = 0
    private(set) var last: Int64 = 0
    /// Of the first one whose money is known; nil before.
    private var currency: UInt64?
    private(set) var isMixed = false

    var known: Int { count - unknown }
    var net: Int128 { profit + loss }

    /// In order of closing.
    mutating func add(_ closed: UnsafePointer<History.Closed>) {
        count += 1
        if closed.pointee.record.known & UInt32(HF_KNOWN_NET) == 0 {
            unknown += 1
            return
        }
        if currency == nil {
            (currency, first) = (closed.pointee.currency, closed.pointee.record.closed)
        }
        if currency != closed.pointee.currency { isMixed = true }
        last = closed.pointee.record.closed
        holding += Int128(closed.pointee.record.closed &- closed.pointee.record.opened)
        addMoney(closed.pointee.record.net)
        commission += Int128(closed.pointee.record.commission)
        swap += Int128(closed.pointee.record.swap)
        fee += Int128(closed.pointee.record.fee)
        if closed.pointee.record.known & UInt32(HF_KNOWN_R) != 0 {
            multiples += Int128(closed.pointee.record.r_multiple)
            withMultiple += 1
        }
    }

    private mutating func addMoney(_ net: Int64) {
        if net > 0 {
            wins += 1
            profit += Int128(net)
            largestWin = max(largestWin, net)
        } else if net < 0 {
            losses += 1
            loss += Int128(net)
            largestLoss = min(largestLoss, net)
        }
        peak = max(peak, self.net)
        drawdown = max(drawdown, peak - self.net)
    }
}

extension hf_performance {
    init(_ group: GroupTable<Performance>.Group) {
        self.init()
        let (key, sums) = (group.key, group.sums)
        (account, strategy, symbol) = (key.account, key.strategy, key.symbol)
        (side, reason) = (key.side, key.reason)
        (count, unknown) = (UInt64(sums.count), UInt64(sums.unknown))
        (wins, losses) = (UInt64(sums.wins), UInt64(sums.losses))
        (first, last) = (sums.first, sums.last)
        if sums.known > 0 {
            let known = Int128(sums.known)
            win_rate = Int64(clamping: Int128(sums.wins) * Int128(Limits.unit) / known)
            holding = Int64(clamping: sums.holding / known)
        }
        if sums.withMultiple > 0 {
            r_multiple = Int64(clamping: sums.multiples / Int128(sums.withMultiple))
            known |= UInt32(HF_KNOWN_R)
        }
        if !sums.isMixed { setMoney(sums) }
    }

    /// All of it, or none where a sum does not fit.
    private mutating func setMoney(_ sums: Performance) {
        guard let net = Int64(exactly: sums.net), let profit = Int64(exactly: sums.profit),
            let loss = Int64(exactly: sums.loss), let drawdown = Int64(exactly: sums.drawdown),
            let commission = Int64(exactly: sums.commission),
            let swap = Int64(exactly: sums.swap), let fee = Int64(exactly: sums.fee)
        else { return }
        known |= UInt32(HF_KNOWN_NET)
        (self.net, gross_profit, gross_loss, max_drawdown) = (net, profit, loss, drawdown)
        (largest_win, largest_loss) = (sums.largestWin, sums.largestLoss)
        (self.commission, self.swap, self.fee) = (commission, swap, fee)
        if sums.known > 0 { expectancy = Money.mean(sums.net, sums.known) }
        if sums.losses > 0,
            let factor = Int64(exactly: sums.profit * Int128(Limits.unit) / -sums.loss)
        {
            profit_factor = factor
            known |= UInt32(HF_KNOWN_FACTOR)
        }
    }
}
