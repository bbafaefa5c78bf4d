import CHoldfast
import CHoldfastLink
import Foundation

/// A session on a bad day: two hours around a figure, a rough broker, an executor that is killed
/// again and again. Positions are asked for by entries, so the broker's book is a truth of its own.
public struct ChaosJob: DemoSession {
    /// Friday, 6 June 2025, 12:00 to 14:00 UTC.
    static let start: Int64 = 1_749_211_200_000_000_000
    static let end: Int64 = 1_749_218_400_000_000_000

    private let options: DemoOptions
    private let executable: String
    public var onProgress: ((Session.Progress) throws -> Void)?
    /// Asked while the session waits for its pace; it throws to end it.
    public var onWait: () throws -> Void = {}
    /// Told each process of the executor.
    var onStart: (Int32) -> Void = { _ in }

    /// - Parameter executable: the command that knows `executor`.
    public init(_ options: DemoOptions, executable: String) {
        self.options = options
        self.executable = executable
    }

    /// - Throws: `DemoError`, `SessionError`.
    public func run() throws -> SessionReport {
        try DemoStage.run(options) { stage in
            let host = LinkHost(
                LinkHost.Place(
                    core: stage.door.core, link: stage.link, executor: DemoJob.executor,
                    spawn: { try spawn($0, $1, stage) }))
            host.onStart = onStart
            defer { host.kill() }
            var run = ChaosRun(seed: options.seed, quotes: options.quotes)
            run.onProgress = onProgress
            run.pace = options.pace(onWait)
            return try run.run(stage.door, host)
        }
    }

    private func spawn(
        _ epoch: UInt32, _ doom: ExecutorDoom?, _ stage: DemoStage
    ) throws -> ExecutorProcess {
        var arguments = [
            "--venue", "rough", "--quotes", "\(options.quotes)", "--from", "\(Self.start)",
            "--to", "\(Self.end)", "--log", stage.folder.path + "/executor.log",
        ]
        if let doom {
            arguments += ["--die-at", "\(doom.at)", "--die-when", doom.stage.rawValue]
        }
        return try ExecutorProcess(
            executable: executable, endpoint: stage.endpoint, id: DemoJob.executor, epoch: epoch,
            seed: options.seed, options: arguments, folder: stage.folder.path)
    }
}

/// The same session whatever its executor is: a process, or in this one.
public struct ChaosRun {
    let seed: UInt64
    let quotes: Int
    var plan: ChaosPlan
    var broker = BrokerSettings.rough
    var settings = Session.Settings()
    var policy = PositionPolicy.Settings()
    var onProgress: ((Session.Progress) throws -> Void)?
    var pace: ((Int64) throws -> Void)?
    var onEvent: ((hf_event) -> Void)?
    var oracle: ((TriggerModel) -> any TriggerOracle)?

    public init(seed: UInt64, quotes: Int) {
        self.seed = seed
        self.quotes = quotes
        plan = ChaosPlan(
            seed: seed, from: ChaosJob.start, to: ChaosJob.end, news: Market.Settings().news)
        settings.windDown = 3_600_000_000_000
        settings.steady = 1_000_000_000
        settings.terms.areEntries = true
        settings.terms.syncEvery = 5_000_000_000
        settings.terms.heartbeatLate = 12_000_000_000
        settings.terms.disaster = 600_000
        settings.terms.stopsTicks = BrokerSettings.rough.stopsTicks
        settings.terms.freezeTicks = BrokerSettings.rough.freezeTicks
        settings.terms.seed = seed
    }

    var market: Market {
        var settings = Market.Settings(seed: seed, quotes: quotes)
        (settings.start, settings.end) = (ChaosJob.start, ChaosJob.end)
        return Market(settings: settings)
    }

    func run(_ door: any Door, _ host: any ExecutorHost) throws -> SessionReport {
        let market = market
        let timeline = ChaosTimeline()
        let venue = try ChaosVenue(host: host, plan: plan)
        venue.redelivered = { try door.counters().redelivered }
        venue.onNote = { timeline.add($0, $1) }
        let session = Session(
            door: door, venue: venue, quotes: GeneratedQuotes(market),
            openings: PolicyOpenings(
                PositionPolicy(instruments: market.instruments, seed: seed, settings: policy)),
            oracle: oracle.map { $0(TriggerModel(instruments: market.instruments)) },
            settings: settings)
        session.onProgress = onProgress
        session.pace = pace
        session.onEvent = onEvent
        for outage in BrokerOutages(seed: seed, settings: broker).all(
            from: ChaosJob.start, to: ChaosJob.end)
        {
            timeline.add(outage.start, .outage(until: outage.end, isDeaf: outage.isDeaf))
        }
        session.onNote = { timeline.add($0, $1) }
        var report = try session.run()
        if var chaos = report.chaos {
            timeline.write(into: &chaos)
            report.chaos = chaos
        }
        return report
    }
}
