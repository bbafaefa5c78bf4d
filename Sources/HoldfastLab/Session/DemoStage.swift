import CHoldfast
import CHoldfastLink
import Foundation

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

    /// A session on a stage of its own; its recording ends with it.
    static func run(
        _ options: DemoOptions, _ session: (DemoStage) throws -> SessionReport
    ) throws -> SessionReport {
        try options.check()
        let stage = try DemoStage(record: options.record)
        defer { stage.close() }
        let report = try session(stage)
        if let path = options.record {
            let status = hf_recording_close(stage.door.core)
            if status != 0 { throw DemoError.recording(path: path, status: Status(status)) }
        }
        return report
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
