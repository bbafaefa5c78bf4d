import CHoldfast

/// Applies a recording to a fresh core in this process.
public final class Reapply {
    /// What came of it.
    public struct Outcome: Sendable {
        public let inputs: Int
        public let events: Int
        public let hash: UInt64
        /// As recorded; nil when the recording was cut off.
        public let recorded: UInt64?

        public var agrees: Bool { recorded == hash }
    }

    private let file: RecordingFile
    private let door: ABIDoor
    private let out: ((String) -> Void)?
    private var names = Names()
    private var cursor: UInt64 = 0
    private var events = 0

    /// `out` gets every event as a JSON line.
    public init(_ file: RecordingFile, out: ((String) -> Void)? = nil) throws {
        self.file = file
        self.out = out
        door = try ABIDoor(config: file.config)
    }

    public func run() throws -> Outcome {
        try file.forEachInput { try apply($0) }
        return Outcome(
            inputs: file.inputs, events: events, hash: try door.hash(), recorded: file.hash)
    }

    /// An input that was refused then is refused now: its status is part of the story.
    private func apply(_ record: RecordingFile.Record) throws {
        var head = record.head
        var outcome = hf_outcome()
        try record.body.withUnsafeBytes { body in
            let status = hf_apply(door.core, &head, body.baseAddress, body.count, &outcome)
            switch Int(status) {
            case HF_OK: names.learn(Int(head.kind), body, outcome, ref: nil)
            case HF_E_VERSION, HF_E_UNSUPPORTED, HF_E_HANDLE, HF_E_FAULT:
                throw RecordingError(
                    path: file.path, offset: record.offset,
                    message: "input \(head.sequence) cannot be applied: \(Status(status))")
            default: break
            }
        }
        for event in try door.events(after: &cursor) {
            events += 1
            out?(Projection(event, names).json.description)
        }
    }
}
