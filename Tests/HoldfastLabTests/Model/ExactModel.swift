import CHoldfast

/// The rules of docs/semantics.md, written down a second time: eager, slow and plain. After every
/// input every position holds its levels, extremes, intent and commands as they are; nothing is put
/// off and nothing is indexed. It shares no code with the core.
final class ExactModel {
    struct Account {
        var record: hf_account
        var executor: UInt64
        /// Number of a deal to its price and volume.
        var deals: [UInt64: (price: Int64, volume: Int64)] = [:]
        /// 1 for the account that was defined first.
        var place: UInt64
        var sync = ModelSync()
    }

    var symbols: [ModelSymbol] = []
    var accounts: [UInt64: Account] = [:]
    var positions: [ModelPosition] = []
    var executors: [UInt64: ModelExecutor] = [:]
    /// The order in which a take gave its commands, where several are right.
    var takeOrder: [ModelID]?
    var lastStep = Int64.min
    /// Of the latest input.
    var events: [ModelEvent] = []

    // MARK: Symbols, accounts

    func put(_ record: hf_symbol, now: Int64) -> Int32 {
        let name = text(record.name)
        if let place = symbols.firstIndex(where: { text($0.record.name) == name }) {
            let old = symbols[place].record
            let isOpen = positions.contains { $0.isOpen && $0.symbol == place }
            let isOther =
                old.digits != record.digits || old.tick_size != record.tick_size
                || old.contract != record.contract
                || text(old.profit_currency) != text(record.profit_currency)
            if isOpen && isOther { return Int32(HF_E_STATE) }
            symbols[place].record = record
            return 0
        }
        symbols.append(
            ModelSymbol(id: UInt32(symbols.count + 1), record: record, time: now))
        return 0
    }

    func put(_ record: hf_account, now: Int64) -> Int32 {
        let hasExecutor = record.present & UInt32(HF_ACCOUNT_EXECUTOR) != 0
        let executor = hasExecutor ? record.executor : record.id
        let isNew = accounts[record.id] == nil
        let old = accounts[record.id]?.record
        let place = UInt64(accounts.count + 1)
        accounts[
            record.id, default: Account(record: record, executor: executor, place: place)
        ].record = record
        executors[executor] = executors[executor] ?? ModelExecutor(id: executor)
        if isNew || old?.sync_every != record.sync_every || old?.sync_late != record.sync_late {
            schedule(record.id, from: now)
        }
        return 0
    }

    // MARK: Positions

    func open(_ open: hf_open, now: Int64) -> Int32 {
        events = []
        guard let symbol = place(open.symbol) else { return Int32(HF_E_SYMBOL) }
        guard accounts[open.account] != nil else { return Int32(HF_E_ACCOUNT) }
        let record = symbols[symbol].record
        guard open.price > 0, open.sl >= 0, open.tp >= 0 else { return Int32(HF_E_PRICE) }
        guard open.sl % record.tick_size == 0, open.tp % record.tick_size == 0 else {
            return Int32(HF_E_GRID)
        }
        guard open.volume >= record.volume_min, open.volume <= record.volume_max,
            open.volume % record.volume_step == 0
        else { return Int32(HF_E_VOLUME) }
        let stamp = stamp(symbol, now)
        let isDuplicate =
            open.ticket != 0
            && positions.contains {
                $0.account == open.account && $0.ticket == open.ticket
            }
            || !text(open.client_id).isEmpty
                && positions.contains {
                    $0.account == open.account && $0.clientID == text(open.client_id)
                }
        if isDuplicate { return Int32(HF_E_DUPLICATE) }
        let position = ModelPosition(id: UInt64(positions.count + 1), open: open, at: stamp)
        positions.append(position)
        if let price = extreme(position) {
            position.mae = (price, stamp)
            position.mfe = (price, stamp)
        }
        var event = ModelEvent(kind: HF_EVENT_OPENED, time: stamp, position: position.id)
        event.symbol = open.symbol
        event.volume = open.volume
        event.price = open.price
        events.append(event)
        return 0
    }

    /// The watched price of the quote in force, where it counts as seen.
    func extreme(_ position: ModelPosition) -> Int64? {
        let symbol = symbols[position.symbol]
        guard let quote = symbol.quote, symbol.isUsable(quote) else { return nil }
        return symbol.watched(position.side, quote)
    }

    func modify(_ modify: hf_modify, now: Int64) -> Int32 {
        events = []
        guard let position = position(modify.position) else { return Int32(HF_E_POSITION) }
        guard position.isOpen else { return Int32(HF_E_CLOSED) }
        if Int(modify.change_sl) == HF_LEAVE, Int(modify.change_tp) == HF_LEAVE {
            return Int32(HF_E_ARGUMENT)
        }
        let symbol = symbols[position.symbol]
        let (setSL, setTP) = (Int(modify.change_sl) == HF_SET, Int(modify.change_tp) == HF_SET)
        for (isSet, level) in [(setSL, modify.sl), (setTP, modify.tp)] where isSet {
            if level <= 0 { return Int32(HF_E_PRICE) }
            if level % symbol.record.tick_size != 0 { return Int32(HF_E_GRID) }
        }
        let sl = setSL ? modify.sl : Int(modify.change_sl) == HF_UNSET ? 0 : position.sl
        let tp = setTP ? modify.tp : Int(modify.change_tp) == HF_UNSET ? 0 : position.tp
        let status = judge(
            position, sl: setSL ? sl : nil, tp: setTP ? tp : nil, both: (sl, tp),
            isAllowed: modify.allow_immediate == 1)
        if status != 0 { return status }
        let stamp = stamp(position.symbol, now)
        let reason = modify.reason == 0 ? HF_REASON_MANUAL : Int(modify.reason)
        func tell(_ what: Int, _ old: Int64, _ new: Int64) {
            var event = ModelEvent(kind: HF_EVENT_CHANGED, time: stamp, position: position.id)
            (event.what, event.old, event.new, event.reason) = (what, old, new, reason)
            event.by = text(modify.by)
            events.append(event)
        }
        if Int(modify.change_sl) != HF_LEAVE {
            tell(HF_WHAT_SL, position.sl, sl)
            position.sl = sl
            position.setBy = sl == 0 ? 0 : HF_REASON_SL
            if position.slFirst == 0 { position.slFirst = sl }
            position.isSLRecorded = false
            position.peak = sl == 0 ? nil : symbol.trailable(position.side)
        }
        if Int(modify.change_tp) != HF_LEAVE {
            tell(HF_WHAT_TP, position.tp, tp)
            position.tp = tp
            position.isTPRecorded = false
        }
        return 0
    }

    /// A change of levels against the market, or against each other where there is no market.
    private func judge(
        _ position: ModelPosition, sl: Int64?, tp: Int64?, both: (sl: Int64, tp: Int64),
        isAllowed: Bool
    ) -> Int32 {
        let symbol = symbols[position.symbol]
        let side = position.side
        if let quote = symbol.quote, symbol.isUsable(quote),
            let market = symbol.watched(side, quote)
        {
            if isAllowed { return 0 }
            if let sl, !side.isBetter(market, sl) { return Int32(HF_E_LEVEL_BREACHED) }
            if let tp, !side.isBetter(tp, market) { return Int32(HF_E_LEVEL_BREACHED) }
            return 0
        }
        if sl != nil || tp != nil, both.sl != 0, both.tp != 0, !side.isBetter(both.tp, both.sl) {
            return Int32(HF_E_LEVEL_SIDE)
        }
        return 0
    }

    func rule(_ rule: hf_rule, now: Int64) -> Int32 {
        events = []
        if rule.remove == 1 {
            guard
                let owner = positions.first(where: { $0.isOpen && $0.trails[rule.id] != nil })
            else {
                return Int32(HF_E_RULE)
            }
            owner.trails[rule.id] = nil
            return 0
        }
        guard rule.distance > 0 else { return Int32(HF_E_RANGE) }
        guard let position = position(rule.scope_id) else { return Int32(HF_E_POSITION) }
        guard position.isOpen else { return Int32(HF_E_CLOSED) }
        let symbol = symbols[position.symbol]
        guard rule.distance >= symbol.record.tick_size else {
            return Int32(HF_E_RANGE)
        }
        for other in positions where other.isOpen { other.trails[rule.id] = nil }
        position.trails[rule.id] = rule.distance
        startTrail(position)
        return 0
    }

    /// From the quote in force, at once where there is a usable one.
    func startTrail(_ position: ModelPosition) {
        position.peak = nil
        if let price = symbols[position.symbol].trailable(position.side) { trail(position, price) }
    }

    /// One candidate of the trail.
    func trail(_ position: ModelPosition, _ price: Int64) {
        let distance = position.distance
        guard distance > 0, !position.isClosing else { return }
        let side = position.side
        let start = position.peak.map { side.isBetter($0, price) ? $0 : price } ?? price
        position.peak = nil
        let tick = symbols[position.symbol].record.tick_size
        let raw = start - side.rawValue * distance
        let down = raw / tick * tick
        let candidate = side == .long && down != raw ? down + tick : down
        guard candidate > 0, side.isBetter(price, candidate) else { return }
        guard position.sl == 0 || side.isBetter(candidate, position.sl) else { return }
        position.sl = candidate
        position.setBy = HF_REASON_TRAILING
    }

    // MARK: Small things

    func place(_ id: UInt32) -> Int? {
        id >= 1 && id <= symbols.count ? Int(id) - 1 : nil
    }

    func position(_ id: UInt64) -> ModelPosition? {
        id >= 1 && id <= UInt64(positions.count) ? positions[Int(id) - 1] : nil
    }

    func command(_ id: ModelID) -> ModelCommand? {
        if id.owner >> 63 == 1 {
            return accounts.values.lazy.compactMap { $0.sync.count(of: id) }.first
        }
        return position(id.owner)?.commands.first { $0.id == id }
    }

    /// The later of an input's own time and its symbol's.
    func stamp(_ symbol: Int, _ now: Int64) -> Int64 { max(now, symbols[symbol].time) }

    /// Volume in 1e-8 lot times points of move, as money of the profit currency.
    func money(_ volumePoints: Int128, _ symbol: Int) -> Int64 {
        let record = symbols[symbol].record
        let above = volumePoints * Int128(record.tick_value)
        let below = Int128(record.tick_size) * 100_000_000
        let (whole, rest) = above.magnitude.quotientAndRemainder(dividingBy: below.magnitude)
        let rounded = Int128(rest * 2 >= below.magnitude ? whole + 1 : whole)
        return Int64(above < 0 ? -rounded : rounded)
    }

    func isMoneyKnown(_ position: ModelPosition) -> Bool {
        guard let account = accounts[position.account] else { return false }
        let currency = text(symbols[position.symbol].record.profit_currency)
        return text(account.record.currency) == currency
    }
}

/// The text of a fixed field.
func text<Field>(_ field: Field) -> String {
    withUnsafeBytes(of: field) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Fills a fixed field.
func setText<Field>(_ field: inout Field, _ value: String) {
    withUnsafeMutableBytes(of: &field) { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        for (place, byte) in value.utf8.enumerated() { bytes[place] = byte }
    }
}
