import CHoldfast
import CHoldfastLink
import HoldfastLink
import Testing

@Suite("Link: hello and roles")
struct LinkHelloTests {
    @Test("a frame before the hello gets an error and nothing else")
    func helloFirst() throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        let answer = try peer.exchange(RawPeer.frame(HF_RECORD_OPEN, fixture.record(), sequence: 7))
        #expect(
            answer
                == .init(
                    kind: HF_LINK_ERROR, sequence: 7, status: Int32(HF_E_STATE),
                    cause: HF_LINK_CAUSE_HELLO))
        var counters = hf_counters()
        hf_counters_get(fixture.core, &counters)
        #expect(counters.positions_open == 0)
        #expect(fixture.counters.frames_refused == 1)
    }

    @Test("another ABI in the hello's head or body is refused and makes no session")
    func otherABI() throws {
        let peer = try LinkFixture()
        let raw = try peer.peer()
        let body = RawPeer.hello(role: HF_LINK_HOST, abi: HF_ABI_VERSION + 1)
        var head = RawPeer.hello(role: HF_LINK_HOST)
        head[2] = 99
        for bytes in [body, head] {
            let answer = try raw.exchange(bytes)
            #expect(answer?.kind == HF_LINK_ERROR)
            #expect(answer?.status == Int32(HF_E_VERSION))
            #expect(answer?.cause == HF_LINK_CAUSE_VERSION)
        }
        let next = try raw.exchange(RawPeer.frame(HF_LINK_GET_HASH))
        #expect(next?.cause == HF_LINK_CAUSE_HELLO)
    }

    @Test(
        "a hello with an unknown role, a reserved byte or an executor's number missing is refused",
        arguments: [0, 1, 2, 3, 4])
    func badHello(which: Int) throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        var bytes: [UInt8]
        switch which {
        case 0: bytes = RawPeer.hello(role: 9)
        case 1: bytes = RawPeer.hello(role: HF_LINK_EXECUTOR)
        case 2: bytes = RawPeer.hello(role: HF_LINK_HOST, executor: 1)
        case 3: bytes = RawPeer.hello(role: HF_LINK_WATCHER, epoch: 1)
        default:
            bytes = RawPeer.hello(role: HF_LINK_HOST)
            bytes[32 + 20] = 1
        }
        let answer = try peer.exchange(bytes)
        #expect(answer?.status == Int32(HF_E_ARGUMENT))
        #expect(answer?.cause == HF_LINK_CAUSE_BODY)
    }

    @Test("the welcome says what a client must know")
    func welcome() throws {
        let fixture = try LinkFixture { config in
            config.window = 77
            config.max_message = 8192
        }
        let client = try fixture.client(.host)
        #expect(client.welcome.abi_version == HF_ABI_VERSION)
        #expect(client.welcome.window == 77)
        #expect(client.welcome.max_message == 8192)
        #expect(client.publishEndpoint == nil)
        #expect(fixture.counters.hosts == 1)
    }

    @Test("an executor may neither read nor put inputs in")
    func executorRole() throws {
        let fixture = try LinkFixture()
        let executor = try fixture.client(.executor(1, epoch: 1))
        let role = LinkError.refused(
            status: Int32(HF_E_STATE), cause: UInt32(HF_LINK_CAUSE_ROLE))
        #expect(throws: role) { try executor.hash() }
        #expect(throws: role) { try executor.position(1) }
        #expect(throws: role) {
            try executor.apply(HF_RECORD_OPEN, fixture.record(), time: 1)
        }
        #expect(throws: role) {
            try executor.apply(
                HF_RECORD_STEP, time: 1, body: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    @Test("a watcher may read and nothing else")
    func watcherRole() throws {
        let fixture = try LinkFixture()
        let watcher = try fixture.client(.watcher)
        _ = try watcher.hash()
        let role = LinkError.refused(
            status: Int32(HF_E_STATE), cause: UInt32(HF_LINK_CAUSE_ROLE))
        #expect(throws: role) { try watcher.apply(HF_RECORD_OPEN, fixture.record(), time: 1) }
        #expect(throws: role) { try watcher.apply(HF_RECORD_ACK, hf_ack(), time: 1) }
        #expect(throws: role) { try watcher.take(now: 1, max: 1) }
    }

    @Test("a host may not take")
    func hostRole() throws {
        let fixture = try LinkFixture()
        let host = try fixture.client(.host)
        let role = LinkError.refused(
            status: Int32(HF_E_STATE), cause: UInt32(HF_LINK_CAUSE_ROLE))
        #expect(throws: role) { try host.take(now: 1, max: 1) }
    }

    @Test("an executor may not answer for another one")
    func foreignAck() throws {
        let fixture = try LinkFixture()
        let id = try fixture.open(account: 1)
        try fixture.tick(2, bid: 109_400)
        let first = try fixture.client(.executor(1, epoch: 1))
        let second = try fixture.client(.executor(2, epoch: 1))
        let command = try #require(try first.take(now: 3, max: 1).first)
        let foreign = LinkError.refused(
            status: Int32(HF_E_EXECUTOR), cause: UInt32(HF_LINK_CAUSE_ROLE))
        #expect(throws: foreign) {
            try second.apply(HF_RECORD_ACK, doneAck(command, deal: 1), time: 4)
        }
        var deal = hf_deal()
        deal.account = 1
        deal.position = id
        deal.volume = 1
        deal.price = 1
        #expect(throws: foreign) { try second.apply(HF_RECORD_DEAL, deal, time: 4) }
        deal.account = 2
        #expect(throws: foreign) { try second.apply(HF_RECORD_DEAL, deal, time: 4) }
        var fill = hf_fill()
        (fill.account, fill.symbol, fill.side) = (1, fixture.symbol, UInt8(HF_LONG))
        #expect(throws: foreign) { try second.apply(HF_RECORD_FILL, fill, time: 4) }
        (fill.account, fill.position) = (2, id)
        #expect(throws: foreign) { try second.apply(HF_RECORD_FILL, fill, time: 4) }
        #expect(try fixture.position(id).state == UInt8(HF_POSITION_CLOSING))
    }

    @Test("a full house refuses, and the place of one that left is free again")
    func fullHouse() throws {
        let fixture = try LinkFixture { $0.max_peers = 2 }
        let stays = try fixture.client(.host)
        do {
            let silent = try fixture.peer()
            #expect(try silent.hello(role: HF_LINK_WATCHER)?.kind == HF_LINK_WELCOME)
            #expect(
                throws: LinkError.refused(
                    status: Int32(HF_E_FULL), cause: UInt32(HF_LINK_CAUSE_PEERS))
            ) { try fixture.client(.watcher) }
        }
        // It left without a word; the link finds out when it needs the room.
        var admitted = false
        for _ in 0..<100 where !admitted { admitted = (try? fixture.client(.watcher)) != nil }
        #expect(admitted)
        _ = try stays.hash()
    }
}
