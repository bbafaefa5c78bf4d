/// The quotes of several files as one stream, ordered by time; quotes of one time come in the order
/// in which the files were named. Inside a file the file's own order is kept, even where its time
/// goes backwards.
///
/// A file is open only from its first quote's time to its end, so years of daily files need few
/// open files and little memory.
public final class QuoteMerge {
    /// The different symbols, in the order of the files that have them.
    public let symbols: [String]
    /// Quotes given so far.
    public private(set) var quoteCount = 0

    private var sources: [MergeSource]
    /// Places in `sources` with a quote ready, as a binary heap: the earliest on top.
    private var heap: [Int] = []
    /// Found while looking for the quote after the one that was given last.
    private var failure: QuoteError?

    /// Looks into every file for its symbol and its first quote.
    /// - Throws: the first `QuoteError` of any file.
    public init(_ inputs: [QuoteInput]) throws(QuoteError) {
        var symbols: [String] = []
        var sources: [MergeSource] = []
        for input in inputs {
            let file = try QuoteFile(input)
            let place = symbols.firstIndex(of: file.symbol) ?? symbols.count
            if place == symbols.count { symbols.append(file.symbol) }
            var source = MergeSource(input: input, symbol: place)
            source.head = try file.next()
            source.keepCounts(of: file)
            sources.append(source)
        }
        self.symbols = symbols
        self.sources = sources
        for index in sources.indices where sources[index].head != nil { push(index) }
    }

    /// The next quote and the place of its symbol in `symbols`; nil at the end.
    /// - Throws: `QuoteError` of a file, after the quotes before it; that file is then at its end
    ///   and the others go on.
    public func next() throws(QuoteError) -> (symbol: Int, quote: Quote)? {
        if let error = failure {
            failure = nil
            throw error
        }
        guard let index = heap.first, let quote = sources[index].head else { return nil }
        do throws(QuoteError) {
            try sources[index].advance()
        } catch {
            failure = error
        }
        if sources[index].head == nil { pop() } else { sink() }
        quoteCount += 1
        return (sources[index].symbol, quote)
    }

    /// Lines of all files so far that could not be read.
    public var badLineCount: Int { sources.reduce(0) { $0 + $1.badLineCount } }

    /// The first few bad lines of each file, in the order of the files.
    public var badLines: [BadLine] { sources.flatMap(\.badLines) }

    // MARK: Heap

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (sources[left].time, sources[right].time)
        return first == second ? left < right : first < second
    }

    private func push(_ index: Int) {
        heap.append(index)
        var child = heap.count - 1
        while child > 0, isBefore(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
    }

    private func sink() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && isBefore(heap[right], heap[left]) ? right : left
            guard isBefore(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}

/// One file of a merge: not opened yet, open, or at its end.
private struct MergeSource {
    let input: QuoteInput
    let symbol: Int
    /// The quote that is next.
    var head: Quote?
    private var file: QuoteFile?
    /// What was found while looking for the first quote, and after the end.
    private var counts: (bad: Int, lines: [BadLine]) = (0, [])

    init(input: QuoteInput, symbol: Int) {
        self.input = input
        self.symbol = symbol
    }

    var time: Int64 { head?.time ?? .max }
    var badLineCount: Int { file?.badLineCount ?? counts.bad }
    var badLines: [BadLine] { file?.badLines ?? counts.lines }

    mutating func keepCounts(of file: QuoteFile) {
        counts = (file.badLineCount, file.badLines)
    }

    /// Reads the quote after `head`; opens the file again the first time, closes it at its end.
    mutating func advance() throws(QuoteError) {
        do throws(QuoteError) {
            if file == nil { file = try reopen() }
            head = try file?.next()
        } catch {
            close()
            throw error
        }
        if head == nil { close() }
    }

    /// Opens the file where its first quote was found before.
    private func reopen() throws(QuoteError) -> QuoteFile {
        let file = try QuoteFile(input)
        guard try file.next() == head else {
            throw .damaged(path: input.path, line: 0, detail: "it was changed while it was read")
        }
        return file
    }

    private mutating func close() {
        if let file { keepCounts(of: file) }
        file = nil
        head = nil
    }
}
