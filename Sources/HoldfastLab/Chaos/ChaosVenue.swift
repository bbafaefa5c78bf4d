/// An executor that can be killed and started again, with everything that it answered and that has
/// not taken effect yet.
public protocol ExecutorHost: AnyObject {
    var isAlive: Bool { get }
    /// The next instant at which an answer takes effect; Int64.max for none.
    var due: Int64 { get }
    /// Starts a session with books as the last one left them.
    /// - Parameter doom: where it is to kill itself.
    func start(epoch: UInt32, doom: ExecutorDoom?) throws
    /// At once, whatever it does.
    func kill()
    func advance(to now: Int64) throws
    /// - Returns: whether there was anything. It may be dead afterwards.
    func exchange(at now: Int64) throws -> Bool
    func finish() throws -> VenueReport
}

/// A venue whose executor is killed by a plan. While it is away simulated time goes on, and
/// commands wait.
public final class ChaosVenue: SessionVenue {
    private let host: any ExecutorHost
    private var kills: [ChaosPlan.Kill]
    private var epoch: UInt32 = 1
    /// When it is started again.
    private var back: Int64?
    /// How many commands were given out again so far.
    var redelivered: () throws -> UInt64 = { 0 }
    /// Told what happened, and when.
    public var onNote: (Int64, ChaosNote) -> Void = { _, _ in }

    public init(host: any ExecutorHost, plan: ChaosPlan) throws {
        self.host = host
        kills = plan.kills.sorted { $0.at < $1.at }
        try host.start(epoch: epoch, doom: doom)
    }

    private var doom: ExecutorDoom? {
        kills.first.flatMap { kill in kill.stage.map { ExecutorDoom(at: kill.at, stage: $0) } }
    }

    public var due: Int64 { min(host.due, back ?? .max) }

    public func advance(to now: Int64) throws { try host.advance(to: now) }

    public func exchange(at now: Int64) throws -> Bool {
        var before: UInt64?
        if let back {
            guard now >= back else { return false }
            self.back = nil
            epoch += 1
            try host.start(epoch: epoch, doom: doom)
            onNote(now, .started(session: epoch))
            before = try redelivered()
        }
        if let kill = kills.first, kill.stage == nil, now >= kill.at {
            host.kill()
            away(now)
            return false
        }
        let isBusy = try host.exchange(at: now)
        if let before, case let count = try redelivered() - before, count > 0 {
            onNote(now, .redelivered(Int(count)))
        }
        if !host.isAlive { away(now) }
        return isBusy
    }

    private func away(_ now: Int64) {
        guard !kills.isEmpty else { return }
        let kill = kills.removeFirst()
        back = now + kill.away
        onNote(now, .killed(session: epoch, kill.stage))
    }

    public func finish() throws -> VenueReport { try host.finish() }
}
