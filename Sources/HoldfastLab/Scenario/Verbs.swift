/// The inputs that a story may give, as the table of the format has them.
enum Verbs {
    /// Verbs of the format that this version does not carry out yet.
    static let later: Set<String> = [
        "bar", "candle", "guard", "release", "roll", "decide", "state", "emergency_stop",
        "restart",
    ]

    static let names: [String] = Array(built.keys) + Array(later)

    /// Keys that every input may have beside its own.
    static let common: [String: Kind] = ["do": .text, "time": .moment, "hold": .flag]

    /// The keys of an input; nil: no such verb.
    static func shape(_ verb: String, _ members: [JSON.Member]) -> Shape? {
        verb == "rule" ? RuleShapes.shape(Fields(members)) : built[verb]
    }

    private static let built: [String: Shape] = [
        "symbol": symbol, "account": account, "rate": rate, "deposit": deposit, "open": open,
        "entry": entry, "fill": fill, "tick": tick, "ticks": ticks, "modify": modify,
        "rule": Shape(), "close": close, "close_by": closeBy, "cancel": cancel, "ack": ack,
        "deal": deal, "reconcile": reconcile, "executor": executor, "session": session,
        "query": query, "step": verb([:]),
    ]

    private static func verb(
        _ required: [String: Kind], optional: [String: Kind] = [:], oneOf: [[String]] = []
    ) -> Shape {
        Shape(required, optional: optional.merging(common) { own, _ in own }, oneOf: oneOf)
    }

    private static let symbol = verb(
        [
            "name": .text, "digits": .count, "tick_size": .decimal, "tick_value": .decimal,
            "profit_currency": .text,
        ],
        optional: [
            "broker_name": .text, "contract": .decimal, "volume_min": .decimal,
            "volume_max": .decimal, "volume_step": .decimal, "stops_level": .integer,
            "freeze_level": .integer, "trigger": .word(Words.trigger),
            "source": .word(Words.source), "trust_crossed": .flag, "stale_after": .duration,
            "max_spread": .decimal, "spread_grace": .duration, "confirm_ticks": .count,
            "confirm": .duration, "base_currency": .text,
        ])

    private static let account = verb(
        ["id": .count, "currency": .text],
        optional: [
            "mode": .word(Words.mode), "digits": .count, "balance": .decimal, "initial": .decimal,
            "executor": .count, "observe": .flag, "leverage": .decimal, "max_positions": .count,
            "max_volume": .decimal, "max_exposure": .decimal,
            "protect": .object(
                Shape(optional: ["sl": .decimal, "tp": .decimal, "trailing": .decimal])),
            "sync_every": .duration, "sync_late": .duration, "suspect_syncs": .count,
            "margin": .decimal,
        ])

    private static let rate = verb(["pair": .text, "bid": .decimal, "ask": .decimal])

    private static let deposit = verb(["account": .count, "amount": .decimal])

    private static let asked: [String: Kind] = [
        "account": .count, "symbol": .text, "side": .word(Words.side), "volume": .decimal,
    ]

    /// What a position may have from its start.
    private static let start: [String: Kind] = [
        "ref": .text, "sl": .decimal, "tp": .decimal, "disaster_sl": .decimal,
        "disaster_distance": .decimal, "disaster_step": .decimal, "strategy": .count,
        "tag": .text, "magic": .integer, "client_id": .text, "ticket": .count,
        "commission": .decimal, "swap": .decimal, "interval": .duration,
    ]

    private static let open = verb(
        asked.merging(["price": .decimal]) { own, _ in own }, optional: start)

    private static let entry = verb(
        asked, optional: start.merging(["cap_volume": .flag]) { own, _ in own })

    /// A position that is named tells its account and symbol.
    private static let fill = verb(
        ["side": .word(Words.side), "volume": .decimal, "price": .decimal],
        optional: [
            "account": .count, "symbol": .text, "ref": .text, "deal": .count, "ticket": .count,
            "commission": .decimal, "swap": .decimal, "fee": .decimal,
        ], oneOf: [["account", "ref"], ["symbol", "ref"]])

    private static let tick = verb(
        ["symbol": .text, "bid": .decimal, "ask": .decimal],
        optional: ["last": .decimal, "volume": .decimal])

    private static let ticks = verb(["symbol": .text, "file": .text], optional: ["limit": .count])

    private static let modify = verb(
        ["ref": .text],
        optional: [
            "sl": .decimal, "tp": .decimal, "disaster_sl": .decimal,
            "disaster_distance": .decimal, "by": .text, "reason": .word(Words.reason),
            "allow_immediate": .flag,
        ], oneOf: [["sl", "tp", "disaster_sl", "disaster_distance"]])

    /// What picks positions, for `close`, `query` and the expectation on a list.
    static let filter: [String: Kind] = [
        "ref": .text, "account": .count, "strategy": .count, "symbol": .text,
        "side": .word(Words.side), "tag": .text, "profitable": .flag, "losing": .flag,
        "older_than": .duration, "newer_than": .duration, "state": .word(Words.positionState),
        "all": .flag,
    ]

    /// What picks closed positions: they have no state and no profit that floats.
    static let closedFilter: [String: Kind] = filter.filter {
        !["ref", "profitable", "losing", "state"].contains($0.key)
    }

    private static let close = verb(
        [:],
        optional: filter.merging(
            [
                "volume": .decimal, "fraction": .decimal, "reason": .word(Words.reason),
                "by": .text, "dry_run": .flag,
            ]) { own, _ in own },
        oneOf: [filter.keys.sorted()])

    private static let closeBy = verb(
        ["ref": .text, "with": .text], optional: ["by": .text, "reason": .word(Words.reason)])

    private static let cancel = verb(
        ["ref": .text], optional: ["by": .text, "reason": .word(Words.reason)])

    private static let ack = verb(
        [:],
        optional: [
            "ref": .text, "command": .command, "account": .count, "query": .flag,
            "retcode": .count, "answer": .word(Words.answer), "price": .decimal,
            "volume": .decimal, "deal": .count, "ticket": .count, "profit": .decimal,
            "commission": .decimal, "swap": .decimal, "fee": .decimal,
        ], oneOf: [["ref", "command", "account"]])

    private static let deal = verb(
        ["price": .decimal, "volume": .decimal],
        optional: [
            "account": .count, "ref": .text, "ticket": .count, "deal": .count,
            "reason": .word(Words.dealReason), "profit": .decimal, "swap": .decimal,
            "commission": .decimal, "fee": .decimal,
        ], oneOf: [["ref", "ticket"]])

    /// A position as the broker has it. `ref` says whose ticket it is, or names one that is new.
    private static let brokerPosition = Shape(
        [
            "symbol": .text, "side": .word(Words.side), "volume": .decimal, "price": .decimal,
        ],
        optional: [
            "ref": .text, "ticket": .count, "sl": .decimal, "tp": .decimal, "swap": .decimal,
            "commission": .decimal, "profit": .decimal, "magic": .integer, "client_id": .text,
        ])

    private static let brokerDeal = Shape(
        ["price": .decimal, "volume": .decimal],
        optional: [
            "ref": .text, "ticket": .count, "deal": .count, "reason": .word(Words.dealReason),
            "profit": .decimal, "swap": .decimal, "commission": .decimal, "fee": .decimal,
            "time": .moment,
        ], oneOf: [["ref", "ticket"]])

    private static let reconcile = verb(
        ["account": .count],
        optional: [
            "asked_at": .moment, "positions": .list(.object(brokerPosition)),
            "deals": .list(.object(brokerDeal)), "balance": .decimal, "equity": .decimal,
            "margin": .decimal, "failed": .flag, "query": .flag,
        ])

    private static let executor = verb(
        ["id": .count],
        optional: [
            "up": .flag, "rate": .decimal, "in_flight_max": .count, "heartbeat_late": .duration,
            "capabilities": .list(.word(Words.capability)),
        ])

    private static let session = verb(["executor": .count])

    /// The grouping stands beside the filter or in it, as `sort` does.
    private static let sumFilter = Shape(
        optional: filter.merging(["by": .oneOrMore(.word(Words.by))]) { own, _ in own })

    private static let query = verb(
        [:],
        optional: [
            "position": .text, "account": .count, "command": .text,
            "list": .object(Expectation.listFilter), "sort": .word(Words.sort),
            "summary": .object(sumFilter),
            "history": .object(Shape(optional: closedFilter)),
            "performance": .object(sumFilter), "by": .oneOrMore(.word(Words.by)),
            "sync": .count, "executor": .count,
        ],
        oneOf: [
            [
                "position", "account", "command", "list", "summary", "history", "performance",
                "sync", "executor",
            ]
        ])
}
