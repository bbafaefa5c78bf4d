import CHoldfast

/// What open positions are worth in the currency of their accounts; nil where that is unknown: no
/// quote, no rate, or a sum that does not fit.
extension Stripe {
    /// Price profit of the open part at a closing price: points x 1e-8 lot. Volumes and prices lie
    /// below 2^53.
    @inline(__always)
    mutating func gain(_ p: Row, at price: Int64) -> Int128 {
        let cost =
            p.pointee.ledger == none
            ? Money.product(p.pointee.volume, p.pointee.openPrice)
            : ledgers[p.pointee.ledger].pointee.cost
        let worth = Money.product(p.pointee.volume, price)
        return p.pointee.side == .long ? worth &- cost : cost &- worth
    }

    /// The gain as a ratio of the cost, truncated toward zero.
    @inline(__always)
    mutating func percent(_ p: Row, _ gain: Int128, at price: Int64) -> Int64? {
        let move =
            p.pointee.side == .long ? price &- p.pointee.openPrice : p.pointee.openPrice &- price
        // Of most the same as that of the prices, and a short division.
        if p.pointee.ledger == none && move.magnitude < 1 << 36 {
            return move &* Limits.unit / p.pointee.openPrice
        }
        return Share.ratio(gain, ledger(p).pointee.cost)
    }

    /// Costs that are not booked yet.
    @inline(__always)
    mutating func openCosts(_ p: Row) -> Int64? {
        if p.pointee.ledger == none { return 0 }
        return Int64(exactly: ledgers[p.pointee.ledger].pointee.open.sum)
    }

    /// Floating price profit at the closing price in force, and the same with the costs that are
    /// not booked yet.
    mutating func netFloating(_ p: Row) -> (profit: Int64, net: Int64)? {
        let price = market(p).pointee.closingPrice(p.pointee.side)
        if price == 0 && !p.pointee.isPending { return nil }
        guard let profit = money(p, gain(p, at: price)), var net = openCosts(p) else { return nil }
        return Money.add(profit, to: &net) ? (profit, net) : nil
    }

    /// Whether money of an account is that of a symbol: nothing has to be converted.
    mutating func isPlain(_ account: UInt32, _ market: MarketRow) -> Bool {
        shared.pointee.accounts[Int(account)].currency == market.pointee.currency
    }

    /// The gain of positions of one account, symbol and side: converted once, rounded once.
    mutating func floating(
        _ gain: Int128, of account: UInt32, _ market: MarketRow
    ) -> Int64? {
        guard let rate = conversion(market, account) else { return nil }
        return Money.value(
            of: gain, tickValue: market.pointee.terms.tick_value,
            tickSize: market.pointee.terms.tick_size, rate)
    }

    /// What a volume of one account, symbol and side is worth at its closing price, converted as a
    /// loss is: at the side where it is more.
    mutating func exposure(
        _ volume: Int128, of account: UInt32, _ market: MarketRow, _ side: Side
    ) -> Int64? {
        let price = market.pointee.closingPrice(side)
        let (worth, overflow) = volume.multipliedReportingOverflow(by: -Int128(price))
        if price == 0 || overflow { return nil }
        return floating(worth, of: account, market).map { -$0 }
    }
}
