import CHoldfast

/// An executor in this process that is thrown away when it is killed: what it knew is lost, and the
/// next one has what was written down.
public final class DirectHost: ExecutorHost {
    private let door: any Door
    private let id: UInt64
    private let make: () throws -> any CommandExecutor
    private var executor: (any CommandExecutor)?
    private var epoch: UInt32 = 1
    private var doom: ExecutorDoom?
    private var parked = AnswerQueue()
    private var report = VenueReport()
    private static let credit = 64

    /// - Parameter make: an executor with the books that were written down.
    public init(door: any Door, id: UInt64 = 1, make: @escaping () throws -> any CommandExecutor) {
        self.door = door
        self.id = id
        self.make = make
    }

    public var isAlive: Bool { executor != nil }
    public var due: Int64 { parked.due }

    public func start(epoch: UInt32, doom: ExecutorDoom?) throws {
        executor = try make()
        self.epoch = epoch
        self.doom = doom
    }

    public func kill() { executor = nil }

    public func advance(to now: Int64) throws {
        while let answer = parked.next(due: now) {
            let outcome = try answer.withBytes {
                try door.apply(kind: answer.kind, time: answer.time, body: $0)
            }
            if outcome.status != 0 { report.note(refused: answer, Status(outcome.status)) }
        }
    }

    public func exchange(at now: Int64) throws -> Bool {
        var isBusy = false
        while let executor {
            let commands = try door.take(executor: id, epoch: epoch, now: now, max: Self.credit)
            if commands.isEmpty { break }
            isBusy = true
            let doom = doom.flatMap { $0.isDue(commands, at: now) ? $0 : nil }
            for command in commands.prefix(doom?.count(of: commands) ?? commands.count) {
                let answers = try executor.answers(to: command, now: now)
                if doom?.stage == .logged { continue }
                for answer in answers { parked.add(answer) }
            }
            if doom != nil { kill() }
        }
        return isBusy
    }

    public func finish() throws -> VenueReport {
        if let executor { report.book = executor.book }
        return report
    }
}
