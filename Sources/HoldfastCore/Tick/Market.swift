import CHoldfast
import HoldfastKernels

/// One symbol: its terms, its clock, its quote, its two books and its timers.
struct Market {
    let id: UInt32
    var terms: hf_symbol
    /// Longs watch the bid, shorts the negated ask; both the last price if the symbol says so.
    var longs: Book
    var shorts: Book
    var timers = TimerHeap()

    /// Its own time: that of its last accepted tick or step.
    var time = Int64.min
    /// Of its last accepted tick.
    var tickTime = Int64.min
    /// Since when no quote came: its definition or its last tick.
    var quoteTime: Int64
    var quote = hf_tick()
    var hasQuote = false
    /// Whether the quote in force may trigger and trail.
    var isUsable = false
    var isBlind = false
    var lateRow: UInt32 = 0
    /// Its profit currency.
    var currency: Currency
    /// Which conversion rate its quote is; -1: none.
    var rate = -1
    /// The groups that were asked for last.
    var longGroup = none
    var shortGroup = none
    /// Open positions.
    var positions = 0
    /// Intents that wait for the session to open (10018).
    var held = 0
    /// First of the positions whose trail waits for a quote.
    var parked = none
    /// First of the breaches that must not fire yet.
    var withheld = none
    /// First of the positions with a stop at the broker.
    var disasters = none
    /// The watched prices from which one of them is worth a look.
    var longDisasters = Int64.max
    var shortDisasters = Int64.max
    /// The nearest of them that were not passed yet, of netting accounts, times their sides' signs.
    var longStops = Int64.min
    var shortStops = Int64.min
    /// First of the positions with a breach that was only recorded.
    var recorded = none

    @inline(__always) var watchesLast: Bool { terms.trigger == UInt8(HF_TRIGGER_LAST) }

    /// The watched price of the quote in force; nil when there is none to go by.
    func watched(_ side: Side) -> Int64? { isUsable ? inForce(side) : nil }

    /// The same, of a crossed quote too.
    func inForce(_ side: Side) -> Int64? {
        guard hasQuote else { return nil }
        if watchesLast {
            return quote.last == 0 ? nil : side == .long ? quote.last : -quote.last
        }
        return side == .long ? quote.bid : -quote.ask
    }

    /// The price that a trail may start from now: a blind symbol has none until its next tick.
    func trailed(_ side: Side) -> Int64? { isBlind ? nil : watched(side) }

    /// Where a close would execute now, natural; 0 before any quote.
    func closingPrice(_ side: Side) -> Int64 {
        if !hasQuote { return 0 }
        if watchesLast && quote.last != 0 { return quote.last }
        return side == .long ? quote.bid : quote.ask
    }
}
