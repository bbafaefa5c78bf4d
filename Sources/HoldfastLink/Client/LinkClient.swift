import CHoldfast
import CHoldfastLink

/// One end of a link: a host, an executor or a watcher. Requests are numbered and answered one by
/// one. Belongs to one thread at a time.
public final class LinkClient {
    public enum Role: Equatable, Sendable {
        case host
        case executor(UInt64, epoch: UInt32)
        case watcher
    }

    public private(set) var role: Role
    public private(set) var welcome = hf_link_welcome()
    /// ms to wait for a reply.
    public var timeout: Int64

    private let channel: LinkChannel
    private var sequence: UInt64 = 0
    private var notice: Int64?
    /// Commands whose reply came after its request had been given up: they are out and must be
    /// answered.
    private var late: [(take: UInt64, commands: [hf_command])] = []
    private var answering: UInt64 = 0

    /// Connects and says hello.
    public init(
        endpoint: String, role: Role, timeout: Int64 = 5000, context: LinkContext? = nil
    ) throws(LinkError) {
        self.role = role
        self.timeout = timeout
        let context = if let context { context } else { try LinkContext() }
        channel = try LinkChannel(.requests, endpoint: endpoint, context: context)
        try hello(role)
    }

    deinit {
        // Best effort: a link that hears no goodbye finds out by itself.
        try? send(HF_LINK_BYE, time: 0, body: UnsafeRawBufferPointer(start: nil, count: 0), 0)
    }

    /// Starts a session anew: after a lost connection, and when an executor has restarted (then
    /// with a higher epoch, so that what is open is given out again).
    public func hello(_ role: Role) throws(LinkError) {
        var hello = hf_link_hello()
        hello.abi_version = HF_ABI_VERSION
        switch role {
        case .host: hello.role = UInt8(HF_LINK_HOST)
        case .watcher: hello.role = UInt8(HF_LINK_WATCHER)
        case .executor(let id, let epoch):
            hello.role = UInt8(HF_LINK_EXECUTOR)
            hello.executor = id
            hello.epoch = epoch
        }
        let answer = try request(HF_LINK_HELLO, hello)
        welcome = try answer.record(HF_LINK_WELCOME)
        self.role = role
    }

    /// Where events are published; nil: nowhere.
    public var publishEndpoint: String? {
        guard let text = Text.read(welcome.publish), !text.isEmpty else { return nil }
        return text
    }

    // MARK: Inputs

    /// Applies one input; its status stands in the outcome.
    public func apply(
        _ kind: Int, time: Int64, body: UnsafeRawBufferPointer
    ) throws(LinkError) -> hf_outcome {
        let answer = try request(kind, time: time, body: body)
        // In simulated time an answer for later is parked: no refusal so far.
        if answer.kind == HF_LINK_PARKED { return hf_outcome() }
        return try answer.record(HF_LINK_OUTCOME)
    }

    public func apply<Record>(
        _ kind: Int, _ record: Record, time: Int64
    ) throws(LinkError) -> hf_outcome {
        let answer = try request(kind, record, time: time)
        if answer.kind == HF_LINK_PARKED { return hf_outcome() }
        return try answer.record(HF_LINK_OUTCOME)
    }

    /// A snapshot of an account as the broker has it, in one frame; its counts are filled in.
    public func reconcile(
        _ snapshot: hf_reconcile, _ positions: [hf_broker_position] = [], _ deals: [hf_deal] = [],
        time: Int64
    ) throws(LinkError) -> hf_outcome {
        var head = snapshot
        head.positions = UInt32(clamping: positions.count)
        head.deals = UInt32(clamping: deals.count)
        var body = withUnsafeBytes(of: head) { Array($0) }
        positions.withUnsafeBytes { body += $0 }
        deals.withUnsafeBytes { body += $0 }
        return try body.withUnsafeBufferPointer { (bytes) throws(LinkError) in
            try apply(HF_RECORD_RECONCILE, time: time, body: UnsafeRawBufferPointer(bytes))
        }
    }

    // MARK: Executors

    /// The time of the notice that came since the last take, waiting for one up to `timeout` ms.
    public func awaitNotice(timeout: Int64) throws(LinkError) -> Int64? {
        if notice == nil, let bytes = try channel.receive(timeout: timeout) {
            stray(try LinkAnswer(bytes))
        }
        defer { notice = nil }
        return notice ?? (late.isEmpty ? nil : welcome.time)
    }

    /// Commands, at most `max`; they are SENT from now on.
    public func take(now: Int64, max: Int) throws(LinkError) -> [hf_command] {
        if !late.isEmpty {
            let (take, commands) = late.removeFirst()
            answering = take
            return commands
        }
        var take = hf_take()
        take.max = UInt32(clamping: max)
        notice = nil
        let answer = try request(HF_RECORD_TAKE, take, time: now)
        let commands = try answer.records(HF_RECORD_COMMAND, as: hf_command.self)
        answering = commands.isEmpty ? 0 : answer.sequence
        return commands
    }

    /// Ends the answers to the last take that gave commands; simulated time waits for it.
    public func done() throws(LinkError) {
        guard answering != 0 else { return }
        let answer = try request(HF_LINK_DONE, hf_link_done(take: answering))
        answering = 0
        let outcome: hf_outcome = try answer.record(HF_LINK_OUTCOME)
        if outcome.status != Code.ok { throw .status(outcome.status) }
    }

    // MARK: Requests

    func request<Record>(
        _ kind: Int, _ record: Record, time: Int64 = 0
    ) throws(LinkError) -> LinkAnswer {
        try withUnsafeBytes(of: record) { (body) throws(LinkError) in
            try request(kind, time: time, body: body)
        }
    }

    /// Sends a frame and waits for its reply. An HF_LINK_ERROR is thrown.
    func request(
        _ kind: Int, time: Int64 = 0, body: UnsafeRawBufferPointer
    ) throws(LinkError) -> LinkAnswer {
        sequence &+= 1
        let number = sequence
        try send(kind, time: time, body: body, timeout)
        let deadline = Clock.milliseconds() &+ timeout
        while true {
            let left = max(0, deadline &- Clock.milliseconds())
            guard let bytes = try channel.receive(timeout: left) else { throw .timeout }
            let answer = try LinkAnswer(bytes)
            guard answer.sequence == number else {
                stray(answer)
                continue
            }
            if answer.kind == HF_LINK_ERROR {
                let error: hf_link_error = try answer.record(HF_LINK_ERROR)
                throw .refused(status: error.status, cause: error.cause)
            }
            return answer
        }
    }

    /// What no request waits for: notices, and replies to requests that were given up.
    private func stray(_ answer: LinkAnswer) {
        if answer.kind == HF_LINK_NOTICE {
            notice = answer.time
        } else if answer.kind == HF_RECORD_COMMAND, case .executor = role,
            let commands = try? answer.records(HF_RECORD_COMMAND, as: hf_command.self),
            !commands.isEmpty
        {
            late.append((answer.sequence, commands))
        }
    }

    private func send(
        _ kind: Int, time: Int64, body: UnsafeRawBufferPointer, _ timeout: Int64
    ) throws(LinkError) {
        let size = Limits.head + body.count
        let most =
            welcome.max_message == 0 ? Limits.messageBytes.lowerBound : Int(welcome.max_message)
        guard size <= most else { throw .oversize }
        var head = hf_record_head()
        head.kind = UInt16(truncatingIfNeeded: kind)
        head.version = UInt16(truncatingIfNeeded: HF_ABI_VERSION)
        head.size = UInt32(truncatingIfNeeded: body.count)
        head.sequence = sequence
        head.time = time
        try withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) {
            (frame) throws(LinkError) in
            frame.storeBytes(of: head, as: hf_record_head.self)
            UnsafeMutableRawBufferPointer(rebasing: frame[Limits.head...]).copyMemory(from: body)
            try channel.send(UnsafeRawBufferPointer(frame), timeout: timeout)
        }
    }
}
