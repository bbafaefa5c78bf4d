import CHoldfast

/// One answer of an executor, and the simulated instant at which it takes effect.
public struct BrokerAnswer {
    public enum Content {
        case ack(hf_ack)
        case deal(hf_deal)
        case snapshot(BrokerSnapshot)
    }

    public var time: Int64
    public var content: Content

    public init(time: Int64, content: Content) {
        self.time = time
        self.content = content
    }

    /// HF_RECORD_...
    public var kind: Int {
        switch content {
        case .ack: HF_RECORD_ACK
        case .deal: HF_RECORD_DEAL
        case .snapshot: HF_RECORD_RECONCILE
        }
    }

    public var command: hf_command_id {
        switch content {
        case .ack(let ack): ack.command
        case .deal(let deal): deal.command
        case .snapshot(let snapshot): snapshot.head.command
        }
    }

    public func withBytes<Answer>(
        _ body: (UnsafeRawBufferPointer) throws -> Answer
    ) rethrows -> Answer {
        switch content {
        case .ack(let ack): try withUnsafeBytes(of: ack, body)
        case .deal(let deal): try withUnsafeBytes(of: deal, body)
        case .snapshot(let snapshot): try snapshot.withBytes(body)
        }
    }
}

/// Answers commands: the simulated broker, and in tests one that does it wrong.
public protocol CommandExecutor: AnyObject {
    /// - Parameter now: simulated; when the command was taken.
    func answers(to command: hf_command, now: Int64) throws -> [BrokerAnswer]
    /// What was executed.
    var book: BrokerBook { get }
}
