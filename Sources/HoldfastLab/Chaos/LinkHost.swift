import CHoldfast
import CHoldfastLink

/// An executor in a process of its own behind a link on simulated time: killed by SIGKILL, started
/// again with a higher epoch and the same log.
public final class LinkHost: ExecutorHost {
    /// What the link and its processes need.
    public struct Place {
        var core: OpaquePointer?
        var link: OpaquePointer?
        var executor: UInt64
        var spawn: (UInt32, ExecutorDoom?) throws -> ExecutorProcess
    }

    private let place: Place
    private var process: ExecutorProcess?
    private var times: [CommandTimes] = []
    public private(set) var due = Int64.max
    /// Told each process.
    var onStart: (Int32) -> Void = { _ in }
    /// Milliseconds.
    private static let patience = 30_000
    private static let look: Int32 = 20

    public init(_ place: Place) { self.place = place }

    public var isAlive: Bool { process?.isRunning ?? false }

    public func start(epoch: UInt32, doom: ExecutorDoom?) throws {
        let before = counters.hellos
        let process = try place.spawn(epoch, doom)
        self.process = process
        onStart(process.id)
        var waited: Int32 = 0
        while counters.hellos == before {
            if let failure = process.failure { throw SessionError.executor(failure) }
            if waited >= Self.patience {
                throw SessionError.executor("it did not connect in \(Self.patience / 1000) s")
            }
            _ = hf_link_poll(place.link, Self.look)
            waited += Self.look
        }
        isFresh = true
    }

    /// Its first take begins its session, also where nothing waits.
    private var isFresh = false

    public func kill() {
        process?.slay()
    }

    public func advance(to now: Int64) throws {
        try check(hf_link_advance(place.link, now))
        due = .max
        try settle(at: now)
    }

    public func exchange(at now: Int64) throws -> Bool {
        guard isAlive, isFresh || waiting > 0 else { return false }
        isFresh = false
        try check(hf_link_advance(place.link, now))
        try settle(at: now)
        return true
    }

    /// Serves the executor until every command is out and answered in full, or it is dead.
    private func settle(at now: Int64) throws {
        var waited: Int32 = 0
        while true {
            var next = Int64.max
            let isServed = isAlive
            let status = hf_link_await(place.link, now, isServed ? Self.look : 0, &next)
            due = next
            if status == 0 || !isServed { return }
            guard status == Int32(HF_E_STATE) else { return try check(status) }
            waited += Self.look
            if waited >= Self.patience {
                throw SessionError.executor("no answer in \(Self.patience / 1000) s")
            }
        }
    }

    private func check(_ status: Int32) throws {
        if status != 0 { throw SessionError.refused(what: "link", status: Status(status)) }
    }

    private var waiting: UInt32 {
        var count: UInt32 = 0
        return hf_commands_waiting(place.core, place.executor, &count) == 0 ? count : 0
    }

    private var counters: hf_link_counters {
        var counters = hf_link_counters()
        _ = hf_link_counters_get(place.link, &counters)
        return counters
    }

    public func finish() throws -> VenueReport {
        guard let process else { throw SessionError.executor("it never ran") }
        let told = try process.end { _ = hf_link_poll(place.link, 10) }
        var report = VenueReport()
        report.times = told.times
        report.book = told.book
        report.refused = Int(clamping: counters.parked_refused)
        return report
    }
}
