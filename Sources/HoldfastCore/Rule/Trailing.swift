import CHoldfast
import HoldfastKernels

/// Levels and the book: what is watched, what trails, and what stands in force.
extension Stripe {
    typealias Row = UnsafeMutablePointer<Position>

    @inline(__always)
    mutating func withBook<Answer>(
        _ p: Row, _ body: (inout Book, BookFace) -> Answer
    ) -> Answer {
        let market = market(p)
        return p.pointee.side == .long
            ? body(&market.pointee.longs, shared.pointee.face)
            : body(&market.pointee.shorts, shared.pointee.face)
    }

    @inline(__always)
    mutating func leaf(_ p: Row) -> Leaf {
        let place = p.pointee.leaf
        return withBook(p) { $1.read(&$0, place) }
    }

    /// Writes the stop that the book has trailed to back to the position.
    mutating func sync(_ p: Row) {
        let leaf = leaf(p)
        sync(p, down: leaf.down, distance: leaf.distance)
    }

    /// - Parameters:
    ///   - down, distance: of the leaf.
    mutating func sync(_ p: Row, down: Int64, distance: Int64) {
        if down == .min { return }
        let armed = p.pointee.stop == 0 ? .min : p.pointee.sign * p.pointee.stop
        if down <= armed { return }
        if p.pointee.isJudged {
            // The leaf's is a bound, by the highest price since it was written.
            if distance != .max { trail(p, from: down + distance, isLazy: true) }
            return
        }
        let natural = p.pointee.sign * down
        if natural <= 0 { return }
        p.pointee.stop = natural
        p.pointee.setBy = .trailing
    }

    /// The stop in force and what set it.
    mutating func stopInForce(_ p: Row) -> (level: Int64, setBy: Reason) {
        stopInForce(p, leaf(p))
    }

    /// - Parameter leaf: its leaf.
    mutating func stopInForce(_ p: Row, _ leaf: Leaf) -> (level: Int64, setBy: Reason) {
        sync(p, down: leaf.down, distance: leaf.distance)
        return (p.pointee.stop, p.pointee.stop == 0 ? .none : p.pointee.setBy)
    }

    /// The class of the live intent; 0 without one.
    mutating func livePriority(_ p: Row) -> UInt8 {
        p.pointee.life == none ? 0 : lives[p.pointee.life].pointee.intent?.priority ?? 0
    }

    /// Whether the stop trails now: not while a full close is live.
    mutating func isTrailing(_ p: Row) -> Bool {
        p.pointee.rules != none && !p.pointee.isParked && !p.pointee.isPending
            && livePriority(p) <= Priority.partial.rawValue
    }

    /// The levels to be watched under the live intent: everything without one, SL and TP under a
    /// partial, SL under a TP or manual close, nothing under an SL or more.
    mutating func levels(_ p: Row) -> (down: Int64, up: Int64) {
        let priority = livePriority(p)
        let sign = p.pointee.sign
        var down = Int64.min
        var up = Int64.max
        if p.pointee.stop != 0 && priority < Priority.sl.rawValue { down = sign * p.pointee.stop }
        if p.pointee.target != 0 && priority < Priority.tp.rawValue {
            up = sign * p.pointee.target
        }
        // Nothing is open yet.
        if p.pointee.isPending { (down, up) = (.min, .max) }
        // A breach that was recorded is not reported again before it is over.
        // While the stop's lasts, the target's says nothing: the stop wins.
        if p.pointee.stopRecorded { (down, up) = (.min, .max) }
        if p.pointee.targetRecorded { up = .max }
        return (down, up)
    }

    /// Puts into the book what is to be watched.
    mutating func watch(_ p: Row) {
        // A withheld breach is judged by ticks and timers.
        if withheldRow(p) != none { return }
        var (down, up) = levels(p)
        var distance = Int64.max
        p.pointee.isJudged = false
        if isTrailing(p) && !p.pointee.stopRecorded {
            if p.pointee.isPlain { distance = trail(p) } else { (distance, up) = judge(p, up) }
        }
        let (place, isJudged) = (p.pointee.leaf, p.pointee.isJudged)
        withBook(p) { $1.modify(&$0, place, down, up, distance, isJudged: isJudged) }
    }

    /// What the book watches for rules that it cannot trail alone: a distance that theirs never go
    /// below, and the price from which they must be looked at.
    private mutating func judge(_ p: Row, _ up: Int64) -> (distance: Int64, visit: Int64) {
        let stop = p.pointee.stop == 0 ? .min : p.pointee.sign * p.pointee.stop
        var closest = Int64.max
        var visit = up
        var at = p.pointee.rules
        while at != none {
            let one = rules[at].pointee.watch(
                p.pointee.side, entry: p.pointee.openPrice, stop: stop, terms(p))
            closest = min(closest, one.distance)
            visit = min(visit, one.visit)
            at = rules[at].pointee.next
        }
        p.pointee.isJudged = true
        return (closest, visit)
    }

    mutating func terms(_ p: Row) -> MarketTerms {
        MarketTerms(tickSize: market(p).pointee.terms.tick_size)
    }

    /// A price that reached what is watched for the rules, and no level: the rules take it.
    mutating func visit(_ p: Row, _ price: Int64) {
        trail(p, from: price, market: price)
        watch(p)
    }

    /// Starts the trail from the quote in force, or from the next one when there is none to go by.
    mutating func startTrail(_ p: Row) {
        if p.pointee.rules == none || p.pointee.isPending { return }
        if let price = market(p).pointee.trailed(p.pointee.side) {
            unpark(p)
            trail(p, from: price, market: price)
        } else {
            park(p, peak: .min)
        }
    }

    /// Applies a price to the rules in order of id.
    /// - Parameters:
    ///   - current: the market: no candidate goes beyond it; nil: that of the price itself.
    ///   - isLazy: the price was seen earlier and moved only what the book trails: the rest was not
    ///     reached, else it would have been visited.
    private mutating func trail(
        _ p: Row, from price: Int64, market current: Int64? = nil, isLazy: Bool = false
    ) {
        let terms = terms(p)
        var at = p.pointee.rules
        while at != none {
            let rule = rules[at]
            at = rule.pointee.next
            if !isLazy {
                rule.pointee.latch(price, p.pointee.side, entry: p.pointee.openPrice)
            }
            if rule.pointee.isActive { take(p, rule.pointee, price, current ?? price, terms) }
        }
        refreshTrail(p)
    }

    /// Takes a candidate if it is better by enough and strictly on the safe side of the market.
    private mutating func take(
        _ p: Row, _ rule: RuleRow, _ price: Int64, _ current: Int64, _ terms: MarketTerms
    ) {
        let sign = p.pointee.sign
        guard let candidate = rule.candidate(price, p.pointee.side, terms) else { return }
        if candidate >= current || sign * candidate <= 0 { return }
        if p.pointee.stop != 0 {
            let gain = candidate - sign * p.pointee.stop
            if !rule.isWorth(gain, stop: p.pointee.stop) { return }
        }
        p.pointee.stop = sign * candidate
        p.pointee.setBy = .trailing
    }

    /// Lets the trail wait for the next usable quote.
    /// - Parameter peak: a watched price that counts then too; Int64.min for none.
    mutating func park(_ p: Row, peak: Int64) {
        if p.pointee.rules == none || p.pointee.isPending { return }
        let row = listed(p)
        row.pointee.parkedPeak = peak
        if p.pointee.isParked { return }
        let market = market(p)
        let slot = slot(of: p)
        p.pointee.isParked = true
        row.pointee.parkedBefore = none
        row.pointee.parkedNext = market.pointee.parked
        if market.pointee.parked != none {
            listed(positions[market.pointee.parked]).pointee.parkedBefore = slot
        }
        market.pointee.parked = slot
    }

    mutating func unpark(_ p: Row) {
        if !p.pointee.isParked { return }
        let row = listed(p)
        let (before, next) = (row.pointee.parkedBefore, row.pointee.parkedNext)
        if before != none {
            listed(positions[before]).pointee.parkedNext = next
        } else {
            market(p).pointee.parked = next
        }
        if next != none { listed(positions[next]).pointee.parkedBefore = before }
        p.pointee.isParked = false
    }

    /// The next usable quote has been tested: parked trails start.
    mutating func startParked(_ market: UnsafeMutablePointer<Market>) {
        var slot = market.pointee.parked
        while slot != none {
            let p = positions[slot]
            slot = listed(p).pointee.parkedNext
            guard let price = market.pointee.watched(p.pointee.side) else { continue }
            let peak = listed(p).pointee.parkedPeak
            unpark(p)
            if livePriority(p) <= Priority.partial.rawValue {
                let from = peak == .min ? price : max(peak, price)
                trail(p, from: from, market: price)
            }
            watch(p)
        }
    }

    mutating func slot(of p: Row) -> UInt32 {
        UInt32(truncatingIfNeeded: p - positions.base)
    }

    // MARK: rules

    mutating func findRule(_ p: Row, _ id: UInt64) -> UInt32? {
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
            rules[at].pointee.replace(rule)
        } else {
            // Wider rules hold no more: the narrowest scope that has any wins.
            while p.pointee.rules != none, rules[p.pointee.rules].pointee.scope != rule.scope {
                unhang(p, rules[p.pointee.rules].pointee.id)
            }
            hang(p, rule)
        }
        restartTrail(p)
    }

    /// The rules have changed: the trail starts over from the quote in force.
    mutating func restartTrail(_ p: Row) {
        refreshTrail(p)
        if livePriority(p) <= Priority.partial.rawValue { startTrail(p) }
        watch(p)
        place(disaster: p, market(p).pointee.time)
    }

    /// Rules of a position stand in order of id.
    mutating func hang(_ p: Row, _ rule: hf_rule) {
        if !holds(!rules.isFull) { return }
        let (at, id) = (rules.take(), rule.id)
        rules[at].initialize(to: RuleRow(rule, position: p.pointee.id))
        if p.pointee.rules == none || rules[p.pointee.rules].pointee.id > id {
            rules[at].pointee.next = p.pointee.rules
            p.pointee.rules = at
            return
        }
        var before = p.pointee.rules
        while rules[before].pointee.next != none,
            rules[rules[before].pointee.next].pointee.id < id
        {
            before = rules[before].pointee.next
        }
        rules[at].pointee.next = rules[before].pointee.next
        rules[before].pointee.next = at
    }

    mutating func removeRule(_ p: Row, _ id: UInt64) {
        sync(p)
        unhang(p, id)
        refreshTrail(p)
        watch(p)
        rescope(p)
    }

    mutating func unhang(_ p: Row, _ id: UInt64) {
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
    }

    /// The smallest distance of its rules, for all of them apply and the closest trails; 0 = none.
    mutating func trail(_ p: Row) -> Int64 {
        if p.pointee.rules == none { return 0 }
        var closest = Int64.max
        var at = p.pointee.rules
        while at != none {
            closest = min(closest, rules[at].pointee.width(entry: p.pointee.openPrice))
            at = rules[at].pointee.next
        }
        return max(closest, 1)
    }

    /// The rules or their latches have changed.
    mutating func refreshTrail(_ p: Row) {
        p.pointee.isPlain = true
        var at = p.pointee.rules
        while at != none {
            if !rules[at].pointee.isPlain { p.pointee.isPlain = false }
            at = rules[at].pointee.next
        }
        if p.pointee.rules == none { unpark(p) }
    }

    /// Ends the rules of a position that is gone.
    mutating func dropRules(_ p: Row) {
        if p.pointee.rules == none && shared.pointee.wide.count == 0 { return }
        shared.pointee.ruleCount.pointee.subtract(need(p), ordering: .relaxed)
        var at = p.pointee.rules
        while at != none {
            let next = rules[at].pointee.next
            if rules[at].pointee.scope == UInt8(HF_SCOPE_POSITION) {
                shared.pointee.ruleOwners.remove(rules[at].pointee.id)
            }
            rules.give(at)
            at = next
        }
        p.pointee.rules = none
    }
}
