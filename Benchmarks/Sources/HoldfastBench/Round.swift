/// An engine that plays on: each round is the next part of an endless walk.
public final class Round {
    private final class Box<G: Game & ~Copyable> {
        private var game: G
        private let length: Int

        init(_ game: consuming G, _ length: Int) {
            self.game = game
            self.length = length
        }

        func play() -> Double {
            game.walkOn()
            return nanoseconds { game.play(0..<length) } / Double(length)
        }
    }

    private let next: () -> Double

    /// - Parameter positions: the more, the shorter a round, so that it takes about as long.
    public init(_ engine: Engine, _ mode: Workload.Mode, positions: Int) {
        let length = max(1 << 13, (1 << 27) / positions)
        let workload = Workload(mode, positions: positions, ticks: length)
        switch engine {
        case .book(let kernel): next = Box(BookGame(workload, kernel), length).play
        case .core(let kernel): next = Box(CoreGame(workload, kernel), length).play
        }
        _ = play()
    }

    /// Plays one round.
    /// - Returns: ns of processor time per tick.
    public func play() -> Double { next() }
}
