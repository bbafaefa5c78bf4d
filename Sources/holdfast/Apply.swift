import ArgumentParser
import HoldfastLab

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply a recording to a fresh core and compare the state hash.",
        discussion: """
            Exit status: 0 when the state at the end is the recorded one, 1 when it is not, 2 for \
            a file that is no whole recording.
            """)

    @Argument(
        help: ArgumentHelp("A recording, as `holdfast run --record` writes it.", valueName: "file"))
    var file: String

    @Flag(name: .customLong("print"), help: "Print every event as a JSON line.")
    var printsEvents = false

    @Flag(help: "Print the state hash as the last line.")
    var hash = false

    func run() throws {
        let outcome: Reapply.Outcome
        do {
            let recording = try RecordingFile(path: file)
            let out: ((String) -> Void)? = printsEvents ? { print($0) } : nil
            outcome = try Reapply(recording, out: out).run()
        } catch let error as RecordingError {
            throw refuse([error.description])
        } catch let status as Status {
            throw refuse(["\(file): the core answers \(status)"])
        }
        var stream = StandardError()
        let line = summary(outcome)
        if printsEvents { print(line, to: &stream) } else { print(line) }
        if hash { print(Verdict.text(of: outcome.hash)) }
        if outcome.recorded == nil { throw ExitCode(2) }
        if !outcome.agrees { throw ExitCode(1) }
    }

    private func summary(_ outcome: Reapply.Outcome) -> String {
        let counts = "\(file): \(outcome.inputs) inputs, \(outcome.events) events"
        guard let recorded = outcome.recorded else {
            return "FAILED \(counts): it ends without a state hash, so it was cut off"
        }
        if outcome.agrees { return "ok     \(counts), state \(Verdict.text(of: outcome.hash))" }
        return "FAILED \(counts): state \(Verdict.text(of: outcome.hash)), "
            + "recorded \(Verdict.text(of: recorded))"
    }
}
