/// Contract terms of a symbol that is known by its name and quotes alone: usual ones, so that
/// volumes are legal and profits are known. Nothing of a trigger depends on them but the digits.
public enum RecordedTerms {
    /// The core takes no more.
    public static let digitsMax = 15
}

extension Instrument {
    /// - Parameter digits: decimals of its prices; the tick is one point.
    public static func recorded(_ name: String, digits: Int) -> Instrument {
        let digits = min(max(0, digits), RecordedTerms.digitsMax)
        let profit = profitCurrency(of: name)
        let contract: Int64 =
            name.hasPrefix("XAU")
            ? 100 : name.count == 6 && profit != "BTC" && isPair(name) ? 100_000 : 1
        var tickValue = contract * 100_000_000
        for _ in 0..<digits { tickValue /= 10 }
        return Instrument(
            name: name, digits: digits, tickSize: 1, tickValue: max(1, tickValue),
            contract: contract, volumeMin: 1_000_000, volumeMax: 10_000_000_000,
            volumeStep: 1_000_000, profitCurrency: profit)
    }

    /// The quote currency that a name ends with; dollars where it tells none.
    private static func profitCurrency(of name: String) -> String {
        let known = currencies.filter { name.count > $0.count && name.hasSuffix($0) }
        return known.max { $0.count < $1.count } ?? "USD"
    }

    private static func isPair(_ name: String) -> Bool {
        currencies.contains { name.hasPrefix($0) } && currencies.contains { name.hasSuffix($0) }
    }

    private static let currencies = [
        "USD", "EUR", "GBP", "JPY", "CHF", "AUD", "NZD", "CAD", "SEK", "NOK", "DKK", "PLN", "CZK",
        "HUF", "TRY", "ZAR", "MXN", "SGD", "HKD", "CNH", "USDT", "USDC", "FDUSD", "BTC", "ETH",
    ]
}
