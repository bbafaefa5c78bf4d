import CLinux
import Synchronization

/// Wakes the one reader of a core's events that sleeps. Made when somebody first asks for it: until
/// then, and while that reader is busy, an event costs a load or two.
struct EventBell: @unchecked Sendable {
    private let wake: UnsafeMutablePointer<Wake>
    private let isThere: UnsafeMutablePointer<Atomic<Bool>>
    private let isWaiting: UnsafeMutablePointer<Atomic<Bool>>
    private let events: EventRing
    /// Without it, each writer executes a barrier of its own before it looks for a reader.
    private let hasMembarrier: Bool

    init(_ arena: inout Arena, _ events: EventRing) throws(Failure) {
        wake = try arena.reserve(Wake.self, 1)
        isThere = try arena.raw(Limits.line).bindMemory(to: Atomic<Bool>.self, capacity: 1)
        isThere.initialize(to: Atomic(false))
        isWaiting = try arena.raw(Limits.line).bindMemory(to: Atomic<Bool>.self, capacity: 1)
        isWaiting.initialize(to: Atomic(false))
        self.events = events
        hasMembarrier = hf_barrier_prepare() != 0
    }

    func destroy() { if isThere.pointee.load(ordering: .acquiring) { wake.pointee.destroy() } }

    /// The definitions are locked.
    func open(_ arena: inout Arena) throws(Failure) {
        if isThere.pointee.load(ordering: .relaxed) { return }
        wake.initialize(to: try Wake(&arena))
        isThere.pointee.store(true, ordering: .releasing)
    }

    /// An event is whole.
    @inline(__always)
    func ring() {
        // The event before the look: else the first reader ever could be missed.
        if !hasMembarrier { atomicMemoryFence(ordering: .sequentiallyConsistent) }
        if isThere.pointee.load(ordering: .acquiring) { wake.pointee.notify() }
    }

    // MARK: the reader

    /// Sleeps until there is an event after a cursor, or the end of the time.
    /// - Parameter clock: milliseconds.
    /// - Returns: whether there is one.
    func wait(
        after cursor: UInt64, timeout_ms: Int32, _ clock: () -> Int64
    ) throws(Failure) -> Bool {
        if timeout_ms < 0 { throw .range }
        return try alone { () throws(Failure) in
            if events.hasEvent(after: cursor) { return true }
            let end = clock() &+ Int64(timeout_ms)
            while true {
                wake.pointee.prepareToSleep()
                if events.hasEvent(after: cursor) {
                    wake.pointee.cancelSleep()
                    return true
                }
                let left = end &- clock()
                if left <= 0 {
                    wake.pointee.cancelSleep()
                    return false
                }
                wake.pointee.sleep(timeout_ms: Int32(clamping: left))
                if events.hasEvent(after: cursor) { return true }
            }
        }
    }

    /// - Returns: a descriptor that is or becomes readable when there is an event after a cursor.
    func arm(after cursor: UInt64) throws(Failure) -> Int32 {
        try alone { () throws(Failure) in
            wake.pointee.cancelSleep()
            wake.pointee.prepareToSleep()
            if events.hasEvent(after: cursor) { wake.pointee.notify() }
            return wake.pointee.descriptor
        }
    }

    private func alone<Answer>(_ body: () throws(Failure) -> Answer) throws(Failure) -> Answer {
        if isWaiting.pointee.exchange(true, ordering: .acquiring) { throw .state }
        defer { isWaiting.pointee.store(false, ordering: .releasing) }
        return try body()
    }
}
