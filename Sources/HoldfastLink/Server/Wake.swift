import CZeroMQ
import Glibc
import Synchronization

/// How any thread interrupts the one that waits at the ROUTER: an inproc peer of it, so that the
/// wait is one blocking receive and no poll. The peer's name is taken before any other peer can
/// connect.
final class Wake: Sendable {
    static let endpoint = "inproc://wake"
    static let name: [UInt8] = Array("wake".utf8)

    private let pending = Atomic<Bool>(false)
    private let lock = Lock()
    private let state: State

    /// Touched under the lock only: that is what lets a socket be used by several threads.
    private final class State: @unchecked Sendable {
        var socket: UnsafeMutableRawPointer?
    }

    init() { state = State() }

    /// Connects to a ROUTER that is bound to `endpoint` in this context.
    func open(_ context: UnsafeMutableRawPointer?) throws(Refusal) {
        guard let socket = zmq_socket(context, ZMQ_DEALER) else { throw Refusal(Code.full) }
        state.socket = socket
        try Sockets.set(socket, ZMQ_LINGER, 0)
        guard zmq_setsockopt(socket, ZMQ_ROUTING_ID, Wake.name, Wake.name.count) == 0,
            zmq_connect(socket, Wake.endpoint) == 0
        else { throw Refusal(Code.full) }
    }

    func ring() {
        // One message is enough until it was heard.
        if pending.exchange(true, ordering: .acquiringAndReleasing) { return }
        lock.lock()
        defer { lock.unlock() }
        guard let socket = state.socket else { return }
        while zmq_send(socket, "", 0, ZMQ_DONTWAIT) < 0, zmq_errno() == EINTR {}
    }

    /// True when it was rung since the last time. What was put in before the ring is seen after
    /// this.
    func hear() -> Bool {
        pending.load(ordering: .relaxed)
            && pending.exchange(false, ordering: .acquiringAndReleasing)
    }

    func close() {
        lock.lock()
        defer { lock.unlock() }
        if let socket = state.socket { zmq_close(socket) }
        state.socket = nil
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
