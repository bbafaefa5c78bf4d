import CHoldfast

/// One thread of the storm: what it does is drawn from its seed, what it meets is up to the others.
struct StormThread {
    let world: StormWorld
    var draw: StormDraw
    var events: UInt64 = 0
    var closed: UInt64 = 0
    private(set) var calls = 0
    /// How often each call answered what. Kept here: a lock for all would order the threads.
    private(set) var seen: [Answer: Int] = [:]

    struct Answer: Hashable {
        let call: String
        let status: hf_status
    }

    var core: OpaquePointer? { world.core }

    init(_ world: StormWorld, seed: UInt64) {
        self.world = world
        draw = StormDraw(seed)
    }

    mutating func act() {
        calls += 1
        switch draw.below(100) {
        case 0..<10: open()
        case 10..<14: enter()
        case 14..<19: fill()
        case 19..<26: ticks()
        case 26..<32: modify()
        case 32..<39: close()
        case 39..<43: closeBy()
        case 43..<46: cancel()
        case 46..<54: take()
        case 54..<72: ack()
        case 72..<85: deal()
        case 85..<87: define()
        case 87..<90: rule()
        case 90..<92: step()
        case 92..<94: sync()
        case 94: executor()
        default: query()
        }
    }

    /// Checks an answer against what its call may say.
    mutating func expect(_ call: String, _ status: hf_status, _ allowed: [Int]) {
        seen[Answer(call: call, status: status), default: 0] += 1
        if status != 0 && !allowed.contains(Int(status)) {
            world.complain("\(call) answered \(String(cString: hf_status_name(status)))")
        }
    }

    mutating func now() -> Int64 { world.later(by: Int64(draw.below(5_000_000))) }

    /// A level some ticks beyond the price, on the grid.
    mutating func level(_ symbol: Int, _ sign: Int64, _ most: Int = 60) -> Int64 {
        let terms = StormTerms.symbols[symbol]
        let ticks = world.mid(symbol).value / terms.tickSize
        return (ticks + sign * Int64(3 + draw.below(most))) * terms.tickSize
    }

    mutating func volume(_ most: Int = 50) -> Int64 { Int64(1 + draw.below(most)) * 1_000_000 }

    mutating func cost() -> Int64 { draw.chance(50) ? 0 : Int64(draw.below(2_000_000)) - 1_500_000 }

    /// What a broker numbers: mostly new, some told by several threads at once.
    mutating func number(shared: Int = 10) -> UInt64 {
        draw.chance(shared) ? world.hotNumber() : world.number()
    }

    mutating func position(_ id: UInt64) -> hf_position? {
        var position = hf_position()
        let status = hf_position_get(core, id, &position)
        expect("get", status, [HF_E_POSITION, HF_E_CLOSED])
        return status == 0 ? position : nil
    }

    mutating func known() -> UInt64 { world.known(&draw) }

    // MARK: positions

    private mutating func record() -> (hf_open, symbol: Int) {
        let symbol = draw.below(StormTerms.symbols.count)
        let account = draw.one(StormTerms.accounts)
        let isLong = draw.chance(50)
        let sign: Int64 = isLong ? 1 : -1
        var open = hf_open()
        _ = hf_open_init(
            &open, account.id, UInt32(symbol + 1), UInt8(isLong ? HF_LONG : HF_SHORT), volume(),
            world.mid(symbol).value)
        if draw.chance(70) { open.sl = level(symbol, -sign) }
        if draw.chance(50) { open.tp = level(symbol, sign) }
        open.strategy = UInt64(draw.below(4))
        if draw.chance(8) { setClient(&open, world.hotNumber()) }
        if draw.chance(30) {
            open.flags |= UInt32(HF_OPEN_DISASTER_DISTANCE)
            open.disaster_distance = 50 * StormTerms.symbols[symbol].tickSize
        }
        return (open, symbol)
    }

    private func setClient(_ open: inout hf_open, _ number: UInt64) {
        withUnsafeMutableBytes(of: &open.client_id) { $0.copyBytes(from: "client\(number)".utf8) }
    }

    private mutating func open() {
        var (open, _) = record()
        if draw.chance(60) { open.ticket = number(shared: 20) }
        (open.commission, open.swap) = (cost(), cost())
        var id: UInt64 = 0
        let status = hf_position_open(core, &open, now(), &id)
        expect("open", status, [HF_E_DUPLICATE, HF_E_FULL])
        if status == 0 { world.know(id, &draw) }
    }

    private mutating func enter() {
        var (open, _) = record()
        open.price = 0
        if draw.chance(20) { open.flags |= UInt32(HF_OPEN_CAP_VOLUME) }
        var id: UInt64 = 0
        let status = hf_position_enter(core, &open, now(), &id)
        expect(
            "enter", status,
            [
                HF_E_DUPLICATE, HF_E_LEVEL_SIDE, HF_E_LEVEL_BREACHED, HF_E_STATE, HF_E_CAP,
                HF_E_UNKNOWN_MONEY, HF_E_FULL,
            ])
        if status == 0 { world.know(id, &draw) }
    }

    private mutating func fill() {
        var fill = hf_fill()
        let side = UInt8(draw.chance(50) ? HF_LONG : HF_SHORT)
        if draw.chance(60) {
            let account = draw.chance(50) ? UInt64(2) : 5
            let symbol = draw.below(StormTerms.symbols.count)
            _ = hf_fill_init(
                &fill, account, UInt32(symbol + 1), side, volume(), world.mid(symbol).value)
        } else {
            guard let position = position(known()) else { return }
            _ = hf_fill_init(
                &fill, position.account, position.symbol, side, volume(20),
                world.mid(Int(position.symbol) - 1).value)
            fill.position = position.id
        }
        if draw.chance(80) { fill.deal = number() }
        if draw.chance(30) {
            fill.ticket = number(shared: 20)
            fill.present |= UInt32(HF_HAS_TICKET)
        }
        fill.present |= UInt32(HF_HAS_COMMISSION | HF_HAS_SWAP | HF_HAS_FEE)
        (fill.commission, fill.swap, fill.fee) = (cost(), cost(), cost())
        var id: UInt64 = 0
        let status = hf_fill_apply(core, &fill, now(), &id)
        expect(
            "fill", status,
            [
                HF_E_POSITION, HF_E_CLOSED, HF_E_VOLUME, HF_E_DUPLICATE, HF_E_CONFLICT, HF_E_FULL,
                HF_E_STATE,
            ])
        if status == 0 && id != 0 { world.know(id, &draw) }
    }

    private mutating func modify() {
        guard let position = position(known()) else { return }
        let symbol = Int(position.symbol) - 1
        let sign: Int64 = position.side == UInt8(HF_LONG) ? 1 : -1
        var modify = hf_modify()
        modify.position = position.id
        switch draw.below(4) {
        case 0: (modify.change_sl, modify.sl) = (UInt8(HF_SET), level(symbol, -sign))
        case 1: (modify.change_tp, modify.tp) = (UInt8(HF_SET), level(symbol, sign))
        case 2: modify.change_sl = UInt8(draw.chance(50) ? HF_UNSET : HF_LEAVE)
        default:
            modify.change_disaster_sl = UInt8(draw.chance(80) ? HF_SET : HF_UNSET)
            if modify.change_disaster_sl == UInt8(HF_SET) {
                modify.disaster_sl = level(symbol, -sign, 120)
            }
        }
        if modify.change_sl == 0 && modify.change_tp == 0 && modify.change_disaster_sl == 0 {
            modify.change_tp = UInt8(HF_UNSET)
        }
        modify.allow_immediate = draw.chance(30) ? 1 : 0
        expect(
            "modify", hf_position_modify(core, &modify, now()),
            [
                HF_E_CLOSED, HF_E_LEVEL_SIDE, HF_E_LEVEL_BREACHED, HF_E_STOPS_LEVEL,
                HF_E_FREEZE_LEVEL, HF_E_UNSUPPORTED,
            ])
    }

    // MARK: closing

    private mutating func close() {
        var close = hf_close()
        switch draw.below(10) {
        case 0:
            close.filter.present = UInt32(
                draw.chance(50) ? HF_FILTER_PROFITABLE : HF_FILTER_LOSING)
        case 1:
            close.filter.present = UInt32(HF_FILTER_STRATEGY | HF_FILTER_ACCOUNT)
            close.filter.strategy = UInt64(draw.below(4))
            close.filter.account = draw.one(StormTerms.accounts).id
        case 2:
            close.filter.present = UInt32(HF_FILTER_SYMBOL | HF_FILTER_SIDE)
            close.filter.symbol = UInt32(1 + draw.below(StormTerms.symbols.count))
            close.filter.side = UInt8(HF_LONG)
        default:
            close.filter.present = UInt32(HF_FILTER_POSITION)
            close.filter.position = known()
        }
        if draw.chance(30) { close.fraction = Int64(1 + draw.below(100)) * 1_000_000 }
        if close.fraction == 0 && draw.chance(20) { close.volume = volume() }
        close.dry_run = draw.chance(20) ? 1 : 0
        if draw.chance(10) { close.reason = UInt8(HF_REASON_EMERGENCY) }
        let allowed = [
            HF_E_CLOSED, HF_E_POSITION, HF_E_VOLUME, HF_E_INTENT_LIVE, HF_E_STATE, HF_E_UNSUPPORTED,
        ]
        var results = [hf_close_result](repeating: hf_close_result(), count: 64)
        var count: UInt32 = 0
        let status = hf_positions_close(core, &close, now(), &results, 64, &count)
        let isOne = close.filter.present == UInt32(HF_FILTER_POSITION)
        expect("close", status, isOne ? allowed : [])
        if status != 0 { return }
        var last: UInt64 = 0
        for result in results.prefix(Int(count)) {
            expect("close one", result.status, allowed)
            if result.position <= last { world.complain("results of a close out of order") }
            last = result.position
        }
    }

    private mutating func closeBy() {
        guard let first = position(known()) else { return }
        var close = hf_close_by()
        close.position = first.id
        for _ in 0..<40 {
            close.with = known()
            if let other = position(close.with), other.symbol == first.symbol,
                other.account == first.account, other.side != first.side
            {
                break
            }
        }
        expect(
            "close by", hf_position_close_by(core, &close, now()),
            [
                HF_E_POSITION, HF_E_CLOSED, HF_E_ARGUMENT, HF_E_STATE, HF_E_INTENT_LIVE,
                HF_E_UNSUPPORTED,
            ])
    }

    private mutating func cancel() {
        var cancel = hf_cancel()
        cancel.position = known()
        expect(
            "cancel", hf_position_cancel(core, &cancel, now()),
            [HF_E_POSITION, HF_E_CLOSED, HF_E_COMMAND])
    }
}
