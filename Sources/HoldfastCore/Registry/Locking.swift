import CHoldfast

/// More than one stripe at a time, always in the order of their numbers.
///
/// An input that books money in another currency reads quotes of other stripes. It holds these too,
/// so that its sequence lies between the ticks before and after which it read them: applied again
/// in that order, the same money comes out.
extension Core {
    /// Runs a body while every stripe stands still.
    func holdAll<Answer, Problem: Error>(
        _ body: () throws(Problem) -> Answer
    ) throws(Problem) -> Answer {
        for index in 0..<stripeCount { (stripes + index).pointee.lock.take() }
        defer { for index in 0..<stripeCount { (stripes + index).pointee.lock.give() } }
        return try body()
    }

    /// - Parameter mask: a bit a stripe.
    @discardableResult
    func take(_ mask: UInt64) -> UInt64 {
        var rest = mask
        while rest != 0 {
            (stripes + rest.trailingZeroBitCount).pointee.lock.take()
            rest &= rest &- 1
        }
        return mask
    }

    func give(_ mask: UInt64) {
        var rest = mask
        while rest != 0 {
            (stripes + rest.trailingZeroBitCount).pointee.lock.give()
            rest &= rest &- 1
        }
    }

    /// The same for a position that was looked at: `rates` are the stripes it needed then.
    /// - Parameter id: whose row it was; another's, or nobody's, is the caller's to see.
    func take(
        _ rates: UInt64, for p: Stripe.Row, _ id: UInt64,
        in stripe: UnsafeMutablePointer<Stripe>, _ index: Int
    ) -> UInt64 {
        var mask = rates | 1 << UInt64(index)
        while true {
            take(mask)
            if p.pointee.id != id { return mask }
            let more = stripe.pointee.rateStripes(of: p) ?? 0
            if more & ~mask == 0 { return mask }
            give(mask)
            mask |= more
        }
    }

    /// The stripes that an input about an account and a symbol holds, locked. Pairs are defined
    /// with all stripes locked, so what was found without a lock is looked at again.
    func takeBooking(_ symbol: UInt32, _ account: UInt32) throws(Failure) -> UInt64 {
        let market = try market(symbol)
        let own = UInt64(1) << UInt64(Int(symbol - 1) % stripeCount)
        if stripeCount == 1 { return take(own) }
        let rates = shared.pointee.rates
        let row = shared.pointee.accounts + Int(account)
        func wanted() -> UInt64 {
            own | rates.stripes(market.pointee.currency, row.pointee.currency)
        }
        var mask = own
        while true {
            take(mask)
            let more = wanted()
            if more & ~mask == 0 { return mask }
            give(mask)
            mask |= more
        }
    }
}

extension Stripe {
    /// The stripes whose ticks may change what a booking of a position comes to; nil: none.
    mutating func rateStripes(of p: Row) -> UInt64? {
        let (from, to) = (market(p).pointee.currency, account(p).pointee.currency)
        return from == to ? nil : shared.pointee.rates.stripes(from, to)
    }
}
