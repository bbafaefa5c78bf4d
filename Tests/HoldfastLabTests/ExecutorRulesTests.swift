import CHoldfast
import HoldfastABI
import Testing

/// The rules of executors and snapshots that no story can show: who is given what, and when.
@Suite("Semantics: executors")
struct ExecutorRulesTests {
    private let second: Int64 = 1_000_000_000

    private func put(_ world: World, _ change: (inout hf_executor) -> Void) {
        var executor = hf_executor()
        hf_executor_init(&executor, 1)
        change(&executor)
        #expect(hf_executor_put(world.core, &executor, 0) == HF_OK)
    }

    private func view(_ world: World) -> hf_executor_view {
        var view = hf_executor_view()
        #expect(hf_executor_get(world.core, 1, &view) == HF_OK)
        return view
    }

    /// Another account, of executor 1 where no other is named.
    private func account(
        _ world: World, _ id: UInt64, executor: UInt64 = 1,
        _ change: (inout hf_account) -> Void = { _ in }
    ) {
        var account = hf_account()
        hf_account_init(&account, id, "USD")
        account.executor = executor
        account.present = UInt32(HF_ACCOUNT_EXECUTOR)
        change(&account)
        #expect(hf_account_put(world.core, &account, 0) == HF_OK)
    }

    private func enter(_ world: World, now: Int64) -> UInt64 {
        var entry = hf_open()
        hf_open_init(&entry, 1, 1, UInt8(HF_LONG), 10_000_000, 0)
        var id: UInt64 = 0
        #expect(hf_position_enter(world.core, &entry, now, &id) == HF_OK)
        return id
    }

    private func stopped(_ world: World, account: UInt64 = 1, sl: Int64 = 109_500) -> UInt64 {
        world.open(now: 1) { ($0.account, $0.sl) = (account, sl) }
    }

    /// One at a time, until nothing is left.
    private func taken(_ world: World, now: Int64) -> [hf_command] {
        var all: [hf_command] = []
        while let command = world.take(now: now, max: 1).first { all.append(command) }
        return all
    }

    @Test("S6.172 a new session is given what the older one left, with its ids, and ends the older")
    func session() throws {
        let world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let positions = (0..<4).map { _ in stopped(world) }
        world.tick(time: 2, bid: 109_400, ask: 109_410)
        let first = world.take(now: 3)
        #expect(first.map(\.position) == positions)
        world.ack(first[0].id, now: 4)
        var receipt = hf_ack()
        var id = first[1].id
        hf_ack_init(&receipt, &id)
        receipt.retcode = 10_008
        receipt.present = UInt32(HF_HAS_RETCODE)
        #expect(hf_ack_apply(world.core, &receipt, 4) == HF_OK)
        #expect(world.take(now: 5).isEmpty)
        let again = world.take(now: 6, epoch: 2)
        #expect(again.map(\.position) == Array(positions.dropFirst()))
        #expect(again.map(\.id.count) == first.dropFirst().map(\.id.count))
        #expect(again.allSatisfy { $0.flags & UInt32(HF_COMMAND_REDELIVERED) != 0 })
        #expect(world.takeStatus(now: 7, epoch: 1) == HF_E_EXECUTOR)
        #expect(view(world).epoch == 2)
        #expect(world.take(now: 7, epoch: 2).isEmpty)
    }

    @Test("S6.173 a command goes to the executor of its account and to no other")
    func own() throws {
        let world = try World()
        account(world, 2, executor: 7)
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let mine = stopped(world)
        let other = stopped(world, account: 2)
        world.tick(time: 2, bid: 109_400, ask: 109_410)
        #expect(world.take(now: 3).map(\.position) == [mine])
        #expect(world.take(now: 3).isEmpty)
        var command = hf_command()
        var count: UInt32 = 0
        #expect(hf_commands_take(world.core, 7, 1, 3, &command, 1, &count) == HF_OK)
        #expect(count == 1 && command.position == other && command.executor == 7)
        #expect(hf_commands_take(world.core, 2, 1, 3, &command, 1, &count) == HF_E_EXECUTOR)
    }

    @Test("S6.175 all of the priority lane goes before any entry, a question after every close")
    func lanes() throws {
        let world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let entries = [enter(world, now: 2), enter(world, now: 3)]
        account(world, 2) {
            $0.sync_every = 10
            $0.present |= UInt32(HF_ACCOUNT_SYNC_EVERY)
        }
        #expect(hf_step(world.core, 10) == HF_OK)
        let part = world.open(now: 11)
        let target = world.open(now: 11) { $0.tp = 110_100 }
        let whole = world.open(now: 11)
        let stop = world.open(now: 11) {
            $0.side = UInt8(HF_SHORT)
            $0.sl = 110_100
        }
        #expect(world.close(part, now: 12) { $0.volume = 5_000_000 } == HF_OK)
        #expect(world.close(whole, now: 13) == HF_OK)
        world.tick(time: 14, bid: 110_200, ask: 110_210)
        let all = taken(world, now: 15)
        #expect(all.map(\.position) == [stop, whole, target, part, 0] + entries)
        #expect(all[4].action == UInt8(HF_ACTION_QUERY_POSITIONS) && all[4].account == 2)
    }

    @Test("S6.176 accounts take turns, each in order of trigger time, then of position")
    func turns() throws {
        let world = try World()
        account(world, 2)
        account(world, 3)
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let busy = [109_400, 109_500, 109_400, 109_500, 109_400].map { stopped(world, sl: $0) }
        let calm = [109_400, 109_400].map { stopped(world, account: 2, sl: $0) }
        let last = stopped(world, account: 3, sl: 109_400)
        world.tick(time: 2, bid: 109_450, ask: 109_460)
        world.tick(time: 3, bid: 109_350, ask: 109_360)
        let all = taken(world, now: 4)
        let byAccount = Dictionary(grouping: all, by: \.account)
        #expect(byAccount[1]?.map(\.position) == [1, 3, 0, 2, 4].map { busy[$0] })
        #expect(byAccount[2]?.map(\.position) == calm)
        #expect(byAccount[3]?.map(\.position) == [last])
        // Each of the three is served within the first three, each of the two within the next two.
        #expect(Set(all.prefix(3).map(\.account)) == [1, 2, 3])
        #expect(Set(all.dropFirst(3).prefix(2).map(\.account)) == [1, 2])
        #expect(all.count == 8)
    }

    @Test("S6.176 a class goes before the turns of its accounts")
    func classes() throws {
        let world = try World()
        account(world, 2)
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let owners = (0..<2).map { _ in world.open(now: 1) { $0.account = 2 } }
        let stops = (0..<3).map { _ in stopped(world) }
        for position in owners { #expect(world.close(position, now: 1) == HF_OK) }
        world.tick(time: 2, bid: 109_400, ask: 109_410)
        #expect(taken(world, now: 3).map(\.position) == stops + owners)
    }

    @Test("S6.177 so many are out at a time, the highest class first; queries are not counted")
    func inFlight() throws {
        let world = try World()
        put(world) { $0.in_flight_max = 2 }
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let owner = world.open(now: 1)
        #expect(world.close(owner, now: 1) == HF_OK)
        let stops = (0..<4).map { _ in stopped(world) }
        world.tick(time: 2, bid: 109_400, ask: 109_410)
        let first = taken(world, now: 3)
        #expect(first.map(\.position) == Array(stops.prefix(2)))
        #expect(view(world).in_flight == 2)
        // A receipt leaves one out, an answer does not.
        var receipt = hf_ack()
        var id = first[0].id
        hf_ack_init(&receipt, &id)
        receipt.retcode = 10_008
        receipt.present = UInt32(HF_HAS_RETCODE)
        #expect(hf_ack_apply(world.core, &receipt, 4) == HF_OK)
        #expect(taken(world, now: 4).isEmpty)
        world.ack(first[1].id, now: 4)
        #expect(taken(world, now: 5).map(\.position) == [stops[2]])
        // Both are UNKNOWN: their queries go, and the next two.
        #expect(hf_step(world.core, 5 + 2 * second) == HF_OK)
        let last = taken(world, now: 6 + 2 * second)
        let queries = last.filter { $0.action == UInt8(HF_ACTION_QUERY_DEALS) }
        #expect(Set(queries.map(\.position)) == [stops[0], stops[2]])
        let closes = last.filter { $0.action == UInt8(HF_ACTION_CLOSE) }
        #expect(closes.map(\.position) == [stops[3], owner])
        #expect(view(world).in_flight == 2 && view(world).unanswered == 2)
    }

    @Test(
        "S6.177 entries leave one place free, behind closes too, however many are taken at a time",
        arguments: [1, 8])
    func place(max: Int) throws {
        let world = try World()
        put(world) { $0.in_flight_max = 3 }
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let stop = stopped(world)
        world.tick(time: 2, bid: 109_400, ask: 109_410)
        let entries = (0..<3).map { _ in enter(world, now: 2) }
        func taken(now: Int64) -> [hf_command] {
            var all: [hf_command] = []
            while case let more = world.take(now: now, max: max), !more.isEmpty { all += more }
            return all
        }
        let first = taken(now: 3)
        #expect(first.map(\.position) == [stop, entries[0]])
        world.ack(first[0].id, now: 4)
        #expect(taken(now: 5).map(\.position) == [entries[1]])
        #expect(taken(now: 6).isEmpty && view(world).in_flight == 2)
    }

    @Test(
        "S6.167 what is put off stands in no line: its answer takes nobody else's place",
        arguments: [2, 16])
    func putOff(outbox: UInt32) throws {
        let world = try World(symbols: 5) { ($0.outbox, $0.stripes) = (outbox, 1) }
        account(world, 2) {
            ($0.mode, $0.sync_every) = (UInt8(HF_NETTING), 60 * second)
            $0.present |= UInt32(HF_ACCOUNT_SYNC_EVERY)
        }
        for symbol in 1...5 as ClosedRange<UInt32> {
            world.tick(time: 1, bid: 110_000, ask: 110_010, symbol: symbol)
        }
        let positions = (1...5 as ClosedRange<UInt32>).map { symbol in
            world.open(now: 1) {
                ($0.account, $0.symbol, $0.ticket) = (2, symbol, UInt64(symbol))
                if symbol > 2 { return }
                ($0.disaster_sl, $0.flags) = (109_000, UInt32(HF_OPEN_DISASTER_SL))
            }
        }
        for symbol in 1...2 as ClosedRange<UInt32> {
            world.tick(time: 2, bid: 110_001, ask: 110_011, symbol: symbol)
        }
        for command in world.take(now: 3) { world.ack(command.id, now: 3) }
        for position in positions.prefix(2) { #expect(world.close(position, now: 4) == HF_OK) }
        let first = world.take(now: 5)
        #expect(first.map(\.position) == Array(positions.prefix(2)))
        for symbol in 1...2 as ClosedRange<UInt32> {
            world.tick(time: 6, bid: 108_900, ask: 108_910, symbol: symbol)
        }
        // The next session is not given them, whatever they become.
        #expect(world.take(now: 7, epoch: 2).isEmpty)
        // Links tell the executor that they wait, so that its time begins and ends.
        #expect(view(world).waiting == 2)
        for position in positions.suffix(3) {
            let status = world.close(position, now: 8) { $0.reason = UInt8(HF_REASON_EMERGENCY) }
            #expect(status == HF_OK)
        }
        for command in first { world.ack(command.id, now: 9) }
        #expect(view(world).waiting == 3)
        #expect(world.take(now: 10, epoch: 2).map(\.position) == Array(positions.suffix(3)))
    }

    @Test("S6.167 what must wait by a later word leaves its place to the next", arguments: [2, 16])
    func scheduleAfterwards(outbox: UInt32) throws {
        let world = try World(symbols: 4) { ($0.outbox, $0.stripes) = (outbox, 1) }
        put(world) { $0.in_flight_max = 1 }
        account(world, 2) { $0.mode = UInt8(HF_NETTING) }
        let symbols = 1...4 as ClosedRange<UInt32>
        for symbol in symbols { world.tick(time: 1, bid: 110_000, ask: 110_010, symbol: symbol) }
        let positions = symbols.map { symbol in
            world.open(now: 1) {
                ($0.account, $0.symbol, $0.ticket) = (2, symbol, UInt64(symbol))
                if symbol > 1 { return }
                ($0.disaster_sl, $0.flags) = (109_000, UInt32(HF_OPEN_DISASTER_SL))
            }
        }
        world.tick(time: 2, bid: 110_001, ask: 110_011)
        for command in world.take(now: 3) { world.ack(command.id, now: 3) }
        world.tick(time: 4, bid: 108_900, ask: 108_910)
        for position in positions { #expect(world.close(position, now: 5) == HF_OK) }
        account(world, 2) {
            ($0.mode, $0.sync_every) = (UInt8(HF_NETTING), 60 * second)
            $0.present |= UInt32(HF_ACCOUNT_SYNC_EVERY)
        }
        #expect(world.take(now: 6).map(\.position) == [positions[1]])
        #expect(view(world).waiting == 3 && view(world).in_flight == 1)
    }

    @Test("S6.182 an executor is slow while a command of its is UNKNOWN")
    func slow() throws {
        let world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let position = stopped(world)
        world.tick(time: 2, bid: 109_400, ask: 109_410)
        let close = try #require(world.take(now: 3).first)
        #expect(view(world).slow == 0)
        #expect(hf_step(world.core, 3 + 2 * second) == HF_OK)
        #expect(view(world).slow == 1 && view(world).unanswered == 1)
        _ = world.take(now: 4 + 2 * second)
        #expect(view(world).slow == 1)
        world.ack(close.id, now: 5 + 2 * second)
        #expect(view(world).slow == 0 && view(world).unanswered == 0)
        #expect(world.position(position).state == UInt8(HF_POSITION_CLOSED))
    }

    @Test("S8.52 a query of sync tells the schedule, the counters and the accuracy")
    func sync() throws {
        let world = try World()
        account(world, 1) {
            $0.sync_every = 10
            $0.present |= UInt32(HF_ACCOUNT_SYNC_EVERY)
        }
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        for ticket in 1...3 { _ = world.open(now: 1) { $0.ticket = UInt64(ticket) } }
        func status() -> hf_sync_status {
            var status = hf_sync_status()
            #expect(hf_sync_get(world.core, 1, &status) == HF_OK)
            return status
        }
        #expect(
            status().next_at == 10 && status().late_at == 30 && status().accuracy == 100_000_000)
        #expect(hf_step(world.core, 10) == HF_OK)
        #expect(status().command.owner == UInt64(1) << 63 + 1)
        func told(_ count: Int, at time: Int64, volume: Int64 = 10_000_000) {
            var snapshot = hf_reconcile()
            hf_reconcile_init(&snapshot, 1, time)
            snapshot.positions = UInt32(count)
            let held = (0..<count).map { index in
                var held = hf_broker_position()
                (held.ticket, held.symbol) = (UInt64(index + 1), 1)
                (held.side, held.price) = (UInt8(HF_LONG), 110_010)
                held.volume = index == 0 ? volume : 10_000_000
                return held
            }
            var report = hf_sync_report()
            let applied = hf_reconcile_apply(
                world.core, &snapshot, held, nil, time, &report, nil, 0)
            #expect(applied == HF_OK)
        }
        told(3, at: 12)
        #expect(status().compared == 3 && status().agreed == 3)
        told(3, at: 14, volume: 5_000_000)
        #expect(status().compared == 6 && status().agreed == 5 && status().fixed == 1)
        #expect(status().accuracy == 83_333_333)
        told(2, at: 16, volume: 5_000_000)
        let last = status()
        #expect(last.suspected == 1 && last.snapshots == 3 && last.removed == 0)
        #expect(last.compared == 9 && last.agreed == 7 && last.accuracy == 77_777_777)
        #expect(last.asked_at == 16 && last.applied_at == 16 && last.late_at == 46)
        told(2, at: 16)
        #expect(status().ignored == 1 && status().snapshots == 3)
    }
}
