import CHoldfast
import CHoldfastLink
import HoldfastLink
import Testing

/// A core with one symbol and two accounts (executors 1 and 2) behind a link of its own.
final class LinkFixture {
    var core: OpaquePointer?
    var link: OpaquePointer?
    var symbol: UInt32 = 0
    let endpoint: String

    init(
        endpoint: String = "tcp://127.0.0.1:*", events: UInt32? = nil,
        _ change: (inout hf_link_config) -> Void = { _ in }
    ) throws {
        var config = hf_core_config()
        try check(hf_core_config_init(&config))
        if let events { config.events = events }
        try check(hf_core_open(&config, &core))
        var eurusd = hf_symbol()
        try check(hf_symbol_init(&eurusd, "EURUSD", 5, 1, 100_000_000, "USD"))
        try check(hf_symbol_put(core, &eurusd, 0, &symbol))
        for id in [UInt64(1), 2] {
            var account = hf_account()
            try check(hf_account_init(&account, id, "USD"))
            try check(hf_account_put(core, &account, 0))
        }
        var linkConfig = hf_link_config()
        try check(hf_link_config_init(&linkConfig, endpoint))
        change(&linkConfig)
        try check(hf_link_open(core, &linkConfig, &link))
        let opened = link
        self.endpoint = try LinkFixture.text { hf_link_endpoint(opened, $0, $1) }
    }

    deinit {
        hf_link_close(&link)
        hf_core_close(&core)
    }

    static func text(
        _ read: (UnsafeMutablePointer<CChar>, Int) -> hf_status
    ) throws -> String {
        var text = [CChar](repeating: 0, count: 128)
        try check(read(&text, text.count))
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var counters: hf_link_counters {
        var counters = hf_link_counters()
        hf_link_counters_get(link, &counters)
        return counters
    }

    func client(_ role: LinkClient.Role) throws -> LinkClient {
        try LinkClient(endpoint: endpoint, role: role)
    }

    func peer() throws -> RawPeer { try RawPeer(endpoint) }

    /// A long of one lot with a stop at 1.09500, in process.
    @discardableResult
    func open(account: UInt64 = 1, sl: Int64 = 109_500, now: Int64 = 1) throws -> UInt64 {
        var open = record(account: account, sl: sl)
        var id: UInt64 = 0
        try check(hf_position_open(core, &open, now, &id))
        return id
    }

    func record(account: UInt64 = 1, sl: Int64 = 109_500) -> hf_open {
        var open = hf_open()
        hf_open_init(&open, account, symbol, UInt8(HF_LONG), 100_000_000, 110_000)
        open.sl = sl
        return open
    }

    /// A tick, in process.
    func tick(_ time: Int64, bid: Int64) throws {
        var tick = hf_tick()
        hf_tick_init(&tick, symbol, time, bid, bid + 10)
        try check(hf_tick_apply(core, &tick))
    }

    func position(_ id: UInt64) throws -> hf_position {
        var position = hf_position()
        try check(hf_position_get(core, id, &position))
        return position
    }
}

func check(_ status: hf_status) throws { if status != 0 { throw LinkError.status(status) } }

/// A done for all of a command, from an executor.
func doneAck(_ command: hf_command, deal: UInt64) -> hf_ack {
    var id = command.id
    var ack = hf_ack()
    hf_ack_init(&ack, &id)
    ack.deal = deal
    return ack
}

/// A peer that sends whatever bytes it likes.
final class RawPeer {
    struct Answer: Equatable {
        var kind: Int
        var sequence: UInt64
        var status: Int32
        var cause: Int
    }

    let channel: LinkChannel

    init(_ endpoint: String) throws {
        channel = try LinkChannel(.requests, endpoint: endpoint, context: LinkContext())
    }

    func send(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { bytes -> Void in try channel.send(bytes, timeout: 5000) }
    }

    /// What comes back within a while. The status is that of an error or an outcome, else 0.
    func receive(timeout: Int64 = 5000) throws -> Answer? {
        guard let bytes = try channel.receive(timeout: timeout) else { return nil }
        let head = bytes.loadUnaligned(as: hf_record_head.self)
        var answer = Answer(kind: Int(head.kind), sequence: head.sequence, status: 0, cause: 0)
        if answer.kind == HF_LINK_ERROR || answer.kind == HF_LINK_OUTCOME {
            answer.status = bytes.loadUnaligned(fromByteOffset: 32, as: Int32.self)
        }
        if answer.kind == HF_LINK_ERROR {
            answer.cause = Int(bytes.loadUnaligned(fromByteOffset: 36, as: UInt32.self))
        }
        return answer
    }

    /// Sends bytes and waits for what comes back, notices aside.
    func exchange(_ bytes: [UInt8]) throws -> Answer? {
        try send(bytes)
        while let answer = try receive() {
            if answer.kind != HF_LINK_NOTICE { return answer }
        }
        return nil
    }

    func hello(role: Int, executor: UInt64 = 0, epoch: UInt32 = 0) throws -> Answer? {
        try exchange(RawPeer.hello(role: role, executor: executor, epoch: epoch))
    }

    static func hello(
        role: Int, executor: UInt64 = 0, epoch: UInt32 = 0, abi: UInt32 = HF_ABI_VERSION
    ) -> [UInt8] {
        var hello = hf_link_hello()
        hello.abi_version = abi
        hello.role = UInt8(truncatingIfNeeded: role)
        hello.executor = executor
        hello.epoch = epoch
        return frame(HF_LINK_HELLO, hello)
    }

    static func frame<Record>(
        _ kind: Int, _ record: Record, sequence: UInt64 = 1, time: Int64 = 0
    ) -> [UInt8] {
        frame(kind, body: withUnsafeBytes(of: record) { Array($0) }, sequence: sequence, time: time)
    }

    static func frame(
        _ kind: Int, body: [UInt8] = [], sequence: UInt64 = 1, time: Int64 = 0,
        _ change: (inout hf_record_head) -> Void = { _ in }
    ) -> [UInt8] {
        var head = hf_record_head()
        head.kind = UInt16(truncatingIfNeeded: kind)
        head.version = UInt16(HF_ABI_VERSION)
        head.size = UInt32(body.count)
        head.sequence = sequence
        head.time = time
        change(&head)
        return withUnsafeBytes(of: head) { Array($0) } + body
    }
}
