import CHoldfast
import HoldfastKernels

/// Symbols and accounts: defined by the host, changed while they are traded.
extension Core {
    // MARK: symbols

    public func put(_ symbol: hf_symbol, _ now: Int64) throws(Failure) -> UInt32 {
        if !Instant.isLegal(now) { throw .range }
        try check(symbol)
        var symbol = symbol
        if isZero(symbol.broker_name) { symbol.broker_name = symbol.name }
        let definitions = shared.pointee.definitions
        definitions.take()
        defer { definitions.give() }
        let names = shared.pointee.names
        let count = names.counts.pointee.symbols
        if let index = find(symbol.name, among: count) {
            try holdAll { () throws(Failure) in try replace(index, symbol, now) }
            return UInt32(index) + 1
        }
        if count == Int(config.symbols) { throw .full }
        let id = UInt32(count) + 1
        let stripe = stripe(id)
        let place = count / stripeCount
        let market = stripe.pointee.markets + place
        // Conversions of every stripe may come to use its quotes.
        holdAll {
            market.initialize(
                to: Market(
                    id: id, terms: symbol,
                    longs: stripe.pointee.book(place, isShort: false, tickSize: symbol.tick_size),
                    shorts: stripe.pointee.book(place, isShort: true, tickSize: symbol.tick_size),
                    quoteTime: now, currency: unsafeBitCast(symbol.profit_currency, to: UInt64.self)
                ))
            setRate(market)
            shared.pointee.markets[count] = market
            stripe.pointee.sequence = shared.pointee.recorder.claim(
                HF_RECORD_SYMBOL, symbol, time: now)
            names.counts.pointee.symbols = count + 1
            names.symbols.pointee.store(count + 1, ordering: .releasing)
        }
        return id
    }

    private func replace(_ index: Int, _ symbol: hf_symbol, _ now: Int64) throws(Failure) {
        let market = shared.pointee.markets[index]
        let stripe = stripe(UInt32(index) + 1)
        let old = market.pointee.terms
        let isSame =
            old.digits == symbol.digits && old.tick_size == symbol.tick_size
            && old.contract == symbol.contract && old.trigger == symbol.trigger
            && market.pointee.currency
                == unsafeBitCast(symbol.profit_currency, to: UInt64.self)
            && unsafeBitCast(old.base_currency, to: UInt64.self)
                == unsafeBitCast(symbol.base_currency, to: UInt64.self)
        if !isSame && market.pointee.positions > 0 { throw .state }
        stripe.pointee.sequence = shared.pointee.recorder.claim(
            HF_RECORD_SYMBOL, symbol, time: now)
        market.pointee.terms = symbol
        market.pointee.currency = unsafeBitCast(symbol.profit_currency, to: UInt64.self)
        if !isSame { setRate(market) }
        let isCrossed = market.pointee.quote.bid > market.pointee.quote.ask
        market.pointee.isUsable =
            market.pointee.hasQuote && (!isCrossed || symbol.trust_crossed != 0)
        stripe.pointee.judgeWithheld(market, stripe.pointee.stamp(market, now))
        if old.tick_size != symbol.tick_size {
            market.pointee.longs.tickSize = symbol.tick_size
            market.pointee.shorts.tickSize = symbol.tick_size
        }
    }

    private func find<Name>(_ name: Name, among count: Int) -> Int? {
        (0..<count).first { index in
            let market = shared.pointee.markets[index]
            return withUnsafeBytes(of: market.pointee.terms.name) { mine in
                withUnsafeBytes(of: name) { mine.elementsEqual($0) }
            }
        }
    }

    /// The number of a symbol by its name.
    public func symbol<Name>(named name: Name) throws(Failure) -> UInt32 {
        let found = shared.pointee.definitions.hold {
            find(name, among: shared.pointee.names.counts.pointee.symbols)
        }
        guard let found else { throw .symbol }
        return UInt32(found) + 1
    }

    public func symbol(_ id: UInt32) throws(Failure) -> (terms: hf_symbol, quote: hf_tick) {
        let market = try market(id)
        return stripe(id).pointee.lock.hold { (market.pointee.terms, market.pointee.quote) }
    }

    private func check(_ symbol: hf_symbol) throws(Failure) {
        if !isZero(symbol.reserved) { throw .argument }
        if symbol.trigger > UInt8(HF_TRIGGER_LAST) || symbol.source > UInt8(HF_SOURCE_BARS)
            || symbol.trust_crossed > 1 || symbol.present >= 1 << 5
        {
            throw .argument
        }
        if !isText(symbol.name) || !isText(symbol.broker_name) || !isText(symbol.profit_currency)
            || !isText(symbol.base_currency) || isZero(symbol.name)
            || isZero(symbol.profit_currency)
        {
            throw .range
        }
        if symbol.digits > Limits.digits { throw .range }
        for value in [symbol.tick_size, symbol.tick_value]
        where value <= 0 || value >= Limits.price { throw .range }
        if symbol.contract < 0 { throw .range }
        for value in [symbol.stops_level, symbol.freeze_level]
        where value < 0 || value >= Limits.price { throw .range }
        if symbol.volume_min <= 0 || symbol.volume_step <= 0
            || symbol.volume_max < symbol.volume_min || symbol.volume_max >= Limits.volume
            || symbol.volume_min % symbol.volume_step != 0
        {
            throw .volume
        }
        if symbol.source != UInt8(HF_SOURCE_TICKS) { throw .unsupported }
        for (bit, value, end) in [
            (HF_SYMBOL_STALE_AFTER, symbol.stale_after, Int64.max),
            (HF_SYMBOL_MAX_SPREAD, symbol.max_spread, Limits.price),
            (HF_SYMBOL_SPREAD_GRACE, symbol.spread_grace, Limits.wait),
            (HF_SYMBOL_CONFIRM, symbol.confirm, Limits.wait),
            (HF_SYMBOL_CONFIRM_TICKS, Int64(symbol.confirm_ticks), Int64.max),
        ] {
            let isGiven = symbol.present & UInt32(bit) != 0
            if !isGiven && value != 0 { throw .argument }
            if isGiven && (value <= 0 || value >= end) { throw .range }
        }
        let grace = UInt32(HF_SYMBOL_SPREAD_GRACE)
        if symbol.present & grace != 0 && symbol.present & UInt32(HF_SYMBOL_MAX_SPREAD) == 0 {
            throw .argument
        }
    }

    // MARK: accounts

    public func put(_ account: hf_account, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        try check(account)
        var account = account
        if account.present & UInt32(HF_ACCOUNT_EXECUTOR) == 0 { account.executor = account.id }
        if account.present & UInt32(HF_ACCOUNT_INITIAL) == 0 { account.initial = account.balance }
        account.present |= UInt32(HF_ACCOUNT_EXECUTOR | HF_ACCOUNT_INITIAL)
        // No entry is measured against caps that change.
        shared.pointee.entering.take()
        defer { shared.pointee.entering.give() }
        let definitions = shared.pointee.definitions
        definitions.take()
        defer { definitions.give() }
        let names = shared.pointee.names
        if let index = try? self.account(account.id) {
            // Stripes read the terms under their own locks.
            return try holdAll { () throws(Failure) in
                try replace(shared.pointee.accounts + Int(index), account, now)
            }
        }
        let count = names.counts.pointee.accounts
        if count == Int(config.accounts) { throw .full }
        let executor = try executorIndex(account.executor)
        let row = shared.pointee.accounts + count
        row.initialize(
            to: try Account(account, executor: executor, &arena.pointee, config))
        shared.pointee.desk.hold {
            _ = shared.pointee.recorder.claim(HF_RECORD_ACCOUNT, account, time: now)
            row.pointee.sync.pointee.plan(account, old: nil, now)
            noteDue(row.pointee.sync.pointee.due(account))
            names.accounts.add(account.id, UInt64(count))
            names.counts.pointee.accounts = count + 1
        }
    }

    private func replace(
        _ row: UnsafeMutablePointer<Account>, _ account: hf_account, _ now: Int64
    ) throws(Failure) {
        row.pointee.lock.take()
        defer { row.pointee.lock.give() }
        let currency = unsafeBitCast(account.currency, to: UInt64.self)
        let isSame =
            row.pointee.terms.mode == account.mode && row.pointee.currency == currency
            && row.pointee.terms.executor == account.executor
        if !isSame && row.pointee.open + row.pointee.asked > 0 { throw .state }
        let executor = try executorIndex(account.executor)
        shared.pointee.desk.take()
        defer { shared.pointee.desk.give() }
        let sequence = shared.pointee.recorder.claim(HF_RECORD_ACCOUNT, account, time: now)
        let old = row.pointee.terms
        if executor != row.pointee.executor { forgetQuestion(row, now, sequence) }
        // The balance is what was booked: putting an account again changes its terms alone.
        let (balance, initial) = (row.pointee.terms.balance, row.pointee.terms.initial)
        row.pointee.terms = account
        (row.pointee.terms.balance, row.pointee.terms.initial) = (balance, initial)
        row.pointee.executor = executor
        row.pointee.currency = currency
        if account.present & UInt32(HF_ACCOUNT_MARGIN) != 0 { row.pointee.margin = nil }
        row.pointee.sync.pointee.plan(account, old: old, now)
        noteDue(row.pointee.sync.pointee.due(account))
    }

    /// The executor of an account; made when it is new. Definitions are locked.
    func executorIndex(_ id: UInt64) throws(Failure) -> UInt32 {
        let names = shared.pointee.names
        if let row = try? executor(id) {
            return UInt32(row - shared.pointee.executors)
        }
        let count = names.counts.pointee.executors
        if count == Int(config.executors) { throw .full }
        (shared.pointee.executors + count).initialize(
            to: try Executor(id, &arena.pointee, accounts: Int(config.accounts)))
        shared.pointee.desk.hold {
            names.executors.add(id, UInt64(count))
            names.counts.pointee.executors = count + 1
        }
        return UInt32(count)
    }

    private func check(_ account: hf_account) throws(Failure) {
        if !isZero(account.reserved) || account.observe > 1 { throw .argument }
        if account.mode != UInt8(HF_HEDGING) && account.mode != UInt8(HF_NETTING) {
            throw .argument
        }
        if account.present >= 1 << 13 { throw .argument }
        if account.id == 0 || account.digits > 8 { throw .range }
        if !isText(account.currency) || isZero(account.currency) { throw .range }
        for (bit, value, least) in [
            (HF_ACCOUNT_EXECUTOR, Int64(bitPattern: account.executor), Int64.min),
            (HF_ACCOUNT_INITIAL, account.initial, .min),
            (HF_ACCOUNT_LEVERAGE, account.leverage, 0), (HF_ACCOUNT_MARGIN, account.margin, 0),
            (HF_ACCOUNT_MAX_POSITIONS, Int64(account.max_positions), 1),
            (HF_ACCOUNT_MAX_VOLUME, account.max_volume, 1),
            (HF_ACCOUNT_MAX_EXPOSURE, account.max_exposure, 1),
            (HF_ACCOUNT_PROTECT_SL, account.protect_sl, 1),
            (HF_ACCOUNT_PROTECT_TP, account.protect_tp, 1),
            (HF_ACCOUNT_PROTECT_TRAILING, account.protect_trailing, 1),
            (HF_ACCOUNT_SYNC_EVERY, account.sync_every, 0),
            (HF_ACCOUNT_SYNC_LATE, account.sync_late, 1),
            (HF_ACCOUNT_SUSPECT_SYNCS, Int64(account.suspect_syncs), 1),
        ] {
            let isGiven = account.present & UInt32(bit) != 0
            // A host's slip: taking it for absent could send commands astray.
            if !isGiven && value != 0 { throw .argument }
            if isGiven && value < least { throw .range }
        }
        for wait in [account.sync_every, account.sync_late] where wait >= Limits.wait {
            throw .range
        }
        for distance in [account.protect_sl, account.protect_tp, account.protect_trailing]
        where distance >= Limits.price { throw .range }
    }
}
