import CHoldfast

/// No slot, no leaf, no life.
let none = UInt32.max

/// An open position: what every one has and what does not change with every tick. What only some
/// have lies in rows of its own, so that a million of them stay small. Its levels are watched by a
/// leaf of the book; `stop` is the stop when it was last written here, and the leaf's is never
/// looser.
struct Position {
    var id: UInt64
    var volume: Int64
    var openPrice: Int64
    /// Natural prices; 0 = unset.
    var stop: Int64
    var target: Int64
    var stopFirst: Int64
    var strategy: UInt64
    var ticket: UInt64
    var magic: Int64
    var opened: Int64
    /// Its account, and what is open there on its symbol and side.
    var group: UInt32
    var market: UInt32
    var leaf: UInt32 = none
    /// The life of its closing intent and commands; `none` while there is none.
    var life: UInt32 = none
    /// First of its rules, in order of id.
    var rules: UInt32 = none
    /// `none` while nothing was filled and nothing cost: see `Ledger`.
    var ledger: UInt32 = none
    /// `none` while it has no texts.
    var label: UInt32 = none
    /// `none` while it is in no list of its symbol.
    var listed: UInt32 = none
    var commandCount: UInt32 = 0
    /// Epoch and count of the latest closing command; count 0 = none yet.
    var closeCount: UInt32 = 0
    var closeEpoch: UInt32 = 0
    var side: Side
    var setBy: Reason = .none
    var flags = Flags.isPlain

    /// One byte, so that a position is two cache lines.
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let isParked = Flags(rawValue: 1)
        static let isPlain = Flags(rawValue: 2)
        static let isJudged = Flags(rawValue: 4)
        static let stopRecorded = Flags(rawValue: 8)
        static let targetRecorded = Flags(rawValue: 16)
        static let isSuspect = Flags(rawValue: 32)
    }

    private func has(_ flag: Flags) -> Bool { flags.contains(flag) }

    private mutating func set(_ flag: Flags, _ isOn: Bool) {
        if isOn { flags.insert(flag) } else { flags.remove(flag) }
    }

    /// Its trail waits for the next usable quote.
    var isParked: Bool {
        get { has(.isParked) }
        set { set(.isParked, newValue) }
    }

    /// Its rules are distances that the book trails alone.
    var isPlain: Bool {
        get { has(.isPlain) }
        set { set(.isPlain, newValue) }
    }

    /// The leaf's distance and `up` are bounds: what fires is judged here.
    var isJudged: Bool {
        get { has(.isJudged) }
        set { set(.isJudged, newValue) }
    }

    /// An observing account: the breach of this level was recorded and lasts.
    var stopRecorded: Bool {
        get { has(.stopRecorded) }
        set { set(.stopRecorded, newValue) }
    }

    var targetRecorded: Bool {
        get { has(.targetRecorded) }
        set { set(.targetRecorded, newValue) }
    }

    /// Its broker did not have it when it was last asked.
    var isSuspect: Bool {
        get { has(.isSuspect) }
        set { set(.isSuspect, newValue) }
    }

    /// Asked for, and nothing filled yet.
    @inline(__always) var isPending: Bool { volume == 0 }

    /// The side's sign: watched price = sign x natural price.
    @inline(__always) var sign: Int64 { side == .long ? 1 : -1 }
}

/// What fills and costs have made of a position.
struct Ledger {
    var volumeInitial: Int64
    /// Sum of price x volume over the open part: points x 1e-8 lot.
    var cost: Int128
    /// Booked: price profit and costs.
    var realised: Int64 = 0
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0
    /// Costs of the open part, booked as it is closed.
    var open = Costs()
    /// Sum of price x volume over what was closed.
    var exits: Int128 = 0
    /// Points, adverse positive: from the price of the entry to the first fill.
    var slippageEntry: Int64 = 0
    /// It was asked for at a price, and filled.
    var isSlippageKnown = false
    /// When it last changed in what its broker knows of it too; Int64.min: as it was opened.
    var touched = Int64.min
    /// Deals of before are in what it was told to be; Int64.min: those of before its opening.
    var since = Int64.min
    /// It was found at the broker.
    var isAdopted = false
    /// Volume that a snapshot added, whose own deal is still to come.
    var gained: Int64 = 0
    /// Snapshots in a row that did not have it.
    var absences: UInt32 = 0
    /// The command in doubt beside which a snapshot had it.
    var seenBeside: UInt32 = 0
    /// The ticket before its present one.
    var former: UInt64 = 0
    /// What a snapshot took away without a deal, at its cost; and when the broker was asked.
    var lost = Told()
    var lostAt = Int64.min
    /// Volume that a close-by of another position closed, whose own deal is still to come.
    var paired: Int64 = 0
    /// A close-by has named it.
    var isNamed = false
    /// What an ack of the entry told without a deal.
    var entryTold = Told()
    /// The position that a turn of a netting account closed.
    var flippedFrom: UInt64 = 0
    /// Volume that acks closed without naming a deal; what each told is with its command.
    var unmatched: Int64 = 0
    /// `act_before` of the last closing command that nobody answered: no other goes out earlier.
    var closeNotBefore = Int64.min
    /// The command whose told volume was the last fill; 0 when that was something else.
    var lastTold: UInt32 = 0
    var isMoneyKnown = true

    /// Of a position whose whole volume is open.
    @inline(__always)
    init(volume: Int64, price: Int64) {
        volumeInitial = volume
        cost = Money.product(volume, price)
    }

    /// Whether everything that was closed of it could be valued.
    var isBookKnown: Bool { isMoneyKnown && lost.volume == 0 }

    /// Average entry in 1e-8 point, truncated.
    func average(_ volume: Int64) -> Int64 { Self.average(cost, volume) }

    /// Of a sum of price x volume, in 1e-8 point, truncated.
    static func average(_ sum: Int128, _ volume: Int64) -> Int64 {
        volume == 0 ? 0 : Int64(clamping: Share.of(sum, Limits.unit, volume))
    }
}

/// The cost columns of an open part, signed as in MT5: a cost is negative.
struct Costs {
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0

    var sum: Int128 { Int128(commission) + Int128(swap) + Int128(fee) }

    /// Takes out the share of a part of the volume, truncated; the last part takes all.
    mutating func take(_ part: Int64, of volume: Int64) -> Costs {
        if part == volume {
            defer { self = Costs() }
            return self
        }
        let taken = Costs(
            commission: Share.of(commission, part, volume), swap: Share.of(swap, part, volume),
            fee: Share.of(fee, part, volume))
        commission -= taken.commission
        swap -= taken.swap
        fee -= taken.fee
        return taken
    }

    /// - Returns: false, and nothing added, when a column does not fit.
    mutating func add(_ other: Costs) -> Bool {
        var sum = self
        var fits = Money.add(other.commission, to: &sum.commission)
        fits = Money.add(other.swap, to: &sum.swap) && fits
        fits = Money.add(other.fee, to: &sum.fee) && fits
        if fits { self = sum }
        return fits
    }
}

/// The owner's texts of a position.
struct Label {
    var tag = Text32()
    var clientID = Text40()
}

/// The places of a position in lists of its symbol that few are in.
struct Listed {
    /// Neighbours among the positions whose trail waits for a quote.
    var parkedNext: UInt32 = none
    var parkedBefore: UInt32 = none
    /// Neighbours among the positions of observing accounts with a recorded breach.
    var recordedNext: UInt32 = none
    var recordedBefore: UInt32 = none
    /// Watched price from which a parked trail starts; Int64.min = the next quote's own.
    var parkedPeak: Int64 = .min
    var isRecorded = false
    /// Its breach that must not fire yet.
    var withheld: UInt32 = none
    /// Its stop at the broker.
    var disaster: UInt32 = none
}

/// The rows that a position has only when it needs them.
extension Stripe {
    /// As it stands: of a position without a row, that of an untouched one, until the next is asked
    /// for.
    @inline(__always)
    mutating func ledger(_ p: Row) -> UnsafePointer<Ledger> {
        if p.pointee.ledger != none { return UnsafePointer(ledgers[p.pointee.ledger]) }
        untouched.pointee.volumeInitial = p.pointee.volume
        untouched.pointee.cost = Int128(p.pointee.volume) * Int128(p.pointee.openPrice)
        return UnsafePointer(untouched)
    }

    /// It changed in what its broker knows of it too.
    @inline(__always)
    mutating func touch(_ p: Row, _ now: Int64) { ledgerRow(p).pointee.touched = now }

    /// To be changed.
    @inline(__always)
    mutating func ledgerRow(_ p: Row) -> UnsafeMutablePointer<Ledger> {
        if p.pointee.ledger == none {
            p.pointee.ledger = ledgers.take()
            ledgers[p.pointee.ledger].initialize(
                to: Ledger(volume: p.pointee.volume, price: p.pointee.openPrice))
        }
        return ledgers[p.pointee.ledger]
    }

    @inline(__always)
    mutating func label(_ p: Row) -> Label {
        p.pointee.label == none ? Label() : labels[p.pointee.label].pointee
    }

    mutating func listed(_ p: Row) -> UnsafeMutablePointer<Listed> {
        if p.pointee.listed == none {
            p.pointee.listed = lists.take()
            lists[p.pointee.listed].initialize(to: Listed())
        }
        return lists[p.pointee.listed]
    }

    /// Its breach that must not fire yet; `none` while there is none.
    @inline(__always)
    mutating func withheldRow(_ p: Row) -> UInt32 {
        p.pointee.listed == none ? none : lists[p.pointee.listed].pointee.withheld
    }

    /// Gives back what a position that is gone had.
    mutating func giveRows(_ p: Row) {
        if p.pointee.ledger != none { ledgers.give(p.pointee.ledger) }
        if p.pointee.label != none { labels.give(p.pointee.label) }
        if p.pointee.listed != none { lists.give(p.pointee.listed) }
    }
}
