import CHoldfast

extension Projection {
    /// A command as it stands.
    init(_ command: hf_command, _ names: Names) {
        self.init()
        let digits = names.digits(command.symbol)
        func price(_ key: String, _ points: Int64) { add(key, .price(points, digits)) }
        add("command", .id(command.id))
        let called = names.called(command.position)
        if !called.isEmpty { add("ref", .names(called)) }
        add("position", .count(command.position))
        add("account", .count(command.account))
        add("executor", .count(command.executor))
        add("symbol", .text(names.symbol(command.symbol)))
        add("broker_name", .word(textOf(command.symbol_name)))
        add("side", .named(command.side, Words.side))
        add("action", .named(command.action, Words.action))
        add("reason", .named(command.reason, Words.reason))
        add("class", .named(command.priority, Words.priority))
        add("state", .named(command.state, Words.commandState))
        add("attempt", .count(command.attempt))
        add("parent", .id(command.parent))
        add("volume", .amount(command.volume))
        add("executed", .amount(command.executed))
        price("price", command.price)
        price("level", command.level)
        price("trigger_price", command.trigger_price)
        price("sl", command.sl)
        price("tp", command.tp)
        add("created", .time(command.created))
        add("sent", .time(command.sent))
        add("deadline", .time(command.deadline))
        add("act_before", .time(command.act_before))
        add("retcode", .count(command.retcode))
        add("deviation", .count(command.deviation))
        add("lane", .named(command.lane, Words.lane))
        add("fill_mode", .named(command.fill_mode, Words.fillMode))
        add("full", .flag(command.flags.has(HF_COMMAND_FULL)))
        add("redelivered", .flag(command.flags.has(HF_COMMAND_REDELIVERED)))
        add("ticket", .count(command.ticket))
        add("with_ticket", .count(command.with_ticket))
        add("magic", .count(command.magic))
        add("tag", .word(textOf(command.tag)))
        add("client_id", .word(textOf(command.client_id)))
    }

    /// What an expectation of a command may compare.
    static let commandKeys: [String: Kind] = [
        "ref": .text, "position": .count, "account": .count, "executor": .count,
        "symbol": .text, "broker_name": .text, "side": .word(Words.side),
        "action": .word(Words.action), "reason": .word(Words.reason),
        "class": .word(Words.priority), "state": .word(Words.commandState), "attempt": .count,
        "parent": .command, "volume": .decimal, "executed": .decimal, "price": .decimal,
        "level": .decimal, "trigger_price": .decimal, "sl": .decimal, "tp": .decimal,
        "created": .instant, "sent": .instant, "deadline": .instant, "act_before": .instant,
        "retcode": .count, "deviation": .count, "lane": .word(Words.lane),
        "fill_mode": .word(Words.fillMode), "full": .flag, "redelivered": .flag,
        "ticket": .count, "with_ticket": .count, "magic": .integer, "tag": .text,
        "client_id": .text,
    ]
}
