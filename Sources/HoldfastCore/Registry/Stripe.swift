import CHoldfast
import HoldfastKernels

/// A share of the symbols with their positions, behind one lock. All its functions are called with
/// the lock held; extensions beside the stages of the pipeline hold what each stage does.
struct Stripe {
    /// First: see `Lock`.
    var sequence: UInt64 = 0
    let lock: Lock
    let index: Int
    /// Whether where its memory lies is settled; if not, the first drive settles it.
    var isPlaced = true
    /// The memory node that it is bound to.
    var node: Int?
    let shared: UnsafeMutablePointer<Shared>
    let positions: Slots<Position>
    let lives: Slots<Life>
    let rules: Slots<RuleRow>
    let withheld: Slots<Withheld>
    let pool: UnsafeMutablePointer<NodePool>
    /// Its share of the symbols, in order of number, and the open levels of their books.
    let markets: UnsafeMutablePointer<Market>
    let levels: UnsafeMutablePointer<UInt32>
    let breaches: UnsafeMutablePointer<Breach>
    let order: UnsafeMutablePointer<Due>
    var counters = hf_counters()
    var lastStep = Int64.min
    var isFaulted = false

    init(
        _ arena: inout Arena, index: Int, shared: UnsafeMutablePointer<Shared>,
        config: hf_core_config
    ) throws(Failure) {
        lock = try Lock(&arena)
        self.index = index
        self.shared = shared
        let capacity = Int(config.positions)
        positions = try Slots(&arena, capacity)
        lives = try Slots(&arena, capacity)
        rules = try Slots(&arena, Int(config.rules))
        withheld = try Slots(&arena, capacity)
        breaches = try arena.reserve(Breach.self, capacity)
        order = try arena.reserve(Due.self, capacity)
        let nodes = NodePool.capacity(leaves: capacity, books: 2 * Int(config.symbols))
        pool = try arena.reserve(NodePool.self, 1)
        pool.initialize(to: NodePool(memory: try arena.raw(nodes * Node.bytes)))
        let symbols = (Int(config.symbols) + Int(config.stripes) - 1) / Int(config.stripes)
        markets = try arena.reserve(Market.self, symbols)
        levels = try arena.reserve(UInt32.self, 2 * symbols * Book.levels)
    }

    /// An empty book, of the longs or the shorts of the symbol at a place of `markets`.
    func book(_ place: Int, isShort: Bool, tickSize: Int64) -> Book {
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

    func market(_ position: UnsafeMutablePointer<Position>) -> UnsafeMutablePointer<Market> {
        shared.pointee.markets[Int(position.pointee.market)]
    }

    func account(_ position: UnsafeMutablePointer<Position>) -> UnsafeMutablePointer<Account> {
        shared.pointee.accounts + Int(position.pointee.account)
    }

    /// The instant of an input on a symbol: the later of its own and the symbol's.
    func stamp(_ market: UnsafeMutablePointer<Market>, _ now: Int64) -> Int64 {
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
        var event = hf_event()
        event.kind = EventKind.alarm.rawValue
        event.status = Failure.fault.rawValue
        emit(event)
    }

    /// Hands an event out, stamped with the input that caused it.
    mutating func emit(_ event: borrowing hf_event) {
        shared.pointee.events.append(event, sequence: sequence)
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
