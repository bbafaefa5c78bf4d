import Testing

@testable import HoldfastCore

@Suite("Short lock")
struct ShortLockTests {
    @Test("what it guards is changed by one thread at a time, and seen whole by the next")
    func excludes() throws {
        var arena = Arena()
        defer { arena.release() }
        let lock = try ShortLock(&arena)
        let pair = try arena.reserve(Int.self, 2)
        nonisolated(unsafe) let guarded = pair
        let torn = Shared64()
        let rounds = 20_000 * Stress.factor
        Stress.run(
            writers: 4,
            { _ in
                for _ in 0..<rounds {
                    lock.hold {
                        if guarded[0] != guarded[1] { torn.add(1) }
                        guarded[0] += 1
                        Stress.spin()
                        guarded[1] += 1
                    }
                }
            }, readers: 0, { _ in })
        #expect(torn.now == 0)
        #expect(pair[0] == 4 * rounds)
        #expect(pair[1] == 4 * rounds)
    }
}
