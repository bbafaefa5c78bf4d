import CHoldfast
import HoldfastLab

/// Snapshots drawn around what the model holds: mostly the truth, and all ways to differ from it.
extension HistoryGenerator {
    mutating func snapshot(_ model: ExactModel) -> HistoryInput {
        if let last = lastSnapshot, random.chance(ppm: 80_000) { return again(last) }
        let account = UInt64(1 + random.below(3))
        let sync = model.accounts[account]?.sync
        var record = hf_reconcile()
        let ages: [Int64] = [0, 1, 100_000_000, Self.second, 3 * Self.second, 10 * Self.second]
        _ = hf_reconcile_init(&record, account, now - ages[Int(random.below(6))])
        if random.chance(ppm: 60_000), let asked = sync?.asked, asked > 0 {
            record.asked_at = asked - random.below(2) * Self.second
        }
        record.failed = random.chance(ppm: 60_000) ? 1 : 0
        if let query = sync?.query, query.isOut, random.chance(ppm: 800_000) {
            record.command = query.id.record
        } else if random.chance(ppm: 20_000) {
            record.command = hf_command_id(owner: 1 << 63 + account, count: 999, epoch: 1)
        }
        var snapshot = ModelSnapshot(record: record)
        if record.failed == 0 {
            for ours in model.positions where ours.account == account {
                list(ours, &snapshot, model)
            }
            if random.chance(ppm: 100_000) { strange(&snapshot) }
            shuffle(&snapshot.positions)
        }
        lastSnapshot = snapshot
        return .snapshot(snapshot, now)
    }

    /// The same list once more, as it was or asked for now.
    private mutating func again(_ last: ModelSnapshot) -> HistoryInput {
        var last = last
        if random.chance(ppm: 700_000) { last.record.asked_at = now }
        last.record.command = hf_command_id()
        return .snapshot(last, now)
    }

    /// One of ours as the broker may have it.
    private mutating func list(
        _ ours: ModelPosition, _ snapshot: inout ModelSnapshot, _ model: ExactModel
    ) {
        let isNamed = ours.ticket != 0 || !ours.clientID.isEmpty
        guard ours.isOpen else {
            // A list that is late still has what is closed.
            let isTaken = model.positions.contains {
                $0.id != ours.id
                    && ($0.ticket == ours.ticket || $0.clientID == ours.clientID)
            }
            if isNamed, ours.ticket != 0, !isTaken, random.chance(ppm: 20_000) {
                snapshot.positions.append(broker(ours, volume: ours.volumeInitial))
            }
            return
        }
        let fate = isNamed ? random.below(100) : 99
        guard fate < 88 else {
            if ours.ticket != 0, fate < 94 { snapshot.deals.append(closing(ours)) }
            return
        }
        var theirs = broker(ours, volume: ours.volume)
        let step = model.symbols[ours.symbol].record.volume_step
        let isDoubted = ours.live?.state == HF_COMMAND_UNKNOWN
        switch random.below(100) {
        case 0..<5: theirs.volume = max(step, ours.volume - step * (1 + random.below(3)))
        case 5..<7 where !isDoubted: theirs.volume += step
        case 7..<10: theirs.price += random.below(5) - 2
        case 10..<12:
            theirs.present |= UInt32(HF_BROKER_COMMISSION) | UInt32(HF_BROKER_SWAP)
            theirs.commission = -random.below(100) * 1_000_000
            theirs.swap = random.below(3) * 1_000_000
        case 12..<15 where !ours.clientID.isEmpty:
            ticket += 1
            theirs.ticket = ticket
        default: break
        }
        theirs.price = max(1, theirs.price)
        snapshot.positions.append(theirs)
    }

    private func broker(_ ours: ModelPosition, volume: Int64) -> hf_broker_position {
        var theirs = hf_broker_position()
        theirs.ticket = ours.ticket
        theirs.volume = volume
        theirs.price = ours.openPrice
        if ours.volume > 0 { theirs.price = Int64(ours.cost / Int128(ours.volume)) }
        theirs.symbol = UInt32(ours.symbol + 1)
        theirs.side = UInt8(ours.side == .long ? HF_LONG : HF_SHORT)
        setText(&theirs.client_id, ours.clientID)
        return theirs
    }

    private mutating func closing(_ ours: ModelPosition) -> hf_deal {
        var deal = hf_deal()
        deal.account = ours.account
        deal.ticket = ours.ticket
        deal.volume = random.chance(ppm: 800_000) ? ours.volume : max(1, ours.volume / 2)
        deal.price = 1000 + random.below(20) - 10
        deal.reason = UInt8(random.below(4))
        deal.deal = number()
        return deal
    }

    /// What only the broker has.
    private mutating func strange(_ snapshot: inout ModelSnapshot) {
        var theirs = hf_broker_position()
        let symbol = random.below(3)
        theirs.symbol = UInt32(symbol + 1)
        theirs.side = UInt8(random.chance(ppm: 500_000) ? HF_LONG : HF_SHORT)
        theirs.volume = Self.lot / 10 * (1 + random.below(3))
        theirs.price = 1000 + random.below(40) - 20
        ticket += 1
        theirs.ticket = ticket
        switch random.below(10) {
        case 0: theirs.symbol = 0
        case 1: theirs.volume += 1
        case 2: theirs.ticket = 0
        case 3: theirs.time = snapshot.record.asked_at - Self.second
        default: break
        }
        snapshot.positions.append(theirs)
    }

    private mutating func shuffle(_ positions: inout [hf_broker_position]) {
        guard positions.count > 1 else { return }
        for place in positions.indices.dropFirst() {
            positions.swapAt(place, Int(random.below(Int64(place + 1))))
        }
    }

    // MARK: Executors

    /// Down and up, fewer at a time, a heartbeat.
    mutating func executor() -> HistoryInput {
        var executor = hf_executor()
        _ = hf_executor_init(&executor, random.chance(ppm: 800_000) ? 1 : 3)
        if random.chance(ppm: 400_000) { executor.up = 0 }
        if random.chance(ppm: 300_000) { executor.in_flight_max = UInt32(1 + random.below(3)) }
        if random.chance(ppm: 300_000) { executor.heartbeat_late = 3 * Self.second }
        return .executor(executor, now)
    }
}
