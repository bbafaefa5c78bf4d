/// What a rule of each kind may say. The kinds that this build lacks are read and handed to the
/// core, whose answer then is HF_E_UNSUPPORTED.
enum RuleShapes {
    private static let base: [String: Kind] = [
        "scope": .object(
            Shape(optional: [
                "ref": .text, "strategy": .count, "symbol": .text, "account": .count,
            ])),
        "kind": .word(Words.ruleKind), "remove": .flag,
    ].merging(Verbs.common) { own, _ in own }

    /// The keys of a rule of its kind; one that is removed needs its id alone.
    static func shape(_ rule: Fields) -> Shape {
        let own = rule.text("kind").flatMap { kinds[$0] } ?? [:]
        let optional = base.merging(own) { first, _ in first }
        if rule.flag("remove") { return Shape(["id": .count], optional: optional) }
        return Shape(["id": .count], optional: optional, oneOf: [["kind"], ["scope"]])
    }

    private static let secondDistance = Kind.object(
        Shape(["profit": .decimal], optional: ["distance": .decimal, "percent": .decimal]))

    private static let kinds: [String: [String: Kind]] = [
        "trailing": [
            "distance": .decimal, "percent": .decimal, "atr": .decimal, "atr_period": .count,
            "interval": .duration, "activation": .decimal, "step": .decimal,
            "step_percent": .decimal, "profit_distance": secondDistance,
        ],
        "break_even": [
            "trigger": .decimal, "trigger_percent": .decimal, "offset": .decimal,
            "offset_percent": .decimal, "cover_costs": .flag,
        ],
        "partial": [
            "profit_percent": .decimal, "profit_distance": .decimal, "min_age": .duration,
            "fraction": .decimal, "of": .word(Words.ruleOf), "remainder": .word(Words.remainder),
        ],
        "scale_in": [
            "profit_percent": .decimal, "momentum_percent": .decimal, "over": .count,
            "volume_ratio": .decimal, "volume_over": .count, "interval": .duration,
            "fraction": .decimal, "times": .count,
        ],
        "time": [
            "age": .duration, "at": .instant, "action": .word(Words.timeAction),
            "distance": .decimal,
        ],
        "volatility": [
            "atr_period": .count, "interval": .duration, "low": .decimal, "high": .decimal,
            "factor": .decimal,
        ],
        "roi": ["table": .list(.list(.text))],
        "preset": ["name": .word(Words.preset)],
    ]
}
