/// Time that runs with the liveliness of the market: it goes fast through quiet hours and skips
/// closed ones.
///
/// Activity is nanoseconds times the weight of their hour. What remains of it is known at every
/// instant, so a feed can spread an exact number of quotes over a session.
struct ActivityClock {
    let hours: MarketHours
    let end: Int64
    /// Always an open instant before `end`, as long as `remaining` is above zero.
    private(set) var time: Int64
    private(set) var remaining: Int64
    /// Closed nanoseconds passed over so far.
    private(set) var closed: Int64 = 0

    init(hours: MarketHours, start: Int64, end: Int64) {
        self.hours = hours
        self.end = end
        time = start
        remaining = 0
        while time < end {
            let next = hourEnd
            remaining += (next - time) * hours.weight(at: time)
            time = next
        }
        time = start
        skipClosed()
        closed = 0
    }

    var weight: Int64 { hours.weight(at: time) }

    /// Never spends more than half of what remains, so the end is approached and not passed.
    mutating func advance(by activity: Int64) {
        var left = activity.clamped(to: 0...(remaining / 2))
        while time < end {
            let weight = self.weight
            let room = (hourEnd - time) * weight
            if left < room {
                let step = left / weight
                time += step
                remaining -= step * weight
                return
            }
            left -= room
            remaining -= room
            time = hourEnd
            skipClosed()
        }
    }

    /// Goes to an open instant ahead.
    mutating func advance(to instant: Int64) {
        while time < min(instant, end) {
            let next = min(hourEnd, instant)
            let weight = self.weight
            remaining -= (next - time) * weight
            if weight == 0 { closed += next - time }
            time = next
        }
    }

    private var hourEnd: Int64 {
        min(end, (time / MarketHours.hour + 1) * MarketHours.hour)
    }

    private mutating func skipClosed() {
        while time < end, weight == 0 {
            closed += hourEnd - time
            time = hourEnd
        }
    }
}
