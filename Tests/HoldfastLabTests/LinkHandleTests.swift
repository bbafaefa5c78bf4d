import CHoldfast
import CHoldfastLink
import Glibc
import HoldfastLink
import Testing

@Suite("Link: configuration, endpoints, handles")
struct LinkHandleTests {
    /// The status of opening a link with a configuration changed from its defaults.
    private func open(
        _ endpoint: String, _ change: (inout hf_link_config) -> Void = { _ in }
    ) throws -> hf_status {
        var config = hf_core_config()
        var core: OpaquePointer?
        try check(hf_core_config_init(&config))
        try check(hf_core_open(&config, &core))
        defer { hf_core_close(&core) }
        var linkConfig = hf_link_config()
        try check(hf_link_config_init(&linkConfig, endpoint))
        change(&linkConfig)
        var link: OpaquePointer?
        let status = hf_link_open(core, &linkConfig, &link)
        #expect((link != nil) == (status == 0))
        hf_link_close(&link)
        return status
    }

    @Test(
        "an endpoint that is not ipc, or not tcp on loopback, is refused",
        arguments: [
            "inproc://x", "pgm://eth0;239.192.1.1:5555", "ws://127.0.0.1:80", "udp://127.0.0.1:1",
            "tcp://*:5555", "tcp://0.0.0.0:5555", "tcp://192.168.1.2:5555", "tcp://eth0:5555",
            "tcp://lo:5555", "tcp://example.org:5555", "tcp://[::]:5555", "tcp://128.0.0.1:5555",
            "tcp://127.1:5555", "tcp://127.0.0.1", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:-1",
            "tcp://127.0.0.1:5;127.0.0.1:6", "tcp://0127.0.0.1:5555", "tcp://127.0.0.256:1",
            "ipc://", "127.0.0.1:5555", "tcp://localhost.:1", "TCP://127.0.0.1:1", "nonsense",
        ])
    func notLoopback(endpoint: String) throws {
        #expect(try open(endpoint) == Int32(HF_E_UNSUPPORTED))
        #expect(
            try open("tcp://127.0.0.1:*") { config in
                withUnsafeMutableBytes(of: &config.publish) { $0.copyBytes(from: endpoint.utf8) }
            } == Int32(HF_E_UNSUPPORTED))
        #expect(throws: LinkError.endpoint(Int32(HF_E_UNSUPPORTED))) {
            try LinkClient(endpoint: endpoint, role: .host, timeout: 10)
        }
    }

    @Test(
        "loopback by number, by name and by file is served",
        arguments: [
            "tcp://127.0.0.1:*", "tcp://127.9.8.7:0", "tcp://localhost:*", "ipc://@holdfast-test-a",
            "ipc://*",
        ])
    func loopback(endpoint: String) throws {
        let fixture = try LinkFixture(endpoint: endpoint)
        #expect(!fixture.endpoint.hasSuffix("*") && !fixture.endpoint.hasSuffix(":0"))
        _ = try fixture.client(.host).hash()
    }

    @Test("a configuration out of its ranges is refused")
    func configuration() throws {
        let good = "tcp://127.0.0.1:*"
        #expect(try open(good) == 0)
        #expect(try open(good) { $0.struct_size = 8 } == Int32(HF_E_VERSION))
        #expect(try open(good) { $0.abi_version += 1 } == Int32(HF_E_VERSION))
        #expect(try open(good) { $0.flags = 4 } == Int32(HF_E_ARGUMENT))
        #expect(try open(good) { $0.reserved.7 = 1 } == Int32(HF_E_ARGUMENT))
        #expect(try open(good) { $0.max_message = 100 } == Int32(HF_E_RANGE))
        #expect(try open(good) { $0.max_message = .max } == Int32(HF_E_RANGE))
        #expect(try open(good) { $0.window = 0 } == Int32(HF_E_RANGE))
        #expect(try open(good) { $0.max_peers = 0 } == Int32(HF_E_RANGE))
        #expect(try open(good) { $0.max_parked = 0 } == Int32(HF_E_RANGE))
        #expect(try open(good) { $0.notice_interval = 0 } == Int32(HF_E_RANGE))
        #expect(try open(good) { $0.endpoint.127 = 1 } == Int32(HF_E_RANGE))
        #expect(try open("") == Int32(HF_E_ARGUMENT))
        #expect(try open("ipc://" + String(repeating: "a", count: 120)) == Int32(HF_E_RANGE))
        var config = hf_link_config()
        let long = String(repeating: "a", count: 129)
        #expect(hf_link_config_init(&config, long) == Int32(HF_E_RANGE))
    }

    @Test("an address in use, a missing folder and a file that is no socket are refused")
    func taken() throws {
        let first = try LinkFixture()
        #expect(try open(first.endpoint) == Int32(HF_E_STATE))
        #expect(try open("ipc:///no/such/folder/x") == Int32(HF_E_STATE))
        var template = Array("/tmp/hf-link-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        try #require(file >= 0)
        close(file)
        let path = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
        #expect(try open("ipc://" + path) == Int32(HF_E_STATE))
        #expect(access(path, F_OK) == 0, "the file is still there")
        unlink(path)
        let held = try LinkFixture(endpoint: "ipc://" + path)
        #expect(try open("ipc://" + path) == Int32(HF_E_STATE))
        _ = try held.client(.host).hash()
    }

    @Test("every function answers NULL, garbage and closed handles with a status")
    func handles() throws {
        let fixture = try LinkFixture()
        let closed = fixture.link
        #expect(hf_link_close(&fixture.link) == 0)
        #expect(fixture.link == nil)
        let handle = Int32(HF_E_HANDLE)
        var text = [CChar](repeating: 0, count: 128)
        var due: Int64 = 5
        var counters = hf_link_counters()
        for token in [
            nil, closed, OpaquePointer(bitPattern: 1), OpaquePointer(bitPattern: UInt.max),
        ] {
            var copy = token
            #expect(hf_link_close(&copy) == handle)
            #expect(copy == nil)
            #expect(hf_link_endpoint(token, &text, 128) == handle)
            #expect(hf_link_publish_endpoint(token, &text, 128) == handle)
            #expect(hf_link_notify(token, 1) == handle)
            #expect(hf_link_poll(token, 0) == handle)
            #expect(hf_link_advance(token, 1) == handle)
            #expect(hf_link_await(token, 1, 0, &due) == handle)
            #expect(hf_link_counters_get(token, &counters) == handle)
        }
        #expect(due == 5)
        let argument = Int32(HF_E_ARGUMENT)
        #expect(hf_link_close(nil) == argument)
        #expect(hf_link_config_init(nil, "x") == argument)
        var config = hf_link_config()
        #expect(hf_link_config_init(&config, nil) == argument)
        try check(hf_link_config_init(&config, "tcp://127.0.0.1:*"))
        #expect(hf_link_open(fixture.core, &config, nil) == argument)
        var link: OpaquePointer?
        #expect(hf_link_open(fixture.core, nil, &link) == argument)
        #expect(hf_link_open(nil, &config, &link) == handle)
        #expect(hf_link_open(OpaquePointer(bitPattern: 8), &config, &link) == handle)
        try check(hf_link_open(fixture.core, &config, &link))
        defer { hf_link_close(&link) }
        #expect(hf_link_endpoint(link, nil, 128) == argument)
        #expect(hf_link_endpoint(link, &text, 5) == Int32(HF_E_RANGE))
        #expect(hf_link_counters_get(link, nil) == argument)
        #expect(hf_link_poll(link, 0) == Int32(HF_E_STATE))
        #expect(hf_link_advance(link, 0) == Int32(HF_E_STATE))
        #expect(hf_link_await(link, 0, 0, &due) == Int32(HF_E_STATE))
        #expect(hf_link_await(link, 0, 0, nil) == argument)
    }

    @Test("a child of a fork is told so and hurts nobody")
    func fork() throws {
        let fixture = try LinkFixture()
        let child = forkOnce {
            var link = fixture.link
            guard hf_link_notify(link, 1) == Int32(HF_E_FORKED) else { return 1 }
            return hf_link_close(&link) == Int32(HF_E_FORKED) && link == nil ? 0 : 2
        }
        #expect(child == 0)
        _ = try fixture.client(.host).hash()
    }

    @Test("a hosted link serves when it is polled")
    func hosted() throws {
        let fixture = try LinkFixture { $0.flags = UInt32(HF_LINK_HOSTED) }
        let peer = try fixture.peer()
        try peer.send(RawPeer.hello(role: HF_LINK_HOST))
        #expect(try peer.receive(timeout: 50) == nil)
        #expect(hf_link_poll(fixture.link, -1) == Int32(HF_E_RANGE))
        #expect(hf_link_poll(fixture.link, 1000) == 0)
        #expect(try peer.receive()?.kind == HF_LINK_WELCOME)
    }
}

/// The exit code of a child that does nothing but `body`.
private func forkOnce(_ body: () -> Int32) -> Int32 {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = dlsym(nil, "fork") else { return -1 }
    let child = unsafeBitCast(symbol, to: Fork.self)()
    if child == 0 { _exit(body()) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? 0 : (status >> 8) & 0xff
}
