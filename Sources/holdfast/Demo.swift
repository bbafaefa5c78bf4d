import ArgumentParser
import Foundation
import HoldfastLab

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "A trading session with the executor in a process of its own, every close checked.",
        discussion: """
            A seeded market of six symbols runs through a core of this process; `holdfast \
            executor` takes the commands over a link, fills them with latency, slippage, partial \
            fills, requotes and rejects, and answers. Time is simulated, so a seed gives the same \
            state hash on every machine. Exit status: 0 when every check holds, 1 when one does \
            not or the executor fails, 2 for a bad argument.
            """)

    @Option(help: "Seed of market, policy and broker.")
    var seed: UInt64 = 1

    @Option(help: "Quotes of the session (default: 300000, with --chaos 40000).")
    var quotes: Int?

    @Option(help: "Simulated seconds in a second; 0: as fast as possible.")
    var speed: Double = 0

    @Option(help: ArgumentHelp("Record every input into a new file.", valueName: "file"))
    var record: String?

    @Flag(
        help: """
            A bad day: the executor is killed and restarted, answers are lost and doubled, syncs \
            fail; with a timeline.
            """)
    var chaos = false

    @Flag(help: "Print the report as one JSON object.")
    var json = false

    func run() throws {
        StopSignal.watch()
        var output = SessionOutput(isJSON: json)
        let report: SessionReport
        do {
            report = try session(&output)
        } catch let error as DemoError {
            output.clear()
            throw refuse(["\(error)"])
        } catch {
            output.clear()
            _ = refuse(["\(error)"])
            throw StopSignal.number == 0 ? ExitCode(1) : ExitCode(128 + StopSignal.number)
        }
        output.clear()
        output.print(report)
        if !report.holds { throw ExitCode(1) }
    }

    private func session(_ output: inout SessionOutput) throws -> SessionReport {
        var options = chaos ? DemoOptions.chaos : DemoOptions()
        options.seed = seed
        options.quotes = quotes ?? options.quotes
        options.speed = speed
        options.record = record
        let executable = try Self.executable()
        var job: any DemoSession =
            chaos
            ? ChaosJob(options, executable: executable) : DemoJob(options, executable: executable)
        job.onWait = Self.check
        return try withProgress(&output) { progress in
            job.onProgress = progress
            return try job.run()
        }
    }

    private func withProgress(
        _ output: inout SessionOutput,
        _ body: (@escaping (Session.Progress) throws -> Void) throws -> SessionReport
    ) rethrows -> SessionReport {
        var shown = output
        defer { output = shown }
        return try body { progress in
            try Self.check()
            shown.show(progress)
        }
    }

    private static func check() throws {
        if StopSignal.number != 0 { throw SessionError.interrupted }
    }

    /// This very program, also when it was found by a search path.
    private static func executable() throws -> String {
        var path = [CChar](repeating: 0, count: 4097)
        let count = readlink("/proc/self/exe", &path, 4096)
        guard count > 0 else { throw SessionError.executor("/proc/self/exe cannot be read") }
        return String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
