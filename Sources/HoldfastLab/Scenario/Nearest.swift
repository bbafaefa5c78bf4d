/// The known word that a writer most likely meant.
enum Nearest {
    /// `, did you mean "volume"?`, or nothing when no word is known.
    static func hint(_ word: String, among known: some Sequence<String>) -> String {
        self.word(word, among: known).map { ", did you mean \"\($0)\"?" } ?? ""
    }

    /// The nearest of the words, the first of equals.
    static func word(_ word: String, among known: some Sequence<String>) -> String? {
        let word = word.lowercased()
        let near = known.sorted().map { ($0, distance(word, $0.lowercased())) }
        return near.min { $0.1 < $1.1 }?.0
    }

    /// Edits (insert, remove, replace, swap of neighbours) that turn one word into the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left)
        let b = Array(right)
        var before: [Int] = []
        var above = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var edits = min(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    edits = min(edits, before[j - 1] + 1)
                }
                row.append(edits)
            }
            before = above
            above = row
        }
        return above[b.count]
    }
}
