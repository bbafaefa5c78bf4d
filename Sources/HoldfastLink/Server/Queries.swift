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
        case HF_LINK_GET_POSITIONS: return try list(frame)
        case HF_LINK_GET_EVENTS: return try readEvents(frame)
        case HF_LINK_GET_COUNTERS:
            try frame.expectEmpty()
            var counters = hf_counters()
            return reply(hf_counters_get(core, &counters), HF_LINK_COUNTERS, counters)
        case HF_LINK_GET_HASH:
            try frame.expectEmpty()
            var hash = hf_hash()
            return reply(hf_state_hash(core, &hash.hash), HF_RECORD_HASH, hash)
        default: throw .kind
        }
    }

    private func reply<Record>(_ status: hf_status, _ kind: Int, _ record: Record) -> Reply {
        status == Code.ok ? reply(kind, record) : reply(status: status)
    }

    private func list(_ frame: Frame) throws(Fault) -> Reply {
        var list = try frame.record(hf_link_list.self)
        if list.reserved != 0 { throw .body }
        let (at, size) = (MemoryLayout<hf_cursor>.size, MemoryLayout<hf_position>.size)
        let page = UnsafeMutableRawBufferPointer(rebasing: router.body[at...])
        let most = min(Int(list.max), page.count / size)
        var count: UInt32 = 0
        let status = hf_positions_list(
            core, &list.filter, frame.head.time, &list.cursor,
            page.bindMemory(to: hf_position.self).baseAddress, UInt32(truncatingIfNeeded: most),
            &count)
        guard status == Code.ok else { return reply(status: status) }
        _ = reply(HF_LINK_POSITIONS, list.cursor)
        return Reply(
            kind: HF_LINK_POSITIONS, size: at + min(Int(count), most) * size, time: time)
    }

    private func readEvents(_ frame: Frame) throws(Fault) -> Reply {
        var events = try frame.record(hf_link_events.self)
        if events.lost != 0 || events.status != 0 { throw .body }
        let (at, size) = (MemoryLayout<hf_link_events>.size, MemoryLayout<hf_event>.size)
        let page = UnsafeMutableRawBufferPointer(rebasing: router.body[at...])
        let most = min(Int(events.max), page.count / size)
        var count: UInt32 = 0
        events.status = hf_events_read(
            core, &events.cursor, page.bindMemory(to: hf_event.self).baseAddress,
            UInt32(truncatingIfNeeded: most), &count, &events.lost)
        guard events.status == Code.ok || events.status == Code.lapped else {
            return reply(status: events.status)
        }
        _ = reply(HF_LINK_EVENTS, events)
        let sent = events.status == Code.ok ? min(Int(count), most) : 0
        return Reply(kind: HF_LINK_EVENTS, size: at + sent * size, time: time)
    }
}
