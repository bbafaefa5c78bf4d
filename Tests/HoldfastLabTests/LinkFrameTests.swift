import CHoldfast
import CHoldfastLink
import CZeroMQ
import HoldfastLink
import Testing

@Suite("Link: bad frames")
struct LinkFrameTests {
    @Test("a frame shorter than a head gets an error and the link goes on")
    func short() throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_HOST)
        for size in [0, 1, 31] {
            let answer = try peer.exchange([UInt8](repeating: 1, count: size))
            #expect(answer?.cause == HF_LINK_CAUSE_SHORT)
            #expect(answer?.status == Int32(HF_E_RANGE))
            #expect(answer?.sequence == 0)
        }
        #expect(try peer.exchange(RawPeer.frame(HF_LINK_GET_HASH))?.kind == HF_RECORD_HASH)
        #expect(fixture.counters.frames_bad == 3)
    }

    @Test("a size that is not the body's, or a body that is not its kind's, is refused")
    func size() throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_HOST)
        let lies = RawPeer.frame(HF_LINK_GET_HASH, sequence: 3) { $0.size = 5 }
        #expect(try peer.exchange(lies)?.cause == HF_LINK_CAUSE_SIZE)
        let kinds = [
            HF_LINK_HELLO, HF_LINK_GET_POSITION, HF_LINK_GET_COMMAND, HF_LINK_GET_ACCOUNT,
            HF_LINK_GET_POSITIONS, HF_LINK_GET_EVENTS, HF_LINK_GET_COUNTERS, HF_LINK_GET_HASH,
            HF_LINK_GET_SUMMARY, HF_LINK_GET_HISTORY, HF_LINK_GET_PERFORMANCE,
            HF_LINK_GET_EXECUTOR, HF_LINK_GET_SYNC, HF_RECORD_ACK, HF_RECORD_DEAL, HF_RECORD_FILL,
            HF_RECORD_RECONCILE,
        ]
        for kind in kinds {
            let answer = try peer.exchange(RawPeer.frame(kind, body: [1, 2, 3], sequence: 4))
            #expect(answer?.cause == HF_LINK_CAUSE_SIZE, "kind \(kind)")
            #expect(answer?.sequence == 4)
        }
        // The core judges the size of what it is given.
        let answer = try peer.exchange(RawPeer.frame(HF_RECORD_OPEN, body: [1, 2, 3]))
        #expect(answer?.kind == HF_LINK_OUTCOME)
        #expect(answer?.status == Int32(HF_E_RANGE))
    }

    @Test("fields of the head that must be zero are, and the sequence is not")
    func head() throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_HOST)
        let frames = [
            RawPeer.frame(HF_LINK_GET_HASH) { $0.part = 1 },
            RawPeer.frame(HF_LINK_GET_HASH) { $0.parts = 1 },
            RawPeer.frame(HF_LINK_GET_HASH) { $0.check = 1 },
            RawPeer.frame(HF_LINK_GET_HASH) { $0.sequence = 0 },
        ]
        for frame in frames {
            let answer = try peer.exchange(frame)
            #expect(answer?.cause == HF_LINK_CAUSE_HEAD)
            #expect(answer?.status == Int32(HF_E_ARGUMENT))
        }
    }

    @Test(
        "a kind that is no request is refused", arguments: [0, 28, 99, 100, 303, 322, 350, 65_535])
    func kind(kind: Int) throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_HOST)
        let answer = try peer.exchange(RawPeer.frame(kind))
        #expect(answer?.cause == HF_LINK_CAUSE_KIND)
        #expect(answer?.status == Int32(HF_E_UNSUPPORTED))
    }

    @Test("who sends more than the largest frame is cut off, and nobody else")
    func oversize() throws {
        let fixture = try LinkFixture { $0.max_message = 4096 }
        let other = try fixture.client(.host)
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_HOST)
        try peer.send([UInt8](repeating: 0, count: 5000))
        #expect(try peer.receive(timeout: 200) == nil)
        _ = try other.hash()
        // It connects again as a new peer: without a hello it is nobody.
        let answer = try peer.exchange(RawPeer.frame(HF_LINK_GET_HASH))
        #expect(answer?.cause == HF_LINK_CAUSE_HELLO)
    }

    @Test(
        "as many requests as the window allows are all answered, in order",
        arguments: [1, 10, 1000])
    func window(size: Int) throws {
        let fixture = try LinkFixture { $0.window = UInt32(size) }
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_HOST)
        for round in 0..<10 {
            let first = UInt64(round * size + 2)
            for number in first..<first + UInt64(size) {
                try peer.send(RawPeer.frame(HF_LINK_GET_COUNTERS, sequence: number))
            }
            for number in first..<first + UInt64(size) {
                let answer = try #require(try peer.receive())
                #expect(answer.kind == HF_LINK_COUNTERS && answer.sequence == number)
            }
        }
        #expect(fixture.counters.replies_dropped == 0)
    }

    @Test("a message of several parts is dropped whole and its sender is told")
    func parts() throws {
        let fixture = try LinkFixture()
        guard let context = zmq_ctx_new(), let socket = zmq_socket(context, ZMQ_DEALER) else {
            Issue.record("no socket")
            return
        }
        defer {
            zmq_close(socket)
            zmq_ctx_term(context)
        }
        #expect(zmq_connect(socket, fixture.endpoint) == 0)
        let hello = RawPeer.hello(role: HF_LINK_HOST)
        for parts in [[[], hello], [hello, hello], [hello, [], hello]] as [[[UInt8]]] {
            for (index, part) in parts.enumerated() {
                zmq_send(socket, part, part.count, index + 1 < parts.count ? ZMQ_SNDMORE : 0)
            }
            var answer = [UInt8](repeating: 0, count: 40)
            #expect(zmq_recv(socket, &answer, answer.count, 0) == 40)
            let cause = answer.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: 36, as: UInt32.self)
            }
            #expect(cause == UInt32(HF_LINK_CAUSE_SHORT))
        }
        zmq_send(socket, hello, hello.count, 0)
        var answer = [UInt8](repeating: 0, count: 200)
        let size = Int(zmq_recv(socket, &answer, answer.count, 0))
        #expect(size == 32 + MemoryLayout<hf_link_welcome>.size)
    }

    @Test("a client does not send what the link would not take")
    func clientOversize() throws {
        let fixture = try LinkFixture { $0.max_message = 4096 }
        let host = try fixture.client(.host)
        let body = [UInt8](repeating: 0, count: 64 * 64)
        #expect(throws: LinkError.oversize) {
            try body.withUnsafeBytes { try host.apply(HF_RECORD_TICKS, time: 1, body: $0) }
        }
        _ = try host.hash()
    }

    @Test("three thousand frames of garbage are counted and change nothing")
    func garbage() throws {
        let fixture = try LinkFixture()
        let host = try fixture.client(.host)
        let before = try host.hash()
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_EXECUTOR, executor: 1, epoch: 1)
        var state: UInt64 = 42
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        for _ in 0..<3000 {
            var bytes = (0..<Int(random() % 200)).map { _ in UInt8(truncatingIfNeeded: random()) }
            // Half of them look like frames of the right kinds and sizes.
            if random() % 2 == 0, bytes.count >= 32 {
                let kinds = [
                    HF_RECORD_ACK, HF_RECORD_DEAL, HF_LINK_DONE, HF_LINK_GET_EVENTS,
                    HF_RECORD_RULE, HF_LINK_HELLO,
                ]
                bytes = RawPeer.frame(
                    kinds[Int(random()) % kinds.count], body: Array(bytes[32...]),
                    sequence: random() + 1)
            }
            try peer.send(bytes)
            while try peer.receive(timeout: 0) != nil {}
        }
        #expect(try host.hash() == before)
        #expect(fixture.counters.frames_bad > 1000)
    }
}
