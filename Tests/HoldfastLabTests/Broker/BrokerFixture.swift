import CHoldfast
import Foundation

@testable import HoldfastLab

/// A venue of one symbol on written quotes, and commands for it.
final class BrokerFixture {
    static let start: Int64 = 1_000_000_000_000
    static let second: Int64 = 1_000_000_000

    static let instrument: Instrument = {
        var instrument = Instrument.recorded("EURUSD", digits: 5)
        instrument.volumeMax = 100_000_000_000
        return instrument
    }()

    let broker: Broker
    private var counts: [UInt64: UInt32] = [:]

    /// - Parameter prices: bids, one a second from the start on, with a spread of two points.
    init(_ prices: [Int64] = [110_000], _ change: (inout BrokerSettings) -> Void = { _ in }) {
        var settings = BrokerSettings.calm
        settings.isTrusting = false
        settings.commission = 0
        change(&settings)
        broker = Broker(
            seed: 1, instruments: [Self.instrument], settings: settings,
            quotes: WrittenQuotes([Self.instrument], Self.quotes(prices)))
    }

    static func quotes(_ prices: [Int64]) -> [MarketQuote] {
        prices.enumerated().map { index, bid in
            MarketQuote(
                symbol: 0, time: start + Int64(index) * second, bid: bid, ask: bid + 2)
        }
    }

    static func at(_ seconds: Double) -> Int64 { start + Int64(seconds * 1e9) }

    func command(
        _ action: Int, _ position: UInt64, at seconds: Double,
        _ change: (inout hf_command) -> Void = { _ in }
    ) -> hf_command {
        counts[position, default: 0] += 1
        var command = hf_command()
        command.id = hf_command_id(owner: position, count: counts[position] ?? 1, epoch: 1)
        command.position = position
        command.account = 1
        command.symbol = 1
        command.action = UInt8(action)
        command.side = UInt8(HF_LONG)
        command.volume = 100_000_000
        command.sent = Self.at(seconds)
        command.act_before = command.sent + 30 * Self.second
        FixedText.write("EURUSD", into: &command.symbol_name)
        change(&command)
        return command
    }

    func say(_ command: hf_command) -> [BrokerAnswer] {
        broker.answers(to: command, now: command.sent)
    }

    /// The last ack of a command.
    func ack(_ command: hf_command) -> hf_ack? {
        for case .ack(let ack) in say(command).map(\.content).reversed() { return ack }
        return nil
    }

    /// Opens a position and says its ticket.
    func open(
        _ position: UInt64, at seconds: Double, _ change: (inout hf_command) -> Void = { _ in }
    ) -> UInt64 {
        ack(command(HF_ACTION_OPEN, position, at: seconds, change))?.ticket ?? 0
    }

    func close(
        _ position: UInt64, _ ticket: UInt64, at seconds: Double,
        _ change: (inout hf_command) -> Void = { _ in }
    ) -> hf_ack? {
        ack(
            command(HF_ACTION_CLOSE, position, at: seconds) {
                $0.ticket = ticket
                change(&$0)
            })
    }

    func snapshot(at seconds: Double) -> BrokerSnapshot? {
        let query = command(HF_ACTION_QUERY_POSITIONS, 1 << 63 | 1, at: seconds) {
            ($0.position, $0.volume, $0.symbol) = (0, 0, 0)
        }
        for case .snapshot(let snapshot) in say(query).map(\.content) { return snapshot }
        return nil
    }
}
