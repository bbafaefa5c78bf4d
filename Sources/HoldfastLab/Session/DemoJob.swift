import CHoldfast
import CHoldfastLink
import Foundation

/// The main job: a core in this process, an executor in a process of its own behind a link, and a
/// seeded market on simulated time.
public struct DemoJob: DemoSession {
    /// The state hash of the standard session, the same on every machine.
    public static let standardHash = "cb2b7b9dfbd2a56f"
    static let executor: UInt64 = 1

    private let options: DemoOptions
    private let executable: String
    public var onProgress: ((Session.Progress) throws -> Void)?
    /// Asked while the session waits for its pace; it throws to end it.
    public var onWait: () throws -> Void = {}
    /// Told once the executor runs: its process.
    var onStart: (Int32) -> Void = { _ in }

    /// - Parameter executable: the command that knows `executor`.
    public init(_ options: DemoOptions, executable: String) {
        self.options = options
        self.executable = executable
    }

    /// - Throws: `DemoError`, `SessionError`.
    public func run() throws -> SessionReport {
        try DemoStage.run(options) { stage in
            let process = try ExecutorProcess(
                executable: executable, endpoint: stage.endpoint, id: Self.executor,
                seed: options.seed, folder: stage.folder.path)
            defer { process.kill() }
            onStart(process.id)
            var report = try session(stage, process).run()
            if options.isStandard { report.checks.append(Self.check(report.hash)) }
            return report
        }
    }

    private func session(_ stage: DemoStage, _ process: ExecutorProcess) -> Session {
        let market = Market(settings: .init(seed: options.seed, quotes: options.quotes))
        let venue = LinkVenue(
            core: stage.door.core, link: stage.link, executor: Self.executor,
            failure: { process.failure },
            collect: {
                let told = try process.end { _ = hf_link_poll(stage.link, 10) }
                var report = VenueReport()
                report.times = told.times
                report.book = told.book
                return report
            })
        let session = Session(
            door: stage.door, venue: venue, quotes: GeneratedQuotes(market),
            openings: PolicyOpenings(
                PositionPolicy(instruments: market.instruments, seed: options.seed)))
        session.onProgress = onProgress
        session.pace = options.pace(onWait)
        return session
    }

    private static func check(_ hash: String) -> SessionCheck {
        SessionCheck(
            name: "hash", holds: hash == standardHash,
            detail: "the state hash is that of the standard session",
            failures: hash == standardHash ? [] : ["expected \(standardHash), got \(hash)"])
    }
}
