/// One execution at the venue.
public struct BrokerDeal: Sendable, Equatable, Codable {
    public var number: UInt64
    public var account: UInt64
    public var position: UInt64
    /// The text form of the command that asked for it.
    public var command: String
    /// 1e-8 lot.
    public var volume: Int64
    /// Points.
    public var price: Int64
    public var time: Int64

    public init(
        number: UInt64, account: UInt64, position: UInt64, command: String, volume: Int64,
        price: Int64, time: Int64
    ) {
        self.number = number
        self.account = account
        self.position = position
        self.command = command
        self.volume = volume
        self.price = price
        self.time = time
    }
}

/// The venue's own books: the truth when someone asks whether a position was closed twice. It
/// executes whatever it is told, like a broker that would open the reverse, so that a second close
/// cannot hide.
public struct BrokerBook: Sendable {
    public private(set) var deals: [BrokerDeal] = []
    private var executed: [UInt64: Int64] = [:]

    public init() {}

    public mutating func add(_ deal: BrokerDeal) {
        deals.append(deal)
        executed[deal.position, default: 0] &+= deal.volume
    }

    /// 1e-8 lot, all deals of a position together.
    public func executed(_ position: UInt64) -> Int64 { executed[position] ?? 0 }
}
