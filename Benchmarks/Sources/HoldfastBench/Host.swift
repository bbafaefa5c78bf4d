import CHoldfast

/// A host of one core with one account: each call is one of holdfast.h, and must succeed.
struct Host {
    private let core: OpaquePointer
    /// Numbers of the symbols in the core.
    private let symbols: UnsafeMutablePointer<UInt32>

    static let account: UInt64 = 1
    static let lot: Int64 = 100_000_000

    init(
        positions: Int, symbols count: Int, kernel: Engine.Kernel, stripes: Int, flags: UInt32 = 0
    ) {
        var config = hf_core_config()
        must(hf_core_config_init(&config))
        config.positions = UInt32(positions)
        config.rules = UInt32(positions)
        config.stripes = UInt32(stripes)
        config.flags = flags
        config.kernel = kernel.number
        var opened: OpaquePointer?
        must(hf_core_open(&config, &opened))
        guard let opened else { fatalError("no core") }
        core = opened
        symbols = .allocate(capacity: count)
        for index in 0..<count {
            var symbol = hf_symbol()
            must(hf_symbol_init(&symbol, "S\(index)", 5, 1, Self.lot, "USD"))
            must(hf_symbol_put(core, &symbol, 0, symbols + index))
        }
        var account = hf_account()
        must(hf_account_init(&account, Self.account, "USD"))
        must(hf_account_put(core, &account, 0))
    }

    func close() {
        var core: OpaquePointer? = core
        must(hf_core_close(&core))
        symbols.deallocate()
    }

    func record(_ symbol: Int, time: Int64, bid: Int64) -> hf_tick {
        var tick = hf_tick()
        (tick.symbol, tick.time) = (symbols[symbol], time)
        (tick.bid, tick.ask) = (bid, bid + Workload.spread)
        return tick
    }

    @inline(__always)
    func tick(_ symbol: Int, time: Int64, bid: Int64) {
        var tick = record(symbol, time: time, bid: bid)
        must(hf_tick_apply(core, &tick))
    }

    @inline(__always)
    func tick(_ tick: UnsafePointer<hf_tick>) { must(hf_tick_apply(core, tick)) }

    @inline(__always)
    func ticks(_ ticks: UnsafePointer<hf_tick>, _ count: Int) {
        must(hf_ticks_apply(core, ticks, UInt32(count), nil))
    }

    @inline(__always)
    func waiting() -> UInt32 {
        var count: UInt32 = 0
        must(hf_commands_waiting(core, Self.account, &count))
        return count
    }

    @inline(__always)
    func take(_ out: UnsafeMutablePointer<hf_command>, _ credit: Int, time: Int64) -> Int {
        var count: UInt32 = 0
        must(hf_commands_take(core, Self.account, 1, time, out, UInt32(credit), &count))
        return Int(count)
    }

    /// Answers that all of a command was done at its own price.
    @inline(__always)
    func fill(_ command: UnsafeMutablePointer<hf_command>, deal: UInt64, time: Int64) {
        var ack = hf_ack()
        ack.command = command.pointee.id
        ack.deal = deal
        must(hf_ack_apply(core, &ack, time))
    }

    @inline(__always)
    func open(
        _ magic: UInt64, symbol: Int, isShort: Bool, price: Int64, sl: Int64, tp: Int64,
        time: Int64, strategy: UInt64 = 0, commission: Int64 = 0, ticket: UInt64 = 0
    ) -> UInt64 {
        var open = hf_open()
        open.ticket = ticket
        open.account = Self.account
        open.magic = Int64(bitPattern: magic)
        (open.strategy, open.commission) = (strategy, commission)
        open.symbol = symbols[symbol]
        open.side = UInt8(isShort ? HF_SHORT : HF_LONG)
        (open.volume, open.price, open.sl, open.tp) = (Self.lot, price, sl, tp)
        var position: UInt64 = 0
        must(hf_position_open(core, &open, time, &position))
        return position
    }

    @inline(__always)
    func trail(_ position: UInt64, rule id: UInt64, _ distance: Int64, time: Int64) {
        var rule = hf_rule()
        (rule.id, rule.scope_id, rule.distance) = (id, position, distance)
        rule.present = UInt64(HF_RULE_DISTANCE)
        rule.kind = UInt8(HF_RULE_TRAILING)
        rule.scope = UInt8(HF_SCOPE_POSITION)
        must(hf_rule_put(core, &rule, time))
    }

    @inline(__always)
    func modify(_ position: UInt64, sl: Int64, time: Int64) {
        var modify = hf_modify()
        (modify.position, modify.sl, modify.change_sl) = (position, sl, UInt8(HF_SET))
        must(hf_position_modify(core, &modify, time))
    }

    /// The broker closed a position.
    @inline(__always)
    func gone(_ position: UInt64, deal number: UInt64, price: Int64, time: Int64) {
        var deal = hf_deal()
        (deal.account, deal.position, deal.deal) = (Self.account, position, number)
        (deal.volume, deal.price) = (Self.lot, price)
        must(hf_deal_apply(core, &deal, time))
    }

    /// A snapshot of the account that agrees with all that is open.
    func sync(_ time: Int64, _ positions: UnsafeBufferPointer<hf_broker_position>) {
        var head = hf_reconcile()
        (head.account, head.asked_at) = (Self.account, time)
        head.positions = UInt32(positions.count)
        var report = hf_sync_report()
        must(
            hf_reconcile_apply(core, &head, positions.baseAddress, nil, time, &report, nil, 0))
        precondition(report.found == positions.count && report.differences == 0)
    }

    /// Every open position, in pages.
    func list(_ out: UnsafeMutableBufferPointer<hf_position>) {
        var filter = hf_filter()
        var cursor = hf_cursor()
        var count: UInt32 = 0
        repeat {
            must(
                hf_positions_list(
                    core, &filter, 0, &cursor, out.baseAddress, UInt32(out.count), &count))
        } while Int(count) == out.count
    }

    /// The first page of a list.
    func page(
        _ filter: UnsafePointer<hf_filter>, _ out: UnsafeMutableBufferPointer<hf_position>
    ) -> Int {
        var cursor = hf_cursor()
        var count: UInt32 = 0
        must(
            hf_positions_list(
                core, filter, 0, &cursor, out.baseAddress, UInt32(out.count), &count))
        return Int(count)
    }

    /// The sums over everything that matches.
    func summary(_ filter: UnsafePointer<hf_filter>) -> hf_summary {
        var sums = hf_summary()
        var count: UInt32 = 0
        must(hf_positions_summary(core, filter, 0, 0, &sums, 1, &count))
        return sums
    }

    func latency(_ which: Int) -> hf_latency {
        var latency = hf_latency()
        must(hf_latency_get(core, UInt32(which), &latency))
        return latency
    }

    func counters() -> hf_counters {
        var counters = hf_counters()
        must(hf_counters_get(core, &counters))
        return counters
    }
}

extension Engine.Kernel {
    var number: UInt32 {
        switch self {
        case .scalar: UInt32(HF_KERNEL_SCALAR)
        case .baseline: UInt32(HF_KERNEL_BASELINE)
        case .v3: UInt32(HF_KERNEL_V3)
        }
    }
}

@inline(__always)
private func must(_ status: hf_status) {
    if status != 0 { fatalError(String(cString: hf_status_name(status))) }
}
