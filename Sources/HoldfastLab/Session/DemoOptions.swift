/// What a person chooses of a demo.
public struct DemoOptions: Sendable, Equatable {
    /// The longest session: the main job's quotes, or those of a bad day.
    public static let (most, mostOfChaos) = (100_000_000, 10_000_000)

    public var seed: UInt64 = 1
    public var quotes = 300_000
    public var most = DemoOptions.most
    /// Simulated seconds in a second; 0: as fast as possible.
    public var speed: Double = 0
    public var record: String?

    public init() {}

    var isStandard: Bool { seed == 1 && quotes == Self().quotes }

    /// Of a bad day.
    public static var chaos: DemoOptions {
        var options = DemoOptions()
        (options.quotes, options.most) = (40_000, mostOfChaos)
        return options
    }

    func check() throws {
        guard 1000...most ~= quotes else { throw DemoError.quotes(most: most) }
        guard speed >= 0, speed.isFinite else { throw DemoError.speed }
    }

    /// Waits for an instant of the session; nil: as fast as possible.
    func pace(_ onWait: @escaping () throws -> Void) -> ((Int64) throws -> Void)? {
        if speed == 0 { return nil }
        let pacer = SessionPacer(speed: speed, onWait: onWait)
        return { try pacer.wait(for: $0) }
    }
}

/// A demo that can be started from a command.
public protocol DemoSession {
    var onProgress: ((Session.Progress) throws -> Void)? { get set }
    /// Asked while the session waits for its pace; it throws to end it.
    var onWait: () throws -> Void { get set }

    /// - Throws: `DemoError`, `SessionError`.
    func run() throws -> SessionReport
}
