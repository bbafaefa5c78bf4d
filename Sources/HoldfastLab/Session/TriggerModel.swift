import CHoldfast

/// What an oracle says of the first close of a position.
public struct TriggerPrediction: Sendable, Equatable, CustomStringConvertible {
    /// Index of the quote in the session, from 0.
    public var tick: Int
    public var time: Int64
    /// HF_REASON_SL, TP or TRAILING.
    public var reason: Int
    /// Points: the watched price, and the level in force.
    public var price: Int64
    public var level: Int64

    public init(tick: Int, time: Int64, reason: Int, price: Int64, level: Int64) {
        self.tick = tick
        self.time = time
        self.reason = reason
        self.price = price
        self.level = level
    }

    public var description: String {
        "\(SessionNames.reason(reason)) on tick \(tick), price \(price), level \(level)"
    }
}

/// Says which tick closes which position, and why: the session compares it with the core.
public protocol TriggerOracle {
    mutating func see(_ quote: MarketQuote, index: Int)
    mutating func open(_ id: UInt64, _ position: PlannedPosition)
    /// It was closed by somebody else: no tick after this one closes it.
    mutating func close(_ id: UInt64, _ position: PlannedPosition)
    func prediction(of id: UInt64) -> TriggerPrediction?
    var counts: TickCounts { get }
}

extension TriggerOracle {
    public mutating func close(_ id: UInt64, _ position: PlannedPosition) {}
}

/// What became of the ticks.
public struct TickCounts: Sendable, Equatable {
    public var accepted = 0
    public var refused = 0
    /// Of those accepted.
    public var crossed = 0

    public init() {}
}

/// The exact model of SL, TP and trailing: every position looked at on every tick, stops moved at
/// once, nothing shared with the core.
public struct TriggerModel: TriggerOracle {
    private struct Watched {
        var id: UInt64
        var isLong: Bool
        var sl: Int64
        var tp: Int64
        var trailing: Int64
        var isTrailed = false
    }

    private struct Feed {
        var tickSize: Int64
        var positions: [Watched] = []
        var time = Int64.min
        var lateInARow = 0
        var quote: MarketQuote?
    }

    /// Late ticks in a row that are refused; the next one is judged.
    private static let lateMax = 3

    private var feeds: [Feed]
    private var predictions: [UInt64: TriggerPrediction] = [:]
    public private(set) var counts = TickCounts()

    public init(instruments: [Instrument]) {
        feeds = instruments.map { Feed(tickSize: max(1, $0.tickSize)) }
    }

    public func prediction(of id: UInt64) -> TriggerPrediction? { predictions[id] }

    public mutating func see(_ quote: MarketQuote, index: Int) {
        guard feeds.indices.contains(quote.symbol), isAccepted(quote) else {
            counts.refused += 1
            return
        }
        counts.accepted += 1
        feeds[quote.symbol].quote = quote
        if quote.isCrossed {
            counts.crossed += 1
            return
        }
        judge(quote, index)
    }

    private mutating func isAccepted(_ quote: MarketQuote) -> Bool {
        guard quote.bid > 0, quote.ask > 0, quote.bid < Instrument.priceMax,
            quote.ask < Instrument.priceMax, quote.time >= 0, quote.time < 1 << 62
        else { return false }
        if quote.time >= feeds[quote.symbol].time {
            feeds[quote.symbol].time = quote.time
            feeds[quote.symbol].lateInARow = 0
            return true
        }
        feeds[quote.symbol].lateInARow += 1
        return feeds[quote.symbol].lateInARow > Self.lateMax
    }

    private mutating func judge(_ quote: MarketQuote, _ index: Int) {
        let tickSize = feeds[quote.symbol].tickSize
        var at = 0
        while at < feeds[quote.symbol].positions.count {
            let position = feeds[quote.symbol].positions[at]
            let price = position.isLong ? quote.bid : quote.ask
            if let reason = Self.breach(position, price) {
                predictions[position.id] = TriggerPrediction(
                    tick: index, time: feeds[quote.symbol].time, reason: reason, price: price,
                    level: reason == HF_REASON_TP ? position.tp : position.sl)
                let last = feeds[quote.symbol].positions.count - 1
                feeds[quote.symbol].positions.swapAt(at, last)
                feeds[quote.symbol].positions.removeLast()
                continue
            }
            if position.trailing > 0 {
                Self.trail(&feeds[quote.symbol].positions[at], price, tickSize)
            }
            at += 1
        }
    }

    private static func breach(_ position: Watched, _ price: Int64) -> Int? {
        let stop = position.isTrailed ? HF_REASON_TRAILING : HF_REASON_SL
        if position.isLong {
            if position.sl != 0 && price <= position.sl { return stop }
            return position.tp != 0 && price >= position.tp ? HF_REASON_TP : nil
        }
        if position.sl != 0 && price >= position.sl { return stop }
        return position.tp != 0 && price <= position.tp ? HF_REASON_TP : nil
    }

    /// The stop follows at its distance, rounded toward protection, never looser.
    private static func trail(_ position: inout Watched, _ price: Int64, _ tickSize: Int64) {
        var candidate = position.isLong ? price - position.trailing : price + position.trailing
        guard candidate > 0 else { return }
        let rest = candidate % tickSize
        if rest != 0 { candidate += position.isLong ? tickSize - rest : -rest }
        guard candidate > 0, position.isLong ? candidate < price : candidate > price else {
            return
        }
        let isBetter = position.isLong ? candidate > position.sl : candidate < position.sl
        guard position.sl == 0 || isBetter else { return }
        position.sl = candidate
        position.isTrailed = true
    }

    public mutating func open(_ id: UInt64, _ position: PlannedPosition) {
        guard feeds.indices.contains(position.symbol) else { return }
        var watched = Watched(
            id: id, isLong: position.side == .long, sl: position.sl, tp: position.tp,
            trailing: position.trailing)
        // The first candidate comes from the quote in force, if that may be used.
        if watched.trailing > 0, let quote = feeds[position.symbol].quote, !quote.isCrossed {
            let price = watched.isLong ? quote.bid : quote.ask
            Self.trail(&watched, price, feeds[position.symbol].tickSize)
        }
        feeds[position.symbol].positions.append(watched)
    }

    public mutating func close(_ id: UInt64, _ position: PlannedPosition) {
        guard feeds.indices.contains(position.symbol) else { return }
        feeds[position.symbol].positions.removeAll { $0.id == id }
    }
}
