/// Sorts ids by (key, id) without allocating: by bytes from the lowest on, of those alone in which
/// any two differ.
struct Sorter {
    private struct Pair {
        var key: UInt64
        var id: UInt64
    }

    private struct State {
        var count = 0
        /// Bits in which a key, an id, differs from the first.
        var keys: UInt64 = 0
        var ids: UInt64 = 0
        /// Whether the ids came in order.
        var isRising = true
        /// Where the pairs are.
        var isSpare = false
    }

    private let pairs: UnsafeMutablePointer<Pair>
    private let spare: UnsafeMutablePointer<Pair>
    private let starts: UnsafeMutablePointer<Int>
    private let state: UnsafeMutablePointer<State>
    private let capacity: Int

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        pairs = try arena.reserve(Pair.self, capacity)
        spare = try arena.reserve(Pair.self, capacity)
        starts = try arena.reserve(Int.self, 256)
        state = try arena.reserve(State.self, 1)
        self.capacity = capacity
    }

    var count: Int { state.pointee.count }

    func clear() { state.initialize(to: State()) }

    /// More than there is room for are left out.
    @inline(__always)
    func add(_ key: UInt64, _ id: UInt64) {
        let count = state.pointee.count
        if count == capacity { return }
        pairs[count] = Pair(key: key, id: id)
        state.pointee.keys |= key ^ pairs[0].key
        state.pointee.ids |= id ^ pairs[0].id
        if count > 0 && pairs[count - 1].id > id { state.pointee.isRising = false }
        state.pointee.count = count &+ 1
    }

    /// The ids in order, once they are sorted.
    @inline(__always)
    func id(_ at: Int) -> UInt64 { state.pointee.isSpare ? spare[at].id : pairs[at].id }

    func sort() {
        if !state.pointee.isRising {
            for byte in 0..<8 where state.pointee.ids >> UInt64(8 * byte) & 0xFF != 0 {
                pass { $0.pointee.id >> UInt64(8 * byte) }
            }
        }
        for byte in 0..<8 where state.pointee.keys >> UInt64(8 * byte) & 0xFF != 0 {
            pass { $0.pointee.key >> UInt64(8 * byte) }
        }
    }

    /// Brings the pairs in the order of one byte, those with the same one as they stand.
    @inline(__always)
    private func pass(_ byte: (UnsafeMutablePointer<Pair>) -> UInt64) {
        let (from, to) = state.pointee.isSpare ? (spare, pairs) : (pairs, spare)
        let (starts, end) = (starts, from + count)
        starts.update(repeating: 0, count: 256)
        var pair = from
        while pair < end {
            starts[Int(truncatingIfNeeded: byte(pair) & 0xFF)] &+= 1
            pair += 1
        }
        var sum = 0
        for value in 0..<256 {
            let size = starts[value]
            starts[value] = sum
            sum &+= size
        }
        pair = from
        while pair < end {
            let place = starts + Int(truncatingIfNeeded: byte(pair) & 0xFF)
            to[place.pointee] = pair.pointee
            place.pointee &+= 1
            pair += 1
        }
        state.pointee.isSpare.toggle()
    }
}
