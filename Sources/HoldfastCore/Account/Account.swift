import CHoldfast
import Synchronization

/// An account: its terms, its booked money, what it remembers of deals and finished commands.
/// Behind a lock of its own, taken inside a stripe's.
struct Account {
    /// First: see `Lock`.
    var balance: Int64
    let id: UInt64
    /// Changed with every stripe locked, read with one.
    var terms: hf_account
    let lock: ShortLock
    /// Open positions, counted by several stripes.
    let positions: UnsafeMutablePointer<Atomic<Int>>
    /// Entries that nothing was filled of yet, counted likewise.
    let entries: UnsafeMutablePointer<Atomic<Int>>
    /// Whether the balance comes near what 64 bits hold, for who asks without the lock.
    let isLarge: UnsafeMutablePointer<Atomic<Bool>>
    /// Index of its executor, and its commands in line there: behind the executor's lock.
    var executor: UInt32
    let outbox: UnsafeMutablePointer<Outbox>
    /// What it knows of its broker's snapshots: behind the desk's lock.
    let sync: UnsafeMutablePointer<Sync>
    /// One snapshot at a time.
    let syncing: Lock
    /// When money was last booked.
    var booked = Int64.min
    /// The broker's own figure of a snapshot.
    var margin: Int64?
    var currency: UInt64
    /// The balance at the start, moved by deposits.
    var initial: Int64
    var isMoneyKnown = true
    /// Positions of which nobody knows what a part came to, since the balance was last told.
    var losses = 0
    /// When the broker was asked for that balance.
    var toldAt = Int64.min
    var deals: KnownDeals
    var finished: FinishedCommands

    init(
        _ terms: hf_account, executor: UInt32, _ arena: inout Arena, _ config: hf_core_config
    ) throws(Failure) {
        id = terms.id
        self.terms = terms
        self.executor = executor
        currency = unsafeBitCast(terms.currency, to: UInt64.self)
        (balance, initial) = (terms.balance, terms.initial)
        lock = try ShortLock(&arena)
        positions = try arena.raw(Limits.line).bindMemory(to: Atomic<Int>.self, capacity: 2)
        positions.initialize(to: Atomic(0))
        entries = positions + 1
        entries.initialize(to: Atomic(0))
        isLarge = UnsafeMutableRawPointer(positions + 2).bindMemory(
            to: Atomic<Bool>.self, capacity: 1)
        isLarge.initialize(to: Atomic(Self.isLarge(balance)))
        deals = try KnownDeals(&arena, capacity: Int(config.deals))
        finished = try FinishedCommands(&arena, capacity: Int(config.finished))
        outbox = try arena.raw(Limits.line).bindMemory(to: Outbox.self, capacity: 1)
        outbox.initialize(to: try Outbox(&arena, capacity: Int(config.outbox)))
        sync = try arena.reserve(Sync.self, 1)
        sync.initialize(to: Sync())
        syncing = try Lock(&arena)
    }

    static func isLarge(_ balance: Int64) -> Bool { balance.magnitude >> 58 != 0 }

    /// The balance has changed; the lock is held.
    func noteBalance() {
        let isNow = Self.isLarge(balance)
        if isLarge.pointee.load(ordering: .relaxed) != isNow {
            isLarge.pointee.store(isNow, ordering: .relaxed)
        }
    }

    /// Whether everything that was booked could be valued.
    var isBookKnown: Bool { isMoneyKnown && losses == 0 }
    var isNetting: Bool { terms.mode == UInt8(HF_NETTING) }
    var asked: UInt64 { UInt64(max(0, entries.pointee.load(ordering: .relaxed))) }
    var isObserving: Bool { terms.observe != 0 }
    var open: UInt64 { UInt64(max(0, positions.pointee.load(ordering: .relaxed))) }
}

/// The newest deals of an account, by number: a deal is applied once.
struct KnownDeals {
    private struct Deal {
        var number: UInt64
        var volume: Int64
        var price: Int64
        var time: Int64
    }

    private let ring: UnsafeMutablePointer<Deal>
    private let capacity: Int
    private var map: Map
    private var next = 0
    private var isFull = false
    /// Time of the newest deal that was forgotten.
    private(set) var horizon = Int64.min

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        ring = try arena.reserve(Deal.self, capacity)
        self.capacity = capacity
        map = try Map(&arena, capacity: capacity)
    }

    enum Verdict { case new, known, conflict }

    func judge(_ number: UInt64, volume: Int64, price: Int64) -> Verdict {
        guard number != 0, let at = map.value(number) else { return .new }
        let deal = ring[Int(at)]
        return deal.volume == volume && deal.price == price ? .known : .conflict
    }

    mutating func remember(_ number: UInt64, volume: Int64, price: Int64, time: Int64) {
        if number == 0 { return }
        if isFull {
            map.remove(ring[next].number)
            horizon = max(horizon, ring[next].time)
        }
        ring[next] = Deal(number: number, volume: volume, price: price, time: time)
        map.set(number, to: UInt64(next))
        next += 1
        if next == capacity { (next, isFull) = (0, true) }
    }

    /// What is remembered, in no order, and the horizon.
    var hash: UInt64 {
        var sum = UInt64(bitPattern: horizon)
        for at in 0..<(isFull ? capacity : next) {
            sum = sum &+ withUnsafeBytes(of: ring[at]) { XXH64.hash($0) }
        }
        return sum
    }
}

/// The newest finished commands of an account, whole: late answers find them.
struct FinishedCommands {
    struct Finished {
        var record: hf_command
        var told = Told()
    }

    private let ring: UnsafeMutablePointer<Finished>
    private let capacity: Int
    private var map: Map
    private var next = 0
    private var isFull = false

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        ring = try arena.reserve(Finished.self, capacity)
        self.capacity = capacity
        map = try Map(&arena, capacity: capacity)
    }

    private func second(_ id: hf_command_id) -> UInt64 {
        UInt64(id.epoch) << 32 | UInt64(id.count)
    }

    func find(_ id: hf_command_id) -> UnsafeMutablePointer<Finished>? {
        map.value(id.owner, second(id)).map { ring + Int($0) }
    }

    /// - Returns: where the record of the command is to be written.
    mutating func remember(_ id: hf_command_id) -> UnsafeMutablePointer<hf_command> {
        let row = ring + next
        if isFull { map.remove(row.pointee.record.id.owner, second(row.pointee.record.id)) }
        row.pointee.told = Told()
        map.set(id.owner, second(id), to: UInt64(next))
        next += 1
        if next == capacity { (next, isFull) = (0, true) }
        return withUnsafeMutablePointer(to: &row.pointee.record) { $0 }
    }
}
