import Foundation
import Testing

@testable import HoldfastLab

@Suite struct QuotesFuzzTests {
    private let seed =
        ProcessInfo.processInfo.environment["HOLDFAST_SEED"].flatMap(UInt64.init)
        ?? UInt64.random(in: 0...UInt64.max)

    private static let models = [
        "local_ns,exch_ms,bid,bid_qty,ask,ask_qty\n"
            + "1723161255088169167,1723161256313,61800.20,2.507,61800.30,2.510\n",
        "277,1.38694,1.38705\r\n2339,1.38692,1.38706\r\n",
        "20120201 000000003,1.306600,1.306770,0\n20120201 000000330,1.306600,1.306780,0\n",
        "EUR/USD,20120201 00:00:00.000,1.30660,1.30677\n",
        "<DATE>\t<TIME>\t<BID>\t<ASK>\n2014.05.02\t12:30:01.5\t1.1\t\n2014.05.02\t12:30:01\t1\t2\n",
        "time;bid;ask\n2014-05-02T12:30:01.513+02:00;1,1;1e-5\n",
    ]

    /// Reads as far as it goes; an error is as good as quotes, a crash is not.
    private func read(_ bytes: [UInt8], _ name: String) throws -> Int {
        do {
            let zone = try QuoteZone("America/New_York")
            let file = try QuoteFile(QuoteInput(path: name, zone: zone), bytes: bytes)
            while let quote = try file.next() {
                _ = (quote.bid.units(digits: 5), quote.ask.double, quote.last.description)
            }
            return file.quoteCount + file.badLineCount
        } catch {
            return 0
        }
    }

    @Test("random bytes never crash the reader")
    func randomBytes() throws {
        print("seed \(seed)")
        var random = QuotesRandom(seed)
        let alphabet = Array("0123456789.,;\t\n\r:-+/ eETZNaAbidsk<>\"#_".utf8)
        for round in 0..<3_000 {
            let count = Int.random(in: 0...400, using: &random)
            let isText = round % 2 == 0
            let bytes = (0..<count).map { _ -> UInt8 in
                isText
                    ? alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                    : UInt8.random(in: 0...255, using: &random)
            }
            _ = try read(bytes, round % 3 == 0 ? "20140502_eurusd.csv" : "eurusd.csv")
        }
    }

    @Test("mangled quote files never crash the reader, and every line is a quote or counted")
    func mangled() throws {
        print("seed \(seed)")
        var random = QuotesRandom(seed)
        for round in 0..<3_000 {
            let model = Self.models[round % Self.models.count]
            var bytes = Array(
                String(repeating: model, count: Int.random(in: 1...5, using: &random)).utf8)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 1...255, using: &random)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(ascii: "9"), at: place)
                default: bytes.insert(contentsOf: bytes.prefix(place), at: place)
                }
                if bytes.count > 4_000 { bytes.removeLast(bytes.count - 4_000) }
            }
            let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).count
            #expect(try read(bytes, "20140502_eurusd.csv") <= lines, "seed \(seed), round \(round)")
        }
    }

    @Test("mangled archives never crash the reader")
    func mangledArchives() throws {
        print("seed \(seed)")
        var random = QuotesRandom(seed)
        let folder = try QuoteFolder()
        let text = String(repeating: Self.models[1], count: 200)
        let packed = try [
            folder.zip("20140502_eurusd.zip", [("a.csv", text)]),
            folder.gzip("20140502_eurusd.gz", text),
        ].map { try [UInt8](Data(contentsOf: URL(fileURLWithPath: $0))) }
        for round in 0..<400 {
            var bytes = packed[round % 2]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 4..<bytes.count, using: &random)] ^= UInt8.random(
                    in: 1...255, using: &random)
            }
            if round % 4 == 3 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let path = try folder.write("20140502_eurusd_x", bytes)
            do {
                _ = try QuoteFile(path: path).all()
            } catch {
                continue  // refused: as good as read
            }
        }
    }
}
