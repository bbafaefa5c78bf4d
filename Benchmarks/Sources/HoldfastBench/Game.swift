import Glibc

/// One engine at the standard workload: its positions are open, its walk is drawn.
protocol Game: ~Copyable {
    var tally: Tally { get }
    /// Plays the ticks of a part of the walk.
    mutating func play(_ part: Range<Int>)
    /// Draws as much walk again, from where it has come to.
    mutating func walkOn()
}

/// What one run of one engine came to.
public struct Run: Sendable {
    public var nsPerTick: Double
    public var tally: Tally
    /// Of those ticks that were timed.
    public var timedTriggers: UInt64
}

extension Run {
    /// A line of JSON, in the words of the rivals.
    public var json: String {
        let checksum = String(tally.checksum, radix: 16)
        let padded = String(repeating: "0", count: 16 - checksum.count) + checksum
        return "{\"cpu_ns_per_tick\":\(nsPerTick),\"triggers\":\(tally.triggers),"
            + "\"timed_triggers\":\(timedTriggers),\"checksum\":\"\(padded)\"}"
    }
}

public enum Engine: Hashable, Sendable {
    case book(Kernel)
    case core(Kernel)

    public enum Kernel: String, CaseIterable, Sendable { case scalar, baseline, v3 }

    public var name: String {
        switch self {
        case .book(let kernel): "book \(kernel.rawValue)"
        case .core(let kernel): "core \(kernel.rawValue)"
        }
    }

    /// Opens the positions, warms up, and times the rest.
    public func run(_ workload: Workload) -> Run {
        switch self {
        case .book(let kernel):
            var game = BookGame(workload, kernel)
            return time(&game, workload)
        case .core(let kernel):
            var game = CoreGame(workload, kernel)
            let run = time(&game, workload)
            game.check()
            return run
        }
    }

    private func time<G: Game & ~Copyable>(_ game: inout G, _ workload: Workload) -> Run {
        game.play(0..<workload.warmUp)
        let before = game.tally.triggers
        let elapsed = nanoseconds { game.play(workload.warmUp..<workload.ticks) }
        return Run(
            nsPerTick: elapsed / Double(workload.ticks - workload.warmUp), tally: game.tally,
            timedTriggers: game.tally.triggers - before)
    }
}

enum Clock {
    /// The machine's monotonic clock, in ns.
    @inline(__always)
    static func now() -> UInt64 { read(CLOCK_MONOTONIC) }

    /// What this thread has used of its processor: a neighbour's share does not count.
    static func used() -> UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

    @inline(__always)
    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// Processor time of some work, in ns.
@inline(__always)
func nanoseconds(_ work: () -> Void) -> Double {
    let start = Clock.used()
    measuredPart(work)
    return Double(Clock.used() - start)
}

/// What is timed is what is counted: `valgrind --tool=callgrind --toggle-collect='*measuredPart*'`
/// collects in here and nowhere else, so it must stay one call.
@inline(never)
@_optimize(none)
private func measuredPart(_ work: () -> Void) { work() }

public func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    if sorted.isEmpty { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
