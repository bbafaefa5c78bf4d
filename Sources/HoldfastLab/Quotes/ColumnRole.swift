/// What a column holds. The raw value names it in messages.
enum ColumnRole: String {
    case ignored = "a column"
    case time
    /// A date whose time of day is in `clock`.
    case date
    case clock
    case quoteTime = "quote time"
    case bid, ask, last, symbol
}
