import CHoldfast
import CHoldfastLink
import Glibc
import HoldfastLink
import Testing

/// Snapshots of an executor, what is told of executors and syncs, and lines that may not go out.
@Suite("Link: reconciliation")
struct LinkReconcileTests {
    private func snapshot(_ account: UInt64, at time: Int64) -> hf_reconcile {
        var snapshot = hf_reconcile()
        (snapshot.account, snapshot.asked_at) = (account, time)
        return snapshot
    }

    private func held(_ symbol: UInt32, ticket: UInt64) -> hf_broker_position {
        var position = hf_broker_position()
        (position.ticket, position.symbol, position.side) = (ticket, symbol, UInt8(HF_LONG))
        (position.volume, position.price) = (100_000_000, 110_000)
        return position
    }

    /// What a host sends; the counts are those given.
    private func bytes(
        _ head: hf_reconcile, _ positions: [hf_broker_position] = [], _ deals: [hf_deal] = []
    ) -> [UInt8] {
        var body = withUnsafeBytes(of: head) { Array($0) }
        positions.withUnsafeBytes { body += $0 }
        deals.withUnsafeBytes { body += $0 }
        return body
    }

    private func put(_ fixture: LinkFixture, _ change: (inout hf_executor) -> Void) throws {
        var executor = hf_executor()
        try check(hf_executor_init(&executor, 1))
        change(&executor)
        try check(hf_executor_put(fixture.core, &executor, 0))
    }

    /// Account 1 asks for a snapshot, from instant 10 on.
    private func ask(_ fixture: LinkFixture) throws -> hf_command_id {
        var account = hf_account()
        try check(hf_account_init(&account, 1, "USD"))
        account.sync_every = 10
        account.present |= UInt32(truncatingIfNeeded: HF_ACCOUNT_SYNC_EVERY)
        try check(hf_account_put(fixture.core, &account, 0))
        try check(hf_step(fixture.core, 10))
        var status = hf_sync_status()
        try check(hf_sync_get(fixture.core, 1, &status))
        try #require(status.command.owner > 1 << 63)
        return status.command
    }

    private func count(_ fixture: LinkFixture, _ account: UInt64) throws -> UInt64 {
        var view = hf_account_view()
        try check(hf_account_get(fixture.core, account, &view))
        return view.positions
    }

    // MARK: Reads

    @Test("a host and a watcher read what the core tells of executors and syncs")
    func reads() throws {
        let fixture = try LinkFixture()
        try put(fixture) { $0.in_flight_max = 7 }
        for role in [LinkClient.Role.host, .watcher] {
            let client = try fixture.client(role)
            let view = try client.executor(1)
            #expect(view.executor.id == 1 && view.executor.in_flight_max == 7)
            let status = try client.sync(2)
            #expect(status.account == 2 && status.next_at == Int64.max)
            #expect(throws: LinkError.status(Int32(HF_E_EXECUTOR))) { try client.executor(99) }
            #expect(throws: LinkError.status(Int32(HF_E_ACCOUNT))) { try client.sync(99) }
        }
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_EXECUTOR, executor: 1, epoch: 1)
        for kind in [HF_LINK_GET_EXECUTOR, HF_LINK_GET_SYNC] {
            let frame = RawPeer.frame(kind, hf_link_id(id: 1))
            #expect(try peer.exchange(frame)?.cause == HF_LINK_CAUSE_ROLE)
        }
    }

    // MARK: Whose

    @Test("an executor answers for its own account, and a host for any")
    func own() throws {
        let fixture = try LinkFixture()
        let executor = try fixture.client(.executor(1, epoch: 1))
        let held = [held(fixture.symbol, ticket: 900), held(fixture.symbol, ticket: 901)]
        let outcome = try executor.reconcile(snapshot(1, at: 5), held, time: 6)
        #expect(outcome.status == 0)
        #expect(try count(fixture, 1) == 2)
        let host = try fixture.client(.host)
        #expect(try host.reconcile(snapshot(2, at: 5), [held[0]], time: 6).status == 0)
        #expect(try count(fixture, 2) == 1)
        #expect(try host.reconcile(snapshot(9, at: 5), time: 6).status == Int32(HF_E_ACCOUNT))
    }

    @Test("a snapshot of another's account, or with a deal of one, does nothing")
    func foreign() throws {
        let fixture = try LinkFixture()
        let executor = try fixture.client(.executor(1, epoch: 1))
        let refused = LinkError.refused(
            status: Int32(HF_E_EXECUTOR), cause: UInt32(HF_LINK_CAUSE_ROLE))
        #expect(throws: refused) {
            try executor.reconcile(snapshot(2, at: 5), [held(fixture.symbol, ticket: 1)], time: 6)
        }
        var deal = hf_deal()
        (deal.account, deal.volume, deal.price) = (2, 1, 1)
        #expect(throws: refused) {
            try executor.reconcile(snapshot(1, at: 5), [], [deal], time: 6)
        }
        deal.account = 1
        deal.position = try fixture.open(account: 2)
        #expect(throws: refused) {
            try executor.reconcile(snapshot(1, at: 5), [], [deal], time: 6)
        }
        #expect(try count(fixture, 2) == 1)
        #expect(fixture.counters.inputs == 0)
        let watcher = try fixture.client(.watcher)
        #expect(
            throws: LinkError.refused(
                status: Int32(HF_E_STATE), cause: UInt32(HF_LINK_CAUSE_ROLE))
        ) { try watcher.reconcile(snapshot(1, at: 5), time: 6) }
    }

    @Test("the question for an account's positions is its executor's, and nobody else answers it")
    func question() throws {
        let fixture = try LinkFixture()
        let question = try ask(fixture)
        let other = try fixture.client(.executor(2, epoch: 1))
        #expect(try other.take(now: 11, max: 9).isEmpty)
        let refused = LinkError.refused(
            status: Int32(HF_E_EXECUTOR), cause: UInt32(HF_LINK_CAUSE_ROLE))
        var no = hf_ack()
        (no.command, no.retcode) = (question, 10_006)
        no.present = UInt32(truncatingIfNeeded: HF_HAS_RETCODE)
        #expect(throws: refused) { try other.apply(HF_RECORD_ACK, no, time: 12) }
        var answer = snapshot(2, at: 12)
        answer.command = question
        #expect(throws: refused) { try other.reconcile(answer, time: 12) }
        let executor = try fixture.client(.executor(1, epoch: 1))
        let command = try #require(try executor.take(now: 11, max: 9).first)
        #expect(command.action == UInt8(HF_ACTION_QUERY_POSITIONS) && command.account == 1)
        #expect(command.id.owner == question.owner)
        answer.account = 1
        #expect(try executor.reconcile(answer, time: 12).status == 0)
        #expect(try fixture.client(.host).sync(1).snapshots == 1)
        // Answered, it is nobody else's still.
        #expect(throws: refused) { try other.apply(HF_RECORD_ACK, no, time: 13) }
    }

    @Test("an executor's no to a question is a failed sync")
    func no() throws {
        let fixture = try LinkFixture()
        _ = try ask(fixture)
        let executor = try fixture.client(.executor(1, epoch: 1))
        let command = try #require(try executor.take(now: 11, max: 9).first)
        var no = doneAck(command, deal: 0)
        no.retcode = 10_006
        no.present = UInt32(truncatingIfNeeded: HF_HAS_RETCODE)
        #expect(try executor.apply(HF_RECORD_ACK, no, time: 12).status == 0)
        let status = try fixture.client(.host).sync(1)
        #expect(status.failed == 1 && status.command.owner == 0)
    }

    @Test("a body that is not as long as its counts say is no snapshot")
    func size() throws {
        let fixture = try LinkFixture()
        let peer = try fixture.peer()
        _ = try peer.hello(role: HF_LINK_HOST)
        let one = held(fixture.symbol, ticket: 1)
        var head = snapshot(1, at: 5)
        head.positions = 1
        let whole = bytes(head, [one])
        for body in [
            Array(whole.dropLast()), whole + [0], bytes(snapshot(1, at: 5), [one]),
            bytes(head, [], [hf_deal()]), Array(whole.prefix(40)),
        ] {
            let frame = RawPeer.frame(HF_RECORD_RECONCILE, body: body, time: 6)
            #expect(try peer.exchange(frame)?.cause == HF_LINK_CAUSE_SIZE)
        }
        head.positions = UInt32.max
        head.deals = UInt32.max
        let frame = RawPeer.frame(HF_RECORD_RECONCILE, body: bytes(head, [one]), time: 6)
        #expect(try peer.exchange(frame)?.cause == HF_LINK_CAUSE_SIZE)
        let good = RawPeer.frame(HF_RECORD_RECONCILE, body: whole, time: 6)
        #expect(try peer.exchange(good)?.kind == HF_LINK_OUTCOME)
        #expect(try count(fixture, 1) == 1)
    }

    // MARK: Simulated time

    private func exchange(
        _ fixture: LinkFixture, _ peer: RawPeer, _ frame: [UInt8]
    ) throws -> RawPeer.Answer? {
        try peer.send(frame)
        for _ in 0..<500 {
            try check(hf_link_poll(fixture.link, 5))
            while let answer = try peer.receive(timeout: 5) {
                if answer.kind != HF_LINK_NOTICE { return answer }
            }
        }
        return nil
    }

    @Test(
        "a parked snapshot is whole, whatever its size, and takes effect after acks of its instant")
    func parked() throws {
        let fixture = try LinkFixture { config in
            config.flags = UInt32(HF_LINK_SIMULATED)
            config.max_message = 1 << 20
        }
        let peer = try fixture.peer()
        var due: Int64 = 0
        let hello = RawPeer.hello(role: HF_LINK_HOST)
        #expect(try exchange(fixture, peer, hello)?.kind == HF_LINK_WELCOME)
        let question = try ask(fixture)
        try check(hf_link_await(fixture.link, 20, 1000, &due))
        let many = (1...3000).map { held(fixture.symbol, ticket: UInt64($0)) }
        var head = snapshot(1, at: 40)
        (head.positions, head.command) = (UInt32(many.count), question)
        let frame = RawPeer.frame(
            HF_RECORD_RECONCILE, body: bytes(head, many), sequence: 2, time: 50)
        #expect(try exchange(fixture, peer, frame)?.kind == HF_LINK_PARKED)
        // Another one of the same instant goes first: it names no command.
        var small = snapshot(2, at: 40)
        small.positions = 1
        let other = RawPeer.frame(
            HF_RECORD_RECONCILE, body: bytes(small, [many[0]]), sequence: 3, time: 50)
        #expect(try exchange(fixture, peer, other)?.kind == HF_LINK_PARKED)
        var ack = hf_ack()
        ack.command = hf_command_id(owner: 1, count: 1, epoch: 1)
        let late = RawPeer.frame(HF_RECORD_ACK, ack, sequence: 4, time: 50)
        #expect(try exchange(fixture, peer, late)?.kind == HF_LINK_PARKED)
        #expect(fixture.counters.parked_now == 3)
        try check(hf_link_advance(fixture.link, 49))
        #expect(try count(fixture, 1) == 0)
        try check(hf_link_await(fixture.link, 49, 1000, &due))
        #expect(due == 50)
        try check(hf_link_advance(fixture.link, 50))
        #expect(try count(fixture, 1) == 3000 && count(fixture, 2) == 1)
        #expect(fixture.counters.parked_now == 0)
        #expect(fixture.counters.parked_refused == 1, "the ack of a command that never was")
        #expect(try fixture.position(1).account == 2)
        var status = hf_sync_status()
        try check(hf_sync_get(fixture.core, 1, &status))
        #expect(status.applied_at == 50 && status.asked_at == 40)
    }

    @Test("what is parked when the link closes is dropped")
    func dropped() throws {
        let fixture = try LinkFixture { $0.flags = UInt32(HF_LINK_SIMULATED) }
        let peer = try fixture.peer()
        _ = try exchange(fixture, peer, RawPeer.hello(role: HF_LINK_HOST))
        var head = snapshot(1, at: 40)
        head.positions = 1
        let body = bytes(head, [held(fixture.symbol, ticket: 1)])
        let frame = RawPeer.frame(HF_RECORD_RECONCILE, body: body, time: 50)
        #expect(try exchange(fixture, peer, frame)?.kind == HF_LINK_PARKED)
        try check(hf_link_close(&fixture.link))
        #expect(try count(fixture, 1) == 0)
    }

    @Test("await does not wait for commands that may not go out yet")
    func blocked() throws {
        let fixture = try LinkFixture { $0.flags = UInt32(HF_LINK_SIMULATED) }
        let peer = try fixture.peer()
        let hello = RawPeer.hello(role: HF_LINK_EXECUTOR, executor: 1, epoch: 1)
        #expect(try exchange(fixture, peer, hello)?.kind == HF_LINK_WELCOME)
        try put(fixture) { $0.up = 0 }
        try fixture.open()
        try fixture.tick(100, bid: 109_400)
        var take = hf_take()
        take.max = 9
        try peer.send(RawPeer.frame(HF_RECORD_TAKE, take, sequence: 2))
        var due: Int64 = 0
        try check(hf_link_await(fixture.link, 100, 2000, &due))
        let nothing = try peer.receive()
        #expect(fixture.counters.commands == 0)
        #expect(nothing?.kind == HF_LINK_NOTICE || nothing?.kind == HF_RECORD_COMMAND)
        try put(fixture) { $0.up = 1 }
        try peer.send(RawPeer.frame(HF_RECORD_TAKE, take, sequence: 3))
        #expect(hf_link_await(fixture.link, 101, 200, &due) == Int32(HF_E_STATE))
        #expect(fixture.counters.commands == 1, "out, and its answer is awaited")
    }

    @Test("an executor that takes at each notice is not told in a circle while it is down")
    func calm() throws {
        let fixture = try LinkFixture { $0.notice_interval = 50 }
        try put(fixture) { $0.up = 0 }
        let executor = try fixture.client(.executor(1, epoch: 1))
        try fixture.open()
        try fixture.tick(100, bid: 109_400)
        try check(hf_link_notify(fixture.link, 100))
        var taken = 0
        let end = ContinuousClock.now + .milliseconds(500)
        while ContinuousClock.now < end {
            guard try executor.awaitNotice(timeout: 20) != nil else { continue }
            #expect(try executor.take(now: 100, max: 9).isEmpty)
            taken += 1
        }
        #expect(taken >= 1 && taken <= 20)
        try put(fixture) { $0.up = 1 }
        #expect(try executor.awaitNotice(timeout: 5000) != nil)
        #expect(try executor.take(now: 101, max: 9).count == 1)
    }
}
