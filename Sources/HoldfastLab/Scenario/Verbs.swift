/// The inputs that a story may give, as the table of the format has them.
enum Verbs {
    /// Verbs of the format that this version does not carry out yet.
    static let later: Set<String> = [
        "rate", "entry", "fill", "bar", "candle", "guard", "release", "roll", "deposit", "close_by",
        "reconcile", "decide", "state", "emergency_stop", "executor", "restart",
    ]

    static let names: [String] = Array(built.keys) + Array(later)

    /// Keys that every input may have beside its own.
    static let common: [String: Kind] = ["do": .text, "time": .moment, "hold": .flag]

    /// Keys of `query` and of expectations that this version does not answer yet.
    static let laterKeys: Set<String> = ["summary", "sync", "equity", "stale"]

    /// The keys of an input; nil: no such verb.
    static func shape(_ verb: String, _ members: [JSON.Member]) -> Shape? {
        verb == "rule" ? RuleShapes.shape(Fields(members)) : built[verb]
    }

    private static let built: [String: Shape] = [
        "symbol": symbol, "account": account, "open": open, "tick": tick, "ticks": ticks,
        "modify": modify, "rule": Shape(), "close": close, "cancel": cancel, "ack": ack,
        "deal": deal, "query": query, "step": verb([:]),
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
            "confirm": .duration,
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
        ])

    private static let open = verb(
        [
            "account": .count, "symbol": .text, "side": .word(Words.side), "volume": .decimal,
            "price": .decimal,
        ],
        optional: [
            "ref": .text, "sl": .decimal, "tp": .decimal, "disaster_sl": .decimal,
            "disaster_distance": .decimal, "strategy": .count, "tag": .text, "magic": .integer,
            "client_id": .text, "ticket": .count, "commission": .decimal, "swap": .decimal,
            "interval": .duration,
        ])

    private static let tick = verb(
        ["symbol": .text, "bid": .decimal, "ask": .decimal],
        optional: ["last": .decimal, "volume": .decimal])

    private static let ticks = verb(["symbol": .text, "file": .text], optional: ["limit": .count])

    private static let modify = verb(
        ["ref": .text],
        optional: [
            "sl": .decimal, "tp": .decimal, "by": .text, "reason": .word(Words.reason),
            "allow_immediate": .flag,
        ], oneOf: [["sl", "tp"]])

    /// What picks positions, for `close`, `query` and the expectation on a list.
    static let filter: [String: Kind] = [
        "ref": .text, "account": .count, "strategy": .count, "symbol": .text,
        "side": .word(Words.side), "tag": .text, "profitable": .flag, "losing": .flag,
        "older_than": .duration, "all": .flag,
    ]

    private static let close = verb(
        [:],
        optional: filter.merging(
            [
                "volume": .decimal, "fraction": .decimal, "reason": .word(Words.reason),
                "by": .text,
            ]) { own, _ in own },
        oneOf: [filter.keys.sorted()])

    private static let cancel = verb(
        ["ref": .text], optional: ["by": .text, "reason": .word(Words.reason)])

    private static let ack = verb(
        [:],
        optional: [
            "ref": .text, "command": .command, "query": .flag, "retcode": .count,
            "price": .decimal, "volume": .decimal, "deal": .count, "ticket": .count,
            "profit": .decimal, "commission": .decimal, "swap": .decimal, "fee": .decimal,
        ], oneOf: [["ref", "command"]])

    private static let deal = verb(
        ["price": .decimal, "volume": .decimal],
        optional: [
            "account": .count, "ref": .text, "ticket": .count, "deal": .count,
            "reason": .word(Words.dealReason), "profit": .decimal, "swap": .decimal,
            "commission": .decimal, "fee": .decimal,
        ], oneOf: [["ref", "ticket"]])

    private static let query = verb(
        [:],
        optional: [
            "position": .text, "account": .count, "command": .text,
            "list": .object(Shape(optional: filter)), "sort": .word(Words.sort),
        ], oneOf: [["position", "account", "command", "list"]])
}
