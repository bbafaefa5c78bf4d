import CHoldfast
import HoldfastLab

/// Draws inputs that fit what the model holds now, with small grids, so that equal prices, gaps,
/// crossed quotes, late ticks, duplicates and disorder are common.
struct HistoryGenerator {
    static let start: Int64 = 1_700_000_000_000_000_000
    static let second: Int64 = 1_000_000_000
    static let lot: Int64 = 100_000_000

    var random: SeededRandom
    var now = Self.start
    private var centre: [Int64] = [1000, 1000, 1000]
    private var deal: UInt64 = 1
    private var epoch: UInt32 = 2
    var ticket: UInt64 = 100
    private var client: UInt64 = 0
    var lastSnapshot: ModelSnapshot?
    private var setting: [HistoryInput] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed, stream: "history")
        setting = Self.world.reversed()
    }

    /// Three symbols and three accounts: one plain, one on the last trade in another currency, one
    /// that trusts crossed quotes and goes blind; one account that only looks on.
    static let world: [HistoryInput] = {
        var plain = hf_symbol()
        _ = hf_symbol_init(&plain, "AAA", 2, 5, 33_333_333, "USD")
        plain.late_ticks = 2
        var last = hf_symbol()
        _ = hf_symbol_init(&last, "BBB", 2, 1, 100_000_000, "EUR")
        last.trigger = UInt8(HF_TRIGGER_LAST)
        last.volume_min = lot / 10
        last.volume_step = lot / 20
        var trusting = hf_symbol()
        _ = hf_symbol_init(&trusting, "CCC", 2, 2, 1_234_567, "USD")
        trusting.trust_crossed = 1
        trusting.present = UInt32(HF_SYMBOL_STALE_AFTER)
        trusting.stale_after = 5 * second
        trusting.late_ticks = 0
        var first = hf_account()
        _ = hf_account_init(&first, 1, "USD")
        var other = first
        first.sync_every = 20 * second
        first.present = UInt32(HF_ACCOUNT_SYNC_EVERY)
        other.id = 2
        other.executor = 1
        other.protect_sl = 27
        other.protect_tp = 33
        other.present =
            UInt32(HF_ACCOUNT_EXECUTOR) | UInt32(HF_ACCOUNT_PROTECT_SL)
            | UInt32(HF_ACCOUNT_PROTECT_TP)
        var watcher = hf_account()
        _ = hf_account_init(&watcher, 3, "USD")
        watcher.observe = 1
        watcher.sync_every = 30 * second
        watcher.sync_late = 40 * second
        watcher.suspect_syncs = 2
        watcher.present =
            UInt32(HF_ACCOUNT_SYNC_EVERY) | UInt32(HF_ACCOUNT_SYNC_LATE)
            | UInt32(HF_ACCOUNT_SUSPECT_SYNCS)
        return [
            .symbol(plain, start), .symbol(last, start), .symbol(trusting, start),
            .account(first, start), .account(other, start), .account(watcher, start),
        ]
    }()

    mutating func next(_ model: ExactModel) -> HistoryInput {
        if let input = setting.popLast() { return input }
        advance()
        switch random.below(100) {
        case 0..<29: return .tick(tick())
        case 29..<32: return .ticks((0..<3).map { _ in tick() })
        case 32..<40: return .step(random.chance(ppm: 30_000) ? now - Self.second : now)
        case 40..<47: return open(model)
        case 47..<53: return modify(model)
        case 53..<56: return rule(model)
        case 56..<62: return close(model)
        case 62..<65: return cancel(model)
        case 65..<75: return take()
        case 75..<88: return ack(model)
        case 88..<91: return broker(model)
        case 91..<97: return snapshot(model)
        case 97..<99: return executor()
        default: return again()
        }
    }

    /// A symbol or an account put again: what may change, and what may not with open positions.
    private mutating func again() -> HistoryInput {
        switch Self.world[Int(random.below(6))] {
        case .symbol(var symbol, _):
            symbol.tick_value = (1 + random.below(9)) * 11_111_111
            if random.chance(ppm: 200_000) { symbol.tick_size += 1 }
            if random.chance(ppm: 200_000) { symbol.trust_crossed ^= 1 }
            return .symbol(symbol, now)
        case .account(var account, _):
            if random.chance(ppm: 300_000) { account.observe ^= 1 }
            return .account(account, now)
        default: return .step(now)
        }
    }

    private mutating func advance() {
        let steps: [Int64] = [0, 1, 50, 100, 200, 400, 1000, 2000, 5000, 60_000]
        let place = random.below(20)
        if place < 10 { now += steps[Int(place)] * 1_000_000 }
    }

    /// The host's time of an input that is neither tick nor step.
    private mutating func moment() -> Int64 {
        switch random.below(20) {
        case 0: now - Self.second
        case 1: now + Self.second
        default: now
        }
    }

    private mutating func tick() -> hf_tick {
        let symbol = random.below(3)
        var tick = hf_tick()
        centre[Int(symbol)] += random.below(7) - 3
        if random.chance(ppm: 50_000) { centre[Int(symbol)] += random.below(41) - 20 }
        centre[Int(symbol)] = min(max(centre[Int(symbol)], 900), 1100)
        let bid = centre[Int(symbol)]
        let spread = random.chance(ppm: 100_000) ? -1 - random.below(3) : random.below(4)
        _ = hf_tick_init(&tick, UInt32(symbol + 1), now, bid, bid + spread)
        if random.chance(ppm: 700_000) { tick.last = bid + random.below(3) }
        if random.chance(ppm: 60_000) { tick.time = now - random.below(4) * Self.second }
        switch random.below(100) {
        case 0: tick.bid = 0
        case 1: tick.ask = -5
        case 2: tick.symbol = 9
        default: break
        }
        return tick
    }

    /// A level on one side of a price, on the grid or close to it.
    private mutating func level(_ symbol: Int64, above: Bool) -> Int64 {
        let grid: Int64 = [5, 1, 2][Int(symbol)]
        let distance = random.below(25) - 3
        let raw = centre[Int(symbol)] + (above ? distance : -distance)
        return random.chance(ppm: 30_000) ? raw : raw / grid * grid
    }

    private mutating func open(_ model: ExactModel) -> HistoryInput {
        let symbol = random.below(3)
        let isLong = random.chance(ppm: 500_000)
        var open = hf_open()
        let steps =
            symbol == 1
            ? Self.lot / 20 * (2 + random.below(5)) : Self.lot / 100 * (1 + random.below(9))
        let account: Int64 = [1, 1, 1, 2, 2, 3][Int(random.below(6))]
        _ = hf_open_init(
            &open, UInt64(account), UInt32(symbol + 1), UInt8(isLong ? HF_LONG : HF_SHORT), steps,
            centre[Int(symbol)] + random.below(9) - 4)
        if random.chance(ppm: 700_000) { open.sl = level(symbol, above: !isLong) }
        if random.chance(ppm: 600_000) { open.tp = level(symbol, above: isLong) }
        if random.chance(ppm: 500_000) {
            ticket += random.chance(ppm: 900_000) ? 1 : 0
            open.ticket = ticket
        }
        if random.chance(ppm: 600_000) {
            client += 1
            setText(&open.client_id, "client \(client)")
        }
        if random.chance(ppm: 300_000) { open.commission = -random.below(1000) * 1_000_000 }
        switch random.below(60) {
        case 0: open.symbol = 7
        case 1: open.account = 8
        case 2: open.price = 0
        default: break
        }
        return .open(open, moment())
    }

    /// A position that exists, mostly an open one; sometimes none.
    private mutating func pick(_ model: ExactModel) -> UInt64 {
        if random.chance(ppm: 20_000) || model.positions.isEmpty { return 99 }
        let open = model.positions.filter(\.isOpen)
        if open.isEmpty || random.chance(ppm: 80_000) {
            return UInt64(random.below(Int64(model.positions.count)) + 1)
        }
        return open[Int(random.below(Int64(open.count)))].id
    }

    private mutating func modify(_ model: ExactModel) -> HistoryInput {
        var modify = hf_modify()
        modify.position = pick(model)
        let position = model.position(modify.position)
        let symbol = Int64(position?.symbol ?? 0)
        let isLong = position?.side != .short
        let choices = [HF_SET, HF_SET, HF_UNSET, HF_LEAVE]
        modify.change_sl = UInt8(choices[Int(random.below(4))])
        modify.change_tp = UInt8(choices[Int(random.below(4))])
        if Int(modify.change_sl) == HF_SET { modify.sl = level(symbol, above: !isLong) }
        if Int(modify.change_tp) == HF_SET { modify.tp = level(symbol, above: isLong) }
        modify.allow_immediate = random.chance(ppm: 200_000) ? 1 : 0
        setText(&modify.by, "desk")
        return .modify(modify, moment())
    }

    private mutating func rule(_ model: ExactModel) -> HistoryInput {
        var rule = hf_rule()
        rule.scope_id = pick(model)
        rule.id = rule.scope_id
        rule.kind = UInt8(HF_RULE_TRAILING)
        rule.scope = UInt8(HF_SCOPE_POSITION)
        rule.present = UInt64(HF_RULE_DISTANCE)
        rule.distance = random.below(22)
        if random.chance(ppm: 150_000) { rule.remove = 1 }
        return .rule(rule, moment())
    }

    private mutating func close(_ model: ExactModel) -> HistoryInput {
        var close = hf_close()
        if random.chance(ppm: 60_000) {
            close.filter.present = UInt32(truncatingIfNeeded: HF_FILTER_ALL)
        } else {
            close.filter.present = UInt32(HF_FILTER_POSITION)
            close.filter.position = pick(model)
        }
        switch random.below(6) {
        case 0, 1:
            let step = Self.lot / 100
            close.volume = step * (1 + random.below(8)) + (random.chance(ppm: 50_000) ? 1 : 0)
        case 2: close.fraction = [10, 25, 50, 75, 100][Int(random.below(5))] * 1_000_000
        default: break
        }
        close.reason = UInt8(
            [0, HF_REASON_MANUAL, HF_REASON_ADVISOR, HF_REASON_EMERGENCY][Int(random.below(4))])
        setText(&close.by, "desk")
        return .close(close, moment())
    }

    private mutating func cancel(_ model: ExactModel) -> HistoryInput {
        var cancel = hf_cancel()
        let live = model.positions.filter { $0.intent != nil }
        let isLive = !live.isEmpty && random.chance(ppm: 800_000)
        cancel.position = isLive ? live[Int(random.below(Int64(live.count)))].id : pick(model)
        setText(&cancel.by, "desk")
        return .cancel(cancel, moment())
    }

    private mutating func take() -> HistoryInput {
        if random.chance(ppm: 60_000) { epoch += 1 }
        let old = random.chance(ppm: 30_000) ? epoch - 1 : epoch
        let executor: UInt64 = random.chance(ppm: 100_000) ? 3 : random.chance(ppm: 20_000) ? 8 : 1
        return .take(
            executor: executor, epoch: executor == 1 ? old : 1,
            max: random.chance(ppm: 700_000) ? 64 : Int(random.below(3)), moment())
    }

    private static let codes: [Int] = [
        10009, 10009, 10009, 10009, 10009, 10009, 10010, 10010, 10010, 10008, 0, 10004, 10020,
        10021, 10006, 10007, 10024, 10031, 10026, 10013, 10019, 10040, 10030, 10018, 10011, 10012,
        10036, 12, 9999, 10025,
    ]

    private mutating func ack(_ model: ExactModel) -> HistoryInput {
        var ack = hf_ack()
        let out = model.positions.flatMap { position in
            [position.live, position.query].compactMap { $0 }.filter(\.isOut)
        }
        let all = model.positions.flatMap(\.commands)
        let isOut = !out.isEmpty && random.chance(ppm: 800_000)
        let some = isOut ? out : all
        guard !some.isEmpty else { return .step(now) }
        let command = some[Int(random.below(Int64(some.count)))]
        ack.command = command.id.record
        if random.chance(ppm: 20_000) { ack.command.count += 7 }
        if command.isQuery {
            ack.query = 1
            return .ack(ack, moment())
        }
        if isOut, random.chance(ppm: 100_000) {
            ack.position = command.id.owner
            ack.command = hf_command_id()
        }
        let code = Self.codes[Int(random.below(Int64(Self.codes.count)))]
        ack.retcode = UInt32(code)
        ack.present = UInt32(HF_HAS_RETCODE)
        if random.chance(ppm: 150_000) { ack.answer = UInt8(hf_retcode_answer(ack.retcode)) }
        if random.chance(ppm: 20_000) {
            ticket += 1
            ack.ticket = ticket
            ack.present |= UInt32(HF_HAS_TICKET)
        }
        guard code == 10009 || code == 10010 else { return .ack(ack, moment()) }
        if code == 10010 || random.chance(ppm: 200_000) {
            ack.present |= UInt32(HF_HAS_VOLUME)
            ack.volume = random.below(command.volume / 1_000_000 + 2) * 1_000_000
        }
        fill(command.price, &ack.price, &ack.present)
        costs(&ack.present, &ack.profit, &ack.commission, &ack.swap, &ack.fee)
        ack.deal = number()
        return .ack(ack, moment())
    }

    private mutating func fill(_ expected: Int64, _ price: inout Int64, _ present: inout UInt32) {
        guard expected == 0 || random.chance(ppm: 500_000) else { return }
        price = max(1, (expected == 0 ? 1000 : expected) + random.below(7) - 3)
        present |= UInt32(HF_HAS_PRICE)
    }

    private mutating func costs(
        _ present: inout UInt32, _ profit: inout Int64, _ commission: inout Int64,
        _ swap: inout Int64, _ fee: inout Int64
    ) {
        if random.chance(ppm: 100_000) {
            present |= UInt32(HF_HAS_PROFIT)
            profit = (random.below(200) - 100) * 1_000_000
        }
        if random.chance(ppm: 200_000) {
            present |= UInt32(HF_HAS_COMMISSION)
            commission = -random.below(100) * 1_000_000
        }
        if random.chance(ppm: 100_000) {
            present |= UInt32(HF_HAS_SWAP)
            swap = (random.below(100) - 50) * 1_000_000
        }
        if random.chance(ppm: 100_000) {
            present |= UInt32(HF_HAS_FEE)
            fee = -random.below(100) * 1_000_000
        }
    }

    /// A deal's number: none, a new one or one that was used.
    mutating func number() -> UInt64 {
        if random.chance(ppm: 300_000) { return 0 }
        if deal > 1, random.chance(ppm: 120_000) {
            return 1 + UInt64(random.below(Int64(deal - 1)))
        }
        deal += 1
        return deal - 1
    }

    private mutating func broker(_ model: ExactModel) -> HistoryInput {
        var deal = hf_deal()
        let position = model.position(pick(model))
        deal.account = position?.account ?? 1
        deal.position = position?.id ?? 77
        if let position, position.ticket != 0, random.chance(ppm: 300_000) {
            deal.position = 0
            deal.ticket = position.ticket
        }
        let open = position?.volume ?? Self.lot / 10
        deal.volume =
            random.chance(ppm: 500_000)
            ? open : random.below(open / 1_000_000 + 3) * 1_000_000
        deal.price = position.map { model.symbols[$0.symbol].price($0.side) } ?? 1000
        deal.price += random.below(5) - 2
        deal.reason = UInt8(
            [HF_DEAL_CLIENT, HF_DEAL_CLIENT, HF_DEAL_CLIENT, HF_DEAL_SL, HF_DEAL_TP, HF_DEAL_SO][
                Int(random.below(6))])
        deal.deal = number()
        costs(&deal.present, &deal.profit, &deal.commission, &deal.swap, &deal.fee)
        return .deal(deal, moment())
    }
}
