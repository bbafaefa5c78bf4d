/// The states of a command; the first four are live.
public enum CommandState: UInt8, CaseIterable {
    case pending = 1, sent, acknowledged, unknown
    case executed, partial, rejected, failed, expired, superseded

    public var isFinal: Bool {
        switch self {
        case .pending, .sent, .acknowledged, .unknown: false
        case .executed, .partial, .rejected, .failed, .expired, .superseded: true
        }
    }
}

/// What can happen to a command.
public enum CommandEvent: UInt8, CaseIterable {
    /// Its executor took it.
    case taken
    /// Received or placed, not done yet.
    case receipt
    /// A fill of all of it, or of a part.
    case filled, filledInPart
    /// The broker's no, by what follows from it (SEMANTICS 6, the table of codes).
    case requoted, refusedForNow, refusedByTerminal, refusedForGood, refusedFillMode, marketClosed
    /// An answer that says nothing certain.
    case unclear
    case deadline
    /// The query's answer: the broker knows no deal.
    case noDeal
    /// The owner or a higher intent took it back before it was sent.
    case withdrawn
    /// Its position is gone by something else.
    case positionGone
    /// A fill turned its netting position over.
    case turnedOver
}

/// What the caller must do beside taking the new state.
public enum CommandAction: UInt8 {
    case nothing
    /// Start the deadline of the class.
    case arm
    /// The fill changes the position; settle what is left of the intent.
    case settle
    /// A fill of a command that was final already: the deal is the truth.
    case settleLate
    /// A child at once, or with back-off from the third requote in a row.
    case requote
    case backOff
    /// An alarm; a child after the slowest back-off.
    case alarm
    /// A child at once with the other fill mode, the first time; then as `alarm`.
    case switchFill
    /// A child with the next tick of the symbol.
    case hold
    /// Ask for its deals.
    case query
    /// A child at once, or at `act_before` if that is later.
    case replace
    /// It was asked for once: its no is the end of what it was for.
    case giveUp
    /// An alarm: nobody takes it. It goes on waiting.
    case waitOn
}

/// The life cycle as a table: every state with every event.
public enum LifeCycle {
    public static func step(
        _ state: CommandState, _ event: CommandEvent
    ) -> (CommandState, CommandAction) {
        switch (state, event) {
        case (.pending, .taken), (.sent, .taken): (.sent, .arm)
        case (.acknowledged, .taken): (.acknowledged, .arm)
        case (.unknown, .taken): (.unknown, .nothing)

        case (.pending, .receipt), (.sent, .receipt), (.unknown, .receipt): (.acknowledged, .arm)
        case (.acknowledged, .receipt): (.acknowledged, .nothing)

        case (.pending, .filled), (.sent, .filled), (.acknowledged, .filled), (.unknown, .filled):
            (.executed, .settle)
        case (.pending, .filledInPart), (.sent, .filledInPart), (.acknowledged, .filledInPart),
            (.unknown, .filledInPart):
            (.partial, .settle)

        case (.pending, .requoted), (.sent, .requoted), (.acknowledged, .requoted),
            (.unknown, .requoted):
            (.rejected, .requote)
        case (.pending, .refusedForNow), (.sent, .refusedForNow), (.acknowledged, .refusedForNow),
            (.unknown, .refusedForNow):
            (.rejected, .backOff)
        case (.pending, .refusedByTerminal), (.sent, .refusedByTerminal),
            (.acknowledged, .refusedByTerminal), (.unknown, .refusedByTerminal),
            (.pending, .refusedForGood), (.sent, .refusedForGood),
            (.acknowledged, .refusedForGood), (.unknown, .refusedForGood):
            (.rejected, .alarm)
        case (.pending, .refusedFillMode), (.sent, .refusedFillMode),
            (.acknowledged, .refusedFillMode), (.unknown, .refusedFillMode):
            (.rejected, .switchFill)
        case (.pending, .marketClosed), (.sent, .marketClosed), (.acknowledged, .marketClosed),
            (.unknown, .marketClosed):
            (.rejected, .hold)

        case (.pending, .unclear), (.sent, .unclear), (.acknowledged, .unclear),
            (.sent, .deadline), (.acknowledged, .deadline):
            (.unknown, .query)
        case (.unknown, .unclear), (.unknown, .deadline): (.unknown, .nothing)
        case (.pending, .deadline): (.pending, .waitOn)

        case (.unknown, .noDeal): (.failed, .replace)
        // The command has been heard of since it was asked about: the answer is out of date.
        case (.pending, .noDeal), (.sent, .noDeal), (.acknowledged, .noDeal): (state, .nothing)

        case (.pending, .withdrawn): (.superseded, .nothing)
        // Already out: it stays until it is settled.
        case (.sent, .withdrawn), (.acknowledged, .withdrawn), (.unknown, .withdrawn):
            (state, .nothing)

        case (.pending, .positionGone), (.sent, .positionGone), (.acknowledged, .positionGone),
            (.unknown, .positionGone):
            (.failed, .nothing)
        case (.pending, .turnedOver), (.sent, .turnedOver), (.acknowledged, .turnedOver),
            (.unknown, .turnedOver):
            (.superseded, .nothing)

        case (.executed, .filled), (.partial, .filled), (.rejected, .filled), (.failed, .filled),
            (.expired, .filled), (.superseded, .filled):
            (.executed, .settleLate)
        case (.executed, .filledInPart): (.executed, .settleLate)
        case (.partial, .filledInPart), (.rejected, .filledInPart), (.failed, .filledInPart),
            (.expired, .filledInPart), (.superseded, .filledInPart):
            (.partial, .settleLate)

        case (.executed, .taken), (.partial, .taken), (.rejected, .taken), (.failed, .taken),
            (.expired, .taken), (.superseded, .taken),
            (.executed, .receipt), (.partial, .receipt), (.rejected, .receipt),
            (.failed, .receipt), (.expired, .receipt), (.superseded, .receipt),
            (.executed, .requoted), (.partial, .requoted), (.rejected, .requoted),
            (.failed, .requoted), (.expired, .requoted), (.superseded, .requoted),
            (.executed, .refusedForNow), (.partial, .refusedForNow), (.rejected, .refusedForNow),
            (.failed, .refusedForNow), (.expired, .refusedForNow), (.superseded, .refusedForNow),
            (.executed, .refusedByTerminal), (.partial, .refusedByTerminal),
            (.rejected, .refusedByTerminal), (.failed, .refusedByTerminal),
            (.expired, .refusedByTerminal), (.superseded, .refusedByTerminal),
            (.executed, .refusedForGood), (.partial, .refusedForGood),
            (.rejected, .refusedForGood), (.failed, .refusedForGood),
            (.expired, .refusedForGood), (.superseded, .refusedForGood),
            (.executed, .refusedFillMode), (.partial, .refusedFillMode),
            (.rejected, .refusedFillMode), (.failed, .refusedFillMode),
            (.expired, .refusedFillMode), (.superseded, .refusedFillMode),
            (.executed, .marketClosed), (.partial, .marketClosed), (.rejected, .marketClosed),
            (.failed, .marketClosed), (.expired, .marketClosed), (.superseded, .marketClosed),
            (.executed, .unclear), (.partial, .unclear), (.rejected, .unclear),
            (.failed, .unclear), (.expired, .unclear), (.superseded, .unclear),
            (.executed, .deadline), (.partial, .deadline), (.rejected, .deadline),
            (.failed, .deadline), (.expired, .deadline), (.superseded, .deadline),
            (.executed, .noDeal), (.partial, .noDeal), (.rejected, .noDeal),
            (.failed, .noDeal), (.expired, .noDeal), (.superseded, .noDeal),
            (.executed, .withdrawn), (.partial, .withdrawn), (.rejected, .withdrawn),
            (.failed, .withdrawn), (.expired, .withdrawn), (.superseded, .withdrawn),
            (.executed, .positionGone), (.partial, .positionGone), (.rejected, .positionGone),
            (.failed, .positionGone), (.expired, .positionGone), (.superseded, .positionGone),
            (.executed, .turnedOver), (.partial, .turnedOver), (.rejected, .turnedOver),
            (.failed, .turnedOver), (.expired, .turnedOver), (.superseded, .turnedOver):
            (state, .nothing)
        }
    }
}

extension LifeCycle {
    /// The same for a command by its action: an entry, a modify and a close-by are asked for once.
    /// What would bring a close's child ends them; only a requote of an entry is followed, and they
    /// expire when nobody takes them.
    static func step(
        _ state: CommandState, _ event: CommandEvent, _ action: Action
    ) -> (CommandState, CommandAction) {
        let (next, follows) = step(state, event)
        switch action {
        case .close, .reduce, .queryDeals, .queryPositions: return (next, follows)
        case .modify, .open, .closeBy: break
        }
        // A close never expires, nor does one against another.
        if state == .pending && event == .deadline && action != .closeBy {
            return (.expired, .giveUp)
        }
        switch follows {
        case .backOff, .alarm, .switchFill, .hold, .replace: return (next, .giveUp)
        case .requote: return (next, action == .open ? .requote : .giveUp)
        // A level that is set twice does no harm: nothing is asked about it.
        case .query where action == .modify: return (.failed, .giveUp)
        case .query, .nothing, .arm, .settle, .settleLate, .giveUp, .waitOn: return (next, follows)
        }
    }
}
