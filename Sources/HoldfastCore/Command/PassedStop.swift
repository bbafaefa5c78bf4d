import CHoldfast

/// A stop at the broker that the price has passed has probably fired, whoever was away. On a
/// netting account a close beside it would open the reverse: the next snapshot says first what is
/// left.
extension Stripe {
    /// The broker has confirmed where it lies.
    mutating func lie(_ row: UnsafeMutablePointer<Disaster>, _ p: Row, at level: Int64) {
        row.pointee.placed = level
        (row.pointee.passed, row.pointee.wasReached, row.pointee.believed) = (.max, false, .min)
        watch(row, p)
    }

    /// From which price on it is passed: bids for longs, negated asks for shorts.
    private mutating func watch(_ row: UnsafeMutablePointer<Disaster>, _ p: Row) {
        let isKnown = row.pointee.passed != .max && row.pointee.wasReached
        if row.pointee.placed == 0 || isKnown || !account(p).pointee.isNetting { return }
        let (market, level) = (market(p), p.pointee.sign * row.pointee.placed)
        if p.pointee.side == .long {
            market.pointee.longStops = max(market.pointee.longStops, level)
        } else {
            market.pointee.shortStops = max(market.pointee.shortStops, level)
        }
    }

    /// A usable quote has come, and nothing was judged by it yet. The broker's own quotes are wider
    /// than these by what it adds: it may be there one spread earlier.
    mutating func passStops(_ market: MarketRow, _ now: Int64) {
        let quote = market.pointee.quote
        let spread = max(quote.ask - quote.bid, 0)
        let (bid, ask) = (quote.bid - spread, -quote.ask - spread)
        if bid > market.pointee.longStops && ask > market.pointee.shortStops { return }
        (market.pointee.longStops, market.pointee.shortStops) = (.min, .min)
        var slot = market.pointee.disasters
        while slot != none {
            let p = positions[slot]
            guard let row = disaster(p) else { return }
            slot = row.pointee.next
            let price = (p.pointee.side == .long ? bid : ask) - p.pointee.sign * row.pointee.placed
            if row.pointee.placed != 0 && price <= 0 {
                pass(row, p, isReached: price <= -spread, now)
            }
            watch(row, p)
        }
    }

    private mutating func pass(
        _ row: UnsafeMutablePointer<Disaster>, _ p: Row, isReached: Bool, _ now: Int64
    ) {
        let isMore = isReached && !row.pointee.wasReached
        let isBelieved = row.pointee.passed == .max && now < row.pointee.believed
        if !isMore && (isBelieved || row.pointee.passed != .max) || !account(p).pointee.isNetting {
            return
        }
        row.pointee.wasReached = isReached
        row.pointee.passed = now
        let life = p.pointee.life
        guard life != none, let intent = lives[life].pointee.intent, mustLook(p) else { return }
        let command = lives[life].pointee.command
        if intent.phase != .out || !command.isLive || command.state != .pending { return }
        withdraw(p, life, now)
        lives[life].pointee.intent?.parent = id(of: p, command)
        look(p, life, now)
    }

    /// Whether a close has to wait for a snapshot. Without a schedule none would come.
    mutating func mustLook(_ p: Row) -> Bool {
        guard let row = disaster(p) else { return false }
        return row.pointee.passed != .max && account(p).pointee.terms.sync_every > 0
    }

    /// The intent waits; one that waits for longer than an executor may take is told, once.
    mutating func look(_ p: Row, _ life: UInt32, _ now: Int64) {
        guard let intent = lives[life].pointee.intent else { return }
        arm(p, life, due: now + Timing.deadline(intent.priority))
        if intent.phase == .held { market(p).pointee.held -= 1 }
        if intent.phase != .looking {
            lives[life].pointee.intent?.phase = .looking
            lives[life].pointee.intent?.notBefore = .min
            let price = market(p).pointee.closingPrice(p.pointee.side)
            record(p, intent.reason, what: .waiting, price: price, level: intent.level, now)
        } else if intent.notBefore == .min {
            // Not in use while it waits: the instant of the alarm.
            lives[life].pointee.intent?.notBefore = now
            let event = self.event(.alarm, p, now)
            event.pointee.what = What.waiting.rawValue
            event.pointee.reason = intent.reason.rawValue
            counters.alarms += 1
            emit(event)
        }
    }

    /// A snapshot that was asked for at an instant has the position: the stop did not fire.
    mutating func see(there p: Row, askedAt: Int64, _ now: Int64) {
        guard let row = disaster(p), mustLook(p), row.pointee.passed < askedAt else { return }
        (row.pointee.passed, row.pointee.believed) = (
            .max, now + Timing.deadline(Priority.sl.rawValue)
        )
        watch(row, p)
        let life = p.pointee.life
        if life != none && lives[life].pointee.intent?.phase == .looking {
            sendNext(p, life, now)
        }
    }
}
