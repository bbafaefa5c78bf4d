import Testing

@testable import HoldfastLab

@Suite("Seeded random")
struct MarketRandomTests {
    @Test("xoshiro256** gives the numbers of its reference implementation")
    func reference() {
        var random = SeededRandom(state: (1, 2, 3, 4))
        let numbers = (0..<10).map { _ in random.next() }
        #expect(
            numbers == [
                11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
                607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
                10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
            ])
    }

    @Test("SplitMix64 gives the numbers of its reference implementation")
    func splitMix() {
        var mix = SplitMix64(state: 1_234_567)
        let numbers = (0..<3).map { _ in mix.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test("seeds and streams are independent, and each repeats itself")
    func streams() {
        var first = SeededRandom(seed: 1, stream: "a")
        #expect(first == SeededRandom(seed: 1, stream: "a"))
        var starts: Set<UInt64> = [first.next()]
        for (seed, stream) in [(1, "b"), (2, "a"), (2, "b"), (0, ""), (1, "")] {
            var other = SeededRandom(seed: UInt64(seed), stream: stream)
            starts.insert(other.next())
        }
        #expect(starts.count == 6)
    }

    @Test("a state of zeros still gives numbers")
    func zeros() {
        var random = SeededRandom(state: (0, 0, 0, 0))
        #expect((0..<10).contains { _ in random.next() != 0 })
    }

    @Test("below stays below its bound and reaches every number")
    func below() {
        var random = SeededRandom(seed: 3)
        var seen = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { seen[Int(random.below(6))] += 1 }
        #expect(seen.allSatisfy { (9_500...10_500).contains($0) })
        for bound in [0, -1, Int64.min] { #expect(random.below(bound) == 0) }
        #expect((0..<1_000).allSatisfy { _ in random.below(Int64.max) >= 0 })
    }

    @Test("chance meets its parts per million, and its ends are certain")
    func chance() {
        var random = SeededRandom(seed: 4)
        let hits = (0..<100_000).count { _ in random.chance(ppm: 250_000) }
        #expect((24_500...25_500).contains(hits))
        #expect(!(0..<1_000).contains { _ in random.chance(ppm: 0) })
        #expect((0..<1_000).allSatisfy { _ in random.chance(ppm: 1_000_000) })
    }

    @Test("normalish has mean 0, deviation 1 and the shares of a normal draw")
    func normal() {
        var random = SeededRandom(seed: 5)
        let draws = (0..<100_000).map { _ in random.normalish() }
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + $1 * $1 / 65_536 } / 100_000
        #expect(abs(mean) < 700)
        #expect((64_500...66_500).contains(variance))
        let within = draws.count { abs($0) <= SeededRandom.one }
        #expect((67_500...69_000).contains(within))
    }

    @Test("exponentialish has mean 1, the tail of an exponential and no negative draw")
    func exponential() {
        var random = SeededRandom(seed: 6)
        let draws = (0..<100_000).map { _ in random.exponentialish() }
        let mean = draws.reduce(0, +) / 100_000
        #expect((64_800...66_300).contains(mean))
        // exp(-1) is 36.79 %, exp(-3) is 4.98 %.
        #expect((36_300...37_300).contains(draws.count { $0 > SeededRandom.one }))
        #expect((4_780...5_180).contains(draws.count { $0 > 3 * SeededRandom.one }))
        #expect(draws.allSatisfy { $0 >= 0 })
    }

    @Test("the integer root is the largest whose square fits")
    func root() {
        for value in [0, 1, 2, 3, 4, 15, 16, 17, 1 << 40, Int64.max] as [Int64] {
            let root = integerSquareRoot(value)
            #expect(root * root <= value)
            let (above, overflow) = (root + 1).multipliedReportingOverflow(by: root + 1)
            #expect(overflow || above > value)
        }
        #expect(integerSquareRoot(-4) == 0)
    }

    @Test("a proportion is exact beyond 64 bits and held to the ends")
    func proportions() {
        #expect(proportion(Int64.max, Int64.max, Int64.max) == Int64.max)
        #expect(proportion(Int64.max, 4, 2) == Int64.max)
        #expect(proportion(Int64.min, 4, 2) == Int64.min)
        #expect(proportion(Int64.min, 1, -1) == Int64.max)
        #expect(proportion(-7, 1, 2) == -3)
        #expect(proportion(7, 1, 0) == 0)
    }
}
