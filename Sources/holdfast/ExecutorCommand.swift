import ArgumentParser
import Foundation
import HoldfastLab
import HoldfastLink

extension BrokerOptions.Venue: ExpressibleByArgument {}
extension ExecutorDoom.Stage: ExpressibleByArgument {}

struct ExecutorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "executor",
        abstract: "Execute commands of a core behind a link, as a simulated broker.",
        discussion: """
            Connects to a link, takes the commands of one executor, and answers them with latency, \
            slippage, partial fills, requotes and rejects that follow from the seed. With quotes \
            it trades on them and fires the stops that lie with it; with --log it survives a \
            kill: it writes down what it is told before it acts, and takes up there. It runs \
            until it gets SIGINT or SIGTERM, or with --lease until standard input ends. Exit \
            status: 0 when it was told to end, 1 when the link fails, 2 for a bad argument.
            """)

    @Option(help: "Where the link is: ipc://PATH or tcp://127.0.0.1:PORT.")
    var endpoint: String

    @Option(help: "Which executor this is.")
    var id: UInt64 = 1

    @Option(help: "Of this session; it rises with each start.")
    var epoch: UInt32 = 1

    @Option(help: "Seed of the broker.")
    var seed: UInt64 = 1

    @Flag(help: "End when standard input ends: a child never outlives its parent.")
    var lease = false

    @Option(help: ArgumentHelp("Write deals and times there at the end.", valueName: "file"))
    var report: String?

    @Option(help: "How the venue behaves: standard, calm or rough.")
    var venue = BrokerOptions.Venue.standard

    @Option(
        help: ArgumentHelp("Write what it is told there, and start from it.", valueName: "file"))
    var log: String?

    @Option(help: "Quotes of the generated market that it trades on; 0: fill at the price asked.")
    var quotes = 0

    @Option(help: "When that market begins (default: the demo's).")
    var from: String?

    @Option(help: "When it ends.")
    var to: String?

    @Option(help: ArgumentHelp("Recorded quotes to trade on, one file each.", valueName: "file"))
    var quoteFile: [String] = []

    @Option(help: ArgumentHelp("An account that nets; the others hedge.", valueName: "account"))
    var netting: [UInt64] = []

    @Option(help: .hidden)
    var dieAt: Int64?

    @Option(help: .hidden)
    var dieWhen = ExecutorDoom.Stage.taken

    func validate() throws {
        if id == 0 || epoch == 0 { throw ValidationError("--id and --epoch begin at 1.") }
    }

    func run() throws {
        StopSignal.watch(ignoring: lease ? [SIGINT] : [])
        let session: ExecutorSession
        do {
            // The books come first: a session begins when they are what they were.
            let broker = try options.open()
            let client = try LinkClient(
                endpoint: endpoint, role: .executor(id, epoch: epoch), timeout: 10_000)
            session = ExecutorSession(
                client: client, executor: broker,
                doom: dieAt.map { ExecutorDoom(at: $0, stage: dieWhen) })
            try session.run(until: isOver)
        } catch let error as LinkError {
            throw fail(error)
        } catch {
            throw refuse(["\(error)"])
        }
        guard let report else { return }
        do {
            try session.report.write(to: report)
        } catch {
            throw refuse(["\(report): cannot be written (\(error)); check the folder"])
        }
    }

    private var options: BrokerOptions {
        var options = BrokerOptions()
        (options.id, options.seed, options.venue) = (id, seed, venue)
        (options.quotes, options.from, options.to) = (quotes, from, to)
        (options.files, options.netting, options.log) = (quoteFile, netting, log)
        return options
    }

    private func isOver() -> Bool {
        StopSignal.number != 0 || (lease && Self.inputHasEnded())
    }

    private static func inputHasEnded() -> Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&input, 1, 0) > 0 else { return false }
        var byte: UInt8 = 0
        return read(STDIN_FILENO, &byte, 1) <= 0
    }

    private func fail(_ error: LinkError) -> ExitCode {
        switch error {
        case .endpoint(let status):
            return refuse([
                "\(endpoint): no endpoint (\(Status(status)));"
                    + " give ipc://PATH or tcp://127.0.0.1:PORT"
            ])
        case .timeout:
            _ = refuse(["\(endpoint): nothing answers there; start the core's host first"])
        case .refused(let status, let cause):
            _ = refuse([
                "\(endpoint): refused with \(Status(status)) (cause \(cause));"
                    + " an executor that starts anew needs a higher --epoch"
            ])
        default: _ = refuse(["\(endpoint): \(error)"])
        }
        return ExitCode(1)
    }
}
