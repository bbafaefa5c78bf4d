import CHoldfast
import Testing

@testable import HoldfastCore

/// Several host threads in one core. What they do to each other is looked for by ThreadSanitizer
/// (`make tsan`); here the books must balance.
@Suite("Threads")
struct ThreadsTests {
    private func core() throws -> Core {
        var config = Configuration.defaults
        config.stripes = 2
        config.events = 64
        let core = try Core(config, hasV3: false)
        for name in [CChar(65), 66, 67] {
            var symbol = hf_symbol()
            symbol.name.0 = name
            symbol.profit_currency.0 = 65
            (symbol.tick_size, symbol.tick_value) = (1, 1)
            (symbol.volume_min, symbol.volume_max, symbol.volume_step) = (1, 100, 1)
            _ = try core.put(symbol, 0)
        }
        var account = hf_account()
        (account.id, account.mode) = (1, UInt8(HF_HEDGING))
        account.currency.0 = 65
        try core.put(account, 0)
        return core
    }

    /// Opens long positions and lets a tick take each one's stop.
    private static func drive(_ core: Core, symbol: UInt32, rounds: Int) -> Int {
        var opened = 0
        for round in 0..<rounds {
            let now = Int64(round) * 10
            var open = hf_open()
            (open.account, open.symbol, open.side) = (1, symbol, UInt8(HF_LONG))
            (open.volume, open.price, open.sl) = (1, 100, 90)
            if (try? core.open(&open, now)) != nil { opened += 1 }
            for bid in [Int64(100), 85] {
                var tick = hf_tick()
                (tick.symbol, tick.time, tick.bid, tick.ask) = (symbol, now, bid, bid + 1)
                _ = core.ticks(&tick, 1)
            }
        }
        return opened
    }

    @Test("three threads drive symbols of two stripes while others take, read and count")
    func drive() throws {
        let core = try core()
        defer { core.close() }
        nonisolated(unsafe) let shared = core
        let (opened, ended, taken) = (Shared64(), Shared64(), Shared64())
        let rounds = 400 * Stress.factor
        Stress.run(
            writers: 3,
            { index in
                opened.add(Self.drive(shared, symbol: UInt32(index + 1), rounds: rounds))
                ended.add(1)
            }, readers: 2,
            { reader in
                var cursor: UInt64 = 0
                var out = [hf_event](repeating: hf_event(), count: 16)
                var commands = [hf_command](repeating: hf_command(), count: 64)
                while true {
                    let end = ended.now
                    _ = shared.events(&cursor, &out, max: 16)
                    _ = shared.counters.ticks
                    if reader == 0 {
                        let given = try? shared.take(
                            1, epoch: 1, 1_000_000, max: 64, out: &commands)
                        taken.add(given ?? 0)
                    } else {
                        _ = try? shared.waiting(1)
                    }
                    if end == 3 { break }
                }
            })
        var room = [hf_command](repeating: hf_command(), count: 3 * rounds)
        let rest = try core.take(1, epoch: 1, 1_000_000, max: room.count, out: &room)
        #expect(opened.now == 3 * rounds)
        #expect(taken.now + rest == opened.now)
        #expect(core.counters.events == core.shared.pointee.events.written)
    }

    private static func rule(_ id: UInt64, _ scope: Int, _ of: UInt64) -> hf_rule {
        var rule = hf_rule()
        (rule.id, rule.scope, rule.scope_id) = (id, UInt8(scope), of)
        (rule.kind, rule.distance) = (UInt8(HF_RULE_TRAILING), 5)
        rule.present = UInt64(HF_RULE_DISTANCE)
        return rule
    }

    @Test("rules under the same ids, put, moved and ended by three threads, leave no row behind")
    func rules() throws {
        let core = try core()
        defer { core.close() }
        nonisolated(unsafe) let shared = core
        var positions: [UInt64] = []
        for symbol in [UInt32(1), 2, 3] {
            var open = hf_open()
            (open.account, open.symbol, open.side) = (1, symbol, UInt8(HF_LONG))
            (open.volume, open.price) = (1, 100)
            try core.open(&open, 0)
            positions.append(open.position)
        }
        let ids = positions
        let rounds = 300 * Stress.factor
        Stress.run(
            writers: 3,
            { writer in
                var random = TestRandom(UInt64(writer + 1))
                for _ in 0..<rounds {
                    let id = 1 + UInt64(random.below(4))
                    var rule = Self.rule(id, HF_SCOPE_POSITION, ids[random.below(3)])
                    switch random.below(4) {
                    case 0: rule = Self.rule(id, HF_SCOPE_ALL, 0)
                    case 1: rule = Self.rule(id, HF_SCOPE_SYMBOL, 1 + UInt64(random.below(3)))
                    case 2: rule.remove = 1
                    default: break
                    }
                    try? shared.put(rule, 1)
                }
            }, readers: 0, { _ in })
        for id in 1...4 as ClosedRange<UInt64> {
            var rule = hf_rule()
            (rule.id, rule.remove) = (id, 1)
            try? core.put(rule, 1)
        }
        #expect(core.shared.pointee.ruleCount.pointee.load(ordering: .relaxed) == 0)
        for id in positions { #expect(try core.position(id).trailing_distance == 0) }
    }
}
