import CHoldfast

@testable import HoldfastLab

/// A door without a core behind it: it keeps what it is given and answers what it was told to.
final class ScriptedDoor: Door {
    private(set) var applied: [(kind: Int, body: [UInt8])] = []
    /// The ids that inputs give, in order; then 0.
    var given: [UInt64] = []
    /// By input, what it causes.
    var caused: [[hf_event]] = []
    var known: [UInt64: hf_position] = [:]
    var listed: [hf_position] = []
    var closed: [hf_position] = []
    var view = hf_account_view()
    var agreement = hf_sync_status()
    var executing = hf_executor_view()
    /// Every take, in order.
    private(set) var takes: [Take] = []
    var sums: [hf_summary] = []
    var results: [hf_performance] = []
    /// The last grouping that was asked for.
    private(set) var by: UInt32 = 0
    private(set) var filter = hf_filter()
    private var pending: [hf_event] = []

    func apply(kind: Int, time: Int64, body: UnsafeRawBufferPointer) throws -> hf_outcome {
        applied.append((kind, Array(body)))
        var outcome = hf_outcome()
        if kind == HF_RECORD_SYMBOL { outcome.symbol = 1 }
        if [HF_RECORD_OPEN, HF_RECORD_ENTRY, HF_RECORD_FILL].contains(kind), !given.isEmpty {
            outcome.position = given.removeFirst()
        }
        let isNews = kind != HF_RECORD_SYMBOL && kind != HF_RECORD_ACCOUNT && !caused.isEmpty
        pending = isNews ? caused.removeFirst() : []
        return outcome
    }

    /// The latest record of a type that was applied.
    func last<Record>(_ type: Record.Type) -> Record? {
        applied.last { $0.body.count == MemoryLayout<Record>.size }?.body.withUnsafeBytes {
            $0.loadUnaligned(as: type)
        }
    }

    struct Take: Equatable {
        let executor: UInt64
        let epoch: UInt32
        let now: Int64
    }

    func take(executor: UInt64, epoch: UInt32, now: Int64, max: Int) throws -> [hf_command] {
        takes.append(Take(executor: executor, epoch: epoch, now: now))
        return []
    }

    func events(after cursor: inout UInt64) throws -> [hf_event] {
        defer { pending = [] }
        return pending
    }

    func position(_ id: UInt64) throws -> Result<hf_position, Status> {
        known[id].map { .success($0) } ?? .failure(Status(HF_E_POSITION))
    }

    func command(_ id: hf_command_id) throws -> Result<hf_command, Status> {
        var command = hf_command()
        command.id = id
        return .success(command)
    }

    func positions(_ filter: hf_filter, now: Int64) throws -> [hf_position] {
        self.filter = filter
        return listed
    }

    func summary(_ filter: hf_filter, by: UInt32, now: Int64) throws -> [hf_summary] {
        (self.filter, self.by) = (filter, by)
        return sums
    }

    func history(after cursor: inout UInt64) throws -> [hf_position] { closed }

    func performance(_ filter: hf_filter, by: UInt32, now: Int64) throws -> [hf_performance] {
        (self.filter, self.by) = (filter, by)
        return results
    }

    func account(_ id: UInt64) throws -> Result<hf_account_view, Status> { .success(view) }
    func executor(_ id: UInt64) throws -> Result<hf_executor_view, Status> { .success(executing) }
    func sync(_ account: UInt64) throws -> Result<hf_sync_status, Status> { .success(agreement) }
    func counters() throws -> hf_counters { hf_counters() }
    func hash() throws -> UInt64 { 0 }

    /// Tells a story to this door and returns what did not hold and what was printed.
    func tell(_ text: String) throws -> (report: String, lines: [String]) {
        var lines: [String] = []
        let story = try Story(text: ScriptedDoor.terms + text, path: "story.jsonl")
        let verdict = Runner(story, door: self) { lines.append($0) }.run()
        return (verdict.report, lines)
    }

    /// A symbol with five digits, a hedging account 1 and a netting account 2.
    static let terms = """
        {"do": "symbol", "name": "EURUSD", "digits": 5, "tick_size": "0.00001", "tick_value": "1", \
        "profit_currency": "USD", "base_currency": "EUR"}
        {"do": "account", "id": 1, "mode": "hedging", "currency": "USD"}
        {"do": "account", "id": 2, "mode": "netting", "currency": "USD"}

        """
}

extension hf_event {
    /// What the core tells of a command.
    static func command(
        _ count: UInt32, of position: UInt64, _ action: Int, state: Int = HF_COMMAND_PENDING
    ) -> hf_event {
        var event = hf_event()
        event.kind = UInt16(
            state == HF_COMMAND_PENDING ? HF_EVENT_COMMAND : HF_EVENT_COMMAND_STATE)
        event.position = position
        event.command = hf_command_id(owner: position, count: count, epoch: 1)
        event.action = UInt8(action)
        event.state = UInt8(state)
        return event
    }
}
