import CHoldfast
import Synchronization

/// The last events of a core, written by any thread, for any number of readers with cursors of
/// their own. Events are numbered 1, 2, 3 ... A slow reader is told how many it lost and goes on
/// from the oldest kept; nobody ever waits for a reader, and no thread takes a lock.
///
/// Each slot has a stamp: 2n when event n is whole in it, 2n - 1 while n is being written, 0 before
/// the first. A batch takes its numbers by one addition. A reader copies a slot between two looks
/// at its stamp and keeps the copy when both say 2n (a seqlock). All words are copied in and out as
/// relaxed atomics, so that a copy which is thrown away is no data race either; on x86 and arm64
/// that is the plain instruction, and a plain copy is no faster (29.2 and 30.4 ns an append).
///
/// **A writer that is lapped.** When a writer stops half-way (its thread lost the processor) while
/// the others go round the whole ring, the one whose turn it is at that slot waits for it, first
/// spinning, then asleep: two writers are never in one slot and no event is dropped. A writer at
/// work only stores, so it needs nobody's lock to come to its end.
///
/// **What a reader sees** ends before the first event that is not yet whole. So a thread may read,
/// and not yet find its own last event, when another thread is just writing an older one.
///
/// What must never be seen: an event torn, doubled, out of order, or left out without being told.
struct EventRing: @unchecked Sendable {
    /// `Atomic(0)` is eight zero bytes, as the arena gives them.
    private typealias Word = Atomic<UInt64>

    /// Words of a slot: the stamp, the event, and what fills the cache line, because the neighbour
    /// may belong to another writer.
    private static let words = MemoryLayout<hf_event>.size / 8
    private static let stride = (1 + words + 7) & ~7

    private let slots: UnsafeMutablePointer<Word>
    /// The last number given out; on cache lines of its own.
    private let last: UnsafeMutablePointer<Word>
    private let capacity: UInt64

    /// - Parameter capacity: events, a power of two.
    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        slots = try arena.reserve(Word.self, capacity * Self.stride)
        last = try arena.raw(Limits.line).bindMemory(to: Word.self, capacity: 1)
        self.capacity = UInt64(capacity)
    }

    /// Numbers given out so far.
    var written: UInt64 { last.pointee.load(ordering: .acquiring) }

    /// Whether a read from a cursor would find something: an event, or that it was overtaken.
    func hasEvent(after cursor: UInt64) -> Bool {
        if cursor >= written { return false }
        let number = cursor &+ 1
        return slot(number).pointee.load(ordering: .acquiring) >= 2 &* number
    }

    private func slot(_ number: UInt64) -> UnsafeMutablePointer<Word> {
        slots + Int(number & (capacity - 1)) &* Self.stride
    }

    // MARK: writing

    func append(_ event: hf_event) {
        withUnsafePointer(to: event) { append(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// - Parameter sequence: of the input that caused it, in place of the event's own.
    @inline(__always)
    func append(_ event: UnsafePointer<hf_event>, sequence: UInt64) {
        write(claim(1), event, sequence: sequence)
    }

    /// Appends events side by side, their numbers follow each other.
    func append(_ events: UnsafeBufferPointer<hf_event>) {
        guard let source = events.baseAddress else { return }
        let first = claim(events.count)
        for index in 0..<events.count { write(first &+ UInt64(index), source + index) }
    }

    /// Appends `count` events side by side, each built by `build` from zero bytes. It must not wait
    /// for anything: readers stop before the event that it builds, and a writer that has gone round
    /// the ring waits for it.
    ///
    /// What it gets is not the slot itself: a lapped reader may be looking there, and plain stores
    /// under its eyes are a data race. Measured, a build in the slot costs the same (37.7 and 39.0
    /// ns an event): time goes into the addition that waits for the stores before it, not into the
    /// copy.
    @inline(__always)
    func append(_ count: Int, _ build: (Int, UnsafeMutablePointer<hf_event>) -> Void) {
        let first = claim(count)
        for index in 0..<count {
            var event = hf_event()
            build(index, &event)
            write(first &+ UInt64(index), &event)
        }
    }

    /// - Returns: the first of `count` numbers.
    @inline(__always)
    private func claim(_ count: Int) -> UInt64 {
        last.pointee.add(UInt64(count), ordering: .relaxed).oldValue &+ 1
    }

    @inline(__always)
    private func write(
        _ number: UInt64, _ event: UnsafePointer<hf_event>, sequence: UInt64? = nil
    ) {
        let slot = begin(number)
        // The first two words of an event are its number and its sequence.
        slot[1].store(number, ordering: .relaxed)
        slot[2].store(sequence ?? event.pointee.sequence, ordering: .relaxed)
        event.withMemoryRebound(to: UInt64.self, capacity: Self.words) { words in
            for word in 2..<Self.words { slot[1 &+ word].store(words[word], ordering: .relaxed) }
        }
        // Release: the event is whole before its stamp is seen.
        slot.pointee.store(2 &* number, ordering: .releasing)
    }

    /// Marks the slot of a claimed number as being written.
    @inline(__always)
    private func begin(_ number: UInt64) -> UnsafeMutablePointer<Word> {
        let slot = slot(number)
        let before = number > capacity ? 2 &* (number &- capacity) : 0
        // Acquire: the writer of the lap before is done with the slot.
        if slot.pointee.load(ordering: .acquiring) != before { wait(slot, before) }
        slot.pointee.store(2 &* number &- 1, ordering: .relaxed)
        // Who sees a word of this event sees that the slot is being written.
        atomicMemoryFence(ordering: .releasing)
        return slot
    }

    private func wait(_ slot: UnsafeMutablePointer<Word>, _ stamp: UInt64) {
        var pause = Pause()
        while slot.pointee.load(ordering: .acquiring) != stamp { pause.wait() }
    }

    // MARK: reading

    /// Copies events after `cursor` and moves it.
    /// - Returns: how many, or how many were lost when the ring has overtaken the reader.
    func read(
        _ cursor: inout UInt64, _ out: UnsafeMutablePointer<hf_event>?, max: Int
    ) -> (count: Int, lost: UInt64) {
        while true {
            let newest = written
            let oldest = newest > capacity ? newest - capacity : 0
            if cursor < oldest {
                let lost = oldest - cursor
                cursor = oldest
                return (0, lost)
            }
            if cursor > newest { cursor = newest }
            let (count, isOvertaken) = copy(cursor &+ 1, out, most: min(max, Int(newest - cursor)))
            // Overtaken at the first one: whoever did it took its number before it marked the slot,
            // so the next looks at `written` say how many are lost.
            if count == 0 && isOvertaken { continue }
            cursor += UInt64(count)
            return (count, 0)
        }
    }

    /// Copies whole events from number `first` on.
    private func copy(
        _ first: UInt64, _ out: UnsafeMutablePointer<hf_event>?, most: Int
    ) -> (count: Int, isOvertaken: Bool) {
        var count = 0
        while count < most {
            let number = first &+ UInt64(count)
            let slot = slot(number)
            // Acquire: the event's words are read after its stamp.
            let stamp = slot.pointee.load(ordering: .acquiring)
            if stamp < 2 &* number { return (count, false) }
            if stamp > 2 &* number { return (count, true) }
            if let out {
                copy(slot, to: out + count)
                // The words are read before the stamp is looked at again.
                atomicMemoryFence(ordering: .acquiring)
                if slot.pointee.load(ordering: .relaxed) != stamp { return (count, true) }
            }
            count += 1
        }
        return (count, false)
    }

    @inline(__always)
    private func copy(_ slot: UnsafeMutablePointer<Word>, to out: UnsafeMutablePointer<hf_event>) {
        out.withMemoryRebound(to: UInt64.self, capacity: Self.words) { words in
            for word in 0..<Self.words {
                words[word] = slot[1 &+ word].load(ordering: .relaxed)
            }
        }
    }
}
