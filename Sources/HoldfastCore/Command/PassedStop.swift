import CHoldfast

/// What the price did at a stop that lies with the broker.
struct Passing {
    /// When it came there; Int64.max: not since the stop lies there, or since a snapshot had the
    /// position all the same.
    var at = Int64.max
    /// It was not only near.
    var wasReached = false
    /// Until then that snapshot is believed, unless the price was only near and reaches the stop.
    var believed = Int64.min
    /// To whom a close that is put off was last offered, and since when it waits for a snapshot.
    var offer = Offer()
    var offeredAt = Int64.min

    struct Offer: Equatable {
        /// The number of the intent's first command.
        var first: UInt32 = 0
        var session: UInt32 = 0
        /// That session has waited long enough.
        var isOver = false
    }
}

/// A stop at the broker that the price has passed has probably fired, whoever was away. On a
/// netting account a close beside it would open the reverse: it is *put off*, which is to say that
/// it does not stand in line, until the broker's list has the position.
extension Stripe {
    // MARK: the price and the stop

    /// The broker has confirmed where it lies. That says nothing of a stop that was passed before.
    mutating func lie(_ row: UnsafeMutablePointer<Disaster>, _ p: Row, at level: Int64) {
        row.pointee.placed = level
        if row.pointee.passing.at != .max { return }
        forget(row, p)
        let market = market(p)
        if market.pointee.hasQuote && market.pointee.isUsable { pass(row, p, market) }
    }

    /// It is as if the price had never been near; the time of who waits already runs on.
    private mutating func forget(_ row: UnsafeMutablePointer<Disaster>, _ p: Row) {
        (row.pointee.passing.at, row.pointee.passing.wasReached) = (.max, false)
        row.pointee.passing.believed = .min
        watch(row, p)
    }

    /// From which price on it is passed: bids for longs, negated asks for shorts.
    private mutating func watch(_ row: UnsafeMutablePointer<Disaster>, _ p: Row) {
        let isKnown = row.pointee.passing.at != .max && row.pointee.passing.wasReached
        if row.pointee.placed == 0 || isKnown || !account(p).pointee.isNetting { return }
        let (market, level) = (market(p), p.pointee.sign * row.pointee.placed)
        if p.pointee.side == .long {
            market.pointee.longStops = max(market.pointee.longStops, level)
        } else {
            market.pointee.shortStops = max(market.pointee.shortStops, level)
        }
    }

    /// A usable quote has come, and nothing was judged by it yet.
    mutating func passStops(_ market: MarketRow) {
        let spread = market.pointee.quote.spread
        if market.pointee.quote.bid - spread > market.pointee.longStops
            && -market.pointee.quote.ask - spread > market.pointee.shortStops
        {
            return
        }
        (market.pointee.longStops, market.pointee.shortStops) = (.min, .min)
        var slot = market.pointee.disasters
        while let (p, row) = next(disaster: &slot) {
            pass(row, p, market)
            watch(row, p)
        }
    }

    /// How far the price is from it.
    private mutating func room(
        _ row: UnsafeMutablePointer<Disaster>, _ p: Row, _ market: MarketRow
    ) -> Int64 {
        let (bid, ask) = (market.pointee.quote.bid, -market.pointee.quote.ask)
        return (p.pointee.side == .long ? bid : ask) - p.pointee.sign * row.pointee.placed
    }

    /// Looks whether the price is there. The broker's own quotes are wider than ours by what it
    /// adds: one spread earlier counts.
    private mutating func pass(
        _ row: UnsafeMutablePointer<Disaster>, _ p: Row, _ market: MarketRow
    ) {
        let room = room(row, p, market)
        if row.pointee.placed == 0 || room > market.pointee.quote.spread
            || !account(p).pointee.isNetting
        {
            return
        }
        let isMore = room <= 0 && !row.pointee.passing.wasReached
        let isKnown =
            row.pointee.passing.at != .max || market.pointee.time < row.pointee.passing.believed
        if isKnown && !isMore { return }
        (row.pointee.passing.at, row.pointee.passing.wasReached) = (market.pointee.time, room <= 0)
        let life = p.pointee.life
        if life != none { takeBack(p, life) }
    }

    /// A snapshot that was asked for at an instant has the position: what was passed before did not
    /// fire. That is believed while the price stays there, for as long as snapshots go on.
    mutating func see(there p: Row, askedAt: Int64, _ now: Int64) {
        guard let row = disaster(p) else { return }
        let (market, passed) = (market(p), row.pointee.passing.at)
        // A quote of after now came before the clock was set right.
        if passed == .max ? row.pointee.passing.believed <= now : askedAt <= passed && passed <= now
        {
            return
        }
        row.pointee.passing.at = .max
        // Snapshots come: the next wait is for one again.
        if row.pointee.passing.offer.isOver { row.pointee.passing.offer = Passing.Offer() }
        if room(row, p, market) <= market.pointee.quote.spread {
            row.pointee.passing.believed = stamp(market, now) + account(p).pointee.terms.patience
            watch(row, p)
        } else {
            forget(row, p)
        }
        let life = p.pointee.life
        if life != none && lives[life].pointee.isPutOff { lineUpAgain(p, life) }
    }

    // MARK: the close

    /// Whether a close may not stand in line. Without a schedule no snapshot would come.
    mutating func mustWait(_ p: Row, _ life: UInt32) -> Bool {
        guard let row = disaster(p), row.pointee.passing.at != .max,
            account(p).pointee.terms.sync_every > 0, command(life).pointee.action != .open
        else { return false }
        return row.pointee.passing.offer != offer(p, life, isOver: true)
    }

    private mutating func offer(_ p: Row, _ life: UInt32, isOver: Bool) -> Passing.Offer {
        let executor = executor(p)
        let session = executor.pointee.lock.hold { executor.pointee.epoch }
        let first = lives[life].pointee.intent?.firstCount ?? command(life).pointee.count
        return Passing.Offer(first: first, session: session, isOver: isOver)
    }

    /// Out of the line, if it stands there.
    private mutating func takeBack(_ p: Row, _ life: UInt32) {
        let executor = executor(p)
        let session = executor.pointee.lock.hold { executor.pointee.epoch }
        let command = lives[life].pointee.command
        if lives[life].pointee.isPutOff || !isDue(command, session) || !mustWait(p, life) { return }
        leave(p, life, command, executor)
        putOff(p, life)
    }

    /// It waits as before, in no line: its executor is told to come, which begins its time.
    mutating func putOff(_ p: Row, _ life: UInt32) {
        if lives[life].pointee.isPutOff { return }
        lives[life].pointee.isPutOff = true
        let executor = executor(p)
        executor.pointee.lock.hold {
            executor.pointee.putOff += 1
            executor.pointee.offersAt = .min
        }
        executor.pointee.waiting.pointee.add(1, ordering: .releasing)
        shared.pointee.bell.ring()
    }

    /// It is given out, settled, or stands in line again.
    mutating func endPutOff(_ p: Row, _ life: UInt32) {
        lives[life].pointee.isPutOff = false
        let executor = executor(p)
        executor.pointee.lock.hold { executor.pointee.putOff -= 1 }
        executor.pointee.waiting.pointee.subtract(1, ordering: .releasing)
    }

    /// It is given out as it may be: when it is put off again, its time begins anew.
    mutating func endOffer(_ p: Row) {
        guard let row = disaster(p), !row.pointee.passing.offer.isOver else { return }
        row.pointee.passing.offer = Passing.Offer()
    }

    private mutating func lineUpAgain(_ p: Row, _ life: UInt32) {
        endPutOff(p, life)
        line(up: p, life, isQuery: false)
        shared.pointee.bell.ring()
    }

    /// An executor is there, and no snapshot may come for whatever cause: it waits no longer than
    /// until its account would be STALE. This changes what is given out and nothing else, so it is
    /// in the recording by the ids that were.
    mutating func offer(_ executor: UnsafeMutablePointer<Executor>, _ now: Int64) {
        for life in 0..<UInt32(lives.used)
        where lives[life].pointee.position != none && lives[life].pointee.isPutOff {
            let p = positions[lives[life].pointee.position]
            guard self.executor(p) == executor, let row = disaster(p) else { continue }
            if mustWait(p, life) {
                let begun = offer(p, life, isOver: false)
                // Or the clock was set back.
                if row.pointee.passing.offer != begun || now < row.pointee.passing.offeredAt {
                    (row.pointee.passing.offer, row.pointee.passing.offeredAt) = (begun, now)
                }
                if now - row.pointee.passing.offeredAt < account(p).pointee.terms.patience {
                    continue
                }
                row.pointee.passing.offer.isOver = true
            }
            lineUpAgain(p, life)
        }
    }
}

extension hf_tick {
    /// None of a crossed quote.
    var spread: Int64 { max(ask - bid, 0) }
}
