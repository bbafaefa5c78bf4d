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

    /// Eight keys in a row have homes side by side, because tickets, deals and ids come in rows:
    /// what is set, found and removed together lies on a few lines of the cache. (Longer rows do
    /// not: two that meet are walked to their end.)
    @inline(__always)
    private func home(_ a: UInt64, _ b: UInt64) -> Int {
        var x = (a >> 3) &* 0x9E37_79B9_7F4A_7C15 ^ (b >> 3) &* 0xC2B2_AE3D_27D4_EB4F
        x ^= x >> 29
        return Int(truncatingIfNeeded: x << 3 | (a ^ b) & 7) & mask
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
