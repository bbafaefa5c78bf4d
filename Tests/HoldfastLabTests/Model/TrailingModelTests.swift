import CHoldfast
import Testing

/// Trailing kept the slow, obvious way, from SEMANTICS 3 alone: every rule of every position is
/// looked at with every price, in natural prices and fractions.
struct EagerTrail {
    struct Rule {
        var terms: hf_rule
        var isActive = false
        var isSecond = false
    }

    let isLong: Bool
    let entry: Int64
    let tick: Int64
    var stop: Int64
    var rules: [Rule] = []

    func has(_ rule: hf_rule, _ bit: Int32) -> Bool { rule.present & UInt64(bit) != 0 }

    private func floor(_ value: Int128, _ by: Int128) -> Int128 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The stop a rule wants behind a price, natural, rounded toward protection.
    private func candidate(_ rule: Rule, _ price: Int64) -> Int64 {
        let unit: Int128 = 100_000_000
        let isRatio =
            rule.isSecond
            ? has(rule.terms, HF_RULE_SECOND_PERCENT) : has(rule.terms, HF_RULE_PERCENT)
        let ratio = Int128(rule.isSecond ? rule.terms.second_percent : rule.terms.percent)
        let points = Int128(rule.isSecond ? rule.terms.second_distance : rule.terms.distance)
        let distance = isRatio ? Int128(price) * ratio : points * unit
        let exact = Int128(price) * unit + (isLong ? -distance : distance)
        let grid = Int128(tick) * unit
        let steps = isLong ? -floor(-exact, grid) : floor(exact, grid)
        return Int64(steps * Int128(tick))
    }

    private func isEnough(_ rule: Rule, _ candidate: Int64) -> Bool {
        let gain = isLong ? candidate - stop : stop - candidate
        if gain <= 0 { return false }
        if has(rule.terms, HF_RULE_STEP) { return gain >= rule.terms.step }
        if has(rule.terms, HF_RULE_STEP_PERCENT) {
            return Int128(gain) * 100_000_000 >= Int128(stop) * Int128(rule.terms.step_percent)
        }
        return true
    }

    func isBreached(_ price: Int64) -> Bool {
        stop != 0 && (isLong ? price <= stop : price >= stop)
    }

    mutating func see(_ price: Int64) {
        let profit = isLong ? price - entry : entry - price
        for at in rules.indices {
            let terms = rules[at].terms
            if !has(terms, HF_RULE_ACTIVATION) || profit >= terms.activation {
                rules[at].isActive = true
            }
            if has(terms, HF_RULE_SECOND_PROFIT) {
                let isReached =
                    has(terms, HF_RULE_SECOND_PERCENT)
                    ? Int128(profit) * 100_000_000 >= Int128(entry) * Int128(terms.second_profit)
                    : profit >= terms.second_profit
                if isReached { rules[at].isSecond = true }
            }
            if !rules[at].isActive { continue }
            let candidate = candidate(rules[at], price)
            let isSafe = isLong ? candidate < price : candidate > price
            if !isSafe || candidate <= 0 { continue }
            if stop == 0 || isEnough(rules[at], candidate) { stop = candidate }
        }
    }
}

@Suite("Trailing against an eager model")
struct TrailingModelTests {
    static func rule(
        _ id: UInt64, _ position: UInt64, _ tick: Int64, _ random: inout SplitMix
    ) -> hf_rule {
        var rule = hf_rule()
        (rule.id, rule.scope_id) = (id, position)
        (rule.kind, rule.scope) = (UInt8(HF_RULE_TRAILING), UInt8(HF_SCOPE_POSITION))
        func give(_ bit: Int32) { rule.present |= UInt64(bit) }
        if random.below(4) == 0 {
            // About a tick, where the grid leaves no candidate behind some prices.
            rule.percent = 100_000 + random.below(200_000)
            give(HF_RULE_PERCENT)
            return rule
        }
        if random.below(2) == 0 {
            rule.distance = tick + random.below(60)
            give(HF_RULE_DISTANCE)
        } else {
            rule.percent = 100_000 + random.below(6_000_000)
            give(HF_RULE_PERCENT)
        }
        if random.below(3) == 0 {
            rule.activation = 1 + random.below(80)
            give(HF_RULE_ACTIVATION)
        }
        switch random.below(4) {
        case 0:
            rule.step = 1 + random.below(30)
            give(HF_RULE_STEP)
        case 1:
            rule.step_percent = 50_000 + random.below(3_000_000)
            give(HF_RULE_STEP_PERCENT)
        default: break
        }
        if random.below(3) == 0 {
            give(HF_RULE_SECOND_PROFIT)
            if random.below(2) == 0 {
                rule.second_profit = 1 + random.below(80)
                rule.second_distance = tick + random.below(30)
                give(HF_RULE_SECOND_DISTANCE)
            } else {
                rule.second_profit = 100_000 + random.below(8_000_000)
                rule.second_percent = 50_000 + random.below(3_000_000)
                give(HF_RULE_SECOND_PERCENT)
            }
        }
        return rule
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    struct SplitMix {
        var state: UInt64

        mutating func below(_ bound: Int64) -> Int64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return Int64((z ^ z >> 31) % UInt64(bound))
        }
    }

    static func symbol(_ name: String, _ tick: Int64) -> hf_symbol {
        var symbol = hf_symbol()
        _ = hf_symbol_init(&symbol, name, 2, tick, 100_000_000, "USD")
        return symbol
    }

    @Test(
        "after every tick every stop is the eager model's, and the same positions fire",
        arguments: [Int64(1), 5], [0, 1, 2])
    func agrees(tick: Int64, move: Int) throws {
        let seeds = max(1, HistorySetting.histories / 10)
        for seed in 1...UInt64(seeds) {
            if !history(seed &* 1_000 &+ UInt64(move), tick: tick, move: move) { return }
        }
    }

    /// Two cores with the same inputs: one is asked for every stop after every tick, the other is
    /// left alone for a while, so that what it owes grows.
    private struct Pair {
        let asked: HistoryCore
        let alone: HistoryCore

        init?() {
            guard let asked = HistoryCore(), let alone = HistoryCore() else { return nil }
            (self.asked, self.alone) = (asked, alone)
        }

        func apply(_ input: HistoryInput) -> Bool {
            asked.apply(input).status == 0 && alone.apply(input).status == 0
        }
    }

    /// - Returns: whether it agreed.
    private func history(_ seed: UInt64, tick: Int64, move: Int) -> Bool {
        guard let pair = Pair() else { return false }
        let core = pair.asked
        var random = SplitMix(state: seed)
        var account = hf_account()
        _ = hf_account_init(&account, 1, "USD")
        guard pair.apply(.symbol(Self.symbol("GOLD", tick), 0)), pair.apply(.account(account, 0))
        else {
            Issue.record("seed \(seed): the terms are refused")
            return false
        }
        var bid: Int64 = 2_000
        var trails: [UInt64: EagerTrail] = [:]
        var nextRule: UInt64 = 1
        for time in Int64(1)...220 {
            switch move {
            case 0: bid += random.below(13) - 6
            case 1: bid += random.below(30) == 0 ? random.below(301) - 150 : random.below(7) - 3
            default: bid += (time / 40 % 2 == 0 ? 1 : -1) * random.below(9)
            }
            bid = max(200, bid)
            var quote = hf_tick()
            (quote.symbol, quote.bid, quote.ask, quote.time) = (1, bid, bid + 2, time)
            let fired = Set(trails.filter { $0.value.isBreached(price($0.value, bid)) }.keys)
            guard pair.apply(.tick(quote)) else {
                Issue.record("seed \(seed): the tick at \(time) is refused")
                return false
            }
            for core in [pair.asked, pair.alone] {
                let commands = Set(
                    core.events().filter { Int($0.kind) == HF_EVENT_COMMAND }.map(\.position))
                if commands == fired { continue }
                Issue.record("seed \(seed) time \(time): fired \(commands), expected \(fired)")
                return false
            }
            for id in fired { trails[id] = nil }
            for (id, trail) in trails { trails[id]?.see(price(trail, bid)) }
            for (id, trail) in trails {
                let stop = core.position(id)?.sl
                if stop == trail.stop { continue }
                Issue.record(
                    "seed \(seed) time \(time) position \(id): \(stop ?? -1), not \(trail.stop)")
                return false
            }
            if random.below(25) == 0 && pair.asked.hash != pair.alone.hash {
                Issue.record("seed \(seed) time \(time): asking changed the state")
                return false
            }
            if random.below(6) == 0 && trails.count < 40 {
                add(pair, bid, tick, time, &trails, &nextRule, &random)
            }
        }
        return true
    }

    private func price(_ trail: EagerTrail, _ bid: Int64) -> Int64 { trail.isLong ? bid : bid + 2 }

    private func add(
        _ pair: Pair, _ bid: Int64, _ tick: Int64, _ time: Int64,
        _ trails: inout [UInt64: EagerTrail], _ nextRule: inout UInt64, _ random: inout SplitMix
    ) {
        var open = hf_open()
        (open.account, open.symbol) = (1, 1)
        let isLong = random.below(2) == 0
        open.side = UInt8(isLong ? HF_LONG : HF_SHORT)
        (open.volume, open.price) = (1_000_000, bid + random.below(41) - 20)
        if random.below(2) == 0 {
            let far = 100 + random.below(200)
            open.sl = max(tick, (isLong ? bid - far : bid + far) / tick * tick)
        }
        guard pair.apply(.open(open, time)),
            let id = pair.asked.events().last(where: { Int($0.kind) == HF_EVENT_OPENED })?.position,
            pair.alone.events().contains(where: { $0.position == id })
        else {
            Issue.record("the open is refused")
            return
        }
        var trail = EagerTrail(isLong: isLong, entry: open.price, tick: tick, stop: open.sl)
        for _ in 0...random.below(1 + random.below(3)) {
            let rule = Self.rule(nextRule, id, tick, &random)
            nextRule += 1
            guard pair.apply(.rule(rule, time)) else {
                Issue.record("the rule is refused")
                return
            }
            trail.rules.append(EagerTrail.Rule(terms: rule))
            // The first candidate is taken at once from the quote in force.
            trail.see(price(trail, bid))
        }
        trails[id] = trail
    }
}
