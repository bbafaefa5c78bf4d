/// XXH64 by Yann Collet (xxHash specification, BSD-2): the hash of canonical records.
public enum XXH64 {
    private static let p1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let p3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let p5: UInt64 = 0x27D4_EB2F_1656_67C5

    private static func rotated(_ x: UInt64, _ by: UInt64) -> UInt64 { x << by | x >> (64 - by) }

    private static func round(_ accumulator: UInt64, _ input: UInt64) -> UInt64 {
        rotated(accumulator &+ input &* p2, 31) &* p1
    }

    private static func merge(_ hash: UInt64, _ value: UInt64) -> UInt64 {
        (hash ^ round(0, value)) &* p1 &+ p4
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    /// Four lanes over the whole stripes of 32 bytes.
    private static func lanes(
        _ bytes: UnsafeRawBufferPointer, seed: UInt64, _ at: inout Int
    ) -> UInt64 {
        var v = (seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1)
        while at + 32 <= bytes.count {
            v.0 = round(v.0, word(bytes, at))
            v.1 = round(v.1, word(bytes, at + 8))
            v.2 = round(v.2, word(bytes, at + 16))
            v.3 = round(v.3, word(bytes, at + 24))
            at += 32
        }
        let sum = rotated(v.0, 1) &+ rotated(v.1, 7) &+ rotated(v.2, 12) &+ rotated(v.3, 18)
        return merge(merge(merge(merge(sum, v.0), v.1), v.2), v.3)
    }

    public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        var at = 0
        var h = bytes.count >= 32 ? lanes(bytes, seed: seed, &at) : seed &+ p5
        h = h &+ UInt64(bytes.count)
        while at + 8 <= bytes.count {
            h = rotated(h ^ round(0, word(bytes, at)), 27) &* p1 &+ p4
            at += 8
        }
        if at + 4 <= bytes.count {
            let half = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
            h = rotated(h ^ UInt64(UInt32(littleEndian: half)) &* p1, 23) &* p2 &+ p3
            at += 4
        }
        while at < bytes.count {
            h = rotated(h ^ UInt64(bytes[at]) &* p5, 11) &* p1
            at += 1
        }
        h = (h ^ h >> 33) &* p2
        h = (h ^ h >> 29) &* p3
        return h ^ h >> 32
    }
}
