import Foundation
import Testing

@testable import HoldfastLab

@Suite struct QuotesFormatTests {
    private let may2 = "2014-05-02T00:00:00"

    @Test("plain lines without a header are time, bid, ask")
    func plain() throws {
        let quotes = try QuoteFile.text("1399033801513,1.38694,1.38705\r\n1399033801514,1.4,1.5")
            .all()
        #expect(quotes.count == 2)
        #expect(try quotes[0].bid == decimal("1.38694"))
        #expect(try quotes[0].ask == decimal("1.38705"))
        #expect(quotes.map(\.line) == [1, 2])
        #expect(quotes[0].quoteTime == 0 && quotes[0].last == .zero)
    }

    @Test("columns are found by name, in any order, and unknown ones are ignored")
    func byName() throws {
        let file = try QuoteFile.text(
            "\u{FEFF}Ask Price;volume;\"Bid Price\";Last;Timestamp\n1,5;7;1,4;1,45;2014-05-02\n")
        let quote = try #require(try file.next())
        #expect(try quote.bid == decimal("1.4"))
        #expect(try quote.ask == decimal("1.5"))
        #expect(try quote.last == decimal("1.45"))
        #expect(try quote.time == utc(may2))
    }

    @Test(
        "the host's time comes before the venue's, which becomes the quote time",
        arguments: [
            "local_ns,exch_ms,bid,bid_qty,ask,ask_qty\n1399033801513000001,1399033801000,1,9,2,9",
            "symbol,timestamp,local_timestamp,ask_price,bid_price\n"
                + "X,1399033801000000,1399033801513000.001,2,1",
            "exch_ms,time,bid,ask\n1399033801000,2014-05-02 12:30:01.513000001,1,2",
        ])
    func hostTimeFirst(_ text: String) throws {
        let quote = try #require(try QuoteFile.text(text).next())
        #expect(try quote.time == utc("2014-05-02T12:30:01", 513_000_001))
        #expect(try quote.quoteTime == utc("2014-05-02T12:30:01"))
        #expect(try quote.bid == decimal("1") && quote.ask == decimal("2"))
    }

    @Test("a venue's time alone is the time")
    func venueTimeAlone() throws {
        let quote = try QuoteFile.text("exch_ms,bid,ask\n1399033801000,1,2").next()
        #expect(try quote?.time == utc("2014-05-02T12:30:01"))
        #expect(quote?.quoteTime == 0)
    }

    @Test("a HistData line is read, with its fourth column left out")
    func histData() throws {
        let file = try QuoteFile.text(
            "20120201 000000003,1.306600,1.306770,0\n20120201 000000330,1.306600,1.306780,0\n",
            name: "DAT_ASCII_EURUSD_T_201202.csv", zone: QuoteZone("UTC-5"))
        let quotes = try file.all()
        #expect(file.symbol == "EURUSD")
        #expect(
            try quotes.map(\.time) == [
                utc("2012-02-01T05:00:00", 3_000_000), utc("2012-02-01T05:00:00", 330_000_000),
            ])
        #expect(quotes[0].ask.description == "1.306770")
    }

    @Test("a TrueFX line is read and names its symbol")
    func trueFX() throws {
        let file = try QuoteFile.text(
            "EUR/USD,20120201 00:00:00.003,1.30660,1.30677\nEUR/USD,20120201 00:00:01,1.3,1.4\n"
                + "GBP/USD,20120201 00:00:02,1.3,1.4\n",
            name: "ticks.csv")
        let quotes = try file.all()
        #expect(file.symbol == "EURUSD")
        #expect(try quotes.first?.time == utc("2012-02-01T00:00:00", 3_000_000))
        #expect(quotes.count == 2)
        #expect(file.badLines.first?.reason.contains("another symbol") == true)
    }

    @Test("a MetaTrader 5 export repeats an empty price")
    func metaTrader() throws {
        let file = try QuoteFile.text(
            "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\n"
                + "2014.05.02\t12:30:01.513\t1.1\t\t\t\t2\n"
                + "2014.05.02\t12:30:01.513\t1.1\t1.2\t\t\t6\n"
                + "2014.05.02\t12:30:02.000\t1.0\t\t\t\t2\n")
        let quotes = try file.all()
        #expect(file.badLines.map(\.line) == [2])
        #expect(try quotes.map(\.ask) == [decimal("1.2"), decimal("1.2")])
        #expect(try quotes.map(\.bid) == [decimal("1.1"), decimal("1.0")])
        #expect(try quotes[1].time == utc("2014-05-02T12:30:02"))
    }

    @Test("an empty price elsewhere is a bad line")
    func emptyPrice() throws {
        let file = try QuoteFile.text("time,bid,ask\n2014-05-02,1,2\n2014-05-03,,2\n")
        #expect(try file.all().count == 1)
        #expect(file.badLines.first?.reason == "bid is empty")
    }

    @Test("date and time in two columns without a header are one time")
    func splitTime() throws {
        let file = try QuoteFile.text("2014.05.02,12:30:01.5,1.1,1.2\n", zone: QuoteZone("UTC+2"))
        #expect(try file.next()?.time == utc("2014-05-02T10:30:01", 500_000_000))
    }

    @Test("a LEAN zip takes its date from the file name")
    func lean() throws {
        let folder = try QuoteFolder()
        let path = try folder.zip(
            "cfd-oanda-tick-xauusd/20140502_quote.zip",
            [("any.csv", "46.2042,1284.065,1284.405\n86399999.999999,1,2\n86400001,1,2\n")])
        let file = try QuoteFile(path: path)
        let quotes = try file.all()
        #expect(file.symbol == "XAUUSD")
        #expect(
            try quotes.map(\.time) == [
                utc(may2, 46_204_200), utc(may2, 86_399_999_999_999),
            ])
        #expect(file.badLines.map(\.line) == [3])
    }

    @Test("LEAN times count from midnight of the file's zone")
    func leanZone() throws {
        let file = try QuoteFile.text(
            "45001000,1,2\n", name: "eurusd/20140502_quote.csv", zone: QuoteZone("UTC-5"))
        #expect(try file.next()?.time == utc("2014-05-02T17:30:01"))
    }

    @Test("a file reads the same plain, as gz and in a zip beside a vendor's report")
    func packed() throws {
        let folder = try QuoteFolder()
        let text = (0..<50_000).map { "\(1_399_033_801_000 + $0),1.\($0),2.\($0)\n" }.joined()
        let plain = try folder.write("eurusd.csv", text)
        let packed = try [
            folder.gzip("eurusd.csv.gz", text),
            folder.zip("eurusd.zip", [("report.txt", "gaps"), ("a/eurusd.csv", text)]),
        ]
        let expected = try QuoteFile(path: plain).all()
        #expect(expected.count == 50_000)
        for path in packed { #expect(try QuoteFile(path: path).all() == expected) }
    }

    @Test("named columns make a file without a header readable")
    func columns() throws {
        let input = QuoteInput(
            path: "eurusd.csv", columns: ["time", "ask", "ask_qty", "bid", "bid_qty"])
        let file = try QuoteFile(input, bytes: Array("2014-05-02,2,9,1,9\n".utf8))
        let quote = try file.next()
        #expect(try quote?.bid == decimal("1"))
        #expect(try quote?.ask == decimal("2"))
    }

    @Test(
        "a symbol is told by file, archive entry, folder, or the caller",
        arguments: [
            ("forex-oanda-tick-eurusd/20140502_quote.zip", "", "EURUSD"),
            ("x/20140502_quote.zip", "20140502_gbpusd_tick_quote.csv", "GBPUSD"),
            ("binance-usdm-btcusdt_20240808_bookticker.csv.gz", "", "BTCUSDT"),
            ("data/EURUSD-2012-02.csv", "", "EURUSD"), ("my_eurusd_backup.csv", "", "EURUSD"),
            ("AAPL_2020.csv", "", "AAPL"), ("ticks/us30.csv", "", "US30"),
        ])
    func symbols(_ path: String, _ entry: String, _ symbol: String) {
        #expect(FileNames(path: path, entry: entry).symbol == symbol)
    }

    @Test("sniffing gives the symbol, the digits as written and the first time")
    func sniff() throws {
        let folder = try QuoteFolder()
        let path = try folder.write(
            "btcusdt.csv", "1399033801000,61800.20,61800.3\nx,1,2\n1399033801000,1,2")
        let sniff = try QuoteFile.sniff(QuoteInput(path: path))
        #expect(sniff.symbol == "BTCUSDT" && sniff.digits == 2)
        #expect(sniff.quotes == 2 && sniff.badLineCount == 1)
        #expect(try sniff.firstTime == utc("2014-05-02T12:30:01"))
        #expect(sniff.format == "comma, epoch ms, 3 columns")
    }
}
