import Testing

@testable import HoldfastCore

@Suite("XXH64")
struct XXH64Tests {
    @Test(
        "the published vectors come out",
        arguments: [
            ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0, 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64, UInt64)])
    func vectors(text: String, seed: UInt64, expected: UInt64) {
        var text = text
        text.withUTF8 { #expect(XXH64.hash(UnsafeRawBufferPointer($0), seed: seed) == expected) }
    }
}
