import CHoldfast
import HoldfastABI
import HoldfastLab
import Testing

/// The rules of docs/semantics.md that no story can show, each under its number: what only a caller
/// of the C header sees.
@Suite("Semantics")
struct SemanticsTests {
    // MARK: S1, units

    @Test("S1.4 a double within 1e-6 of a point or 8 ulp of a price is that price, others are not")
    func doublePrice() {
        #expect(units(1.10005, 5) == 110_005)
        #expect(units(1.1000500000005, 5) == 110_005)
        #expect(units(1.100051, 5) == nil)
        #expect(units(0.1 + 0.2, 1) == 3)
        #expect(units(9_007_199_254_740_991, 0) == 9_007_199_254_740_991)
        #expect(units(9_007_199_254_740_992, 0) == nil)
    }

    @Test("S1.6 a double volume is accepted by the same rule in 1e-8 lot")
    func doubleVolume() {
        #expect(units(0.29, 8) == 29_000_000)
        #expect(units(373.04, 8) == 37_304_000_000)
        #expect(units(0.000000015, 8) == nil)
    }

    @Test("S1.10 an amount that does not fit is HF_E_OVERFLOW")
    func overflow() {
        var value: Int64 = 7
        #expect(hf_units_from_text("92233720368.54775807", 8, &value) == HF_OK)
        #expect(value == Int64.max)
        #expect(hf_units_from_text("92233720368.54775808", 8, &value) == HF_E_OVERFLOW)
        #expect(value == Int64.max)
    }

    @Test(
        "S1.12 time is an argument in nanoseconds, never read: events bear what was given"
    )
    func time() throws {
        let world = try World()
        world.tick(time: 1_000_000_007, bid: 110_000, ask: 110_010)
        let position = world.open(now: 1_000_000_009)
        #expect(world.events().last?.time == 1_000_000_009)
        #expect(world.position(position).opened == 1_000_000_009)
    }

    @Test("S1.13 a ratio is a whole number of 1e-8: a fraction of 0.5 closes half")
    func ratio() throws {
        let world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let position = world.open(now: 1)
        #expect(world.close(position, now: 2) { $0.fraction = 50_000_000 } == HF_OK)
        #expect(world.take(now: 2).first?.volume == 5_000_000)
    }

    @Test("S1.14 the average is in 1e-8 point, truncated")
    func average() throws {
        let world = try World()
        let position = world.open(now: 1)
        #expect(world.position(position).average == 110_010 * 100_000_000)
    }

    @Test("S1.16 a rule parameter of 0 is told apart from an absent one")
    func zeroIsNotAbsent() throws {
        let world = try World()
        let position = world.open(now: 1)
        var rule = hf_rule()
        (rule.id, rule.scope_id) = (1, position)
        rule.kind = UInt8(HF_RULE_TRAILING)
        rule.scope = UInt8(HF_SCOPE_POSITION)
        #expect(hf_rule_put(world.core, &rule, 1) == HF_E_ARGUMENT)
        rule.present = UInt64(HF_RULE_DISTANCE)
        #expect(hf_rule_put(world.core, &rule, 1) == HF_E_RANGE)
    }

    // MARK: S2, ticks and time

    @Test("S2.14 a number that is not finite never becomes a price")
    func notFinite() {
        var value: Int64 = 7
        for bad in [Double.nan, .infinity, -.infinity] {
            #expect(hf_units_from_double(bad, 5, &value) == HF_E_ARGUMENT)
        }
        #expect(value == 7)
    }

    @Test("S2.19 a refused tick is counted and the rest of its batch goes on")
    func batch() throws {
        let world = try World()
        var ticks = [hf_tick](repeating: hf_tick(), count: 4)
        for index in 0..<4 {
            hf_tick_init(&ticks[index], 1, Int64(index + 1), 110_000, 110_010)
        }
        ticks[1].bid = 0
        ticks[2].symbol = 9
        var report = hf_ticks_report()
        #expect(hf_ticks_apply(world.core, ticks, 4, &report) == HF_OK)
        #expect(report.accepted == 2 && report.refused == 2)
        #expect(report.first_status == HF_E_PRICE && report.first_refused == 1)
    }

    @Test("S2.30 positions of one tick go in order of id, whatever their slots are")
    func orderOfIds() throws {
        let world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let old = (0..<8).map { _ in world.open(now: 1) }
        // Free slots in an order of their own, then fill them again.
        for index in [6, 1, 4, 3] {
            #expect(world.close(old[index], now: 2) == HF_OK)
            for command in world.take(now: 2) { world.ack(command.id, now: 2) }
        }
        let fresh = (0..<4).map { _ in world.open(now: 3) { $0.sl = 109_500 } }
        _ = world.events()
        world.tick(time: 4, bid: 109_400, ask: 109_410)
        #expect(world.events().filter { $0.kind == HF_EVENT_COMMAND }.map(\.position) == fresh)
        #expect(world.take(now: 4).map(\.position) == fresh)
    }

    @Test("S2.31 a command id is three base-36 numbers of at most 31 characters, and comes back")
    func commandID() {
        var id = hf_command_id(owner: .max, count: .max, epoch: .max)
        var text = [CChar](repeating: 0, count: 32)
        #expect(hf_command_id_text(&id, &text, 32) == HF_OK)
        let written = text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        #expect(written == "3w5e11264sgsf-1z141z3-1z141z3" && written.utf8.count <= 31)
        var back = hf_command_id()
        #expect(hf_command_id_parse(text, &back) == HF_OK)
        #expect(back.owner == .max && back.count == .max && back.epoch == .max)
    }

    @Test("S2.34 an input earlier than its symbol is stamped with the symbol's time")
    func stamp() throws {
        let world = try World()
        world.tick(time: 50, bid: 110_000, ask: 110_010)
        _ = world.open(now: 10)
        #expect(world.events().last?.time == 50)
        _ = world.open(now: 70)
        #expect(world.events().last?.time == 70)
        #expect(world.tickStatus(time: 51, bid: 110_000, ask: 110_010) == HF_OK)
    }

    @Test("S2.37 timers fire in order of due time, then position")
    func timers() throws {
        let world = try World()
        world.tick(time: 0, bid: 110_000, ask: 110_010)
        let positions = (0..<3).map { _ in world.open(now: 0) }
        let order = [positions[2], positions[0], positions[1]]
        for position in order { #expect(world.close(position, now: 0) == HF_OK) }
        // Taken one by one: equal deadlines for two, an earlier one for the third.
        for (index, command) in world.take(now: 0).enumerated() {
            #expect(command.position == positions[index])
        }
        _ = world.events()
        #expect(hf_step(world.core, 11 * second) == HF_OK)
        let unknown = world.events().filter { $0.state == UInt8(HF_COMMAND_UNKNOWN) }
        #expect(unknown.map(\.position) == positions)
        #expect(unknown.allSatisfy { $0.time == 10 * second })
    }

    @Test("S2.41 a tick carries the venue's time, never compared with anything")
    func quoteTime() throws {
        let world = try World()
        for (time, quoteTime) in [(Int64(5), Int64(900)), (6, 3), (7, -1)] {
            var tick = hf_tick()
            hf_tick_init(&tick, 1, time, 110_000, 110_010)
            tick.quote_time = quoteTime
            #expect(hf_tick_apply(world.core, &tick) == HF_OK)
            var quote = hf_tick()
            var symbol = hf_symbol()
            #expect(hf_symbol_get(world.core, 1, &symbol, &quote) == HF_OK)
            #expect(quote.quote_time == quoteTime)
        }
    }

    // MARK: S6, commands

    @Test("S6.54 a new session is given what the old one did not answer, a query too, with its id")
    func newSession() throws {
        let world = try World()
        world.tick(time: 0, bid: 110_000, ask: 110_010)
        let position = world.open(now: 0)
        #expect(world.close(position, now: 0) == HF_OK)
        let first = try #require(world.take(now: 0).first)
        #expect(world.take(now: 1).isEmpty)
        let again = try #require(world.take(now: second, epoch: 2).first)
        #expect(again.id.count == first.id.count)
        #expect(again.flags & UInt32(HF_COMMAND_REDELIVERED) != 0)
        #expect(again.act_before == 3 * second)
        // Its deadline passes: a query, which goes out again 5 s after it was taken.
        #expect(hf_step(world.core, 11 * second) == HF_OK)
        let query = try #require(world.take(now: 11 * second, epoch: 2).first)
        #expect(query.action == UInt8(HF_ACTION_QUERY_DEALS))
        #expect(hf_step(world.core, 16 * second - 1) == HF_OK)
        #expect(world.take(now: 16 * second - 1, epoch: 2).isEmpty)
        #expect(hf_step(world.core, 16 * second) == HF_OK)
        let repeated = try #require(world.take(now: 16 * second, epoch: 2).first)
        #expect(repeated.id.count == query.id.count)
        #expect(world.takeStatus(now: 17 * second, epoch: 1) == HF_E_EXECUTOR)
    }

    @Test("S6.75 a deal from before the oldest remembered one is an alarm and changes nothing")
    func forgottenDeals() throws {
        let world = try World { $0.deals = 2 }
        world.tick(time: 0, bid: 110_000, ask: 110_010)
        let position = world.open(now: 0)
        for (number, time) in [(UInt64(1), Int64(100)), (2, 200), (3, 300)] {
            #expect(world.deal(position, number, time: time) == HF_OK)
        }
        let volume = world.position(position).volume
        _ = world.events()
        #expect(world.deal(position, 4, time: 99) == HF_OK)
        #expect(world.position(position).volume == volume)
        let events = world.events()
        #expect(events.map { Int($0.kind) } == [HF_EVENT_ALARM])
        #expect(events.first?.what == UInt8(HF_WHAT_DEAL))
    }

    @Test("S6.92 S6.93 a full outbox delays nothing and changes neither order nor hash")
    func fullOutbox() throws {
        var runs: [([UInt64], UInt64)] = []
        for capacity in [UInt32(2), 16384] {
            let world = try World { $0.outbox = capacity }
            world.tick(time: 0, bid: 110_000, ask: 110_010)
            for index in 0..<40 {
                _ = world.open(now: 0) {
                    if index % 3 == 0 { $0.tp = 110_200 } else { $0.sl = 109_500 }
                }
            }
            world.tick(time: 1, bid: 109_400, ask: 109_410)
            world.tick(time: 2, bid: 110_300, ask: 110_310)
            var taken: [UInt64] = []
            while let command = world.take(now: 3, max: 1).first { taken.append(command.position) }
            runs.append((taken, world.hash))
        }
        #expect(runs[0].0.count == 40)
        #expect(runs[0].0 == runs[1].0)
        #expect(runs[0].1 == runs[1].1)
    }

    @Test("S7.14 a command carries the symbol's broker name")
    func brokerName() throws {
        let world = try World(brokerName: "EURUSD.pro")
        world.tick(time: 0, bid: 110_000, ask: 110_010)
        #expect(world.close(world.open(now: 0), now: 0) == HF_OK)
        let command = try #require(world.take(now: 0).first)
        let name = withUnsafeBytes(of: command.symbol_name) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        #expect(name == "EURUSD.pro")
    }

    // MARK: S11, state hash

    @Test("S11.1 every kind of live state shows in the hash")
    func hashSees() throws {
        let world = try World()
        var seen: Set<UInt64> = [world.hash]
        func isNew() -> Bool { seen.insert(world.hash).inserted }
        world.tick(time: 0, bid: 110_000, ask: 110_010)
        #expect(isNew())
        let position = world.open(now: 0)
        #expect(isNew())
        var rule = hf_rule()
        (rule.id, rule.scope_id, rule.distance) = (1, position, 100)
        (rule.kind, rule.scope) = (UInt8(HF_RULE_TRAILING), UInt8(HF_SCOPE_POSITION))
        rule.present = UInt64(HF_RULE_DISTANCE)
        #expect(hf_rule_put(world.core, &rule, 0) == HF_OK)
        #expect(isNew())
        world.tick(time: 1, bid: 110_050, ask: 110_060)
        #expect(isNew())
        #expect(world.close(position, now: 1) == HF_OK)
        #expect(isNew())
        let command = try #require(world.take(now: 1).first)
        #expect(isNew())
        world.ack(command.id, now: 2)
        #expect(isNew())
    }

    @Test("S11.2 S11.3 neither stripes, slots, kernels nor sessions show in the hash")
    func hashIsCanonical() throws {
        var hashes: Set<UInt64> = []
        for (stripes, kernel) in [(UInt32(1), HF_KERNEL_SCALAR), (3, HF_KERNEL_BASELINE), (7, 0)] {
            let world = try World(symbols: 5) {
                $0.stripes = stripes
                $0.kernel = UInt32(kernel)
                $0.events = stripes == 1 ? 16 : 65536
            }
            for symbol in UInt32(1)...5 {
                world.tick(time: 0, bid: 110_000, ask: 110_010, symbol: symbol)
                for _ in 0..<20 {
                    _ = world.open(now: 0) {
                        $0.symbol = symbol
                        $0.sl = 109_900
                    }
                }
                world.tick(time: 1, bid: 109_950, ask: 109_960, symbol: symbol)
            }
            world.tick(time: 2, bid: 109_000, ask: 109_010, symbol: 3)
            _ = world.take(now: 3, epoch: stripes, max: 5)
            hashes.insert(world.hash)
        }
        #expect(hashes.count == 1)
    }

    private let second: Int64 = 1_000_000_000

    private func units(_ value: Double, _ digits: UInt32) -> Int64? {
        var units: Int64 = 0
        return hf_units_from_double(value, digits, &units) == HF_OK ? units : nil
    }
}
