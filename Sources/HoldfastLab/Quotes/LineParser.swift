/// Makes a quote of a line, column by column, without a copy and without allocating.
struct LineParser {
    private let layout: QuoteLayout
    /// Columns up to the last one that a quote needs.
    private let required: Int
    private var clock: ZoneClock
    private var bidBefore: DecimalText?
    private var askBefore: DecimalText?
    /// A time in two columns: days since 1970, and the time of day.
    private var day: Int64 = 0
    private var timeOfDay = CivilTime(local: 0, offset: nil)

    init(_ layout: QuoteLayout, zone: QuoteZone) {
        self.layout = layout
        clock = ZoneClock(zone)
        let needed: [ColumnRole] = [.time, .date, .clock, .bid, .ask, .symbol]
        required = (layout.roles.lastIndex { needed.contains($0) } ?? -1) + 1
    }

    /// - Throws: what is wrong; then the parser is as before the line.
    mutating func parse(_ line: ByteSpan, number: Int) throws(LineFault) -> Quote {
        var quote = Quote(time: 0, bid: .zero, ask: .zero, line: number)
        let separator = layout.separator
        let roles = layout.roles
        var at = line.start
        var column = 0
        while true {
            var stop = at
            while stop < line.end, stop.pointee != separator { stop += 1 }
            let field = ByteSpan(start: at, end: stop)
            if column < roles.count {
                let role = roles[column]
                if role != .ignored { try take(field.trimmed, role, &quote) }
            } else if !field.trimmed.isEmpty {
                throw LineFault(kind: .extra)
            }
            column += 1
            if stop >= line.end { break }
            at = stop + 1
        }
        if column < required { throw LineFault(kind: .missing) }
        if layout.isTimeSplit { quote.time = try joinedTime() }
        if layout.repeatsEmptyPrices { (bidBefore, askBefore) = (quote.bid, quote.ask) }
        return quote
    }

    @inline(__always)
    private mutating func take(
        _ field: ByteSpan, _ role: ColumnRole, _ quote: inout Quote
    ) throws(LineFault) {
        do throws(LineFault) {
            switch role {
            case .time: quote.time = try layout.time.read(field, &clock)
            case .bid: quote.bid = try price(field, bidBefore)
            case .ask: quote.ask = try price(field, askBefore)
            case .quoteTime:
                if !field.isEmpty { quote.quoteTime = try layout.quoteTime.read(field, &clock) }
            case .last: if !field.isEmpty { quote.last = try DecimalText.parse(field) }
            case .date:
                guard let day = CivilTime.day(field) else { throw LineFault(kind: .notTime) }
                self.day = day
            case .clock: timeOfDay = try CivilTime.clock(field)
            case .symbol: try checkSymbol(field)
            case .ignored: break
            }
        } catch {
            throw LineFault(kind: error.kind, column: role)
        }
    }

    @inline(__always)
    private func price(_ field: ByteSpan, _ before: DecimalText?) throws(LineFault) -> DecimalText {
        if field.isEmpty, let before { return before }
        return try DecimalText.parse(field)
    }

    private func checkSymbol(_ field: ByteSpan) throws(LineFault) {
        let wanted = layout.symbolBytes
        guard field.count == wanted.count else { throw LineFault(kind: .otherSymbol) }
        for index in wanted.indices where field.start[index] != wanted[index] {
            throw LineFault(kind: .otherSymbol)
        }
    }

    private mutating func joinedTime() throws(LineFault) -> Int64 {
        let local = day * CivilTime.nanosecondsPerDay + timeOfDay.local
        return try TimeForm.utc(local, timeOfDay.offset, &clock)
    }
}
