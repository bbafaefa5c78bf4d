import CHoldfast
import Synchronization

/// What a host says of rules: each input finds the positions that it is for.
extension Core {
    /// In the place of a position's id: the rule is of a wider scope.
    private static let wideOwner = UInt64.max - 1

    public func put(_ rule: hf_rule, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        try check(rule)
        // Who has an id must not change while it is given to another.
        shared.pointee.ruling.take()
        defer { shared.pointee.ruling.give() }
        let owner = shared.pointee.ruleOwners.value(rule.id)
        if rule.remove != 0 {
            guard let owner else { throw .rule }
            return try remove(rule, owner, now)
        }
        if rule.scope == UInt8(HF_SCOPE_POSITION) {
            try put(ofPosition: rule, owner, now)
        } else {
            try put(wide: rule, now)
        }
    }

    private func put(
        ofPosition rule: hf_rule, _ owner: UInt64?, _ now: Int64
    ) throws(Failure) {
        try with(rule.scope_id) { (stripe, p) throws(Failure) in
            try Self.checkDistances(rule, stripe.market(p).pointee.terms.tick_size)
        }
        if let owner, owner != rule.scope_id { return try move(rule, now) }
        try with(rule.scope_id) { (stripe, p) throws(Failure) in
            if stripe.findRule(p, rule.id) == nil {
                let more = stripe.need(p, more: 1) - stripe.need(p)
                try shared.pointee.ruleCount.reserve(more, of: config.rules)
                shared.pointee.ruleOwners.set(rule.id, to: rule.scope_id)
            }
            stripe.sequence = shared.pointee.recorder.claim(HF_RECORD_RULE, rule, time: now)
            stripe.putRule(p, rule)
        }
    }

    private func remove(_ rule: hf_rule, _ owner: UInt64, _ now: Int64) throws(Failure) {
        if owner == Self.wideOwner { return try remove(wide: rule, now) }
        do {
            try with(owner) { (stripe, p) throws(Failure) in
                stripe.sequence = shared.pointee.recorder.claim(HF_RECORD_RULE, rule, time: now)
                let before = stripe.need(p)
                stripe.removeRule(p, rule.id)
                shared.pointee.ruleOwners.remove(rule.id)
                let fewer = before - stripe.need(p)
                shared.pointee.ruleCount.pointee.subtract(fewer, ordering: .relaxed)
            }
        } catch {
            throw error == .closed ? .rule : error
        }
    }

    // MARK: every stripe locked

    /// Gives an id that another position or a wider scope has to a position.
    private func move(_ rule: hf_rule, _ now: Int64) throws(Failure) {
        try holdSound { () throws(Failure) in
            guard let to = find(rule.scope_id) else { throw missing(rule.scope_id) }
            let from = shared.pointee.ruleOwners.value(rule.id).flatMap(find)
            let wide = shared.pointee.wide
            let old = wide.find(rule.id)?.pointee
            let before = needOfAll()
            wide.remove(rule.id)
            do throws(Failure) {
                let more = needOfAll() - before + change(to, by: 1) + change(from, by: -1)
                try shared.pointee.ruleCount.reserve(more, of: config.rules)
            } catch {
                if let old { wide.set(old) }
                throw error
            }
            let sequence = shared.pointee.recorder.claim(HF_RECORD_RULE, rule, time: now)
            if let from { from.stripe.pointee.removeRule(from.p, rule.id) }
            rescope(rule.id, old: old, sequence)
            shared.pointee.ruleOwners.set(rule.id, to: rule.scope_id)
            to.stripe.pointee.putRule(to.p, rule)
        }
    }

    private func put(wide rule: hf_rule, _ now: Int64) throws(Failure) {
        try checkScope(rule)
        try holdSound { () throws(Failure) in
            let from = shared.pointee.ruleOwners.value(rule.id).flatMap(find)
            let wide = shared.pointee.wide
            let old = wide.find(rule.id)?.pointee
            if old == nil && wide.isFull { throw .full }
            let before = needOfAll()
            wide.set(rule)
            do throws(Failure) {
                let more = needOfAll() - before + change(from, by: -1)
                try shared.pointee.ruleCount.reserve(more, of: config.rules)
            } catch {
                if let old { wide.set(old) } else { wide.remove(rule.id) }
                throw error
            }
            let sequence = shared.pointee.recorder.claim(HF_RECORD_RULE, rule, time: now)
            if let from { from.stripe.pointee.removeRule(from.p, rule.id) }
            shared.pointee.ruleOwners.set(rule.id, to: Self.wideOwner)
            rescope(rule.id, old: old, sequence)
        }
    }

    private func remove(wide rule: hf_rule, _ now: Int64) throws(Failure) {
        try holdSound { () throws(Failure) in
            guard let old = shared.pointee.wide.find(rule.id)?.pointee else { throw .rule }
            let sequence = shared.pointee.recorder.claim(HF_RECORD_RULE, rule, time: now)
            let before = needOfAll()
            shared.pointee.wide.remove(rule.id)
            shared.pointee.ruleOwners.remove(rule.id)
            shared.pointee.ruleCount.pointee.subtract(before - needOfAll(), ordering: .relaxed)
            rescope(rule.id, old: old, sequence)
        }
    }

    private typealias Place = (stripe: UnsafeMutablePointer<Stripe>, p: Stripe.Row)

    /// An open position.
    private func find(_ id: UInt64) -> Place? {
        guard let number = shared.pointee.directory.number(of: id) else { return nil }
        let (index, slot) = shared.pointee.places.place(number)
        let p = (stripes + index).pointee.positions[slot]
        return p.pointee.id == id ? (stripes + index, p) : nil
    }

    /// By how much the need of a position changes with its own rules.
    private func change(_ place: Place?, by count: Int) -> Int {
        guard let (stripe, p) = place else { return 0 }
        return stripe.pointee.need(p, more: count) - stripe.pointee.need(p)
    }

    private func needOfAll() -> Int {
        (0..<stripeCount).reduce(0) { $0 + (stripes + $1).pointee.needOfAll() }
    }

    private func rescope(_ id: UInt64, old: hf_rule?, _ sequence: UInt64) {
        for index in 0..<stripeCount {
            (stripes + index).pointee.sequence = sequence
            guard let old else {
                (stripes + index).pointee.rescope(id, old: nil)
                continue
            }
            withUnsafePointer(to: old) { (stripes + index).pointee.rescope(id, old: $0) }
        }
    }

    /// Runs an input with every stripe locked and none faulted.
    private func holdSound(_ body: () throws(Failure) -> Void) throws(Failure) {
        try holdAll { () throws(Failure) in
            for index in 0..<stripeCount where (stripes + index).pointee.isFaulted { throw .fault }
            try body()
        }
    }

    // MARK: checks

    private func check(_ rule: hf_rule) throws(Failure) {
        if !isZero(rule.reserved) || rule.remove > 1 { throw .argument }
        if !isText(rule.by) { throw .range }
        if rule.id == 0 { throw .range }
        if rule.remove != 0 { return }
        if rule.kind == 0 || rule.kind > UInt8(HF_RULE_PRESET) { throw .argument }
        if rule.scope == 0 || rule.scope > UInt8(HF_SCOPE_ALL) { throw .argument }
        if rule.present >= 1 << 26 { throw .argument }
        if rule.kind != UInt8(HF_RULE_TRAILING) { throw .unsupported }
        try TrailingTerms.check(rule)
    }

    private func checkScope(_ rule: hf_rule) throws(Failure) {
        switch Int(rule.scope) {
        case HF_SCOPE_SYMBOL:
            guard let id = UInt32(exactly: rule.scope_id) else { throw .symbol }
            try Self.checkDistances(rule, try symbol(id).terms.tick_size)
        case HF_SCOPE_ACCOUNT:
            _ = try account(rule.scope_id)
        case HF_SCOPE_ALL:
            if rule.scope_id != 0 { throw .argument }
        default:
            // 0 is no strategy: a host's slip, not a rule for all that have none.
            if rule.scope_id == 0 { throw .argument }
        }
    }

    private static func checkDistances(_ rule: hf_rule, _ tick: Int64) throws(Failure) {
        if rule.present & UInt64(HF_RULE_DISTANCE) != 0 && rule.distance < tick { throw .range }
        let hasSecond = rule.present & UInt64(HF_RULE_SECOND_DISTANCE) != 0
        if hasSecond && rule.second_distance < tick { throw .range }
    }
}

extension UnsafeMutablePointer<Atomic<Int>> {
    /// Counts more of what has a capacity.
    func reserve(_ count: Int, of capacity: UInt32) throws(Failure) {
        if pointee.add(count, ordering: .relaxed).newValue > Int(capacity) && count > 0 {
            pointee.subtract(count, ordering: .relaxed)
            throw .full
        }
    }
}
