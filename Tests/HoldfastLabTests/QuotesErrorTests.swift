import Foundation
import Testing

@testable import HoldfastLab

@Suite struct QuotesErrorTests {
    private let good = "1399033801513,1.1,1.2\n"

    @Test("zero, negative, crossed and NaN prices and a time going backwards are passed on")
    func notJudged() throws {
        let file = try QuoteFile.text(
            good + "1399033801512,0,-1\n1399033801512,NaN,1\n1399033801512,3,2\n")
        #expect(try file.all().count == 4)
        #expect(file.badLineCount == 0)
    }

    @Test("bad lines are counted, and the first few kept with line, text and reason")
    func badLines() throws {
        let long = String(repeating: "x", count: 500)
        let file = try QuoteFile.text(
            good + "\n# a comment\n" + good + "1399033801513,abc,1\n1399033801513,1\n"
                + "1399033801513,1,2,3,4\n\(long)\n1399033801513,1,99999999999999999999\nx\nx\n"
                + good)
        #expect(try file.all().map(\.line) == [1, 4, 12])
        #expect(file.badLineCount == 7)
        #expect(file.badLines.count == QuoteFile.badLinesShown)
        #expect(file.badLines.map(\.line) == [5, 6, 7, 8, 9])
        #expect(
            file.badLines[0].description
                == "eurusd.csv:5: bid is not a decimal number: \"1399033801513,abc,1\"")
        #expect(file.badLines[1].reason.contains("fewer columns"))
        #expect(file.badLines[2].reason.contains("more columns"))
        #expect(file.badLines[3].text.count == 80)
        #expect(file.badLines[4].reason.contains("64-bit"))
    }

    @Test("strict stops at the first bad line and says how to go on")
    func strict() throws {
        let file = try QuoteFile.text(good + "1399033801513,abc,1\n" + good, strict: true)
        #expect(try file.next() != nil)
        let error = quoteError { _ = try file.next() }
        guard case .badLine(let line) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(line.line == 2)
        #expect(error?.description.contains("without strict") == true)
        #expect(try file.next() == nil)
    }

    @Test(
        "a line longer than the limit is one bad line, wherever it ends",
        arguments: [
            65_536, 65_537, 70_000, 262_144, 262_145, 600_000, 1_000_000,
        ])
    func longLines(_ length: Int) throws {
        let long = String(repeating: "9", count: length)
        let file = try QuoteFile.text(good + long + "\n" + good + long + "\n" + good + long)
        #expect(try file.all().map(\.line) == [1, 3, 5])
        #expect(file.badLines.map(\.line) == [2, 4, 6])
        #expect(file.badLines.allSatisfy { $0.text.count == 80 })
        let isCut = length > 65_536
        #expect(file.badLines.allSatisfy { $0.reason.contains("longer") == isCut })
    }

    @Test("a missing file, a folder and an empty file are named as such")
    func missing() throws {
        let folder = try QuoteFolder()
        let empty = try folder.write("empty.csv", "")
        let blank = try folder.write("blank.csv", "\n \n\r\n# nothing\n")
        let emptyGzip = try folder.gzip("empty.gz", "")
        let none = folder.path + "/none.csv"
        #expect(quoteError { _ = try QuoteFile(path: none) } == .missing(path: none))
        #expect(
            quoteError { _ = try QuoteFile(path: folder.path) } == .directory(path: folder.path))
        for path in [empty, blank, emptyGzip] {
            #expect(quoteError { _ = try QuoteFile(path: path) } == .empty(path: path))
        }
        #expect(failure("/dev/null")?.description.contains("not a regular file") == true)
        let inside = empty + "/eurusd.csv"
        #expect(quoteError { _ = try QuoteFile(path: inside) } == .missing(path: inside))
    }

    @Test("a header without quotes is a file without quotes")
    func headerOnly() throws {
        #expect(try QuoteFile.text("time,bid,ask\n").next() == nil)
    }

    @Test(
        "an unknown format says what was seen and what to do",
        arguments: [
            ("hello world\nhow are you\n", "columns"), ("a,b,c\nd,e,f\n", "columns"),
            ("time,price,size\n2014-05-02,1,2\n", "bid, ask"),
            ("20070330 00:00,1.3,1.3,1.3,1.3,0,1.3,1.3,1.3,1.3,0\n", "11 columns"),
            ("277,1.38694,1.38705\n", "midnight"), ("\u{0}\u{1}\u{2}", "not text"),
        ])
    func unknownFormat(_ text: String, _ detail: String) {
        let error = quoteError { _ = try QuoteFile.text(text) }
        guard case .unknownFormat(_, let seen, let fix) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(seen.contains(detail))
        #expect(!fix.isEmpty)
    }

    @Test("UTF-16 text is told with the command that converts it")
    func utf16() {
        let bytes: [UInt8] = [0xff, 0xfe, 0x31, 0x00, 0x2c, 0x00]
        let error = quoteError { _ = try QuoteFile(QuoteInput(path: "eurusd.csv"), bytes: bytes) }
        #expect(error?.description.contains("iconv") == true)
    }

    @Test("a file whose name tells no symbol asks for one")
    func noSymbol() throws {
        let error = quoteError { _ = try QuoteFile.text(good, name: "data/ticks.csv") }
        #expect(error == .noSymbol(path: "data/ticks.csv"))
        let input = QuoteInput(path: "data/ticks.csv", symbol: "MyGold")
        #expect(try QuoteFile(input, bytes: Array(good.utf8)).symbol == "MyGold")
    }

    /// Opens and reads all; the error that ends it.
    private func failure(_ path: String) -> QuoteError? {
        quoteError { _ = try QuoteFile(path: path).all() }
    }

    @Test("a gz file that is cut or altered is an error, not fewer quotes")
    func damagedGzip() throws {
        let folder = try QuoteFolder()
        let text = (0..<100_000).map { "\(1_399_033_801_000 + $0),1.\($0),2.\($0)\n" }.joined()
        let path = try folder.gzip("eurusd.gz", text)
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(failure(path) == nil)
        let cut = try folder.write("eurusd-cut.gz", Array(bytes.prefix(bytes.count / 2)))
        var altered = bytes
        altered[bytes.count - 6] ^= 0xff  // in the checksum
        let wrong = try folder.write("eurusd-wrong.gz", altered)
        for path in [cut, wrong] {
            guard case .damaged(_, let line, _) = failure(path) else {
                Issue.record("\(path): \(String(describing: failure(path)))")
                continue
            }
            #expect(line > 0)
        }
    }

    @Test("a zip that is cut, altered or ambiguous is an error, not fewer quotes")
    func damagedZip() throws {
        let folder = try QuoteFolder()
        let text = (0..<100_000).map { "\(1_399_033_801_000 + $0),1.\($0),2.\($0)\n" }.joined()
        let path = try folder.zip("eurusd.zip", [("eurusd.csv", text)])
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(failure(path) == nil)
        var altered = bytes
        altered[bytes.count / 2] ^= 0xff
        #expect(failure(try folder.write("eurusd-altered.zip", altered)) != nil)
        for part in [4, 30, 60, bytes.count / 2, bytes.count - 200] {
            let cut = try folder.write("eurusd-\(part).zip", Array(bytes.prefix(part)))
            #expect(failure(cut) != nil, "cut to \(part) of \(bytes.count) bytes")
        }
        let two = try folder.zip("eurusd-two.zip", [("a.csv", good), ("b.csv", good)])
        #expect(failure(two)?.description.contains("2 files") == true)
        let none = try folder.zip("eurusd-none.zip", [])
        #expect(failure(none) != nil)
    }
}
