import CHoldfast
import Foundation
import HoldfastLink

/// What an executor has to tell when it ends.
public struct ExecutorReport: Codable, Sendable {
    public var times: [CommandTimes] = []
    public var deals: [BrokerDeal] = []

    public init() {}

    public init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        self = try JSONDecoder().decode(Self.self, from: data)
    }

    /// Whole or not at all.
    public func write(to path: String) throws {
        try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}

/// An executor at a link: takes commands when it is told that some wait, asks a broker, and sends
/// its answers with the simulated instants at which they take effect.
public final class ExecutorSession {
    private let client: LinkClient
    private let executor: any CommandExecutor
    private var times: [CommandTimes] = []
    /// Commands of one take.
    private static let credit = 256
    /// Milliseconds: how often it looks whether it is to end.
    private static let look: Int64 = 100
    /// A take is answered when its turn comes; what comes later is not lost.
    private static let takePatience: Int64 = 1000
    private static let patience: Int64 = 30_000

    public init(client: LinkClient, executor: any CommandExecutor) {
        self.client = client
        self.executor = executor
    }

    public var report: ExecutorReport {
        var report = ExecutorReport()
        report.times = times
        report.deals = executor.book.deals
        return report
    }

    /// - Parameter isOver: asked several times a second.
    /// - Throws: `LinkError`.
    public func run(until isOver: () -> Bool) throws {
        while !isOver() {
            guard let now = try client.awaitNotice(timeout: Self.look) else { continue }
            try serve(now)
        }
    }

    private func serve(_ now: Int64) throws {
        client.timeout = Self.takePatience
        let commands: [hf_command]
        do {
            commands = try client.take(now: now, max: Self.credit)
        } catch LinkError.timeout {
            return
        }
        if commands.isEmpty { return }
        let taken = MonotonicClock.now()
        client.timeout = Self.patience
        for command in commands {
            var answered: UInt64 = 0
            for answer in executor.answers(to: command, now: now) {
                _ = try answer.withBytes {
                    try client.apply(answer.kind, time: answer.time, body: $0)
                }
                if answered == 0 { answered = MonotonicClock.now() }
            }
            times.append(
                CommandTimes(
                    command: CommandKey(command.id).description, taken: taken, answered: answered))
        }
        try client.done()
    }
}
