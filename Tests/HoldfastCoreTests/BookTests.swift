import HoldfastKernelsBaseline
import HoldfastKernelsV3
import Testing

@testable import HoldfastCore
@testable import HoldfastKernels

/// A book of one side kept the slow, obvious way: every leaf is brought up to date at every price.
private struct EagerBook {
    var leaves: [UInt32: Leaf] = [:]
    let tickSize: Int64

    func roundedUp(_ price: Int64) -> Int64 {
        let steps = price >= 0 ? (price + tickSize - 1) / tickSize : -(-price / tickSize)
        return steps * tickSize
    }

    func breaches(_ price: Int64) -> Set<UInt32> {
        Set(leaves.filter { price <= $0.value.down || price >= $0.value.up }.keys)
    }

    mutating func see(_ price: Int64, at time: Int64) {
        for slot in leaves.keys {
            leaves[slot]!.see(price, at: time)
            let distance = leaves[slot]!.distance
            if distance != .max {
                leaves[slot]!.down = max(leaves[slot]!.down, roundedUp(price - distance))
            }
        }
    }
}

/// A book of the kernels with room for a number of leaves, and where each slot's leaf is.
private final class RealBook {
    private var arena = Arena()
    var book: Book
    var places: [UInt32: UInt32] = [:]
    let face: BookFace
    let found: UnsafeMutablePointer<Breach>

    init(_ face: BookFace, tickSize: Int64, capacity: Int) throws {
        let nodes = NodePool.capacity(leaves: capacity, books: 1)
        let pool = try arena.reserve(NodePool.self, 1)
        pool.initialize(to: NodePool(memory: try arena.raw(nodes * Node.bytes)))
        book = Book(
            tickSize: tickSize, open: try arena.reserve(UInt32.self, Book.levels), pool: pool)
        found = try arena.reserve(Breach.self, capacity)
        self.face = face
    }

    deinit { arena.release() }

    func insert(_ leaf: Leaf, _ slot: UInt32) { places[slot] = face.insert(&book, leaf, slot) }

    func modify(_ slot: UInt32, _ leaf: Leaf) {
        face.modify(&book, places[slot]!, leaf.down, leaf.up, leaf.distance)
    }

    func remove(_ slot: UInt32) {
        face.remove(&book, places.removeValue(forKey: slot)!)
    }

    func read(_ slot: UInt32) -> Leaf { face.read(&book, places[slot]!) }

    func breaches(_ price: Int64) -> Set<UInt32> {
        if book.isQuiet(price) { return [] }
        let count = face.breaches(&book, price, found)
        return Set((0..<count).map { found[$0].slot })
    }
}

/// What kind of prices a history has.
enum Stream: CaseIterable {
    case walk, gaps, rising, falling, flat, ends

    func next(_ price: Int64, _ random: inout TestRandom) -> Int64 {
        switch self {
        case .walk: price + Int64(random.below(7)) - 3
        case .gaps:
            random.below(20) == 0
                ? price + Int64(random.below(400)) - 200 : price + Int64(random.below(3)) - 1
        case .rising: price + Int64(random.below(4))
        case .falling: price - Int64(random.below(4))
        case .flat: price
        case .ends: random.below(2) == 0 ? (1 << 53) - 1 - Int64(random.below(50)) : 1
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct TestRandom {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

@Suite("Book")
struct BookTests {
    static let faces: [(String, BookFace)] = [
        ("scalar", Baseline.scalar), ("baseline", Baseline.face), ("v3", V3.face),
    ]

    @Test(
        "after every price the book agrees with an eager model",
        arguments: [0, 1, 2], Stream.allCases)
    func agrees(face: Int, stream: Stream) throws {
        if face == 2 && !Processor.hasV3 { return }
        for seed in 1...6 {
            for tickSize in [Int64(1), 5] {
                for sign in [Int64(1), -1] {
                    try history(
                        Self.faces[face].1, stream, seed: UInt64(seed), tickSize: tickSize,
                        sign: sign)
                }
            }
        }
    }

    private func history(
        _ face: BookFace, _ stream: Stream, seed: UInt64, tickSize: Int64, sign: Int64
    ) throws {
        var random = TestRandom(seed)
        let real = try RealBook(face, tickSize: tickSize, capacity: 400)
        var model = EagerBook(tickSize: tickSize)
        var price: Int64 = 100_000
        for time in Int64(1)...250 {
            for _ in 0..<random.below(4) where model.leaves.count < 300 {
                let slot = UInt32(random.below(300))
                if model.leaves[slot] != nil { continue }
                let leaf = leaf(sign * price, tickSize, &random)
                model.leaves[slot] = leaf
                real.insert(leaf, slot)
            }
            change(&model, real, sign * price, tickSize, &random)
            price = max(1, min((1 << 53) - 1, stream.next(price, &random)))
            let watched = sign * price
            let expected = model.breaches(watched)
            #expect(
                real.breaches(watched) == expected,
                "seed \(seed) \(stream) tick size \(tickSize) time \(time)")
            for slot in expected where random.below(3) > 0 {
                model.leaves[slot] = nil
                real.remove(slot)
            }
            // A leaf that fired watches nothing from then on.
            for slot in expected where model.leaves[slot] != nil {
                model.leaves[slot]!.down = .min
                model.leaves[slot]!.up = .max
                model.leaves[slot]!.distance = .max
            }
            model.see(watched, at: time)
            real.book.see(watched, at: time)
            for (slot, leaf) in model.leaves where real.read(slot) != leaf {
                Issue.record("slot \(slot): \(real.read(slot)) is not \(leaf), seed \(seed)")
                return
            }
        }
    }

    @Test(
        "however the leaves go, a pool of the claimed capacity is enough",
        arguments: [64, 256, 4096])
    func poolCapacity(leaves: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        let books = 40
        let capacity = NodePool.capacity(leaves: leaves, books: books)
        let pool = try arena.reserve(NodePool.self, 1)
        pool.initialize(to: NodePool(memory: try arena.raw(2 * capacity * Node.bytes)))
        var left = leaves
        // Each book is filled with all that is left, and keeps one leaf of 16, of 256 in turn.
        for index in 0..<books where left > 0 {
            var book = Book(
                tickSize: 1, open: try arena.reserve(UInt32.self, Book.levels), pool: pool)
            let places = (0..<left).map { Baseline.face.insert(&book, Leaf(), UInt32($0)) }
            let kept = index % 2 == 0 ? 256 : 16
            for (at, place) in places.enumerated() where at % kept != 0 {
                Baseline.face.remove(&book, place)
            }
            left -= (left + kept - 1) / kept
            #expect(Int(pool.pointee.used) <= capacity, "book \(index)")
        }
    }

    private func leaf(_ price: Int64, _ tickSize: Int64, _ random: inout TestRandom) -> Leaf {
        func level(_ distance: Int) -> Int64 {
            (price + Int64(distance)) / tickSize * tickSize
        }
        var leaf = Leaf(
            down: random.below(5) == 0 ? .min : level(-10 - random.below(150)),
            up: random.below(4) == 0 ? .max : level(10 + random.below(150)),
            distance: random.below(3) == 0 ? tickSize + Int64(random.below(80)) : .max)
        if random.below(2) == 0 { leaf.see(price, at: 0) }
        return leaf
    }

    private func change(
        _ model: inout EagerBook, _ real: RealBook, _ price: Int64, _ tickSize: Int64,
        _ random: inout TestRandom
    ) {
        for slot in model.leaves.keys.sorted() where random.below(40) == 0 {
            let fresh = leaf(price, tickSize, &random)
            model.leaves[slot]!.down = fresh.down
            model.leaves[slot]!.up = fresh.up
            model.leaves[slot]!.distance = fresh.distance
            real.modify(slot, fresh)
        }
        for slot in model.leaves.keys.sorted() where random.below(60) == 0 {
            model.leaves[slot] = nil
            real.remove(slot)
        }
    }
}
