import Testing

@testable import HoldfastCore

@Suite("Index")
struct IndexTests {
    private func index<R>(
        _ capacity: Int, numbers: Int, _ body: (Index) throws -> R
    ) throws -> R {
        var arena = Arena()
        defer { arena.release() }
        return try body(try Index(&arena, capacity: capacity, numbers: numbers))
    }

    @Test("it agrees with a dictionary through random additions and removals", arguments: 1...8)
    func agrees(seed: Int) throws {
        var random = TestRandom(UInt64(seed))
        let capacity = 1 << (4 + seed)
        try index(capacity, numbers: 1 << 20) { index in
            var model: [UInt64: UInt64] = [:]
            var next: UInt64 = 0
            // Keys in a row, in steps of a power of two, and at random.
            let step: UInt64 = [1, 8, 1 << 13, 0][seed % 4]
            for _ in 0..<40_000 {
                next += 1
                if model.count < capacity && random.below(2) == 0 {
                    let key = step == 0 ? random.next() >> 24 : next &* step
                    if model[key] != nil { continue }
                    model[key] = UInt64(random.below(1 << 20))
                    index.add(key, model[key]!)
                } else if let (key, number) = model.randomElement(using: &random) {
                    index.remove(key, number)
                    model[key] = nil
                }
                if random.below(500) == 0 {
                    for (key, number) in model { #expect(index.number(of: key) == number) }
                }
            }
            for key in 0..<UInt64(2_000) { #expect(index.number(of: key) == model[key]) }
        }
    }

    @Test("keys that share their low bits are told apart by who asks")
    func lowBits() throws {
        try index(16, numbers: 1 << 32) { index in
            let far: UInt64 = 1 << 40
            index.add(7, 1)
            index.add(7 + far, 2)
            #expect(index.number(of: 7) { $0 == 1 } == 1)
            #expect(index.number(of: 7 + far) { $0 == 2 } == 2)
            index.remove(7, 1)
            #expect(index.number(of: 7 + far) == 2)
            #expect(index.number(of: 8) == nil)
        }
    }

    @Test("a key is found by every reader while it moves: others leave the places before it")
    func readers() throws {
        try index(16, numbers: 1 << 20) { index in
            let (shown, missed, ended) = (Shared64(), Shared64(), Shared64())
            let rounds = 20_000 * Stress.factor
            Stress.run(
                writers: 1,
                { _ in
                    for round in 1...rounds {
                        // Homes are few here: the last of these keys is far from its own.
                        let first = UInt64(round) * 128
                        let others = (0..<15).map { first + 8 * $0 }
                        let kept = first + 120
                        for key in others { index.add(key, key & 1023) }
                        index.add(kept, kept & 1023)
                        shown.set(Int(kept))
                        for key in others { index.remove(key, key & 1023) }
                        shown.set(0)
                        index.remove(kept, kept & 1023)
                    }
                    ended.add(1)
                }, readers: 2,
                { _ in
                    while ended.now == 0 {
                        let key = shown.now
                        if key == 0 { continue }
                        let found = index.number(of: UInt64(key))
                        if shown.now == key && found != UInt64(key) & 1023 { missed.add(1) }
                    }
                })
            #expect(missed.now == 0)
        }
    }
}

extension TestRandom: RandomNumberGenerator {}
