/// Whose turn it is: within a class the accounts of an executor go round, so that none of them
/// waits behind all that another asks for. A bit an account and class: that of its first ticket.
struct Turns {
    /// Six classes and below them the account's own questions, then the entries.
    static let classes = 8
    static let entries = 7

    private struct Row {
        var accounts = 0
        /// Who was served last.
        var last = -1
    }

    private let bits: UnsafeMutablePointer<UInt64>
    private let words: Int
    private let rows: UnsafeMutablePointer<Row>
    /// The classes in which somebody waits: a bit each.
    private var waiting = 0

    init(_ arena: inout Arena, accounts: Int) throws(Failure) {
        words = (accounts + 63) / 64
        bits = try arena.reserve(UInt64.self, Self.classes * words)
        rows = try arena.reserve(Row.self, Self.classes)
        for index in 0..<Self.classes { (rows + index).initialize(to: Row()) }
    }

    /// An account has a new first ticket, or none.
    mutating func move(_ account: Int, from old: Int?, to new: Int?) {
        if old == new { return }
        let (word, bit) = (account >> 6, UInt64(1) << UInt64(account & 63))
        if let old {
            bits[old * words + word] &= ~bit
            rows[old].accounts -= 1
            if rows[old].accounts == 0 { waiting &= ~(1 << old) }
        }
        if let new {
            bits[new * words + word] |= bit
            rows[new].accounts += 1
            waiting |= 1 << new
        }
    }

    /// The account to be served, and its class.
    /// - Parameter most: classes that are looked at.
    func next(of most: Int) -> (account: Int, index: Int)? {
        let index = (waiting & (1 << most - 1)).trailingZeroBitCount
        if index >= Self.classes { return nil }
        guard let account = next(in: index, after: rows[index].last) else { return nil }
        return (account, index)
    }

    /// It was served: it goes to the end of its row.
    func serve(_ account: Int, in index: Int) { rows[index].last = account }

    /// The next one after another, round the corner.
    private func next(in index: Int, after account: Int) -> Int? {
        let row = bits + index * words
        let (start, offset) = ((account + 1) >> 6, UInt64((account + 1) & 63))
        if start < words {
            let rest = row[start] & (.max << offset)
            if rest != 0 { return start << 6 | rest.trailingZeroBitCount }
        }
        for step in 1...words {
            let word = (start + step) % words
            if row[word] != 0 { return word << 6 | row[word].trailingZeroBitCount }
        }
        return nil
    }
}
