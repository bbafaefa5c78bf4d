/// How the lines of a file are laid out.
struct QuoteLayout: Equatable {
    var separator: UInt8
    /// One for each column of the file.
    var roles: [ColumnRole]
    var time: TimeForm
    var quoteTime: TimeForm
    /// The symbol as its column has it; empty where there is no such column.
    var symbolBytes: [UInt8] = []
    /// An empty price is the one before.
    var repeatsEmptyPrices = false
    /// Number of the header's line, 0 where there is none.
    var headerLine = 0

    var isTimeSplit: Bool { roles.contains(.clock) }
}
