import CHoldfast

/// What an account lets entries come to. What exists at the broker is never refused.
extension Account {
    static let caps = UInt32(
        HF_ACCOUNT_LEVERAGE | HF_ACCOUNT_MAX_POSITIONS | HF_ACCOUNT_MAX_VOLUME
            | HF_ACCOUNT_MAX_EXPOSURE)

    var hasCaps: Bool { terms.present & Self.caps != 0 }

    func has(_ cap: Int32) -> Bool { terms.present & UInt32(cap) != 0 }
}

extension Stripe {
    /// - Parameter figures: of the account before this entry, with what others ask for.
    mutating func check(
        caps row: UnsafeMutablePointer<Account>, _ open: hf_open, _ account: UInt32,
        _ figures: Figures
    ) throws(Failure) {
        let terms = row.pointee.terms
        if row.pointee.has(HF_ACCOUNT_MAX_POSITIONS)
            && row.pointee.open + row.pointee.asked >= UInt64(terms.max_positions)
        {
            throw .cap
        }
        if row.pointee.has(HF_ACCOUNT_MAX_VOLUME)
            && figures.volume + Int128(open.volume) > Int128(terms.max_volume)
        {
            throw .cap
        }
        let hasLeverage = row.pointee.has(HF_ACCOUNT_LEVERAGE) && terms.leverage > 0
        if !hasLeverage && !row.pointee.has(HF_ACCOUNT_MAX_EXPOSURE) { return }
        guard figures.isExposureKnown, let more = exposure(open, account) else {
            throw .unknownMoney
        }
        let exposure = figures.exposure + Int128(more)
        if row.pointee.has(HF_ACCOUNT_MAX_EXPOSURE) && exposure > Int128(terms.max_exposure) {
            throw .cap
        }
        if !hasLeverage { return }
        let (balance, isKnown) = row.pointee.lock.hold {
            (row.pointee.balance, row.pointee.isBookKnown)
        }
        guard isKnown && figures.isFloatingKnown else { throw .unknownMoney }
        let equity = Int128(balance) + figures.floating + figures.costs
        let (most, isHuge) = equity.multipliedReportingOverflow(by: Int128(terms.leverage))
        if !isHuge && exposure * Int128(Limits.unit) > most { throw .cap }
    }

    /// What an entry would add to the exposure.
    private mutating func exposure(_ open: hf_open, _ account: UInt32) -> Int64? {
        var one = Group(
            account: account, market: open.symbol - 1,
            side: open.side == Side.long.rawValue ? .long : .short)
        one.asked = Int128(open.volume)
        return worth(&one, withAsked: true).exposure
    }

    /// Levels of an entry, against the market as an owner's change of an open position.
    mutating func checkSides(_ open: hf_open, _ market: MarketRow) throws(Failure) {
        let side: Side = open.side == Side.long.rawValue ? .long : .short
        let sign: Int64 = side == .long ? 1 : -1
        if let price = market.pointee.watched(side) {
            if open.sl != 0 && price <= sign * open.sl { throw .levelBreached }
            if open.tp != 0 && price >= sign * open.tp { throw .levelBreached }
        } else if open.sl != 0 && open.tp != 0 && sign * open.sl >= sign * open.tp {
            throw .levelSide
        }
    }
}
