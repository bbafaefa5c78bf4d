import CHoldfast

extension Projection {
    /// An event; a field of 0 is left out where its kind does not speak of it.
    init(_ event: hf_event, _ names: Names) {
        self.init()
        let digits = names.digits(event.symbol)
        let kind = Int(event.kind)
        add("event", .named(event.kind, Words.event))
        add("time", .instant(event.time))
        let called = names.called(event.position)
        if !called.isEmpty { add("ref", .names(called)) }
        let always = Self.always[kind] ?? []
        func put(_ key: String, _ given: Bool, _ value: Field) {
            if given || always.contains(key) { add(key, value) }
        }
        put("position", event.position != 0, .count(event.position))
        put("account", event.account != 0, .count(event.account))
        put("symbol", event.symbol != 0, .text(names.symbol(event.symbol)))
        put("side", event.side != 0, .named(event.side, Words.side))
        put("command", event.command.owner != 0, .id(event.command))
        put("parent", event.parent.owner != 0, .id(event.parent))
        put("action", event.action != 0, .named(event.action, Words.action))
        put("reason", event.reason != 0, .named(event.reason, Words.reason))
        put("escalated_from", event.escalated_from != 0, .named(event.escalated_from, Words.reason))
        put("state", event.state != 0, .named(event.state, Self.states(of: kind)))
        put("what", event.what != 0, .named(event.what, Words.what))
        let isChanged =
            kind != HF_EVENT_SUSPECT && (event.old_value != 0 || event.new_value != 0)
        put("old", isChanged, Self.value(event.old_value, of: Int(event.what), digits))
        put("new", isChanged, Self.value(event.new_value, of: Int(event.what), digits))
        put("volume", event.volume != 0, .amount(event.volume))
        put("price", event.price != 0, .price(event.price, digits))
        put("level", event.level != 0, .price(event.level, digits))
        put("attempt", event.attempt != 0, .count(event.attempt))
        put("retcode", event.retcode != 0, .count(event.retcode))
        put("status", event.status != 0, .named(event.status, Words.status))
        let slipped = event.known.has(HF_KNOWN_SLIPPAGE)
        put("slippage", slipped, slipped ? .count(event.slippage) : .null)
        put("slippage_level", slipped, slipped ? .count(event.slippage_level) : .null)
        let profit = event.known.has(HF_KNOWN_PROFIT)
        put("profit", profit, .money(event.profit, known: profit))
        put("commission", event.commission != 0, .amount(event.commission))
        put("swap", event.swap != 0, .amount(event.swap))
        put("fee", event.fee != 0, .amount(event.fee))
        let net = event.known.has(HF_KNOWN_NET)
        put("net", net, .money(event.net, known: net))
        addCounts(event)
        let by = textOf(event.by)
        put("by", !by.isEmpty, .word(by))
    }

    private mutating func addCounts(_ event: hf_event) {
        if Int(event.kind) == HF_EVENT_SUSPECT {
            add("count", .count(event.new_value))
            add("of", .count(event.old_value))
        }
        guard Int(event.kind) == HF_EVENT_SYNC else { return }
        let counts = event.counts
        let values = [counts.0, counts.1, counts.2, counts.3, counts.4, counts.5, counts.6]
        for (key, value) in zip(Self.counts, values) { add(key, .count(value)) }
    }

    private static let counts = [
        "found", "adopted", "removed", "fixed", "suspect", "skipped", "stale",
    ]

    /// What a kind of event always says, though it be 0.
    private static let always: [Int: Set<String>] = [
        HF_EVENT_OPENED: ["volume", "price"],
        HF_EVENT_CHANGED: ["what", "old", "new", "reason"],
        HF_EVENT_CLOSED: [
            "price", "profit", "commission", "swap", "fee", "net", "reason", "slippage",
            "slippage_level",
        ],
        HF_EVENT_COMMAND: [
            "parent", "action", "reason", "volume", "price", "level", "attempt", "state",
        ],
        HF_EVENT_COMMAND_STATE: ["action", "reason", "state", "attempt", "volume"],
        HF_EVENT_ESCALATED: ["reason", "escalated_from"],
        HF_EVENT_RECORDED: ["reason"],
        HF_EVENT_REFUSED: ["status"],
    ]

    private static func states(of kind: Int) -> Vocabulary {
        switch kind {
        case HF_EVENT_COMMAND, HF_EVENT_COMMAND_STATE, HF_EVENT_ESCALATED, HF_EVENT_ALARM:
            Words.commandState
        case HF_EVENT_ACCOUNT_STATE: Words.accountState
        default: Words.positionState
        }
    }

    /// Old and new are in the unit of what changed.
    private static func value(_ value: Int64, of what: Int, _ digits: Int) -> Field {
        switch what {
        case HF_WHAT_SL, HF_WHAT_TP, HF_WHAT_PRICE, HF_WHAT_DISASTER_SL: .price(value, digits)
        case HF_WHAT_VOLUME, HF_WHAT_PROFIT, HF_WHAT_COSTS, HF_WHAT_INTENT, HF_WHAT_BALANCE:
            .amount(value)
        default: .count(value)
        }
    }

    /// What an expectation of an event may compare. Kind 0: any.
    static func eventKeys(_ kind: Int) -> [String: Kind] {
        let state = kind == 0 ? Kind.text : .word(states(of: kind))
        var keys: [String: Kind] = [
            "time": .instant, "ref": .text, "position": .count, "account": .count,
            "symbol": .text, "side": .word(Words.side), "command": .command, "parent": .command,
            "action": .word(Words.action), "reason": .word(Words.reason),
            "escalated_from": .word(Words.reason), "state": state, "what": .word(Words.what),
            "old": .decimal, "new": .decimal, "volume": .decimal, "price": .decimal,
            "level": .decimal, "attempt": .count, "retcode": .count,
            "status": .word(Words.status), "slippage": .decimal, "slippage_level": .decimal,
            "profit": .decimal, "commission": .decimal, "swap": .decimal, "fee": .decimal,
            "net": .decimal, "by": .text,
        ]
        if kind == HF_EVENT_SUSPECT { for key in ["count", "of"] { keys[key] = .count } }
        if kind == HF_EVENT_SYNC { for key in counts { keys[key] = .count } }
        return keys
    }
}
