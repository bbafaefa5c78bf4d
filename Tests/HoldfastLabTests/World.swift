import CHoldfast
import HoldfastABI

/// A core with symbols of EURUSD's shape and one account in dollars, driven by the C header.
final class World {
    private(set) var core: OpaquePointer?
    private var cursor: UInt64 = 0

    struct Refused: Error { let status: Int32 }

    init(
        brokerName: String = "", symbols: Int = 1,
        configure: (inout hf_core_config) -> Void = { _ in }
    ) throws {
        var config = hf_core_config()
        hf_core_config_init(&config)
        configure(&config)
        let status = hf_core_open(&config, &core)
        if status != HF_OK { throw Refused(status: status) }
        for index in 1...symbols {
            var symbol = hf_symbol()
            let name = index == 1 ? "EURUSD" : "PAIR\(index)"
            hf_symbol_init(&symbol, name, 5, 1, 100_000_000, "USD")
            if !brokerName.isEmpty {
                withUnsafeMutableBytes(of: &symbol.broker_name) {
                    $0.initializeMemory(as: UInt8.self, repeating: 0)
                    $0.copyBytes(from: brokerName.utf8)
                }
            }
            var id: UInt32 = 0
            hf_symbol_put(core, &symbol, 0, &id)
        }
        var account = hf_account()
        hf_account_init(&account, 1, "USD")
        hf_account_put(core, &account, 0)
    }

    deinit { hf_core_close(&core) }

    var hash: UInt64 {
        var hash: UInt64 = 0
        hf_state_hash(core, &hash)
        return hash
    }

    func tickStatus(time: Int64, bid: Int64, ask: Int64, symbol: UInt32 = 1) -> Int32 {
        var tick = hf_tick()
        hf_tick_init(&tick, symbol, time, bid, ask)
        return hf_tick_apply(core, &tick)
    }

    func tick(time: Int64, bid: Int64, ask: Int64, symbol: UInt32 = 1) {
        _ = tickStatus(time: time, bid: bid, ask: ask, symbol: symbol)
    }

    /// A long of 0.10 lot at 1.10010.
    func open(now: Int64, _ change: (inout hf_open) -> Void = { _ in }) -> UInt64 {
        var open = hf_open()
        hf_open_init(&open, 1, 1, UInt8(HF_LONG), 10_000_000, 110_010)
        change(&open)
        var position: UInt64 = 0
        hf_position_open(core, &open, now, &position)
        return position
    }

    func close(
        _ position: UInt64, now: Int64, _ change: (inout hf_close) -> Void = { _ in }
    ) -> Int32 {
        var close = hf_close()
        close.filter.present = UInt32(HF_FILTER_POSITION)
        close.filter.position = position
        change(&close)
        var count: UInt32 = 0
        return hf_positions_close(core, &close, now, nil, 0, &count)
    }

    func take(now: Int64, epoch: UInt32 = 1, max: Int = 100) -> [hf_command] {
        var commands = [hf_command](repeating: hf_command(), count: max)
        var count: UInt32 = 0
        hf_commands_take(core, 1, epoch, now, &commands, UInt32(max), &count)
        return Array(commands.prefix(Int(count)))
    }

    func takeStatus(now: Int64, epoch: UInt32) -> Int32 {
        var command = hf_command()
        var count: UInt32 = 0
        return hf_commands_take(core, 1, epoch, now, &command, 1, &count)
    }

    func ack(_ id: hf_command_id, now: Int64) {
        var id = id
        var ack = hf_ack()
        hf_ack_init(&ack, &id)
        hf_ack_apply(core, &ack, now)
    }

    /// The broker closed 0.01 lot.
    func deal(_ position: UInt64, _ number: UInt64, time: Int64) -> Int32 {
        var deal = hf_deal()
        (deal.account, deal.position, deal.deal, deal.time) = (1, position, number, time)
        (deal.volume, deal.price) = (1_000_000, 110_000)
        deal.reason = UInt8(HF_DEAL_SO)
        return hf_deal_apply(core, &deal, time)
    }

    func position(_ id: UInt64) -> hf_position {
        var position = hf_position()
        hf_position_get(core, id, &position)
        return position
    }

    /// What happened since the last call.
    func events() -> [hf_event] {
        var all = [hf_event](repeating: hf_event(), count: 4096)
        var count: UInt32 = 0
        hf_events_read(core, &cursor, &all, 4096, &count, nil)
        return Array(all.prefix(Int(count)))
    }
}
