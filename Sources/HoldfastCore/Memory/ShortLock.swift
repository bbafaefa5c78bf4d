import Synchronization

/// A lock for what is over in some dozens of nanoseconds: a look-up, a few sums. Taken by one
/// exchange and given back by a store, where a mutex that nobody else wants costs two exchanges and
/// two calls; who finds it taken spins shortly and then sleeps. For anything longer: `Lock`.
struct ShortLock: Holding, @unchecked Sendable {
    private let isTaken: UnsafeMutablePointer<Atomic<Bool>>

    /// On cache lines of its own: threads that spin do not slow what it guards.
    init(_ arena: inout Arena) throws(Failure) {
        isTaken = try arena.raw(Limits.line).bindMemory(to: Atomic<Bool>.self, capacity: 1)
        isTaken.initialize(to: Atomic(false))
    }

    @inline(__always)
    func take() {
        if isTaken.pointee.exchange(true, ordering: .acquiring) { wait() }
    }

    @inline(__always)
    func give() { isTaken.pointee.store(false, ordering: .releasing) }

    @inline(never)
    private func wait() {
        var pause = Pause()
        repeat {
            // Looking does not take the line from its owner; the exchange does.
            while isTaken.pointee.load(ordering: .relaxed) { pause.wait() }
        } while isTaken.pointee.exchange(true, ordering: .acquiring)
    }
}
