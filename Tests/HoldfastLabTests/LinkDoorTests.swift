import CHoldfast
import CHoldfastLink
import HoldfastLab
import HoldfastLink
import Testing

@Suite("Link: the door over it")
struct LinkDoorTests {
    /// What a run shows: every answer, every event, the counters that both doors must agree on, the
    /// hash.
    private struct Trace: Equatable {
        var lines: [String] = []
        var hash: UInt64 = 0
    }

    private func run(_ door: any Door) throws -> Trace {
        var trace = Trace()
        func note(_ what: Any) { trace.lines.append("\(what)") }
        var symbol = hf_symbol()
        hf_symbol_init(&symbol, "EURUSD", 5, 1, 100_000_000, "USD")
        let number = try door.apply(HF_RECORD_SYMBOL, symbol, time: 0).symbol
        var account = hf_account()
        hf_account_init(&account, 1, "USD")
        note(try door.apply(HF_RECORD_ACCOUNT, account, time: 0).status)
        for index in 0..<300 {
            var open = hf_open()
            hf_open_init(&open, 1, number, UInt8(HF_LONG), 10_000_000, 110_000)
            open.sl = 109_000 + Int64(index % 7) * 100
            note(try door.apply(HF_RECORD_OPEN, open, time: 1).position)
        }
        var deal: UInt64 = 0
        for round in 0..<20 {
            let time = Int64(round + 2) * 1_000_000_000
            var tick = hf_tick()
            let bid = 110_000 - Int64(round) * 50
            hf_tick_init(&tick, number, time, bid, bid + 10)
            note(try door.apply(HF_RECORD_TICKS, tick, time: time))
            for command in try door.take(executor: 1, epoch: 1, now: time, max: 64) {
                deal += 1
                note((command.id, command.price, command.attempt))
                note(try door.apply(HF_RECORD_ACK, doneAck(command, deal: deal), time: time))
                note(try door.command(command.id).map(\.state))
            }
        }
        note(try door.position(1).map { ($0.state, $0.close_price, $0.realised) })
        note(try door.position(999_999).map(\.state))
        note(try door.account(1).map { ($0.positions, $0.account.balance) })
        note(try door.account(7).map(\.positions))
        var all = hf_filter()
        all.present = UInt32(truncatingIfNeeded: HF_FILTER_ALL)
        note(try door.positions(all, now: 100).map(\.id))
        let bySymbol = UInt32(HF_BY_SYMBOL)
        note(try door.summary(all, by: bySymbol, now: 100).map { ($0.count, $0.volume_long) })
        note(try door.performance(all, by: bySymbol, now: 100).map { ($0.count, $0.net) })
        var read: UInt64 = 0
        note(try door.history(after: &read).map { ($0.id, $0.close_price) })
        note(read)
        var cursor: UInt64 = 0
        for event in try door.events(after: &cursor) {
            note((event.number, event.sequence, event.kind, event.position, event.price))
        }
        let counters = try door.counters()
        note((counters.ticks, counters.commands, counters.positions_closed, counters.acks))
        trace.hash = try door.hash()
        return trace
    }

    @Test("a run over the link shows what the same run in process shows")
    func sameRun() throws {
        let inProcess = try run(ABIDoor(config: ABIDoor.defaults()))
        let linked = try run(LinkDoor(config: ABIDoor.defaults()))
        #expect(linked == inProcess)
        let ipc = try run(LinkDoor(config: ABIDoor.defaults(), endpoint: "ipc://@holdfast-door"))
        #expect(ipc.hash == inProcess.hash)
    }

    @Test("refusals come through as they do in process")
    func refusals() throws {
        for door in [
            try ABIDoor(config: ABIDoor.defaults()), try LinkDoor(config: ABIDoor.defaults()),
        ] as [any Door] {
            #expect(throws: Status(Int32(HF_E_EXECUTOR))) {
                try door.take(executor: 5, epoch: 1, now: 0, max: 1)
            }
            #expect(try door.account(5).failure == Status(Int32(HF_E_ACCOUNT)))
            let refused = try door.apply(HF_RECORD_GUARD, hf_guard(), time: 0)
            #expect(refused.status == Int32(HF_E_UNSUPPORTED))
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
