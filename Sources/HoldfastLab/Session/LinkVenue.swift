import CHoldfast
import CHoldfastLink

/// An executor in a process of its own, behind a link on simulated time that this process hosts.
public final class LinkVenue: SessionVenue {
    private let core: OpaquePointer?
    private let link: OpaquePointer?
    private let executor: UInt64
    /// Says why the executor is gone; nil while it is there.
    private let failure: () -> String?
    /// Ends the executor and reads what it has to tell.
    private let collect: () throws -> VenueReport
    /// Milliseconds that an executor may say nothing.
    private static let patience = 10_000
    private static let look: Int32 = 200
    private var hasBegun = false

    public private(set) var due = Int64.max

    public init(
        core: OpaquePointer?, link: OpaquePointer?, executor: UInt64,
        failure: @escaping () -> String?, collect: @escaping () throws -> VenueReport
    ) {
        self.core = core
        self.link = link
        self.executor = executor
        self.failure = failure
        self.collect = collect
    }

    public func advance(to now: Int64) throws {
        let status = hf_link_advance(link, now)
        if status != 0 { throw SessionError.refused(what: "link", status: Status(status)) }
        // What is due next comes with the exchange that follows.
        due = .max
        try settle(at: now)
    }

    public func exchange(at now: Int64) throws -> Bool {
        if !hasBegun {
            try awaitExecutor()
            hasBegun = true
        } else if waiting == 0 {
            return false
        }
        let status = hf_link_advance(link, now)
        if status != 0 { throw SessionError.refused(what: "link", status: Status(status)) }
        try settle(at: now)
        return true
    }

    private var waiting: UInt32 {
        var count: UInt32 = 0
        return hf_commands_waiting(core, executor, &count) == 0 ? count : 0
    }

    /// Serves the executor until every command is out and answered in full.
    private func settle(at now: Int64) throws {
        var waited = 0
        while true {
            var next = Int64.max
            let status = hf_link_await(link, now, Self.look, &next)
            due = next
            if status == 0 { break }
            guard status == Int32(HF_E_STATE) else {
                throw SessionError.refused(what: "link", status: Status(status))
            }
            if let failure = failure() { throw SessionError.executor(failure) }
            waited += Int(Self.look)
            if waited >= Self.patience {
                throw SessionError.executor("no answer in \(Self.patience / 1000) s")
            }
        }
        // A link waits for nobody who is not connected: commands would stay behind in silence.
        if waiting > 0 {
            throw SessionError.executor(failure() ?? "it is no longer connected to the link")
        }
    }

    private func awaitExecutor() throws {
        var waited = 0
        while true {
            var counters = hf_link_counters()
            _ = hf_link_counters_get(link, &counters)
            if counters.executors > 0 { return }
            if let failure = failure() { throw SessionError.executor(failure) }
            if waited >= Self.patience {
                throw SessionError.executor("it did not connect in \(Self.patience / 1000) s")
            }
            _ = hf_link_poll(link, 20)
            waited += 20
        }
    }

    public func finish() throws -> VenueReport {
        var report = try collect()
        var counters = hf_link_counters()
        _ = hf_link_counters_get(link, &counters)
        report.refused += Int(clamping: counters.parked_refused)
        return report
    }
}
