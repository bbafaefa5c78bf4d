/// An engine that plays one walk for as often as it is asked to: there and back again, so that the
/// price never jumps.
public final class Round {
    private final class Box<G: Game & ~Copyable> {
        var game: G
        init(_ game: consuming G) { self.game = game }
        func play(_ part: Range<Int>) { game.play(part) }
    }

    private let part: (Range<Int>) -> Void
    private let length: Int

    /// - Parameter positions: the more, the shorter the walk, so that an iteration stays short.
    public init(_ engine: Engine, _ mode: Workload.Mode, positions: Int) {
        let ticks = 2 * max(1 << 12, (1 << 26) / positions)
        var workload = Workload(mode, positions: positions, ticks: ticks)
        workload.returns = true
        length = workload.ticks
        switch engine {
        case .book(let kernel): part = Box(BookGame(workload, kernel)).play
        case .core(let kernel): part = Box(CoreGame(workload, kernel)).play
        }
        _ = play()
    }

    /// Plays the whole walk.
    /// - Returns: ns of processor time per tick.
    public func play() -> Double {
        nanoseconds { part(0..<length) } / Double(length)
    }
}
