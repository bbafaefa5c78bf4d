/// When the executor of a chaos session is killed, and for how long it stays away.
public struct ChaosPlan: Sendable, Equatable {
    public struct Kill: Sendable, Equatable {
        /// Simulated.
        public var at: Int64
        /// nil: while it has nothing to do; else while commands are out.
        public var stage: ExecutorDoom.Stage?
        /// Simulated time until it is started again.
        public var away: Int64
    }

    public var kills: [Kill]

    public init(kills: [Kill]) { self.kills = kills }

    /// Kills spread over a session, some of them with commands out, some of them long enough for
    /// an account to become STALE; one of them through a figure, when prices jump.
    public init(seed: UInt64, from start: Int64, to end: Int64, news: Int64? = nil) {
        var draw = SeededRandom(seed: seed, stream: "kills")
        let count = 6 + draw.below(4)
        let span = (end - start) / (count + 1)
        let stages: [ExecutorDoom.Stage?] = [nil, .taken, .logged, .answered]
        kills = (0..<count).map { index in
            let at = start + (index + 1) * span - span / 4 + draw.below(span / 2 + 1)
            // Every place has its turn, whatever is drawn.
            let stage = stages[Int((index + draw.below(2)) % 4)]
            let isLong = draw.chance(ppm: 400_000)
            let away = 1_000_000_000 + draw.below(isLong ? 45_000_000_000 : 8_000_000_000)
            return Kill(at: at, stage: stage, away: away)
        }
        if let news {
            let before = draw.below(20_000_000_000)
            kills.removeAll { abs($0.at - news) < 120_000_000_000 }
            kills.append(Kill(at: news - before, stage: nil, away: before + 40_000_000_000))
            kills.sort { $0.at < $1.at }
        }
    }
}
