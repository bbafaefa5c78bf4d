import CHoldfast
import Testing

/// Which rules a position has, from SEMANTICS alone: its own, else those of the narrowest scope.
private struct ScopedPosition {
    let account: UInt64
    let symbol: UInt32
    let strategy: UInt64
    var own: [hf_rule] = []
    var trail: EagerTrail

    private func isIn(_ rule: hf_rule) -> Bool {
        if rule.present & UInt64(HF_RULE_DISTANCE) != 0 && rule.distance < trail.tick {
            return false
        }
        if rule.present & UInt64(HF_RULE_SECOND_DISTANCE) != 0
            && rule.second_distance < trail.tick
        {
            return false
        }
        switch Int(rule.scope) {
        case HF_SCOPE_STRATEGY: return rule.scope_id == strategy
        case HF_SCOPE_SYMBOL: return rule.scope_id == UInt64(symbol)
        case HF_SCOPE_ACCOUNT: return rule.scope_id == account
        default: return true
        }
    }

    private func effective(_ wide: [UInt64: hf_rule]) -> [hf_rule] {
        if !own.isEmpty { return own }
        let mine = wide.values.filter(isIn)
        let narrowest = mine.map(\.scope).min()
        return mine.filter { $0.scope == narrowest }
    }

    /// - Parameter changed: a rule that was put.
    mutating func rescope(_ wide: [UInt64: hf_rule], changed: UInt64, price: Int64) {
        let old = Dictionary(uniqueKeysWithValues: trail.rules.map { ($0.terms.id, $0) })
        let rules = effective(wide).sorted { $0.id < $1.id }
        trail.rules = rules.map { rule in
            guard var row = old[rule.id] else { return EagerTrail.Rule(terms: rule) }
            if row.terms.activation != rule.activation { row.isActive = false }
            let bit = UInt64(HF_RULE_SECOND_PERCENT)
            if row.terms.second_profit != rule.second_profit
                || row.terms.present & bit != rule.present & bit
            {
                row.isSecond = false
            }
            row.terms = rule
            return row
        }
        if rules.contains(where: { old[$0.id] == nil || $0.id == changed }) {
            trail.see(price)
        }
    }
}

/// Two symbols and two accounts, in a core of one stripe and in one of three.
private struct ScopedMarket {
    static let ticks: [Int64] = [1, 5]

    private let core: HistoryCore
    private let other: HistoryCore
    private var random: TrailingModelTests.SplitMix
    private var bids: [Int64] = [2_000, 2_000]
    private var positions: [UInt64: ScopedPosition] = [:]
    private var wide: [UInt64: hf_rule] = [:]
    /// What fired stays open here: each may need a row for each of five wide rules.
    private var opened = 0

    init?(seed: UInt64) {
        var wider = HistoryCore.Setting()
        wider.stripes = 3
        guard let core = HistoryCore(), let other = HistoryCore(wider) else { return nil }
        (self.core, self.other) = (core, other)
        random = TrailingModelTests.SplitMix(state: seed &* 77)
        for (name, tick) in [("GOLD", Self.ticks[0]), ("OIL", Self.ticks[1])] {
            _ = apply(.symbol(TrailingModelTests.symbol(name, tick), 0))
        }
        for id in 1...2 as ClosedRange<UInt64> {
            var account = hf_account()
            _ = hf_account_init(&account, id, "USD")
            _ = apply(.account(account, 0))
        }
    }

    private func apply(_ input: HistoryInput) -> Bool {
        let status = core.apply(input).status
        return status == other.apply(input).status && status == 0
    }

    private func price(_ position: ScopedPosition) -> Int64 {
        let bid = bids[Int(position.symbol) - 1]
        return position.trail.isLong ? bid : bid + 2
    }

    private mutating func rescope(_ changed: UInt64) {
        for (id, position) in positions {
            let at = price(position)
            positions[id]?.rescope(wide, changed: changed, price: at)
        }
    }

    /// - Returns: what went wrong.
    mutating func step(_ time: Int64) -> String? {
        if !tick(time) { return "the tick is refused" }
        // Both symbols have a quote from here on.
        if time < 20 { return nil }
        if random.below(4) == 0 && opened < 40 && !open(time) { return "the open is refused" }
        if random.below(5) == 0 && !putWide(time) { return "the rule is refused" }
        if random.below(12) == 0 && !endWide(time) { return "the removal is refused" }
        if random.below(8) == 0 && !own(time) { return "a position's own rule is refused" }
        for (id, position) in positions {
            let stop = core.position(id)?.sl
            if stop != position.trail.stop {
                return "position \(id): \(stop ?? -1), not \(position.trail.stop)"
            }
        }
        return core.hash == other.hash ? nil : "stripes show in the hash"
    }

    private mutating func tick(_ time: Int64) -> Bool {
        let symbol = Int(random.below(2))
        bids[symbol] = max(500, bids[symbol] + random.below(15) - 7)
        var quote = hf_tick()
        (quote.symbol, quote.time) = (UInt32(symbol + 1), time)
        (quote.bid, quote.ask) = (bids[symbol], bids[symbol] + 2)
        let moved = positions.filter { $0.value.symbol == quote.symbol }
        let fired = Set(moved.filter { $0.value.trail.isBreached(price($0.value)) }.keys)
        for id in fired { positions[id] = nil }
        for (id, position) in moved where !fired.contains(id) {
            let at = price(position)
            positions[id]?.trail.see(at)
        }
        return apply(.tick(quote))
    }

    private mutating func open(_ time: Int64) -> Bool {
        opened += 1
        var open = hf_open()
        open.account = 1 + UInt64(random.below(2))
        open.symbol = 1 + UInt32(random.below(2))
        open.strategy = UInt64(random.below(3))
        let isLong = random.below(2) == 0
        open.side = UInt8(isLong ? HF_LONG : HF_SHORT)
        (open.volume, open.price) = (1_000_000, bids[Int(open.symbol) - 1])
        if !apply(.open(open, time)) { return false }
        let event = core.events().last { Int($0.kind) == HF_EVENT_OPENED }
        guard let id = event?.position else { return false }
        positions[id] = ScopedPosition(
            account: open.account, symbol: open.symbol, strategy: open.strategy,
            trail: EagerTrail(
                isLong: isLong, entry: open.price, tick: Self.ticks[Int(open.symbol) - 1], stop: 0))
        rescope(0)
        return true
    }

    private mutating func putWide(_ time: Int64) -> Bool {
        let id = 9_000 + UInt64(random.below(5))
        var rule = TrailingModelTests.rule(id, 0, 1, &random)
        switch random.below(4) {
        case 0:
            (rule.scope, rule.scope_id) = (UInt8(HF_SCOPE_STRATEGY), 1 + UInt64(random.below(2)))
        case 1: (rule.scope, rule.scope_id) = (UInt8(HF_SCOPE_SYMBOL), 1 + UInt64(random.below(2)))
        case 2: (rule.scope, rule.scope_id) = (UInt8(HF_SCOPE_ACCOUNT), 1 + UInt64(random.below(2)))
        default: (rule.scope, rule.scope_id) = (UInt8(HF_SCOPE_ALL), 0)
        }
        if rule.scope == UInt8(HF_SCOPE_SYMBOL) && rule.scope_id == 2 {
            rule.distance += rule.distance == 0 ? 0 : 5
            rule.second_distance += rule.second_distance == 0 ? 0 : 5
        }
        wide[id] = rule
        rescope(id)
        return apply(.rule(rule, time))
    }

    private mutating func endWide(_ time: Int64) -> Bool {
        guard let id = wide.keys.min() else { return true }
        var rule = hf_rule()
        (rule.id, rule.remove) = (id, 1)
        wide[id] = nil
        rescope(0)
        return apply(.rule(rule, time))
    }

    /// Puts or ends a rule of one position alone.
    private mutating func own(_ time: Int64) -> Bool {
        guard let id = positions.keys.max(), var position = positions[id] else { return true }
        var rule = TrailingModelTests.rule(id, id, position.trail.tick, &random)
        if !position.own.isEmpty && random.below(2) == 0 {
            rule = hf_rule()
            (rule.id, rule.remove) = (id, 1)
            position.own = []
        } else {
            position.own = [rule]
        }
        position.rescope(wide, changed: rule.remove == 0 ? id : 0, price: price(position))
        positions[id] = position
        return apply(.rule(rule, time))
    }
}

@Suite("Rules of wider scopes against an eager model")
struct ScopeModelTests {
    @Test("whatever is put and removed, every position trails by its narrowest scope's rules")
    func agrees() throws {
        for seed in 1...max(1, HistorySetting.histories / 10) {
            guard var market = ScopedMarket(seed: seed) else { throw CancellationError() }
            for time in Int64(1)...250 {
                guard let problem = market.step(time) else { continue }
                Issue.record("seed \(seed) time \(time): \(problem)")
                return
            }
        }
    }
}
