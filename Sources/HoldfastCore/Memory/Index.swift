import Synchronization

/// A fixed-capacity table from ids to numbers, read without a lock: open addressing with backward
/// shift.
///
/// One word an entry, because a million of them must stay small: the number and as many low bits of
/// the key as there is room for, 40 with four stripes of four million positions. Whoever has keys
/// that may share these bits asks for the entry that is his.
///
/// An entry may move while it is looked for. A writer makes the version odd before it changes
/// anything and even after; a reader that saw it odd, or not the same before and after, looks again
/// (a seqlock). All words are relaxed atomics: what was read in between is thrown away and is no
/// data race. Writers take turns.
///
/// What must never be seen: a key that is in the table not found, or found with another's number.
struct Index: @unchecked Sendable {
    private typealias Word = Atomic<UInt64>

    /// Key bits, then number + 1; 0 is free. `Atomic(0)` is eight zero bytes, as the arena gives
    /// them.
    private let words: UnsafeMutablePointer<Word>
    /// On cache lines of its own.
    private let version: UnsafeMutablePointer<Word>
    private let writers: ShortLock
    private let mask: Int
    private let shift: UInt64
    private let numberBits: UInt64

    /// - Parameters:
    ///   - capacity: entries; the caller never adds more.
    ///   - numbers: how many there can be.
    init(_ arena: inout Arena, capacity: Int, numbers: Int) throws(Failure) {
        let entries = Self.entries(capacity: capacity)
        let bits = UInt64(entries.trailingZeroBitCount)
        words = try arena.reserve(Word.self, entries)
        version = try arena.raw(Limits.line).bindMemory(to: Word.self, capacity: 1)
        writers = try ShortLock(&arena)
        mask = entries - 1
        shift = 67 - bits
        numberBits = UInt64(64 - numbers.leadingZeroBitCount)
    }

    /// Places for a number of keys: at most two thirds are taken.
    static func entries(capacity: Int) -> Int {
        var entries = 16
        while entries < capacity + capacity / 2 { entries *= 2 }
        return entries
    }

    @inline(__always)
    private func word(_ at: Int) -> UInt64 { words[at].load(ordering: .relaxed) }

    private func put(_ at: Int, _ word: UInt64) { words[at].store(word, ordering: .relaxed) }

    /// Where an entry with these key bits belongs: eight ids in a row on one line of the cache.
    @inline(__always)
    private func home(_ bits: UInt64) -> Int {
        let key = bits >> numberBits
        let row = ((key >> 3) &* 0x9E37_79B9_7F4A_7C15) >> shift
        return Int(truncatingIfNeeded: row << 3 | key & 7)
    }

    @inline(__always)
    private func bits(ofKey key: UInt64) -> UInt64 { key << numberBits }

    @inline(__always)
    private func bits(ofWord word: UInt64) -> UInt64 { (word >> numberBits) << numberBits }

    @inline(__always)
    private func number(_ word: UInt64) -> UInt64 { (word & (1 << numberBits &- 1)) &- 1 }

    // MARK: reading

    /// The number of a key.
    /// - Parameter isIt: whether a number is that of the key and not of one with the same low bits.
    @inline(__always)
    func number(of key: UInt64, where isIt: (UInt64) -> Bool = { _ in true }) -> UInt64? {
        let before = version.pointee.load(ordering: .acquiring)
        let found = look(key, isIt)
        // The words are read before the version is looked at again.
        atomicMemoryFence(ordering: .acquiring)
        if before & 1 == 0 && version.pointee.load(ordering: .relaxed) == before { return found }
        return lookAgain(key, isIt)
    }

    @inline(never)
    private func lookAgain(_ key: UInt64, _ isIt: (UInt64) -> Bool) -> UInt64? {
        var pause = Pause()
        while true {
            let before = version.pointee.load(ordering: .acquiring)
            let found = look(key, isIt)
            atomicMemoryFence(ordering: .acquiring)
            let isStill = version.pointee.load(ordering: .relaxed) == before
            if before & 1 == 0 && isStill { return found }
            pause.wait()
        }
    }

    @inline(__always)
    private func look(_ key: UInt64, _ isIt: (UInt64) -> Bool) -> UInt64? {
        let wanted = bits(ofKey: key)
        var at = home(wanted)
        // Bounded, because what moves under a reader's eyes may look full.
        for _ in 0...mask {
            let entry = word(at)
            if entry == 0 { return nil }
            if bits(ofWord: entry) == wanted && isIt(number(entry)) { return number(entry) }
            at = (at &+ 1) & mask
        }
        return nil
    }

    // MARK: writing

    func add(_ key: UInt64, _ number: UInt64) {
        write {
            var at = home(bits(ofKey: key))
            while word(at) != 0 { at = (at &+ 1) & mask }
            put(at, bits(ofKey: key) | number &+ 1)
        }
    }

    func remove(_ key: UInt64, _ number: UInt64) {
        let old = bits(ofKey: key) | number &+ 1
        write {
            var hole = home(bits(ofKey: key))
            while word(hole) != old {
                if word(hole) == 0 { return }
                hole = (hole &+ 1) & mask
            }
            var at = (hole &+ 1) & mask
            while word(at) != 0 {
                // Moved back unless its home lies cyclically after the hole.
                if (at &- home(bits(ofWord: word(at)))) & mask >= (at &- hole) & mask {
                    put(hole, word(at))
                    hole = at
                }
                at = (at &+ 1) & mask
            }
            put(hole, 0)
        }
    }

    @inline(__always)
    private func write(_ body: () -> Void) {
        writers.take()
        let before = version.pointee.load(ordering: .relaxed)
        version.pointee.store(before &+ 1, ordering: .relaxed)
        // Who sees a word of this change sees the version odd.
        atomicMemoryFence(ordering: .releasing)
        body()
        version.pointee.store(before &+ 2, ordering: .releasing)
        writers.give()
    }
}
