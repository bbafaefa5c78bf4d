import ArgumentParser
import Foundation
import HoldfastLab

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run recorded quotes through a core, with a simulated broker, and check every close.",
        discussion: """
            Reads CSV (time,bid,ask with ISO or epoch times, with or without a header), HistData, \
            TrueFX, MetaTrader and LEAN files, plain, .gz or .zip; several files and symbols are \
            merged by time. Positions are opened by a seeded policy, or from a list: CSV with the \
            columns symbol,side,volume and, as wanted, time,price,sl,tp,trailing,strategy, or JSON \
            lines with these keys. Exit status: 0 when every check holds, 1 when one does not, 2 \
            for bad input.
            """)

    @Argument(help: ArgumentHelp("Files of quotes.", valueName: "file"))
    var files: [String]

    @Option(help: "The clock of times that do not say it: America/New_York, UTC-5 (default: UTC).")
    var zone: String?

    @Option(help: "The symbol: one for all files, or one for each file in their order.")
    var symbol: [String] = []

    @Option(help: "Decimals of the prices: 5, or EURUSD=5 (default: told by the quotes).")
    var digits: [String] = []

    @Option(help: ArgumentHelp("A list of positions to open.", valueName: "file"))
    var positions: String?

    @Option(help: "Seed of the policy and the broker.")
    var seed: UInt64 = 1

    @Flag(help: "Stop at the first line that cannot be read, before anything runs.")
    var strict = false

    @Option(help: "Most positions open at a time.")
    var maxOpen = 500

    @Option(help: ArgumentHelp("Record every input into a new file.", valueName: "file"))
    var record: String?

    @Flag(help: "Print the report as one JSON object.")
    var json = false

    func run() throws {
        var output = SessionOutput(isJSON: json)
        let result: ReplayJob.Result
        do {
            var options = ReplayJob.Options(files: files)
            if let zone { options.zone = try QuoteZone(zone) }
            options.symbols = symbol
            options.digits = digits
            options.positions = positions
            options.seed = seed
            options.isStrict = strict
            options.maxOpen = maxOpen
            options.record = record
            var job = ReplayJob(options)
            job.onProgress = { output.show($0) }
            result = try job.run()
        } catch {
            output.clear()
            throw refuse(["\(error)"])
        }
        output.clear()
        if result.badLines > 0 || result.offGrid > 0 { warn(result) }
        output.print(result.report)
        if !result.report.holds { throw ExitCode(1) }
    }

    private func warn(_ result: ReplayJob.Result) {
        var stream = StandardError()
        print(
            "holdfast: \(result.badLines) lines could not be read and \(result.offGrid) quotes have"
                + " more decimals than their symbol; they were left out", to: &stream)
        for line in result.badShown { print("  \(line)", to: &stream) }
    }
}

/// Progress on standard error, the report on standard output.
struct SessionOutput {
    private let isJSON: Bool
    private var progress: SessionProgress

    init(isJSON: Bool) {
        self.isJSON = isJSON
        progress = SessionProgress(style: isatty(STDERR_FILENO) == 1 ? .bar : .lines) { text in
            FileHandle.standardError.write(Data(text.utf8))
        }
    }

    mutating func show(_ progress: Session.Progress) { self.progress.show(progress) }

    mutating func clear() { progress.clear() }

    func print(_ report: SessionReport) {
        guard isJSON else {
            for line in SessionTable(report).lines { Swift.print(line) }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let data = try? encoder.encode(report) {
            Swift.print(String(decoding: data, as: UTF8.self))
        }
    }
}
