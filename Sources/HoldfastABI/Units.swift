import CHoldfast
import Glibc
import HoldfastCore

@c(hf_units_from_double) @implementation
public func hf_units_from_double(
    _ value: Double, _ digits: UInt32, _ units: UnsafeMutablePointer<Int64>!
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(units)
        if !value.isFinite { throw .argument }
        if digits > Limits.digits { throw .range }
        let scale = powers[Int(digits)]
        let nearest = (value * Double(scale)).rounded()
        if abs(nearest) >= Double(Limits.price) { throw .grid }
        let unit = 1 / Double(scale)
        let tolerance = max(1e-6 * unit, 8 * value.ulp)
        if abs(value - nearest / Double(scale)) > tolerance { throw .grid }
        out.pointee = Int64(nearest)
    }
}

private let powers: [Int64] = (0...Limits.digits).map { digits in
    (0..<digits).reduce(1) { power, _ in power * 10 }
}

@c(hf_units_from_text) @implementation
public func hf_units_from_text(
    _ text: UnsafePointer<CChar>!, _ digits: UInt32, _ units: UnsafeMutablePointer<Int64>!
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(units)
        let text = try present(text)
        if digits > Limits.digits { throw .range }
        out.pointee = try parse(text, Int(digits))
    }
}

/// Digits with at most one point; nothing else.
private func parse(_ text: UnsafePointer<CChar>, _ digits: Int) throws(Failure) -> Int64 {
    var at = 0
    let isNegative = text[0] == CChar(UInt8(ascii: "-"))
    if isNegative || text[0] == CChar(UInt8(ascii: "+")) { at = 1 }
    var value: Int64 = 0
    var seen = 0
    var decimals: Int?
    while text[at] != 0 {
        let byte = UInt8(bitPattern: text[at])
        at += 1
        if byte == UInt8(ascii: "."), decimals == nil {
            decimals = 0
            continue
        }
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .argument }
        seen += 1
        let digit = Int64(byte - UInt8(ascii: "0"))
        if let count = decimals {
            // Zeros beyond the grid say nothing.
            if count >= digits {
                if digit != 0 { throw .grid }
                continue
            }
            decimals = count + 1
        }
        value = try shifted(value, isNegative ? -digit : digit)
    }
    if seen == 0 { throw .argument }
    for _ in (decimals ?? 0)..<max(digits, decimals ?? 0) { value = try shifted(value, 0) }
    return value
}

private func shifted(_ value: Int64, _ digit: Int64) throws(Failure) -> Int64 {
    let (tens, over) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = tens.addingReportingOverflow(digit)
    if over || carry { throw .overflow }
    return sum
}

@c(hf_units_to_text) @implementation
public func hf_units_to_text(
    _ units: Int64, _ digits: UInt32, _ text: UnsafeMutablePointer<CChar>!, _ size: Int
) -> hf_status {
    pure { () throws(Failure) in
        if digits > Limits.digits { throw .range }
        var bytes: [UInt8] = []
        var rest = units.magnitude
        var place = 0
        repeat {
            if place == Int(digits) && place > 0 { bytes.append(UInt8(ascii: ".")) }
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
            place += 1
        } while rest > 0 || place <= Int(digits)
        if units < 0 { bytes.append(UInt8(ascii: "-")) }
        try write(bytes.reversed(), try present(text), size)
    }
}

private func write(
    _ bytes: [UInt8], _ text: UnsafeMutablePointer<CChar>, _ size: Int
) throws(Failure) {
    if size <= bytes.count { throw .range }
    for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
    text[bytes.count] = 0
}

@c(hf_command_id_text) @implementation
public func hf_command_id_text(
    _ id: UnsafePointer<hf_command_id>!, _ text: UnsafeMutablePointer<CChar>!, _ size: Int
) -> hf_status {
    pure { () throws(Failure) in
        let id = try present(id).pointee
        let parts = [id.owner, UInt64(id.count), UInt64(id.epoch)].map { String($0, radix: 36) }
        try write(Array(parts.joined(separator: "-").utf8), try present(text), size)
    }
}

@c(hf_command_id_parse) @implementation
public func hf_command_id_parse(
    _ text: UnsafePointer<CChar>!, _ id: UnsafeMutablePointer<hf_command_id>!
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(id)
        let text = try present(text)
        let length = strnlen(text, 64)
        let bytes = UnsafeRawBufferPointer(start: text, count: length)
        out.pointee = try hf_command_id(text: bytes)
    }
}
