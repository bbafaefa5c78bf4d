import CHoldfast

/// A snapshot of an account, as bytes of HF_RECORD_RECONCILE.
public struct BrokerSnapshot {
    public var head: hf_reconcile
    public var positions: [hf_broker_position] = []
    public var deals: [hf_deal] = []

    public func withBytes<Answer>(
        _ body: (UnsafeRawBufferPointer) throws -> Answer
    ) rethrows -> Answer {
        var bytes: [UInt8] = []
        withUnsafeBytes(of: head) { bytes.append(contentsOf: $0) }
        positions.withUnsafeBytes { bytes.append(contentsOf: $0) }
        deals.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return try bytes.withUnsafeBytes(body)
    }
}

/// What the venue says when it is asked for its positions.
extension Broker {
    /// Each delivery is answered afresh: nothing is executed, and an old list is worth little.
    func snapshot(
        _ query: hf_command, _ fate: BrokerFate, _ taken: Int64
    ) -> [BrokerAnswer] {
        let turn = turns[CommandKey(query.id), default: 0] + 1
        turns[CommandKey(query.id)] = turn
        var faults = BrokerFaults(query.id, turn: turn, seed: seed)
        let isLost = faults.chance(settings.snapshotLost)
        var isFailed = faults.chance(settings.snapshotFailed)
        if let outage = outages.outage(at: taken) {
            if outage.isDeaf { return [] }
            isFailed = true
        }
        if isLost { return [] }
        var snapshot = BrokerSnapshot(head: hf_reconcile())
        snapshot.head.account = query.account
        snapshot.head.asked_at = taken
        snapshot.head.command = query.id
        snapshot.head.failed = isFailed ? 1 : 0
        if !isFailed { fill(&snapshot, query.account, taken) }
        return [
            BrokerAnswer(time: taken + 2 * fate.transit, content: .snapshot(snapshot))
        ]
    }

    /// As of that instant: orders that end later have not happened.
    private func fill(_ snapshot: inout BrokerSnapshot, _ account: UInt64, _ time: Int64) {
        for place in positions.live where positions[place].account == account {
            guard let phase = positions[place].phase(at: time), phase.volume > 0 else { continue }
            snapshot.positions.append(record(of: positions[place], phase))
        }
        for deal in book.deals.reversed() where deal.account == account {
            if deal.time < time - settings.history { break }
            var faults = BrokerFaults(deal.number, "history", seed: seed)
            let lag = faults.below(settings.historyLag + 1)
            guard deal.entry == .closes, deal.time + lag <= time else { continue }
            snapshot.deals.append(record(of: deal))
        }
        snapshot.deals.reverse()
        snapshot.head.positions = UInt32(snapshot.positions.count)
        snapshot.head.deals = UInt32(snapshot.deals.count)
        snapshot.head.balance = balance(account, at: time)
        snapshot.head.present = UInt32(HF_BROKER_BALANCE)
    }

    private func record(
        of position: BrokerPosition, _ phase: BrokerPosition.Phase
    ) -> hf_broker_position {
        var record = hf_broker_position()
        record.ticket = phase.ticket
        record.volume = phase.volume
        record.price = phase.price
        (record.sl, record.tp) = (phase.sl, phase.tp)
        record.commission = phase.commission
        record.magic = position.magic
        record.time = position.opened
        record.symbol = position.symbol
        record.present = UInt32(HF_BROKER_SL | HF_BROKER_TP | HF_BROKER_COMMISSION)
        record.side = UInt8(position.isLong ? HF_LONG : HF_SHORT)
        FixedText.write(position.comment, into: &record.client_id)
        return record
    }
}
