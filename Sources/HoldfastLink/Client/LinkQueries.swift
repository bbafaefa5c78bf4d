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

    public func executor(_ id: UInt64) throws(LinkError) -> hf_executor_view {
        try request(HF_LINK_GET_EXECUTOR, hf_link_id(id: id)).record(HF_LINK_EXECUTOR_VIEW)
    }

    /// How well an account and its broker agree.
    public func sync(_ account: UInt64) throws(LinkError) -> hf_sync_status {
        try request(HF_LINK_GET_SYNC, hf_link_id(id: account)).record(HF_LINK_SYNC)
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
        try page(HF_LINK_GET_EVENTS, HF_LINK_EVENTS, after: &cursor, max)
    }

    /// A page of closed positions after number `cursor`; an empty one ends the history. Overtaken
    /// readers are told as with events.
    public func history(
        after cursor: inout UInt64, max: Int
    ) throws(LinkError) -> [hf_position] {
        try page(HF_LINK_GET_HISTORY, HF_LINK_HISTORY, after: &cursor, max)
    }

    private func page<Record>(
        _ question: Int, _ kind: Int, after cursor: inout UInt64, _ max: Int
    ) throws(LinkError) -> [Record] {
        var ask = hf_link_events()
        ask.cursor = cursor
        ask.max = UInt32(clamping: max)
        let answer = try request(question, ask)
        let told: hf_link_events = try answer.first(kind)
        let page = try answer.records(
            kind, as: Record.self, after: MemoryLayout<hf_link_events>.size)
        cursor = told.cursor
        if told.status == Code.lapped { throw .lapped(lost: told.lost) }
        return page
    }

    /// Sums over open positions, one for each group of `by` (HF_BY_...). More groups than a frame
    /// holds are `LinkError.oversize`: sums have no pages.
    public func summary(
        _ filter: hf_filter, by: UInt32, now: Int64
    ) throws(LinkError) -> [hf_summary] {
        try groups(HF_LINK_GET_SUMMARY, HF_LINK_SUMMARY, filter, by, now)
    }

    /// What closed positions came to, one record for each group of `by` (HF_BY_...).
    public func performance(
        _ filter: hf_filter, by: UInt32, now: Int64
    ) throws(LinkError) -> [hf_performance] {
        try groups(HF_LINK_GET_PERFORMANCE, HF_LINK_PERFORMANCE, filter, by, now)
    }

    private func groups<Record>(
        _ question: Int, _ kind: Int, _ filter: hf_filter, _ by: UInt32, _ now: Int64
    ) throws(LinkError) -> [Record] {
        var ask = hf_link_groups()
        ask.filter = filter
        ask.by = by
        ask.max = .max
        let answer = try request(question, ask, time: now)
        let told: hf_link_count = try answer.first(kind)
        let sums = try answer.records(
            kind, as: Record.self, after: MemoryLayout<hf_link_count>.size)
        guard sums.count == Int(told.count) else { throw .oversize }
        return sums
    }
}
