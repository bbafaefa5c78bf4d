import CHoldfast

/// The end of a position.
extension Stripe {
    /// What the close is measured against.
    struct Origin {
        var reason: Reason
        var escalatedFrom = Reason.none
        /// 0: nothing of ours asked for it, or there was no quote.
        var triggerPrice: Int64 = 0
        var level: Int64 = 0
        /// The position whose intent it is; 0: none of ours.
        var position: UInt64 = 0
    }

    /// The intent's terms; a cancelled one's command carries its own.
    mutating func origin(_ life: UInt32) -> Origin {
        if let intent = lives[life].pointee.intent, intent.phase != .waiting {
            return Origin(
                reason: intent.reason, escalatedFrom: intent.escalatedFrom,
                triggerPrice: intent.triggerPrice, level: intent.level,
                position: intentOwner(life))
        }
        let command = lives[life].pointee.command
        return Origin(
            reason: command.reason, triggerPrice: command.triggerPrice, level: command.level,
            position: intentOwner(life))
    }

    private mutating func intentOwner(_ life: UInt32) -> UInt64 {
        positions[lives[life].pointee.position].pointee.id
    }

    /// Of a finished command: the live intent's terms if it is one of its own.
    mutating func origin(_ life: UInt32, _ command: hf_command) -> Origin {
        if isOwn(life, command.id.count) { return origin(life) }
        return Origin(
            reason: Reason(rawValue: command.reason) ?? .unknown,
            triggerPrice: command.trigger_price, level: command.level)
    }

    /// The last part is closed: the position leaves the registry for the history.
    mutating func close(_ p: Row, _ origin: Origin, volume: Int64, price: Int64, _ now: Int64) {
        endCommands(p, .positionGone, now)
        let record = withUnsafeMutablePointer(to: &closing.pointee.record) { $0 }
        write(p, to: record)
        record.pointee.state = PositionState.closed.rawValue
        record.pointee.reason = origin.reason.rawValue
        record.pointee.escalated_from = origin.escalatedFrom.rawValue
        record.pointee.closed = now
        record.pointee.close_price = price
        let sign = p.pointee.sign
        if origin.triggerPrice != 0 {
            record.pointee.slippage = sign * (origin.triggerPrice - price)
            record.pointee.slippage_level = origin.level == 0 ? 0 : sign * (origin.level - price)
            record.pointee.known |= UInt32(HF_KNOWN_SLIPPAGE)
        }
        derive(p)
        tell(closed: record, volume: volume, level: origin.level, now)
        retire(p)
    }

    /// What only a closed position has.
    private mutating func derive(_ p: Row) {
        let ledger = ledger(p)
        closing.pointee.exits = ledger.pointee.exits
        closing.pointee.isConverted = !isPlain(accountIndex(p), market(p))
        if !closing.pointee.isConverted || p.pointee.stopFirst == 0 { return }
        // A loss, and converted as one, at the rates of now.
        let distance = abs(p.pointee.openPrice - p.pointee.stopFirst)
        let risk = money(p, -Int128(distance) * Int128(ledger.pointee.volumeInitial))
        closing.pointee.risk = risk.map { -$0 }
    }

    private mutating func tell(
        closed record: UnsafeMutablePointer<hf_position>, volume: Int64, level: Int64, _ now: Int64
    ) {
        let event = event(.closed, now)
        event.pointee.position = record.pointee.id
        event.pointee.account = record.pointee.account
        event.pointee.symbol = record.pointee.symbol
        event.pointee.side = record.pointee.side
        event.pointee.state = record.pointee.state
        event.pointee.command = record.pointee.command
        event.pointee.reason = record.pointee.reason
        event.pointee.escalated_from = record.pointee.escalated_from
        event.pointee.volume = volume
        event.pointee.price = record.pointee.close_price
        event.pointee.level = level
        event.pointee.profit = record.pointee.realised
        event.pointee.commission = record.pointee.commission
        event.pointee.swap = record.pointee.swap
        event.pointee.fee = record.pointee.fee
        event.pointee.net = record.pointee.net
        event.pointee.slippage = record.pointee.slippage
        event.pointee.slippage_level = record.pointee.slippage_level
        event.pointee.known = record.pointee.known
        if record.pointee.known & UInt32(HF_KNOWN_REALISED) == 0 {
            event.pointee.known &= ~UInt32(HF_KNOWN_PROFIT)
        }
        emit(event)
    }

    /// What of its commands is still live ends: there is nothing left to close.
    /// - Parameter cause: it is gone, or turned over.
    mutating func endCommands(_ p: Row, _ cause: CommandEvent, _ now: Int64) {
        let life = p.pointee.life
        if life == none { return }
        if lives[life].pointee.intent?.phase == .held { market(p).pointee.held -= 1 }
        lives[life].pointee.intent = nil
        if lives[life].pointee.command.isLive {
            let (state, _) = LifeCycle.step(lives[life].pointee.command.state, cause)
            finish(p, life, state, now)
        }
        end(modify: p, life, cause == .turnedOver ? .superseded : .failed, now)
        endQuery(p, life, cause == .turnedOver ? .superseded : .failed, now)
        endLifeIfOver(p, life)
    }

    /// The history keeps it no longer: no ticket or symbol leads to it.
    private mutating func forget(_ evicted: History.Evicted) {
        if evicted.ticket != 0 {
            // A turned position may have passed its ticket on.
            shared.pointee.tickets.remove(evicted.account, evicted.ticket, where: evicted.id)
        }
        if evicted.former != 0 {
            shared.pointee.formers.remove(evicted.account, evicted.former, where: evicted.id)
        }
        shared.pointee.nets.remove(
            UInt64(evicted.accountIndex), UInt64(evicted.symbol), where: evicted.id)
    }

    /// `closing` holds its record.
    private mutating func retire(_ p: Row) {
        let market = market(p)
        let account = account(p)
        unpark(p)
        (p.pointee.stopRecorded, p.pointee.targetRecorded) = (false, false)
        forgetRecorded(p)
        dropDisaster(p)
        release(p)
        let place = p.pointee.leaf
        withBook(p) { $1.remove(&$0, place) }
        dropRules(p)
        market.pointee.positions -= 1
        let ledger = ledger(p)
        let wasOpen = ledger.pointee.volumeInitial > 0
        (wasOpen ? account.pointee.positions : account.pointee.entries)
            .pointee.subtract(1, ordering: .relaxed)
        closing.pointee.accountIndex = accountIndex(p)
        group(p).pointee.count -= 1
        closing.pointee.currency = account.pointee.currency
        closing.pointee.tickSize = market.pointee.terms.tick_size
        closing.pointee.tickValue = market.pointee.terms.tick_value
        closing.pointee.unmatched = ledger.pointee.unmatched
        closing.pointee.paired = ledger.pointee.paired
        closing.pointee.entryTold = ledger.pointee.entryTold
        closing.pointee.former = ledger.pointee.former
        (closing.pointee.lost, closing.pointee.lostAt) = (
            ledger.pointee.lost, ledger.pointee.lostAt
        )
        closing.pointee.known = ledger.pointee.isMoneyKnown ? ledger.pointee.realised : nil
        closing.pointee.successor = 0
        closing.pointee.newest = newest(p)
        closing.pointee.lastTold = ledger.pointee.lastTold
        if let evicted = shared.pointee.history.append(closing) { forget(evicted) }
        let isTold = ledger.pointee.unmatched > 0 || ledger.pointee.entryTold.volume > 0
        let isNamed = ledger.pointee.isNamed
        if account.pointee.isNetting && !isTold {
            shared.pointee.nets.remove(
                UInt64(accountIndex(p)), UInt64(market.pointee.id))
        }
        shared.pointee.directory.remove(
            p.pointee.id, shared.pointee.places.number(index, slot(of: p)))
        if p.pointee.label != none && !labels[p.pointee.label].pointee.clientID.isEmpty {
            let key = ClientKey(
                account.pointee.terms.id, labels[p.pointee.label].pointee.clientID)
            shared.pointee.clients.remove(key.a, key.b)
        }
        shared.pointee.openPositions.pointee.subtract(1, ordering: .relaxed)
        if wasOpen { counters.positions_closed += 1 }
        giveRows(p)
        let id = p.pointee.id
        p.pointee.id = 0
        positions.give(slot(of: p))
        if isNamed { partnerIsGone(id, closing.pointee.record.closed) }
    }
}

/// A client id of an account as a key: two hashes of 64 bits.
struct ClientKey {
    let a: UInt64
    let b: UInt64

    init(_ account: UInt64, _ id: Text40) {
        (a, b) = withUnsafeBytes(of: (account, id.words)) {
            (XXH64.hash($0, seed: 1), XXH64.hash($0, seed: 2))
        }
    }
}
