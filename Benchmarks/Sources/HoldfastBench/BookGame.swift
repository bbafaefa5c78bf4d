import HoldfastKernels
import HoldfastKernelsBaseline
import HoldfastKernelsV3

extension Engine.Kernel {
    var face: BookFace {
        switch self {
        case .scalar: Baseline.scalar
        case .baseline: Baseline.face
        case .v3: V3.face
        }
    }
}

/// The trigger index alone, behind the face that the core calls, with no more around it than the
/// C++ programs have: two books a symbol, and where each position lies.
struct BookGame: Game, ~Copyable {
    private struct Symbol {
        var longs: Book
        var shorts: Book
    }

    private struct Row {
        var life: Life
        var place: UInt32
        var isShort: Bool
        var isTrailing: Bool
    }

    private(set) var tally = Tally()
    private let face: BookFace
    private let lives: Lives
    private var walker: Walker
    private let walk: UnsafeMutableBufferPointer<Workload.Step>
    private let rows: UnsafeMutablePointer<Row>
    private let breaches: UnsafeMutablePointer<Breach>
    private let symbols: UnsafeMutablePointer<Symbol>
    private let memory: BookMemory

    init(_ workload: Workload, _ kernel: Engine.Kernel) {
        face = kernel.face
        lives = Lives(workload)
        walker = Walker(workload)
        walk = .allocate(capacity: workload.ticks)
        walker.fill(walk)
        rows = .allocate(capacity: workload.positions)
        breaches = .allocate(capacity: workload.positions)
        symbols = .allocate(capacity: workload.symbols)
        memory = BookMemory(positions: workload.positions, books: 2 * workload.symbols)
        for index in 0..<workload.symbols {
            (symbols + index).initialize(
                to: Symbol(longs: memory.book(2 * index), shorts: memory.book(2 * index + 1)))
        }
        let start = Workload.Step(symbol: 0, bid: Workload.startBid)
        for id in 0..<workload.positions {
            let symbol = symbols + id % workload.symbols
            open(Life(id: id), symbol, bid: start.bid, ask: start.ask)
        }
    }

    deinit {
        walk.deallocate()
        rows.deallocate()
        breaches.deallocate()
        symbols.deallocate()
        memory.release()
    }

    mutating func walkOn() { walker.fill(walk) }

    mutating func play(_ part: Range<Int>) {
        for index in part {
            let step = walk[index]
            let symbol = symbols + step.symbol
            let (bid, ask) = (step.bid, step.ask)
            var found = 0
            if !symbol.pointee.longs.isQuiet(bid) {
                found = face.breaches(&symbol.pointee.longs, bid, breaches)
            }
            if !symbol.pointee.shorts.isQuiet(-ask) {
                found += face.breaches(&symbol.pointee.shorts, -ask, breaches + found)
            }
            symbol.pointee.longs.see(bid, at: Int64(index))
            symbol.pointee.shorts.see(-ask, at: Int64(index))
            for at in 0..<found {
                reopen(breaches[at], symbol, tick: index + 1, bid: bid, ask: ask)
            }
        }
    }

    @inline(__always)
    private mutating func reopen(
        _ breach: Breach, _ symbol: UnsafeMutablePointer<Symbol>, tick: Int, bid: Int64, ask: Int64
    ) {
        let row = rows[Int(breach.slot)]
        let stop: Tally.Reason = row.isTrailing ? .trailing : .stop
        tally.add(row.life, tick: tick, breach.isStop ? stop : .target)
        if row.isShort {
            face.remove(&symbol.pointee.shorts, row.place)
        } else {
            face.remove(&symbol.pointee.longs, row.place)
        }
        open(row.life.next, symbol, bid: bid, ask: ask)
    }

    @inline(__always)
    private func open(
        _ life: Life, _ symbol: UnsafeMutablePointer<Symbol>, bid: Int64, ask: Int64
    ) {
        let opening = lives.draw(life)
        let watched = opening.isShort ? -ask : bid
        var leaf = Leaf(
            down: watched - opening.stopDistance, up: watched + opening.targetDistance,
            distance: opening.isTrailing ? opening.stopDistance : .max)
        leaf.see(watched, at: 0)
        let slot = UInt32(truncatingIfNeeded: life.id)
        let place =
            opening.isShort
            ? face.insert(&symbol.pointee.shorts, leaf, slot)
            : face.insert(&symbol.pointee.longs, leaf, slot)
        rows[life.id] = Row(
            life: life, place: place, isShort: opening.isShort, isTrailing: opening.isTrailing)
    }
}

/// Memory of some books that share a pool of nodes.
struct BookMemory {
    private let open: UnsafeMutablePointer<UInt32>
    private let pool: UnsafeMutablePointer<NodePool>
    private let nodes: UnsafeMutableRawPointer

    init(positions: Int, books: Int) {
        // Pages that are never touched cost nothing.
        let bytes = NodePool.capacity(leaves: positions, books: books) * Node.bytes
        nodes = .allocate(byteCount: bytes, alignment: Node.bytes)
        open = .allocate(capacity: books * Book.levels)
        pool = .allocate(capacity: 1)
        pool.initialize(to: NodePool(memory: nodes))
    }

    func book(_ index: Int) -> Book {
        Book(tickSize: 1, open: open + index * Book.levels, pool: pool)
    }

    func release() {
        open.deallocate()
        nodes.deallocate()
        pool.deallocate()
    }
}
