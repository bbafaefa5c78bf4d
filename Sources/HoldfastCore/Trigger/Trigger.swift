import CHoldfast
import HoldfastKernels

/// The trigger decides what becomes of a breach that the book reports.
extension Stripe {
    /// - Parameters:
    ///   - isStop: the book's word: the stop fired, else the target.
    ///   - price: watched.
    mutating func breached(_ p: Row, isStop: Bool, _ price: Int64, _ now: Int64) {
        counters.breaches += 1
        if p.pointee.stopRecorded || p.pointee.targetRecorded {
            rearm(p, price)
            judgeAgain(p, price, now)
            return
        }
        fire(p, isStop: isStop, price, now)
    }

    private mutating func fire(_ p: Row, isStop: Bool, _ price: Int64, _ now: Int64) {
        sync(p)
        let natural = p.pointee.sign * price
        let reason = isStop ? (p.pointee.setBy == .trailing ? Reason.trailing : .sl) : .tp
        let priority = isStop ? Priority.sl : .tp
        let level = isStop ? p.pointee.stop : p.pointee.target
        if isObserving(p) {
            if isStop { p.pointee.stopRecorded = true } else { p.pointee.targetRecorded = true }
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

    /// The price is back on the safe side of a level whose breach was recorded.
    private func rearm(_ p: Row, _ price: Int64) {
        let sign = p.pointee.sign
        if p.pointee.stopRecorded && price > sign * p.pointee.stop {
            p.pointee.stopRecorded = false
        }
        if p.pointee.targetRecorded && price < sign * p.pointee.target {
            p.pointee.targetRecorded = false
        }
        watch(p)
    }

    /// A re-armed position may have another level breached by the same price.
    private mutating func judgeAgain(_ p: Row, _ price: Int64, _ now: Int64) {
        let sign = p.pointee.sign
        if p.pointee.stop != 0 && !p.pointee.stopRecorded && price <= sign * p.pointee.stop {
            fire(p, isStop: true, price, now)
        } else if p.pointee.target != 0 && !p.pointee.targetRecorded
            && !p.pointee.stopRecorded && price >= sign * p.pointee.target
        {
            fire(p, isStop: false, price, now)
        }
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
