import CHoldfast
import Testing

@testable import HoldfastCore

@Suite("Fault")
struct FaultTests {
    /// Symbols and one account.
    private func core(_ config: hf_core_config, symbols: [CChar]) throws -> Core {
        let core = try Core(config, hasV3: false)
        for name in symbols {
            var symbol = hf_symbol()
            (symbol.name.0, symbol.profit_currency.0) = (name, 65)
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

    private func open(_ symbol: UInt32, sl: Int64 = 0) -> hf_open {
        var open = hf_open()
        (open.account, open.symbol, open.side) = (1, symbol, UInt8(HF_LONG))
        (open.volume, open.price, open.sl) = (1, 100, sl)
        return open
    }

    private func tick(_ core: Core, _ symbol: UInt32, _ time: Int64, _ bid: Int64) -> Failure? {
        var tick = hf_tick()
        (tick.symbol, tick.time, tick.bid, tick.ask) = (symbol, time, bid, bid + 1)
        return core.ticks(&tick, 1).first?.failure
    }

    @Test("a faulted stripe refuses inputs, raises an alarm and still answers reads")
    func faulted() throws {
        let core = try core(Configuration.defaults, symbols: [65])
        defer { core.close() }
        var first = open(1)
        try core.open(&first, 0)
        (core.stripes + 0).pointee.fault()

        var again = open(1)
        #expect(throws: Failure.fault) { try core.open(&again, 1) }
        #expect(tick(core, 1, 1, 100) == .fault)
        #expect(throws: Failure.fault) { try core.cancel(hf_cancel_of(first.position), 1) }
        #expect(try core.position(first.position).volume == 1)
        #expect(core.counters.faults == 1 && core.counters.alarms == 1)
    }

    @Test("a take ends, and gives out what other stripes have, beside a faulted one")
    func taking() throws {
        var config = Configuration.defaults
        (config.stripes, config.outbox) = (2, 2)
        let core = try core(config, symbols: [65, 66])
        defer { core.close() }
        for symbol in [UInt32(1), 2] {
            for _ in 0..<5 {
                var one = open(symbol, sl: 90)
                try core.open(&one, 0)
            }
        }
        for symbol in [UInt32(1), 2] { #expect(tick(core, symbol, 1, 85) == nil) }
        (core.stripes + 0).pointee.fault()

        var room = [hf_command](repeating: hf_command(), count: 64)
        #expect(try core.take(1, epoch: 1, 2, max: 64, out: &room) == 5)
        #expect(room[..<5].allSatisfy { $0.symbol == 2 })
        #expect(try core.take(1, epoch: 1, 3, max: 64, out: &room) == 0)
    }

    private func hf_cancel_of(_ position: UInt64) -> hf_cancel {
        var cancel = hf_cancel()
        cancel.position = position
        return cancel
    }
}
