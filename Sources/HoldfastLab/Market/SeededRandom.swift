/// A random number generator whose every result follows from its seed, on every machine.
///
/// xoshiro256** 1.0 by David Blackman and Sebastiano Vigna, its state filled by SplitMix64, both
/// in the public domain (https://prng.di.unimi.it). All derived draws are integer arithmetic:
/// a logarithm from libm may differ in its last bit between machines, and one bit is another
/// market.
///
/// It is not a `RandomNumberGenerator` on purpose: how the standard library turns bits into
/// ranges and shuffles may change with its version.
public struct SeededRandom: Sendable, Equatable {
    /// 1.0 in the fixed point of `normalish` and `exponentialish`.
    public static let one: Int64 = 65_536

    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// An independent sequence for each pair of seed and stream name, so that one more draw in
    /// one part of a program leaves all other parts as they were.
    public init(seed: UInt64, stream: String = "") {
        var name: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bits
        for byte in stream.utf8 {
            name = (name ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        var seeds = SplitMix64(state: seed)
        // The seed is mixed before the name comes in: near seeds and near names must not cancel.
        seeds.state = seeds.next() ^ name
        self.init(state: (seeds.next(), seeds.next(), seeds.next(), seeds.next()))
    }

    /// The bare generator; a state of zeros, which would stay zero, becomes another one.
    init(state: (UInt64, UInt64, UInt64, UInt64)) {
        (s0, s1, s2, s3) = state
        if s0 | s1 | s2 | s3 == 0 { s0 = 1 }
    }

    /// 64 uniform bits.
    public mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// Uniform in `0 ..< bound` without bias (Lemire 2019, arXiv:1805.10941); 0 when `bound` is 0
    /// or less.
    public mutating func below(_ bound: Int64) -> Int64 {
        guard bound > 0 else { return 0 }
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold {
                product = next().multipliedFullWidth(by: range)
            }
        }
        return Int64(product.high)
    }

    /// True in `ppm` of a million draws.
    public mutating func chance(ppm: Int64) -> Bool {
        below(1_000_000) < ppm
    }

    /// Nearly a standard normal draw, in units of `one`: the sum of twelve uniform 16-bit numbers
    /// less six, whose deviation is 1 and whose reach is 6.
    public mutating func normalish() -> Int64 {
        var sum: Int64 = 0
        for _ in 0..<3 {
            let bits = next()
            sum += Int64(bits & 0xFFFF) + Int64((bits >> 16) & 0xFFFF)
            sum += Int64((bits >> 32) & 0xFFFF) + Int64(bits >> 48)
        }
        return sum - 6 * 65_535
    }

    /// Nearly an exponential draw of mean 1, in units of `one`: minus the logarithm of a uniform
    /// number, its exponent from the leading zeros, its mantissa from a table, interpolated.
    public mutating func exponentialish() -> Int64 {
        let bits = next() | 1
        let zeros = bits.leadingZeroBitCount
        let fraction = (bits << UInt64(zeros)) << 1
        let index = Int(fraction >> 58)
        let rest = Int64((fraction >> 42) & 0xFFFF)
        let low = Self.logarithms[index]
        let mantissa = low + ((Self.logarithms[index + 1] - low) * rest) >> 16
        return Int64(zeros + 1) * Self.logarithmOfTwo - mantissa
    }

    private static let logarithmOfTwo: Int64 = 45_426

    /// ln(1 + i/64) in units of `one`, rounded.
    private static let logarithms: [Int64] = [
        0, 1016, 2017, 3002, 3973, 4930, 5873, 6802, 7719, 8623, 9515,
        10_394, 11_262, 12_119, 12_965, 13_800, 14_624, 15_438, 16_242, 17_037, 17_821, 18_597,
        19_364, 20_121, 20_870, 21_611, 22_343, 23_067, 23_783, 24_492, 25_193, 25_886, 26_573,
        27_252, 27_924, 28_589, 29_248, 29_900, 30_546, 31_185, 31_818, 32_445, 33_067, 33_682,
        34_292, 34_896, 35_494, 36_087, 36_675, 37_258, 37_835, 38_407, 38_975, 39_537, 40_095,
        40_648, 41_196, 41_740, 42_280, 42_815, 43_345, 43_872, 44_394, 44_912, 45_426,
    ]
}

/// Fills the state of the generator from one word, as its authors advise.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
