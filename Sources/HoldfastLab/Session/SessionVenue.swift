import CHoldfast

/// When a command was out and answered, by the machine's monotonic clock.
public struct CommandTimes: Sendable, Codable {
    /// The text form of the id.
    public var command: String
    /// Nanoseconds: its executor had it; its first answer was received, 0 when there was none.
    public var taken: UInt64
    public var answered: UInt64

    public init(command: String, taken: UInt64, answered: UInt64) {
        self.command = command
        self.taken = taken
        self.answered = answered
    }
}

/// Who executes: has waiting commands taken and answered, and the answers take effect at their
/// simulated instants.
public protocol SessionVenue: AnyObject {
    /// The next instant at which an answer takes effect; Int64.max for none.
    var due: Int64 { get }
    /// Applies what is due at or before an instant, in order of (instant, command id).
    func advance(to now: Int64) throws
    /// Has every command that waits taken at `now`, and waits for the answers.
    /// - Returns: whether there was any.
    func exchange(at now: Int64) throws -> Bool
    /// No more commands will come: what the executor has to tell.
    func finish() throws -> VenueReport
}

/// What an executor tells at the end.
public struct VenueReport: Sendable {
    public var book = BrokerBook()
    public var times: [CommandTimes] = []
    /// Answers that the core refused when their instant had come.
    public var refused = 0
    /// The first few of them.
    public var refusals: [String] = []

    public init() {}

    mutating func note(refused answer: BrokerAnswer, _ status: Status) {
        refused += 1
        guard refusals.count < SessionCheck.shown else { return }
        var what = "answer"
        if case .deal(let deal) = answer.content {
            what = "deal \(deal.deal) of position \(deal.position), \(deal.volume),"
        }
        refusals.append("\(what) to \(CommandKey(answer.command)) at \(answer.time): \(status)")
    }
}
