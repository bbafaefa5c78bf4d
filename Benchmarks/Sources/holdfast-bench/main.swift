import ArgumentParser
import HoldfastBench

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-bench",
        abstract: "Runs the standard workload and prints one table.",
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

Bench.main()
