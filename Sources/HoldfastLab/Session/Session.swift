import CHoldfast

/// A trading session on simulated time: quotes go through a door, positions are opened, commands
/// are taken and answered, and each answer takes effect when the clock reaches its instant. The
/// market never runs ahead of an answer, so a session depends on nothing but its inputs.
public final class Session {
    public struct Settings: Sendable, Equatable {
        /// Quotes of one call. Commands are taken at its end: another size is another run.
        public var batch = 1
        public var executor: UInt64 = 1
        /// How long after the last quote everything must be settled.
        public var windDown: Int64 = 24 * 3_600_000_000_000
        public var terms = SessionTerms()
        /// Timers are stepped at least so often, and events read on every quote; 0: only while
        /// something is unsettled.
        public var steady: Int64 = 0

        public init() {}
    }

    /// How far a session is.
    public struct Progress: Sendable, Equatable {
        public var quotes: Int
        public var permille: Int?
        public var time: Int64
        public var open: Int
        public var closed: Int
    }

    private let door: any Door
    private let venue: any SessionVenue
    private let quotes: any SessionQuotes
    private let openings: any SessionOpenings
    private let settings: Settings
    private var oracle: any TriggerOracle
    private var statistics: MarketStatistics
    private var desk: SessionDesk
    private var ledger = SessionLedger()
    private var clockwork: SessionClockwork
    private var clock: Int64 = 0
    private var index = 0
    private var pending: [hf_tick] = []
    private var pendingTime: Int64 = 0

    /// Called now and then; it throws to end the session.
    public var onProgress: ((Progress) throws -> Void)?
    var onEvent: ((hf_event) -> Void)?
    /// Told what a trader would want to know of.
    public var onNote: (Int64, ChaosNote) -> Void = { _, _ in }
    /// Called before each quote with its time; it waits to pace the session.
    public var pace: ((Int64) throws -> Void)?

    public init(
        door: any Door, venue: any SessionVenue, quotes: any SessionQuotes,
        openings: any SessionOpenings, oracle: (any TriggerOracle)? = nil,
        settings: Settings = .init()
    ) {
        self.door = door
        self.venue = venue
        self.quotes = quotes
        self.openings = openings
        self.settings = settings
        self.oracle = oracle ?? TriggerModel(instruments: quotes.instruments)
        statistics = MarketStatistics(instruments: quotes.instruments)
        desk = SessionDesk(
            door: door, instruments: quotes.instruments, executor: settings.executor,
            terms: settings.terms)
        clockwork = SessionClockwork(steady: settings.steady)
        ledger.incidents.isOn = settings.terms.areEntries
    }

    public func run() throws -> SessionReport {
        let start = MonotonicClock.now()
        guard let first = try quotes.next() else { throw SessionError.noQuotes }
        clock = Self.isLegal(first.time) ? first.time : 0
        let began = clock
        try desk.define(now: clock)
        ledger.symbols = desk.symbols
        clockwork.look(at: clock, isActive: true, isIdle: true)
        _ = try venue.exchange(at: clock)
        try feed(first)
        while let quote = try quotes.next() { try feed(quote) }
        try flush()
        try settings.terms.areEntries ? settle() : windDown()
        let venueReport = try venue.finish()
        var report = try SessionReport(
            door: door, ledger: ledger, oracle: oracle, statistics: statistics,
            venue: venueReport, instruments: desk.instruments)
        report.quotes = index
        report.notOpened = openings.rest
        report.simulated = clock - began
        report.elapsed = MonotonicClock.now() - start
        return report
    }

    // MARK: quotes

    private func feed(_ quote: MarketQuote) throws {
        if let pace {
            try report()
            try pace(quote.time)
        }
        let instant = Self.isLegal(quote.time) ? max(clock, quote.time) : clock
        if min(venue.due, clockwork.due) <= instant {
            try flush()
            try advance(to: instant)
        }
        pending.append(desk.tick(quote))
        pendingTime = max(pendingTime, instant)
        statistics.add(quote)
        oracle.see(quote, index: index)
        index += 1
        let wanted = openings.openings(on: quote, open: ledger.openCount)
        if pending.count >= settings.batch || !wanted.isEmpty { try flush() }
        for opening in wanted { try open(opening, on: quote) }
        if index & 1023 == 0 { try report() }
    }

    /// Times that a core takes.
    private static func isLegal(_ time: Int64) -> Bool { time >= 0 && time < 1 << 62 }

    private func flush() throws {
        if pending.isEmpty { return }
        let stamp = MonotonicClock.now()
        _ = try pending.withUnsafeBytes {
            try door.apply(kind: HF_RECORD_TICKS, time: pendingTime, body: $0)
        }
        clock = max(clock, pendingTime)
        let range = (index - pending.count)...(index - 1)
        pending.removeAll(keepingCapacity: true)
        let isBusy = try venue.exchange(at: clock)
        guard isBusy || settings.steady > 0 else { return }
        guard try read(.ticks(range, stamp)) || isBusy else { return }
        clockwork.look(at: clock, isActive: true, isIdle: ledger.live.isEmpty)
    }

    private func open(_ opening: PlannedOpening, on quote: MarketQuote) throws {
        guard let id = try desk.open(opening, on: quote, now: clock) else { return }
        if settings.terms.areEntries { return ledger.asked(id, opening.position) }
        oracle.open(id, opening.position)
        ledger.opened(id, symbol: opening.position.symbol, volume: opening.position.volume)
    }

    /// What is new; the model hears of positions that the broker opened, or closed by itself.
    private func read(_ cause: SessionLedger.Cause) throws -> Bool {
        let isActive = try ledger.read(door, cause: cause, onEvent)
        for (id, position) in ledger.begun { oracle.open(id, position) }
        for (id, position) in ledger.ended { oracle.close(id, position) }
        ledger.forgetNews()
        for (time, note) in ledger.incidents.notes { onNote(time, note) }
        ledger.incidents.notes.removeAll()
        return isActive
    }

    private func report() throws {
        try onProgress?(
            Progress(
                quotes: index, permille: quotes.permille, time: clock, open: ledger.openCount,
                closed: ledger.closed.count))
    }

    // MARK: time

    /// Answers and timers up to an instant, in order; at one instant answers come first.
    private func advance(to instant: Int64) throws {
        while true {
            let next = min(venue.due, clockwork.due)
            if next > instant { return }
            clock = max(clock, next)
            if venue.due <= clock {
                try venue.advance(to: clock)
            } else {
                try desk.step(now: clock)
            }
            _ = try venue.exchange(at: clock)
            let isActive = try read(.other)
            clockwork.look(at: clock, isActive: isActive, isIdle: ledger.live.isEmpty)
        }
    }

    /// The quotes are over: what is open is closed, and time goes on until everything is settled.
    private func windDown() throws {
        let (end, overflow) = clock.addingReportingOverflow(settings.windDown)
        let limit = overflow ? Int64.max - 1 : end
        // Once is enough for a core that keeps its promises; one that does not must not hang us.
        for _ in 0..<3 where ledger.openCount > 0 || venue.due != .max {
            try desk.closeAll(now: clock)
            _ = try venue.exchange(at: clock)
            _ = try read(.other)
            clockwork.look(at: clock, isActive: true, isIdle: ledger.live.isEmpty)
            while case let next = min(venue.due, clockwork.due), next != .max {
                if next > limit { return }
                try report()
                try advance(to: next)
            }
        }
    }

    /// The same where the broker's books are the truth: until both are flat, and a snapshot that
    /// was asked for after that has said so.
    private func settle() throws {
        let limit = clock + settings.windDown
        var (asked, flat) = (Int64.min, Int64.max)
        while true {
            let isFlat = ledger.isSettled
            if isFlat && flat == .max { flat = clock }
            if !isFlat { flat = .max }
            if isFlat, try isSynced(after: flat) { return onNote(clock, .settled) }
            if ledger.openCount > 0 && clock >= asked {
                // What is adopted meanwhile is closed too.
                try desk.closeAll(now: clock)
                _ = try venue.exchange(at: clock)
                _ = try read(.other)
                asked = clock + Self.askAgain
            }
            let next = min(venue.due, clockwork.due)
            if next > limit { return }
            try report()
            try advance(to: next)
        }
    }

    private static let askAgain: Int64 = 20_000_000_000

    private func isSynced(after time: Int64) throws -> Bool {
        try Set(desk.accounts).allSatisfy { try door.account($0).get().synced_at > time }
    }
}
