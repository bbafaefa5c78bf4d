import CHoldfast
import CHoldfastLink
import Glibc
import HoldfastLink
import Testing

@Suite("Link: takes, notices, sessions")
struct LinkTakeTests {
    @Test("a take gives at most its credit and the rest stays")
    func credit() throws {
        let fixture = try LinkFixture()
        for _ in 0..<5 { try fixture.open() }
        try fixture.tick(2, bid: 109_400)
        let executor = try fixture.client(.executor(1, epoch: 1))
        let first = try executor.take(now: 3, max: 2)
        #expect(first.map(\.position) == [1, 2])
        #expect(first.allSatisfy { $0.state == UInt8(HF_COMMAND_SENT) && $0.sent == 3 })
        #expect(try executor.take(now: 3, max: 0).isEmpty)
        let rest = try executor.take(now: 4, max: 100)
        #expect(rest.map(\.position) == [3, 4, 5])
        #expect(try executor.take(now: 5, max: 100).isEmpty)
        #expect(fixture.counters.commands == 5)
    }

    @Test("a credit beyond the largest frame is cut to what fits")
    func creditOfAFrame() throws {
        let fixture = try LinkFixture { $0.max_message = 4096 }
        for _ in 0..<20 { try fixture.open() }
        try fixture.tick(2, bid: 109_400)
        let executor = try fixture.client(.executor(1, epoch: 1))
        let fits = (4096 - 32) / MemoryLayout<hf_command>.size
        #expect(try executor.take(now: 3, max: Int(UInt32.max)).count == fits)
        #expect(try executor.take(now: 3, max: 1000).count == 20 - fits)
    }

    @Test("commands reach their executor only, and its ack closes the position")
    func roundTrip() throws {
        let fixture = try LinkFixture()
        let host = try fixture.client(.host)
        let executor = try fixture.client(.executor(1, epoch: 1))
        let other = try fixture.client(.executor(2, epoch: 1))
        let opened = try host.apply(HF_RECORD_OPEN, fixture.record(), time: 1)
        #expect(opened.status == 0)
        var tick = hf_tick()
        hf_tick_init(&tick, fixture.symbol, 2, 109_400, 109_410)
        #expect(try host.apply(HF_RECORD_TICKS, tick, time: 2).status == 0)
        #expect(try other.take(now: 3, max: 10).isEmpty)
        let command = try #require(try executor.take(now: 3, max: 10).first)
        #expect(command.position == opened.position)
        let done = try executor.apply(HF_RECORD_ACK, doneAck(command, deal: 1), time: 4)
        #expect(done.status == 0)
        try executor.done()
        #expect(try host.position(opened.position).state == UInt8(HF_POSITION_CLOSED))
        #expect(try host.command(command.id).state == UInt8(HF_COMMAND_EXECUTED))
    }

    @Test("an executor is told of commands that inputs through the link made")
    func notice() throws {
        let fixture = try LinkFixture()
        let executor = try fixture.client(.executor(1, epoch: 1))
        #expect(try executor.awaitNotice(timeout: 5000) != nil, "the one after its hello")
        #expect(try executor.take(now: 0, max: 1).isEmpty)
        try fixture.open()
        let host = try fixture.client(.host)
        var tick = hf_tick()
        hf_tick_init(&tick, fixture.symbol, 77, 109_400, 109_410)
        _ = try host.apply(HF_RECORD_TICKS, tick, time: 0)
        #expect(try executor.awaitNotice(timeout: 5000) == 77, "the time of the tick")
        #expect(try executor.take(now: 77, max: 1).count == 1)
        #expect(try executor.awaitNotice(timeout: 100) == nil, "nothing waits any more")
    }

    @Test("hf_link_notify gets a notice out at once, the interval gets it out anyway")
    func notify() throws {
        let fixture = try LinkFixture { $0.notice_interval = 60_000 }
        let executor = try fixture.client(.executor(1, epoch: 1))
        _ = try executor.awaitNotice(timeout: 5000)
        _ = try executor.take(now: 0, max: 1)
        // The link looks once more after the take; what comes later waits for the interval.
        usleep(100_000)
        try fixture.open()
        try fixture.tick(5, bid: 109_400)
        #expect(try executor.awaitNotice(timeout: 100) == nil)
        #expect(hf_link_notify(fixture.link, 5) == 0)
        #expect(try executor.awaitNotice(timeout: 5000) == 5)

        let polled = try LinkFixture { $0.notice_interval = 5 }
        let second = try polled.client(.executor(1, epoch: 1))
        _ = try second.awaitNotice(timeout: 5000)
        _ = try second.take(now: 0, max: 1)
        try polled.open()
        try polled.tick(5, bid: 109_400)
        #expect(try second.awaitNotice(timeout: 5000) != nil)
    }

    @Test("an executor that restarts with a higher epoch gets what is open again, with its ids")
    func restart() throws {
        let fixture = try LinkFixture()
        for _ in 0..<3 { try fixture.open() }
        try fixture.tick(2, bid: 109_400)
        let lost: [hf_command]
        do {
            let executor = try fixture.client(.executor(1, epoch: 1))
            lost = try executor.take(now: 3, max: 10)
            let settled = try executor.apply(HF_RECORD_ACK, doneAck(lost[0], deal: 1), time: 4)
            #expect(settled.status == 0)
        }
        let executor = try fixture.client(.executor(1, epoch: 2))
        #expect(try executor.awaitNotice(timeout: 5000) != nil)
        let again = try executor.take(now: 5, max: 10)
        #expect(again.map(\.position) == lost.dropFirst().map(\.position))
        #expect(again.map(\.id.count) == lost.dropFirst().map(\.id.count))
        #expect(again.allSatisfy { $0.flags & UInt32(HF_COMMAND_REDELIVERED) != 0 })
    }

    @Test("an older session is refused, and a newer one ends the older")
    func epochs() throws {
        let fixture = try LinkFixture()
        let old = try fixture.client(.executor(1, epoch: 2))
        #expect(
            throws: LinkError.refused(
                status: Int32(HF_E_EXECUTOR), cause: UInt32(HF_LINK_CAUSE_EPOCH))
        ) { try fixture.client(.executor(1, epoch: 1)) }
        let new = try fixture.client(.executor(1, epoch: 3))
        #expect(
            throws: LinkError.refused(
                status: Int32(HF_E_STATE), cause: UInt32(HF_LINK_CAUSE_HELLO))
        ) { try old.take(now: 1, max: 1) }
        #expect(try new.take(now: 1, max: 1).isEmpty)
    }

    @Test("a take that names another executor, or an unclean body, is refused")
    func foreignTake() throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_EXECUTOR, executor: 1, epoch: 1)
        var take = hf_take()
        take.executor = 2
        #expect(try peer.exchange(RawPeer.frame(HF_RECORD_TAKE, take))?.cause == HF_LINK_CAUSE_ROLE)
        take.executor = 1
        take.given = 1
        #expect(try peer.exchange(RawPeer.frame(HF_RECORD_TAKE, take))?.cause == HF_LINK_CAUSE_BODY)
        take.given = 0
        take.epoch = 1
        #expect(try peer.exchange(RawPeer.frame(HF_RECORD_TAKE, take))?.kind == HF_RECORD_COMMAND)
        #expect(
            try peer.exchange(RawPeer.frame(HF_RECORD_TAKE, body: [1]))?.cause == HF_LINK_CAUSE_SIZE
        )
    }

    @Test("an executor that no account names is told by the core")
    func unknownExecutor() throws {
        let fixture = try LinkFixture()
        let executor = try fixture.client(.executor(99, epoch: 1))
        #expect(throws: LinkError.status(Int32(HF_E_EXECUTOR))) {
            try executor.take(now: 1, max: 1)
        }
    }
}
