import CHoldfast

/// What an answer means, whatever a broker calls it (HF_ANSWER_...).
public enum Answer: UInt8, Sendable {
    case done = 1, receipt, partial, requote, wait, terminal, never, fillMode, hold, unknown

    public var event: CommandEvent {
        switch self {
        case .done: .filled
        case .receipt: .receipt
        case .partial: .filledInPart
        case .requote: .requoted
        case .wait: .refusedForNow
        case .terminal: .refusedByTerminal
        case .never: .refusedForGood
        case .fillMode: .refusedFillMode
        case .hold: .marketClosed
        case .unknown: .unclear
        }
    }
}

/// What an MT5 return code says about a close (SEMANTICS 6), as data. Brokers with other codes say
/// the class themselves (`hf_ack.answer`).
public enum Retcode {
    public static let done: UInt32 = 10009
    /// A modify that changes nothing.
    static let noChanges: UInt32 = 10025

    /// The commonest first. What no row has is unknown.
    private static let rows: [(first: UInt32, last: UInt32, answer: Answer)] = [
        (10009, 10009, .done),
        (10008, 10008, .receipt),
        (0, 0, .receipt),
        (10010, 10010, .partial),
        (10004, 10004, .requote),
        (10020, 10021, .requote),
        (10006, 10007, .wait),
        (10024, 10024, .wait),
        (10028, 10029, .wait),
        (10031, 10031, .wait),
        (10026, 10027, .terminal),
        (10013, 10017, .never),
        (10019, 10019, .never),
        (10022, 10022, .never),
        (10032, 10035, .never),
        (10040, .max, .never),
        (10030, 10030, .fillMode),
        (10018, 10018, .hold),
        (10011, 10012, .unknown),
        (10036, 10036, .unknown),
        (10038, 10039, .unknown),
    ]

    public static func answer(_ code: UInt32) -> Answer {
        for row in rows where row.first <= code && code <= row.last { return row.answer }
        return .unknown
    }

    public static func event(_ code: UInt32) -> CommandEvent { answer(code).event }
}

extension hf_ack {
    /// As it was told; without one, that of its class or done.
    var code: UInt32 {
        if present & UInt32(HF_HAS_RETCODE) != 0 { return retcode }
        return answer == 0 ? Retcode.done : 0
    }

    /// What it says of a command that opens or closes.
    var event: CommandEvent { Answer(rawValue: answer)?.event ?? Retcode.event(code) }

    /// The same of a modify, which is done or not: there are no parts of it.
    var eventOfModify: CommandEvent {
        if answer == 0 && code == Retcode.noChanges { return .filled }
        return event == .filledInPart ? .filled : event
    }

    var isFill: Bool { event.isFill }
}

extension CommandEvent {
    var isFill: Bool { self == .filled || self == .filledInPart }
}
