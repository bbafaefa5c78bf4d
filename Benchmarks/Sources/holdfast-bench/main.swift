import ArgumentParser
import HoldfastBench

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-bench", abstract: "Runs the standard workload.",
        subcommands: [Table.self, One.self], defaultSubcommand: Table.self)
}

struct Table: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every engine beside the C++ reference, in one table (the default).",
        discussion: """
            Engines: the book alone in each instruction set, the whole core through the C ABI, and \
            the C++ reference as a child process. Ends with 1 when a checksum differs, or when the \
            book is slower than the C++ zone map by more than --gate allows.
            """)

    @Flag(help: "1k and 10k positions, fewer ticks and rounds: under a minute.")
    var quick = false

    @Option(help: "The C++ reference program.")
    var rival = "Rivals/cpp/build/rival"

    @Option(help: "Rounds of which the median is printed. Default 5.")
    var rounds: Int?

    @Option(help: "The core to run on. Default: the last one allowed.")
    var core: Int?

    @Option(help: "Most that the book may take of the C++ zone map's time. Default 3 in quick.")
    var gate: Double?

    @Flag(inversion: .prefixedNo, help: "The rows of PERFORMANCE's aims.")
    var aims = true

    func validate() throws {
        if let rounds, rounds < 1 { throw ValidationError("--rounds is at least 1") }
        if let gate, !(gate > 0) { throw ValidationError("--gate is above 0") }
    }

    func run() throws {
        let rival: Rival
        do { rival = try Rival(path: self.rival) } catch { throw ValidationError("\(error)") }
        let core = Processor.pin(to: self.core)
        if let wanted = self.core, core != wanted {
            throw ValidationError("core \(wanted) is not one that this process may run on")
        }
        var report = Report(
            size: quick ? .quick : .full, rounds: rounds ?? 5,
            gate: gate ?? (quick ? 3 : nil))
        report.begin(core: core)
        try report.play(rival)
        if aims { report.printAims() }
        if !report.verdict() { throw ExitCode.failure }
    }
}

struct One: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One run of one engine, for a profiler.")

    @Flag(help: "The book alone, not the core.")
    var book = false

    @Option(help: "scalar, baseline or v3. Default: the best of this processor.")
    var kernel = Processor.best

    @Option(help: "fix or T30.")
    var mode = Workload.Mode.fix

    @Option var positions = 10_000
    @Option var ticks = 20_000
    @Flag(help: "Levels out of reach.") var quiet = false

    func validate() throws {
        if !Processor.kernels.contains(kernel) {
            throw ValidationError("this processor cannot run \(kernel.rawValue)")
        }
        if !(1...10_000_000).contains(positions) || !(1...100_000_000).contains(ticks) {
            throw ValidationError("--positions is 1 to 10 000 000, --ticks 1 to 100 000 000")
        }
    }

    func run() {
        var workload = Workload(mode, positions: positions, ticks: ticks)
        workload.isQuiet = quiet
        let engine = book ? Engine.book(kernel) : .core(kernel)
        let run = engine.run(workload)
        let checksum = String(run.tally.checksum, radix: 16)
        print(engine.name, run.nsPerTick, "ns/tick", run.tally.triggers, "triggers", checksum)
    }
}

extension Engine.Kernel: ExpressibleByArgument {}
extension Workload.Mode: ExpressibleByArgument {}

Bench.main()
