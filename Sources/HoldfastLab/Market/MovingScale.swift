/// What is a usual move and a usual spread of a symbol just now, from its quotes alone: with it
/// one policy fits an instrument of any price and any number of digits.
struct MovingScale: Sendable {
    /// Running averages in 1/65536 point.
    private var move: Int64 = 0
    private var spread: Int64 = 0
    private var lastMid: Int64?
    private(set) var quotes = 0

    private static let point: Int64 = 65_536
    /// Each quote pulls an average by one part in so many.
    private static let memory: Int64 = 128
    /// Points; larger ones say nothing about what is usual, and could overflow.
    private static let largest: Int64 = 1 << 40

    /// A quote with prices in `1 ... Instrument.priceMax` that is not crossed.
    mutating func add(bid: Int64, ask: Int64) {
        let mid = bid + (ask - bid) / 2
        if let lastMid {
            pull(&move, toward: abs(mid - lastMid))
        }
        lastMid = mid
        pull(&spread, toward: ask - bid)
        quotes += 1
    }

    /// Points: a distance that a quote or two may cross.
    var unit: Int64 { (spread + 2 * move) / Self.point + 1 }

    private func pull(_ average: inout Int64, toward points: Int64) {
        let value = min(points, Self.largest) * Self.point
        // The first quotes weigh more, so that the average is of use at once.
        let weight = min(Int64(clamping: quotes) + 1, Self.memory)
        average += (value - average) / weight
    }
}
