import CHoldfast

/// Which symbols are pairs of currencies, and rates by hand.
extension Core {
    /// Takes a symbol as the conversion rate that it is. Every stripe is locked.
    func setRate(_ market: UnsafeMutablePointer<Market>) {
        let rates = shared.pointee.rates
        let base = Self.base(of: market.pointee.terms)
        if base == 0 && market.pointee.rate < 0 { return }
        let scale = (0..<market.pointee.terms.digits).reduce(Int64(1)) { power, _ in power * 10 }
        let pair = Rates.Pair(
            base: base, quote: market.pointee.currency, scale: scale,
            stripe: Int(market.pointee.id - 1) % stripeCount)
        if market.pointee.rate < 0 {
            market.pointee.rate = rates.add(pair)
        } else if rates.pairs[market.pointee.rate] != pair {
            rates.pairs[market.pointee.rate] = pair
            rates.forget(market.pointee.rate)
        }
    }

    /// The currency that a symbol prices in its profit currency; 0: none.
    private static func base(of symbol: hf_symbol) -> Currency {
        let told = unsafeBitCast(symbol.base_currency, to: UInt64.self)
        if told != 0 { return told }
        let name = withUnsafeBytes(of: symbol.name) { Array($0.prefix { $0 != 0 }) }
        let profit = withUnsafeBytes(of: symbol.profit_currency) { Array($0.prefix { $0 != 0 }) }
        let code = 3
        if name.count >= code + profit.count && name[..<code].allSatisfy(isLetter)
            && name[code..<code + profit.count].elementsEqual(profit)
        {
            return currency(name[..<code])
        }
        let rest = name.count - profit.count
        guard rest > 0, rest < MemoryLayout<Currency>.size, name[rest...].elementsEqual(profit)
        else { return 0 }
        return currency(name[..<rest])
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
    }

    private static func currency(_ text: ArraySlice<UInt8>) -> Currency {
        var word: Currency = 0
        withUnsafeMutableBytes(of: &word) { $0.copyBytes(from: text) }
        return word
    }

    public func put(_ rate: hf_rate, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        if !isText(rate.base) || !isText(rate.quote) || isZero(rate.base) || isZero(rate.quote) {
            throw .range
        }
        if min(rate.bid, rate.ask) <= 0 { throw .price }
        if rate.ask < rate.bid || rate.ask >= Limits.price { throw .range }
        let base = unsafeBitCast(rate.base, to: Currency.self)
        let quote = unsafeBitCast(rate.quote, to: Currency.self)
        if base == quote { throw .argument }
        let rates = shared.pointee.rates
        shared.pointee.definitions.take()
        defer { shared.pointee.definitions.give() }
        try holdAll { () throws(Failure) in
            let known = rates.byHand(base, quote)
            // Symbols have their own half of the places.
            if known == nil && rates.countByHand == Int(config.symbols) { throw .full }
            _ = shared.pointee.recorder.claim(HF_RECORD_RATE, rate, time: now)
            let at =
                known
                ?? rates.add(
                    Rates.Pair(base: base, quote: quote, scale: Limits.unit, stripe: nil))
            rates.set(at, bid: rate.bid, ask: rate.ask)
        }
    }
}
