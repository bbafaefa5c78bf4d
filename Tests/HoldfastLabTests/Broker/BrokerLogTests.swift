import CHoldfast
import Foundation
import Testing

@testable import HoldfastLab

@Suite("Broker: the log") struct BrokerLogTests {
    private let folder: QuoteFolder
    private var path: String { folder.path + "/executor.log" }

    init() throws { folder = try QuoteFolder() }

    private func broker() -> Broker {
        var settings = BrokerSettings.rough
        settings.outage = 0
        return Broker(
            seed: 1, instruments: [BrokerFixture.instrument], settings: settings,
            quotes: WrittenQuotes(
                [BrokerFixture.instrument],
                BrokerFixture.quotes((0..<400).map { 110_000 + Int64($0 * 7 % 90) })))
    }

    /// Entries, stops at the broker, closes and questions, in an order of their own.
    private func commands() -> [hf_command] {
        let venue = BrokerFixture()
        var commands: [hf_command] = []
        for position in UInt64(1)...40 {
            let at = Double(position) * 3
            let ticket = position << 8 | 1
            commands.append(venue.command(HF_ACTION_OPEN, position, at: at))
            commands.append(
                venue.command(HF_ACTION_MODIFY, position, at: at + 1) {
                    ($0.ticket, $0.sl) = (ticket, 109_980)
                })
            commands.append(
                venue.command(HF_ACTION_CLOSE, position, at: at + 2) {
                    ($0.ticket, $0.volume) = (ticket, 50_000_000)
                })
            commands.append(
                venue.command(HF_ACTION_QUERY_POSITIONS, 1 << 63 | 1, at: at + 2.5))
        }
        return commands
    }

    private func shown(_ answers: [BrokerAnswer]) -> [String] {
        answers.map { answer in
            let bytes = answer.withBytes { Data($0).base64EncodedString() }
            return "\(answer.time) \(bytes)"
        }
    }

    @Test("one that was killed anywhere has the same books and answers as one that was not")
    func fold() throws {
        let commands = commands()
        let whole = broker()
        let expected = commands.map { shown(whole.answers(to: $0, now: $0.sent)) }
        var got: [[String]] = []
        for part in [commands[..<35], commands[35..<36], commands[36..<120], commands[120...]] {
            let again = LoggedBroker(broker(), log: try BrokerLog(path: path, mark: 7))
            got += try part.map { shown(try again.answers(to: $0, now: $0.sent)) }
            if part.endIndex == commands.count {
                #expect(again.book.deals == whole.book.deals)
                #expect(again.book.lives == whole.book.lives)
            }
        }
        #expect(got == expected && whole.book.deals.count > 40)
    }

    @Test("what was written and not answered is answered to the next session, done once")
    func written() throws {
        let entry = BrokerFixture().command(HF_ACTION_OPEN, 7, at: 1)
        try BrokerLog(path: path, mark: 7).write(entry, at: entry.sent)
        let again = LoggedBroker(
            Broker(seed: 1, settings: BrokerFixture().broker.settings),
            log: try BrokerLog(path: path, mark: 7))
        #expect(again.book.lives.count == 1)
        #expect(try again.answers(to: entry, now: entry.sent + 9).count == 1)
        #expect(again.book.lives.count == 1)
    }

    @Test("a torn end is cut off at any byte, and the log goes on behind what was whole")
    func torn() throws {
        let commands = Array(commands().prefix(3))
        let log = try BrokerLog(path: path, mark: 7)
        for command in commands { try log.write(command, at: command.sent) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let record = MemoryLayout<hf_command>.size + MemoryLayout<hf_record_head>.size
        for cut in 1..<record {
            try whole.dropLast(cut).write(to: URL(fileURLWithPath: path))
            let again = try BrokerLog(path: path, mark: 7)
            #expect(again.entries.count == 2 && again.torn == record - cut)
            try again.write(commands[2], at: commands[2].sent)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
        }
    }

    @Test("damage before the end, and a log of another venue, are told")
    func damaged() throws {
        let log = try BrokerLog(path: path, mark: 7)
        for command in commands().prefix(3) { try log.write(command, at: command.sent) }
        #expect(throws: BrokerLog.Failure.foreign(path)) {
            try BrokerLog(path: path, mark: 8)
        }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[200] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: BrokerLog.Failure.self) { try BrokerLog(path: path, mark: 7) }
        #expect(throws: BrokerLog.Failure.self) {
            try BrokerLog(path: "/no/such/folder/log", mark: 7)
        }
    }
}
