import CHoldfast
import HoldfastKernels

/// The trigger decides what becomes of a breach that the book reports.
extension Stripe {
    /// - Parameters:
    ///   - breach: the book's word: the stop fired, else the target. The leaf watches nothing now.
    ///   - price: watched.
    mutating func breached(_ p: Row, _ breach: Due, _ price: Int64, _ now: Int64) {
        sync(p, down: breach.down, distance: breach.distance)
        var isStop = breach.isStop
        if p.pointee.isJudged {
            let (down, up) = levels(p)
            isStop = price <= down
            if !isStop && price < up { return visit(p, price) }
        }
        if isFiltered(market(p)) { return judge(p, price, isTick: true, now) }
        counters.breaches += 1
        fire(p, isStop: isStop, price, now)
    }

    /// A level fires.
    mutating func fire(_ p: Row, isStop: Bool, _ price: Int64, _ now: Int64) {
        let natural = p.pointee.sign * price
        let reason = isStop ? (p.pointee.setBy == .trailing ? Reason.trailing : .sl) : .tp
        let priority = isStop ? Priority.sl : .tp
        let level = isStop ? p.pointee.stop : p.pointee.target
        if isObserving(p) {
            if isStop { p.pointee.stopRecorded = true } else { p.pointee.targetRecorded = true }
            keepRecorded(p)
            record(p, reason, price: natural, level: level, now)
            watch(p)
            return
        }
        raise(
            p,
            Wish(
                priority: priority.rawValue, reason: reason, volume: nil, price: natural,
                level: level),
            now)
    }

    mutating func isObserving(_ p: Row) -> Bool { account(p).pointee.isObserving }

    /// Breaches that were recorded and are over can be recorded again.
    mutating func rearm(_ market: MarketRow, _ long: Int64, _ short: Int64) {
        var slot = market.pointee.recorded
        while slot != none {
            let p = positions[slot]
            slot = listed(p).pointee.recordedNext
            let price = p.pointee.side == .long ? long : short
            let sign = p.pointee.sign
            // An account that no longer observes has its levels back.
            let isOver = !isObserving(p)
            let isStopOver = p.pointee.stopRecorded && (isOver || price > sign * p.pointee.stop)
            let isTargetOver =
                p.pointee.targetRecorded && (isOver || price < sign * p.pointee.target)
            if !isStopOver && !isTargetOver { continue }
            sync(p)
            if isStopOver { p.pointee.stopRecorded = false }
            if isTargetOver { p.pointee.targetRecorded = false }
            forgetRecorded(p)
            watch(p)
        }
    }

    /// Puts a position into the list of recorded breaches.
    private mutating func keepRecorded(_ p: Row) {
        let market = market(p)
        let slot = slot(of: p)
        let row = listed(p)
        if row.pointee.isRecorded { return }
        row.pointee.isRecorded = true
        row.pointee.recordedBefore = none
        row.pointee.recordedNext = market.pointee.recorded
        if market.pointee.recorded != none {
            listed(positions[market.pointee.recorded]).pointee.recordedBefore = slot
        }
        market.pointee.recorded = slot
    }

    /// Takes it out when no breach of it is recorded any more.
    mutating func forgetRecorded(_ p: Row) {
        if p.pointee.stopRecorded || p.pointee.targetRecorded || p.pointee.listed == none { return }
        let row = lists[p.pointee.listed]
        if !row.pointee.isRecorded { return }
        row.pointee.isRecorded = false
        let (before, next) = (row.pointee.recordedBefore, row.pointee.recordedNext)
        if before != none {
            listed(positions[before]).pointee.recordedNext = next
        } else {
            market(p).pointee.recorded = next
        }
        if next != none { listed(positions[next]).pointee.recordedBefore = before }
    }

    /// A trigger or request that made no command.
    mutating func record(
        _ p: Row, _ reason: Reason, what: What = .none, price: Int64, level: Int64, _ now: Int64
    ) {
        counters.recorded += 1
        let event = self.event(.recorded, p, now)
        event.pointee.reason = reason.rawValue
        event.pointee.what = what.rawValue
        event.pointee.price = price
        event.pointee.level = level
        emit(event)
    }

    /// An event about a position.
    mutating func event(
        _ kind: EventKind, _ p: Row, _ now: Int64
    ) -> UnsafeMutablePointer<hf_event> {
        let event = event(kind, now)
        event.pointee.position = p.pointee.id
        event.pointee.account = account(p).pointee.terms.id
        event.pointee.symbol = market(p).pointee.id
        event.pointee.side = p.pointee.side.rawValue
        if !author.isEmpty {
            event.pointee.by = unsafeBitCast(author, to: type(of: event.pointee.by))
        }
        return event
    }
}
