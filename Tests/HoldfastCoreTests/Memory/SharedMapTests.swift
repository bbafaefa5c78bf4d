import Testing

@testable import HoldfastCore

@Suite("Shared map")
struct SharedMapTests {
    private func map<R>(_ capacity: Int, _ body: (SharedMap) -> R) throws -> R {
        let bytes = try Arena.bytes { (arena: inout Arena) throws(Failure) in
            _ = try SharedMap(&arena, capacity: capacity)
        }
        let pages = try Pages(bytes: bytes)
        defer { pages.release() }
        var arena = Arena(in: pages.bytes)
        let map = try SharedMap(&arena, capacity: capacity)
        return body(map)
    }

    /// Keys that fall into one shard: what a host's numbering may do to us.
    private func crowd(_ count: Int) -> [UInt64] {
        var keys: [UInt64] = []
        var key: UInt64 = 0
        while keys.count < count {
            key += 1
            if SharedMap.shardIndex(key, 0) == 3 { keys.append(key) }
        }
        return keys
    }

    @Test("it holds its capacity, however the keys crowd, and refuses what has no room")
    func crowded() throws {
        let keys = crowd(6_000)
        try map(4_096) { map in
            let kept = keys.prefix { map.set($0, to: $0 &* 7) }
            #expect(kept.count >= 4_096)
            #expect(kept.count < keys.count)
            for key in kept { #expect(map.value(key) == key &* 7) }
            #expect(map.value(keys[kept.count]) == nil)
        }
    }

    @Test("a key is found, changed and removed wherever it lies, and its room is used again")
    func again() throws {
        let keys = crowd(3_000)
        try map(2_000) { map in
            for round in 0..<3 as Range<UInt64> {
                for key in keys[..<2_000] { #expect(map.set(key, to: key &+ round)) }
                for key in keys[..<2_000] where key % 2 == 0 { map.remove(key) }
                for key in keys[..<2_000] {
                    #expect(map.value(key) == (key % 2 == 0 ? nil : key &+ round))
                }
                for key in keys[..<2_000] { #expect(map.set(key, to: key &+ 9)) }
                for key in keys[..<2_000] { #expect(map.value(key) == key &+ 9) }
                for key in keys { map.remove(key) }
                for key in keys { #expect(map.value(key) == nil) }
            }
        }
    }
}
