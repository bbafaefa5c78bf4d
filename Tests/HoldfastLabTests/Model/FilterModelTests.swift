import CHoldfast
import Testing

/// Spread filter and confirmation kept the obvious way, from SEMANTICS 2 alone: every position is
/// judged with every tick and at every instant that time alone can decide.
private struct EagerFilter {
    var maxSpread: Int64?
    var grace: Int64?
    var ticks: Int?
    var confirm: Int64?

    struct Level {
        var since: Int64?
        var ticks = 0
    }

    struct Position {
        var isLong: Bool
        var sl: Int64
        var tp: Int64
        var stop = Level()
        var target = Level()
        var graceSince: Int64?
    }

    private func hasLasted(_ level: Level, _ now: Int64) -> Bool {
        guard let since = level.since else { return false }
        return level.ticks >= ticks ?? 1 && now - since >= confirm ?? 0
    }

    /// - Returns: what fires.
    func judge(_ p: inout Position, bid: Int64, ask: Int64, isTick: Bool, _ now: Int64) -> Int? {
        let price = p.isLong ? bid : ask
        func see(_ isBreached: Bool, _ level: inout Level) {
            if !isBreached { return level = Level() }
            level.since = level.since ?? now
            if isTick { level.ticks += 1 }
        }
        see(p.sl != 0 && (p.isLong ? price <= p.sl : price >= p.sl), &p.stop)
        see(p.tp != 0 && (p.isLong ? price >= p.tp : price <= p.tp), &p.target)
        var isWide = false
        if p.stop.since == nil {
            p.graceSince = nil
        } else if let maxSpread, ask - bid > maxSpread {
            let since = p.graceSince ?? now
            p.graceSince = since
            isWide = grace.map { now - since < $0 } ?? true
        }
        if !isWide && hasLasted(p.stop, now) { return HF_REASON_SL }
        return hasLasted(p.target, now) ? HF_REASON_TP : nil
    }

    /// The first instant after one at which time alone may decide.
    func due(_ p: Position, after now: Int64) -> Int64? {
        [
            confirm.flatMap { wait in p.stop.since.map { $0 + wait } },
            confirm.flatMap { wait in p.target.since.map { $0 + wait } },
            grace.flatMap { wait in p.graceSince.map { $0 + wait } },
        ].compactMap { $0 }.filter { $0 > now }.min()
    }
}

@Suite("Filters against an eager model")
struct FilterModelTests {
    typealias SplitMix = TrailingModelTests.SplitMix

    @Test("the same positions fire, for the same reason, with the same input", arguments: 0..<4)
    func agrees(part: Int) {
        for round in 1...max(1, HistorySetting.histories / 10) {
            if !history(round &* 4 &+ UInt64(part)) { return }
        }
    }

    /// - Returns: whether it agreed.
    private func history(_ seed: UInt64) -> Bool {
        guard let core = HistoryCore() else { return false }
        var random = SplitMix(state: seed)
        let filter = self.filter(&random)
        var account = hf_account()
        _ = hf_account_init(&account, 1, "USD")
        guard core.apply(.symbol(symbol(filter), 0)).status == 0,
            core.apply(.account(account, 0)).status == 0
        else {
            Issue.record("seed \(seed): the terms are refused")
            return false
        }
        var positions: [UInt64: EagerFilter.Position] = [:]
        var (bid, ask, now, judged): (Int64, Int64, Int64, Int64) = (2_000, 2_002, 1, 0)
        for input in 0..<300 {
            now += random.below(4)
            let isTick = random.below(4) > 0
            let watched = Set(positions.keys)
            var fired: [UInt64: Int] = [:]
            // Time first, with the quote in force.
            while let next = positions.compactMap({ id, p in
                filter.due(p, after: judged).map { (due: $0, id: id) }
            }).min(by: { ($0.due, $0.id) < ($1.due, $1.id) }), next.due <= now {
                for id in positions.keys.sorted()
                where filter.due(positions[id]!, after: judged) == next.due {
                    if let reason = filter.judge(
                        &positions[id]!, bid: bid, ask: ask, isTick: false, next.due)
                    {
                        (fired[id], positions[id]) = (reason, nil)
                    }
                }
                judged = next.due
            }
            judged = now
            if isTick {
                bid = max(1_000, bid + random.below(9) - 4)
                ask = bid + (random.below(3) == 0 ? 8 : 2)
                for id in positions.keys.sorted() {
                    if let reason = filter.judge(
                        &positions[id]!, bid: bid, ask: ask, isTick: true, now)
                    {
                        (fired[id], positions[id]) = (reason, nil)
                    }
                }
            }
            let status =
                isTick
                ? core.apply(.tick(quote(bid, ask, now))).status : core.apply(.step(now)).status
            let commands = Dictionary(
                uniqueKeysWithValues: core.events().filter {
                    // A stop that escalates a target's close is not a first firing.
                    Int($0.kind) == HF_EVENT_COMMAND && watched.contains($0.position)
                }.map { ($0.position, Int($0.reason)) })
            if status != 0 || commands != fired {
                Issue.record(
                    "seed \(seed) input \(input): \(commands), expected \(fired) (\(status))")
                return false
            }
            if random.below(5) == 0 && positions.count < 30 {
                open(core, bid, now, &positions, &random)
            }
        }
        return true
    }

    private func filter(_ random: inout SplitMix) -> EagerFilter {
        var filter = EagerFilter()
        if random.below(2) == 0 {
            filter.maxSpread = 5
            if random.below(2) == 0 { filter.grace = 1 + random.below(12) }
        }
        if random.below(2) == 0 { filter.ticks = 1 + Int(random.below(4)) }
        if random.below(2) == 0 { filter.confirm = 1 + random.below(12) }
        return filter
    }

    private func symbol(_ filter: EagerFilter) -> hf_symbol {
        var symbol = hf_symbol()
        _ = hf_symbol_init(&symbol, "GOLD", 2, 1, 100_000_000, "USD")
        func give<Value>(_ bit: Int32, _ value: Value?, _ to: inout Value) {
            guard let value else { return }
            symbol.present |= UInt32(bit)
            to = value
        }
        var (spread, grace, confirm, ticks): (Int64, Int64, Int64, UInt32) = (0, 0, 0, 0)
        give(HF_SYMBOL_MAX_SPREAD, filter.maxSpread, &spread)
        give(HF_SYMBOL_SPREAD_GRACE, filter.grace, &grace)
        give(HF_SYMBOL_CONFIRM, filter.confirm, &confirm)
        give(HF_SYMBOL_CONFIRM_TICKS, filter.ticks.map { UInt32($0) }, &ticks)
        (symbol.max_spread, symbol.spread_grace, symbol.confirm) = (spread, grace, confirm)
        symbol.confirm_ticks = ticks
        return symbol
    }

    private func quote(_ bid: Int64, _ ask: Int64, _ now: Int64) -> hf_tick {
        var quote = hf_tick()
        (quote.symbol, quote.bid, quote.ask, quote.time) = (1, bid, ask, now)
        return quote
    }

    private func open(
        _ core: HistoryCore, _ bid: Int64, _ now: Int64,
        _ positions: inout [UInt64: EagerFilter.Position], _ random: inout SplitMix
    ) {
        var open = hf_open()
        (open.account, open.symbol, open.volume, open.price) = (1, 1, 1_000_000, bid)
        let isLong = random.below(2) == 0
        open.side = UInt8(isLong ? HF_LONG : HF_SHORT)
        let (near, far) = (3 + random.below(20), 3 + random.below(20))
        if random.below(4) > 0 { open.sl = isLong ? bid - near : bid + near }
        if random.below(4) > 0 { open.tp = isLong ? bid + far : bid - far }
        guard core.apply(.open(open, now)).status == 0,
            let id = core.events().last(where: { Int($0.kind) == HF_EVENT_OPENED })?.position
        else {
            Issue.record("the open is refused")
            return
        }
        positions[id] = EagerFilter.Position(isLong: isLong, sl: open.sl, tp: open.tp)
    }
}
