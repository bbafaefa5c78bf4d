import CHoldfast
import Testing

@testable import HoldfastLab

@Suite struct ScenarioExactTests {
    @Test(
        "decimals are digits, a point between them, a sign before them",
        arguments: [
            ("1", true), ("-1.50", true), ("0.1", true), ("", false), ("-", false), (".5", false),
            ("1.", false), ("1.2.3", false), ("+1", false), ("1e5", false), ("1,5", false),
        ])
    func decimals(text: String, legal: Bool) {
        #expect(Exact.isDecimal(text) == legal)
    }

    @Test(
        "decimals compare by value",
        arguments: [
            ("0.10", "0.1"), ("-0.0", "0"), ("007", "7"), ("100", "100"), ("-1.500", "-1.5"),
            ("123456789012345678901234567890.10", "123456789012345678901234567890.1"),
        ])
    func values(text: String, normal: String) {
        #expect(Exact.normal(text) == normal)
    }

    @Test("units are exact both ways")
    func units() throws {
        #expect(try Exact.units("1.10005", digits: 5) == 110_005)
        #expect(try Exact.units("1.1000500", digits: 5) == 110_005)
        #expect(throws: Status(HF_E_GRID)) { try Exact.units("1.100051", digits: 5) }
        #expect(Exact.text(110_005, scale: 5, least: 5) == "1.10005")
        #expect(Exact.text(-10_000_000, scale: 8, least: 2) == "-0.10")
        #expect(Exact.text(3_662_068_966, scale: 8, least: 2) == "36.62068966")
        #expect(Exact.text(.min, scale: 8, least: 2) == "-92233720368.54775808")
        #expect(Exact.text(0, scale: 0, least: 0) == "0")
        #expect(Exact.text(9_999_000_000_123, scale: 10, least: 2) == "999.9000000123")
    }
}
