/// The unit of an epoch number.
enum EpochUnit: Int, Equatable {
    // The raw value is the power of ten that makes ns of it.
    case seconds = 9
    case milliseconds = 6
    case microseconds = 3
    case nanoseconds = 0

    /// The unit in which a number of this size is a date between 1973 and 5138.
    static func magnitude(_ value: DecimalText) -> EpochUnit {
        let whole = value.mantissa.magnitude / PowerOfTen[Int(value.scale)].magnitude
        if whole < 100_000_000_000 { return .seconds }
        if whole < 100_000_000_000_000 { return .milliseconds }
        return whole < 100_000_000_000_000_000 ? .microseconds : .nanoseconds
    }

    var name: String {
        switch self {
        case .seconds: "s"
        case .milliseconds: "ms"
        case .microseconds: "us"
        case .nanoseconds: "ns"
        }
    }
}

/// How a file writes its times. Fixed when it is opened, so that a mangled line cannot be taken for
/// a time in another form.
enum TimeForm: Equatable {
    /// A date and a time of day.
    case civil
    /// A number since 1970 UTC. `byMagnitude`: the unit was told by the size of the numbers, and a
    /// number of another size is a bad line; otherwise the column's name said it.
    case epoch(EpochUnit, byMagnitude: Bool)
    /// LEAN: ms since midnight of a day that the file's name gives, as days since 1970.
    case sinceMidnight(day: Int64)

    static let millisecondsPerDay: Int64 = 86_400_000

    /// For people.
    var name: String {
        switch self {
        case .civil: "date and time"
        case .epoch(let unit, _): "epoch \(unit.name)"
        case .sinceMidnight: "ms since midnight"
        }
    }

    /// Reads a field.
    /// - Returns: ns since 1970 UTC.
    /// - Throws: a fault without a column.
    func read(_ span: ByteSpan, _ clock: inout ZoneClock) throws(LineFault) -> Int64 {
        switch self {
        case .civil:
            let civil = try CivilTime.parse(span)
            return try Self.utc(civil.local, civil.offset, &clock)
        case .epoch(let unit, let byMagnitude):
            let value = try Self.number(span)
            if byMagnitude, EpochUnit.magnitude(value) != unit {
                throw LineFault(kind: .otherUnit)
            }
            return try Self.nanoseconds(value, unit)
        case .sinceMidnight(let day):
            let value = try Self.nanoseconds(try Self.number(span), .milliseconds)
            guard 0...CivilTime.nanosecondsPerDay ~= value else {
                throw LineFault(kind: .notTime)
            }
            return try Self.utc(day * CivilTime.nanosecondsPerDay + value, nil, &clock)
        }
    }

    /// A local time as UTC: by its own offset, else by the file's zone.
    static func utc(
        _ local: Int64, _ offset: Int64?, _ clock: inout ZoneClock
    ) throws(LineFault) -> Int64 {
        if let offset { return local - offset * CivilTime.nanosecondsPerSecond }
        guard let utc = clock.utc(local: local) else { throw LineFault(kind: .outOfRange) }
        return utc
    }

    private static func number(_ span: ByteSpan) throws(LineFault) -> DecimalText {
        let value: DecimalText
        do {
            value = try DecimalText.parse(span)
        } catch {
            throw LineFault(kind: error.kind == .notNumber ? .notTime : error.kind)
        }
        if value.isNaN { throw LineFault(kind: .notTime) }
        return value
    }

    /// Fractions beyond ns are cut toward the past.
    private static func nanoseconds(
        _ value: DecimalText, _ unit: EpochUnit
    ) throws(LineFault) -> Int64 {
        let shift = unit.rawValue - Int(value.scale)
        if shift >= 0 {
            let (result, overflow) = value.mantissa.multipliedReportingOverflow(
                by: PowerOfTen[shift])
            if overflow { throw LineFault(kind: .outOfRange) }
            return result
        }
        let (whole, rest) = value.mantissa.quotientAndRemainder(dividingBy: PowerOfTen[-shift])
        return rest < 0 ? whole - 1 : whole
    }
}
