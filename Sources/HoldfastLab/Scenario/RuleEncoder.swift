import CHoldfast

// Standing orders of management.

extension Encoder {
    func rule(_ fields: Fields) throws -> hf_rule {
        var rule = hf_rule()
        rule.id = fields.count("id") ?? 0
        rule.kind = fields.word("kind", Words.ruleKind) ?? 0
        rule.remove = fields.flag("remove") ? 1 : 0
        rule.of = fields.word("of", Words.ruleOf) ?? 0
        rule.remainder = fields.word("remainder", Words.remainder) ?? 0
        rule.time_action = fields.word("action", Words.timeAction) ?? 0
        rule.preset = fields.word("name", Words.preset) ?? 0
        rule.cover_costs = fields.flag("cover_costs") ? 1 : 0
        rule.atr_period = UInt32(clamping: fields.count("atr_period") ?? 0)
        rule.over = UInt32(clamping: fields.count("over") ?? 0)
        rule.volume_over = UInt32(clamping: fields.count("volume_over") ?? 0)
        rule.times = UInt32(clamping: fields.count("times") ?? 0)
        rule.interval = fields.duration("interval") ?? 0
        rule.min_age = fields.duration("min_age") ?? 0
        rule.age = fields.duration("age") ?? 0
        rule.at = fields.instant("at") ?? 0
        let digits = scope(fields.object("scope"), &rule)
        try distances(fields, digits, &rule)
        try ratios(fields, &rule)
        try secondDistance(fields, digits, &rule)
        try table(fields, &rule)
        for (key, bit) in Self.presence where fields.has(key) { rule.present |= UInt64(bit) }
        return rule
    }

    /// Sets the scope and returns the digits in which its distances are given.
    private func scope(_ scope: Fields?, _ rule: inout hf_rule) -> Int {
        guard let scope else { return names.onlyDigits }
        if scope.has("ref") {
            rule.scope = UInt8(HF_SCOPE_POSITION)
            rule.scope_id = names.position(scope.text("ref"))
            return names.digits(of: rule.scope_id)
        }
        if scope.has("symbol") {
            let symbol = names.symbolID(scope.text("symbol"))
            rule.scope = UInt8(HF_SCOPE_SYMBOL)
            rule.scope_id = UInt64(symbol)
            return names.digits(symbol)
        }
        if let strategy = scope.count("strategy") {
            rule.scope = UInt8(HF_SCOPE_STRATEGY)
            rule.scope_id = strategy
        } else if let account = scope.count("account") {
            rule.scope = UInt8(HF_SCOPE_ACCOUNT)
            rule.scope_id = account
        } else {
            rule.scope = UInt8(HF_SCOPE_ALL)
        }
        return names.onlyDigits
    }

    private func distances(_ fields: Fields, _ digits: Int, _ rule: inout hf_rule) throws {
        rule.distance = try fields.units("distance", digits: digits) ?? 0
        rule.activation = try fields.units("activation", digits: digits) ?? 0
        rule.step = try fields.units("step", digits: digits) ?? 0
        rule.trigger = try fields.units("trigger", digits: digits) ?? 0
        rule.offset = try fields.units("offset", digits: digits) ?? 0
    }

    private func ratios(_ fields: Fields, _ rule: inout hf_rule) throws {
        rule.percent = try fields.percent("percent") ?? 0
        rule.step_percent = try fields.percent("step_percent") ?? 0
        rule.trigger_percent = try fields.percent("trigger_percent") ?? 0
        rule.offset_percent = try fields.percent("offset_percent") ?? 0
        rule.profit_percent = try fields.percent("profit_percent") ?? 0
        rule.momentum_percent = try fields.percent("momentum_percent") ?? 0
        rule.atr = try fields.units("atr") ?? 0
        rule.fraction = try fields.units("fraction") ?? 0
        rule.volume_ratio = try fields.units("volume_ratio") ?? 0
        rule.low = try fields.units("low") ?? 0
        rule.high = try fields.units("high") ?? 0
        rule.factor = try fields.units("factor") ?? 0
    }

    /// `profit_distance` of a trailing rule is an object, of a partial a price distance.
    private func secondDistance(_ fields: Fields, _ digits: Int, _ rule: inout hf_rule) throws {
        guard let second = fields.object("profit_distance") else {
            rule.profit_distance = try fields.units("profit_distance", digits: digits) ?? 0
            if fields.has("profit_distance") { rule.present |= UInt64(HF_RULE_PROFIT_DISTANCE) }
            return
        }
        rule.present |= UInt64(HF_RULE_SECOND_PROFIT)
        rule.second_profit =
            second.has("percent")
            ? try second.percent("profit") ?? 0 : try second.units("profit", digits: digits) ?? 0
        rule.second_distance = try second.units("distance", digits: digits) ?? 0
        rule.second_percent = try second.percent("percent") ?? 0
        if second.has("distance") { rule.present |= UInt64(HF_RULE_SECOND_DISTANCE) }
        if second.has("percent") { rule.present |= UInt64(HF_RULE_SECOND_PERCENT) }
    }

    /// Rows [age, percent].
    private func table(_ fields: Fields, _ rule: inout hf_rule) throws {
        guard case .list(let rows) = fields["table"] else { return }
        var parsed: [hf_roi_row] = []
        for row in rows {
            guard case .list(let cells) = row, cells.count == 2,
                case .text(let age) = cells[0], case .text(let percent) = cells[1],
                let duration = Clock.duration(age), Exact.isDecimal(percent)
            else { throw Status(HF_E_ARGUMENT) }
            parsed.append(hf_roi_row(age: duration, profit: try Exact.units(percent, digits: 6)))
        }
        let room = MemoryLayout.size(ofValue: rule.roi) / MemoryLayout<hf_roi_row>.size
        if parsed.count > room { throw Status(HF_E_RANGE) }
        rule.roi_count = UInt32(parsed.count)
        parsed.withUnsafeBytes { source in
            withUnsafeMutableBytes(of: &rule.roi) { $0.copyMemory(from: source) }
        }
    }

    private static let presence: [(String, Int32)] = [
        ("distance", HF_RULE_DISTANCE), ("percent", HF_RULE_PERCENT), ("atr", HF_RULE_ATR),
        ("atr_period", HF_RULE_ATR_PERIOD), ("interval", HF_RULE_INTERVAL),
        ("activation", HF_RULE_ACTIVATION), ("step", HF_RULE_STEP),
        ("step_percent", HF_RULE_STEP_PERCENT), ("trigger", HF_RULE_TRIGGER),
        ("trigger_percent", HF_RULE_TRIGGER_PERCENT), ("offset", HF_RULE_OFFSET),
        ("offset_percent", HF_RULE_OFFSET_PERCENT), ("profit_percent", HF_RULE_PROFIT_PERCENT),
        ("min_age", HF_RULE_MIN_AGE), ("fraction", HF_RULE_FRACTION),
        ("momentum_percent", HF_RULE_MOMENTUM), ("volume_ratio", HF_RULE_VOLUME_RATIO),
        ("age", HF_RULE_AGE), ("at", HF_RULE_AT), ("low", HF_RULE_LOW), ("high", HF_RULE_HIGH),
        ("factor", HF_RULE_FACTOR),
    ]
}
