import CLinux
import Glibc
import Synchronization

/// Wakes one sleeping reader of a ring. While the reader is busy a writer pays one load, of a word
/// that nobody writes; only for a sleeping reader it pays a system call.
///
/// Threads: `notify` from any; the rest from the reader alone. The reader's loop:
///
///     while running {
///         if ring.read(...) > 0 { continue }
///         wake.prepareToSleep()
///         if ring.read(...) > 0 { wake.cancelSleep(); continue }   // the re-check
///         wake.sleep(timeout_ms: 1000)
///     }
///
/// **No wake-up is lost** (Dekker's argument). The writer stores the record and then loads the
/// flag; the reader stores the flag and then loads the record. If in both threads the store comes
/// before the load, at least one of them sees the other's store: the writer the flag, and signals,
/// or the reader the record, and does not sleep. Processors let a load overtake an older store, x86
/// too, so each side needs a full barrier between the two. The reader, which is about to sleep,
/// pays for both with `membarrier`, which makes every running thread of the process execute one;
/// the writer only holds the compiler back. Where the system has no membarrier, each writer
/// executes its own.
///
/// What must never be seen: a reader asleep while a record that was signalled waits for it.
public struct Wake: @unchecked Sendable {
    private static let busy: UInt32 = 0
    private static let asleep: UInt32 = 1

    private let flag: UnsafeMutablePointer<Atomic<UInt32>>
    /// Becomes readable when a writer has signalled a sleeping reader: for a host's event loop, in
    /// the place of `sleep`; `cancelSleep` afterwards.
    public let descriptor: Int32
    private let hasMembarrier: Bool

    /// - Parameter usesMembarrier: false: as on a system without it, for tests.
    public init(_ arena: inout Arena, usesMembarrier: Bool = true) throws(Failure) {
        flag = try arena.raw(Limits.line).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        flag.initialize(to: Atomic(Self.busy))
        hasMembarrier = usesMembarrier && hf_barrier_prepare() != 0
        descriptor = hf_eventfd()
        if descriptor < 0 { throw .full }
    }

    /// No other call may be under way.
    public func destroy() { close(descriptor) }

    // MARK: writers

    /// Called after publishing; once for a batch is enough.
    @inline(__always)
    public func notify() {
        if hasMembarrier {
            hf_compiler_fence()
        } else {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        }
        if flag.pointee.load(ordering: .relaxed) != Self.busy { rouse() }
    }

    /// Of several writers the first one makes the call.
    private func rouse() {
        let before = flag.pointee.exchange(Self.busy, ordering: .acquiringAndReleasing)
        if before == Self.asleep { count(1) }
    }

    /// Fails only when the counter is full, and then it is readable anyway.
    private func count(_ signals: UInt64) {
        var signals = signals
        while write(descriptor, &signals, 8) < 0 && errno == EINTR {}
    }

    // MARK: the reader

    /// Says that the reader is about to sleep. It must look at its ring once more after this, and
    /// then either `cancelSleep` or `sleep`.
    public func prepareToSleep() {
        flag.pointee.store(Self.asleep, ordering: .relaxed)
        if !hasMembarrier {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        } else if hf_barrier_everywhere() == 0 {
            // The system has no memory for it: this sleep ends at once.
            count(1)
        }
    }

    /// The reader is busy again.
    public func cancelSleep() {
        _ = flag.pointee.exchange(Self.busy, ordering: .acquiringAndReleasing)
        // A signal that comes after this look only ends the next sleep too early.
        var signals: UInt64 = 0
        while read(descriptor, &signals, 8) < 0 && errno == EINTR {}
    }

    /// Sleeps until a signal or the end of the time; may also return for no reason.
    /// - Parameter timeout_ms: milliseconds; negative: without end.
    public func sleep(timeout_ms: Int32) {
        var events = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&events, 1, timeout_ms)
        cancelSleep()
    }
}
