import Glibc

/// What is taken and given back.
protocol Holding {
    func take()
    func give()
}

extension Holding {
    @inline(__always)
    func hold<Answer, Problem: Error>(_ body: () throws(Problem) -> Answer) throws(Problem)
        -> Answer
    {
        take()
        defer { give() }
        return try body()
    }
}

/// The one lock of the project: a pthread mutex, which sanitizers see through.
///
/// What a lock guards lies beside it in a struct behind a pointer, and whoever changes a field
/// there has a modifying access to the whole struct, which ThreadSanitizer books at its first byte.
/// A lock never changes and is read before it is taken, so it must not be the first field: what is
/// first is touched with the lock held alone.
struct Lock: Holding {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let isOwn: Bool

    init() {
        mutex = .allocate(capacity: 1)
        isOwn = true
        pthread_mutex_init(mutex, nil)
    }

    /// A lock in the memory that it guards, which it shares no line with.
    init(_ arena: inout Arena) throws(Failure) {
        mutex = try arena.reserve(pthread_mutex_t.self, 1)
        isOwn = false
        pthread_mutex_init(mutex, nil)
    }

    func destroy() {
        pthread_mutex_destroy(mutex)
        if isOwn { mutex.deallocate() }
    }

    @inline(__always) func take() { pthread_mutex_lock(mutex) }
    @inline(__always) func tryTake() -> Bool { pthread_mutex_trylock(mutex) == 0 }
    @inline(__always) func give() { pthread_mutex_unlock(mutex) }
}
