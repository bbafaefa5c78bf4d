/// The quotes of one symbol, each made from the one before.
struct SymbolFeed: Sendable {
    private let index: Int
    private let symbol: MarketSymbol
    private let tick: Int64
    private var random: SeededRandom
    private var clock: ActivityClock
    private var arrivals = QuoteArrivals()
    private var volatility = Volatility()
    private var spread: QuoteSpread
    /// The mid price in 1/65536 point, so that small moves add up instead of rounding away.
    private var price: Int64
    private let priceRange: ClosedRange<Int64>
    private var quotesLeft: Int64
    /// The instant of the news for this symbol and its jump in ppm, until it has come.
    private var news: (time: Int64, jump: Int64)?
    private var last: MarketQuote?
    /// The time that counts for one move, in milliseconds.
    private let moveRange: ClosedRange<Int64>

    private static let point: Int64 = 65_536
    private static let day: Int64 = 24 * MarketHours.hour
    /// ppm of the quotes.
    private static let crossed: Int64 = 300
    private static let repeated: Int64 = 250

    init(
        index: Int, symbol: MarketSymbol, clock: ActivityClock, quotes: Int64, seed: UInt64,
        news: Int64?, surprise: Int64
    ) {
        self.index = index
        self.symbol = symbol
        self.clock = clock
        tick = symbol.instrument.tickSize
        random = SeededRandom(seed: seed, stream: "market/" + symbol.instrument.name)
        spread = QuoteSpread(symbol: symbol)
        price = symbol.instrument.startPrice * Self.point
        priceRange = max(price / 16, tick * Self.point)...(price * 32)
        quotesLeft = quotes
        // Quotes of a burst move the price more, and those after a pause less, than their time
        // alone says: prices move when they are quoted.
        let mean = clock.remaining / MarketHours.weightMax / max(quotes, 1) / 1_000_000
        moveRange = (mean / 4 + 1)...(mean * 2 + 2)
        if let news, symbol.newsJump != 0 {
            let delay = 400_000 + random.below(9_000_000)
            let time = news.clamped(to: 0...(Int64.max - delay)) + delay
            if time > clock.time, time < clock.end, clock.hours.weight(at: time) > 0 {
                self.news = (time, proportion(symbol.newsJump, surprise, 1_000))
            }
        }
    }

    /// What a move stands for, beside the ordinary course of things.
    private enum Event {
        case none
        case reopening
        case news
    }

    mutating func next() -> MarketQuote? {
        guard quotesLeft > 0 else { return nil }
        let before = last?.time ?? clock.time
        let event = advanceClock()
        quotesLeft -= 1
        if let last, event == .none, random.chance(ppm: Self.repeated) {
            return MarketQuote(symbol: index, time: clock.time, bid: last.bid, ask: last.ask)
        }
        let elapsed = (clock.time - before) / 1_000_000
        volatility.advance(elapsed: elapsed, weight: clock.weight, random: &random)
        spread.advance(elapsed: elapsed)
        switch event {
        case .none: break
        case .reopening: spread.blowUp(to: 4_000)
        case .news:
            volatility.excite(by: 3_000)
            spread.blowUp(to: 14_000)
            arrivals.startRush(random: &random)
        }
        let width = spread.next(
            strain: clock.hours.strain(at: clock.time), volatility: volatility.level,
            random: &random)
        let quote = quote(width: width, mayCross: event == .none)
        last = quote
        return quote
    }

    /// Goes to the instant of the next quote and moves the price on the way.
    private mutating func advanceClock() -> Event {
        let before = clock
        let activity = arrivals.next(
            clock: clock, quotes: quotesLeft, volatility: volatility.level, random: &random)
        clock.advance(by: activity)
        if let news, clock.time >= news.time {
            self.news = nil
            clock = before
            clock.advance(to: news.time)
            move(byPPM: news.jump)
            return .news
        }
        let closed = clock.closed - before.closed
        drift(open: clock.time - before.time - closed)
        guard closed > Self.day else { return .none }
        let size = random.exponentialish() + SeededRandom.one / 2
        let ppm = proportion(symbol.weekendJump, size, SeededRandom.one * 3 / 2)
        move(byPPM: random.chance(ppm: 500_000) ? ppm : -ppm)
        return .reopening
    }

    private mutating func drift(open: Int64) {
        let elapsed = (open / 1_000_000).clamped(to: moveRange)
        // 9295 is the root of the milliseconds in a day.
        let day = symbol.dailyMove * Self.point
        let deviation = proportion(day, volatility.level * integerSquareRoot(elapsed), 9_295_000)
        let step = proportion(deviation, random.normalish(), SeededRandom.one)
        move(by: step)
    }

    private mutating func move(byPPM ppm: Int64) {
        move(by: proportion(price, ppm, 1_000_000))
    }

    private mutating func move(by step: Int64) {
        let (sum, overflow) = price.addingReportingOverflow(step)
        if !overflow { price = sum.clamped(to: priceRange) }
    }

    private mutating func quote(width: Int64, mayCross: Bool) -> MarketQuote {
        var bid = onGrid(price / Self.point - width / 2)
        if let last, last.bid == bid, last.ask == bid + width {
            // A venue sends a quote because something changed.
            let up = random.chance(ppm: 500_000) || bid <= tick
            bid += up ? tick : -tick
            move(by: (up ? tick : -tick) * Self.point / 2)
        }
        var ask = bid + width
        if mayCross, random.chance(ppm: Self.crossed) {
            ask = max(tick, bid - tick * (1 + random.below(3)))
        }
        return MarketQuote(symbol: index, time: clock.time, bid: bid, ask: ask)
    }

    /// The nearest multiple of the tick, at least one tick.
    private func onGrid(_ points: Int64) -> Int64 {
        max((points + tick / 2) / tick, 1) * tick
    }
}
