import CZeroMQ
import Glibc
import Synchronization

/// An eventfd that any thread may ring and the serving thread waits on beside its sockets.
final class Wake: Sendable {
    let descriptor: Int32
    private let pending = Atomic<Bool>(false)

    init() throws(Refusal) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if descriptor < 0 { throw Refusal(Code.full) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func ring() {
        // One write is enough until it was heard.
        if pending.exchange(true, ordering: .acquiringAndReleasing) { return }
        var one: UInt64 = 1
        while write(descriptor, &one, 8) < 0, errno == EINTR {}
    }

    /// True when it was rung since the last time. What was put in before the ring is seen after this.
    func hear() -> Bool {
        guard pending.load(ordering: .relaxed) else { return false }
        var count: UInt64 = 0
        while read(descriptor, &count, 8) < 0, errno == EINTR {}
        return pending.exchange(false, ordering: .acquiringAndReleasing)
    }
}

/// The monotonic clock: for waits and intervals of the link, never for inputs.
enum Clock {
    static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) &* 1000 &+ Int64(now.tv_nsec) / 1_000_000
    }
}
