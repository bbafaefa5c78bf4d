/// When timers are stepped: only while something is unsettled, and ever more rarely while nothing
/// happens, so that a weekend costs a few hundred steps.
struct SessionClockwork {
    static let first: Int64 = 250_000_000
    static let last: Int64 = 60_000_000_000

    /// The longest time between two steps.
    private let longest: Int64
    /// Timers are stepped also while nothing is unsettled.
    private let isSteady: Bool

    /// - Parameter steady: timers are stepped at least so often; 0: only while something is
    ///   unsettled.
    init(steady: Int64 = 0) {
        isSteady = steady > 0
        longest = isSteady ? steady : Self.last
    }

    /// The next step; Int64.max for none.
    private(set) var due = Int64.max
    private var interval = Self.first

    /// - Parameters:
    ///   - isActive: something happened at `now`.
    ///   - isIdle: nothing is unsettled.
    mutating func look(at now: Int64, isActive: Bool, isIdle: Bool) {
        if isIdle && !isSteady {
            due = .max
            interval = Self.first
            return
        }
        if isActive { interval = Self.first }
        // Activity brings the next step nearer, and never puts it off.
        if due == .max || due <= now {
            due = now + interval
            if !isActive { interval = min(2 * interval, longest) }
        } else if isActive {
            due = min(due, now + interval)
        }
    }
}
