import CHoldfast

/// One execution at the venue.
public struct BrokerDeal: Sendable, Equatable, Codable {
    /// What it did to a position.
    public enum Entry: String, Sendable, Codable {
        case opens, closes
    }

    public var number: UInt64
    public var account: UInt64
    /// The host's number of the position; 0 for one that the host did not ask for.
    public var position: UInt64
    /// The text form of the command that asked for it; empty: a stop, or a person at the terminal.
    public var command: String
    /// 1e-8 lot.
    public var volume: Int64
    /// Points.
    public var price: Int64
    public var time: Int64
    public var entry = Entry.closes
    /// Of the position, as it was then.
    public var ticket: UInt64 = 0
    /// 1e-8 of the account currency, signed: a cost is negative.
    public var commission: Int64 = 0
    /// HF_DEAL_...
    public var reason: UInt8 = 0

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

/// The venue's own books: the truth when someone asks whether a position was closed twice, and
/// what is open.
public struct BrokerBook: Sendable {
    /// A position from its first deal to its last, whatever its tickets were.
    public struct Life: Sendable, Equatable, Codable {
        public var account: UInt64
        public var position: UInt64
        public var ticket: UInt64
        public var opened: Int64
        public var closed: Int64

        public var isOpen: Bool { opened > closed }
    }

    public internal(set) var deals: [BrokerDeal] = []
    /// Only of positions that are the venue's own, not of those taken on trust.
    public internal(set) var lives: [Life] = []
    public internal(set) var balances: [UInt64: Int64] = [:]
    /// Commands that would have closed more than was open, and how many netting closes opened the
    /// reverse.
    public internal(set) var excesses: [String] = []
    public internal(set) var reversals = 0
    /// Closes by ticket that found their position closed by another command that was at work: here
    /// nothing came of them.
    public internal(set) var repeats = 0
    private var executed: [UInt64: Int64] = [:]

    public init() {}

    public mutating func add(_ deal: BrokerDeal) {
        deals.append(deal)
        if deal.entry == .closes { executed[deal.position, default: 0] &+= deal.volume }
    }

    public var tooMuch: Int { excesses.count }

    mutating func note(excess command: hf_command, open: Int64, at time: Int64) {
        excesses.append(
            "\(CommandKey(command.id)) at \(time): \(command.volume) of ticket \(command.ticket),"
                + " \(open) open")
    }

    /// 1e-8 lot, all closing deals of a position together.
    public func executed(_ position: UInt64) -> Int64 { executed[position] ?? 0 }
}
