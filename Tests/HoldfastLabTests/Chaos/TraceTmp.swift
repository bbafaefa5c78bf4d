import CHoldfast
import Foundation
import HoldfastABI
import Testing

@testable import HoldfastLab

final class Tracing: CommandExecutor {
    let inner: any CommandExecutor
    let id: UInt64
    init(_ inner: any CommandExecutor, _ id: UInt64) { (self.inner, self.id) = (inner, id) }
    var book: BrokerBook { inner.book }
    func answers(to command: hf_command, now: Int64) throws -> [BrokerAnswer] {
        let answers = try inner.answers(to: command, now: now)
        func t(_ x: Int64) -> String { SessionTable.clock(x) }
        if command.position == id {
            print("TR \(t(now)) take \(CommandKey(command.id)) act \(command.action) vol \(command.volume) ticket \(command.ticket) sl \(command.sl) before \(t(command.act_before)) parent \(CommandKey(command.parent)) flags \(command.flags)")
        }
        for a in answers {
            switch a.content {
            case .ack(let k) where k.command.owner == id: print("TR    \(t(a.time)) ack \(CommandKey(k.command)) \(k.retcode) vol \(k.volume) deal \(k.deal) ticket \(k.ticket) q\(k.query)")
            case .deal(let d) where d.position == id: print("TR    \(t(a.time)) deal \(d.deal) \(CommandKey(d.command)) vol \(d.volume) r\(d.reason) at \(t(d.time))")
            case .snapshot(let s):
                let mine = s.deals.filter { $0.position == id }
                let name = FixedText.self
                let pos = s.positions.filter { p in CommandKeyText.owner(name.read(p.client_id)) == id || tickets.contains(p.ticket) }
                if !mine.isEmpty || !pos.isEmpty {
                print("TR    \(t(a.time)) SNAP acc \(s.head.account) asked \(t(s.head.asked_at)) pos \(pos.map { ($0.ticket, $0.volume, name.read($0.client_id)) }) deals \(mine.map { ($0.deal, $0.volume) })") }
            default: break
            }
        }
        return answers
    }
    var tickets: [UInt64] { [UInt64(ProcessInfo.processInfo.environment["TRT"] ?? "0") ?? 0] }
}
enum CommandKeyText {
    static func owner(_ text: String) -> UInt64 {
        var id = hf_command_id()
        return hf_command_id_parse(text, &id) == 0 ? id.owner : 0
    }
}

@Suite("TraceTmp") struct TraceTmp {
    @Test("trace") func trace() throws {
        let env = ProcessInfo.processInfo.environment
        guard let seed = env["TRS"].flatMap({ UInt64($0) }), let id = env["TRI"].flatMap({ UInt64($0) }) else { return }
        var fixture = ChaosFixture(seed: seed)
        fixture.quotes = Int(env["TRQ"] ?? "6000") ?? 6000
        fixture.wrap = { Tracing($0, id) }
        fixture.onEvent = { e in
            guard e.position == id else { return }
            print("TR \(SessionTable.clock(e.time)) EVENT kind \(e.kind) what \(e.what) act \(e.action) state \(e.state) cmd \(CommandKey(e.command)) vol \(e.volume) rc \(e.retcode) reason \(e.reason) old \(e.old_value) new \(e.new_value)")
        }
        let report = try fixture.run()
        print(report.checks.flatMap(\.failures))
    }
}
