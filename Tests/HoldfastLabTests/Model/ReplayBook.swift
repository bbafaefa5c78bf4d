import HoldfastLab

/// The levels of the live positions of one symbol, tested and trailed on every quote: the part of
/// the rules that makes triggers, kept small because it runs over millions of quotes.
final class ReplayBook {
    struct Live {
        var id: UInt64
        var isLong: Bool
        var isTrailing: Bool
        var hasTrailed: Bool
        var sl: Int64
        var tp: Int64
        var distance: Int64
    }

    /// A close that the rules ask for.
    struct Trigger: Equatable, CustomStringConvertible {
        enum Reason { case sl, tp, trailing }

        var position: UInt64
        var time: Int64
        var reason: Reason
        var price: Int64
        var level: Int64

        var description: String {
            "position \(position) at \(time): \(reason), price \(price), level \(level)"
        }
    }

    static let capacity = 64
    private(set) var count = 0
    private let live = UnsafeMutablePointer<Live>.allocate(capacity: capacity)
    private let tick: Int64

    init(tick: Int64) { self.tick = tick }

    deinit { live.deallocate() }

    var positions: [Live] { (0..<count).map { live[$0] } }

    /// Opened at a quote that is not crossed: the trail starts from it.
    func open(_ position: Live, bid: Int64, ask: Int64) {
        live[count] = position
        if position.isTrailing { trail(count, position.isLong ? bid : ask) }
        count += 1
    }

    func close(_ id: UInt64) {
        guard let place = (0..<count).first(where: { live[$0].id == id }) else { return }
        for next in place..<count - 1 { live[next] = live[next + 1] }
        count -= 1
    }

    /// True when a level is met: the levels before the quote, the stop first, then the trail.
    func meets(bid: Int64, ask: Int64) -> Bool {
        if bid > ask { return false }
        var isMet = false
        var place = 0
        while place < count {
            let position = live + place
            if position.pointee.isLong {
                let (sl, tp) = (position.pointee.sl, position.pointee.tp)
                if bid <= sl || (tp != 0 && bid >= tp) { isMet = true }
            } else {
                let (sl, tp) = (position.pointee.sl, position.pointee.tp)
                if ask <= tp || (sl != 0 && ask >= sl) { isMet = true }
            }
            place += 1
        }
        return isMet
    }

    /// What the quote closes, in order of id.
    func triggers(time: Int64, bid: Int64, ask: Int64) -> [Trigger] {
        var found: [Trigger] = []
        for position in positions {
            let price = position.isLong ? bid : ask
            let sign: Int64 = position.isLong ? 1 : -1
            if position.sl != 0, (price - position.sl) * sign <= 0 {
                found.append(
                    Trigger(
                        position: position.id, time: time,
                        reason: position.hasTrailed ? .trailing : .sl, price: price,
                        level: position.sl))
            } else if position.tp != 0, (position.tp - price) * sign <= 0 {
                found.append(
                    Trigger(
                        position: position.id, time: time, reason: .tp, price: price,
                        level: position.tp))
            }
        }
        return found
    }

    /// Moves the stops of what is still open.
    func trail(bid: Int64, ask: Int64) {
        if bid > ask { return }
        var place = 0
        while place < count {
            if live[place].isTrailing { trail(place, live[place].isLong ? bid : ask) }
            place += 1
        }
    }

    private func trail(_ place: Int, _ price: Int64) {
        let position = live + place
        let sl = position.pointee.sl
        if position.pointee.isLong {
            let raw = price - position.pointee.distance
            let candidate = (raw + tick - 1) / tick * tick
            if candidate > 0, candidate < price, candidate > sl {
                position.pointee.sl = candidate
                position.pointee.hasTrailed = true
            }
        } else {
            let candidate = (price + position.pointee.distance) / tick * tick
            if candidate > price, candidate < sl || sl == 0 {
                position.pointee.sl = candidate
                position.pointee.hasTrailed = true
            }
        }
    }
}
