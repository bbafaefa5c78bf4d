import Foundation
import Testing

@testable import HoldfastLab

@Suite struct QuotesMergeTests {
    private func file(_ folder: QuoteFolder, _ name: String, _ times: [Int]) throws -> QuoteInput {
        let lines = times.enumerated().map { "\($1),\($0 + 1),9\n" }
        return QuoteInput(path: try folder.write(name, "time_ms,bid,ask\n" + lines.joined()))
    }

    private func all(_ merge: QuoteMerge) throws -> [(symbol: Int, quote: Quote)] {
        var quotes: [(symbol: Int, quote: Quote)] = []
        while let next = try merge.next() { quotes.append(next) }
        return quotes
    }

    @Test("quotes come by time, those of one time in the order of the files")
    func order() throws {
        let folder = try QuoteFolder()
        let merge = try QuoteMerge([
            file(folder, "a/eurusd.csv", [1, 3, 3, 7]), file(folder, "gbpusd.csv", [3, 4]),
            file(folder, "b/eurusd.csv", [2, 3, 9]), file(folder, "usdjpy.csv", []),
        ])
        #expect(merge.symbols == ["EURUSD", "GBPUSD", "USDJPY"])
        let quotes = try all(merge)
        #expect(quotes.map { $0.quote.time / 1_000_000 } == [1, 2, 3, 3, 3, 3, 4, 7, 9])
        #expect(quotes.map(\.symbol) == [0, 0, 0, 0, 1, 0, 1, 0, 0])
        #expect(quotes.map(\.quote.line) == [2, 2, 3, 4, 2, 3, 3, 5, 4])
        #expect(merge.quoteCount == 9)
    }

    @Test("a file that goes back in time keeps its own order")
    func backwards() throws {
        let folder = try QuoteFolder()
        let merge = try QuoteMerge([
            file(folder, "eurusd.csv", [1, 9, 2, 10]), file(folder, "gbpusd.csv", [5, 6]),
        ])
        #expect(try all(merge).map { $0.quote.time / 1_000_000 } == [1, 5, 6, 9, 2, 10])
    }

    @Test("a merge agrees with a stable sort of many random files")
    func random() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = QuotesRandom(seed)
        let folder = try QuoteFolder()
        var inputs: [QuoteInput] = []
        var expected: [(time: Int, file: Int)] = []
        for index in 0..<40 {
            let count = Int.random(in: 0...60, using: &random)
            let times = (0..<count).map { _ in Int.random(in: 0...99, using: &random) }.sorted()
            inputs.append(try file(folder, "X\(index).csv", times))
            expected += times.map { ($0, index) }
        }
        expected.sort { ($0.time, $0.file) < ($1.time, $1.file) }
        let quotes = try all(try QuoteMerge(inputs))
        #expect(
            quotes.map { Int($0.quote.time / 1_000_000) } == expected.map(\.time), "seed \(seed)")
        #expect(quotes.map(\.symbol) == expected.map(\.file), "seed \(seed)")
    }

    @Test("bad lines of all files are counted once")
    func badLines() throws {
        let folder = try QuoteFolder()
        let first = try folder.write("eurusd.csv", "time_ms,bid,ask\nx\n1,1,2\ny\n")
        let second = try folder.write("gbpusd.csv", "time_ms,bid,ask\n1,1,2\nz\n")
        let merge = try QuoteMerge([QuoteInput(path: first), QuoteInput(path: second)])
        #expect(try all(merge).count == 2)
        #expect(merge.badLineCount == 3)
        #expect(merge.badLines.map(\.text) == ["x", "y", "z"])
    }

    @Test("a strict file's bad line ends the merge's call, and no quote is lost or given twice")
    func strict() throws {
        let folder = try QuoteFolder()
        let first = try folder.write("eurusd.csv", "time_ms,bid,ask\n1,1,2\nx\n3,1,2\n")
        let merge = try QuoteMerge([
            QuoteInput(path: first, strict: true), file(folder, "gbpusd.csv", [2, 4]),
        ])
        var times: [Int64] = []
        var errors = 0
        while errors < 9 {
            do {
                guard let next = try merge.next() else { break }
                times.append(next.quote.time / 1_000_000)
            } catch { errors += 1 }
        }
        #expect(errors == 1)
        #expect(times == [1, 2, 4])
    }
}
