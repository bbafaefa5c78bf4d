/// Tells files of bars (open, high, low, close) from files that are nothing known: their message is
/// another one.
enum BarSniff {
    static func holdsBars(_ path: String) -> Bool {
        guard let source = try? openQuoteSource(path: path) else { return false }
        let reader = LineReader(source)
        guard let lines = try? reader.peek(20) else { return false }
        let rows = lines.filter { !LayoutFinder.isBlank($0) }.map { line in
            [Ascii.comma, Ascii.semicolon, Ascii.tab].map { line.fields($0) }
                .max { $0.count < $1.count } ?? []
        }
        return rows.contains { isHeader($0) } || rows.filter { isBar($0) }.count * 2 > rows.count
    }

    private static func isHeader(_ fields: [ByteSpan]) -> Bool {
        let names = Set(fields.map { $0.text.lowercased() })
        return names.isSuperset(of: ["open", "high", "low", "close"])
    }

    /// A time and four prices of which the second is the highest and the third the lowest.
    private static func isBar(_ fields: [ByteSpan]) -> Bool {
        for first in 1...2 where fields.count >= first + 4 {
            let prices = fields[first..<first + 4].compactMap {
                (try? DecimalText.parse($0))?.units(digits: 12)
            }
            guard prices.count == 4, prices.allSatisfy({ $0 > 0 }) else { continue }
            if prices[1] == prices.max() && prices[2] == prices.min() { return true }
        }
        return false
    }
}
