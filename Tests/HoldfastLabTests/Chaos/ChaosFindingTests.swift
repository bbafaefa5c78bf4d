import CHoldfast
import HoldfastABI
import Testing

@testable import HoldfastLab

/// Stories that chaos sessions came upon, each as short as it could be made.
@Suite("Chaos: what it found") struct ChaosFindingTests {
    private let world: World
    private static let second: Int64 = 1_000_000_000

    init() throws {
        world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
    }

    private func at(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }

    private func enter(at seconds: Double) throws -> (id: UInt64, command: hf_command) {
        var entry = hf_open()
        hf_open_init(&entry, 1, 1, UInt8(HF_LONG), 10_000_000, 0)
        var id: UInt64 = 0
        try #require(hf_position_enter(world.core, &entry, at(seconds), &id) == HF_OK)
        return (id, try #require(world.take(now: at(seconds)).first))
    }

    private func open(ticket: UInt64) throws -> (id: UInt64, command: hf_command) {
        let entry = try enter(at: 1)
        #expect(answer(entry.command, volume: 10_000_000, ticket: ticket, at: 1.1) == HF_OK)
        return entry
    }

    private func answer(
        _ command: hf_command, _ code: UInt32 = 10009, volume: Int64 = 0, ticket: UInt64 = 0,
        at seconds: Double
    ) -> Int32 {
        var id = command.id
        var ack = hf_ack()
        hf_ack_init(&ack, &id)
        (ack.retcode, ack.present) = (code, UInt32(HF_HAS_RETCODE))
        if volume != 0 {
            (ack.volume, ack.price, ack.deal) = (volume, 110_010, 1 + UInt64(command.id.count))
            ack.present |= UInt32(HF_HAS_VOLUME | HF_HAS_PRICE)
        }
        if ticket != 0 {
            ack.ticket = ticket
            ack.present |= UInt32(HF_HAS_TICKET)
        }
        return hf_ack_apply(world.core, &ack, at(seconds))
    }

    /// The broker has one long under a ticket, and calls it by the command that opened it.
    private func snapshot(
        _ ticket: UInt64, _ volume: Int64, of command: hf_command, asked: Double
    ) -> hf_sync_report {
        var theirs = hf_broker_position()
        (theirs.ticket, theirs.volume, theirs.price) = (ticket, volume, 110_010)
        (theirs.symbol, theirs.side) = (1, UInt8(HF_LONG))
        FixedText.write(CommandKey(command.id).description, into: &theirs.client_id)
        var head = hf_reconcile()
        hf_reconcile_init(&head, 1, at(asked))
        head.positions = 1
        var report = hf_sync_report()
        let status = hf_reconcile_apply(
            world.core, &head, &theirs, nil, at(asked + 0.01), &report, nil, 0)
        #expect(status == HF_OK)
        return report
    }

    private var openCount: UInt64 {
        var counters = hf_counters()
        hf_counters_get(world.core, &counters)
        return counters.positions_open
    }

    @Test("a renewed ticket of a position that is known by its command is not a second position")
    func renewedByText() throws {
        let (id, command) = try open(ticket: 900)
        let report = snapshot(901, 10_000_000, of: command, asked: 5)
        #expect(report.adopted == 0 && openCount == 1)
        #expect(world.position(id).ticket == 901)
    }

    @Test("the deal of an entry that a snapshot has told before is known, not too much")
    func entryToldTwice() throws {
        let (id, command) = try enter(at: 1)
        _ = hf_step(world.core, at(32))
        #expect(snapshot(900, 10_000_000, of: command, asked: 33).fixed == 1)
        #expect(world.position(id).volume == 10_000_000)
        #expect(answer(command, volume: 10_000_000, ticket: 900, at: 34) == HF_OK)
        #expect(world.position(id).volume == 10_000_000)
    }

    @Test(
        "a snapshot that settles a doubt brings the ticket too: the next close finds its position")
    func ticketInDoubt() throws {
        var entry = hf_open()
        hf_open_init(&entry, 1, 1, UInt8(HF_LONG), 10_000_000, 0)
        FixedText.write("mine", into: &entry.client_id)
        var id: UInt64 = 0
        try #require(hf_position_enter(world.core, &entry, at(1), &id) == HF_OK)
        let command = try #require(world.take(now: at(1)).first)
        #expect(answer(command, volume: 10_000_000, ticket: 900, at: 1.1) == HF_OK)
        #expect(world.close(id, now: at(2)) == HF_OK)
        let close = try #require(world.take(now: at(2)).first)
        // The broker calls it 901 by now: an answer was lost.
        #expect(answer(close, 10036, at: 2.1) == HF_OK)
        _ = world.take(now: at(2.2))
        _ = hf_step(world.core, at(12.5))
        _ = world.take(now: at(12.6))
        var theirs = hf_broker_position()
        (theirs.ticket, theirs.volume, theirs.price) = (901, 10_000_000, 110_010)
        (theirs.symbol, theirs.side) = (1, UInt8(HF_LONG))
        FixedText.write("mine", into: &theirs.client_id)
        var head = hf_reconcile()
        hf_reconcile_init(&head, 1, at(13))
        head.positions = 1
        #expect(
            hf_reconcile_apply(world.core, &head, &theirs, nil, at(13.01), nil, nil, 0) == HF_OK)
        let child = try #require(world.take(now: at(13.02)).first { $0.action == close.action })
        #expect(child.ticket == 901)
    }

    @Test("where accounts hedge, one snapshot gives up an order in doubt: a late one finds nothing")
    func atWork() throws {
        let (id, command) = try open(ticket: 900)
        #expect(world.close(id, now: at(2)) == HF_OK)
        let close = try #require(world.take(now: at(2)).first)
        #expect(answer(close, 10008, at: 2.1) == HF_OK)
        // Its deadline passes while the broker works; the question for its deal is out.
        _ = hf_step(world.core, at(12.2))
        _ = world.take(now: at(12.3))
        _ = snapshot(900, 10_000_000, of: command, asked: 12.5)
        let second = world.take(now: at(12.6)).filter { $0.action == close.action }
        #expect(second.count == 1)
    }
}
