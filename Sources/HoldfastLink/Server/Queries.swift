import CHoldfast
import CHoldfastLink

/// Reads of hosts and watchers.
extension Link {
    func query(_ frame: Frame) throws(Fault) -> Reply {
        let answer = try self.answer(frame)
        tally.add(.queries)
        return answer
    }

    private func answer(_ frame: Frame) throws(Fault) -> Reply {
        switch frame.kind {
        case HF_LINK_GET_POSITION:
            var position = hf_position()
            let id = try frame.record(hf_link_id.self).id
            return reply(hf_position_get(core, id, &position), HF_RECORD_POSITION, position)
        case HF_LINK_GET_COMMAND:
            var command = hf_command()
            var id = try frame.record(hf_command_id.self)
            return reply(hf_command_get(core, &id, &command), HF_RECORD_COMMAND, command)
        case HF_LINK_GET_ACCOUNT:
            var view = hf_account_view()
            let id = try frame.record(hf_link_id.self).id
            return reply(hf_account_get(core, id, &view), HF_LINK_ACCOUNT, view)
        case HF_LINK_GET_EXECUTOR:
            var view = hf_executor_view()
            let id = try frame.record(hf_link_id.self).id
            return reply(hf_executor_get(core, id, &view), HF_LINK_EXECUTOR_VIEW, view)
        case HF_LINK_GET_SYNC:
            var status = hf_sync_status()
            let id = try frame.record(hf_link_id.self).id
            return reply(hf_sync_get(core, id, &status), HF_LINK_SYNC, status)
        case HF_LINK_GET_POSITIONS: return try list(frame)
        case HF_LINK_GET_EVENTS:
            return try page(frame, HF_LINK_EVENTS, hf_event.self) {
                hf_events_read(core, &$0.cursor, $1, $2, &$3, &$0.lost)
            }
        case HF_LINK_GET_COUNTERS:
            try frame.expectEmpty()
            var counters = hf_counters()
            return reply(hf_counters_get(core, &counters), HF_LINK_COUNTERS, counters)
        case HF_LINK_GET_HASH:
            try frame.expectEmpty()
            var hash = hf_hash()
            return reply(hf_state_hash(core, &hash.hash), HF_RECORD_HASH, hash)
        case HF_LINK_GET_SUMMARY:
            return try groups(frame, HF_LINK_SUMMARY, hf_summary.self) {
                hf_positions_summary(core, &$0.filter, $0.by, frame.head.time, $1, $2, &$3)
            }
        case HF_LINK_GET_HISTORY:
            return try page(frame, HF_LINK_HISTORY, hf_position.self) {
                hf_history_read(core, &$0.cursor, $1, $2, &$3, &$0.lost)
            }
        case HF_LINK_GET_PERFORMANCE:
            return try groups(frame, HF_LINK_PERFORMANCE, hf_performance.self) {
                hf_performance_get(core, &$0.filter, $0.by, frame.head.time, $1, $2, &$3)
            }
        default: throw .kind
        }
    }

    private func reply<Record>(_ status: hf_status, _ kind: Int, _ record: Record) -> Reply {
        status == Code.ok ? reply(kind, record) : reply(status: status)
    }

    private func list(_ frame: Frame) throws(Fault) -> Reply {
        var list = try frame.record(hf_link_list.self)
        if list.reserved != 0 { throw .body }
        let (page, most) = room(for: hf_position.self, after: hf_cursor.self, asked: list.max)
        var count: UInt32 = 0
        let status = hf_positions_list(
            core, &list.filter, frame.head.time, &list.cursor, page,
            UInt32(truncatingIfNeeded: most), &count)
        guard status == Code.ok else { return reply(status: status) }
        return reply(HF_LINK_POSITIONS, list.cursor, then: min(Int(count), most), hf_position.self)
    }

    /// Records after a cursor that counts on; what was lost is told with the answer.
    private func page<Record>(
        _ frame: Frame, _ kind: Int, _ type: Record.Type,
        _ read: (inout hf_link_events, UnsafeMutablePointer<Record>?, UInt32, inout UInt32) ->
            hf_status
    ) throws(Fault) -> Reply {
        var ask = try frame.record(hf_link_events.self)
        if ask.lost != 0 || ask.status != 0 { throw .body }
        let (page, most) = room(for: type, after: hf_link_events.self, asked: ask.max)
        var count: UInt32 = 0
        ask.status = read(&ask, page, UInt32(truncatingIfNeeded: most), &count)
        guard ask.status == Code.ok || ask.status == Code.lapped else {
            return reply(status: ask.status)
        }
        let sent = ask.status == Code.ok ? min(Int(count), most) : 0
        return reply(kind, ask, then: sent, type)
    }

    /// A sum for each group, as many as were asked for and fit.
    private func groups<Record>(
        _ frame: Frame, _ kind: Int, _ type: Record.Type,
        _ read: (inout hf_link_groups, UnsafeMutablePointer<Record>?, UInt32, inout UInt32) ->
            hf_status
    ) throws(Fault) -> Reply {
        var ask = try frame.record(hf_link_groups.self)
        let (page, most) = room(for: type, after: hf_link_count.self, asked: ask.max)
        var told = hf_link_count()
        let status = read(&ask, page, UInt32(truncatingIfNeeded: most), &told.count)
        guard status == Code.ok else { return reply(status: status) }
        return reply(kind, told, then: min(Int(told.count), most), type)
    }

    /// Where records behind a head of their own go in the answer, and how many fit.
    private func room<Head, Record>(
        for type: Record.Type, after head: Head.Type, asked: UInt32
    ) -> (UnsafeMutablePointer<Record>?, most: Int) {
        let bytes = UnsafeMutableRawBufferPointer(
            rebasing: router.body[MemoryLayout<Head>.size...])
        return (
            bytes.bindMemory(to: type).baseAddress,
            min(Int(asked), bytes.count / MemoryLayout<Record>.size)
        )
    }

    /// The records lie there already; their head comes before them.
    private func reply<Head, Record>(
        _ kind: Int, _ head: Head, then count: Int, _ type: Record.Type
    ) -> Reply {
        _ = reply(kind, head)
        let size = MemoryLayout<Head>.size + count * MemoryLayout<Record>.size
        return Reply(kind: kind, size: size, time: time)
    }
}
