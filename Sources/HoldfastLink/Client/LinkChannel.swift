import CHoldfast
import CHoldfastLink
import CZeroMQ
import Glibc

/// A client's socket: frames as bytes. Belongs to one thread at a time.
public final class LinkChannel {
    public enum Kind: Sendable { case requests, events }

    private let context: LinkContext
    private let socket: UnsafeMutableRawPointer
    private let part = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)

    public init(
        _ kind: Kind, endpoint: String, window: Int32 = 1000,
        context: LinkContext
    ) throws(LinkError) {
        let address: Endpoint
        do throws(Refusal) {
            address = try Endpoint(endpoint)
        } catch {
            throw .endpoint(error.status)
        }
        guard let socket = zmq_socket(context.handle, kind == .requests ? ZMQ_DEALER : ZMQ_SUB)
        else { throw .socket(zmq_errno()) }
        self.context = context
        self.socket = socket
        zmq_msg_init(part)
        do throws(Refusal) {
            try Sockets.configure(
                socket, maxMessage: Limits.messageBytes.upperBound, mark: window,
                endpoint: address)
        } catch {
            throw .endpoint(error.status)
        }
        if kind == .events { zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) }
        guard zmq_connect(socket, address.text) == 0 else { throw .socket(zmq_errno()) }
    }

    deinit {
        zmq_msg_close(part)
        part.deallocate()
        zmq_close(socket)
    }

    /// Blocks for at most `timeout` ms, until the link is reached and has room.
    public func send(_ bytes: UnsafeRawBufferPointer, timeout: Int64) throws(LinkError) {
        let deadline = Clock.milliseconds() &+ timeout
        while zmq_send(socket, bytes.baseAddress, bytes.count, ZMQ_DONTWAIT) < 0 {
            let code = zmq_errno()
            guard code == EAGAIN || code == EINTR else { throw .socket(code) }
            guard wait(ZMQ_POLLOUT, until: deadline) else { throw .timeout }
        }
    }

    /// The bytes are valid until the next call. nil when nothing came in `timeout` ms.
    public func receive(timeout: Int64) throws(LinkError) -> UnsafeRawBufferPointer? {
        let deadline = Clock.milliseconds() &+ timeout
        while true {
            if zmq_msg_recv(part, socket, ZMQ_DONTWAIT) >= 0 {
                let isWhole = zmq_msg_more(part) == 0
                while zmq_msg_more(part) != 0, zmq_msg_recv(part, socket, ZMQ_DONTWAIT) >= 0 {}
                guard isWhole else { throw .malformed }
                return UnsafeRawBufferPointer(
                    start: zmq_msg_data(part), count: zmq_msg_size(part))
            }
            let code = zmq_errno()
            guard code == EAGAIN || code == EINTR else { throw .socket(code) }
            guard wait(ZMQ_POLLIN, until: deadline) else { return nil }
        }
    }

    /// False when the deadline has passed; true says only that it is worth trying again.
    private func wait(_ events: Int32, until deadline: Int64) -> Bool {
        let left = deadline &- Clock.milliseconds()
        guard left > 0 else { return false }
        var item = zmq_pollitem_t(
            socket: socket, fd: 0, events: Int16(truncatingIfNeeded: events), revents: 0)
        zmq_poll(&item, 1, Int(left))
        return true
    }
}
