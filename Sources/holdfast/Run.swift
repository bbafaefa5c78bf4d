import ArgumentParser
import CHoldfast
import HoldfastLab

/// Durability of a story's core.
enum Durability: String, ExpressibleByArgument, CaseIterable {
    case none, async, durable
}

extension Backend: ExpressibleByArgument {}

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run stories and check what they expect.",
        discussion: """
            A story is a file of JSON lines: inputs {"do": VERB, ...} and expectations \
            {"expect": {...}}. It is read and checked as a whole before anything of it runs. Exit \
            status: 0 when every expectation holds, 1 when one does not, 2 for a bad file. With \
            --print standard output carries JSON lines only and the report goes to standard error.
            """)

    @Argument(help: ArgumentHelp("Stories to run, each on a fresh core.", valueName: "file"))
    var files: [String]

    @Flag(name: .customLong("print"), help: "Print every event and answer as a JSON line.")
    var printsEvents = false

    @Flag(help: "Print the state hash as the last line of each story.")
    var hash = false

    @Option(help: "The door: abi (in process) or zmq (the link).")
    var backend = Backend.abi

    @Option(help: ArgumentHelp("Record every input into a new file.", valueName: "file"))
    var record: String?

    @Option(help: ArgumentHelp("Keep a journal there.", valueName: "dir"))
    var journal: String?

    @Option(help: "none, async or durable.")
    var durability = Durability.none

    func validate() throws {
        if files.isEmpty { throw ValidationError("Name at least one story.") }
    }

    func run() throws {
        try checkOptions()
        let stories = try read()
        var failed = false
        for story in stories {
            let verdict = try tell(story)
            report(verdict)
            if !verdict.passed { failed = true }
        }
        if failed { throw ExitCode(1) }
    }

    private func checkOptions() throws {
        if journal != nil { throw refuse(["--journal comes with a later version"]) }
        if durability != .none {
            throw refuse([
                "--durability \(durability.rawValue) comes with a later version: use none"
            ])
        }
        if record != nil && backend != .abi {
            throw refuse(["--record needs --backend abi: the core records in this process"])
        }
        if record != nil && files.count > 1 {
            throw refuse(["--record takes one story: its file holds one core's inputs"])
        }
    }

    /// All of them, before the first runs.
    private func read() throws -> [Story] {
        var stories: [Story] = []
        var errors: [String] = []
        for file in files {
            do throws(StoryError) {
                stories.append(try Story(path: file))
            } catch {
                errors.append(error.description)
            }
        }
        if !errors.isEmpty { throw refuse(errors) }
        return stories
    }

    private func tell(_ story: Story) throws -> Verdict {
        let door: any Door
        do {
            door = try backend.open()
            try startRecording(door)
        } catch let status as Status {
            throw refuse(["cannot open a core through \"\(backend.rawValue)\": \(status)"])
        }
        let verdict = Runner(story, door: door, printsEvents: printsEvents).run()
        if let record, let door = door as? ABIDoor {
            let status = hf_recording_close(door.core)
            if status != 0 { throw refuse(["\(record): \(Status(status))"]) }
        }
        return verdict
    }

    private func startRecording(_ door: any Door) throws {
        guard let record, let door = door as? ABIDoor else { return }
        let status = hf_recording_open(door.core, record)
        if status != 0 { throw refuse(["\(record): \(Status(status))"]) }
    }

    private func report(_ verdict: Verdict) {
        let lines = verdict.passed ? [verdict.summary] : [verdict.report, verdict.summary]
        var stream = StandardError()
        for line in lines {
            if printsEvents { print(line, to: &stream) } else { print(line) }
        }
        if hash, let text = verdict.hashText { print(text) }
    }
}
