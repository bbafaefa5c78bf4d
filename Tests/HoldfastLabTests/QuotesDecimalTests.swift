import Foundation
import Testing

@testable import HoldfastLab

@Suite struct QuotesDecimalTests {
    @Test(
        "a decimal keeps its trailing zeros and prints as it was written",
        arguments: [
            "61800.20", "0", "-0.00001", "1.38694", "9223372036854775807", "-9223372036854775807",
            "0.000000000000000001", "1284.1", "100",
        ])
    func printsAsWritten(_ text: String) throws {
        #expect(try decimal(text).description == text)
    }

    @Test("decimals are equal by value")
    func equalByValue() throws {
        #expect(try decimal("1.10") == decimal("1.1"))
        #expect(try decimal("1.10").hashValue == decimal("1.1").hashValue)
        #expect(try decimal("1.10") != decimal("1.11"))
        #expect(try decimal("0.00") == decimal("0"))
        #expect(try decimal("-0") == decimal("0"))
    }

    @Test(
        "signs, bare points, decimal commas and exponents are read",
        arguments: [
            (".5", "0.5"), ("5.", "5"), ("+1.5", "1.5"), ("1,3066", "1.3066"), ("1e-05", "0.00001"),
            ("1.5E3", "1500"), ("0e999", "0"), ("1.0000000000000000000000", "1.000000000000000000"),
            ("000001.5", "1.5"), ("10e-1", "1.0"),
        ])
    func forms(_ text: String, _ value: String) throws {
        #expect(try decimal(text) == decimal(value))
    }

    @Test(
        "what is no decimal, or more than 64 bits, is refused",
        arguments: [
            "", "-", ".", "abc", "1.2.3", "1 2", "0x10", "1e", "1e+", "1e1000", "inf", "nanx",
            "--1",
            "9223372036854775808", "1e19", "0.0000000000000000001", "1.00000000000000000001",
            "1_000",
            "12345678901234567890123",
        ])
    func refused(_ text: String) {
        #expect(DecimalText(text) == nil)
    }

    @Test("NaN is read as not a number and has no units")
    func notANumber() throws {
        let value = try decimal("NaN")
        #expect(value.isNaN)
        #expect(value.units(digits: 5) == nil)
        #expect(value.double.isNaN)
        #expect(value.description == "NaN")
    }

    @Test("units are exact, and nil off the grid, out of range, or for impossible digits")
    func units() throws {
        #expect(try decimal("1.386").units(digits: 5) == 138_600)
        #expect(try decimal("61800.20").units(digits: 1) == 618_002)
        #expect(try decimal("-1.5").units(digits: 1) == -15)
        #expect(try decimal("61800.25").units(digits: 1) == nil)
        #expect(try decimal("9223372036854775807").units(digits: 0) == .max)
        #expect(try decimal("9223372036854775807").units(digits: 1) == nil)
        #expect(try decimal("1").units(digits: 18) == 1_000_000_000_000_000_000)
        #expect(try decimal("1").units(digits: 19) == nil)
        #expect(try decimal("1").units(digits: -1) == nil)
    }

    @Test("the double of a decimal is the one that its text means")
    func nearestDouble() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<10_000 {
            let scale = Int.random(in: 0...8, using: &random)
            let mantissa = Int64.random(in: -(1 << 52)...(1 << 52), using: &random)
            let value = try #require(DecimalText(mantissa: mantissa, scale: scale))
            #expect(value.double == Double(value.description))
            #expect(DecimalText(value.description) == value)
        }
    }
}
