import CHoldfast

extension Projection {
    /// A position as it stands.
    init(_ position: hf_position, _ names: Names) {
        self.init()
        let digits = names.digits(position.symbol)
        func price(_ key: String, _ points: Int64) { add(key, .price(points, digits)) }
        add("position", names.ref(position.id).map(Field.word) ?? .count(position.id))
        add("id", .count(position.id))
        add("account", .count(position.account))
        add("symbol", .text(names.symbol(position.symbol)))
        add("side", .named(position.side, Words.side))
        add("state", .named(position.state, Words.positionState))
        add("volume", .amount(position.volume))
        add("volume_initial", .amount(position.volume_initial))
        price("price", position.open_price)
        add("avg", .average(position.average, digits))
        price("sl", position.sl)
        price("tp", position.tp)
        add("set_by", .named(position.set_by, Words.reason))
        price("sl_first", position.sl_first)
        price("trailing_distance", position.trailing_distance)
        price("disaster_sl", position.disaster_sl)
        price("disaster_distance", position.disaster_distance)
        price("disaster_placed", position.disaster_placed)
        addMoney(position)
        let quoted = position.known.has(HF_KNOWN_QUOTE)
        add("mae", quoted ? .price(position.mae, digits) : .null)
        add("mae_time", quoted ? .time(position.mae_time) : .null)
        add("mfe", quoted ? .price(position.mfe, digits) : .null)
        add("mfe_time", quoted ? .time(position.mfe_time) : .null)
        add("reason", .named(position.reason, Words.reason))
        add("escalated_from", .named(position.escalated_from, Words.reason))
        add("intent_volume", .amount(position.intent_volume))
        add("command", .id(position.command))
        add("opened", .time(position.opened))
        add("closed", .time(position.closed))
        price("close_price", position.close_price)
        add("exit_average", .average(position.exit_average, digits))
        let slipped = position.known.has(HF_KNOWN_SLIPPAGE)
        add("slippage", slipped ? .count(position.slippage) : .null)
        add("slippage_level", slipped ? .count(position.slippage_level) : .null)
        let isEntered = position.known.has(HF_KNOWN_ENTRY)
        add("slippage_entry", isEntered ? .count(position.slippage_entry) : .null)
        addLabels(position)
    }

    private mutating func addMoney(_ position: hf_position) {
        let known = position.known
        add("profit", .money(position.profit, known: known.has(HF_KNOWN_PROFIT)))
        add("realised", .money(position.realised, known: known.has(HF_KNOWN_REALISED)))
        add("commission", .amount(position.commission))
        add("swap", .amount(position.swap))
        add("fee", .amount(position.fee))
        add("net", .money(position.net, known: known.has(HF_KNOWN_NET)))
        let isPercent = known.has(HF_KNOWN_PERCENT)
        add("profit_percent", isPercent ? .percent(position.profit_percent) : .null)
        add("r_multiple", .money(position.r_multiple, known: known.has(HF_KNOWN_R)))
    }

    private mutating func addLabels(_ position: hf_position) {
        add("blind", .flag(position.blind != 0))
        add("executor", .count(position.executor))
        add("strategy", .count(position.strategy))
        add("ticket", .count(position.ticket))
        add("magic", .count(position.magic))
        add("tag", .word(textOf(position.tag)))
        add("client_id", .word(textOf(position.client_id)))
        add("interval", .count(position.interval))
        add("flipped_from", .count(position.flipped_from))
        add("review", .count(position.review))
    }

    /// What an expectation of a position may compare.
    static let positionKeys: [String: Kind] = [
        "id": .count, "account": .count, "symbol": .text, "side": .word(Words.side),
        "state": .word(Words.positionState), "volume": .decimal, "volume_initial": .decimal,
        "price": .decimal, "avg": .decimal, "sl": .decimal, "tp": .decimal,
        "set_by": .word(Words.reason), "sl_first": .decimal, "trailing_distance": .decimal,
        "disaster_sl": .decimal, "disaster_distance": .decimal, "profit": .decimal,
        "realised": .decimal, "commission": .decimal, "swap": .decimal, "fee": .decimal,
        "net": .decimal, "mae": .decimal, "mae_time": .instant, "mfe": .decimal,
        "mfe_time": .instant, "reason": .word(Words.reason),
        "escalated_from": .word(Words.reason), "intent_volume": .decimal, "command": .command,
        "opened": .instant, "closed": .instant, "close_price": .decimal, "slippage": .decimal,
        "slippage_level": .decimal, "blind": .flag, "executor": .count, "strategy": .count,
        "ticket": .count, "magic": .integer, "tag": .text, "client_id": .text,
        "interval": .count, "flipped_from": .count, "review": .count,
        "profit_percent": .decimal, "r_multiple": .decimal, "exit_average": .decimal,
        "slippage_entry": .decimal, "disaster_placed": .decimal,
    ]

    /// An account as booked.
    init(_ view: hf_account_view) {
        self.init()
        let account = view.account
        let executed = account.present.has(HF_ACCOUNT_EXECUTOR)
        add("account", .count(account.id))
        add("mode", .named(account.mode, Words.mode))
        add("currency", .word(textOf(account.currency)))
        add("digits", .count(account.digits))
        add("balance", .money(account.balance, known: view.known.has(HF_KNOWN_REALISED)))
        add("initial", .amount(account.initial))
        addFigures(view)
        add("executor", .count(executed ? account.executor : account.id))
        add("observe", .flag(account.observe != 0))
        add("state", .named(view.state, Words.accountState))
        add("positions", .count(view.positions))
        add("epoch", .count(view.executor_epoch))
        add("stale", .flag(view.stale != 0))
        add("synced_at", .time(view.synced_at))
    }

    private mutating func addFigures(_ view: hf_account_view) {
        let (account, known) = (view.account, view.known)
        add("equity", .money(view.equity, known: known.has(HF_KNOWN_NET)))
        add("floating", .money(view.floating, known: known.has(HF_KNOWN_PROFIT)))
        add("costs", .amount(view.costs))
        add("exposure", .money(view.exposure, known: known.has(HF_KNOWN_EXPOSURE)))
        add("margin", .money(view.margin, known: known.has(HF_KNOWN_MARGIN)))
        func cap(_ key: String, _ bit: Int32, _ value: Field) {
            add(key, account.present.has(bit) ? value : .null)
        }
        cap("leverage", HF_ACCOUNT_LEVERAGE, .amount(account.leverage))
        cap("max_positions", HF_ACCOUNT_MAX_POSITIONS, .count(account.max_positions))
        cap("max_volume", HF_ACCOUNT_MAX_VOLUME, .amount(account.max_volume))
        cap("max_exposure", HF_ACCOUNT_MAX_EXPOSURE, .amount(account.max_exposure))
    }

    static let accountKeys: [String: Kind] = [
        "mode": .word(Words.mode), "currency": .text, "digits": .count, "balance": .decimal,
        "initial": .decimal, "executor": .count, "observe": .flag,
        "state": .word(Words.accountState), "positions": .count, "epoch": .count,
        "equity": .decimal, "floating": .decimal, "costs": .decimal, "exposure": .decimal,
        "margin": .decimal, "leverage": .decimal, "max_positions": .count,
        "max_volume": .decimal, "max_exposure": .decimal, "stale": .flag,
        "synced_at": .instant,
    ]
}
