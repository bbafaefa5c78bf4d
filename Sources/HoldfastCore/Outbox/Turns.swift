/// Whose turn it is: within a class the accounts of an executor go round, so that none of them waits
/// behind all that another asks for. A bit an account and class: the class of its first ticket.
struct Turns {
    /// Six classes and below them the account's own questions, then the entries.
    static let classes = 8
    static let entries = 7

    private let bits: UnsafeMutablePointer<UInt64>
    private let words: Int
    /// Who was served last, in each class.
    private let last: UnsafeMutablePointer<Int>

    init(_ arena: inout Arena, accounts: Int) throws(Failure) {
        words = (accounts + 63) / 64
        bits = try arena.reserve(UInt64.self, Self.classes * words)
        last = try arena.reserve(Int.self, Self.classes)
        for index in 0..<Self.classes { last[index] = -1 }
    }

    /// An account has a new first ticket, or none.
    func move(_ account: Int, from old: Int?, to new: Int?) {
        if old == new { return }
        let (word, bit) = (account >> 6, UInt64(1) << UInt64(account & 63))
        if let old { bits[old * words + word] &= ~bit }
        if let new { bits[new * words + word] |= bit }
    }

    /// The account to be served, and the class; it goes to the end of its row.
    /// - Parameter most: classes that are looked at.
    func next(of most: Int) -> Int? {
        for index in 0..<most {
            guard let account = next(in: index, after: last[index]) else { continue }
            last[index] = account
            return account
        }
        return nil
    }

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
