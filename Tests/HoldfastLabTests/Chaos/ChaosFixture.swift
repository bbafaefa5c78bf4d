import CHoldfast
import HoldfastABI
import Testing

@testable import HoldfastLab

/// A chaos session in this process: killed executors are thrown away, and their logs stay.
struct ChaosFixture {
    let seed: UInt64
    let quotes: Int
    var stripes: UInt32 = 1
    var record: String?
    var broker = BrokerSettings.rough
    var onEvent: (hf_event) -> Void = { _ in }
    var change: (inout ChaosRun) -> Void = { _ in }
    var wrap: (Broker) -> any CommandExecutor = { $0 }

    /// - Parameter areNetting: all accounts, and nobody trades by hand, which would turn over what
    ///   is being closed.
    init(seed: UInt64 = 1, quotes: Int = 6_000, areNetting: Bool = false) {
        (self.seed, self.quotes) = (seed, quotes)
        if !areNetting { return }
        change = { $0.settings.terms.areNetting = true }
        (broker.handOpens, broker.handCloses) = (0, 0)
    }

    func run() throws -> SessionReport {
        var run = ChaosRun(seed: seed, quotes: quotes)
        change(&run)
        var broker = broker
        if run.settings.terms.areNetting { broker.netting = [1, 2] }
        run.onEvent = onEvent
        run.broker = broker
        var config = ABIDoor.defaults()
        config.stripes = stripes
        let door = try ABIDoor(config: config)
        if let record { try #require(hf_recording_open(door.core, record) == 0) }
        let tape = BrokerMemory()
        let market = run.market
        let host = DirectHost(door: door) {
            try MemoryBroker(
                wrap(
                    Broker(
                        seed: seed, instruments: market.instruments, settings: broker,
                        quotes: GeneratedQuotes(market))), tape)
        }
        let report = try run.run(door, host)
        if record != nil { try #require(hf_recording_close(door.core) == 0) }
        return report
    }
}

/// What was written down, in memory.
final class BrokerMemory {
    var entries: [BrokerLog.Entry] = []
}

/// As `LoggedBroker`, without a file.
final class MemoryBroker: CommandExecutor {
    private let broker: any CommandExecutor
    private let memory: BrokerMemory

    init(_ broker: any CommandExecutor, _ memory: BrokerMemory) throws {
        self.broker = broker
        self.memory = memory
        for entry in memory.entries { _ = try broker.answers(to: entry.command, now: entry.time) }
    }

    var book: BrokerBook { broker.book }

    func answers(to command: hf_command, now: Int64) throws -> [BrokerAnswer] {
        memory.entries.append(BrokerLog.Entry(time: now, command: command))
        return try broker.answers(to: command, now: now)
    }
}
