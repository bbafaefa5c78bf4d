import CHoldfast
import CHoldfastLink

/// What a host or a watcher reads. A refusal of the core is thrown as `LinkError.status`.
extension LinkClient {
    public func position(_ id: UInt64) throws(LinkError) -> hf_position {
        try request(HF_LINK_GET_POSITION, hf_link_id(id: id)).record(HF_RECORD_POSITION)
    }

    public func command(_ id: hf_command_id) throws(LinkError) -> hf_command {
        try request(HF_LINK_GET_COMMAND, id).record(HF_RECORD_COMMAND)
    }

    public func account(_ id: UInt64) throws(LinkError) -> hf_account_view {
        try request(HF_LINK_GET_ACCOUNT, hf_link_id(id: id)).record(HF_LINK_ACCOUNT)
    }

    public func counters() throws(LinkError) -> hf_counters {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        return try request(HF_LINK_GET_COUNTERS, body: nothing).record(HF_LINK_COUNTERS)
    }

    public func hash() throws(LinkError) -> UInt64 {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        let hash: hf_hash = try request(HF_LINK_GET_HASH, body: nothing).record(HF_RECORD_HASH)
        return hash.hash
    }

    /// A page of open positions; an empty one ends the list.
    public func positions(
        _ filter: hf_filter, now: Int64, cursor: inout hf_cursor, max: Int
    ) throws(LinkError) -> [hf_position] {
        var list = hf_link_list()
        list.filter = filter
        list.cursor = cursor
        list.max = UInt32(clamping: max)
        let answer = try request(HF_LINK_GET_POSITIONS, list, time: now)
        cursor = try answer.first(HF_LINK_POSITIONS)
        return try answer.records(
            HF_LINK_POSITIONS, as: hf_position.self, after: MemoryLayout<hf_cursor>.size)
    }

    /// A page of what happened after event number `cursor`. When the ring has overtaken the reader,
    /// `LinkError.lapped` is thrown and the cursor stands before the oldest event that it has.
    public func events(
        after cursor: inout UInt64, max: Int
    ) throws(LinkError) -> [hf_event] {
        var ask = hf_link_events()
        ask.cursor = cursor
        ask.max = UInt32(clamping: max)
        let answer = try request(HF_LINK_GET_EVENTS, ask)
        let told: hf_link_events = try answer.first(HF_LINK_EVENTS)
        let page = try answer.records(
            HF_LINK_EVENTS, as: hf_event.self, after: MemoryLayout<hf_link_events>.size)
        cursor = told.cursor
        if told.status == Code.lapped { throw .lapped(lost: told.lost) }
        return page
    }
}
