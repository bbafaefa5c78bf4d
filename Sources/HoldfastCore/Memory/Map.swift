/// A fixed-capacity map from two words to one, open addressing with backward shift: no allocation
/// after open, never more than half full. Its order shows nowhere.
struct Map {
    private struct Entry {
        var a: UInt64
        var b: UInt64
        /// Value + 1; 0 is free.
        var value: UInt64
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let mask: Int
    private let capacity: Int
    private(set) var count = 0

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        entries = try arena.reserve(Entry.self, size)
        mask = size - 1
        self.capacity = capacity
    }

    var isFull: Bool { count >= capacity }

    private func home(_ a: UInt64, _ b: UInt64) -> Int {
        var x = a &* 0x9E37_79B9_7F4A_7C15 ^ b &* 0xC2B2_AE3D_27D4_EB4F
        x ^= x >> 29
        return Int(truncatingIfNeeded: x) & mask
    }

    private func find(_ a: UInt64, _ b: UInt64) -> Int {
        var at = home(a, b)
        while entries[at].value != 0 {
            if entries[at].a == a && entries[at].b == b { return at }
            at = (at + 1) & mask
        }
        return at
    }

    func value(_ a: UInt64, _ b: UInt64 = 0) -> UInt64? {
        let entry = entries[find(a, b)]
        return entry.value == 0 ? nil : entry.value - 1
    }

    /// Sets a value; the caller asks `isFull` first.
    mutating func set(_ a: UInt64, _ b: UInt64 = 0, to value: UInt64) {
        let at = find(a, b)
        if entries[at].value == 0 {
            if isFull { return }
            count += 1
        }
        entries[at] = Entry(a: a, b: b, value: value + 1)
    }

    mutating func remove(_ a: UInt64, _ b: UInt64 = 0) {
        var hole = find(a, b)
        if entries[hole].value == 0 { return }
        count -= 1
        var at = (hole + 1) & mask
        while entries[at].value != 0 {
            let from = home(entries[at].a, entries[at].b)
            // Move it back unless its home lies cyclically after the hole.
            if (at - from) & mask >= (at - hole) & mask {
                entries[hole] = entries[at]
                hole = at
            }
            at = (at + 1) & mask
        }
        entries[hole].value = 0
    }
}

/// Maps behind locks, spread by key, for what every thread looks up.
struct SharedMap {
    private static let shards = 16
    private let locks: UnsafeMutablePointer<Lock>
    private let maps: UnsafeMutablePointer<Map>

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        maps = try arena.reserve(Map.self, Self.shards)
        for shard in 0..<Self.shards {
            // Keys are counters or hashes: a shard gets its share and a little more.
            let share = min(capacity, capacity / Self.shards * 2 + 64)
            (maps + shard).initialize(to: try Map(&arena, capacity: share))
        }
        locks = try arena.reserve(Lock.self, Self.shards)
        for shard in 0..<Self.shards { (locks + shard).initialize(to: Lock()) }
    }

    func destroy() { for shard in 0..<Self.shards { locks[shard].destroy() } }

    private func shard(_ a: UInt64, _ b: UInt64) -> Int {
        let x = (a &+ b &* 31) &* 0xD6E8_FEB8_6659_FD93
        return a == 0 && b == 0 ? 0 : Int(truncatingIfNeeded: x >> 60)
    }

    func value(_ a: UInt64, _ b: UInt64 = 0) -> UInt64? {
        let at = shard(a, b)
        return locks[at].hold { maps[at].value(a, b) }
    }

    /// - Returns: false when the shard is full.
    @discardableResult
    func set(_ a: UInt64, _ b: UInt64 = 0, to value: UInt64) -> Bool {
        let at = shard(a, b)
        return locks[at].hold {
            if maps[at].isFull && maps[at].value(a, b) == nil { return false }
            maps[at].set(a, b, to: value)
            return true
        }
    }

    func remove(_ a: UInt64, _ b: UInt64 = 0) {
        let at = shard(a, b)
        locks[at].hold { maps[at].remove(a, b) }
    }
}
