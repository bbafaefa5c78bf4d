/// Maps behind locks, spread by key, for what every thread looks up. Keys that crowd one shard go
/// to a map for all of them, so there is room for `capacity` keys, whatever they are.
struct SharedMap {
    private static let shards = 16

    private struct Shard {
        var map: Map
        let lock: ShortLock
        /// Keys of it that are in the overflow.
        var spilled = 0
    }

    private let places: UnsafeMutablePointer<Shard>
    /// Its lock is taken inside a shard's.
    private let overflow: UnsafeMutablePointer<Shard>

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        places = try arena.reserve(Shard.self, Self.shards)
        for index in 0..<Self.shards {
            // Keys are counters or hashes: a shard gets its share and a little more.
            let share = min(capacity, capacity / Self.shards * 2 + 64)
            (places + index).initialize(
                to: Shard(map: try Map(&arena, capacity: share), lock: try ShortLock(&arena)))
        }
        // Pages that nothing spills into are never touched.
        overflow = try arena.reserve(Shard.self, 1)
        overflow.initialize(
            to: Shard(map: try Map(&arena, capacity: capacity), lock: try ShortLock(&arena)))
    }

    static func shardIndex(_ a: UInt64, _ b: UInt64) -> Int {
        Int(truncatingIfNeeded: ((a &+ b &* 31) &* 0xD6E8_FEB8_6659_FD93) >> 60)
    }

    private func shard(_ a: UInt64, _ b: UInt64) -> UnsafeMutablePointer<Shard> {
        places + Self.shardIndex(a, b)
    }

    func value(_ a: UInt64, _ b: UInt64 = 0) -> UInt64? {
        let shard = shard(a, b)
        return shard.pointee.lock.hold { find(shard, a, b) }
    }

    /// Its lock is held.
    private func find(
        _ shard: UnsafeMutablePointer<Shard>, _ a: UInt64, _ b: UInt64
    ) -> UInt64? {
        if let value = shard.pointee.map.value(a, b) { return value }
        if shard.pointee.spilled == 0 { return nil }
        return overflow.pointee.lock.hold { overflow.pointee.map.value(a, b) }
    }

    /// - Returns: false when it holds `capacity` keys and has no room for another.
    @discardableResult
    func set(_ a: UInt64, _ b: UInt64 = 0, to value: UInt64) -> Bool {
        let shard = shard(a, b)
        return shard.pointee.lock.hold {
            let isHere = shard.pointee.map.value(a, b) != nil
            if shard.pointee.spilled == 0 || isHere {
                if isHere || !shard.pointee.map.isFull {
                    shard.pointee.map.set(a, b, to: value)
                    return true
                }
            }
            return spill(shard, a, b, to: value)
        }
    }

    /// To the overflow, unless the key is new and its shard has room again.
    private func spill(
        _ shard: UnsafeMutablePointer<Shard>, _ a: UInt64, _ b: UInt64, to value: UInt64
    ) -> Bool {
        overflow.pointee.lock.hold {
            let isKnown = overflow.pointee.map.value(a, b) != nil
            if !isKnown && !shard.pointee.map.isFull {
                shard.pointee.map.set(a, b, to: value)
                return true
            }
            if !isKnown && overflow.pointee.map.isFull { return false }
            overflow.pointee.map.set(a, b, to: value)
            if !isKnown { shard.pointee.spilled += 1 }
            return true
        }
    }

    /// - Parameter value: what it must stand for; nil: whatever.
    func remove(_ a: UInt64, _ b: UInt64 = 0, where value: UInt64? = nil) {
        let shard = shard(a, b)
        shard.pointee.lock.hold {
            if let value, find(shard, a, b) != value { return }
            let before = shard.pointee.map.count
            shard.pointee.map.remove(a, b)
            if shard.pointee.map.count != before || shard.pointee.spilled == 0 { return }
            overflow.pointee.lock.hold {
                let count = overflow.pointee.map.count
                overflow.pointee.map.remove(a, b)
                shard.pointee.spilled -= count - overflow.pointee.map.count
            }
        }
    }
}
