import Foundation

/// `holdfast executor` as a child. It ends when its standard input ends, so it never outlives this
/// process, however that ends.
public final class ExecutorProcess {
    private let process = Process()
    private let lease = Pipe()
    private let reportPath: String
    private let logPath: String

    /// - Parameters:
    ///   - options: what the venue is to be, as options of the command.
    ///   - folder: private; its report and its messages go there.
    public init(
        executable: String, endpoint: String, id: UInt64, epoch: UInt32 = 1, seed: UInt64,
        options: [String] = [], folder: String
    ) throws {
        reportPath = folder + "/executor-\(epoch).json"
        logPath = folder + "/executor-\(epoch).txt"
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments =
            [
                "executor", "--endpoint", endpoint, "--id", "\(id)", "--epoch", "\(epoch)",
                "--seed", "\(seed)", "--lease", "--report", reportPath,
            ] + options
        process.standardInput = lease
        process.standardOutput = FileHandle.nullDevice
        _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: logPath) ?? FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw SessionError.executor("\(executable) cannot be started (\(error))")
        }
    }

    public var id: Int32 { process.processIdentifier }

    /// Why it is gone; nil while it runs.
    public var failure: String? {
        if process.isRunning { return nil }
        let how = process.terminationReason == .uncaughtSignal ? "signal" : "status"
        let log = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
        let said = log.split(separator: "\n").suffix(3).joined(separator: "; ")
        return "it ended with \(how) \(process.terminationStatus)"
            + (said.isEmpty ? "" : " and said: \(said)")
    }

    /// Lets it end by itself and reads its report.
    /// - Parameter serve: called while it ends, for a few milliseconds each time.
    public func end(serving serve: () -> Void) throws -> ExecutorReport {
        try? lease.fileHandleForWriting.close()
        let deadline = MonotonicClock.now() + 5_000_000_000
        while process.isRunning {
            if MonotonicClock.now() > deadline { throw SessionError.executor("it does not end") }
            serve()
        }
        guard process.terminationStatus == 0, process.terminationReason == .exit else {
            throw SessionError.executor(failure ?? "it failed")
        }
        do {
            return try ExecutorReport(path: reportPath)
        } catch {
            throw SessionError.executor("its report cannot be read (\(error))")
        }
    }

    public var isRunning: Bool { process.isRunning }

    /// Ends it at once, by SIGKILL: it can do nothing about it.
    public func slay() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it whatever it does.
    public func kill() {
        try? lease.fileHandleForWriting.close()
        guard process.isRunning else { return }
        process.terminate()
        let deadline = MonotonicClock.now() + 2_000_000_000
        while process.isRunning {
            if MonotonicClock.now() > deadline {
                Foundation.kill(process.processIdentifier, SIGKILL)
                break
            }
            usleep(10_000)
        }
    }

    deinit { kill() }
}
