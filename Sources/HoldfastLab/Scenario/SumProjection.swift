import CHoldfast

// Sums over many positions, as a whole or by group.

extension Projection {
    /// Open positions of a filter, or of one group. `by`: which of its columns name the group.
    init(_ summary: hf_summary, by: UInt32, _ names: Names) {
        self.init()
        if by.has(HF_BY_ACCOUNT) { add("account", .count(summary.account)) }
        if by.has(HF_BY_STRATEGY) { add("strategy", .count(summary.strategy)) }
        if by.has(HF_BY_SYMBOL) { add("symbol", .text(names.symbol(summary.symbol))) }
        if by.has(HF_BY_SIDE) { add("side", .named(summary.side, Words.side)) }
        add("count", .count(summary.count))
        add("profitable", .count(summary.profitable))
        add("losing", .count(summary.losing))
        add("unknown", .count(summary.unknown))
        add("volume_long", .amount(summary.volume_long))
        add("volume_short", .amount(summary.volume_short))
        let known = summary.known
        add("exposure", .money(summary.exposure, known: known.has(HF_KNOWN_EXPOSURE)))
        add("floating", .money(summary.floating, known: known.has(HF_KNOWN_PROFIT)))
        add("net", .money(summary.net, known: known.has(HF_KNOWN_NET)))
    }

    static let summaryKeys: [String: Kind] = [
        "count": .count, "profitable": .count, "losing": .count, "unknown": .count,
        "volume_long": .decimal, "volume_short": .decimal, "exposure": .decimal,
        "floating": .decimal, "net": .decimal,
    ]

    /// Closed positions of a filter, or of one group.
    init(_ performance: hf_performance, by: UInt32, _ names: Names) {
        self.init()
        if by.has(HF_BY_ACCOUNT) { add("account", .count(performance.account)) }
        if by.has(HF_BY_STRATEGY) { add("strategy", .count(performance.strategy)) }
        if by.has(HF_BY_SYMBOL) { add("symbol", .text(names.symbol(performance.symbol))) }
        if by.has(HF_BY_SIDE) { add("side", .named(performance.side, Words.side)) }
        if by.has(HF_BY_REASON) { add("reason", .named(performance.reason, Words.reason)) }
        add("count", .count(performance.count))
        add("wins", .count(performance.wins))
        add("losses", .count(performance.losses))
        add("unknown", .count(performance.unknown))
        let known = performance.known
        for (key, money) in [
            ("net", performance.net), ("gross_profit", performance.gross_profit),
            ("gross_loss", performance.gross_loss), ("largest_win", performance.largest_win),
            ("largest_loss", performance.largest_loss), ("expectancy", performance.expectancy),
            ("max_drawdown", performance.max_drawdown), ("commission", performance.commission),
            ("swap", performance.swap), ("fee", performance.fee),
        ] { add(key, .money(money, known: known.has(HF_KNOWN_NET))) }
        add("win_rate", .amount(performance.win_rate))
        add("profit_factor", .money(performance.profit_factor, known: known.has(HF_KNOWN_FACTOR)))
        add("r_multiple", .money(performance.r_multiple, known: known.has(HF_KNOWN_R)))
        add("holding", .count(performance.holding))
        add("first", .time(performance.first))
        add("last", .time(performance.last))
    }

    static let performanceKeys: [String: Kind] = [
        "count": .count, "wins": .count, "losses": .count, "unknown": .count, "net": .decimal,
        "gross_profit": .decimal, "gross_loss": .decimal, "largest_win": .decimal,
        "largest_loss": .decimal, "expectancy": .decimal, "max_drawdown": .decimal,
        "commission": .decimal, "swap": .decimal, "fee": .decimal, "win_rate": .decimal,
        "profit_factor": .decimal, "r_multiple": .decimal, "holding": .count,
        "first": .instant, "last": .instant,
    ]
}
