import CHoldfast

/// The door in process: every call is one of holdfast.h.
public final class ABIDoor: Door {
    public private(set) var core: OpaquePointer?

    public init(config: hf_core_config) throws {
        var config = config
        let status = hf_core_open(&config, &core)
        if status != 0 { throw Status(status) }
    }

    deinit { _ = hf_core_close(&core) }

    /// A configuration with its defaults.
    public static func defaults() -> hf_core_config {
        var config = hf_core_config()
        _ = hf_core_config_init(&config)
        return config
    }

    public func apply(kind: Int, time: Int64, body: UnsafeRawBufferPointer) throws -> hf_outcome {
        var head = hf_record_head()
        head.kind = UInt16(kind)
        head.version = UInt16(HF_ABI_VERSION)
        head.size = UInt32(body.count)
        head.time = time
        var outcome = hf_outcome()
        outcome.status = hf_apply(core, &head, body.baseAddress, body.count, &outcome)
        return outcome
    }

    public func take(executor: UInt64, epoch: UInt32, now: Int64, max: Int) throws -> [hf_command] {
        var commands = [hf_command](repeating: hf_command(), count: max)
        var count: UInt32 = 0
        let status = hf_commands_take(core, executor, epoch, now, &commands, UInt32(max), &count)
        if status != 0 { throw Status(status) }
        return Array(commands.prefix(Int(count)))
    }

    public func events(after cursor: inout UInt64) throws -> [hf_event] {
        var all: [hf_event] = []
        var page = [hf_event](repeating: hf_event(), count: 256)
        while true {
            var count: UInt32 = 0
            let status = hf_events_read(core, &cursor, &page, UInt32(page.count), &count, nil)
            if status != 0 { throw Status(status) }
            all += page.prefix(Int(count))
            if Int(count) < page.count { return all }
        }
    }

    public func position(_ id: UInt64) throws -> Result<hf_position, Status> {
        var position = hf_position()
        return answer(hf_position_get(core, id, &position), position)
    }

    public func command(_ id: hf_command_id) throws -> Result<hf_command, Status> {
        var id = id
        var command = hf_command()
        return answer(hf_command_get(core, &id, &command), command)
    }

    public func positions(_ filter: hf_filter, now: Int64) throws -> [hf_position] {
        var filter = filter
        var cursor = hf_cursor()
        var all: [hf_position] = []
        var page = [hf_position](repeating: hf_position(), count: 256)
        while true {
            var count: UInt32 = 0
            let status = hf_positions_list(
                core, &filter, now, &cursor, &page, UInt32(page.count), &count)
            if status != 0 { throw Status(status) }
            if count == 0 { return all }
            all += page.prefix(Int(count))
        }
    }

    public func summary(_ filter: hf_filter, by: UInt32, now: Int64) throws -> [hf_summary] {
        var filter = filter
        return try groups(hf_summary()) {
            hf_positions_summary(core, &filter, by, now, $0, $1, &$2)
        }
    }

    public func history(after cursor: inout UInt64) throws -> [hf_position] {
        var all: [hf_position] = []
        var page = [hf_position](repeating: hf_position(), count: 256)
        while true {
            var count: UInt32 = 0
            let status = hf_history_read(core, &cursor, &page, UInt32(page.count), &count, nil)
            if status != 0 { throw Status(status) }
            all += page.prefix(Int(count))
            if Int(count) < page.count { return all }
        }
    }

    public func performance(
        _ filter: hf_filter, by: UInt32, now: Int64
    ) throws -> [hf_performance] {
        var filter = filter
        return try groups(hf_performance()) {
            hf_performance_get(core, &filter, by, now, $0, $1, &$2)
        }
    }

    /// Asks again with more room while there are more groups than had any.
    private func groups<Record>(
        _ empty: Record, _ read: (UnsafeMutablePointer<Record>?, UInt32, inout UInt32) -> Int32
    ) throws -> [Record] {
        var room = 64
        while true {
            var page = [Record](repeating: empty, count: room)
            var count: UInt32 = 0
            let status = page.withUnsafeMutableBufferPointer {
                read($0.baseAddress, UInt32(room), &count)
            }
            if status != 0 { throw Status(status) }
            if Int(count) <= room { return Array(page.prefix(Int(count))) }
            room = Int(count)
        }
    }

    public func account(_ id: UInt64) throws -> Result<hf_account_view, Status> {
        var view = hf_account_view()
        return answer(hf_account_get(core, id, &view), view)
    }

    public func executor(_ id: UInt64) throws -> Result<hf_executor_view, Status> {
        var view = hf_executor_view()
        return answer(hf_executor_get(core, id, &view), view)
    }

    public func sync(_ account: UInt64) throws -> Result<hf_sync_status, Status> {
        var status = hf_sync_status()
        return answer(hf_sync_get(core, account, &status), status)
    }

    public func counters() throws -> hf_counters {
        var counters = hf_counters()
        let status = hf_counters_get(core, &counters)
        if status != 0 { throw Status(status) }
        return counters
    }

    public func hash() throws -> UInt64 {
        var hash: UInt64 = 0
        let status = hf_state_hash(core, &hash)
        if status != 0 { throw Status(status) }
        return hash
    }

    private func answer<Record>(_ status: Int32, _ record: Record) -> Result<Record, Status> {
        status == 0 ? .success(record) : .failure(Status(status))
    }
}
