/// An exact decimal as it was written: `mantissa x 10^-scale`. "61800.20" is 6180020 with scale 2:
/// trailing zeros are kept, because they show the precision of the source. Equality is by value
/// ("1.10" == "1.1"). Never goes through a binary float on its way in.
public struct DecimalText: Sendable, Hashable {
    /// Significant digits, signed. `Int64.min` marks "not a number".
    public private(set) var mantissa: Int64
    /// Digits after the point, 0 to 18.
    public private(set) var scale: UInt8

    public static let scaleMax = 18
    public static let zero = DecimalText(unchecked: 0, 0)
    /// A price that the source wrote as "NaN". It is passed on: the core judges prices.
    public static let notANumber = DecimalText(unchecked: .min, 0)

    private init(unchecked mantissa: Int64, _ scale: UInt8) {
        self.mantissa = mantissa
        self.scale = scale
    }

    /// - Returns: nil when scale is not 0 to 18 or the mantissa is `Int64.min`.
    public init?(mantissa: Int64, scale: Int) {
        guard 0...Self.scaleMax ~= scale, mantissa != .min else { return nil }
        self.init(unchecked: mantissa, UInt8(scale))
    }

    /// Reads "-12.340", "1e-5", ".5", "NaN"; the point may be a comma ("1,3066").
    /// - Returns: nil for anything else and for what does not fit 64 bits.
    public init?(_ text: String) {
        var text = text
        let parsed = text.withUTF8 { buffer -> DecimalText? in
            guard let base = buffer.baseAddress else { return nil }
            return try? DecimalText.parse(ByteSpan(start: base, end: base + buffer.count))
        }
        guard let parsed else { return nil }
        self = parsed
    }

    public var isNaN: Bool { mantissa == .min }

    /// The value in units of 10^-digits: "1.386" with 5 digits is 138600.
    /// - Returns: nil when the value is off that grid, does not fit, is not a number, or digits is
    ///   not 0 to 18.
    public func units(digits: Int) -> Int64? {
        guard 0...Self.scaleMax ~= digits, !isNaN else { return nil }
        let shift = digits - Int(scale)
        if shift >= 0 {
            let (units, overflow) = mantissa.multipliedReportingOverflow(by: PowerOfTen[shift])
            return overflow ? nil : units
        }
        let (units, rest) = mantissa.quotientAndRemainder(dividingBy: PowerOfTen[-shift])
        return rest == 0 ? units : nil
    }

    /// The nearest double, for hosts that pass prices as doubles. Correctly rounded while the
    /// mantissa is below 2^53 (both operands of the division are exact then).
    public var double: Double {
        isNaN ? .nan : Double(mantissa) / Double(PowerOfTen[Int(scale)])
    }

    /// The same value without trailing zeros after the point.
    public var trimmed: DecimalText {
        var result = self
        while result.scale > 0, result.mantissa % 10 == 0 {
            result.mantissa /= 10
            result.scale -= 1
        }
        return result
    }

    public static func == (left: DecimalText, right: DecimalText) -> Bool {
        if left.scale == right.scale { return left.mantissa == right.mantissa }
        let (left, right) = (left.trimmed, right.trimmed)
        return left.mantissa == right.mantissa && left.scale == right.scale
    }

    public func hash(into hasher: inout Hasher) {
        let plain = trimmed
        hasher.combine(plain.mantissa)
        hasher.combine(plain.scale)
    }
}

extension DecimalText: CustomStringConvertible {
    /// As it was written, without exponent: "61800.20".
    public var description: String {
        if isNaN { return "NaN" }
        let sign = mantissa < 0 ? "-" : ""
        let digits = String(mantissa.magnitude)
        if scale == 0 { return sign + digits }
        let padding = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.count))
        let padded = padding + digits
        return sign + padded.dropLast(Int(scale)) + "." + padded.suffix(Int(scale))
    }
}

/// 10^0 to 10^18, all that Int64 holds.
enum PowerOfTen {
    private static let table: [Int64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
        100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ]

    /// The exponent must be 0 to 18; callers check.
    static subscript(exponent: Int) -> Int64 { table[exponent] }
}
