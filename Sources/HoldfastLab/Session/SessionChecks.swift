import CHoldfast

/// One thing that must hold at the end of a session.
public struct SessionCheck: Sendable, Codable, Equatable {
    public var name: String
    public var holds: Bool
    /// What was looked at, and the first few that failed.
    public var detail: String
    public var failures: [String]

    public init(name: String, holds: Bool, detail: String, failures: [String] = []) {
        self.name = name
        self.holds = holds
        self.detail = detail
        self.failures = failures
    }

    static let shown = 5

    /// A check that holds when nothing failed.
    init(name: String, failures: [String], detail: (Int) -> String) {
        self.init(
            name: name, holds: failures.isEmpty, detail: detail(failures.count),
            failures: Array(failures.prefix(Self.shown)))
    }
}

/// The checks of a session, each of them able to fail.
struct SessionChecks {
    let ledger: SessionLedger
    let oracle: any TriggerOracle
    let venue: VenueReport
    let counters: hf_counters
    /// The core's own.
    var balances: [UInt64: Int64] = [:]

    var all: [SessionCheck] { [lost, doubles, triggers, ticks] }

    /// Where the broker's books are a truth of their own.
    var ofBooks: [SessionCheck] { [lost, bookDoubles, books, triggers, ticks] }

    private var ids: [UInt64] { ledger.opened.keys.sorted() }

    /// Every position is closed, every intent settled, every answer was taken.
    private var lost: SessionCheck {
        var failures = unsettled
        if venue.refused != 0 { failures.append("\(venue.refused) answers were refused") }
        return SessionCheck(name: "lost", failures: failures) { "\($0) lost" }
    }

    private var unsettled: [String] {
        var failures = ids.filter { !ledger.closed.contains($0) }.map { "position \($0) is open" }
        failures += ledger.live.sorted().map { "position \($0) has a live intent" }
        failures += ledger.pending.keys.sorted().map { "position \($0) is pending" }
        if counters.positions_open != 0 { failures.append("\(counters.positions_open) open") }
        if counters.faults != 0 { failures.append("\(counters.faults) faults") }
        return failures
    }

    /// The broker's own books: exactly the volume that was opened.
    private var doubles: SessionCheck {
        let failures = ids.compactMap { id -> String? in
            let opened = ledger.opened[id]?.volume ?? 0
            let executed = venue.book.executed(id)
            return opened == executed
                ? nil : "position \(id): opened \(opened), executed \(executed) (1e-8 lot)"
        }
        return SessionCheck(name: "double", failures: failures) { "\($0) double closes" }
    }

    /// Every position of the broker's is closed by exactly what was opened, and nobody asked for
    /// more.
    private var bookDoubles: SessionCheck {
        var failures = venue.book.lives.filter { $0.closed > $0.opened }.map {
            "ticket \($0.ticket): opened \($0.opened), closed \($0.closed) (1e-8 lot)"
        }
        let opened = venue.book.lives.reduce(into: [UInt64: Int]()) {
            $0[$1.position, default: 0] += 1
        }
        failures += opened.keys.filter { $0 != 0 && opened[$0] != 1 }.sorted().map {
            "position \($0) was opened \(opened[$0] ?? 0) times at the broker"
        }
        failures += venue.book.excesses.map { "more than was open: command \($0)" }
        if venue.book.reversals != 0 { failures.append("\(venue.book.reversals) reversals") }
        return SessionCheck(name: "double", failures: failures) { "\($0) double closes" }
    }

    /// The broker and the registry agree: both are flat, with the same money.
    private var books: SessionCheck {
        var failures = venue.book.lives.filter(\.isOpen).map {
            "ticket \($0.ticket) (position \($0.position)) is open at the broker"
        }
        failures += balances.keys.sorted().compactMap { account in
            let (ours, theirs) = (balances[account] ?? 0, venue.book.balances[account] ?? 0)
            return ours == theirs
                ? nil : "account \(account): balance \(ours), the broker's \(theirs)"
        }
        if venue.book.lives.isEmpty { failures.append("the broker's book is empty") }
        let count = venue.book.lives.count
        return SessionCheck(name: "books", failures: failures) {
            "\(count) positions at the broker, all closed; \($0) differences in the books"
        }
    }

    /// The first close of every position: the tick, the reason, the price and the level.
    private var triggers: SessionCheck {
        let ids = ledger.incidents.isOn ? ledger.planned.keys.sorted() : ids
        let failures = ids.compactMap { id -> String? in
            let got = ledger.firsts[id]
            let expected = oracle.prediction(of: id)
            if Self.agrees(got, expected) { return nil }
            // Closed at the broker before any of its levels was reached.
            if ledger.incidents.isOn, got == nil, expected == nil, ledger.closed.contains(id) {
                return nil
            }
            return "position \(id): the model says \(expected?.description ?? "no trigger"),"
                + " the core \(Self.describe(got))"
        }
        let count = ids.count
        return SessionCheck(name: "triggers", failures: failures) {
            "\(count - $0) of \(count) first closes agree with the exact model"
        }
    }

    private static func agrees(
        _ got: SessionLedger.First?, _ expected: TriggerPrediction?
    ) -> Bool {
        guard let got else { return false }
        guard let expected else {
            // No trigger: the close at the end is the first one.
            return got.reason == HF_REASON_MANUAL && got.cause == .other
        }
        guard case .ticks(let range, _) = got.cause else { return false }
        return range.contains(expected.tick) && got.reason == expected.reason
            && got.price == expected.price && got.level == expected.level
    }

    private static func describe(_ first: SessionLedger.First?) -> String {
        guard let first else { return "none" }
        var place = "by no tick"
        if case .ticks(let range, _) = first.cause {
            place = range.count == 1 ? "on tick \(range.lowerBound)" : "on ticks \(range)"
        }
        return "\(SessionNames.reason(first.reason)) \(place), price \(first.price), "
            + "level \(first.level)"
    }

    /// The core took and refused the ticks that the model did.
    private var ticks: SessionCheck {
        var counts = TickCounts()
        counts.accepted = Int(clamping: counters.ticks)
        counts.refused = Int(clamping: counters.ticks_refused)
        counts.crossed = Int(clamping: counters.ticks_crossed)
        let expected = oracle.counts
        let holds = counts == expected
        let words = { (counts: TickCounts) in
            "\(counts.accepted) accepted, \(counts.refused) refused, \(counts.crossed) crossed"
        }
        return SessionCheck(
            name: "ticks", holds: holds, detail: "every tick judged as the exact model does",
            failures: holds ? [] : ["the model \(words(expected)), the core \(words(counts))"])
    }
}
