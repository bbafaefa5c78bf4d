import CHoldfast

/// Where model and core part.
struct HistoryFailure: CustomStringConvertible {
    /// The place of the input in the history.
    let place: Int
    let text: String
    var description: String { "input \(place): \(text)" }
    /// The text without its numbers: failures of one cause look alike.
    var kind: String { String(text.filter { !$0.isNumber }) }
}

/// A history applied to the model and to a core, compared after every input.
struct HistoryRun {
    /// Applies the inputs; nil when both agree to the end.
    static func compare(_ inputs: [HistoryInput]) -> HistoryFailure? {
        HistoryProof().check(inputs, name: "")
    }

    /// One input on both sides; what differs.
    static func compare(
        _ input: HistoryInput, _ model: ExactModel, _ core: HistoryCore, _ ledger: HistoryLedger
    ) -> String? {
        if HistoryDoubt.isIn(input, model) { return nil }
        let got = core.apply(input)
        model.takeOrder = got.commands.map(\.id)
        let expected = model.apply(model.limited(input, by: got))
        var lines: [String] = []
        if expected != got { lines.append(difference(expected, got)) }
        let events = core.events()
        lines += difference(
            model.events.filter { !isOpen($0) }, events.map(ModelEvent.init).filter { !isOpen($0) })
        ledger.read(events)
        if case .take(let executor, let epoch, _, _) = input {
            ledger.given(got.commands, executor: executor, epoch: epoch)
        }
        lines += ledger.takeFailures()
        for position in model.positions {
            guard let theirs = core.position(position.id) else {
                lines.append("position \(position.id) is not there")
                continue
            }
            let view = PositionView(theirs)
            let differences = view.differences(PositionView(position, in: model))
            lines += differences.map { "position \(position.id) \($0)" }
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n    ")
    }

    /// When exactly an executor counts as silent: takes are not each recorded.
    private static func isOpen(_ event: ModelEvent) -> Bool {
        event.what == HF_WHAT_EXECUTOR || event.what == HF_WHAT_ADOPTED
    }

    private static func difference(_ expected: HistoryAnswer, _ got: HistoryAnswer) -> String {
        if expected.status != got.status {
            let names = [got.status, expected.status].map { String(cString: hf_status_name($0)) }
            return "status: core \(names[0]), model \(names[1])"
        }
        if expected.commands != got.commands {
            let left = got.commands.filter { !expected.commands.contains($0) }
            let right = expected.commands.filter { !got.commands.contains($0) }
            return "taken: core \(got.commands.map(\.id)), model \(expected.commands.map(\.id));\n"
                + "        core \(left.map(shown))\n        model \(right.map(shown))"
        }
        return "core \(got)\n        model \(expected)"
    }

    /// The events of one input, in any order.
    private static func difference(_ expected: [ModelEvent], _ got: [ModelEvent]) -> [String] {
        if expected == got { return [] }
        var left = expected
        var lines: [String] = []
        for event in got {
            if let place = left.firstIndex(of: event) {
                left.remove(at: place)
            } else {
                lines.append("event of the core alone: \(shown(event))")
            }
        }
        return lines + left.map { "event of the model alone: \(shown($0))" }
    }

    /// The fields of an event that are not zero.
    static func shown(_ event: ModelEvent) -> String {
        fields(event, skip: ["0", "", "0-0"])
    }

    /// Every field of an event but its number and sequence, as bytes: two cores agree in them.
    static func shown(_ event: hf_event) -> String {
        withUnsafeBytes(of: event) { bytes in
            bytes.dropFirst(16).reduce(into: "") { $0 += $1 == 0 ? "." : String($1, radix: 36) }
        }
    }

    static func shown(_ command: ModelTaken) -> String { fields(command, skip: ["0", "0-0"]) }

    private static func fields(_ value: Any, skip: Set<String>) -> String {
        Mirror(reflecting: value).children.compactMap { child in
            let text = "\(child.value)"
            return skip.contains(text) ? nil : "\(child.label ?? "") \(text)"
        }.joined(separator: ", ")
    }

    /// The shortest history that still fails, found by leaving inputs out.
    static func minimise(
        _ inputs: [HistoryInput], _ fails: ([HistoryInput]) -> Bool
    ) -> [HistoryInput] {
        var inputs = inputs
        var size = max(1, inputs.count / 2)
        while size >= 1 {
            var place = HistoryGenerator.world.count
            var isShorter = false
            while place < inputs.count {
                var fewer = inputs
                fewer.removeSubrange(place..<min(place + size, inputs.count))
                if fails(fewer) {
                    inputs = fewer
                    isShorter = true
                } else {
                    place += size
                }
            }
            if size == 1 && !isShorter { break }
            if !isShorter || size > 1 { size = max(1, size / 2) }
        }
        return inputs
    }

    /// A failed history as lines to read.
    static func shown(_ inputs: [HistoryInput], _ failure: HistoryFailure) -> String {
        let lines = inputs.prefix(failure.place + 1).enumerated().dropFirst(6).map {
            "  \($0): \($1)"
        }
        return lines.joined(separator: "\n") + "\n  \(failure)"
    }
}
