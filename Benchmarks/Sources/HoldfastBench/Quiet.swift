import CHoldfast

/// Ticks that fire nothing, through the C ABI, as a host sends them: filled in beforehand.
struct Quiet: ~Copyable {
    private let game: CoreGame
    private let ticks: UnsafeMutableBufferPointer<hf_tick>
    /// Resident bytes that the open positions took, each.
    let bytesPerPosition: Double

    static let batch = 64
    /// Enough that no branch learns them, few enough that they stay in the cache.
    static let ticksPerPass = 1 << 12

    /// - Parameter positions: half of them long, none in reach of the walk.
    init(positions: Int, symbols: Int = 1, stripes: Int = 1) {
        var workload = Workload(.fix, positions: positions, ticks: Self.ticksPerPass)
        (workload.isQuiet, workload.symbols) = (true, symbols)
        let before = Processor.resident
        game = CoreGame(workload, Processor.best, stripes: stripes)
        bytesPerPosition = Double(Processor.resident - before) / Double(positions)
        ticks = game.ticks()
    }

    deinit { ticks.deallocate() }

    /// ns per tick in batches of 64, median of some passes over all ticks.
    func batched(passes: Int) -> Double {
        measure(passes) { first in
            for at in stride(from: 0, to: ticks.count, by: Self.batch) {
                game.host.ticks(first + at, Self.batch)
            }
        }
    }

    /// ns per call of one tick.
    func single(passes: Int) -> Double {
        measure(passes) { first in
            for at in 0..<ticks.count { game.host.tick(first + at) }
        }
    }

    private func measure(_ passes: Int, _ pass: (UnsafePointer<hf_tick>) -> Void) -> Double {
        guard let base = ticks.baseAddress else { return .nan }
        pass(base)
        return median(
            (0..<passes).map { _ in nanoseconds { pass(base) } / Double(ticks.count) })
    }
}
