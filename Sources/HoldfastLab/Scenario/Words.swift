import CHoldfast

/// The words of one kind of field, with their numbers in holdfast.h.
struct Vocabulary: Sendable {
    /// What a message calls one of them.
    let noun: String
    let words: [(word: String, number: Int)]

    func number(_ word: String) -> Int? { words.first { $0.word == word }?.number }
    func word(_ number: some BinaryInteger) -> String? {
        words.first { $0.number == Int(number) }?.word
    }
}

enum Words {
    static let side = Vocabulary(noun: "side", words: [("long", HF_LONG), ("short", HF_SHORT)])
    static let mode = Vocabulary(
        noun: "mode", words: [("hedging", HF_HEDGING), ("netting", HF_NETTING)])
    static let trigger = Vocabulary(
        noun: "trigger", words: [("quote", HF_TRIGGER_QUOTE), ("last", HF_TRIGGER_LAST)])
    static let source = Vocabulary(
        noun: "source", words: [("ticks", HF_SOURCE_TICKS), ("bars", HF_SOURCE_BARS)])
    static let positionState = Vocabulary(
        noun: "position state",
        words: [
            ("pending", HF_POSITION_PENDING), ("open", HF_POSITION_OPEN),
            ("closing", HF_POSITION_CLOSING), ("suspect", HF_POSITION_SUSPECT),
            ("closed", HF_POSITION_CLOSED),
        ])
    static let reason = Vocabulary(
        noun: "reason",
        words: [
            ("sl", HF_REASON_SL), ("tp", HF_REASON_TP), ("trailing", HF_REASON_TRAILING),
            ("break_even", HF_REASON_BREAK_EVEN), ("partial", HF_REASON_PARTIAL),
            ("scale_in", HF_REASON_SCALE_IN), ("time", HF_REASON_TIME),
            ("volatility", HF_REASON_VOLATILITY), ("roi", HF_REASON_ROI),
            ("guard", HF_REASON_GUARD), ("manual", HF_REASON_MANUAL),
            ("advisor", HF_REASON_ADVISOR), ("emergency", HF_REASON_EMERGENCY),
            ("close_by", HF_REASON_CLOSE_BY), ("external", HF_REASON_EXTERNAL),
            ("unknown", HF_REASON_UNKNOWN),
        ])
    static let priority = Vocabulary(
        noun: "class",
        words: [
            ("partial", HF_CLASS_PARTIAL), ("tp", HF_CLASS_TP), ("manual", HF_CLASS_MANUAL),
            ("sl", HF_CLASS_SL), ("guard", HF_CLASS_GUARD), ("emergency", HF_CLASS_EMERGENCY),
        ])
    static let action = Vocabulary(
        noun: "action",
        words: [
            ("close", HF_ACTION_CLOSE), ("reduce", HF_ACTION_REDUCE),
            ("modify", HF_ACTION_MODIFY), ("open", HF_ACTION_OPEN),
            ("close_by", HF_ACTION_CLOSE_BY), ("query_deals", HF_ACTION_QUERY_DEALS),
            ("query_positions", HF_ACTION_QUERY_POSITIONS),
        ])
    static let commandState = Vocabulary(
        noun: "command state",
        words: [
            ("pending", HF_COMMAND_PENDING), ("sent", HF_COMMAND_SENT),
            ("acknowledged", HF_COMMAND_ACKNOWLEDGED), ("unknown", HF_COMMAND_UNKNOWN),
            ("executed", HF_COMMAND_EXECUTED), ("partial", HF_COMMAND_PARTIAL),
            ("rejected", HF_COMMAND_REJECTED), ("failed", HF_COMMAND_FAILED),
            ("expired", HF_COMMAND_EXPIRED), ("superseded", HF_COMMAND_SUPERSEDED),
        ])
    static let lane = Vocabulary(
        noun: "lane", words: [("priority", HF_LANE_PRIORITY), ("entry", HF_LANE_ENTRY)])
    static let fillMode = Vocabulary(
        noun: "fill mode",
        words: [("ioc", HF_FILL_IOC), ("fok", HF_FILL_FOK), ("return", HF_FILL_RETURN)])
    static let dealReason = Vocabulary(
        noun: "deal reason",
        words: [
            ("client", HF_DEAL_CLIENT), ("sl", HF_DEAL_SL), ("tp", HF_DEAL_TP),
            ("so", HF_DEAL_SO),
        ])
    static let answer = Vocabulary(
        noun: "answer",
        words: [
            ("done", HF_ANSWER_DONE), ("receipt", HF_ANSWER_RECEIPT),
            ("partial", HF_ANSWER_PARTIAL), ("requote", HF_ANSWER_REQUOTE),
            ("wait", HF_ANSWER_WAIT), ("terminal", HF_ANSWER_TERMINAL),
            ("never", HF_ANSWER_NEVER), ("fill_mode", HF_ANSWER_FILL_MODE),
            ("hold", HF_ANSWER_HOLD), ("unknown", HF_ANSWER_UNKNOWN),
        ])
    /// What an executor can do: bits, not numbers.
    static let capability = Vocabulary(
        noun: "capability",
        words: [
            ("partial", Int(HF_CAN_PARTIAL)), ("close_by", Int(HF_CAN_CLOSE_BY)),
            ("broker_stops", Int(HF_CAN_BROKER_STOPS)),
        ])
    static let accountState = Vocabulary(
        noun: "account state",
        words: [
            ("active", HF_STATE_ACTIVE), ("reducing", HF_STATE_REDUCING),
            ("halted", HF_STATE_HALTED),
        ])
    static let event = Vocabulary(
        noun: "event",
        words: [
            ("opened", HF_EVENT_OPENED), ("changed", HF_EVENT_CHANGED),
            ("closed", HF_EVENT_CLOSED), ("command", HF_EVENT_COMMAND),
            ("command_state", HF_EVENT_COMMAND_STATE), ("escalated", HF_EVENT_ESCALATED),
            ("recorded", HF_EVENT_RECORDED), ("alarm", HF_EVENT_ALARM),
            ("review", HF_EVENT_REVIEW), ("decision", HF_EVENT_DECISION),
            ("guard", HF_EVENT_GUARD), ("account_state", HF_EVENT_ACCOUNT_STATE),
            ("sync", HF_EVENT_SYNC), ("suspect", HF_EVENT_SUSPECT), ("blind", HF_EVENT_BLIND),
            ("refused", HF_EVENT_REFUSED), ("recovered", HF_EVENT_RECOVERED),
        ])
    static let what = Vocabulary(
        noun: "subject",
        words: [
            ("sl", HF_WHAT_SL), ("tp", HF_WHAT_TP), ("volume", HF_WHAT_VOLUME),
            ("price", HF_WHAT_PRICE), ("profit", HF_WHAT_PROFIT), ("costs", HF_WHAT_COSTS),
            ("ticket", HF_WHAT_TICKET), ("intent", HF_WHAT_INTENT),
            ("attempts", HF_WHAT_ATTEMPTS), ("retcode", HF_WHAT_RETCODE),
            ("late_ticks", HF_WHAT_LATE_TICKS), ("deal", HF_WHAT_DEAL),
            ("disaster_sl", HF_WHAT_DISASTER_SL), ("rule", HF_WHAT_RULE),
            ("balance", HF_WHAT_BALANCE), ("modify", HF_WHAT_MODIFY),
            ("waiting", HF_WHAT_WAITING), ("executor", HF_WHAT_EXECUTOR),
            ("stale", HF_WHAT_STALE), ("adopted", HF_WHAT_ADOPTED),
            ("absent", HF_WHAT_ABSENT),
        ])
    static let sort = Vocabulary(
        noun: "sort",
        words: [
            ("opened", HF_SORT_OPENED), ("newest", HF_SORT_NEWEST),
            ("profit", HF_SORT_PROFIT), ("loss", HF_SORT_LOSS), ("symbol", HF_SORT_SYMBOL),
        ])
    /// What sums are grouped by: bits, not numbers.
    static let by = Vocabulary(
        noun: "group",
        words: [
            ("account", Int(HF_BY_ACCOUNT)), ("strategy", Int(HF_BY_STRATEGY)),
            ("symbol", Int(HF_BY_SYMBOL)), ("side", Int(HF_BY_SIDE)),
            ("reason", Int(HF_BY_REASON)),
        ])
    static let ruleKind = Vocabulary(
        noun: "rule kind",
        words: [
            ("trailing", HF_RULE_TRAILING), ("break_even", HF_RULE_BREAK_EVEN),
            ("partial", HF_RULE_PARTIAL), ("scale_in", HF_RULE_SCALE_IN),
            ("time", HF_RULE_TIME), ("volatility", HF_RULE_VOLATILITY), ("roi", HF_RULE_ROI),
            ("preset", HF_RULE_PRESET),
        ])
    static let ruleOf = Vocabulary(
        noun: "volume", words: [("initial", HF_OF_INITIAL), ("remaining", HF_OF_REMAINING)])
    static let remainder = Vocabulary(
        noun: "remainder", words: [("keep", HF_REMAINDER_KEEP), ("close", HF_REMAINDER_CLOSE)])
    static let timeAction = Vocabulary(
        noun: "action", words: [("close", HF_TIME_CLOSE), ("tighten", HF_TIME_TIGHTEN)])
    static let preset = Vocabulary(noun: "preset", words: [("booking", HF_PRESET_BOOKING)])
    static let noneOf = Vocabulary(noun: "event", words: [("any", 0)] + event.words)

    static let status = Vocabulary(
        noun: "status",
        words: [
            ("HF_OK", HF_OK), ("HF_E_ARGUMENT", HF_E_ARGUMENT), ("HF_E_RANGE", HF_E_RANGE),
            ("HF_E_OVERFLOW", HF_E_OVERFLOW), ("HF_E_GRID", HF_E_GRID),
            ("HF_E_VOLUME", HF_E_VOLUME), ("HF_E_PRICE", HF_E_PRICE), ("HF_E_TIME", HF_E_TIME),
            ("HF_E_SYMBOL", HF_E_SYMBOL), ("HF_E_ACCOUNT", HF_E_ACCOUNT),
            ("HF_E_POSITION", HF_E_POSITION), ("HF_E_COMMAND", HF_E_COMMAND),
            ("HF_E_RULE", HF_E_RULE), ("HF_E_EXECUTOR", HF_E_EXECUTOR),
            ("HF_E_DUPLICATE", HF_E_DUPLICATE), ("HF_E_CONFLICT", HF_E_CONFLICT),
            ("HF_E_LEVEL_SIDE", HF_E_LEVEL_SIDE), ("HF_E_LEVEL_BREACHED", HF_E_LEVEL_BREACHED),
            ("HF_E_STOPS_LEVEL", HF_E_STOPS_LEVEL), ("HF_E_FREEZE_LEVEL", HF_E_FREEZE_LEVEL),
            ("HF_E_INTENT_LIVE", HF_E_INTENT_LIVE), ("HF_E_CLOSED", HF_E_CLOSED),
            ("HF_E_STATE", HF_E_STATE), ("HF_E_BLOCKED", HF_E_BLOCKED), ("HF_E_CAP", HF_E_CAP),
            ("HF_E_UNKNOWN_MONEY", HF_E_UNKNOWN_MONEY), ("HF_E_UNSUPPORTED", HF_E_UNSUPPORTED),
            ("HF_E_FULL", HF_E_FULL), ("HF_E_STORAGE", HF_E_STORAGE),
            ("HF_E_LAPPED", HF_E_LAPPED), ("HF_E_HANDLE", HF_E_HANDLE),
            ("HF_E_FORKED", HF_E_FORKED), ("HF_E_VERSION", HF_E_VERSION),
            ("HF_E_FAULT", HF_E_FAULT),
        ])
}
