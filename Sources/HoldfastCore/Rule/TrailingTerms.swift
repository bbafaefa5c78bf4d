import CHoldfast

/// What a trailing rule may say.
enum TrailingTerms {
    /// Its parameters: presence, value, and the first value that is too much.
    private static func values(_ rule: hf_rule) -> [(bit: Int32, value: Int64, end: Int64)] {
        let isRatio = rule.present & UInt64(HF_RULE_SECOND_PERCENT) != 0
        return [
            (HF_RULE_DISTANCE, rule.distance, Limits.price),
            (HF_RULE_PERCENT, rule.percent, Limits.unit),
            (HF_RULE_ACTIVATION, rule.activation, Limits.price),
            (HF_RULE_STEP, rule.step, Limits.price),
            (HF_RULE_STEP_PERCENT, rule.step_percent, Limits.unit),
            (
                HF_RULE_SECOND_PROFIT, rule.second_profit,
                isRatio ? 1000 * Limits.unit : Limits.price
            ),
            (HF_RULE_SECOND_DISTANCE, rule.second_distance, Limits.price),
            (HF_RULE_SECOND_PERCENT, rule.second_percent, Limits.unit),
        ]
    }

    static func check(_ rule: hf_rule) throws(Failure) {
        let values = values(rule)
        let known = values.reduce(UInt64(0)) { $0 | UInt64($1.bit) }
        if rule.present & ~known != 0 { throw .unsupported }
        var rest = rule
        (rest.id, rest.scope_id, rest.present) = (0, 0, 0)
        (rest.kind, rest.scope, rest.by) = (0, 0, hf_rule().by)
        (rest.distance, rest.percent, rest.activation) = (0, 0, 0)
        (rest.step, rest.step_percent, rest.second_profit) = (0, 0, 0)
        (rest.second_distance, rest.second_percent) = (0, 0)
        if !isZero(rest) { throw .unsupported }
        // One distance, at most one step, a second distance with its profit.
        if count(rule, HF_RULE_DISTANCE | HF_RULE_PERCENT) != 1
            || count(rule, HF_RULE_STEP | HF_RULE_STEP_PERCENT) > 1
            || count(rule, HF_RULE_SECOND_DISTANCE | HF_RULE_SECOND_PERCENT)
                != count(rule, HF_RULE_SECOND_PROFIT)
        {
            throw .argument
        }
        for (bit, value, end) in values {
            let isGiven = rule.present & UInt64(bit) != 0
            if !isGiven && value != 0 { throw .argument }
            if isGiven && (value <= 0 || value >= end) { throw .range }
        }
    }

    private static func count(_ rule: hf_rule, _ bits: Int32) -> Int {
        (rule.present & UInt64(bits)).nonzeroBitCount
    }
}
