import CHoldfast

/// An executor in the same process, called directly.
public final class DirectVenue: SessionVenue {
    private let door: any Door
    private let executor: any CommandExecutor
    private let id: UInt64
    private let epoch: UInt32
    private var parked = AnswerQueue()
    private var report = VenueReport()
    /// Commands of one take.
    private static let credit = 64

    public init(
        door: any Door, executor: any CommandExecutor, id: UInt64 = 1, epoch: UInt32 = 1
    ) {
        self.door = door
        self.executor = executor
        self.id = id
        self.epoch = epoch
    }

    public var due: Int64 { parked.due }

    public func advance(to now: Int64) throws {
        while let answer = parked.next(due: now) {
            let outcome = try answer.withBytes {
                try door.apply(kind: answer.kind, time: answer.time, body: $0)
            }
            if outcome.status != 0 { report.refused += 1 }
        }
    }

    public func exchange(at now: Int64) throws -> Bool {
        // Nearly always there is nothing: ask for one before there is room for many.
        var commands = try door.take(executor: id, epoch: epoch, now: now, max: 1)
        if commands.isEmpty { return false }
        while !commands.isEmpty {
            let taken = MonotonicClock.now()
            for command in commands { try answer(command, now: now, taken: taken) }
            commands = try door.take(executor: id, epoch: epoch, now: now, max: Self.credit)
        }
        return true
    }

    private func answer(_ command: hf_command, now: Int64, taken: UInt64) throws {
        let answers = try executor.answers(to: command, now: now)
        for answer in answers { parked.add(answer) }
        report.times.append(
            CommandTimes(
                command: CommandKey(command.id).description, taken: taken,
                answered: answers.isEmpty ? 0 : MonotonicClock.now()))
    }

    public func finish() throws -> VenueReport {
        report.book = executor.book
        return report
    }
}
