import CHoldfast

/// An input as it goes through a door.
struct Encoded {
    let kind: Int
    let time: Int64
    let body: [UInt8]

    init<Record>(_ kind: Int, _ record: Record, time: Int64) {
        self.init(kind, time: time, body: withUnsafeBytes(of: record) { Array($0) })
    }

    init(_ kind: Int, time: Int64, body: [UInt8]) {
        self.kind = kind
        self.time = time
        self.body = body
    }
}

/// Turns the inputs of a story into records. What cannot be said in a record (a price off the grid,
/// a text too long) is the status that the core has for it, and goes no further.
struct Encoder {
    let names: Names
    let door: any Door
    let now: Int64
    /// When the input before happened: what "+1s" in an input counts from.
    let last: Int64
    /// Of the story.
    let path: String

    func encode(_ input: Input) throws -> [Encoded] {
        let fields = input.fields
        switch input.verb {
        case "symbol": return [Encoded(HF_RECORD_SYMBOL, try symbol(fields), time: now)]
        case "account": return [Encoded(HF_RECORD_ACCOUNT, try account(fields), time: now)]
        case "rate": return [Encoded(HF_RECORD_RATE, try rate(fields), time: now)]
        case "deposit": return [Encoded(HF_RECORD_DEPOSIT, try deposit(fields), time: now)]
        case "open": return [Encoded(HF_RECORD_OPEN, try open(fields, input.time), time: now)]
        case "entry": return [Encoded(HF_RECORD_ENTRY, try entry(fields), time: now)]
        case "fill": return [Encoded(HF_RECORD_FILL, try fill(fields), time: now)]
        case "tick": return [Encoded(HF_RECORD_TICKS, try tick(fields), time: now)]
        case "ticks": return try ticks(fields)
        case "modify": return [Encoded(HF_RECORD_MODIFY, try modify(fields), time: now)]
        case "rule": return [Encoded(HF_RECORD_RULE, try rule(fields), time: now)]
        case "close": return [Encoded(HF_RECORD_CLOSE, try close(fields), time: now)]
        case "close_by": return [Encoded(HF_RECORD_CLOSE_BY, try closeBy(fields), time: now)]
        case "cancel": return [Encoded(HF_RECORD_CANCEL, try cancel(fields), time: now)]
        case "ack": return [Encoded(HF_RECORD_ACK, try ack(fields), time: now)]
        case "deal": return [Encoded(HF_RECORD_DEAL, try deal(fields), time: now)]
        case "reconcile": return [try reconcile(fields)]
        case "executor": return [Encoded(HF_RECORD_EXECUTOR, try executor(fields), time: now)]
        case "step": return [Encoded(HF_RECORD_STEP, time: now, body: [])]
        default: throw Status(HF_E_UNSUPPORTED)
        }
    }
}

// MARK: - Symbols and accounts

extension Encoder {
    private func symbol(_ fields: Fields) throws -> hf_symbol {
        var symbol = hf_symbol()
        let digits = Int(clamping: fields.count("digits") ?? 0)
        _ = hf_symbol_init(&symbol, "X", 0, 1, 1, "USD")
        symbol.digits = UInt32(clamping: digits)
        try setText(&symbol.name, fields.text("name"))
        try setText(&symbol.broker_name, fields.text("broker_name") ?? "")
        try setText(&symbol.profit_currency, fields.text("profit_currency"))
        try setText(&symbol.base_currency, fields.text("base_currency") ?? "")
        symbol.tick_size = try fields.units("tick_size", digits: digits) ?? 0
        symbol.tick_value = try fields.units("tick_value") ?? 0
        symbol.contract = try fields.units("contract") ?? 0
        symbol.volume_min = try fields.units("volume_min") ?? symbol.volume_min
        symbol.volume_max = try fields.units("volume_max") ?? symbol.volume_max
        symbol.volume_step = try fields.units("volume_step") ?? symbol.volume_step
        symbol.stops_level = fields.integer("stops_level") ?? 0
        symbol.freeze_level = fields.integer("freeze_level") ?? 0
        symbol.trigger = fields.word("trigger", Words.trigger) ?? 0
        symbol.source = fields.word("source", Words.source) ?? 0
        symbol.trust_crossed = fields.flag("trust_crossed") ? 1 : 0
        symbol.max_spread = try fields.units("max_spread", digits: digits) ?? 0
        symbol.spread_grace = fields.duration("spread_grace") ?? 0
        symbol.confirm_ticks = UInt32(clamping: fields.count("confirm_ticks") ?? 0)
        symbol.confirm = fields.duration("confirm") ?? 0
        symbol.stale_after = fields.duration("stale_after") ?? 0
        for (key, bit) in [
            ("max_spread", HF_SYMBOL_MAX_SPREAD), ("spread_grace", HF_SYMBOL_SPREAD_GRACE),
            ("confirm_ticks", HF_SYMBOL_CONFIRM_TICKS), ("confirm", HF_SYMBOL_CONFIRM),
            ("stale_after", HF_SYMBOL_STALE_AFTER),
        ] where fields.has(key) { symbol.present.set(bit) }
        return symbol
    }

    private func account(_ fields: Fields) throws -> hf_account {
        var account = hf_account()
        _ = hf_account_init(&account, 1, "USD")
        account.id = fields.count("id") ?? 0
        try setText(&account.currency, fields.text("currency"))
        account.mode = fields.word("mode", Words.mode) ?? account.mode
        account.digits = fields.count("digits").map { UInt32(clamping: $0) } ?? account.digits
        account.balance = try fields.units("balance") ?? 0
        account.initial = try fields.units("initial") ?? 0
        account.executor = fields.count("executor") ?? 0
        account.observe = fields.flag("observe") ? 1 : 0
        account.leverage = try fields.units("leverage") ?? 0
        account.max_positions = UInt32(clamping: fields.count("max_positions") ?? 0)
        account.max_volume = try fields.units("max_volume") ?? 0
        account.max_exposure = try fields.units("max_exposure") ?? 0
        account.margin = try fields.units("margin") ?? 0
        // In stories the core asks for no snapshot unless it is told to.
        account.sync_every = fields.duration("sync_every") ?? 0
        account.present.set(HF_ACCOUNT_SYNC_EVERY)
        account.sync_late = fields.duration("sync_late") ?? 0
        account.suspect_syncs = UInt32(clamping: fields.count("suspect_syncs") ?? 0)
        let protect = fields.object("protect") ?? Fields([])
        account.protect_sl = try protect.units("sl", digits: names.onlyDigits) ?? 0
        account.protect_tp = try protect.units("tp", digits: names.onlyDigits) ?? 0
        account.protect_trailing = try protect.units("trailing", digits: names.onlyDigits) ?? 0
        for (source, key, bit) in [
            (fields, "initial", HF_ACCOUNT_INITIAL), (fields, "executor", HF_ACCOUNT_EXECUTOR),
            (fields, "leverage", HF_ACCOUNT_LEVERAGE),
            (fields, "max_positions", HF_ACCOUNT_MAX_POSITIONS),
            (fields, "max_volume", HF_ACCOUNT_MAX_VOLUME),
            (fields, "max_exposure", HF_ACCOUNT_MAX_EXPOSURE),
            (fields, "margin", HF_ACCOUNT_MARGIN),
            (protect, "sl", HF_ACCOUNT_PROTECT_SL), (protect, "tp", HF_ACCOUNT_PROTECT_TP),
            (protect, "trailing", HF_ACCOUNT_PROTECT_TRAILING),
            (fields, "sync_late", HF_ACCOUNT_SYNC_LATE),
            (fields, "suspect_syncs", HF_ACCOUNT_SUSPECT_SYNCS),
        ] where source.has(key) { account.present.set(bit) }
        return account
    }
}

// MARK: - Money

extension Encoder {
    private func rate(_ fields: Fields) throws -> hf_rate {
        let pair = CurrencyPair(fields.text("pair") ?? "")
        var rate = hf_rate()
        try setText(&rate.base, pair.base)
        try setText(&rate.quote, pair.quote)
        rate.bid = try fields.units("bid") ?? 0
        rate.ask = try fields.units("ask") ?? 0
        return rate
    }

    private func deposit(_ fields: Fields) throws -> hf_deposit {
        hf_deposit(
            account: fields.count("account") ?? 0, amount: try fields.units("amount") ?? 0)
    }
}

/// "EURUSD", "BTCUSDT": a base and the currency that it is quoted in.
struct CurrencyPair: Equatable {
    let base: String
    let quote: String

    /// Quotes that have four letters; all others have three.
    private static let longQuotes = ["USDT", "USDC"]

    init(_ text: String) {
        let isLong = text.count > 6 && Self.longQuotes.contains { text.hasSuffix($0) }
        quote = String(text.suffix(isLong ? 4 : 3))
        base = String(text.dropLast(quote.count))
    }
}

// MARK: - Ticks

extension Encoder {
    /// Ticks that go through the door at once: a link frame stays small.
    private static let batch = 1024

    private func tick(_ fields: Fields) throws -> hf_tick {
        let symbol = names.symbolID(fields.text("symbol"))
        let digits = names.digits(symbol)
        var tick = hf_tick()
        _ = hf_tick_init(
            &tick, symbol, now, try fields.units("bid", digits: digits) ?? 0,
            try fields.units("ask", digits: digits) ?? 0)
        tick.last = try fields.units("last", digits: digits) ?? 0
        tick.volume = try fields.units("volume") ?? 0
        return tick
    }

    private func ticks(_ fields: Fields) throws -> [Encoded] {
        let symbol = names.symbolID(fields.text("symbol"))
        if symbol == 0 { throw Status(HF_E_SYMBOL) }
        let digits = names.digits(symbol)
        var batches: [Encoded] = []
        var body: [UInt8] = []
        var last: Int64 = 0
        func flush() {
            if !body.isEmpty { batches.append(Encoded(HF_RECORD_TICKS, time: last, body: body)) }
            body = []
        }
        try StoryQuotes(fields, besideStory: path).forEach { quote in
            let tick = try StoryQuotes.tick(quote, symbol: symbol, digits: digits)
            withUnsafeBytes(of: tick) { body += $0 }
            last = quote.time
            if body.count == Self.batch * MemoryLayout<hf_tick>.size { flush() }
        }
        flush()
        return batches
    }
}
