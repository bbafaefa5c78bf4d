import CHoldfast
import Histogram

/// Percentiles of a session's latencies, in nanoseconds by the machine's clock.
public struct LatencySummary: Sendable, Codable, Equatable {
    public var count: UInt64 = 0
    public var p50: UInt64 = 0
    public var p99: UInt64 = 0
    public var p999: UInt64 = 0
    public var max: UInt64 = 0

    public init(_ values: some Sequence<UInt64>) {
        var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
        for value in values { _ = histogram.record(Swift.max(1, value)) }
        guard histogram.totalCount > 0 else { return }
        count = histogram.totalCount
        p50 = histogram.valueAtPercentile(50)
        p99 = histogram.valueAtPercentile(99)
        p999 = histogram.valueAtPercentile(99.9)
        max = histogram.max
    }
}

/// Slippage of the closes of a symbol, in points from the trigger's price, adverse positive.
public struct SlippageSummary: Sendable, Codable, Equatable {
    public var symbol: String
    public var closes: Int
    public var p50: Int64
    public var p99: Int64
    public var max: Int64

    /// - Parameter values: one at least.
    init(symbol: String, values: [Int64]) {
        let sorted = values.sorted()
        let at = { (permille: Int) -> Int64 in
            sorted[min(sorted.count - 1, (sorted.count * permille + 999) / 1000 - 1)]
        }
        self.symbol = symbol
        closes = sorted.count
        p50 = at(500)
        p99 = at(990)
        max = at(1000)
    }
}

/// What a session came to. Everything but the latencies and `elapsed` follows from the inputs.
public struct SessionReport: Sendable, Codable {
    /// Fed, and how the core took them.
    public var quotes = 0
    public var accepted: UInt64
    public var refused: UInt64
    public var crossed: UInt64
    public var opened: Int
    public var openMost: Int
    /// Listed positions whose time never came.
    public var notOpened = 0
    /// By reason.
    public var closes: [String: Int]
    public var commands: Int
    /// Commands by attempt, the first at index 0.
    public var attempts: [Int]
    public var partials: Int
    public var requotes: Int
    public var rejects: Int
    public var unknowns: Int
    public var queries: Int
    public var escalations: Int
    public var alarms: Int
    public var slippage: [SlippageSummary]
    /// Nanoseconds of simulated time, and by the clock on the wall.
    public var simulated: Int64 = 0
    public var elapsed: UInt64 = 0
    /// From handing a tick over to its executor having the command; from there to its first answer.
    public var tickToCommand: LatencySummary
    public var commandToAck: LatencySummary
    public var hash: String
    public var checks: [SessionCheck]
    /// The table of what the quotes were like.
    public var market: [String]
    /// What the executor and the broker went through, where that was asked for.
    public var chaos: ChaosReport?

    public var holds: Bool { checks.allSatisfy(\.holds) }

    init(
        door: any Door, ledger: SessionLedger, oracle: any TriggerOracle,
        statistics: MarketStatistics, venue: VenueReport, instruments: [Instrument]
    ) throws {
        let counters = try door.counters()
        let tally = ledger.tally
        accepted = counters.ticks
        refused = counters.ticks_refused
        crossed = counters.ticks_crossed
        opened = ledger.opened.count
        openMost = ledger.openMost
        closes = Dictionary(
            tally.closes.map { (SessionNames.reason($0.key), $0.value) }, uniquingKeysWith: +)
        commands = tally.attempts.values.reduce(0, +)
        let most = tally.attempts.keys.max() ?? 0
        attempts = most == 0 ? [] : (1...most).map { tally.attempts[$0] ?? 0 }
        partials = tally.partials
        requotes = tally.requotes
        rejects = tally.rejects
        unknowns = tally.unknowns
        queries = tally.queries
        escalations = tally.escalations
        alarms = tally.alarms
        slippage = tally.slippages.sorted { $0.key < $1.key }.map {
            SlippageSummary(symbol: instruments[$0.key].name, values: $0.value)
        }
        let stamps = Dictionary(
            ledger.stamps.map { ($0.key.description, $0.value) }, uniquingKeysWith: { $1 })
        tickToCommand = LatencySummary(
            venue.times.compactMap { times in
                stamps[times.command].map { times.taken > $0 ? times.taken - $0 : 0 }
            })
        commandToAck = LatencySummary(
            venue.times.compactMap { $0.answered > $0.taken ? $0.answered - $0.taken : nil })
        hash = SessionNames.hash(try door.hash())
        var known = SessionChecks(
            ledger: ledger, oracle: oracle, venue: venue, counters: counters)
        if ledger.incidents.isOn {
            var chaos = ChaosReport(ledger.incidents.counts)
            let unasked = venue.book.deals.filter { $0.command.isEmpty && $0.entry == .closes }
            chaos.byHand = unasked.count { $0.reason == UInt8(HF_DEAL_CLIENT) }
            chaos.stops = unasked.count - chaos.byHand
            chaos.repeats = venue.book.repeats
            (chaos.refused, chaos.refusals) = (venue.refused, venue.refusals)
            self.chaos = chaos
            for account in venue.book.balances.keys {
                known.balances[account] = try door.account(account).get().account.balance
            }
        }
        checks = ledger.incidents.isOn ? known.ofBooks : known.all
        market = statistics.lines()
    }
}
