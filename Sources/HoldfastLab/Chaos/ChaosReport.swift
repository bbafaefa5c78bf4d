/// What a chaos session went through.
public struct ChaosReport: Sendable, Codable, Equatable {
    public var kills = 0
    public var sessions = 1
    public var redelivered = 0
    /// Entries asked for, and those that the broker refused or that expired.
    public var entries = 0
    public var unfilled = 0
    public var doubts = 0
    /// Good snapshots and failed ones, and how often an account became STALE.
    public var syncs = 0
    public var failedSyncs = 0
    public var stale = 0
    public var adopted = 0
    public var suspects = 0
    public var removed = 0
    public var fixed = 0
    public var skipped = 0
    /// Closes by stops at the broker, by a person at the terminal, and by absence.
    public var stops = 0
    public var byHand = 0
    public var unknown = 0
    /// Alarms of commands that wait, and of an executor that is silent.
    public var waiting = 0
    public var silent = 0
    /// Closes that found their position closed by an order that was in doubt.
    public var repeats = 0
    /// Answers that the core refused, and the first few of them where that is known.
    public var refused = 0
    public var refusals: [String] = []
    public var timeline: [ChaosLine] = []

    init(_ counts: SessionIncidents.Counts) {
        (entries, unfilled, doubts) = (counts.entries, counts.unfilled, counts.doubts)
        (syncs, stale, adopted) = (counts.syncs, counts.stale, counts.adopted)
        (suspects, removed, fixed) = (counts.suspects, counts.removed, counts.fixed)
        skipped = counts.skipped
        failedSyncs = counts.failedSyncs
        (unknown, waiting, silent) = (counts.unknown, counts.waiting, counts.silent)
    }
}

/// One line of a timeline.
public struct ChaosLine: Sendable, Codable, Equatable {
    /// Simulated, ns.
    public var time: Int64
    public var text: String
}

/// Collects what is told in the order of time: a few of each kind, then how many more.
final class ChaosTimeline {
    private var lines: [(line: ChaosLine, order: Int)] = []
    private var counts: [String: Int] = [:]
    /// Of one kind.
    private static let most = 3

    private(set) var kills = 0
    private(set) var sessions = 1
    private(set) var redelivered = 0

    func add(_ time: Int64, _ note: ChaosNote) {
        switch note {
        case .killed: kills += 1
        case .started: sessions += 1
        case .redelivered(let count): redelivered += count
        default: break
        }
        if let kind = note.frequent {
            counts[kind, default: 0] += 1
            if counts[kind, default: 0] > Self.most { return }
        }
        lines.append((ChaosLine(time: time, text: note.description), lines.count))
    }

    func write(into report: inout ChaosReport) {
        (report.kills, report.sessions, report.redelivered) = (kills, sessions, redelivered)
        report.timeline = lines.sorted {
            ($0.line.time, $0.order) < ($1.line.time, $1.order)
        }.map(\.line)
    }
}

extension ChaosNote {
    /// What may happen so often that a few lines of it are enough.
    fileprivate var frequent: String? {
        switch self {
        case .adopted: "adopted"
        case .suspect: "suspect"
        case .failed: "failed"
        case .silent: "silent"
        case .heard: "heard"
        default: nil
        }
    }
}
