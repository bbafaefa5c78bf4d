import CHoldfast

/// The quotes of a `ticks` input: any form that the quote reader knows, every line good.
struct StoryQuotes {
    let path: String
    let symbol: String
    let limit: Int

    init(_ fields: Fields, besideStory story: String) {
        path = Story.beside(story, fields.text("file") ?? "")
        symbol = fields.text("symbol") ?? ""
        limit = fields.count("limit").map { Int(clamping: $0) } ?? .max
    }

    /// Reads through the file; the first bad line ends it with an error.
    func forEach(_ body: (Quote) throws -> Void) throws {
        let file = try QuoteFile(path: path, symbol: symbol, strict: true)
        var left = limit
        while left > 0, let quote = try file.next() {
            try body(quote)
            left -= 1
        }
    }

    /// As a tick; a price that is no number becomes one that the core refuses.
    static func tick(_ quote: Quote, symbol: UInt32, digits: Int) throws(Status) -> hf_tick {
        func points(_ price: DecimalText) throws(Status) -> Int64 {
            if price.isNaN { return 0 }
            guard let points = price.units(digits: digits) else { throw Status(HF_E_GRID) }
            return points
        }
        var tick = hf_tick()
        _ = hf_tick_init(&tick, symbol, quote.time, try points(quote.bid), try points(quote.ask))
        tick.last = try points(quote.last)
        tick.quote_time = quote.quoteTime
        return tick
    }
}
