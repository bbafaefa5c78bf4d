import CHoldfast
import HoldfastKernels

/// A trailing rule of one position.
struct RuleRow {
    var id: UInt64
    var position: UInt64
    var next: UInt32
    var distance: Int64
}

/// Levels and the book: what is watched, what trails, and what stands in force.
extension Stripe {
    typealias Row = UnsafeMutablePointer<Position>

    @inline(__always)
    func withBook<Answer>(
        _ p: Row, _ body: (inout Book, BookFace) -> Answer
    ) -> Answer {
        let market = market(p)
        return p.pointee.side == .long
            ? body(&market.pointee.longs, shared.pointee.face)
            : body(&market.pointee.shorts, shared.pointee.face)
    }

    func leaf(_ p: Row) -> Leaf {
        let place = p.pointee.leaf
        return withBook(p) { $1.read(&$0, place) }
    }

    /// Writes the stop that the book has trailed to back to the position.
    func sync(_ p: Row) { sync(p, down: leaf(p).down) }

    /// - Parameter down: the leaf's stop.
    func sync(_ p: Row, down: Int64) {
        if down == .min { return }
        let natural = p.pointee.sign * down
        if natural <= 0 { return }
        if p.pointee.stop == 0 || down > p.pointee.sign * p.pointee.stop {
            p.pointee.stop = natural
            p.pointee.setBy = .trailing
        }
    }

    /// The stop in force and what set it.
    func stopInForce(_ p: Row) -> (level: Int64, setBy: Reason) {
        sync(p)
        return (p.pointee.stop, p.pointee.stop == 0 ? .none : p.pointee.setBy)
    }

    /// The class of the live intent; 0 without one.
    func livePriority(_ p: Row) -> UInt8 {
        p.pointee.life == none ? 0 : lives[p.pointee.life].pointee.intent?.priority ?? 0
    }

    /// Whether the stop trails now: not while a full close is live.
    func isTrailing(_ p: Row) -> Bool {
        p.pointee.trail > 0 && !p.pointee.isParked
            && livePriority(p) <= Priority.partial.rawValue
    }

    /// Puts into the book what is to be watched under the live intent: everything without one, SL
    /// and TP under a partial, SL under a TP or manual close, nothing under an SL or more.
    func watch(_ p: Row) {
        let priority = livePriority(p)
        let sign = p.pointee.sign
        var down = Int64.min
        var up = Int64.max
        if p.pointee.stop != 0 && priority < Priority.sl.rawValue { down = sign * p.pointee.stop }
        if p.pointee.target != 0 && priority < Priority.tp.rawValue {
            up = sign * p.pointee.target
        }
        var distance = isTrailing(p) ? p.pointee.trail : Int64.max
        // A breach that was recorded is not reported again before it is over.
        // While the stop's lasts, the target's says nothing: the stop wins.
        if p.pointee.stopRecorded { (down, up, distance) = (.min, .max, .max) }
        if p.pointee.targetRecorded { up = .max }
        let place = p.pointee.leaf
        withBook(p) { $1.modify(&$0, place, down, up, distance) }
    }

    /// Starts the trail from the quote in force, or from the next one when there is none to go by.
    func startTrail(_ p: Row) {
        if p.pointee.trail == 0 { return }
        if let price = market(p).pointee.trailed(p.pointee.side) {
            unpark(p)
            take(p, candidateFrom: price, market: price)
        } else {
            park(p, peak: .min)
        }
    }

    /// Takes a candidate if it is strictly better and strictly on the safe side of the market.
    private func take(_ p: Row, candidateFrom price: Int64, market current: Int64) {
        let candidate = market(p).pointee.roundedUp(price - p.pointee.trail)
        let natural = p.pointee.sign * candidate
        if candidate >= current || natural <= 0 { return }
        if p.pointee.stop != 0 && candidate <= p.pointee.sign * p.pointee.stop { return }
        p.pointee.stop = natural
        p.pointee.setBy = .trailing
    }

    /// Lets the trail wait for the next usable quote.
    /// - Parameter peak: a watched price that counts then too; Int64.min for none.
    func park(_ p: Row, peak: Int64) {
        if p.pointee.trail == 0 { return }
        p.pointee.parkedPeak = peak
        if p.pointee.isParked { return }
        let market = market(p)
        let slot = slot(of: p)
        p.pointee.isParked = true
        p.pointee.parkedBefore = none
        p.pointee.parkedNext = market.pointee.parked
        if market.pointee.parked != none {
            positions[market.pointee.parked].pointee.parkedBefore = slot
        }
        market.pointee.parked = slot
    }

    func unpark(_ p: Row) {
        if !p.pointee.isParked { return }
        let (before, next) = (p.pointee.parkedBefore, p.pointee.parkedNext)
        if before != none {
            positions[before].pointee.parkedNext = next
        } else {
            market(p).pointee.parked = next
        }
        if next != none { positions[next].pointee.parkedBefore = before }
        p.pointee.isParked = false
        (p.pointee.parkedBefore, p.pointee.parkedNext) = (none, none)
    }

    /// The next usable quote has been tested: parked trails start.
    func startParked(_ market: UnsafeMutablePointer<Market>) {
        var slot = market.pointee.parked
        while slot != none {
            let p = positions[slot]
            slot = p.pointee.parkedNext
            guard let price = market.pointee.watched(p.pointee.side) else { continue }
            let peak = p.pointee.parkedPeak
            unpark(p)
            if livePriority(p) <= Priority.partial.rawValue {
                let from = peak == .min ? price : max(peak, price)
                take(p, candidateFrom: from, market: price)
            }
            watch(p)
        }
    }

    func slot(of p: Row) -> UInt32 {
        UInt32(truncatingIfNeeded: p - positions.base)
    }

    // MARK: rules

    func findRule(_ p: Row, _ id: UInt64) -> UInt32? {
        var at = p.pointee.rules
        while at != none {
            if rules[at].pointee.id == id { return at }
            at = rules[at].pointee.next
        }
        return nil
    }

    /// Adds or replaces a trailing rule; the trail starts over from the quote in force.
    mutating func putRule(_ p: Row, _ rule: hf_rule) {
        sync(p)
        if let at = findRule(p, rule.id) {
            rules[at].pointee.distance = rule.distance
        } else {
            let at = rules.take()
            rules[at].initialize(
                to: RuleRow(
                    id: rule.id, position: p.pointee.id, next: p.pointee.rules,
                    distance: rule.distance))
            p.pointee.rules = at
        }
        refreshTrail(p)
        if livePriority(p) <= Priority.partial.rawValue { startTrail(p) }
        watch(p)
    }

    mutating func removeRule(_ p: Row, _ id: UInt64) {
        sync(p)
        var link: UnsafeMutablePointer<UInt32> = withUnsafeMutablePointer(
            to: &p.pointee.rules
        ) { $0 }
        while link.pointee != none {
            let at = link.pointee
            if rules[at].pointee.id == id {
                link.pointee = rules[at].pointee.next
                rules.give(at)
                break
            }
            link = withUnsafeMutablePointer(to: &rules[at].pointee.next) { $0 }
        }
        refreshTrail(p)
        watch(p)
    }

    /// All rules of the position apply: the closest trails.
    private func refreshTrail(_ p: Row) {
        var closest = Int64.max
        var at = p.pointee.rules
        while at != none {
            closest = min(closest, rules[at].pointee.distance)
            at = rules[at].pointee.next
        }
        p.pointee.trail = closest == .max ? 0 : closest
        if p.pointee.trail == 0 { unpark(p) }
    }

    /// Ends the rules of a position that is gone.
    mutating func dropRules(_ p: Row) {
        var at = p.pointee.rules
        while at != none {
            let next = rules[at].pointee.next
            shared.pointee.ruleOwners.remove(rules[at].pointee.id)
            shared.pointee.ruleCount.pointee.subtract(1, ordering: .relaxed)
            rules.give(at)
            at = next
        }
        p.pointee.rules = none
    }
}
