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
    }

    /// The intent's terms; a cancelled one's command carries its own.
    func origin(_ life: UInt32) -> Origin {
        if let intent = lives[life].pointee.intent, intent.phase != .waiting {
            return Origin(
                reason: intent.reason, escalatedFrom: intent.escalatedFrom,
                triggerPrice: intent.triggerPrice, level: intent.level)
        }
        let command = lives[life].pointee.command
        return Origin(
            reason: command.reason, triggerPrice: command.triggerPrice, level: command.level)
    }

    /// Of a finished command: the live intent's terms if it is one of its own.
    func origin(_ life: UInt32, _ command: hf_command) -> Origin {
        if isOwn(life, command.id.count) { return origin(life) }
        return Origin(
            reason: Reason(rawValue: command.reason) ?? .unknown,
            triggerPrice: command.trigger_price, level: command.level)
    }

    /// The last part is closed: the position leaves the registry for the history.
    mutating func close(_ p: Row, _ origin: Origin, volume: Int64, price: Int64, _ now: Int64) {
        endCommands(p, now)
        var record = self.record(of: p)
        record.state = PositionState.closed.rawValue
        record.reason = origin.reason.rawValue
        record.escalated_from = origin.escalatedFrom.rawValue
        record.closed = now
        record.close_price = price
        let sign = p.pointee.sign
        if origin.triggerPrice != 0 {
            record.slippage = sign * (origin.triggerPrice - price)
            record.slippage_level = origin.level == 0 ? 0 : sign * (origin.level - price)
            record.known |= UInt32(HF_KNOWN_SLIPPAGE)
        }
        emit(closedEvent(record, volume: volume, level: origin.level, now))
        retire(p, record)
    }

    private func closedEvent(
        _ record: hf_position, volume: Int64, level: Int64, _ now: Int64
    ) -> hf_event {
        var event = hf_event()
        event.kind = EventKind.closed.rawValue
        event.time = now
        event.position = record.id
        event.account = record.account
        event.symbol = record.symbol
        event.side = record.side
        event.state = record.state
        event.command = record.command
        event.reason = record.reason
        event.escalated_from = record.escalated_from
        event.volume = volume
        event.price = record.close_price
        event.level = level
        event.profit = record.realised
        event.commission = record.commission
        event.swap = record.swap
        event.fee = record.fee
        event.net = record.net
        event.slippage = record.slippage
        event.slippage_level = record.slippage_level
        event.known = record.known
        return event
    }

    /// What of its commands is still live is FAILED: there is nothing left to close.
    private mutating func endCommands(_ p: Row, _ now: Int64) {
        let life = p.pointee.life
        if life == none { return }
        if lives[life].pointee.intent?.phase == .held { market(p).pointee.held -= 1 }
        lives[life].pointee.intent = nil
        if lives[life].pointee.command.isLive {
            let (state, _) = LifeCycle.step(lives[life].pointee.command.state, .positionGone)
            finish(p, life, state, now)
        }
        endQuery(p, life, .failed, now)
        endLifeIfOver(p, life)
    }

    private mutating func retire(_ p: Row, _ record: hf_position) {
        let market = market(p)
        let account = account(p)
        unpark(p)
        (p.pointee.stopRecorded, p.pointee.targetRecorded) = (false, false)
        forgetRecorded(p)
        release(p)
        let place = p.pointee.leaf
        withBook(p) { $1.remove(&$0, place) }
        dropRules(p)
        market.pointee.positions -= 1
        account.pointee.lock.hold { account.pointee.positions -= 1 }
        let closed = History.Closed(
            record: record, accountIndex: p.pointee.account,
            tickSize: market.pointee.terms.tick_size,
            tickValue: market.pointee.terms.tick_value, unmatched: p.pointee.unmatched,
            newest: newest(p), lastTold: p.pointee.lastTold)
        if let evicted = shared.pointee.history.append(closed), evicted.ticket != 0 {
            shared.pointee.tickets.remove(evicted.account, evicted.ticket)
        }
        shared.pointee.directory.remove(p.pointee.id)
        if !p.pointee.clientID.isEmpty {
            let key = ClientKey(account.pointee.terms.id, p.pointee.clientID)
            shared.pointee.clients.remove(key.a, key.b)
        }
        shared.pointee.openPositions.pointee.subtract(1, ordering: .relaxed)
        counters.positions_closed += 1
        p.pointee.id = 0
        positions.give(slot(of: p))
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
