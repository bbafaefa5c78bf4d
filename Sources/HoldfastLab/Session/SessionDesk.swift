import CHoldfast

/// How positions come about, and what is known of the broker.
public struct SessionTerms: Sendable, Equatable {
    /// Positions are asked for: the broker opens them, and its books are the truth.
    public var areEntries = false
    /// Entries have ids of the client's; else the broker knows them by the text of their command.
    public var haveClientIDs = false
    /// Accounts net: one position of a symbol at a time.
    public var areNetting = false
    /// Nanoseconds between snapshots of each account; 0: none is asked for.
    public var syncEvery: Int64 = 0
    /// After this long without a take the executor counts as silent; 0: never.
    public var heartbeatLate: Int64 = 0
    /// Positions, in ppm of those with a stop, that have a wider one at the broker.
    public var disaster: Int64 = 0
    /// The broker's distances, in ticks.
    public var stopsTicks: Int64 = 0
    public var freezeTicks: Int64 = 0
    public var seed: UInt64 = 1

    public init() {}
}

/// Symbols, accounts and positions of a session, put in through a door. One hedging account for
/// each profit currency, so that every profit is known; all of them with the same executor.
struct SessionDesk {
    private let door: any Door
    private let executor: UInt64
    private let terms: SessionTerms
    private var draw: SeededRandom
    let instruments: [Instrument]
    /// The core's numbers of the instruments, and the accounts of their profit currencies.
    private(set) var symbols: [UInt32] = []
    private(set) var accounts: [UInt64] = []
    private var tickets: UInt64 = 700_000

    init(
        door: any Door, instruments: [Instrument], executor: UInt64, terms: SessionTerms = .init()
    ) {
        self.door = door
        self.executor = executor
        self.terms = terms
        draw = SeededRandom(seed: terms.seed, stream: "disaster")
        self.instruments = instruments
    }

    mutating func define(now: Int64) throws {
        if terms.heartbeatLate > 0 { try putExecutor(now) }
        var currencies: [String] = []
        for instrument in instruments {
            if !currencies.contains(instrument.profitCurrency) {
                currencies.append(instrument.profitCurrency)
                try putAccount(UInt64(currencies.count), instrument.profitCurrency, now)
            }
            let place = currencies.firstIndex(of: instrument.profitCurrency) ?? 0
            accounts.append(UInt64(place) + 1)
            symbols.append(try putSymbol(instrument, now))
        }
    }

    private func putExecutor(_ now: Int64) throws {
        var record = hf_executor()
        record.id = executor
        record.capabilities = UInt32(HF_CAN_ALL)
        record.up = 1
        record.heartbeat_late = terms.heartbeatLate
        try check(door.apply(HF_RECORD_EXECUTOR, record, time: now).status, "executor")
    }

    private func putAccount(_ id: UInt64, _ currency: String, _ now: Int64) throws {
        var account = hf_account()
        try check(hf_account_init(&account, id, currency), "account in \(currency)")
        account.balance = 100_000 * 100_000_000
        account.executor = executor
        if terms.areNetting { account.mode = UInt8(HF_NETTING) }
        account.present |= UInt32(HF_ACCOUNT_EXECUTOR)
        if terms.syncEvery > 0 {
            account.sync_every = terms.syncEvery
            account.present |= UInt32(HF_ACCOUNT_SYNC_EVERY)
        }
        try check(
            door.apply(HF_RECORD_ACCOUNT, account, time: now).status, "account in \(currency)")
    }

    private func putSymbol(_ instrument: Instrument, _ now: Int64) throws -> UInt32 {
        var symbol = hf_symbol()
        try check(
            hf_symbol_init(
                &symbol, instrument.name, UInt32(clamping: instrument.digits), instrument.tickSize,
                instrument.tickValue, instrument.profitCurrency), instrument.name)
        symbol.contract = instrument.contract * 100_000_000
        symbol.volume_min = instrument.volumeLowest
        symbol.volume_max = instrument.volumeMax
        symbol.volume_step = instrument.volumeStep
        symbol.stops_level = terms.stopsTicks * instrument.tickSize
        symbol.freeze_level = terms.freezeTicks * instrument.tickSize
        let outcome = try door.apply(HF_RECORD_SYMBOL, symbol, time: now)
        try check(outcome.status, instrument.name)
        return outcome.symbol
    }

    func tick(_ quote: MarketQuote) -> hf_tick {
        var tick = hf_tick()
        let isKnown = symbols.indices.contains(quote.symbol)
        tick.symbol = isKnown ? symbols[quote.symbol] : 0
        tick.time = quote.time
        tick.bid = quote.bid
        tick.ask = quote.ask
        return tick
    }

    /// - Returns: the id of the position; nil: a netting account has one of the symbol.
    mutating func open(
        _ opening: PlannedOpening, on quote: MarketQuote, now: Int64
    ) throws -> UInt64? {
        let position = opening.position
        tickets += 1
        var open = hf_open()
        open.account = accounts[position.symbol]
        open.symbol = symbols[position.symbol]
        open.side = UInt8(position.side == .long ? HF_LONG : HF_SHORT)
        open.volume = position.volume
        open.price = opening.price ?? (position.side == .long ? quote.ask : quote.bid)
        open.sl = position.sl
        open.tp = position.tp
        open.strategy = UInt64(clamping: position.strategy)
        if terms.areEntries {
            open.price = 0
            protect(&open, position)
            if terms.haveClientIDs { FixedText.write("entry-\(tickets)", into: &open.client_id) }
        } else {
            open.ticket = tickets
        }
        let kind = terms.areEntries ? HF_RECORD_ENTRY : HF_RECORD_OPEN
        let outcome = try door.apply(kind, open, time: now)
        if terms.areNetting && outcome.status == Int32(HF_E_DUPLICATE) { return nil }
        try check(outcome.status, opening.origin)
        if position.trailing > 0 {
            try trail(outcome.position, position.trailing, opening.origin, now)
        }
        return outcome.position
    }

    /// A stop at the broker, as far beyond the hidden one as that is from the price.
    private mutating func protect(_ open: inout hf_open, _ position: PlannedPosition) {
        guard position.sl != 0, draw.chance(ppm: terms.disaster) else { return }
        let tick = instruments[position.symbol].tickSize
        open.disaster_distance = (2 + draw.below(30)) * tick
        open.flags |= UInt32(HF_OPEN_DISASTER_DISTANCE)
    }

    private func trail(
        _ position: UInt64, _ distance: Int64, _ origin: String, _ now: Int64
    ) throws {
        var rule = hf_rule()
        rule.id = position
        rule.kind = UInt8(HF_RULE_TRAILING)
        rule.scope = UInt8(HF_SCOPE_POSITION)
        rule.scope_id = position
        rule.present = UInt64(HF_RULE_DISTANCE)
        rule.distance = distance
        try check(door.apply(HF_RECORD_RULE, rule, time: now).status, origin)
    }

    /// Closes everything that is open.
    func closeAll(now: Int64) throws {
        var close = hf_close()
        // The highest bit comes over as a negative number.
        close.filter.present = UInt32(truncatingIfNeeded: HF_FILTER_ALL)
        close.reason = UInt8(HF_REASON_MANUAL)
        FixedText.write("session", into: &close.by)
        try check(door.apply(HF_RECORD_CLOSE, close, time: now).status, "close all")
    }

    func step(now: Int64) throws {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        try check(door.apply(kind: HF_RECORD_STEP, time: now, body: nothing).status, "step")
    }

    private func check(_ status: Int32, _ what: String) throws {
        if status != 0 { throw SessionError.refused(what: what, status: Status(status)) }
    }
}
