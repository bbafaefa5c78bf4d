/// Finds the layout of a file from its first lines and its name.
struct LayoutFinder {
    /// Path or name, for messages.
    let path: String
    /// The day that the file's name gives, as days since 1970.
    let day: Int64?
    /// Names given for the columns of a file without a header; nil: there are none.
    let columns: [String]?
    let zone: QuoteZone

    /// Lines that decide.
    static let sampleSize = 200
    /// What headers are told to look like.
    private static let fix = "put a header line before the quotes, such as time,bid,ask"

    /// Lines with their numbers, blank ones and comments left out.
    private typealias Sample = [(number: Int, line: ByteSpan)]

    /// - Parameter lines: the file's first lines, blank ones too.
    /// - Throws: `.empty`, `.unknownFormat`.
    func find(_ lines: [ByteSpan]) throws(QuoteError) -> QuoteLayout {
        var sample = Sample()
        for (index, line) in lines.enumerated() where !Self.isBlank(line) {
            sample.append((index + 1, line.trimmed))
        }
        guard let first = sample.first else { throw .empty(path: path) }
        let names = first.line.fields(separator(of: first.line)).map(\.text)
        let isHeader = ColumnNames.isHeader(names)
        if isHeader { sample.removeFirst() }
        if let wanted = columns ?? (isHeader ? names : nil) {
            return try named(
                ColumnNames(wanted), separator(of: first.line), sample,
                headerLine: isHeader ? first.number : 0)
        }
        return try unnamed(sample)
    }

    /// A line that is skipped without being counted as bad: empty, or a comment.
    static func isBlank(_ line: ByteSpan) -> Bool {
        var at = line.start
        while at < line.end, Ascii.isBlank(at.pointee) { at += 1 }
        return at == line.end || at.pointee == Ascii.hash
    }

    /// The strongest separator in the line: a comma may be a decimal comma beside the others.
    private func separator(of line: ByteSpan) -> UInt8 {
        if line.contains(Ascii.tab) { return Ascii.tab }
        return line.contains(Ascii.semicolon) ? Ascii.semicolon : Ascii.comma
    }

    // MARK: With names

    private func named(
        _ names: ColumnNames, _ separator: UInt8, _ sample: Sample, headerLine: Int
    ) throws(QuoteError) -> QuoteLayout {
        if !names.lacking.isEmpty {
            throw .unknownFormat(
                path: path, detail: "no column for \(names.lacking.joined(separator: ", "))",
                fix: "name the columns time, bid and ask in the header")
        }
        var layout = QuoteLayout(
            separator: separator, roles: names.roles, time: .civil, quoteTime: .civil,
            repeatsEmptyPrices: names.isMetaTrader, headerLine: headerLine)
        if let unit = names.timeUnit { layout.time = .epoch(unit, byMagnitude: false) }
        if let unit = names.quoteTimeUnit { layout.quoteTime = .epoch(unit, byMagnitude: false) }
        // Nothing to read: any form will do.
        guard !sample.isEmpty else { return layout }

        let candidates = candidates(sample) { fields in
            var candidate = layout
            for (role, field) in zip(names.roles, fields) {
                switch role {
                case .time where names.timeUnit == nil:
                    guard let form = self.form(of: field, isNamed: true) else { return nil }
                    candidate.time = form
                case .quoteTime where names.quoteTimeUnit == nil:
                    if let form = self.form(of: field, isNamed: true) {
                        candidate.quoteTime = form
                    }
                case .symbol: candidate.symbolBytes = Array(field.text.utf8)
                default: break
                }
            }
            return candidate
        }
        return try best(candidates, sample, problem: "no line fits the header")
    }

    // MARK: Without names

    private func unnamed(_ sample: Sample) throws(QuoteError) -> QuoteLayout {
        let separator = separator(of: sample[0].line)
        let candidates = candidates(sample) { fields in
            guard var layout = self.shape(of: fields) else { return nil }
            layout.separator = separator
            return layout
        }
        return try best(candidates, sample, problem: problem(sample[0]))
    }

    /// Forms without a header: LEAN and plain (`time,bid,ask`), HistData (`time,bid,ask,volume`),
    /// TrueFX (`EUR/USD,time,bid,ask`), MetaTrader 4 (`date,time,bid,ask[,volume]`).
    private func shape(of fields: [ByteSpan]) -> QuoteLayout? {
        var layout = QuoteLayout(separator: 0, roles: [], time: .civil, quoteTime: .civil)
        guard 3...5 ~= fields.count else { return nil }
        if CivilTime.day(fields[0]) != nil, (try? CivilTime.clock(fields[1])) != nil {
            layout.roles = [.date, .clock, .bid, .ask, .ignored]
            guard fields.count >= 4 else { return nil }
        } else if let form = form(of: fields[0], isNamed: false) {
            layout.roles = [.time, .bid, .ask, .ignored]
            layout.time = form
        } else if let form = form(of: fields[1], isNamed: false) {
            layout.roles = [.symbol, .time, .bid, .ask]
            layout.time = form
            layout.symbolBytes = Array(fields[0].text.utf8)
            guard Self.isSymbol(layout.symbolBytes) else { return nil }
        }
        guard layout.roles.count >= fields.count else { return nil }
        layout.roles = Array(layout.roles.prefix(fields.count))
        return layout
    }

    private static func isSymbol(_ bytes: [UInt8]) -> Bool {
        2...32 ~= bytes.count
            && bytes.contains { 0..<26 ~= Int(Ascii.lowercased($0)) - Int(UInt8(ascii: "a")) }
    }

    /// How a field writes its time, or nil where it does not hold one.
    private func form(of field: ByteSpan, isNamed: Bool) -> TimeForm? {
        let number = try? DecimalText.parse(field)
        let inADay = DecimalText(mantissa: TimeForm.millisecondsPerDay, scale: 0)
        if let number, !number.isNaN, let inADay, number.mantissa >= 0,
            number.double < inADay.double
        {
            // So small a number is LEAN's, when the name has the date; a date such as 20140502 is
            // small too.
            if let day { return .sinceMidnight(day: day) }
            if CivilTime.day(field) == nil, !isNamed { return nil }
        }
        if (try? CivilTime.parse(field)) != nil { return .civil }
        guard let number, !number.isNaN else { return nil }
        return .epoch(EpochUnit.magnitude(number), byMagnitude: true)
    }

    // MARK: The decision

    /// The different layouts that single lines suggest, in order.
    private func candidates(
        _ sample: Sample, _ suggest: ([ByteSpan]) -> QuoteLayout?
    ) -> [QuoteLayout] {
        var found: [QuoteLayout] = []
        for (_, line) in sample {
            guard let layout = suggest(line.fields(separator(of: line))) else { continue }
            if !found.contains(layout) { found.append(layout) }
            if found.count == 8 { break }
        }
        return found
    }

    /// The first layout that reads most of the lines, else the one that reads the most, so that a
    /// mangled line decides nothing.
    private func best(
        _ candidates: [QuoteLayout], _ sample: Sample, problem: String
    ) throws(QuoteError) -> QuoteLayout {
        var best: (layout: QuoteLayout, count: Int)?
        for layout in candidates {
            var parser = LineParser(layout, zone: zone)
            var count = 0
            for (number, line) in sample {
                if (try? parser.parse(line, number: number)) != nil { count += 1 }
            }
            if count > best?.count ?? 0 { best = (layout, count) }
            if 2 * count > sample.count { break }
        }
        guard let best else {
            throw .unknownFormat(path: path, detail: problem, fix: Self.fix)
        }
        return best.layout
    }

    /// Why a file without a header cannot be read, from its first line.
    private func problem(_ sample: (number: Int, line: ByteSpan)) -> String {
        let line = sample.line
        let fields = line.fields(separator(of: line))
        if let first = try? DecimalText.parse(fields[0]), first.mantissa >= 0, day == nil,
            fields.count == 3, first.double < Double(TimeForm.millisecondsPerDay)
        {
            return "its times look like ms since midnight, but its name has no date, such as"
                + " 20140502_quote.csv"
        }
        let header = fields.count < 3 ? "" : " without a header"
        return "line \(sample.number) has \(fields.count) columns\(header): \"\(line.shown(40))\""
    }
}
