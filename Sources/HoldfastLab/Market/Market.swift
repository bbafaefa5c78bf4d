/// A trading session of several symbols, generated from a seed: the same settings give the same
/// quotes on every machine.
///
/// The quotes come in order of (time, symbol) and are made one by one as they are asked for;
/// memory holds one feed a symbol, however long the session. Sequences of one market are
/// independent and equal.
///
/// A symbol whose numbers are out of range, or that never trades in the session, has no quotes, and
/// neither has a session that starts before the epoch or after the year 2199.
public struct Market: Sequence, Sendable {
    public struct Settings: Sendable, Equatable {
        public var seed: UInt64 = 1
        /// All symbols together, shared out by `MarketSymbol.share`.
        public var quotes = 300_000
        /// Thursday, 5 June 2025, 00:00 UTC.
        public var start: Int64 = 1_749_081_600_000_000_000
        /// The end of the Monday after.
        public var end: Int64 = 1_749_513_600_000_000_000
        /// Friday, 12:30 UTC, when the payroll figures come; nil for a week without news.
        public var news: Int64? = 1_749_213_000_000_000_000
        public var symbols: [MarketSymbol] = MarketSymbol.standard

        public init(seed: UInt64 = 1, quotes: Int = 300_000) {
            self.seed = seed
            self.quotes = quotes
        }
    }

    /// Sessions longer than this are cut: a year of activity still fits its integer.
    static let lengthMax: Int64 = 366 * 24 * MarketHours.hour
    /// The last start, in the year 2200; times after it would near the end of the integer.
    static let startMax: Int64 = 7_258_118_400_000_000_000

    public let settings: Settings

    public init(settings: Settings = Settings()) {
        self.settings = settings
    }

    public var instruments: [Instrument] { settings.symbols.map(\.instrument) }

    public func makeIterator() -> MarketIterator {
        MarketIterator(feeds: feeds())
    }

    private func feeds() -> [SymbolFeed] {
        let start = settings.start
        guard (0...Self.startMax).contains(start) else { return [] }
        let end = settings.end.clamped(to: start...(start + Self.lengthMax))
        var draw = SeededRandom(seed: settings.seed, stream: "news")
        // One figure moves all symbols: its sign and size are drawn once.
        let sign: Int64 = draw.chance(ppm: 500_000) ? 1 : -1
        let surprise = sign * (700 + draw.below(600))

        let clocks = settings.symbols.map { symbol in
            ActivityClock(hours: symbol.hours, start: start, end: end)
        }
        let shares = zip(settings.symbols, clocks).map { symbol, clock in
            symbol.isValid && clock.remaining > 0 ? symbol.share : 0
        }
        let sum = shares.reduce(0, +)
        let quotes = Int64(clamping: settings.quotes).clamped(to: 0...(1 << 40))
        var feeds: [SymbolFeed] = []
        var given: Int64 = 0
        var counted: Int64 = 0
        for (index, share) in shares.enumerated() where share > 0 {
            counted += share
            let quota = proportion(quotes, counted, sum) - given
            given += quota
            feeds.append(
                SymbolFeed(
                    index: index, symbol: settings.symbols[index], clock: clocks[index],
                    quotes: quota, seed: settings.seed, news: settings.news,
                    surprise: surprise))
        }
        return feeds
    }
}

/// Merges the feeds by (time, symbol).
public struct MarketIterator: IteratorProtocol, Sendable {
    private var feeds: [SymbolFeed]
    private var heads: [MarketQuote?]

    init(feeds: [SymbolFeed]) {
        self.feeds = feeds
        heads = []
        for index in feeds.indices {
            heads.append(self.feeds[index].next())
        }
    }

    /// A scan over the heads: for the dozen symbols of a session it beats a heap.
    public mutating func next() -> MarketQuote? {
        var first = -1
        var earliest = Int64.max
        for index in heads.indices {
            if let head = heads[index], head.time < earliest {
                first = index
                earliest = head.time
            }
        }
        guard first >= 0, let quote = heads[first] else { return nil }
        heads[first] = feeds[first].next()
        return quote
    }
}
