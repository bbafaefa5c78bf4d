import CHoldfast
import Foundation
import HoldfastLink

/// What an executor has to tell when it ends.
public struct ExecutorReport: Codable, Sendable {
    public var times: [CommandTimes] = []
    public var deals: [BrokerDeal] = []
    public var lives: [BrokerBook.Life] = []
    public var balances: [UInt64: Int64] = [:]
    public var excesses: [String] = []
    public var reversals = 0
    public var repeats = 0

    public init() {}

    /// The venue's books as they were told.
    public var book: BrokerBook {
        var book = BrokerBook()
        for deal in deals { book.add(deal) }
        book.lives = lives
        book.balances = balances
        (book.excesses, book.reversals, book.repeats) = (excesses, reversals, repeats)
        return book
    }

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
    private let doom: ExecutorDoom?
    private var times: [CommandTimes] = []
    /// Commands of one take.
    private static let credit = 256
    /// Milliseconds: how often it looks whether it is to end.
    private static let look: Int64 = 100
    /// A take is answered when its turn comes; what comes later is not lost.
    private static let takePatience: Int64 = 1000
    private static let patience: Int64 = 30_000

    public init(
        client: LinkClient, executor: any CommandExecutor, doom: ExecutorDoom? = nil
    ) {
        self.client = client
        self.executor = executor
        self.doom = doom
    }

    public var report: ExecutorReport {
        var report = ExecutorReport()
        report.times = times
        report.deals = executor.book.deals
        report.lives = executor.book.lives
        report.balances = executor.book.balances
        report.excesses = executor.book.excesses
        report.reversals = executor.book.reversals
        report.repeats = executor.book.repeats
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
        let doom = doom.flatMap { $0.isDue(commands, at: now) ? $0 : nil }
        for command in commands.prefix(doom?.count(of: commands) ?? commands.count) {
            let answers = try executor.answers(to: command, now: now)
            if doom?.stage == .logged { continue }
            var answered: UInt64 = 0
            for answer in answers {
                _ = try answer.withBytes {
                    try client.apply(answer.kind, time: answer.time, body: $0)
                }
                if answered == 0 { answered = MonotonicClock.now() }
            }
            times.append(
                CommandTimes(
                    command: CommandKey(command.id).description, taken: taken, answered: answered))
        }
        if doom != nil { die() }
        try client.done()
    }

    /// As `kill -9` would have it: nothing is flushed, nobody is told.
    private func die() {
        kill(getpid(), SIGKILL)
        // The signal may take a moment; nothing may happen in it.
        while true { pause() }
    }
}

/// Where an executor kills itself while commands are out, so that a seed gives the same run: at the
/// first take at or after an instant that holds more than queries.
public struct ExecutorDoom: Sendable, Equatable {
    public enum Stage: String, Sendable, CaseIterable {
        /// It has them, and nothing is written.
        case taken
        /// Half of them are written and done, and no answer is sent.
        case logged
        /// Half of them are written, done and answered.
        case answered
    }

    /// Simulated.
    public var at: Int64
    public var stage: Stage

    public init(at: Int64, stage: Stage) {
        self.at = at
        self.stage = stage
    }

    func isDue(_ commands: [hf_command], at now: Int64) -> Bool {
        now >= at
            && commands.contains {
                ![HF_ACTION_QUERY_DEALS, HF_ACTION_QUERY_POSITIONS].contains(Int($0.action))
            }
    }

    /// How many commands of a take are still worked on.
    func count(of commands: [hf_command]) -> Int {
        stage == .taken ? 0 : (commands.count + 1) / 2
    }
}
