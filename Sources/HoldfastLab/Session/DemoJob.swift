import CHoldfast
import CHoldfastLink
import Foundation

/// Why a demo cannot begin.
public enum DemoError: Error, Equatable, CustomStringConvertible {
    case quotes
    case speed
    case recording(path: String, status: Status)
    case folder(String)
    case link(endpoint: String, status: Status)

    public var description: String {
        switch self {
        case .quotes: "--quotes: give 1000 to 100000000"
        case .speed:

            "--speed: give 0 for as fast as possible, 1 for real time, 60 for an hour a minute"
        case .recording(let path, let status):
            "\(path): the recording cannot be written (\(status));"
                + " check the folder, and that no file of this name exists"
        case .folder(let detail):
            "no private folder can be made (\(detail)); set TMPDIR to a folder of your own"
        case .link(let endpoint, let status):
            "the link cannot be opened on \(endpoint) (\(status)); set TMPDIR to a shorter path"
        }
    }
}

/// The main job: a core in this process, an executor in a process of its own behind a link, and a
/// seeded market on simulated time.
public struct DemoJob {
    public struct Options: Sendable, Equatable {
        public var seed: UInt64 = 1
        public var quotes = 300_000
        /// Simulated seconds in a second; 0: as fast as possible.
        public var speed: Double = 0
        public var record: String?

        public init() {}

        var isStandard: Bool { seed == 1 && quotes == Options().quotes }
    }

    /// The state hash of the standard session, the same on every machine.
    public static let standardHash = "f1188968f273bf0a"
    static let executor: UInt64 = 1

    private let options: Options
    private let executable: String
    public var onProgress: ((Session.Progress) throws -> Void)?
    /// Asked while the session waits for its pace; it throws to end it.
    public var onWait: () throws -> Void = {}
    /// Told once the executor runs: its process.
    var onStart: (Int32) -> Void = { _ in }

    /// - Parameter executable: the command that knows `executor`.
    public init(_ options: Options, executable: String) {
        self.options = options
        self.executable = executable
    }

    /// - Throws: `DemoError`, `SessionError`.
    public func run() throws -> SessionReport {
        guard 1000...100_000_000 ~= options.quotes else { throw DemoError.quotes }
        guard options.speed >= 0, options.speed.isFinite else { throw DemoError.speed }
        let stage = try DemoStage(record: options.record)
        defer { stage.close() }
        let process = try ExecutorProcess(
            executable: executable, endpoint: stage.endpoint, id: Self.executor,
            seed: options.seed, folder: stage.folder.path)
        defer { process.kill() }
        onStart(process.id)
        var report = try session(stage, process).run()
        if let path = options.record {
            let status = hf_recording_close(stage.door.core)
            if status != 0 { throw DemoError.recording(path: path, status: Status(status)) }
        }
        if options.isStandard { report.checks.append(Self.check(report.hash)) }
        return report
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
                for deal in told.deals { report.book.add(deal) }
                return report
            })
        let session = Session(
            door: stage.door, venue: venue, quotes: GeneratedQuotes(market),
            openings: PolicyOpenings(
                PositionPolicy(instruments: market.instruments, seed: options.seed)))
        session.onProgress = onProgress
        if options.speed > 0 {
            let pacer = SessionPacer(speed: options.speed, onWait: onWait)
            session.pace = { try pacer.wait(for: $0) }
        }
        return session
    }

    private static func check(_ hash: String) -> SessionCheck {
        SessionCheck(
            name: "hash", holds: hash == standardHash,
            detail: "the state hash is that of the standard session",
            failures: hash == standardHash ? [] : ["expected \(standardHash), got \(hash)"])
    }
}

/// A core with a link on simulated time, in a private folder that goes with it.
final class DemoStage {
    let folder: PrivateFolder
    let door: ABIDoor
    private(set) var link: OpaquePointer?
    let endpoint: String

    init(record: String?) throws {
        folder = try PrivateFolder()
        door = try ABIDoor(config: ABIDoor.defaults())
        endpoint = "ipc://\(folder.path)/link"
        if let record {
            let status = hf_recording_open(door.core, record)
            if status != 0 { throw DemoError.recording(path: record, status: Status(status)) }
        }
        var config = hf_link_config()
        var status = hf_link_config_init(&config, endpoint)
        config.flags = UInt32(HF_LINK_SIMULATED)
        if status == 0 { status = hf_link_open(door.core, &config, &link) }
        if status != 0 { throw DemoError.link(endpoint: endpoint, status: Status(status)) }
    }

    func close() {
        if link != nil { _ = hf_link_close(&link) }
        folder.remove()
    }

    deinit { close() }
}

/// A folder that only this user may look into.
final class PrivateFolder {
    let path: String

    init() throws {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(base)/holdfast-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw DemoError.folder(systemMessage()) }
        path = String(
            decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    deinit { remove() }
}

/// Holds a session to a pace of simulated seconds in a second.
final class SessionPacer {
    private let speed: Double
    private let onWait: () throws -> Void
    private var first: (time: Int64, wall: UInt64)?

    init(speed: Double, onWait: @escaping () throws -> Void) {
        self.speed = speed
        self.onWait = onWait
    }

    func wait(for time: Int64) throws {
        guard let first else {
            first = (time, MonotonicClock.now())
            return
        }
        let target = Double(time &- first.time) / speed
        while true {
            try onWait()
            let left = target - Double(MonotonicClock.now() &- first.wall)
            guard left > 0 else { return }
            usleep(UInt32(min(50_000, left / 1000)))
        }
    }
}
