import CHoldfast

/// A position as both sides can say it.
struct PositionView: Equatable {
    var volume: Int64 = 0
    var average: Int64 = 0
    var sl: Int64 = 0
    var tp: Int64 = 0
    var slFirst: Int64 = 0
    var setBy = 0
    var distance: Int64 = 0
    var mae: Int64 = 0
    var maeTime: Int64 = 0
    var mfe: Int64 = 0
    var mfeTime: Int64 = 0
    var state = 0
    var reason = 0
    var escalatedFrom = 0
    var intentVolume: Int64 = 0
    var command = ModelID()
    var profit: Int64?
    var realised: Int64?
    var net: Int64?
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0
    var closed: Int64 = 0
    var closePrice: Int64 = 0
    var slippage: Int64?
    var slippageLevel: Int64?
    var ticket: UInt64 = 0
    var isBlind = false

    init(_ position: hf_position) {
        let known = position.known
        func shown(_ value: Int64, _ flag: some BinaryInteger) -> Int64? {
            known & UInt32(flag) != 0 ? value : nil
        }
        volume = position.volume
        average = position.average
        sl = position.sl
        tp = position.tp
        slFirst = position.sl_first
        setBy = Int(position.set_by)
        distance = position.trailing_distance
        if known & UInt32(HF_KNOWN_QUOTE) != 0 {
            (mae, maeTime) = (position.mae, position.mae_time)
            (mfe, mfeTime) = (position.mfe, position.mfe_time)
        }
        state = Int(position.state)
        reason = Int(position.reason)
        escalatedFrom = Int(position.escalated_from)
        intentVolume = position.intent_volume
        command = ModelID(position.command)
        profit = shown(position.profit, HF_KNOWN_PROFIT)
        realised = shown(position.realised, HF_KNOWN_REALISED)
        net = shown(position.net, HF_KNOWN_NET)
        (commission, swap, fee) = (position.commission, position.swap, position.fee)
        closed = position.closed
        if closed != 0 {
            closePrice = position.close_price
            slippage = shown(position.slippage, HF_KNOWN_SLIPPAGE)
            slippageLevel = shown(position.slippage_level, HF_KNOWN_SLIPPAGE)
        }
        ticket = position.ticket
        isBlind = closed == 0 && position.blind != 0
    }

    init(_ position: ModelPosition, in model: ExactModel) {
        let symbol = model.symbols[position.symbol]
        let isKnown = model.isMoneyKnown(position)
        volume = position.volume
        if position.volume > 0 {
            average = Int64(position.cost * 100_000_000 / Int128(position.volume))
        }
        (sl, tp, slFirst) = (position.sl, position.tp, position.slFirst)
        setBy = position.setBy
        distance = position.distance
        if let mae = position.mae, let mfe = position.mfe {
            (self.mae, maeTime) = (mae.price, mae.time)
            (self.mfe, mfeTime) = (mfe.price, mfe.time)
        }
        state = position.state
        reason = position.isOpen ? position.intent?.reason ?? 0 : position.closeReason
        escalatedFrom = position.isOpen ? position.intent?.escalatedFrom ?? 0 : position.closeFrom
        if let intent = position.intent {
            intentVolume = intent.isFull ? position.volume : min(intent.left, position.volume)
        }
        command = position.latestClose?.id ?? ModelID()
        if !position.isOpen {
            profit = 0
        } else if isKnown, symbol.quote != nil, symbol.price(position.side) > 0 {
            let worth = Int128(symbol.price(position.side)) * Int128(position.volume)
            profit = model.money(
                (worth - position.cost) * Int128(position.side.rawValue), position.symbol)
        }
        if position.isRealisedKnown { realised = position.realised }
        (commission, swap, fee) = (position.commission, position.swap, position.fee)
        if let profit, realised != nil { net = profit + model.net(position) }
        closed = position.closed
        if !position.isOpen {
            closePrice = position.closePrice
            slippage = position.slippage?.price
            slippageLevel = position.slippage?.level
        }
        ticket = position.ticket
        isBlind = position.isOpen && symbol.isBlind
    }

    /// The fields that differ, for people.
    func differences(_ other: PositionView) -> [String] {
        if self == other { return [] }
        return zip(Mirror(reflecting: self).children, Mirror(reflecting: other).children).compactMap
        {
            let (left, right) = ("\($0.value)", "\($1.value)")
            return left == right ? nil : "\($0.label ?? ""): core \(left), model \(right)"
        }
    }
}
