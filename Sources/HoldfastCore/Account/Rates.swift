import Synchronization

/// A currency as one word: its text, NUL-padded.
typealias Currency = UInt64

/// Conversion rates: the quotes of the symbols that are pairs of currencies, and rates by hand.
///
/// Quotes are written with their symbol's stripe locked and read with any other: version, bid and
/// ask are words beside each other, and a reader that saw the version odd or changed looks again.
/// An input that books money locks the stripes of every rate that it may use, so that its place in
/// the order of inputs says what the rates were. Pairs are added, and set by hand, with all stripes
/// locked.
struct Rates {
    struct Pair: Equatable {
        var base: Currency
        var quote: Currency
        /// Of its bid and ask: points, or 1e-8 by hand.
        var scale: Int64
        /// Index of the stripe that ticks it; nil: by hand.
        var stripe: Int?
    }

    private typealias Word = Atomic<UInt64>
    private static let words = Limits.line / MemoryLayout<UInt64>.size

    let pairs: UnsafeMutablePointer<Pair>
    private let quotes: UnsafeMutablePointer<Word>
    private let used: UnsafeMutablePointer<Atomic<Int>>
    private let capacity: Int

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        pairs = try arena.reserve(Pair.self, capacity)
        quotes = try arena.raw(capacity * Limits.line).bindMemory(
            to: Word.self, capacity: capacity * Self.words)
        used = try arena.reserve(Atomic<Int>.self, 1)
        used.initialize(to: Atomic(0))
        self.capacity = capacity
    }

    var count: Int { used.pointee.load(ordering: .acquiring) }
    var isFull: Bool { count == capacity }

    /// - Returns: its number.
    func add(_ pair: Pair) -> Int {
        let at = count
        (pairs + at).initialize(to: pair)
        used.pointee.store(at + 1, ordering: .releasing)
        return at
    }

    var countByHand: Int { (0..<count).count { pairs[$0].stripe == nil } }

    /// The pair that is set by hand.
    func byHand(_ base: Currency, _ quote: Currency) -> Int? {
        (0..<count).first {
            pairs[$0].stripe == nil && pairs[$0].base == base && pairs[$0].quote == quote
        }
    }

    @inline(__always)
    func set(_ at: Int, bid: Int64, ask: Int64) {
        let row = quotes + at * Self.words
        let before = row[0].load(ordering: .relaxed)
        row[0].store(before &+ 1, ordering: .relaxed)
        // Who sees a word of this quote sees the version odd.
        atomicMemoryFence(ordering: .releasing)
        row[1].store(UInt64(bitPattern: bid), ordering: .relaxed)
        row[2].store(UInt64(bitPattern: ask), ordering: .relaxed)
        row[0].store(before &+ 2, ordering: .releasing)
    }

    /// What was quoted says nothing any more.
    func forget(_ at: Int) { set(at, bid: 0, ask: 0) }

    /// - Returns: nil when there was none yet.
    func get(_ at: Int) -> (bid: Int64, ask: Int64)? {
        let row = quotes + at * Self.words
        var pause = Pause()
        while true {
            let before = row[0].load(ordering: .acquiring)
            let bid = Int64(bitPattern: row[1].load(ordering: .relaxed))
            let ask = Int64(bitPattern: row[2].load(ordering: .relaxed))
            atomicMemoryFence(ordering: .acquiring)
            if before & 1 == 0 && row[0].load(ordering: .relaxed) == before {
                return bid == 0 ? nil : (bid, ask)
            }
            pause.wait()
        }
    }

    // MARK: converting

    /// From one currency to another: by a direct pair, else an inverse one, else through one more
    /// currency, the first in the order in which pairs were defined; nil: there is no rate.
    func conversion(_ from: Currency, _ to: Currency) -> Conversion? {
        if from == to { return .one }
        if let leg = leg(from, to) { return leg }
        for at in 0..<count {
            let pair = pairs[at]
            let via = pair.base == from ? pair.quote : pair.quote == from ? pair.base : 0
            if via == 0 || via == to { continue }
            if let first = leg(from, via), let second = leg(via, to) { return first.then(second) }
        }
        return nil
    }

    private func leg(_ from: Currency, _ to: Currency) -> Conversion? {
        typealias Fraction = Conversion.Fraction
        if let (quote, scale) = find(from, to) {
            return Conversion(
                gain: Fraction(up: UInt128(quote.bid), down: scale),
                loss: Fraction(up: UInt128(quote.ask), down: scale))
        }
        if let (quote, scale) = find(to, from) {
            return Conversion(
                gain: Fraction(up: scale, down: UInt128(quote.ask)),
                loss: Fraction(up: scale, down: UInt128(quote.bid)))
        }
        return nil
    }

    /// The quote of a pair: of the first symbol that has one, else the rate by hand.
    private func find(
        _ base: Currency, _ quote: Currency
    ) -> (quote: (bid: Int64, ask: Int64), scale: UInt128)? {
        var last: (quote: (bid: Int64, ask: Int64), scale: UInt128)?
        for at in 0..<count where pairs[at].base == base && pairs[at].quote == quote {
            guard let found = get(at) else { continue }
            let answer = (found, UInt128(pairs[at].scale))
            if pairs[at].stripe != nil { return answer }
            last = answer
        }
        return last
    }

    /// The stripes, a bit each, whose ticks may change a conversion between two currencies.
    func stripes(_ from: Currency, _ to: Currency) -> UInt64 {
        if from == to { return 0 }
        var mask: UInt64 = 0
        for at in 0..<count {
            let pair = pairs[at]
            guard let stripe = pair.stripe else { continue }
            let touches = [pair.base, pair.quote].contains { $0 == from || $0 == to }
            if touches { mask |= 1 << UInt64(stripe) }
        }
        return mask
    }
}
