import Synchronization

/// A bounded queue from one thread to one other. Records are built in their slots and read where
/// they lie; a full ring is an answer, never a wait.
///
/// Threads: one that calls `claim`, `publish`, `push`; one that calls `read`, `release`, `pop`. The
/// two may change hands through anything that orders memory (a lock, a join).
///
/// Each side keeps a private copy of the other's index and looks at the real one only when the copy
/// says full (or empty): while neither is near, no cache line but the records' own moves between
/// the processors, apart from the index that was just published.
///
/// What must never be seen: a record lost, doubled, out of order, torn, or read before it was
/// published.
@frozen
public struct Ring<Record: BitwiseCopyable>: @unchecked Sendable {
    /// A side's own memory: nobody else looks here.
    @usableFromInline
    struct Side {
        /// Records that this side is done with, since the ring was made.
        @usableFromInline var next = 0
        /// The other side's `next`, as last seen.
        @usableFromInline var peer = 0
    }

    @usableFromInline let slots: UnsafeMutablePointer<Record>
    /// How many records were published; only the writer stores it.
    @usableFromInline let published: UnsafeMutablePointer<Atomic<Int>>
    /// How many records were released; only the reader stores it.
    @usableFromInline let released: UnsafeMutablePointer<Atomic<Int>>
    @usableFromInline let writer: UnsafeMutablePointer<Side>
    @usableFromInline let reader: UnsafeMutablePointer<Side>
    /// Records that fit.
    public let capacity: Int

    /// - Parameter capacity: records, a power of two.
    public init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        if capacity < 1 || capacity & (capacity - 1) != 0 { throw .range }
        self.capacity = capacity
        slots = try arena.reserve(Record.self, capacity)
        let lines = try arena.raw(4 * Limits.line)
        func line(_ index: Int) -> UnsafeMutableRawPointer { lines + index * Limits.line }
        published = line(0).bindMemory(to: Atomic<Int>.self, capacity: 1)
        released = line(1).bindMemory(to: Atomic<Int>.self, capacity: 1)
        writer = line(2).bindMemory(to: Side.self, capacity: 1)
        reader = line(3).bindMemory(to: Side.self, capacity: 1)
        published.initialize(to: Atomic(0))
        released.initialize(to: Atomic(0))
        writer.initialize(to: Side())
        reader.initialize(to: Side())
    }

    // MARK: the writer

    /// Free slots in a row, to be filled and then published. Claiming again without publishing
    /// gives the same slots.
    /// - Returns: at most `most`: fewer where the memory ends and begins again, or where the ring
    ///   is nearly full; none when it is full.
    @inlinable
    public func claim(_ most: Int) -> UnsafeMutableBufferPointer<Record> {
        let next = writer.pointee.next
        var room = capacity &- (next &- writer.pointee.peer)
        if room < most {
            // Acquire: what the reader read from these slots is read before they are written again.
            writer.pointee.peer = released.pointee.load(ordering: .acquiring)
            room = capacity &- (next &- writer.pointee.peer)
        }
        let at = next & (capacity &- 1)
        let count = max(0, min(most, room, capacity &- at))
        return UnsafeMutableBufferPointer(start: slots + at, count: count)
    }

    /// Hands the first `count` of the claimed slots to the reader.
    @inlinable
    public func publish(_ count: Int) {
        let next = writer.pointee.next &+ count
        assert(count >= 0 && next &- writer.pointee.peer <= capacity)
        writer.pointee.next = next
        // Release: the records are whole before their number is seen.
        published.pointee.store(next, ordering: .releasing)
    }

    /// - Returns: false when the ring is full.
    @inlinable
    public func push(_ record: Record) -> Bool {
        let next = writer.pointee.next
        if next &- writer.pointee.peer == capacity {
            writer.pointee.peer = released.pointee.load(ordering: .acquiring)
            if next &- writer.pointee.peer == capacity { return false }
        }
        slots[next & (capacity &- 1)] = record
        publish(1)
        return true
    }

    /// Pushes as many as fit, published at once.
    /// - Returns: how many.
    @inlinable
    public func push(_ batch: UnsafeBufferPointer<Record>) -> Int {
        var done = 0
        while done < batch.count, let source = batch.baseAddress {
            let room = claim(batch.count &- done)
            guard let start = room.baseAddress, room.count > 0 else { break }
            start.update(from: source + done, count: room.count)
            publish(room.count)
            done &+= room.count
        }
        return done
    }

    // MARK: the reader

    /// Published records in a row, to be read and then released. Reading again without releasing
    /// gives the same records.
    /// - Returns: at most `most`: fewer where the memory ends and begins again, or where no more
    ///   are published; none when the ring is empty.
    @inlinable
    public func read(_ most: Int) -> UnsafeBufferPointer<Record> {
        let next = reader.pointee.next
        var ready = reader.pointee.peer &- next
        if ready < most {
            // Acquire: pairs with `publish`.
            reader.pointee.peer = published.pointee.load(ordering: .acquiring)
            ready = reader.pointee.peer &- next
        }
        let at = next & (capacity &- 1)
        let count = max(0, min(most, ready, capacity &- at))
        return UnsafeBufferPointer(start: slots + at, count: count)
    }

    /// Gives the first `count` of the records read back to the writer.
    @inlinable
    public func release(_ count: Int) {
        let next = reader.pointee.next &+ count
        assert(count >= 0 && next <= reader.pointee.peer)
        reader.pointee.next = next
        // Release: the records are read before the writer may write there again.
        released.pointee.store(next, ordering: .releasing)
    }

    /// - Returns: nil when the ring is empty.
    @inlinable
    public func pop() -> Record? {
        let next = reader.pointee.next
        if next == reader.pointee.peer {
            reader.pointee.peer = published.pointee.load(ordering: .acquiring)
            if next == reader.pointee.peer { return nil }
        }
        let record = slots[next & (capacity &- 1)]
        release(1)
        return record
    }
}
