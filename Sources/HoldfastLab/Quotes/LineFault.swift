/// Why a line could not be read, and in which column. Trivial, so that throwing it costs nothing.
struct LineFault: Error, Equatable {
    enum Kind: UInt8 {
        case empty, notNumber, tooLarge, notTime, outOfRange, otherUnit, missing, extra, otherSymbol
        case tooLong
    }

    var kind: Kind
    var column: ColumnRole = .ignored

    /// For people: what is wrong, in words.
    var reason: String {
        switch kind {
        case .empty: "\(column.rawValue) is empty"
        case .notNumber: "\(column.rawValue) is not a decimal number"
        case .tooLarge: "\(column.rawValue) has more digits than a 64-bit number holds"
        case .notTime: "\(column.rawValue) is not a time in the form that this file uses"
        case .outOfRange: "\(column.rawValue) is outside the times that can be counted in ns"
        case .otherUnit: "\(column.rawValue) is not in the unit (s, ms, us, ns) that this file uses"
        case .missing: "fewer columns than the file needs"
        case .extra: "more columns than the file has"
        case .otherSymbol: "another symbol than on the first line; a file holds one symbol"
        case .tooLong: "longer than \(LineReader.lineLimit) bytes"
        }
    }
}
