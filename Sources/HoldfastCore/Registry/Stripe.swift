import CHoldfast
import HoldfastKernels

/// A share of the symbols with their positions, behind one lock. All its functions are called with
/// the lock held; extensions beside the stages of the pipeline hold what each stage does. All are
/// `mutating`: one that only reads would be given a copy of all of it. (`~Copyable` says so too,
/// but under ThreadSanitizer the compiler of Swift 6.3 emits ill-formed code for it.)
struct Stripe {
    /// First: see `Lock`.
    var sequence: UInt64 = 0
    let lock: StripeLock
    let index: Int
    /// Whether where its memory lies is settled; if not, the first drive settles it.
    var isPlaced = true
    /// The memory node that it is bound to.
    var node: Int?
    let shared: UnsafeMutablePointer<Shared>
    let positions: Slots<Position>
    let groups: Groups
    let ledgers: Slots<Ledger>
    let labels: Slots<Label>
    let lists: Slots<Listed>
    let lives: Slots<Life>
    let rules: Slots<RuleRow>
    let withheld: Slots<Withheld>
    let disasters: Slots<Disaster>
    let pool: UnsafeMutablePointer<NodePool>
    /// Its share of the symbols, in order of number, and the open levels of their books.
    let markets: UnsafeMutablePointer<Market>
    let levels: UnsafeMutablePointer<UInt32>
    /// The ledger of a position that has none.
    let untouched: UnsafeMutablePointer<Ledger>
    /// The event that is being written.
    let draft: UnsafeMutablePointer<hf_event>
    /// The position that is being closed, as it goes to the history.
    let closing: UnsafeMutablePointer<History.Closed>
    let breaches: UnsafeMutablePointer<Breach>
    let order: UnsafeMutablePointer<Due>
    var counters = hf_counters()
    var lastStep = Int64.min
    /// Who gave the input that is being applied, as events about positions tell.
    var author = Text32()
    var isFaulted = false

    init(
        _ arena: inout Arena, index: Int, shared: UnsafeMutablePointer<Shared>,
        config: hf_core_config
    ) throws(Failure) {
        let capacity = Int(config.positions)
        let symbols = (Int(config.symbols) + Int(config.stripes) - 1) / Int(config.stripes)
        let nodes = NodePool.capacity(leaves: capacity, books: 2 * Int(config.symbols))
        // All that can fail comes first.
        let lock = try StripeLock(&arena, shared.pointee.watch)
        let positions = try Slots<Position>(&arena, capacity)
        let groups = try Groups(
            &arena, positions: capacity, accounts: Int(config.accounts))
        let ledgers = try Slots<Ledger>(&arena, capacity)
        let labels = try Slots<Label>(&arena, capacity)
        let lists = try Slots<Listed>(&arena, capacity)
        let lives = try Slots<Life>(&arena, capacity)
        let rules = try Slots<RuleRow>(&arena, Int(config.rules))
        let withheld = try Slots<Withheld>(&arena, capacity)
        let disasters = try Slots<Disaster>(&arena, capacity)
        let untouched = try arena.reserve(Ledger.self, 1)
        untouched.initialize(to: Ledger(volume: 0, price: 0))
        let draft = try arena.reserve(hf_event.self, 1)
        let closing = try arena.reserve(History.Closed.self, 1)
        let breaches = try arena.reserve(Breach.self, capacity)
        let order = try arena.reserve(Due.self, capacity)
        let pool = try arena.reserve(NodePool.self, 1)
        pool.initialize(to: NodePool(memory: try arena.raw(nodes * Node.bytes)))
        let markets = try arena.reserve(Market.self, symbols)
        let levels = try arena.reserve(UInt32.self, 2 * symbols * Book.levels)
        (self.lock, self.index, self.shared) = (lock, index, shared)
        (self.positions, self.groups) = (positions, groups)
        (self.ledgers, self.labels) = (ledgers, labels)
        (self.lists, self.lives, self.rules, self.withheld) = (lists, lives, rules, withheld)
        (self.disasters, self.untouched) = (disasters, untouched)
        (self.draft, self.closing) = (draft, closing)
        (self.breaches, self.order) = (breaches, order)
        (self.pool, self.markets, self.levels) = (pool, markets, levels)
    }

    /// An empty book, of the longs or the shorts of the symbol at a place of `markets`.
    mutating func book(_ place: Int, isShort: Bool, tickSize: Int64) -> Book {
        Book(
            tickSize: tickSize, open: levels + (2 * place + (isShort ? 1 : 0)) * Book.levels,
            pool: pool)
    }

    /// A slot with the id that orders it.
    struct Due {
        var id: UInt64
        var slot: UInt32
        var isStop = false
        /// Withheld before: the book says nothing of it.
        var isWithheld = false
        /// The stop that fired, watched.
        var down = Int64.min
        var distance = Int64.max
    }

    mutating func market(_ position: UnsafeMutablePointer<Position>) -> UnsafeMutablePointer<Market>
    {
        shared.pointee.markets[Int(position.pointee.market)]
    }

    mutating func account(_ position: UnsafeMutablePointer<Position>) -> UnsafeMutablePointer<
        Account
    > {
        shared.pointee.accounts + Int(groups[position.pointee.group].pointee.account)
    }

    /// The instant of an input on a symbol: the later of its own and the symbol's.
    mutating func stamp(_ market: UnsafeMutablePointer<Market>, _ now: Int64) -> Int64 {
        max(market.pointee.time, now)
    }

    /// Whether an invariant holds. Where it does not, debug builds trap; in release an alarm is
    /// raised and the stripe answers reads only from here on, so that the host can flatten what it
    /// finds there.
    mutating func holds(_ invariant: Bool) -> Bool {
        assert(invariant)
        if !invariant { fault() }
        return invariant
    }

    mutating func fault() {
        isFaulted = true
        counters.faults += 1
        counters.alarms += 1
        // Not the draft: somebody may be about to emit it.
        var event = hf_event()
        event.kind = EventKind.alarm.rawValue
        event.status = Failure.fault.rawValue
        emit(&event)
    }

    /// A new event, to be filled in and emitted.
    mutating func event(_ kind: EventKind, _ now: Int64) -> UnsafeMutablePointer<hf_event> {
        // Events are large and made in numbers: one place for them, and no copy of a copy.
        draft.blank()
        draft.pointee.kind = kind.rawValue
        draft.pointee.time = now
        return draft
    }

    /// Hands an event out, stamped with the input that caused it.
    mutating func emit(_ event: UnsafePointer<hf_event>) {
        shared.pointee.events.append(event, sequence: sequence)
        shared.pointee.bell.ring()
        counters.events += 1
    }
}

/// Slots of fixed number with a free list: a slot's address never changes.
struct Slots<Element> {
    private struct State {
        var used = 0
        var freed = 0
    }

    let base: UnsafeMutablePointer<Element>
    private let free: UnsafeMutablePointer<UInt32>
    private let state: UnsafeMutablePointer<State>
    let capacity: Int

    init(_ arena: inout Arena, _ capacity: Int) throws(Failure) {
        base = try arena.reserve(Element.self, capacity)
        free = try arena.reserve(UInt32.self, capacity)
        state = try arena.reserve(State.self, 1)
        self.capacity = capacity
    }

    /// Slots that were ever in use lie below this.
    var used: Int { state.pointee.used }
    var isFull: Bool { state.pointee.freed == 0 && state.pointee.used == capacity }

    @inline(__always)
    subscript(slot: UInt32) -> UnsafeMutablePointer<Element> { base + Int(slot) }

    /// The caller asks `isFull` first.
    func take() -> UInt32 {
        if state.pointee.freed > 0 {
            state.pointee.freed -= 1
            return free[state.pointee.freed]
        }
        state.pointee.used += 1
        return UInt32(truncatingIfNeeded: state.pointee.used - 1)
    }

    func give(_ slot: UInt32) {
        free[state.pointee.freed] = slot
        state.pointee.freed += 1
    }
}
