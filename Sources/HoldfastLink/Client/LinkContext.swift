import CZeroMQ
import Glibc

/// The I/O of the clients that share it. Ends when the last of them has gone.
public final class LinkContext: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer

    public init() throws(LinkError) {
        guard let handle = zmq_ctx_new() else { throw .socket(zmq_errno()) }
        self.handle = handle
    }

    deinit { while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {} }
}

/// What goes wrong between a client and a link.
public enum LinkError: Error, Equatable, Sendable {
    /// No endpoint that a link could have (a status of holdfast.h).
    case endpoint(Int32)
    /// libzmq refused; its errno.
    case socket(Int32)
    /// Nothing came in time. The request may have been applied.
    case timeout
    /// The link refused the frame: HF_LINK_CAUSE_...
    case refused(status: Int32, cause: UInt32)
    /// The core refused a query or a take.
    case status(Int32)
    /// The ring no longer had this many events; the cursor stands before the oldest that it has.
    case lapped(lost: UInt64)
    /// The answer is none of this protocol.
    case malformed
    /// The request is larger than the link takes.
    case oversize
}
