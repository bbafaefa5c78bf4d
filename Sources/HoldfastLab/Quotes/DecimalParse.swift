extension DecimalText {
    /// Reads a whole field. The point may be a comma: where comma separates columns, a field cannot
    /// hold one.
    /// - Throws: a fault without a column: `.empty`, `.notNumber`, `.tooLarge`.
    static func parse(_ span: ByteSpan) throws(LineFault) -> DecimalText {
        var at = span.start
        let end = span.end
        guard at < end else { throw LineFault(kind: .empty) }
        let isNegative = at.pointee == Ascii.minus
        if isNegative || at.pointee == Ascii.plus { at += 1 }

        var number = Digits()
        while at < end, Ascii.isDigit(at.pointee) {
            number.append(at.pointee &- Ascii.zero)
            at += 1
        }
        if at < end, at.pointee == Ascii.point || at.pointee == Ascii.comma {
            at += 1
            number.isFraction = true
            while at < end, Ascii.isDigit(at.pointee) {
                number.append(at.pointee &- Ascii.zero)
                at += 1
            }
        }
        if at < end || number.count == 0 {
            if number.count == 0 {
                if isNaN(span) { return .notANumber }
                throw LineFault(kind: .notNumber)
            }
            number.scale -= try exponent(ByteSpan(start: at, end: end))
        }
        return try number.decimal(isNegative: isNegative)
    }

    /// "e-5", "E+3": the power of ten, at most 999 either way.
    private static func exponent(_ span: ByteSpan) throws(LineFault) -> Int {
        var at = span.start
        guard Ascii.lowercased(span.first) == UInt8(ascii: "e") else {
            throw LineFault(kind: .notNumber)
        }
        at += 1
        let isNegative = at < span.end && at.pointee == Ascii.minus
        if isNegative || (at < span.end && at.pointee == Ascii.plus) { at += 1 }
        guard 1...3 ~= span.end - at else { throw LineFault(kind: .notNumber) }
        var value = 0
        while at < span.end {
            guard Ascii.isDigit(at.pointee) else { throw LineFault(kind: .notNumber) }
            value = value * 10 + Int(at.pointee &- Ascii.zero)
            at += 1
        }
        return isNegative ? -value : value
    }

    private static func isNaN(_ span: ByteSpan) -> Bool {
        span.count == 3 && Ascii.lowercased(span.start[0]) == UInt8(ascii: "n")
            && Ascii.lowercased(span.start[1]) == UInt8(ascii: "a")
            && Ascii.lowercased(span.start[2]) == UInt8(ascii: "n")
    }
}

/// Digits as they arrive, with the place of the point.
private struct Digits {
    var mantissa: Int64 = 0
    var scale = 0
    /// Digits seen, leading zeros too.
    var count = 0
    var isFraction = false
    var isTooLarge = false
    /// Once zeros beyond 64 bits were left out, a later digit cannot be placed any more.
    private var isFull = false

    @inline(__always)
    mutating func append(_ digit: UInt8) {
        count += 1
        // Below this, one more digit always fits: the common case stays one compare.
        if mantissa < 900_000_000_000_000_000, !isFull {
            mantissa = mantissa &* 10 &+ Int64(digit)
            if isFraction { scale &+= 1 }
        } else {
            appendLong(digit)
        }
    }

    private mutating func appendLong(_ digit: UInt8) {
        if isFull, digit == 0, isFraction { return }
        let (tenfold, overflow) = mantissa.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(Int64(digit))
        if !overflow, !carry, !isFull {
            mantissa = sum
            if isFraction { scale += 1 }
        } else if isFraction, digit == 0 {
            isFull = true
        } else {
            isTooLarge = true
        }
    }

    /// Brings the scale into 0 to 18 without changing the value.
    func decimal(isNegative: Bool) throws(LineFault) -> DecimalText {
        var (mantissa, scale) = (mantissa, scale)
        if isTooLarge { throw LineFault(kind: .tooLarge) }
        if mantissa == 0 { scale = min(max(scale, 0), DecimalText.scaleMax) }
        while scale > DecimalText.scaleMax, mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        while scale < 0 {
            let (tenfold, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            if overflow { throw LineFault(kind: .tooLarge) }
            mantissa = tenfold
            scale += 1
        }
        let signed = isNegative ? -mantissa : mantissa
        guard let result = DecimalText(mantissa: signed, scale: scale) else {
            throw LineFault(kind: .tooLarge)
        }
        return result
    }
}
