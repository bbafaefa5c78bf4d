/// Statistics of a stream of quotes, by symbol and in total, and the rows of their table.
public struct MarketStatistics: Sendable {
    public let names: [String]
    /// In the order of the instruments.
    public private(set) var symbols: [SymbolStatistics]

    public init(instruments: [Instrument]) {
        names = instruments.map(\.name)
        symbols = instruments.map { _ in SymbolStatistics() }
    }

    /// Quotes in order of time; those of an unknown symbol are left out.
    public mutating func add(_ quote: MarketQuote) {
        guard symbols.indices.contains(quote.symbol) else { return }
        symbols[quote.symbol].add(quote)
    }

    public var quotes: Int { symbols.reduce(0) { $0 + $1.quotes } }
    public var bursts: Int { symbols.reduce(0) { $0 + $1.bursts } }
    public var jumps: Int { symbols.reduce(0) { $0 + $1.jumps } }
    public var crossed: Int { symbols.reduce(0) { $0 + $1.crossed } }

    /// The heads of `rows`; spreads and moves are in points.
    public static let columns = [
        "symbol", "quotes", "spread p50", "p99", "bursts", "gap", "gap move", "jumps",
        "largest", "at (UTC)", "crossed",
    ]

    /// A row for each symbol and one for all; points of two symbols cannot be compared, so the
    /// last one leaves them out.
    public func rows() -> [[String]] {
        var rows: [[String]] = []
        for (name, symbol) in zip(names, symbols) {
            rows.append([
                name, String(symbol.quotes), Self.text(symbol.spread(permille: 500)),
                Self.text(symbol.spread(permille: 990)), String(symbol.bursts),
                Self.duration(symbol.largestGap?.gap),
                Self.points(symbol.largestGap?.halfPoints), String(symbol.jumps),
                Self.points(symbol.largestMove?.halfPoints),
                Self.weekTime(symbol.largestMove?.time), String(symbol.crossed),
            ])
        }
        let gap = symbols.compactMap { $0.largestGap?.gap }.max()
        rows.append([
            "total", String(quotes), "", "", String(bursts), Self.duration(gap), "",
            String(jumps), "", "", String(crossed),
        ])
        return rows
    }

    /// The table as lines of equal columns, the first to the left, the others to the right.
    public func lines() -> [String] {
        let table = [Self.columns] + rows()
        let widths = Self.columns.indices.map { column in
            table.map { $0[column].count }.max() ?? 0
        }
        return table.map { row in
            row.indices.map { column in
                let blank = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + blank : blank + row[column]
            }.joined(separator: "  ")
        }
    }

    private static func text(_ value: Int64?) -> String {
        value.map { String($0) } ?? "-"
    }

    private static func points(_ halves: Int64?) -> String {
        guard let halves else { return "-" }
        let sign = halves < 0 ? "-" : "+"
        return sign + String(halves.magnitude / 2) + (halves % 2 == 0 ? "" : ".5")
    }

    private static func duration(_ time: Int64?) -> String {
        guard let time else { return "-" }
        let seconds = time / 1_000_000_000
        if seconds >= 3_600 { return "\(seconds / 3_600)h\(two(seconds / 60 % 60))m" }
        if seconds >= 60 { return "\(seconds / 60)m\(two(seconds % 60))s" }
        return "\(time / 1_000_000)ms"
    }

    /// The day of the week and the time of day: where in the session something was.
    private static func weekTime(_ time: Int64?) -> String {
        guard let time, time >= 0 else { return "-" }
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // the epoch's day first
        let milliseconds = time / 1_000_000
        let seconds = milliseconds / 1_000
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        let clock = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map(two)
        let day = names[Int(seconds / 86_400 % 7)]
        return day + " " + clock.joined(separator: ":") + "." + fraction
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
