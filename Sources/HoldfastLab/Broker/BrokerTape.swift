/// The quotes that a venue trades on: read ahead as far as an order needs, kept as long as one may
/// ask for them. Crossed quotes and prices that are none trade nothing.
final class BrokerTape {
    private struct Lane {
        var quotes: [MarketQuote] = []
        var first = 0

        /// The number of quotes at or before an instant, from the start of `quotes`.
        func count(through time: Int64) -> Int {
            var (low, high) = (first, quotes.count)
            while low < high {
                let middle = (low + high) / 2
                if quotes[middle].time <= time { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private let source: any SessionQuotes
    private let places: [String: Int]
    private var lanes: [Lane]
    private var next: MarketQuote?
    private var isOver = false

    init(_ source: any SessionQuotes) {
        self.source = source
        places = Dictionary(
            source.instruments.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        lanes = source.instruments.map { _ in Lane() }
    }

    /// The quote in force at an instant.
    func quote(of name: String, at time: Int64) -> MarketQuote? {
        guard let place = places[name] else { return nil }
        read(through: time)
        let count = lanes[place].count(through: time)
        return count > lanes[place].first ? lanes[place].quotes[count - 1] : nil
    }

    /// Quotes after one instant, up to another and with it.
    func quotes(of name: String, after start: Int64, through end: Int64) -> ArraySlice<MarketQuote>
    {
        guard let place = places[name], start < end else { return [] }
        read(through: end)
        return lanes[place].quotes[
            lanes[place].count(through: start)..<lanes[place].count(through: end)]
    }

    /// Nobody will ask for what was replaced before an instant.
    func forget(before time: Int64) {
        for place in lanes.indices {
            let first = lanes[place].count(through: time) - 1
            if first > lanes[place].first { lanes[place].first = first }
            guard lanes[place].first > 4096 else { continue }
            lanes[place].quotes.removeFirst(lanes[place].first)
            lanes[place].first = 0
        }
    }

    /// A source that fails is over: the last quotes stay in force.
    private func read(through time: Int64) {
        while !isOver {
            if let quote = next {
                if quote.time > time { return }
                add(quote)
            }
            next = (try? source.next()) ?? nil
            isOver = next == nil
        }
    }

    private func add(_ quote: MarketQuote) {
        guard lanes.indices.contains(quote.symbol), quote.bid > 0, !quote.isCrossed,
            quote.ask < Instrument.priceMax
        else { return }
        // Late ones do not turn the clock of their symbol back.
        if let last = lanes[quote.symbol].quotes.last, last.time > quote.time { return }
        lanes[quote.symbol].quotes.append(quote)
    }
}
