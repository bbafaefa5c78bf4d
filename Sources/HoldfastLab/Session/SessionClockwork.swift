/// When timers are stepped: only while something is unsettled, and ever more rarely while nothing
/// happens, so that a weekend costs a few hundred steps.
struct SessionClockwork {
    static let first: Int64 = 250_000_000
    static let last: Int64 = 60_000_000_000

    /// The next step; Int64.max for none.
    private(set) var due = Int64.max
    private var interval = Self.first

    /// - Parameters:
    ///   - isActive: something happened at `now`.
    ///   - isIdle: nothing is unsettled.
    mutating func look(at now: Int64, isActive: Bool, isIdle: Bool) {
        if isIdle {
            due = .max
            interval = Self.first
            return
        }
        if isActive { interval = Self.first }
        // Activity brings the next step nearer, and never puts it off.
        if due == .max || due <= now {
            due = now + interval
            if !isActive { interval = min(2 * interval, Self.last) }
        } else if isActive {
            due = min(due, now + interval)
        }
    }
}
