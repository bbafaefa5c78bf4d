import CHoldfast
import CHoldfastLink
import Dispatch
import Glibc
import HoldfastLink
import Synchronization
import Testing

@Suite("Link: simulated time")
struct LinkSimulationTests {
    /// An executor in a thread of its own: takes on notices, answers each command `latency` later.
    private final class Executor: Sendable {
        private let isStopping = Atomic<Bool>(false)
        private let group = DispatchGroup()

        init(
            _ endpoint: String, id: UInt64 = 1, epoch: UInt32 = 1,
            latency: @escaping @Sendable (hf_command) -> Int64
        ) {
            DispatchQueue.global().async(group: group) { [self] in
                do {
                    let client = try LinkClient(
                        endpoint: endpoint, role: .executor(id, epoch: epoch))
                    while !isStopping.load(ordering: .relaxed) {
                        guard let now = try client.awaitNotice(timeout: 20) else { continue }
                        try Executor.serve(client, now, latency)
                    }
                } catch {
                    Issue.record("executor \(id): \(error)")
                }
            }
        }

        private static func serve(
            _ client: LinkClient, _ now: Int64, _ latency: (hf_command) -> Int64
        ) throws {
            let commands = try client.take(now: now, max: 8)
            // In no particular order, to show that it does not matter.
            for command in commands.reversed() {
                let ack = doneAck(command, deal: command.position)
                _ = try client.apply(HF_RECORD_ACK, ack, time: now + latency(command))
            }
            try client.done()
        }

        func stop(_ fixture: LinkFixture) {
            isStopping.store(true, ordering: .relaxed)
            while group.wait(timeout: .now() + .milliseconds(1)) == .timedOut {
                hf_link_poll(fixture.link, 1)
            }
        }
    }

    private func simulated() throws -> LinkFixture {
        try LinkFixture { $0.flags = UInt32(HF_LINK_SIMULATED) }
    }

    private func connect(_ fixture: LinkFixture, executors: UInt64 = 1) throws {
        for _ in 0..<1000 where fixture.counters.executors < executors {
            try check(hf_link_poll(fixture.link, 10))
        }
        try #require(fixture.counters.executors == executors)
    }

    private func closes(_ fixture: LinkFixture) -> [hf_event] {
        var cursor: UInt64 = 0
        var page = [hf_event](repeating: hf_event(), count: 1000)
        var count: UInt32 = 0
        hf_events_read(fixture.core, &cursor, &page, 1000, &count, nil)
        return page.prefix(Int(count)).filter { $0.kind == UInt16(HF_EVENT_CLOSED) }
    }

    @Test("answers take effect in order of instant, then command id, not of arrival")
    func order() throws {
        let fixture = try simulated()
        // Positions 1..6: instants 130, 120, 110, 130, 120, 110.
        let executor = Executor(fixture.endpoint) { 30 - Int64(($0.position - 1) % 3) * 10 }
        defer { executor.stop(fixture) }
        try connect(fixture)
        var due: Int64 = 0
        try check(hf_link_await(fixture.link, 50, 5000, &due))
        #expect(due == Int64.max)
        for _ in 0..<6 { try fixture.open() }
        try fixture.tick(100, bid: 109_400)
        try check(hf_link_await(fixture.link, 100, 5000, &due))
        #expect(due == 110)
        #expect(fixture.counters.parked_now == 6)
        #expect(try fixture.position(3).state == UInt8(HF_POSITION_CLOSING))
        try check(hf_link_advance(fixture.link, 109))
        #expect(closes(fixture).isEmpty)
        try check(hf_link_advance(fixture.link, 125))
        #expect(closes(fixture).map(\.position) == [3, 6, 2, 5])
        try check(hf_link_await(fixture.link, 125, 5000, &due))
        #expect(due == 130)
        try check(hf_link_advance(fixture.link, 1000))
        #expect(closes(fixture).map(\.position) == [3, 6, 2, 5, 1, 4])
        #expect(closes(fixture).map(\.time) == [110, 110, 120, 120, 130, 130])
        #expect(fixture.counters.parked_refused == 0)
    }

    @Test("await goes on until every command is out and answered, however small the credit")
    func manyTakes() throws {
        let fixture = try simulated()
        let executor = Executor(fixture.endpoint) { _ in 5 }
        defer { executor.stop(fixture) }
        try connect(fixture)
        for _ in 0..<100 { try fixture.open() }
        try fixture.tick(100, bid: 109_400)
        var due: Int64 = 0
        try check(hf_link_await(fixture.link, 100, 10_000, &due))
        #expect(due == 105)
        #expect(fixture.counters.parked_now == 100)
        #expect(fixture.counters.takes >= 13)
    }

    @Test("an answer at or before the clock applies at once")
    func immediate() throws {
        let fixture = try simulated()
        let executor = Executor(fixture.endpoint) { _ in 0 }
        defer { executor.stop(fixture) }
        try connect(fixture)
        try fixture.open()
        try fixture.tick(100, bid: 109_400)
        var due: Int64 = 0
        try check(hf_link_await(fixture.link, 100, 5000, &due))
        #expect(due == Int64.max)
        #expect(try fixture.position(1).state == UInt8(HF_POSITION_CLOSED))
    }

    @Test("two executors at different speeds leave the same events every time")
    func twoExecutors() throws {
        func run(_ slow: UInt64) throws -> [UInt64] {
            let fixture = try simulated()
            let executors = [UInt64(1), 2].map { id in
                Executor(fixture.endpoint, id: id) { command in
                    if id == slow { usleep(2000) }
                    return Int64(command.position) % 3
                }
            }
            defer { for executor in executors { executor.stop(fixture) } }
            try connect(fixture, executors: 2)
            for index in 0..<40 { try fixture.open(account: UInt64(index % 2 + 1)) }
            try fixture.tick(100, bid: 109_400)
            var due: Int64 = 0
            try check(hf_link_await(fixture.link, 100, 20_000, &due))
            while due < Int64.max {
                let at = due
                try check(hf_link_advance(fixture.link, at))
                try check(hf_link_await(fixture.link, at, 20_000, &due))
            }
            var cursor: UInt64 = 0
            var page = [hf_event](repeating: hf_event(), count: 1000)
            var count: UInt32 = 0
            try check(hf_events_read(fixture.core, &cursor, &page, 1000, &count, nil))
            return page.prefix(Int(count)).flatMap { [$0.number, $0.sequence, $0.position] }
        }
        let first = try run(1)
        #expect(try run(2) == first)
    }

    @Test("nobody connected: await does not wait; a silent executor: it says so in time")
    func silence() throws {
        let fixture = try simulated()
        var due: Int64 = 0
        try fixture.open()
        try fixture.tick(100, bid: 109_400)
        try check(hf_link_await(fixture.link, 100, 5000, &due))
        let peer = try fixture.peer()
        try peer.send(RawPeer.hello(role: HF_LINK_EXECUTOR, executor: 1, epoch: 1))
        try connect(fixture)
        #expect(hf_link_await(fixture.link, 101, 50, &due) == Int32(HF_E_STATE))
        #expect(due == Int64.max)
        #expect(hf_link_await(fixture.link, 100, 50, &due) == Int32(HF_E_TIME))
        #expect(hf_link_advance(fixture.link, 100) == Int32(HF_E_TIME))
    }

    @Test("an executor that died is awaited, and its next session gets its commands again")
    func restart() throws {
        let fixture = try simulated()
        var due: Int64 = 0
        try fixture.open()
        try fixture.tick(100, bid: 109_400)
        do {
            let peer = try fixture.peer()
            try peer.send(RawPeer.hello(role: HF_LINK_EXECUTOR, executor: 1, epoch: 1))
            try connect(fixture)
            var take = hf_take()
            take.max = 9
            try peer.send(RawPeer.frame(HF_RECORD_TAKE, take, sequence: 2))
            #expect(hf_link_await(fixture.link, 100, 100, &due) == Int32(HF_E_STATE))
            #expect(fixture.counters.commands == 1)
        }
        #expect(hf_link_await(fixture.link, 100, 100, &due) == Int32(HF_E_STATE))
        let executor = Executor(fixture.endpoint, epoch: 2) { _ in 7 }
        defer { executor.stop(fixture) }
        try check(hf_link_await(fixture.link, 100, 10_000, &due))
        #expect(due == 107)
        try check(hf_link_advance(fixture.link, 107))
        #expect(try fixture.position(1).state == UInt8(HF_POSITION_CLOSED))
    }

    @Test("a full parking place refuses, and a done that nobody waits for too")
    func refusals() throws {
        let fixture = try LinkFixture { config in
            config.flags = UInt32(HF_LINK_SIMULATED)
            config.max_parked = 1
        }
        let peer = try fixture.peer()
        var now: Int64 = 0
        var due: Int64 = 0
        func exchange(_ bytes: [UInt8]) throws -> RawPeer.Answer? {
            try peer.send(bytes)
            for _ in 0..<100 {
                try check(hf_link_poll(fixture.link, 10))
                if let answer = try peer.receive(timeout: 10) { return answer }
            }
            return nil
        }
        #expect(try exchange(RawPeer.hello(role: HF_LINK_HOST))?.kind == HF_LINK_WELCOME)
        try check(hf_link_await(fixture.link, now, 10, &due))
        var ack = hf_ack()
        ack.position = 1
        let frame = RawPeer.frame(HF_RECORD_ACK, ack, sequence: 9, time: 50)
        #expect(try exchange(frame)?.kind == HF_LINK_PARKED)
        #expect(try exchange(frame)?.cause == HF_LINK_CAUSE_PARKED)
        #expect(
            try exchange(RawPeer.hello(role: HF_LINK_EXECUTOR, executor: 1, epoch: 1))?.kind
                == HF_LINK_WELCOME)
        let done = RawPeer.frame(HF_LINK_DONE, hf_link_done(take: 4), sequence: 10)
        #expect(try exchange(done)?.cause == HF_LINK_CAUSE_DONE)
        now = 60
        try check(hf_link_advance(fixture.link, now))
        #expect(
            fixture.counters.parked_refused == 1, "no such position: refused when its time came")
    }
}
