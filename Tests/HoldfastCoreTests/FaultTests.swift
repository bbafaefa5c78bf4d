import CHoldfast
import Testing

@testable import HoldfastCore

@Suite("Fault")
struct FaultTests {
    @Test("a faulted stripe refuses inputs, raises an alarm and still answers reads")
    func faulted() throws {
        let core = try Core(Configuration.defaults, hasV3: false)
        defer { core.close() }
        var symbol = hf_symbol()
        symbol.name.0 = 65
        symbol.profit_currency.0 = 65
        (symbol.tick_size, symbol.tick_value) = (1, 1)
        (symbol.volume_min, symbol.volume_max, symbol.volume_step) = (1, 100, 1)
        #expect(try core.put(symbol, 0) == 1)
        var account = hf_account()
        (account.id, account.mode) = (1, UInt8(HF_HEDGING))
        account.currency.0 = 65
        try core.put(account, 0)
        var open = hf_open()
        (open.account, open.symbol, open.side) = (1, 1, UInt8(HF_LONG))
        (open.volume, open.price) = (1, 100)
        try core.open(&open, 0)
        (core.stripes + 0).pointee.fault()

        var again = open
        again.position = 0
        #expect(throws: Failure.fault) { try core.open(&again, 1) }
        var tick = hf_tick()
        (tick.symbol, tick.time, tick.bid, tick.ask) = (1, 1, 100, 101)
        #expect(core.ticks(&tick, 1).first?.failure == .fault)
        #expect(throws: Failure.fault) { try core.cancel(hf_cancel_of(open.position), 1) }
        #expect(try core.position(open.position).volume == 1)
        #expect(core.counters.faults == 1 && core.counters.alarms == 1)
    }

    private func hf_cancel_of(_ position: UInt64) -> hf_cancel {
        var cancel = hf_cancel()
        cancel.position = position
        return cancel
    }
}
