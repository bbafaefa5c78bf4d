import Foundation

/// What the names of a file, of the entry in its archive, and of its folder tell.
struct FileNames {
    /// Most telling first.
    private let names: [String]

    init(path: String, entry: String) {
        let parts = path.split(separator: "/").map(String.init)
        let entryParts = entry.split(separator: "/").map(String.init)
        names = [parts.last, entryParts.last, parts.dropLast().last].compactMap { $0 }
    }

    /// The first date like 20140502 or 2014-05-02 in the file's or the entry's name, as days since
    /// 1970.
    var day: Int64? {
        for name in names.prefix(2) {
            for word in Self.words(name) where word.count == 8 {
                if let day = Self.day(word) { return day }
            }
            let digits = Self.words(name).filter { $0.allSatisfy(\.isNumber) }
            for index in digits.indices.dropLast(2) where digits[index].count == 4 {
                let word = digits[index...index + 2].joined()
                if word.count == 8, let day = Self.day(word) { return day }
            }
        }
        return nil
    }

    private static func day(_ word: String) -> Int64? {
        var word = word
        return word.withUTF8 { buffer in
            guard let base = buffer.baseAddress else { return nil }
            return CivilTime.day(ByteSpan(start: base, end: base + buffer.count))
        }
    }

    /// `forex-oanda-tick-eurusd/20140502_quote.zip` is EURUSD,
    /// `binance-usdm-btcusdt_20240808_bookticker.csv.gz` is BTCUSDT: a word made of two known
    /// currencies, else the first word that is not one of the usual others.
    var symbol: String? {
        let words = names.flatMap(Self.words).map { $0.uppercased() }.filter(Self.isCandidate)
        return words.first(where: Self.isPair) ?? words.first
    }

    /// `EUR/USD` is EURUSD.
    static func symbol(column: [UInt8]) -> String? {
        let text = String(decoding: column, as: UTF8.self).uppercased()
        let plain = text.filter { $0 != "/" && $0 != " " }
        return 1...32 ~= plain.utf8.count ? plain : nil
    }

    private static func words(_ name: String) -> [String] {
        name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
    }

    private static func isCandidate(_ word: String) -> Bool {
        2...32 ~= word.count && word.contains(where: \.isLetter) && !usual.contains(word)
    }

    private static func isPair(_ word: String) -> Bool {
        currencies.contains { currency in
            word.hasSuffix(currency) && currencies.contains(String(word.dropLast(currency.count)))
        }
    }

    private static let currencies: Set<String> = [
        "USD", "EUR", "GBP", "JPY", "CHF", "AUD", "NZD", "CAD", "SEK", "NOK", "DKK", "PLN", "CZK",
        "HUF", "TRY", "ZAR", "MXN", "SGD", "HKD", "CNH", "CNY", "RUB", "INR", "BRL", "ILS", "THB",
        "XAU", "XAG", "XPT", "XPD", "XTI", "XBR", "BTC", "ETH", "USDT", "USDC", "BUSD", "FDUSD",
        "BNB", "SOL", "XRP", "ADA", "DOGE", "LTC", "DOT", "AVAX", "LINK", "TRX", "BCH",
    ]

    private static let usual: Set<String> = [
        "QUOTE", "QUOTES", "TRADE", "TRADES", "TICK", "TICKS", "BOOKTICKER", "BOOK", "DATA", "BID",
        "ASK", "HOUR", "MINUTE", "SECOND", "DAILY", "CSV", "TSV", "TXT", "GZ", "ZIP", "DAT",
        "ASCII", "HISTDATA", "COM", "TRUEFX", "DUKASCOPY", "OANDA", "FXCM", "BINANCE", "BYBIT",
        "KRAKEN", "COINBASE", "LMAX", "FOREX", "FX", "CFD", "CRYPTO", "EQUITY", "FUTURE", "FUTURES",
        "SPOT", "USDM", "COINM", "PERP", "MT4", "MT5", "LEAN", "EXPORT", "SAMPLE", "TEST", "TMP",
        "TEMP", "VAR", "HOME", "DOWNLOADS", "PART", "UTC", "GMT", "EST",
    ]
}
