import CHoldfast

/// One canonical record: words, little-endian, zero-padded to a fixed length.
struct Canonical {
    private var words: [UInt64] = []

    /// - Parameter kind: so that records of different kinds never look alike.
    init(_ kind: UInt64) { words.append(kind) }

    mutating func add(_ value: UInt64) { words.append(value) }
    mutating func add(_ value: Int64) { words.append(UInt64(bitPattern: value)) }
    mutating func add(_ value: UInt32) { words.append(UInt64(value)) }
    mutating func add(_ value: Int128) {
        words.append(UInt64(truncatingIfNeeded: value))
        words.append(UInt64(truncatingIfNeeded: value >> 64))
    }
    mutating func add(_ id: hf_command_id) {
        words.append(id.owner)
        words.append(UInt64(id.count) << 32 | UInt64(id.epoch))
    }
    mutating func add(bytes: UnsafeRawBufferPointer) {
        words.append(XXH64.hash(bytes))
    }

    var hash: UInt64 {
        words.withUnsafeBytes { XXH64.hash($0) }
    }
}

/// The live state of a stripe, as a wrapping sum over its records: no order, no slot, no stripe
/// shows.
extension Stripe {
    mutating func hash(_ market: MarketRow) -> UInt64 {
        var record = Canonical(1)
        withUnsafeBytes(of: market.pointee.terms) { record.add(bytes: $0) }
        record.add(market.pointee.id)
        record.add(market.pointee.time)
        record.add(market.pointee.tickTime)
        record.add(market.pointee.quoteTime)
        let quote = market.pointee.quote
        for value in [quote.time, quote.quote_time, quote.bid, quote.ask, quote.last, quote.volume]
        {
            record.add(value)
        }
        record.add(market.pointee.lateRow)
        record.add(UInt32(market.pointee.isBlind ? 1 : 0))
        return record.hash
    }

    mutating func hashPositions() -> UInt64 {
        var sum: UInt64 = 0
        for slot in 0..<UInt32(positions.used) where positions[slot].pointee.id != 0 {
            let p = positions[slot]
            sum = sum &+ hash(p)
            var rule = p.pointee.rules
            while rule != none {
                var record = Canonical(3)
                record.add(rules[rule].pointee.id)
                record.add(rules[rule].pointee.position)
                let terms = rules[rule].pointee.terms
                for value in [
                    terms.distance, terms.percent, terms.activation, terms.step,
                    terms.stepPercent, terms.secondProfit, terms.secondDistance,
                    terms.secondPercent, rules[rule].pointee.isActive ? 1 : 0,
                    rules[rule].pointee.isSecond ? 1 : 0,
                ] { record.add(value) }
                sum = sum &+ record.hash
                rule = rules[rule].pointee.next
            }
            if p.pointee.life != none { sum = sum &+ hashLife(p, p.pointee.life) }
        }
        return sum
    }

    private mutating func hash(_ p: Row) -> UInt64 {
        var record = Canonical(2)
        let position = self.record(of: p)
        withUnsafeBytes(of: position) { record.add(bytes: $0) }
        let ledger = ledger(p)
        record.add(ledger.pointee.cost)
        record.add(ledger.pointee.unmatched)
        if ledger.pointee.unmatched != 0 { addTold(p, to: &record) }
        record.add(p.pointee.isParked ? listed(p).pointee.parkedPeak : 0)
        record.add(UInt32(p.pointee.isParked ? 1 : 0))
        if withheldRow(p) != none { add(withheld[withheldRow(p)].pointee, to: &record) }
        record.add(UInt32(p.pointee.stopRecorded ? 1 : 0))
        record.add(UInt32(p.pointee.targetRecorded ? 1 : 0))
        record.add(p.pointee.commandCount)
        record.add(ledger.pointee.closeNotBefore)
        for value in [
            ledger.pointee.open.commission, ledger.pointee.open.swap, ledger.pointee.open.fee,
        ] {
            record.add(value)
        }
        record.add(ledger.pointee.exits)
        record.add(ledger.pointee.paired)
        record.add(ledger.pointee.touched)
        record.add(ledger.pointee.lost.volume)
        record.add(ledger.pointee.lost.cost)
        record.add(ledger.pointee.lostAt)
        record.add(ledger.pointee.absences)
        for value in [ledger.pointee.since, ledger.pointee.gained] { record.add(value) }
        record.add(UInt32(ledger.pointee.isAdopted ? 1 : 0))
        record.add(ledger.pointee.seenBeside)
        record.add(ledger.pointee.former)
        record.add(ledger.pointee.entryTold.volume)
        record.add(ledger.pointee.entryTold.cost)
        if let disaster = disaster(p)?.pointee {
            for value in [
                disaster.step, disaster.notBefore, Int64(disaster.backOffs), disaster.passing.at,
                disaster.passing.believed, disaster.passing.wasReached ? 1 : 0,
            ] {
                record.add(value)
            }
        }
        return record.hash
    }

    private mutating func add(_ row: Withheld, to record: inout Canonical) {
        for value in [
            row.stop.since, Int64(row.stop.ticks), row.target.since, Int64(row.target.ticks),
            row.graceSince, row.timer.isArmed ? row.timer.due : .max,
        ] { record.add(value) }
    }

    /// What acks told without a deal: a later deal is measured against it.
    private mutating func addTold(_ p: Row, to record: inout Canonical) {
        let account = account(p)
        account.pointee.lock.hold {
            var id = newest(p)
            for count in 1..<p.pointee.commandCount + 1 {
                id.count = count
                guard let told = account.pointee.finished.find(id)?.pointee.told, told.volume != 0
                else { continue }
                record.add(id)
                record.add(told.cost)
                for value in [told.volume, told.profit, told.commission, told.swap, told.fee] {
                    record.add(value)
                }
            }
        }
    }

    private mutating func hashLife(_ p: Row, _ at: UInt32) -> UInt64 {
        let life = lives[at].pointee
        var sum: UInt64 = 0
        if let intent = life.intent {
            var record = Canonical(4)
            record.add(p.pointee.id)
            for value in [
                intent.remaining, intent.triggerPrice, intent.triggerTime, intent.level,
                intent.notBefore,
            ] { record.add(value) }
            for value in [
                UInt32(intent.priority), UInt32(intent.reason.rawValue),
                UInt32(intent.escalatedFrom.rawValue), intent.isFull ? 1 : 0,
                intent.fillSwitched ? 1 : 0, intent.backOffs, intent.requotes, intent.attempt,
                UInt32(intent.phase.rawValue), intent.isHurried ? 1 : 0,
            ] { record.add(value) }
            record.add(intent.with)
            record.add(intent.parent)
            sum = sum &+ record.hash
        }
        for command in [command(at), query(at), modify(at)] where command.pointee.isLive {
            var record = Canonical(5)
            let whole = self.record(of: p, command)
            withUnsafeBytes(of: whole) { record.add(bytes: $0) }
            record.add(UInt32(life.isCancelled ? 1 : 0))
            sum = sum &+ record.hash
        }
        for timer in [life.timer, life.queryTimer, life.modifyTimer] where timer.isArmed {
            var record = Canonical(6)
            record.add(p.pointee.id)
            record.add(timer.due)
            record.add(UInt32(timer.kind.rawValue))
            sum = sum &+ record.hash
        }
        return sum
    }
}

extension WideRules {
    var hash: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<count {
            var record = Canonical(8)
            let rule = self[index].pointee
            withUnsafeBytes(of: RuleRow.Terms(rule)) { record.add(bytes: $0) }
            for value in [rule.id, rule.scope_id, rule.present, UInt64(rule.scope)] {
                record.add(value)
            }
            sum = sum &+ record.hash
        }
        return sum
    }
}

extension Rates {
    /// Those set by hand; the others are quotes of symbols.
    var hash: UInt64 {
        var sum: UInt64 = 0
        for at in 0..<count where pairs[at].stripe == nil {
            var record = Canonical(9)
            let quote = get(at) ?? (0, 0)
            for value in [pairs[at].base, pairs[at].quote] { record.add(value) }
            for value in [quote.bid, quote.ask] { record.add(value) }
            sum = sum &+ record.hash
        }
        return sum
    }
}

extension Account {
    var hash: UInt64 {
        var record = Canonical(7)
        withUnsafeBytes(of: terms) { record.add(bytes: $0) }
        record.add(balance)
        record.add(initial)
        record.add(UInt32(isMoneyKnown ? 1 : 0))
        record.add(open)
        record.add(asked)
        record.add(margin ?? 0)
        record.add(UInt64(losses))
        record.add(toldAt)
        record.add(booked)
        record.add(deals.hash)
        return record.hash
    }
}
