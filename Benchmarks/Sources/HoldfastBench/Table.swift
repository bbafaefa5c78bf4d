import Foundation

func decimal(_ value: Double, _ places: Int? = nil) -> String {
    if value.isNaN { return "-" }
    return String(format: "%.\(places ?? (value < 100 ? 1 : 0))f", value)
}

/// One line of the table: the first column to the left, the others to the right.
func row(_ first: String, _ columns: String...) -> String {
    let widths = [6, 8, 9, 8, 8, 9, 9]
    return zip(columns, widths).reduce(first.padded(14)) { $0 + " " + $1.0.padded(-$1.1) }
}

/// A figure that PERFORMANCE names, beside what was measured.
struct Aim {
    private let name: String
    private let value: Double
    private let aim: Double?
    private let unit: String
    /// More is better.
    private let isLeast: Bool

    init(
        _ name: String, _ value: Double, _ aim: Double?, unit: String = "ns", isLeast: Bool = false
    ) {
        (self.name, self.value, self.aim) = (name, value, aim)
        (self.unit, self.isLeast) = (unit, isLeast)
    }

    static let head =
        "figure".padded(48) + "here".padded(-12) + "aim".padded(-10) + "scaled".padded(-10)

    /// - Parameter scale: of this machine; only times have one.
    func line(_ scale: Double) -> String {
        let start = name.padded(48) + "\(decimal(value)) \(unit)".padded(-12)
        guard let aim else { return start }
        let scaled = unit == "ns" ? aim * scale : aim
        let holds = isLeast ? value >= scaled : value <= scaled
        return start + decimal(aim).padded(-10) + decimal(scaled).padded(-10)
            + (value.isNaN ? "" : holds ? "  ok" : "  not yet")
    }
}

extension String {
    /// Filled with spaces to a width: at the end, or at the start when it is negative.
    func padded(_ width: Int) -> String {
        let fill = String(repeating: " ", count: max(0, abs(width) - count))
        return width > 0 ? self + fill : fill + self
    }
}
