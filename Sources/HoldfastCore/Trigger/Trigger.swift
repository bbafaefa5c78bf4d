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

    func isObserving(_ p: Row) -> Bool {
        let account = account(p)
        return account.pointee.lock.hold { account.pointee.isObserving }
    }

    /// Breaches that were recorded and are over can be recorded again.
    func rearm(_ market: MarketRow, _ long: Int64, _ short: Int64) {
        var slot = market.pointee.recorded
        while slot != none {
            let p = positions[slot]
            slot = p.pointee.recordedNext
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
    private func keepRecorded(_ p: Row) {
        let market = market(p)
        let slot = slot(of: p)
        if p.pointee.recordedBefore != none || market.pointee.recorded == slot { return }
        p.pointee.recordedNext = market.pointee.recorded
        if market.pointee.recorded != none {
            positions[market.pointee.recorded].pointee.recordedBefore = slot
        }
        market.pointee.recorded = slot
    }

    /// Takes it out when no breach of it is recorded any more.
    func forgetRecorded(_ p: Row) {
        let market = market(p)
        if p.pointee.stopRecorded || p.pointee.targetRecorded { return }
        let (before, next) = (p.pointee.recordedBefore, p.pointee.recordedNext)
        if before != none {
            positions[before].pointee.recordedNext = next
        } else if market.pointee.recorded == slot(of: p) {
            market.pointee.recorded = next
        }
        if next != none { positions[next].pointee.recordedBefore = before }
        (p.pointee.recordedBefore, p.pointee.recordedNext) = (none, none)
    }

    /// A trigger or request that made no command.
    mutating func record(
        _ p: Row, _ reason: Reason, what: What = .none, price: Int64, level: Int64, _ now: Int64
    ) {
        counters.recorded += 1
        var event = self.event(.recorded, p, now)
        event.reason = reason.rawValue
        event.what = what.rawValue
        event.price = price
        event.level = level
        emit(event)
    }

    /// An event about a position.
    func event(_ kind: EventKind, _ p: Row, _ now: Int64) -> hf_event {
        var event = hf_event()
        event.kind = kind.rawValue
        event.time = now
        event.position = p.pointee.id
        event.account = account(p).pointee.terms.id
        event.symbol = market(p).pointee.id
        event.side = p.pointee.side.rawValue
        return event
    }
}
