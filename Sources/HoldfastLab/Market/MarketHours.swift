/// When a symbol trades and how lively each hour is; all in UTC, with the summer hours of New
/// York, whose day ends at 21:00.
public enum MarketHours: Sendable, Equatable {
    /// Sunday 21:00 to Friday 21:00.
    case forex
    /// Sunday 22:00 to Friday 21:00, with a break from 21:00 to 22:00.
    case exchange
    /// Every hour of the week.
    case always

    static let hour: Int64 = 3_600_000_000_000
    static let weightMax: Int64 = 100

    /// Liveliness of an hour, counted from the epoch: 0 is closed, 100 the busiest.
    func weight(ofHour hour: Int64) -> Int64 {
        let ofDay = Int(hour % 24)
        let day = (hour / 24 + 4) % 7  // the epoch was a Thursday; Sunday is 0
        switch self {
        case .always:
            return Self.crypto[ofDay]
        case .forex:
            let closed = day == 6 || (day == 5 && ofDay >= 21) || (day == 0 && ofDay < 21)
            return closed ? 0 : Self.session[ofDay]
        case .exchange:
            let closed = day == 6 || (day == 5 && ofDay >= 21) || (day == 0 && ofDay < 22)
            return closed || ofDay == 21 ? 0 : Self.session[ofDay]
        }
    }

    func weight(at time: Int64) -> Int64 {
        weight(ofHour: time / Self.hour)
    }

    /// How much wider than usual the hour makes the spread, in thousandths: liquidity is thin
    /// when the trading day rolls over, and thinnest at its first instant.
    func strain(at time: Int64) -> Int64 {
        let opening: Int64 = self == .exchange ? 22 : 21
        let ofDay = time / Self.hour % 24
        guard ofDay == opening else { return ofDay < 7 ? 1_250 : 1_000 }
        let gone = time % Self.hour / 1_000_000
        return 2_500 + (6_500 * (3_600_000 - gone)) / 3_600_000
    }

    /// Tokyo is quiet, London and New York overlap from 12 to 16.
    private static let session: [Int64] = [
        35, 40, 35, 30, 28, 30, 45, 75, 90, 80, 65, 65,
        90, 100, 100, 90, 65, 50, 40, 35, 30, 45, 40, 32,
    ]

    private static let crypto: [Int64] = [
        60, 62, 58, 52, 48, 45, 48, 55, 62, 66, 64, 66,
        80, 96, 100, 96, 86, 78, 72, 70, 66, 64, 60, 58,
    ]
}
