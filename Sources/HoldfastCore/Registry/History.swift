import CHoldfast

/// Closed positions, newest kept: for queries, and for deals that arrive after the close.
struct History {
    struct Closed {
        var record: hf_position
        var accountIndex: UInt32
        var tickSize: Int64
        var tickValue: Int64
        /// See `Position.unmatched`, and its latest command, to find who told it.
        var unmatched: Int64
        var newest: hf_command_id
        var lastTold: UInt32
    }

    private let lock: ShortLock
    private let ring: UnsafeMutablePointer<Closed>
    private let map: UnsafeMutablePointer<Map>
    private let next: UnsafeMutablePointer<Int>
    private let capacity: Int

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        ring = try arena.reserve(Closed.self, capacity)
        map = try arena.reserve(Map.self, 1)
        map.initialize(to: try Map(&arena, capacity: capacity))
        next = try arena.reserve(Int.self, 1)
        lock = try ShortLock(&arena)
        self.capacity = capacity
    }

    /// - Returns: account and ticket of the record that had to go.
    func append(_ closed: UnsafePointer<Closed>) -> (account: UInt64, ticket: UInt64)? {
        lock.take()
        defer { lock.give() }
        let at = next.pointee % capacity
        var evicted: (account: UInt64, ticket: UInt64)?
        if next.pointee >= capacity {
            evicted = (ring[at].record.account, ring[at].record.ticket)
            map.pointee.remove(ring[at].record.id)
        }
        (ring + at).update(from: closed, count: 1)
        map.pointee.set(closed.pointee.record.id, to: UInt64(at))
        next.pointee += 1
        return evicted
    }

    func find(_ id: UInt64) -> hf_position? {
        lock.hold { map.pointee.value(id).map { ring[Int($0)].record } }
    }

    /// Runs a change on a closed position.
    func change<Answer>(_ id: UInt64, _ body: (inout Closed) -> Answer) -> Answer? {
        lock.hold { map.pointee.value(id).map { body(&ring[Int($0)]) } }
    }
}
