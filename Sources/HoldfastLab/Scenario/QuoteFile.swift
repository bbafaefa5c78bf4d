import Foundation

/// Lines `time,bid,ask` of a CSV file, RFC 3339 and decimals, with a line of names or without.
enum QuoteFile {
    struct Quote {
        let time: Int64
        let bid: String
        let ask: String
    }

    /// Reads at most `limit` quotes; the first bad line ends it with an error.
    static func read(_ path: String, limit: Int?, _ body: (Quote) throws -> Void) throws {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(bytes: data, encoding: .utf8)
        else { throw ShapeError(message: "the quote file \(path) cannot be read") }
        var line = 0
        var left = limit ?? .max
        for bytes in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            let fields = String(Substring(bytes)).trimmingCharacters(in: .whitespacesAndNewlines)
                .split(separator: ",", omittingEmptySubsequences: false)
            if left == 0 { return }
            if fields == [""] || (line == 1 && fields == ["time", "bid", "ask"]) { continue }
            guard fields.count == 3, let time = Clock.instant(fields[0]),
                Exact.isDecimal(fields[1]), Exact.isDecimal(fields[2])
            else { throw ShapeError(message: "\(path):\(line): not time,bid,ask") }
            try body(Quote(time: time, bid: String(fields[1]), ask: String(fields[2])))
            left -= 1
        }
    }
}
