/// When the next quote comes: quotes arrive in clusters, from single ones to bursts of dozens
/// within a few milliseconds, and more of them while the market is excited.
struct QuoteArrivals {
    /// Quotes still to come in the cluster, and their mean distance in nanoseconds.
    private var left: Int64 = 0
    private var gap: Int64 = 0

    /// The mean number of quotes in a cluster at ordinary volatility; only the pace of the first
    /// quotes depends on it, because the pace follows what remains.
    private static let clusterMean: Int64 = 3

    /// Activity until the next quote, `quotes` being those still to come in the session.
    mutating func next(
        clock: ActivityClock, quotes: Int64, volatility: Int64, random: inout SeededRandom
    ) -> Int64 {
        if left > 0 {
            left -= 1
            return proportion(random.exponentialish(), gap * clock.weight, SeededRandom.one)
        }
        startCluster(volatility: volatility, random: &random)
        let mean = proportion(clock.remaining, Self.clusterMean, max(quotes, 1))
        return proportion(random.exponentialish(), mean, SeededRandom.one)
    }

    /// News: everyone quotes at once.
    mutating func startRush(random: inout SeededRandom) {
        left = 80 + random.below(80)
        gap = 2_000_000
    }

    private mutating func startCluster(volatility: Int64, random: inout SeededRandom) {
        let burst = (volatility * 15).clamped(to: 4_000...60_000)
        if random.chance(ppm: burst) {
            left = 24 + random.below(56)
            gap = 300_000 + random.below(1_300_000)
        } else if random.chance(ppm: 90_000) {
            left = 1 + random.below(9)
            gap = 400_000 + random.below(4_000_000)
        } else if random.chance(ppm: 220_000) {
            left = 1 + random.below(7)
            gap = 60_000_000 + random.below(900_000_000)
        }
    }
}
