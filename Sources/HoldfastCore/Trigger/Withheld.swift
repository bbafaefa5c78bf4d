import CHoldfast

/// A breach that must not fire yet: the spread is too wide, or it has not lasted (SEMANTICS 2). Its
/// leaf watches nothing; ticks and timers judge it here until it fires or is over.
struct Withheld {
    var position: UInt32
    /// Neighbours among the withheld positions of the symbol.
    var next = none
    var before = none
    var stop = Breached()
    var target = Breached()
    /// When the stop was first withheld for the spread alone; Int64.max while it was not.
    var graceSince = Int64.max
    var timer = TimerNode()

    /// How long a level has been breached.
    struct Breached {
        /// Its first tick; Int64.max while the level is not breached.
        var since = Int64.max
        var ticks: UInt32 = 0

        var isOn: Bool { since != .max }

        mutating func see(_ isBreached: Bool, isTick: Bool, _ now: Int64) {
            if !isBreached {
                self = Breached()
                return
            }
            // A timer ends a count, and never begins one.
            if !isOn && !isTick { return }
            if !isOn { since = now }
            if isTick && ticks != .max { ticks += 1 }
        }

        /// Whether it has lasted for every condition that is set.
        func hasLasted(_ terms: hf_symbol, _ now: Int64) -> Bool {
            if !isOn { return false }
            if terms.present & UInt32(HF_SYMBOL_CONFIRM_TICKS) != 0 && ticks < terms.confirm_ticks {
                return false
            }
            return terms.present & UInt32(HF_SYMBOL_CONFIRM) == 0 || now - since >= terms.confirm
        }
    }
}

extension Stripe {
    /// Whether breaches of a symbol may have to wait.
    @inline(__always)
    mutating func isFiltered(_ market: MarketRow) -> Bool {
        market.pointee.terms.present
            & UInt32(
                HF_SYMBOL_MAX_SPREAD | HF_SYMBOL_CONFIRM | HF_SYMBOL_CONFIRM_TICKS) != 0
    }

    /// Judges a position whose breach may have to wait.
    /// - Parameters:
    ///   - price: watched, of the quote in force.
    ///   - isTick: a new quote, else a timer.
    mutating func judge(_ p: Row, _ price: Int64, isTick: Bool, _ now: Int64) {
        let row = withhold(p)
        let (down, up) = levels(p)
        let (isStop, isTarget) = (price <= down, price >= up)
        row.pointee.stop.see(isStop, isTick: isTick, now)
        row.pointee.target.see(isTarget, isTick: isTick, now)
        if !isStop { row.pointee.graceSince = .max }
        if !isStop && !isTarget {
            release(p)
            if isTrailing(p) { visit(p, price) } else { watch(p) }
            return
        }
        if isStop && mayFire(row, market(p), now) {
            return fireWithheld(p, isStop: true, price, now)
        }
        if isTarget && row.pointee.target.hasLasted(market(p).pointee.terms, now) {
            return fireWithheld(p, isStop: false, price, now)
        }
        if isTrailing(p) { visit(p, price) }
        arm(row, market(p), now)
    }

    /// A stop: confirmed, and not held up by the spread.
    private mutating func mayFire(
        _ row: UnsafeMutablePointer<Withheld>, _ market: MarketRow, _ now: Int64
    ) -> Bool {
        let terms = market.pointee.terms
        var isHeldUp = false
        if terms.present & UInt32(HF_SYMBOL_MAX_SPREAD) != 0
            && market.pointee.quote.ask - market.pointee.quote.bid > terms.max_spread
        {
            if row.pointee.graceSince == .max { row.pointee.graceSince = now }
            isHeldUp =
                terms.present & UInt32(HF_SYMBOL_SPREAD_GRACE) == 0
                || now - row.pointee.graceSince < terms.spread_grace
        }
        return !isHeldUp && row.pointee.stop.hasLasted(terms, now)
    }

    private mutating func fireWithheld(_ p: Row, isStop: Bool, _ price: Int64, _ now: Int64) {
        release(p)
        counters.breaches += 1
        fire(p, isStop: isStop, price, now)
    }

    /// The next instant at which time alone may let it fire.
    private mutating func arm(
        _ row: UnsafeMutablePointer<Withheld>, _ market: MarketRow, _ now: Int64
    ) {
        let terms = market.pointee.terms
        var due = Int64.max
        func consider(_ since: Int64, _ bit: Int32, _ wait: Int64) {
            if since == .max || terms.present & UInt32(bit) == 0 { return }
            if since + wait > now { due = min(due, since + wait) }
        }
        consider(row.pointee.stop.since, HF_SYMBOL_CONFIRM, terms.confirm)
        consider(row.pointee.target.since, HF_SYMBOL_CONFIRM, terms.confirm)
        consider(row.pointee.graceSince, HF_SYMBOL_SPREAD_GRACE, terms.spread_grace)
        let timer = timer(row)
        if due == .max {
            market.pointee.timers.disarm(timer)
        } else if !timer.pointee.isArmed || timer.pointee.due != due {
            market.pointee.timers.arm(timer, due: due)
        }
    }

    private mutating func timer(
        _ row: UnsafeMutablePointer<Withheld>
    ) -> UnsafeMutablePointer<TimerNode> {
        withUnsafeMutablePointer(to: &row.pointee.timer) { $0 }
    }

    /// A withheld breach's instant has come: judged with the quote in force, if it counts.
    mutating func fireWithheldTimer(_ slot: UInt32, _ due: Int64) {
        let p = positions[withheld[slot].pointee.position]
        let market = market(p)
        guard !market.pointee.isBlind, let price = market.pointee.watched(p.pointee.side) else {
            return
        }
        judge(p, price, isTick: false, due)
    }

    /// The symbol's conditions have changed: what is withheld is judged anew by the next timer.
    mutating func judgeWithheld(_ market: MarketRow, _ now: Int64) {
        var at = market.pointee.withheld
        while at != none {
            market.pointee.timers.arm(timer(withheld[at]), due: now)
            at = withheld[at].pointee.next
        }
    }

    /// An owner's change of a level starts its breach over.
    mutating func restart(_ p: Row, isStop: Bool) {
        if withheldRow(p) == none { return }
        let row = withheld[withheldRow(p)]
        if isStop {
            (row.pointee.stop, row.pointee.graceSince) = (Withheld.Breached(), .max)
        } else {
            row.pointee.target = Withheld.Breached()
        }
    }

    // MARK: the list

    private mutating func withhold(_ p: Row) -> UnsafeMutablePointer<Withheld> {
        if withheldRow(p) != none { return withheld[withheldRow(p)] }
        let market = market(p)
        let at = withheld.take()
        let row = withheld[at]
        row.initialize(to: Withheld(position: slot(of: p)))
        row.pointee.timer.position = p.pointee.id
        row.pointee.timer.slot = at
        row.pointee.timer.kind = .withheld
        row.pointee.next = market.pointee.withheld
        if market.pointee.withheld != none {
            withheld[market.pointee.withheld].pointee.before = at
        }
        market.pointee.withheld = at
        listed(p).pointee.withheld = at
        return row
    }

    /// Takes a position out of the list.
    mutating func release(_ p: Row) {
        let at = withheldRow(p)
        if at == none { return }
        let market = market(p)
        let row = withheld[at]
        market.pointee.timers.disarm(timer(row))
        let (next, before) = (row.pointee.next, row.pointee.before)
        if before != none {
            withheld[before].pointee.next = next
        } else {
            market.pointee.withheld = next
        }
        if next != none { withheld[next].pointee.before = before }
        withheld.give(at)
        listed(p).pointee.withheld = none
    }
}
