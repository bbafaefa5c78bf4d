import CHoldfast
import CHoldfastLink
import CZeroMQ
import Glibc

/// The context and the bound sockets. libzmq aborts on misuse, so that every option is set here,
/// once.
final class Sockets {
    private var context: UnsafeMutableRawPointer?
    private(set) var router: UnsafeMutableRawPointer?
    private(set) var publisher: UnsafeMutableRawPointer?
    private(set) var endpoint = ""
    private(set) var publishEndpoint = ""
    let wake = Wake()

    init(_ settings: Settings) throws(Refusal) {
        do {
            try open(settings)
        } catch {
            close()
            throw error
        }
    }

    private func open(_ settings: Settings) throws(Refusal) {
        guard let context = zmq_ctx_new() else { throw Refusal(Code.full) }
        self.context = context
        let router = try socket(
            ZMQ_ROUTER, settings, Limits.queue(window: settings.window), settings.endpoint)
        self.router = router
        try Sockets.set(router, ZMQ_ROUTER_MANDATORY, 1)
        try Sockets.set(router, ZMQ_ROUTER_HANDOVER, 0)
        guard zmq_bind(router, Wake.endpoint) == 0 else { throw Refusal(Code.full) }
        try wake.open(context)
        endpoint = try Sockets.bind(router, settings.endpoint)
        guard let publish = settings.publish else { return }
        let publisher = try socket(ZMQ_PUB, settings, settings.window, publish)
        self.publisher = publisher
        publishEndpoint = try Sockets.bind(publisher, publish)
    }

    private func socket(
        _ type: Int32, _ settings: Settings, _ mark: Int32, _ endpoint: Endpoint
    ) throws(Refusal) -> UnsafeMutableRawPointer {
        guard let socket = zmq_socket(context, type) else { throw Refusal(Code.full) }
        do {
            try Sockets.configure(
                socket, maxMessage: settings.maxMessage, mark: mark, endpoint: endpoint)
        } catch {
            zmq_close(socket)
            throw error
        }
        return socket
    }

    /// What every socket of ours has, on both ends.
    static func configure(
        _ socket: UnsafeMutableRawPointer, maxMessage: Int, mark: Int32, endpoint: Endpoint
    ) throws(Refusal) {
        var size = Int64(maxMessage)
        guard zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &size, MemoryLayout<Int64>.size) == 0 else {
            throw Refusal(Code.range)
        }
        try set(socket, ZMQ_SNDHWM, mark)
        try set(socket, ZMQ_RCVHWM, mark)
        try set(socket, ZMQ_LINGER, Limits.linger)
        try set(socket, ZMQ_IMMEDIATE, 1)
        try set(socket, ZMQ_HANDSHAKE_IVL, Limits.handshake)
        try set(socket, ZMQ_BACKLOG, Limits.backlog)
        try set(socket, ZMQ_IPV6, endpoint.isIPv6 ? 1 : 0)
    }

    static func set(
        _ socket: UnsafeMutableRawPointer, _ option: Int32, _ value: Int32
    ) throws(Refusal) {
        var value = value
        guard zmq_setsockopt(socket, option, &value, MemoryLayout<Int32>.size) == 0 else {
            throw Refusal(Code.argument)
        }
    }

    private static func bind(
        _ socket: UnsafeMutableRawPointer, _ endpoint: Endpoint
    ) throws(Refusal) -> String {
        if let path = endpoint.path { try checkFile(path) }
        guard zmq_bind(socket, endpoint.text) == 0 else {
            let code = zmq_errno()
            throw Refusal(code == EMFILE || code == ENOMEM ? Code.full : Code.state)
        }
        var text = [CChar](repeating: 0, count: 256)
        var size = text.count
        guard zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else {
            throw Refusal(Code.state)
        }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// libzmq unlinks what lies at the path: only a socket that nobody listens on may go.
    private static func checkFile(_ path: String) throws(Refusal) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFSOCK else { throw Refusal(Code.state) }
        let probe = Glibc.socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw Refusal(Code.full) }
        defer { Glibc.close(probe) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard Text.write(path, into: &address.sun_path) else { throw Refusal(Code.range) }
        let answered = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(probe, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        if answered { throw Refusal(Code.state) }
    }

    /// Blocks for at most the linger.
    func close() {
        wake.close()
        if let router { zmq_close(router) }
        if let publisher { zmq_close(publisher) }
        router = nil
        publisher = nil
        // EINTR leaves the context alive; there is nothing else that it can say.
        if let context { while zmq_ctx_term(context) != 0, zmq_errno() == EINTR {} }
        context = nil
    }
}
