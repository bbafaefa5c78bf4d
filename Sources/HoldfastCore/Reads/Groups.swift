import CHoldfast

/// What records of a read are grouped by; what is not asked for is 0. Ordered as groups are told.
struct GroupKey: Comparable {
    var account: UInt64 = 0
    var strategy: UInt64 = 0
    var symbol: UInt32 = 0
    var side: UInt8 = 0
    var reason: UInt8 = 0

    /// - Parameter by: HF_BY_..., added up.
    func kept(_ by: UInt32) -> GroupKey {
        func asks(_ bit: Int32) -> Bool { by & UInt32(bitPattern: bit) != 0 }
        return GroupKey(
            account: asks(HF_BY_ACCOUNT) ? account : 0,
            strategy: asks(HF_BY_STRATEGY) ? strategy : 0,
            symbol: asks(HF_BY_SYMBOL) ? symbol : 0,
            side: asks(HF_BY_SIDE) ? side : 0,
            reason: asks(HF_BY_REASON) ? reason : 0)
    }

    static func < (a: GroupKey, b: GroupKey) -> Bool {
        if a.account != b.account { return a.account < b.account }
        if a.strategy != b.strategy { return a.strategy < b.strategy }
        if a.symbol != b.symbol { return a.symbol < b.symbol }
        if a.side != b.side { return a.side < b.side }
        return a.reason < b.reason
    }

    @inline(__always)
    var hash: UInt64 {
        let small = UInt64(symbol) << 16 | UInt64(side) << 8 | UInt64(reason)
        let mixed =
            account &* 0x9E37_79B9_7F4A_7C15 ^ strategy &* 0xC2B2_AE3D_27D4_EB4F
            ^ small &* 0x1656_67B1_9E37_79F9
        return mixed ^ mixed >> 32
    }
}

/// Sums by key, in memory that is reserved when a core opens: a table with the groups side by side,
/// emptied in no time. Used by one read at a time.
struct GroupTable<Sums> {
    struct Group {
        var key: GroupKey
        var sums: Sums
    }

    private struct State {
        /// Of the read that is under way: places of earlier ones are free.
        var stamp: UInt32 = 0
        var count = 0
    }

    let groups: UnsafeMutablePointer<Group>
    /// Stamp, then number of a group.
    private let places: UnsafeMutablePointer<UInt64>
    private let state: UnsafeMutablePointer<State>
    private let mask: Int
    private let capacity: Int

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        groups = try arena.reserve(Group.self, capacity)
        places = try arena.reserve(UInt64.self, size)
        state = try arena.reserve(State.self, 1)
        mask = size - 1
        self.capacity = capacity
    }

    var count: Int { state.pointee.count }

    func clear() {
        if state.pointee.stamp == .max {
            places.update(repeating: 0, count: mask + 1)
            state.pointee.stamp = 0
        }
        state.pointee.stamp += 1
        state.pointee.count = 0
    }

    /// The group of a key.
    /// - Parameter sums: those of a new one.
    /// - Returns: nil when there are as many as there is room for.
    @inline(__always)
    func group(_ key: GroupKey, new sums: () -> Sums) -> UnsafeMutablePointer<Group>? {
        let stamp = UInt64(state.pointee.stamp) << 32
        var at = Int(truncatingIfNeeded: key.hash) & mask
        while places[at] & ~0xFFFF_FFFF == stamp {
            let group = groups + Int(places[at] & 0xFFFF_FFFF)
            if group.pointee.key == key { return group }
            at = (at &+ 1) & mask
        }
        if count == capacity { return nil }
        let group = groups + count
        group.initialize(to: Group(key: key, sums: sums()))
        places[at] = stamp | UInt64(count)
        state.pointee.count += 1
        return group
    }

    /// Brings the groups in order of their keys; no other is added then.
    func sort() {
        // A heap in place: it needs no memory.
        for root in stride(from: count / 2 - 1, through: 0, by: -1) { sink(root, below: count) }
        for last in stride(from: count - 1, to: 0, by: -1) {
            swap(0, last)
            sink(0, below: last)
        }
    }

    private func sink(_ root: Int, below end: Int) {
        var root = root
        while true {
            var child = 2 * root + 1
            if child >= end { return }
            if child + 1 < end && groups[child].key < groups[child + 1].key { child += 1 }
            if groups[child].key <= groups[root].key { return }
            swap(root, child)
            root = child
        }
    }

    private func swap(_ a: Int, _ b: Int) {
        let group = groups[a]
        groups[a] = groups[b]
        groups[b] = group
    }
}
