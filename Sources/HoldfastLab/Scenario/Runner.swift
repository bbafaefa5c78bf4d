import CHoldfast

/// Tells a story to a core through a door and checks what it expects.
public final class Runner {
    private let door: any Door
    private let story: Story
    /// Where every event and answer goes as a JSON line; nil: answers of `query` alone are printed.
    private let printsEvents: Bool
    private let out: (String) -> Void

    private var names = Names()
    private var clock = Clock.start
    private var cursor: UInt64 = 0
    private var matching = Matching(events: [], kinds: [])
    private var failures: [Failure] = []

    /// Commands asked for at once; more are taken in further rounds.
    private static let credit = 256
    /// The runner's session with each executor; 1 until the story begins another.
    private var epochs: [UInt64: UInt32] = [:]

    public init(
        _ story: Story, door: any Door, printsEvents: Bool = false,
        out: @escaping (String) -> Void = { print($0) }
    ) {
        self.story = story
        self.door = door
        self.printsEvents = printsEvents
        self.out = out
    }

    /// Runs the story to its end, past failures. Once.
    public func run() -> Verdict {
        var hash: UInt64?
        var line = 0
        do {
            for chapter in story.chapters {
                line = chapter.input?.line ?? 0
                try tell(chapter)
            }
            hash = try door.hash()
        } catch {
            fail(line, expected: "an answer of the core", got: ["\(error)"])
        }
        return Verdict(
            path: story.path, inputs: story.inputs, expectations: story.expectations,
            failures: failures, hash: hash)
    }

    private func fail(_ line: Int, expected: String, got: [String]) {
        failures.append(Failure(path: story.path, line: line, expected: expected, got: got))
    }
}

// MARK: - Inputs

extension Runner {
    private func tell(_ chapter: Story.Chapter) throws {
        var status = Int32(HF_OK)
        if let input = chapter.input { status = try perform(input) }
        var foreseen = status == HF_OK
        for expectation in chapter.expectations {
            if case .status = expectation.subject { foreseen = true }
            try check(expectation, status)
        }
        if let input = chapter.input, !foreseen {
            let hint = refusal(of: input, status)
            fail(
                input.line, expected: "HF_OK of \"\(input.verb)\"",
                got: ["\(Status(status))\(hint)"])
        }
    }

    /// Why an input may have been refused, where the runner knows more than the status says.
    private func refusal(of input: Input, _ status: Int32) -> String {
        switch Int(status) {
        case HF_E_UNSUPPORTED: return ": a part of it comes with a later version"
        case HF_E_POSITION:
            let given =
                ["ref", "with", "position"].compactMap { input.fields.text($0) }
                + (input.fields.objects("positions") + input.fields.objects("deals"))
                .compactMap { $0.text("ref") }
            guard let ref = given.first(where: { !names.refs.contains($0) }) else { return "" }
            return ": no position was called \"\(ref)\"" + Nearest.hint(ref, among: names.refs)
        default: return ""
        }
    }

    /// Gives an input to the core, reads what it caused and takes the commands that wait.
    private func perform(_ input: Input) throws -> Int32 {
        if input.verb == "query" { return try answer(input) }
        if input.verb == "session" { return try begin(input) }
        var seen: [hf_event] = []
        let status = try apply(input, &seen)
        matching = Matching(
            events: seen.map { Projection($0, names) }, kinds: seen.map { Int($0.kind) })
        for event in matching.events where printsEvents { out(event.json.description) }
        if input.hold { return status }
        do {
            try takeCommands()
        } catch let refused as Status where refused.code == HF_E_RANGE {
            // A time that no input may have; the input itself was refused for it, or another cause.
        }
        return status
    }

    private func apply(_ input: Input, _ seen: inout [hf_event]) throws -> Int32 {
        guard let now = input.time.map({ $0.instant(after: clock) }) ?? clock else {
            return Int32(HF_E_OVERFLOW)
        }
        let last = clock
        // The time of an `open` may lie in the past: that of the position, not of the input.
        clock = input.verb == "open" ? max(clock, now) : now
        if input.verb == "open" || input.verb == "entry" {
            names.mention(input.fields.text("ref"))
        }
        for adopted in input.named { names.mention(adopted.ref) }
        let records: [Encoded]
        do {
            let encoder = Encoder(
                names: names, door: door, now: clock, last: last, path: story.path)
            records = try encoder.encode(input)
        } catch let refused as Status {
            return refused.code
        }
        for record in records {
            clock = record.time
            let status = try record.body.withUnsafeBytes { body in
                let outcome = try door.apply(kind: record.kind, time: record.time, body: body)
                if outcome.status == HF_OK {
                    names.learn(record.kind, body, outcome, ref: input.fields.text("ref"))
                    if input.verb == "fill" { try followTurn(input, outcome.position) }
                }
                return outcome.status
            }
            let caused = try readEvents()
            if input.verb == "reconcile" { try followAdopted(input, caused) }
            seen += caused
            // A refused tick of a file is counted and the rest goes on.
            if status != HF_OK && input.verb != "ticks" { return status }
        }
        return Int32(HF_OK)
    }

    /// Without a name for the result, what turned over keeps the one it had.
    private func followTurn(_ input: Input, _ position: UInt64) throws {
        guard !input.fields.has("ref"), case .success(let view) = try door.position(position),
            view.flipped_from != 0
        else { return }
        names.follow(position, from: view.flipped_from)
    }

    /// What a snapshot opened has the name that the story gave to its ticket.
    private func followAdopted(_ input: Input, _ events: [hf_event]) throws {
        for event in events where Int(event.kind) == HF_EVENT_OPENED {
            guard case .success(let view) = try door.position(event.position) else { continue }
            names.adopt(view, ref: input.named.first { $0.ticket == view.ticket }?.ref)
        }
    }

    private func readEvents() throws -> [hf_event] {
        let events = try door.events(after: &cursor)
        for event in events { names.note(event) }
        return events
    }

    /// Restarts an executor: its takes are of a new session from now on. It is the runner's own and
    /// no input of the core.
    private func begin(_ input: Input) throws -> Int32 {
        matching = Matching(events: [], kinds: [])
        guard let now = input.time.map({ $0.instant(after: clock) }) ?? clock else {
            return Int32(HF_E_OVERFLOW)
        }
        clock = now
        let executor = input.fields.count("executor") ?? 0
        guard names.executors.contains(executor) else { return Int32(HF_E_EXECUTOR) }
        epochs[executor] = (epochs[executor] ?? 1) + 1
        if !input.hold { try takeCommands() }
        return Int32(HF_OK)
    }

    /// Taking is an input of its own: what it causes is printed and is not the story's.
    private func takeCommands() throws {
        for executor in names.executors {
            while try !door.take(
                executor: executor, epoch: epochs[executor] ?? 1, now: clock, max: Self.credit
            ).isEmpty {}
        }
        for event in try readEvents() where printsEvents {
            out(Projection(event, names).json.description)
        }
    }
}

// MARK: - Queries

extension Runner {
    /// Prints the answer to a `query`. It is an input of the story without events, and none of the
    /// core: nothing is taken after it, so commands that were held stay held.
    private func answer(_ input: Input) throws -> Int32 {
        matching = Matching(events: [], kinds: [])
        if let now = input.time.map({ $0.instant(after: clock) }) ?? clock { clock = now }
        do {
            out(
                JSON.object([.init(key: "answer", value: try answers.answer(input.fields))])
                    .description)
            return Int32(HF_OK)
        } catch let refused as Status {
            out(
                JSON.object([
                    .init(key: "answer", value: .null),
                    .init(key: "status", value: .text(refused.description)),
                ]).description)
            return refused.code
        }
    }

    private var answers: Answers {
        Answers(door: door, names: names, now: clock, path: story.path)
    }
}

// MARK: - Expectations

extension Runner {
    private func check(_ expectation: Expectation, _ status: Int32) throws {
        do {
            switch expectation.subject {
            case .event(let kind): checkEvent(expectation, kind)
            case .none(let kind): checkNone(expectation, kind)
            case .position(let ref): compare(expectation, try answers.position(ref))
            case .command(let ref):
                compare(expectation, try answers.command(ref, keys: expectation.keys))
            case .account(let id): compare(expectation, try answers.account(id))
            case .sync(let account): compare(expectation, try answers.sync(account))
            case .executor(let id): compare(expectation, try answers.executor(id))
            case .summary(let filter): compare(expectation, try answers.summary(filter))
            case .performance(let filter): compare(expectation, try answers.performance(filter))
            case .list(let filter, let refs):
                let found = try answers.list(filter).map(\.id)
                if found != refs.map({ names.position($0) }) { fail(expectation, found: found) }
            case .history(let filter, let refs):
                // What turned over shares its name with what it turned into.
                let found = try answers.history(filter).map(\.id)
                let isSame =
                    found.count == refs.count
                    && zip(found, refs).allSatisfy { names.called($0).contains($1) }
                if !isSame { fail(expectation, found: found) }
            case .status(let expected):
                if status != expected { fail(expectation, got: ["\(Status(status))"]) }
            }
        } catch let refused as Status {
            fail(expectation, got: [refused.description])
        }
    }

    private func fail(_ expectation: Expectation, found: [UInt64]) {
        let called = found.map { JSON.text(names.ref($0) ?? "\($0)") }
        fail(expectation, got: [JSON.list(called).description])
    }

    private func fail(_ expectation: Expectation, got: [String]) {
        fail(expectation.line, expected: expectation.source, got: got + strangers(expectation))
    }

    /// A ref that no `open` has named is most likely misspelt.
    private func strangers(_ expectation: Expectation) -> [String] {
        var refs = [Fields(expectation.keys).text("ref")].compactMap { $0 }
        switch expectation.subject {
        case .position(let ref), .command(let ref): refs.append(ref)
        case .list(_, let listed), .history(_, let listed): refs += listed
        default: break
        }
        return refs.filter { !names.refs.contains($0) }.map {
            "no position was called \"\($0)\"" + Nearest.hint($0, among: names.refs)
        }
    }

    private func checkEvent(_ expectation: Expectation, _ kind: Int) {
        if matching.consume(kind: kind, keys: expectation.keys) { return }
        fail(expectation, got: matching.events.map(\.json.description))
    }

    /// Nothing is left of a kind; a misspelt ref would always find nothing.
    private func checkNone(_ expectation: Expectation, _ kind: Int) {
        let left = matching.left(kind: kind, keys: expectation.keys).map(\.json.description)
        if !left.isEmpty || !strangers(expectation).isEmpty { fail(expectation, got: left) }
    }

    /// Sums that are not grouped are one.
    private func compare(_ expectation: Expectation, _ sums: [Projection]) {
        compare(expectation, sums.first ?? Projection())
    }

    private func compare(_ expectation: Expectation, _ projection: Projection) {
        if projection.matches(expectation.keys) { return }
        fail(expectation, got: [projection.json(expectation.keys.map(\.key)).description])
    }
}
