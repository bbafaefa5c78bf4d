/// A position of the venue's own. What it was and will be stands in phases: an order is worked out
/// when it comes, up to its end, and a snapshot is of an instant before that.
struct BrokerPosition {
    struct Phase {
        var from: Int64
        var ticket: UInt64
        /// 1e-8 lot; 0: closed.
        var volume: Int64
        /// Price times volume of what is open: points x 1e-8 lot.
        var cost: Int128
        var sl: Int64 = 0
        var tp: Int64 = 0
        /// Of what is open, a cost negative.
        var commission: Int64 = 0

        /// Points, truncated.
        var price: Int64 { volume == 0 ? 0 : Int64(cost / Int128(volume)) }
    }

    let account: UInt64
    /// The host's number of the symbol, and the venue's name.
    let symbol: UInt32
    let name: String
    let isLong: Bool
    /// The host's number of the position; 0: nobody there has named it yet.
    var id: UInt64
    /// A command has named its ticket: the host knows that it is there.
    var isNamed = false
    /// The client's id, or the text of the command that opened it.
    let comment: String
    let magic: Int64
    let opened: Int64
    /// Orders and stops up to here are worked out.
    var settled: Int64
    private(set) var phases: [Phase]

    init(
        account: UInt64, symbol: UInt32, name: String, isLong: Bool, id: UInt64, comment: String,
        magic: Int64, first: Phase
    ) {
        self.account = account
        self.symbol = symbol
        self.name = name
        self.isLong = isLong
        self.id = id
        self.comment = comment
        self.magic = magic
        opened = first.from
        settled = first.from
        phases = [first]
    }

    /// What it will be when everything that came is done.
    var last: Phase { phases[phases.count - 1] }
    var isOpen: Bool { last.volume > 0 }

    func phase(at time: Int64) -> Phase? { phases.last { $0.from <= time } }

    /// It was over at an instant, and stays so.
    func isOver(at time: Int64) -> Bool { !isOpen && last.from <= time }

    mutating func change(at time: Int64, _ body: (inout Phase) -> Void) {
        var phase = last
        phase.from = time
        body(&phase)
        phases.append(phase)
        settled = max(settled, time)
    }

    /// Phases that nobody can ask for any more.
    mutating func forget(before time: Int64) {
        while phases.count > 1, phases[1].from <= time { phases.removeFirst() }
    }

    /// Whether a quote fires one of its stops: the price, and whether it was the stop-loss.
    func breach(bid: Int64, ask: Int64) -> (price: Int64, isStop: Bool)? {
        let (phase, price) = (last, isLong ? bid : ask)
        if phase.sl != 0, isLong ? price <= phase.sl : price >= phase.sl { return (price, true) }
        if phase.tp != 0, isLong ? price >= phase.tp : price <= phase.tp { return (price, false) }
        return nil
    }
}

/// The venue's positions, by ticket, and on netting accounts by symbol.
struct BrokerPositions {
    private struct Net: Hashable {
        var account: UInt64
        var symbol: String
    }

    private(set) var rows: [BrokerPosition] = []
    /// Places of those that may still be open, in order of opening.
    private(set) var live: [Int] = []
    /// Every ticket that there ever was.
    private var tickets: [UInt64: Int] = [:]
    private var nets: [Net: Int] = [:]

    mutating func add(_ position: BrokerPosition, isNetting: Bool) -> Int {
        let place = rows.count
        rows.append(position)
        live.append(place)
        tickets[position.last.ticket] = place
        if isNetting { nets[Net(account: position.account, symbol: position.name)] = place }
        return place
    }

    func isKnown(_ ticket: UInt64) -> Bool { tickets[ticket] != nil }

    /// Open or not, under any ticket that it ever had.
    func any(_ ticket: UInt64) -> Int? { tickets[ticket] }

    /// Of an open position, under the ticket that it has now.
    func find(_ ticket: UInt64) -> Int? {
        guard let place = tickets[ticket], rows[place].isOpen, rows[place].last.ticket == ticket
        else { return nil }
        return place
    }

    func net(_ account: UInt64, _ symbol: String) -> Int? {
        guard let place = nets[Net(account: account, symbol: symbol)], rows[place].isOpen else {
            return nil
        }
        return place
    }

    subscript(place: Int) -> BrokerPosition {
        get { rows[place] }
        set {
            rows[place] = newValue
            tickets[newValue.last.ticket] = place
        }
    }

    mutating func forget(before time: Int64) {
        live.removeAll { rows[$0].isOver(at: time) }
        for place in live { rows[place].forget(before: time) }
    }
}
