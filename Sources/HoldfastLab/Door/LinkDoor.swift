import CHoldfast
import CHoldfastLink
import HoldfastLink

/// The door over the link: the same calls as frames. It has what ABIDoor has.
public final class LinkDoor: Door {
    private let context: LinkContext
    private let endpoint: String
    private let host: LinkClient
    private var executors: [UInt64: (epoch: UInt32, client: LinkClient)] = [:]
    private let served: ServedCore?

    /// To a link that is there.
    public init(endpoint: String) throws {
        context = try LinkContext()
        self.endpoint = endpoint
        host = try LinkClient(endpoint: endpoint, role: .host, context: context)
        served = nil
    }

    /// Opens a core and a link of its own on an endpoint.
    public init(config: hf_core_config, endpoint: String = "tcp://127.0.0.1:*") throws {
        let served = try ServedCore(config: config, endpoint: endpoint)
        context = try LinkContext()
        self.endpoint = served.endpoint
        host = try LinkClient(endpoint: served.endpoint, role: .host, context: context)
        self.served = served
    }

    public func apply(kind: Int, time: Int64, body: UnsafeRawBufferPointer) throws -> hf_outcome {
        try host.apply(kind, time: time, body: body)
    }

    public func take(executor: UInt64, epoch: UInt32, now: Int64, max: Int) throws -> [hf_command] {
        try statuses { try session(executor, epoch).take(now: now, max: max) }
    }

    /// A client per executor: a take stands for the session that said hello.
    private func session(_ executor: UInt64, _ epoch: UInt32) throws -> LinkClient {
        guard let known = executors[executor] else {
            let client = try LinkClient(
                endpoint: endpoint, role: .executor(executor, epoch: epoch), context: context)
            executors[executor] = (epoch, client)
            return client
        }
        if known.epoch != epoch {
            try known.client.hello(.executor(executor, epoch: epoch))
            executors[executor] = (epoch, known.client)
        }
        return known.client
    }

    public func events(after cursor: inout UInt64) throws -> [hf_event] {
        var all: [hf_event] = []
        let size = 256
        while true {
            var next = cursor
            // The cursor moves on a lap too, as with hf_events_read.
            defer { cursor = next }
            let page = try statuses { try host.events(after: &next, max: size) }
            all += page
            if page.count < size { return all }
        }
    }

    public func position(_ id: UInt64) throws -> Result<hf_position, Status> {
        try answer { try host.position(id) }
    }

    public func command(_ id: hf_command_id) throws -> Result<hf_command, Status> {
        try answer { try host.command(id) }
    }

    public func positions(_ filter: hf_filter, now: Int64) throws -> [hf_position] {
        var cursor = hf_cursor()
        var all: [hf_position] = []
        while true {
            let page = try statuses {
                try host.positions(filter, now: now, cursor: &cursor, max: 256)
            }
            if page.isEmpty { return all }
            all += page
        }
    }

    public func summary(_ filter: hf_filter, by: UInt32, now: Int64) throws -> [hf_summary] {
        try statuses { try host.summary(filter, by: by, now: now) }
    }

    public func history(after cursor: inout UInt64) throws -> [hf_position] {
        var all: [hf_position] = []
        while true {
            var next = cursor
            // The cursor moves on a lap too, as with hf_history_read.
            defer { cursor = next }
            let page = try statuses { try host.history(after: &next, max: 256) }
            if page.isEmpty { return all }
            all += page
        }
    }

    public func performance(
        _ filter: hf_filter, by: UInt32, now: Int64
    ) throws -> [hf_performance] {
        try statuses { try host.performance(filter, by: by, now: now) }
    }

    public func account(_ id: UInt64) throws -> Result<hf_account_view, Status> {
        try answer { try host.account(id) }
    }

    public func executor(_ id: UInt64) throws -> Result<hf_executor_view, Status> {
        try answer { try host.executor(id) }
    }

    public func sync(_ account: UInt64) throws -> Result<hf_sync_status, Status> {
        try answer { try host.sync(account) }
    }

    public func counters() throws -> hf_counters { try statuses { try host.counters() } }

    public func hash() throws -> UInt64 { try statuses { try host.hash() } }

    // MARK: Statuses

    private func answer<Record>(_ body: () throws -> Record) throws -> Result<Record, Status> {
        do {
            return .success(try body())
        } catch LinkError.status(let status) {
            return .failure(Status(status))
        }
    }

    /// What the core refused comes as the `Status` that the door in process throws.
    private func statuses<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch LinkError.status(let status) {
            throw Status(status)
        } catch LinkError.lapped {
            throw Status(Int32(HF_E_LAPPED))
        } catch LinkError.refused(let status, let cause)
            where cause == UInt32(HF_LINK_CAUSE_EPOCH) || cause == UInt32(HF_LINK_CAUSE_BODY)
        {
            // An older epoch is refused at the hello already, and so is executor 0.
            throw Status(cause == UInt32(HF_LINK_CAUSE_BODY) ? Int32(HF_E_EXECUTOR) : status)
        }
    }
}

/// A core and its link in this process. The link goes first.
private final class ServedCore {
    private var core: OpaquePointer?
    private var link: OpaquePointer?
    let endpoint: String

    init(config: hf_core_config, endpoint: String) throws {
        var config = config
        let status = hf_core_open(&config, &core)
        if status != 0 { throw Status(status) }
        do {
            (link, self.endpoint) = try ServedCore.serve(core, endpoint)
        } catch {
            hf_core_close(&core)
            throw error
        }
    }

    private static func serve(
        _ core: OpaquePointer?, _ endpoint: String
    ) throws -> (OpaquePointer?, String) {
        var link: OpaquePointer?
        var config = hf_link_config()
        var status = hf_link_config_init(&config, endpoint)
        if status != 0 { throw Status(status) }
        status = hf_link_open(core, &config, &link)
        if status != 0 { throw Status(status) }
        var text = [CChar](repeating: 0, count: 128)
        status = hf_link_endpoint(link, &text, text.count)
        if status != 0 {
            hf_link_close(&link)
            throw Status(status)
        }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return (link, String(decoding: bytes, as: UTF8.self))
    }

    deinit {
        hf_link_close(&link)
        hf_core_close(&core)
    }
}
