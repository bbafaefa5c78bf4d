import CHoldfast

/// From the call with a tick that fires exactly one position to its command in the host's hands.
struct Visible: Sendable {
    let p50: Double
    let p999: Double
    /// Of two readings of the clock with nothing between them, in the same run.
    let empty50: Double
    let empty999: Double

    init(positions: Int, ticks: Int) {
        var game = CoreGame(Workload(.fix, positions: positions, ticks: ticks), Processor.best)
        game.play(0..<ticks / 5)
        var waits: [Double] = []
        var empty: [Double] = []
        waits.reserveCapacity(ticks)
        empty.reserveCapacity(ticks)
        for index in ticks / 5..<ticks {
            let start = Clock.now()
            let (count, end) = game.playOne(index)
            if count == 1 { waits.append(Double(end - start)) }
            let idle = Clock.now()
            empty.append(Double(Clock.now() - idle))
        }
        (p50, p999) = (Self.percentile(waits, 0.5), Self.percentile(waits, 0.999))
        (empty50, empty999) = (Self.percentile(empty, 0.5), Self.percentile(empty, 0.999))
    }

    private static func percentile(_ values: [Double], _ part: Double) -> Double {
        if values.isEmpty { return .nan }
        return values.sorted()[min(values.count - 1, Int(part * Double(values.count)))]
    }
}
