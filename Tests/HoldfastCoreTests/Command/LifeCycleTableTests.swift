import Testing

@testable import HoldfastCore

/// The life cycle as docs/semantics.md tells it, section 6, written down a second time: what each
/// event makes of a command in each state. A column is a state, in this order:
/// pending, sent, acknowledged, unknown, then executed, parTial, rejected, failed, eXpired and
/// superseded by an other (W).
@Suite("LifeCycle, against the pages")
struct LifeCycleTableTests {
    private let letters: [Character: CommandState] = [
        "P": .pending, "S": .sent, "A": .acknowledged, "U": .unknown, "E": .executed,
        "T": .partial, "R": .rejected, "F": .failed, "X": .expired, "W": .superseded,
    ]
    private let order = Array("PSAUETRFXW")

    /// Of a close, S6.40 to S6.52, S6.77 to S6.90.
    private let close: [(CommandEvent, String)] = [
        (.taken, "SSAUETRFXW"),
        (.receipt, "AAAAETRFXW"),
        (.filled, "EEEEEEEEEE"),
        (.filledInPart, "TTTTETTTTT"),
        (.requoted, "RRRRETRFXW"),
        (.refusedForNow, "RRRRETRFXW"),
        (.refusedByTerminal, "RRRRETRFXW"),
        (.refusedForGood, "RRRRETRFXW"),
        (.refusedFillMode, "RRRRETRFXW"),
        (.marketClosed, "RRRRETRFXW"),
        (.unclear, "UUUUETRFXW"),
        (.deadline, "PUUUETRFXW"),
        (.noDeal, "PSAFETRFXW"),
        (.withdrawn, "WSAUETRFXW"),
        (.positionGone, "FFFFETRFXW"),
        (.turnedOver, "WWWWETRFXW"),
    ]

    /// What is otherwise with an entry (S6.111, S6.114) and a modify (S6.158).
    private let others: [(Action, CommandEvent, String)] = [
        (.open, .deadline, "XUUUETRFXW"),
        (.open, .noDeal, "PSAFETRFXW"),
        (.open, .receipt, "AAAAETRFXW"),
        (.open, .refusedForGood, "RRRRETRFXW"),
        (.modify, .deadline, "XFFUETRFXW"),
        (.modify, .refusedForNow, "RRRRETRFXW"),
        (.modify, .filled, "EEEEEEEEEE"),
        (.closeBy, .refusedForNow, "RRRRETRFXW"),
        (.closeBy, .positionGone, "FFFFETRFXW"),
    ]

    private func states(_ step: (CommandState) -> CommandState) -> String {
        String(
            order.map { letter in
                guard let state = letters[letter] else { return "?" }
                let next = step(state)
                return letters.first { $0.value == next }?.key ?? "?"
            })
    }

    @Test("every event makes of every state what the pages say")
    func table() {
        #expect(close.map(\.0) == CommandEvent.allCases)
        #expect(letters.count == CommandState.allCases.count)
        for (event, row) in close {
            #expect(states { LifeCycle.step($0, event).0 } == row, "\(event)")
            #expect(states { LifeCycle.step($0, event, .close).0 } == row, "close, \(event)")
            #expect(states { LifeCycle.step($0, event, .reduce).0 } == row, "reduce, \(event)")
        }
    }

    @Test("entries and modifies expire where nobody takes them, and end where a close goes on")
    func actions() {
        for (action, event, row) in others {
            #expect(states { LifeCycle.step($0, event, action).0 } == row, "\(action), \(event)")
        }
    }
}
