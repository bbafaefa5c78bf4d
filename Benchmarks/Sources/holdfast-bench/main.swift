import ArgumentParser
import HoldfastBench

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-bench",
        abstract: "Runs our engines, one at a time; `make bench` makes the table of them.",
        subcommands: [One.self, Measure.self, RingLines.self])
}

/// Speaks the command line of the rivals.
struct One: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "One engine, once, at the standard workload.")

    enum Name: String, CaseIterable, ExpressibleByArgument {
        case core
        case bookScalar = "book-scalar"
        case bookBaseline = "book-baseline"
        case bookV3 = "book-v3"
    }

    @Option(help: "core (the best kernel of this processor), or the book alone.")
    var engine = Name.core

    @Option(help: "fix or T30.") var mode = Workload.Mode.fix
    @Option var positions = 10_000
    @Option var ticks = 20_000
    @Option var symbols = 1
    @Option var seed: UInt64 = 1
    @Flag(help: "Levels out of reach.") var quiet = false
    @Flag(help: "One line of JSON.") var json = false

    private var chosen: Engine {
        switch engine {
        case .core: .core(Processor.best)
        case .bookScalar: .book(.scalar)
        case .bookBaseline: .book(.baseline)
        case .bookV3: .book(.v3)
        }
    }

    func validate() throws {
        if engine == .bookV3 && !Processor.kernels.contains(.v3) {
            throw ValidationError("this processor cannot run v3")
        }
        if !(1...10_000_000).contains(positions) || !(1...100_000_000).contains(ticks) {
            throw ValidationError("--positions is 1 to 10 000 000, --ticks 1 to 100 000 000")
        }
        if !(1...1_000).contains(symbols) { throw ValidationError("--symbols is 1 to 1000") }
    }

    func run() {
        var workload = Workload(mode, positions: positions, ticks: ticks)
        (workload.isQuiet, workload.symbols, workload.seed) = (quiet, symbols, seed)
        let run = chosen.run(workload)
        if json { return print(run.json) }
        let checksum = String(run.tally.checksum, radix: 16)
        print(chosen.name, run.nsPerTick, "ns/tick", run.tally.triggers, "triggers", checksum)
    }
}

struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figure", abstract: "One figure beside the workload, as lines of JSON.")

    @Argument var figure: Figure
    @Option var positions = 10_000
    @Option(help: "Of which the median is taken.") var rounds = 5

    func validate() throws {
        if !(1...10_000_000).contains(positions) || !(1...1_000).contains(rounds) {
            throw ValidationError("--positions is 1 to 10 000 000, --rounds 1 to 1000")
        }
    }

    func run() {
        for value in figure.measure(positions: positions, rounds: rounds) { print(value.json) }
    }
}

struct RingLines: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rings", abstract: "Our rings, as lines of JSON.")

    @Option var messages = 2_000_000

    func run() { for line in Rings.lines(messages: messages) { print(line) } }
}

extension Figure: ExpressibleByArgument {}
extension Workload.Mode: ExpressibleByArgument {}

Bench.main()
