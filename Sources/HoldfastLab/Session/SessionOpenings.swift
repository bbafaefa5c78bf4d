/// A position to be opened now.
public struct PlannedOpening: Sendable, Equatable {
    public var position: PlannedPosition
    /// Points; nil: what the quote asks for it.
    public var price: Int64?
    /// Where it was asked for, for messages: "positions.csv:3".
    public var origin: String

    public init(position: PlannedPosition, price: Int64? = nil, origin: String = "policy") {
        self.position = position
        self.price = price
        self.origin = origin
    }
}

/// Says which positions are opened after which quote.
public protocol SessionOpenings: AnyObject {
    /// - Parameter open: how many positions are open now.
    func openings(on quote: MarketQuote, open: Int) -> [PlannedOpening]
    /// What is still to be opened when the quotes are over.
    var rest: Int { get }
}

/// Openings by the seeded policy.
public final class PolicyOpenings: SessionOpenings {
    private var policy: PositionPolicy
    public let rest = 0

    public init(_ policy: PositionPolicy) { self.policy = policy }

    public func openings(on quote: MarketQuote, open: Int) -> [PlannedOpening] {
        policy.decide(on: quote, open: open).map { [PlannedOpening(position: $0)] } ?? []
    }
}

/// Openings from a list: each after the first quote of its symbol at or after its time.
public final class ListedOpenings: SessionOpenings {
    /// By symbol, the next one last.
    private var lists: [[ListedPosition]]
    private let max: Int

    /// - Parameter max: most positions open at a time; what does not fit waits.
    public init(_ positions: [ListedPosition], symbols: Int, max: Int = .max) {
        var lists = [[ListedPosition]](repeating: [], count: symbols)
        for position in positions where lists.indices.contains(position.opening.position.symbol) {
            lists[position.opening.position.symbol].append(position)
        }
        // Stable: positions of one time are opened in the order of the file.
        self.lists = lists.map { list in
            list.enumerated().sorted {
                ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
            }.map(\.element).reversed()
        }
        self.max = max
    }

    public var rest: Int { lists.reduce(0) { $0 + $1.count } }

    public func openings(on quote: MarketQuote, open: Int) -> [PlannedOpening] {
        guard lists.indices.contains(quote.symbol), quote.bid > 0, quote.ask > 0 else { return [] }
        var found: [PlannedOpening] = []
        while let next = lists[quote.symbol].last, next.time <= quote.time,
            open + found.count < max
        {
            found.append(next.opening)
            lists[quote.symbol].removeLast()
        }
        return found
    }
}

/// A position of a list, and from when on it is to be opened.
public struct ListedPosition: Sendable, Equatable {
    public var time: Int64
    public var opening: PlannedOpening

    public init(time: Int64, opening: PlannedOpening) {
        self.time = time
        self.opening = opening
    }
}
