import Synchronization

/// A bounded queue from many threads to one. A batch costs one atomic addition however many records
/// it has; each slot's stamp says when its record is whole (after D. Vyukov's bounded queue). A
/// full ring is an answer, never a wait.
///
/// Threads: at most `writers` at a time between `claim` and its return; one that calls `read`,
/// `pop`.
///
/// **Claiming by addition.** An addition cannot be taken back, so room is looked for before it, and
/// others may add between the look and the addition. How many is bounded: a writer that was let
/// through adds one batch, and its next look sees its own addition. So no more than `writers`
/// batches can go past the limit, and the memory has that much to spare: the ring holds at least
/// `capacity` records before it says full, at most `writers * batch` more. Were the promise of
/// `writers` broken, the writer would wait for its slot: two are never in one.
///
/// What must never be seen: a record lost, doubled, torn, read before it was published, or out of
/// order with another of the same writer; two writers in one slot. A writer that has claimed and
/// not yet published holds the reader at its slot, and what others published behind it waits.
@frozen
public struct SharedRing<Record: BitwiseCopyable>: @unchecked Sendable {
    /// Slots of one writer, numbered on from `first`.
    @frozen
    public struct Claim {
        public let first: Int
        public let count: Int

        @inlinable
        init(first: Int, count: Int) {
            self.first = first
            self.count = count
        }
    }

    /// A stamp and a record, on cache lines of their own: neighbours belong to different writers.
    @usableFromInline let memory: UnsafeMutableRawPointer
    @usableFromInline let mask: Int
    /// How many slots were ever claimed; every writer adds to it.
    @usableFromInline let claimed: UnsafeMutablePointer<Atomic<Int>>
    /// How many records were released; only the reader stores it.
    @usableFromInline let released: UnsafeMutablePointer<Atomic<Int>>
    /// `released` as a writer saw it last: read by all, written once a lap.
    @usableFromInline let seen: UnsafeMutablePointer<Atomic<Int>>
    /// The reader's own copy of `released`.
    @usableFromInline let next: UnsafeMutablePointer<Int>
    /// Records that fit before the ring says full.
    public let capacity: Int
    /// Most records of one claim.
    public let batch: Int

    /// - Parameters:
    ///   - capacity: records.
    ///   - writers: threads that may claim at the same time.
    ///   - batch: most records of one claim, at most `capacity`.
    public init(_ arena: inout Arena, capacity: Int, writers: Int, batch: Int) throws(Failure) {
        if capacity < 1 || writers < 1 || batch < 1 || batch > capacity { throw .range }
        self.capacity = capacity
        self.batch = batch
        var size = 1
        while size < capacity + writers * batch { size *= 2 }
        mask = size - 1
        memory = try arena.raw(size * Self.stride)
        let lines = try arena.raw(4 * Limits.line)
        func line(_ index: Int) -> UnsafeMutableRawPointer { lines + index * Limits.line }
        claimed = line(0).bindMemory(to: Atomic<Int>.self, capacity: 1)
        released = line(1).bindMemory(to: Atomic<Int>.self, capacity: 1)
        seen = line(2).bindMemory(to: Atomic<Int>.self, capacity: 1)
        next = line(3).bindMemory(to: Int.self, capacity: 1)
        claimed.initialize(to: Atomic(0))
        released.initialize(to: Atomic(0))
        seen.initialize(to: Atomic(0))
        next.initialize(to: 0)
    }

    @inlinable static var offset: Int { max(8, MemoryLayout<Record>.alignment) }
    @inlinable static var stride: Int { (offset &+ MemoryLayout<Record>.size &+ 63) & ~63 }

    /// The stamp of a slot: number + 1 of the record that is whole in it, so 0 is none (the arena's
    /// zero bytes are a valid `Atomic(0)`).
    @inlinable
    func stamp(_ number: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        (memory + (number & mask) &* Self.stride).assumingMemoryBound(to: Atomic<Int>.self)
    }

    @inlinable
    func record(_ number: Int) -> UnsafeMutablePointer<Record> {
        (memory + ((number & mask) &* Self.stride &+ Self.offset))
            .assumingMemoryBound(to: Record.self)
    }

    // MARK: writers

    /// Slots for `count` records, all or none, to be filled and published without delay.
    /// - Parameter count: 1 ... `batch`.
    /// - Returns: nil when the ring is full.
    @inlinable
    public func claim(_ count: Int) -> Claim? {
        guard let free = look(count) else { return nil }
        return take(count, free)
    }

    /// - Returns: how many records are known to be released; nil when the ring is full.
    @inlinable
    func look(_ count: Int) -> Int? {
        assert(count >= 1 && count <= batch)
        let limit = capacity &- count
        let before = claimed.pointee.load(ordering: .relaxed)
        var free = seen.pointee.load(ordering: .acquiring)
        if before &- free <= limit { return free }
        free = released.pointee.load(ordering: .acquiring)
        // Another writer may put an older number here: it costs a look, not a record.
        seen.pointee.store(free, ordering: .releasing)
        return before &- free <= limit ? free : nil
    }

    @inlinable
    func take(_ count: Int, _ free: Int) -> Claim {
        // Acquire and release: what the writers before us saw released, we shall see too.
        let first = claimed.pointee.add(count, ordering: .acquiringAndReleasing).oldValue
        if first &+ count &- free > mask &+ 1 { wait(first &+ count) }
        return Claim(first: first, count: count)
    }

    /// Others went by since we looked: look again, so that the reader is known to be done with our
    /// slots. The first look is enough as long as no more than `writers` claim at a time.
    @usableFromInline
    func wait(_ end: Int) {
        var pause = Pause()
        while end &- released.pointee.load(ordering: .acquiring) > mask &+ 1 { pause.wait() }
    }

    /// A claimed slot, 0 ..< `count`, to write its record; what stood there before is garbage.
    @inlinable
    public func slot(_ claim: Claim, _ index: Int) -> UnsafeMutablePointer<Record> {
        record(claim.first &+ index)
    }

    @inlinable
    public func publish(_ claim: Claim) {
        for number in claim.first..<claim.first &+ claim.count {
            // Release: the record is whole before its stamp is seen.
            stamp(number).pointee.store(number &+ 1, ordering: .releasing)
        }
    }

    /// - Returns: false when the ring is full.
    @inlinable
    public func push(_ value: Record) -> Bool {
        guard let claim = claim(1) else { return false }
        record(claim.first).pointee = value
        publish(claim)
        return true
    }

    /// Pushes all or none.
    /// - Parameter records: at most `batch`.
    /// - Returns: false when they do not fit now.
    @inlinable
    public func push(_ records: UnsafeBufferPointer<Record>) -> Bool {
        guard let source = records.baseAddress, records.count > 0 else { return true }
        guard let claim = claim(records.count) else { return false }
        for index in 0..<records.count { slot(claim, index).pointee = source[index] }
        publish(claim)
        return true
    }

    // MARK: the reader

    /// Reads records where they lie, in order, and releases them together afterwards.
    /// - Returns: how many; 0 when none is published at the reader's place.
    @inlinable
    public func read(_ most: Int, _ body: (UnsafePointer<Record>) -> Void) -> Int {
        let first = next.pointee
        var number = first
        // Acquire: pairs with `publish`.
        while number &- first < most,
            stamp(number).pointee.load(ordering: .acquiring) == number &+ 1
        {
            body(record(number))
            number &+= 1
        }
        if number != first {
            next.pointee = number
            // Release: the records are read before a writer may write there again.
            released.pointee.store(number, ordering: .releasing)
        }
        return number &- first
    }

    /// - Returns: nil when none is published at the reader's place.
    @inlinable
    public func pop() -> Record? {
        var value: Record?
        _ = read(1) { value = $0.pointee }
        return value
    }
}
