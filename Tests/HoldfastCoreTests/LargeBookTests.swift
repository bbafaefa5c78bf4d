import HoldfastKernelsBaseline
import HoldfastKernelsV3
import Testing

@testable import HoldfastCore
@testable import HoldfastKernels

/// A million leaves, each brought up to date at every price, the slow way: columns and loops.
private struct EagerColumns {
    let count: Int
    let leaves: UnsafeMutablePointer<Leaf>

    init(_ count: Int) {
        self.count = count
        leaves = .allocate(capacity: count)
    }

    func deallocate() { leaves.deallocate() }

    /// Takes a price: what fires watches nothing from then on.
    /// - Returns: how many fired, and a sum over who and why that no order changes.
    func see(_ price: Int64, at time: Int64) -> (count: Int, sum: UInt64) {
        var (fired, sum) = (0, UInt64(0))
        for slot in 0..<count {
            let leaf = leaves + slot
            if price <= leaf.pointee.down || price >= leaf.pointee.up {
                fired &+= 1
                sum &+= Self.mark(UInt32(slot), isStop: price <= leaf.pointee.down)
                (leaf.pointee.down, leaf.pointee.up) = (.min, .max)
                leaf.pointee.distance = .max
            }
            leaf.pointee.see(price, at: time)
            if leaf.pointee.distance != .max, price &- leaf.pointee.distance > leaf.pointee.down {
                leaf.pointee.down = price &- leaf.pointee.distance
            }
        }
        return (fired, sum)
    }

    static func mark(_ slot: UInt32, isStop: Bool) -> UInt64 {
        (UInt64(slot) << 1 | (isStop ? 1 : 0)) &* 0x9E37_79B9_7F4A_7C15
    }
}

@Suite("Book of a million")
struct LargeBookTests {
    private func leaf(_ price: Int64, _ random: inout TestRandom) -> Leaf {
        var leaf = Leaf(
            down: price - 20 - Int64(random.below(180)), up: price + 20 + Int64(random.below(180)),
            distance: random.below(10) < 3 ? 20 + Int64(random.below(180)) : .max)
        leaf.see(price, at: 0)
        return leaf
    }

    @Test(
        "a million leaves fire and trail as an eager model says, through walks, trends and gaps",
        arguments: [Stream.walk, .gaps, .rising])
    func million(stream: Stream) throws {
        let count = 1 << 20
        let face = Processor.hasV3 ? V3.face : Baseline.face
        var arena = Arena()
        defer { arena.release() }
        let pool = try arena.reserve(NodePool.self, 1)
        let nodes = NodePool.capacity(leaves: count, books: 1)
        pool.initialize(to: NodePool(memory: try arena.raw(nodes * Node.bytes)))
        var book = Book(
            tickSize: 1, open: try arena.reserve(UInt32.self, Book.levels), pool: pool)
        let found = try arena.reserve(Breach.self, count)
        let places = try arena.reserve(UInt32.self, count)
        let model = EagerColumns(count)
        defer { model.deallocate() }
        var random = TestRandom(7)
        var price: Int64 = 1_000_000
        for slot in 0..<count {
            let leaf = leaf(price, &random)
            model.leaves[slot] = leaf
            places[slot] = face.insert(&book, leaf, UInt32(slot))
        }
        for time in Int64(1)...40 {
            price = stream.next(price, &random)
            if time == 30 { price += stream == .rising ? -500 : 500 }
            var (fired, sum) = (0, UInt64(0))
            if !book.isQuiet(price) {
                fired = face.breaches(&book, price, found)
                for index in 0..<fired {
                    sum &+= EagerColumns.mark(found[index].slot, isStop: found[index].isStop)
                }
            }
            book.see(price, at: time)
            let expected = model.see(price, at: time)
            #expect((fired, sum) == expected, "\(stream), time \(time)")
            for _ in 0..<2_000 {
                let slot = random.below(count)
                if face.read(&book, places[slot]) != model.leaves[slot] {
                    Issue.record("\(stream), time \(time), slot \(slot) differs")
                    return
                }
            }
            for _ in 0..<500 {
                let slot = random.below(count)
                let leaf = leaf(price, &random)
                face.modify(&book, places[slot], leaf.down, leaf.up, leaf.distance)
                (model.leaves[slot].down, model.leaves[slot].up) = (leaf.down, leaf.up)
                model.leaves[slot].distance = leaf.distance
            }
        }
    }
}
