import CHoldfast

/// The rules of wider scopes than a position: each holds for every position that it matches, those
/// to come too. Changed with every stripe locked, read with one.
struct WideRules {
    private let rows: UnsafeMutablePointer<hf_rule>
    private let used: UnsafeMutablePointer<Int>
    private let capacity: Int

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        rows = try arena.reserve(hf_rule.self, capacity)
        used = try arena.reserve(Int.self, 1)
        self.capacity = capacity
    }

    @inline(__always) var count: Int { used.pointee }
    var isFull: Bool { count == capacity }

    @inline(__always)
    subscript(index: Int) -> UnsafePointer<hf_rule> { UnsafePointer(rows + index) }

    func find(_ id: UInt64) -> UnsafePointer<hf_rule>? {
        (0..<count).first { rows[$0].id == id }.map { self[$0] }
    }

    /// Adds or replaces; the caller asks `isFull` first.
    func set(_ rule: hf_rule) {
        let at = (0..<count).first { rows[$0].id == rule.id } ?? count
        if at == count { used.pointee += 1 }
        rows[at] = rule
    }

    func remove(_ id: UInt64) {
        guard let at = (0..<count).first(where: { rows[$0].id == id }) else { return }
        used.pointee -= 1
        rows[at] = rows[count]
    }
}

/// Which rules a position has: those of the narrowest scope that has any.
extension Stripe {
    private var wide: WideRules { shared.pointee.wide }

    /// Whether a position of an account, symbol and strategy is in a rule's scope.
    static func isIn(
        _ rule: UnsafePointer<hf_rule>, account: UInt64, symbol: UInt32, strategy: UInt64
    ) -> Bool {
        switch Int(rule.pointee.scope) {
        case HF_SCOPE_STRATEGY: rule.pointee.scope_id == strategy
        case HF_SCOPE_SYMBOL: rule.pointee.scope_id == UInt64(symbol)
        case HF_SCOPE_ACCOUNT: rule.pointee.scope_id == account
        default: true
        }
    }

    private mutating func isIn(_ rule: UnsafePointer<hf_rule>, _ p: Row) -> Bool {
        Self.isIn(
            rule, account: account(p).pointee.id, symbol: market(p).pointee.id,
            strategy: p.pointee.strategy)
    }

    /// A distance below a tick has no meaning on that symbol: the rule is none of its.
    private mutating func holds(_ rule: UnsafePointer<hf_rule>, for p: Row) -> Bool {
        func isBelow(_ distance: Int64, _ bit: Int32, _ tick: Int64) -> Bool {
            rule.pointee.present & UInt64(bit) != 0 && distance < tick
        }
        let tick = market(p).pointee.terms.tick_size
        return isIn(rule, p) && !isBelow(rule.pointee.distance, HF_RULE_DISTANCE, tick)
            && !isBelow(rule.pointee.second_distance, HF_RULE_SECOND_DISTANCE, tick)
    }

    /// Rows that a position may come to need: its own rules, or those of the scope with the most.
    /// They are reserved, so that the end of a narrower rule never finds no room for wider ones.
    private mutating func need(
        _ own: Int, account: UInt64, symbol: UInt32, strategy: UInt64
    ) -> Int {
        let wide = wide
        if wide.count == 0 { return own }
        var most = own
        for scope in UInt8(HF_SCOPE_STRATEGY)...UInt8(HF_SCOPE_ALL) {
            var count = 0
            for index in 0..<wide.count where wide[index].pointee.scope == scope {
                let isIn = Self.isIn(
                    wide[index], account: account, symbol: symbol, strategy: strategy)
                if isIn { count += 1 }
            }
            most = max(most, count)
        }
        return most
    }

    /// - Parameter more: own rules beside those it has.
    mutating func need(_ p: Row, more: Int = 0) -> Int {
        var own = more
        var at = p.pointee.rules
        while at != none {
            if rules[at].pointee.scope == UInt8(HF_SCOPE_POSITION) { own += 1 }
            at = rules[at].pointee.next
        }
        return need(
            own, account: account(p).pointee.id, symbol: market(p).pointee.id,
            strategy: p.pointee.strategy)
    }

    /// - Returns: the rows that were reserved for what is to be opened.
    mutating func reserveWide(_ open: hf_open) throws(Failure) -> Int {
        if wide.count == 0 { return 0 }
        let count = need(0, account: open.account, symbol: open.symbol, strategy: open.strategy)
        try shared.pointee.ruleCount.reserve(count, of: shared.pointee.config.rules)
        return count
    }

    /// What all open positions need.
    mutating func needOfAll() -> Int {
        var sum = 0
        for slot in 0..<UInt32(positions.used) where positions[slot].pointee.id != 0 {
            sum += need(positions[slot])
        }
        return sum
    }

    /// A wide rule was put, replaced or removed: the positions in its scope, old or new.
    mutating func rescope(_ id: UInt64, old: UnsafePointer<hf_rule>?) {
        let new = wide.find(id)
        // Those that it leaves first: their rows may be the last ones.
        for slot in 0..<UInt32(positions.used) where positions[slot].pointee.id != 0 {
            let p = positions[slot]
            let stays = new.map { isIn($0, p) } ?? false
            if !stays, let old, isIn(old, p) { rescope(p) }
        }
        guard let new else { return }
        for slot in 0..<UInt32(positions.used) where positions[slot].pointee.id != 0 {
            if isIn(new, positions[slot]) { rescope(positions[slot], changed: id) }
        }
    }

    /// Gives a position the wide rules that hold for it, and takes away those that no longer do.
    /// - Parameter changed: the rule whose terms are new; 0: none.
    mutating func rescope(_ p: Row, changed: UInt64 = 0) {
        if p.pointee.rules != none, rules[p.pointee.rules].pointee.scope == UInt8(HF_SCOPE_POSITION)
        {
            // Its own rules hold; they and wide ones never stand together.
            return
        }
        let (wide, scope) = (wide, narrowest(p))
        sync(p)
        var (isNew, isFewer) = (false, false)
        var at = p.pointee.rules
        while at != none {
            let row = rules[at]
            at = row.pointee.next
            guard let rule = wide.find(row.pointee.id), rule.pointee.scope == scope,
                holds(rule, for: p)
            else {
                unhang(p, row.pointee.id)
                isFewer = true
                continue
            }
            if rule.pointee.id != changed { continue }
            row.pointee.replace(rule.pointee)
            isNew = true
        }
        for index in 0..<wide.count where wide[index].pointee.scope == scope {
            if !holds(wide[index], for: p) || findRule(p, wide[index].pointee.id) != nil {
                continue
            }
            hang(p, wide[index].pointee)
            isNew = true
        }
        if isNew {
            restartTrail(p)
        } else if isFewer {
            // The end of a rule is no new one: what stands in force stays.
            refreshTrail(p)
            watch(p)
        }
    }

    /// The narrowest scope with a rule that holds; 0 when there is none.
    private mutating func narrowest(_ p: Row) -> UInt8 {
        var narrowest: UInt8 = 0
        let wide = wide
        for index in 0..<wide.count where holds(wide[index], for: p) {
            let scope = wide[index].pointee.scope
            if narrowest == 0 || scope < narrowest { narrowest = scope }
        }
        return narrowest
    }
}
