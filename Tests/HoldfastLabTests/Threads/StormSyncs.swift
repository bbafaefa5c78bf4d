import CHoldfast

/// Brokers that are asked for what they have, and executors that come, go and are limited.
extension StormThread {
    mutating func executor() {
        var record = hf_executor()
        _ = hf_executor_init(&record, draw.one(StormTerms.executors))
        if draw.chance(40) { record.rate = Int64(1 + draw.below(50)) * 100_000_000 }
        if draw.chance(40) { record.in_flight_max = UInt32(8 + draw.below(64)) }
        if draw.chance(50) { record.heartbeat_late = Int64(1 + draw.below(200)) * 1_000_000 }
        if draw.chance(10) { record.capabilities = UInt32(draw.below(8)) }
        record.up = draw.chance(90) ? 1 : 0
        expect("executor", hf_executor_put(core, &record, now()), [])
        var view = hf_executor_view()
        expect("executor view", hf_executor_get(core, record.id, &view), [])
        if view.executor.id != record.id { world.complain("the view of another executor") }
    }

    /// What it is compared with has changed since, or is suspected and no more: the threads trade
    /// at times of their own, and no snapshot could tell the truth of them.
    mutating func sync() {
        let account = draw.one(StormTerms.accounts)
        var head = hf_reconcile()
        _ = hf_reconcile_init(&head, account.id, now())
        var theirs: [hf_broker_position] = []
        switch draw.below(5) {
        case 0: head.failed = 1
        case 1: head.asked_at = 1
        // Of a netting account it would be taken for what is there.
        case 2 where !account.isNetting: theirs = [stranger()]
        default: break
        }
        if draw.chance(50), let query = query(of: account.id) { head.command = query }
        head.positions = UInt32(theirs.count)
        var report = hf_sync_report()
        var differences = [hf_difference](repeating: hf_difference(), count: 16)
        let status = hf_reconcile_apply(
            core, &head, theirs, nil, world.later(by: 1), &report, &differences, 16)
        expect("sync", status, [HF_E_DUPLICATE, HF_E_COMMAND])
        if status == 0 && report.removed + report.fixed > 0 {
            world.complain("a snapshot came to \(report)")
        }
    }

    /// One that the registry does not have.
    private mutating func stranger() -> hf_broker_position {
        let symbol = draw.below(StormTerms.symbols.count)
        var one = hf_broker_position()
        (one.ticket, one.symbol) = (world.number(), UInt32(symbol + 1))
        (one.volume, one.price) = (volume(), world.mid(symbol).value)
        one.side = UInt8(draw.chance(50) ? HF_LONG : HF_SHORT)
        return one
    }

    private mutating func query(of account: UInt64) -> hf_command_id? {
        var status = hf_sync_status()
        expect("sync status", hf_sync_get(core, account, &status), [])
        return status.command.owner == 0 ? nil : status.command
    }
}
