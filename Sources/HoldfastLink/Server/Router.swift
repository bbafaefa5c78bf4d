import CHoldfast
import CHoldfastLink
import CZeroMQ
import Glibc

/// The routing id of a peer, as ROUTER put it before the frame.
struct RoutingID: Hashable {
    private let low: UInt64
    /// Seven bytes, and the length in the highest one.
    private let high: UInt64

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard (1...Limits.routingID).contains(bytes.count) else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
        low = words.0
        high = words.1 | UInt64(bytes.count) << 56
    }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        let words = (low, high)
        return withUnsafeBytes(of: words) {
            body(UnsafeRawBufferPointer(rebasing: $0.prefix(Int(high >> 56))))
        }
    }
}

/// The ROUTER socket with one aligned buffer for what comes and one for what goes.
final class Router {
    enum Arrival {
        case nothing
        /// The wake peer: nothing to serve.
        case ring
        case frame(RoutingID, UnsafeRawBufferPointer)
        /// Dropped: more than one part. Without an id nobody can be told.
        case malformed(RoutingID?)
    }

    enum Reach { case ready, gone, full }

    let socket: UnsafeMutableRawPointer
    /// Bytes of a frame.
    let capacity: Int
    private let inbox: UnsafeMutableRawPointer
    private let outbox: UnsafeMutableRawPointer
    private let part: UnsafeMutablePointer<zmq_msg_t>
    private let wake = Wake.name.withUnsafeBytes { RoutingID($0) }
    /// The receive timeout that the socket has, ms.
    private var patience: Int64 = -1

    init(socket: UnsafeMutableRawPointer, capacity: Int) {
        self.socket = socket
        self.capacity = capacity
        inbox = .allocate(byteCount: capacity, alignment: 64)
        outbox = .allocate(byteCount: capacity, alignment: 64)
        part = .allocate(capacity: 1)
        zmq_msg_init(part)
    }

    deinit {
        zmq_msg_close(part)
        part.deallocate()
        inbox.deallocate()
        outbox.deallocate()
    }

    /// Where the body of the next frame is written.
    var body: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: outbox + Limits.head, count: capacity - Limits.head)
    }

    // MARK: In

    /// Blocks for at most `timeout` ms; 0: not at all.
    func receive(timeout: Int64) -> Arrival {
        guard first(timeout) else { return .nothing }
        let id = RoutingID(bytes)
        guard zmq_msg_more(part) != 0, next() else { return .malformed(id) }
        if id == wake { return .ring }
        let content = bytes
        guard zmq_msg_more(part) == 0, content.count <= capacity, let id else {
            while zmq_msg_more(part) != 0, next() {}
            return .malformed(id)
        }
        if let start = content.baseAddress {
            inbox.copyMemory(from: start, byteCount: content.count)
        }
        return .frame(id, UnsafeRawBufferPointer(start: inbox, count: content.count))
    }

    private var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: zmq_msg_data(part), count: zmq_msg_size(part))
    }

    /// Whatever ends the wait, EINTR included, the caller comes again.
    private func first(_ timeout: Int64) -> Bool {
        guard timeout > 0 else { return next() }
        if timeout != patience {
            var value = Int32(clamping: timeout)
            zmq_setsockopt(socket, ZMQ_RCVTIMEO, &value, MemoryLayout<Int32>.size)
            patience = timeout
        }
        return zmq_msg_recv(part, socket, 0) >= 0
    }

    private func next() -> Bool {
        while zmq_msg_recv(part, socket, ZMQ_DONTWAIT) < 0 {
            if zmq_errno() != EINTR { return false }
        }
        return true
    }

    // MARK: Out

    /// Opens the way to a peer: after `.ready` the next `finish` reaches its queue, whatever its
    /// size.
    func reserve(_ id: RoutingID) -> Reach {
        id.withBytes { bytes in
            var isSecondTry = false
            while zmq_send(socket, bytes.baseAddress, bytes.count, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 {
                switch zmq_errno() {
                case EINTR: continue
                case EAGAIN:
                    if isSecondTry { return .full }
                    isSecondTry = true
                    catchUp()
                default: return .gone
                }
            }
            return .ready
        }
    }

    /// Has the socket hear what its peers have read meanwhile: asking for its events does that.
    private func catchUp() {
        var events: Int32 = 0
        var size = MemoryLayout<Int32>.size
        zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size)
    }

    /// Sends the frame whose body was written to `body`.
    func finish(_ reply: Reply, sequence: UInt64) {
        var head = hf_record_head()
        head.kind = UInt16(truncatingIfNeeded: reply.kind)
        head.version = UInt16(truncatingIfNeeded: HF_ABI_VERSION)
        head.size = UInt32(truncatingIfNeeded: reply.size)
        head.sequence = sequence
        head.time = reply.time
        outbox.storeBytes(of: head, as: hf_record_head.self)
        while zmq_send(socket, outbox, Limits.head + reply.size, ZMQ_DONTWAIT) < 0 {
            if zmq_errno() != EINTR { return }
        }
    }
}

/// A frame to be sent; its body is in the router's buffer.
struct Reply {
    let kind: Int
    let size: Int
    let time: Int64
}
