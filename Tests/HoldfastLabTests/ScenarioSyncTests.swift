import CHoldfast
import Testing

@testable import HoldfastLab

/// Executors and snapshots as stories say them: the records that they become and what they answer.
@Suite struct ScenarioSyncTests {
    private let door = ScriptedDoor()
    private let second: Int64 = 1_000_000_000

    /// Position 7, called "a", with ticket 501.
    private func withTicket() {
        door.given = [7]
        var position = hf_position()
        (position.id, position.account, position.symbol, position.ticket) = (7, 1, 1, 501)
        door.known[7] = position
    }

    private let open = """
        {"do": "open", "ref": "a", "account": 1, "symbol": "EURUSD", "side": "long", \
        "volume": "1", "price": "1.1", "ticket": 501}

        """

    /// What the last snapshot said.
    private func snapshot() throws -> (hf_reconcile, [hf_broker_position], [hf_deal]) {
        let last = try #require(door.applied.last)
        #expect(last.kind == HF_RECORD_RECONCILE)
        return last.body.withUnsafeBytes { body in
            let head = body.loadUnaligned(as: hf_reconcile.self)
            var at = MemoryLayout<hf_reconcile>.size
            func read<Record>(_ count: UInt32, _ type: Record.Type) -> [Record] {
                (0..<count).map { _ in
                    defer { at += MemoryLayout<Record>.size }
                    return body.loadUnaligned(fromByteOffset: at, as: type)
                }
            }
            let positions = read(head.positions, hf_broker_position.self)
            let deals = read(head.deals, hf_deal.self)
            #expect(at == body.count)
            return (head, positions, deals)
        }
    }

    // MARK: Executors

    @Test("an executor can do all and has no limits where the story does not say so")
    func executor() throws {
        #expect(try door.tell(#"{"do": "executor", "id": 3}"#).report == "")
        let plain = try #require(door.last(hf_executor.self))
        #expect(plain.id == 3 && plain.up == 1 && plain.capabilities == HF_CAN_ALL)
        #expect(plain.rate == 0 && plain.in_flight_max == 0 && plain.heartbeat_late == 0)
        let told = try door.tell(
            #"""
            {"do": "executor", "id": 3, "up": false, "rate": "2.5", "in_flight_max": 4, \#
            "heartbeat_late": "1.5s", "capabilities": ["partial", "broker_stops"]}
            """#)
        #expect(told.report == "")
        let limited = try #require(door.last(hf_executor.self))
        #expect(limited.up == 0 && limited.rate == 250_000_000 && limited.in_flight_max == 4)
        #expect(limited.heartbeat_late == 1_500_000_000)
        #expect(limited.capabilities == UInt32(HF_CAN_PARTIAL) | UInt32(HF_CAN_BROKER_STOPS))
        _ = try door.tell(#"{"do": "executor", "id": 3, "capabilities": []}"#)
        #expect(door.last(hf_executor.self)?.capabilities == 0)
    }

    @Test("a session begins a new epoch of that executor alone, and is no input")
    func session() throws {
        let told = try door.tell(
            #"""
            {"do": "session", "executor": 2, "time": "+1s"}
            {"expect": {"none": "any"}}
            {"do": "session", "executor": 2, "hold": true}
            {"do": "step", "time": "+1s"}
            """#)
        #expect(told.report == "")
        let taken = door.takes.suffix(4)
        #expect(taken.map(\.executor) == [1, 2, 1, 2])
        #expect(taken.map(\.epoch) == [1, 2, 1, 3])
        #expect(taken.map { $0.now - Clock.start } == [second, second, 2 * second, 2 * second])
        #expect(door.applied.last?.kind == HF_RECORD_STEP)
        #expect(door.applied.count == 4)
        let unknown = try door.tell(
            #"""
            {"do": "session", "executor": 9}
            {"expect": {"status": "HF_E_EXECUTOR"}}
            """#)
        #expect(unknown.report == "")
    }

    @Test("an executor that the story puts is taken from, though no account has it")
    func taken() throws {
        _ = try door.tell(#"{"do": "executor", "id": 5}"#)
        #expect(door.takes.suffix(3).map(\.executor) == [1, 2, 5])
    }

    @Test("what an executor answers has every field")
    func executorAnswers() throws {
        door.executing.executor.id = 1
        door.executing.executor.rate = 250_000_000
        door.executing.executor.capabilities = UInt32(HF_CAN_PARTIAL) | UInt32(HF_CAN_CLOSE_BY)
        (door.executing.epoch, door.executing.in_flight, door.executing.waiting) = (2, 3, 4)
        (door.executing.silent, door.executing.unanswered) = (1, 5)
        let told = try door.tell(
            #"""
            {"expect": {"executor": 1, "up": false, "rate": "2.5", "epoch": 2, "in_flight": 3, \#
            "waiting": 4, "unanswered": 5, "silent": true, "slow": false, "seen": null, \#
            "capabilities": ["close_by", "partial"], "heartbeat_late": 0, "in_flight_max": 0}}
            {"do": "query", "executor": 1}
            """#)
        #expect(told.report == "")
        #expect(told.lines == [Self.executor])
        let wrong = try door.tell(
            #"{"expect": {"executor": 1, "capabilities": ["partial", "broker_stops"]}}"#)
        #expect(wrong.report.contains(#"{"capabilities": ["partial", "close_by"]}"#))
    }

    private static let executor =
        #"{"answer": {"executor": 1, "up": false, "rate": "2.50", "in_flight_max": 0, "#
        + #""heartbeat_late": 0, "capabilities": ["partial", "close_by"], "seen": null, "#
        + #""epoch": 2, "in_flight": 3, "unanswered": 5, "waiting": 4, "silent": true, "#
        + #""slow": false}}"#

    // MARK: Snapshots

    @Test("an empty snapshot is asked for at its own time and says nothing of figures")
    func empty() throws {
        #expect(try door.tell(#"{"do": "reconcile", "account": 1, "time": "+1s"}"#).report == "")
        let (head, positions, deals) = try snapshot()
        #expect(head.account == 1 && head.asked_at == Clock.start + second)
        #expect(head.present == 0 && head.failed == 0 && head.command.owner == 0)
        #expect(positions.isEmpty && deals.isEmpty)
    }

    @Test("asked_at and a deal's time count from the input before")
    func moments() throws {
        let told = try door.tell(
            #"""
            {"do": "step", "time": "+10s"}
            {"do": "reconcile", "account": 1, "asked_at": "+0.5s", "time": "+2s", "failed": true, \#
            "balance": "100", "equity": "0", "margin": "-1", \#
            "deals": [{"ticket": 5, "price": "1", "volume": "1", "time": "+1s"}]}
            {"do": "reconcile", "account": 1, "asked_at": "2026-01-05T00:00:01Z"}
            """#)
        #expect(told.report == "")
        #expect(try snapshot().0.asked_at == Clock.start + second)
        let first = try #require(door.applied.dropLast().last).body.withUnsafeBytes {
            (
                $0.loadUnaligned(as: hf_reconcile.self),
                $0.loadUnaligned(
                    fromByteOffset: MemoryLayout<hf_reconcile>.size, as: hf_deal.self)
            )
        }
        #expect(first.0.asked_at == Clock.start + 21 * second / 2)
        #expect(first.1.time == Clock.start + 11 * second)
        #expect(first.0.failed == 1 && first.0.balance == 10_000_000_000)
        #expect(
            first.0.present == UInt32(HF_BROKER_BALANCE) | UInt32(HF_BROKER_EQUITY)
                | UInt32(HF_BROKER_MARGIN))
    }

    @Test("a broker's position has its own columns, a ref its ticket, an unknown symbol number 0")
    func positions() throws {
        withTicket()
        let told = try door.tell(
            open + #"""
                {"do": "reconcile", "account": 1, "positions": [{"ref": "a", "symbol": "EURUSD", \#
                "side": "long", "volume": "0.5", "price": "1.1", "sl": "0", "swap": "-0.5", \#
                "commission": "-1", "magic": -3, "client_id": "x"}, {"ticket": 9, \#
                "symbol": "NONE", "side": "short", "volume": "1", "price": "2.5", \#
                "tp": "3", "profit": "7"}]}
                """#)
        #expect(told.report == "")
        let (_, positions, _) = try snapshot()
        #expect(positions.map(\.ticket) == [501, 9] && positions.map(\.symbol) == [1, 0])
        let first = try #require(positions.first)
        #expect(first.volume == 50_000_000 && first.price == 110_000 && first.magic == -3)
        #expect(first.swap == -50_000_000 && first.commission == -100_000_000)
        #expect(textOf(first.client_id) == "x" && first.side == UInt8(HF_LONG))
        let told3 = UInt32(HF_BROKER_SL) | UInt32(HF_BROKER_SWAP) | UInt32(HF_BROKER_COMMISSION)
        #expect(first.present == told3 && first.position == 0)
        #expect(positions.last?.present == UInt32(HF_BROKER_TP) | UInt32(HF_BROKER_PROFIT))
    }

    @Test("a deal of a snapshot goes by ticket, with prices of its position's symbol")
    func deals() throws {
        withTicket()
        let told = try door.tell(
            open + #"""
                {"do": "reconcile", "account": 1, "deals": [{"ref": "a", "deal": 70, \#
                "price": "1.09", "volume": "0.4", "reason": "sl", "fee": "-1"}, \#
                {"ticket": 501, "price": "1.08", "volume": "0.6"}]}
                """#)
        #expect(told.report == "")
        let (_, _, deals) = try snapshot()
        #expect(deals.map(\.ticket) == [501, 501] && deals.map(\.price) == [109_000, 108_000])
        #expect(deals.map(\.account) == [1, 1] && deals.map(\.position) == [0, 0])
        #expect(deals.first?.reason == UInt8(HF_DEAL_SL) && deals.first?.deal == 70)
        #expect(deals.map(\.present) == [UInt32(HF_HAS_FEE), 0])
    }

    @Test("a ref beside a ticket names what the snapshot opens, and a stranger is named")
    func adopted() throws {
        withTicket()
        var adopted = hf_position()
        (adopted.id, adopted.account, adopted.symbol, adopted.ticket) = (8, 1, 1, 900)
        door.known[8] = adopted
        var opened = hf_event()
        (opened.kind, opened.position, opened.account) = (UInt16(HF_EVENT_OPENED), 8, 1)
        door.caused = [[], [opened]]
        let position = #""symbol": "EURUSD", "side": "long", "volume": "1", "price": "1.1"}"#
        let told = try door.tell(
            open + #"""
                {"do": "reconcile", "account": 1, "positions": [{"ref": "a", \#(position), \#
                {"ref": "b", "ticket": 900, \#(position)]}
                {"expect": {"event": "opened", "ref": "b"}}
                {"expect": {"position": "b", "id": 8}}
                {"do": "deal", "account": 1, "ticket": 900, "price": "1.2", "volume": "1"}
                """#)
        #expect(told.report == "")
        #expect(door.last(hf_deal.self)?.price == 120_000)
        let stranger = try door.tell(
            #"{"do": "reconcile", "account": 1, "positions": [{"ref": "c", \#(position)]}"#)
        #expect(stranger.report.contains(#"HF_E_POSITION: no position was called "c""#))
    }

    @Test("a ticket that the broker has changed is that position's from then on")
    func ticket() throws {
        withTicket()
        var changed = hf_event()
        (changed.kind, changed.position) = (UInt16(HF_EVENT_CHANGED), 7)
        (changed.what, changed.old_value, changed.new_value) = (UInt8(HF_WHAT_TICKET), 501, 502)
        door.caused = [[], [changed]]
        let told = try door.tell(
            open + #"""
                {"do": "reconcile", "account": 1}
                {"expect": {"event": "changed", "ref": "a", "what": "ticket", "new": "502"}}
                {"do": "deal", "account": 1, "ticket": 502, "price": "1.2", "volume": "1"}
                """#)
        #expect(told.report == "")
        #expect(door.last(hf_deal.self)?.price == 120_000)
    }

    // MARK: Questions

    private func question(_ count: UInt32, _ state: Int = HF_COMMAND_PENDING) -> hf_event {
        var event = hf_event.command(count, of: 0, HF_ACTION_QUERY_POSITIONS, state: state)
        event.command.owner = 1 << 63 + 1
        event.account = 1
        return event
    }

    @Test("a snapshot and an ack name the account's question for positions, never a position's")
    func asked() throws {
        door.caused = [[question(1)], [question(2)]]
        let told = try door.tell(
            #"""
            {"do": "step", "time": "+1s"}
            {"expect": {"event": "command", "account": 1, "action": "query_positions"}}
            {"do": "step", "time": "+1s"}
            {"do": "reconcile", "account": 1, "query": true}
            {"do": "ack", "account": 1, "retcode": 10006}
            """#)
        #expect(told.report == "")
        let ack = try #require(door.last(hf_ack.self))
        #expect(ack.command.owner == 1 << 63 + 1 && ack.command.count == 2 && ack.position == 0)
        let head = try #require(door.applied.dropLast().last).body.withUnsafeBytes {
            $0.loadUnaligned(as: hf_reconcile.self)
        }
        #expect(head.command.count == 2)
        let unasked = ScriptedDoor()
        let none = try unasked.tell(
            #"""
            {"do": "reconcile", "account": 1, "query": true}
            {"expect": {"status": "HF_E_COMMAND"}}
            {"do": "ack", "account": 2}
            {"expect": {"status": "HF_E_COMMAND"}}
            """#)
        #expect(none.report == "")
        #expect(unasked.applied.count == 3)
    }

    @Test(
        "an ack may say what the broker's code means",
        arguments: [
            ("done", 1), ("receipt", 2), ("partial", 3), ("requote", 4), ("wait", 5),
            ("terminal", 6), ("never", 7), ("fill_mode", 8), ("hold", 9), ("unknown", 10),
        ])
    func answer(word: String, number: Int) throws {
        withTicket()
        let told = try door.tell(
            open + #"{"do": "ack", "ref": "a", "retcode": 77, "answer": "\#(word)"}"#)
        #expect(told.report == "")
        let ack = try #require(door.last(hf_ack.self))
        #expect(Int(ack.answer) == number && ack.retcode == 77)
    }

    // MARK: Events and answers

    @Test("a suspect is counted, a sync is reported, an alarm says what it is of")
    func events() throws {
        withTicket()
        var suspect = hf_event()
        (suspect.kind, suspect.position, suspect.account) = (UInt16(HF_EVENT_SUSPECT), 7, 1)
        (suspect.old_value, suspect.new_value) = (3, 0)
        suspect.state = UInt8(HF_POSITION_OPEN)
        var report = hf_event()
        (report.kind, report.account) = (UInt16(HF_EVENT_SYNC), 1)
        report.counts = (1, 2, 3, 4, 5, 6, 1)
        var alarm = hf_event()
        (alarm.kind, alarm.what) = (UInt16(HF_EVENT_ALARM), UInt8(HF_WHAT_EXECUTOR))
        alarm.new_value = 4
        door.caused = [[], [suspect, report, alarm]]
        let told = try door.tell(
            open + #"""
                {"do": "reconcile", "account": 1}
                {"expect": {"event": "suspect", "ref": "a", "count": 0, "of": 3, "state": "open"}}
                {"expect": {"event": "sync", "account": 1, "found": 1, "adopted": 2, \#
                "removed": 3, "fixed": 4, "suspect": 5, "skipped": 6, "stale": 1}}
                {"expect": {"event": "alarm", "what": "executor", "new": "4"}}
                {"expect": {"none": "any"}}
                """#)
        #expect(told.report == "")
        for (word, number) in [
            ("waiting", HF_WHAT_WAITING), ("stale", HF_WHAT_STALE),
            ("adopted", HF_WHAT_ADOPTED), ("absent", HF_WHAT_ABSENT),
        ] {
            alarm.what = UInt8(number)
            #expect(Projection(alarm, Names())["what"] == .word(word))
        }
    }

    @Test("how an account and its broker agree has every field; never is null")
    func agreement() throws {
        door.agreement.account = 1
        (door.agreement.next_at, door.agreement.late_at) = (Int64.max, Clock.start)
        (door.agreement.snapshots, door.agreement.compared, door.agreement.agreed) = (4, 3, 2)
        door.agreement.accuracy = 66_666_666
        door.agreement.command = hf_command_id(owner: 1 << 63 + 1, count: 1, epoch: 1)
        let told = try door.tell(
            #"""
            {"expect": {"sync": 1, "asked_at": null, "next_at": null, "snapshots": 4, \#
            "late_at": "2026-01-05T00:00:00Z", "compared": 3, "agreed": 2, \#
            "accuracy": "0.66666666", "stale": false, "failed": 0, "command": "1y2p0ij32e8e9-1-1"}}
            {"expect": {"sync": 1, "command": null}}
            {"do": "query", "sync": 1}
            """#)
        #expect(told.report.contains(#"got       {"command": "1y2p0ij32e8e9-1-1"}"#))
        #expect(told.lines == [Self.agreement])
    }

    private static let agreement =
        #"{"answer": {"sync": 1, "asked_at": null, "applied_at": null, "next_at": null, "#
        + #""late_at": "2026-01-05T00:00:00Z", "snapshots": 4, "failed": 0, "ignored": 0, "#
        + #""compared": 3, "agreed": 2, "adopted": 0, "removed": 0, "fixed": 0, "#
        + #""suspected": 0, "skipped": 0, "accuracy": "0.66666666", "#
        + #""command": "1y2p0ij32e8e9-1-1", "stale": false}}"#
}
