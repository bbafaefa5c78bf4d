import CHoldfast
import Testing

/// One input of the small alphabet by which the life of a command is exhausted.
enum CommandLetter: String, CaseIterable {
    case take, session, receipt, done, partial, requote, reject, autoTradingOff, invalid, fillMode
    case marketClosed, noConnection, deadline, backOff, none, deal, dealOfAPart, cancel, close, part
    case breach, target, calm, again

    /// Codes of an ack.
    var code: Int? {
        switch self {
        case .receipt: 10008
        case .done: 10009
        case .partial: 10010
        case .requote: 10004
        case .reject: 10006
        case .autoTradingOff: 10026
        case .invalid: 10013
        case .fillMode: 10030
        case .marketClosed: 10018
        case .noConnection: 10012
        default: nil
        }
    }
}

/// A position of 0.02 lot with a stop and a target, and what happens to it letter by letter.
final class CommandStory {
    static let lot: Int64 = 100_000_000
    static let start: Int64 = 1_700_000_000_000_000_000
    static let second: Int64 = 1_000_000_000

    let core: HistoryCore
    let model = ExactModel()
    private let ledger = HistoryLedger()
    private(set) var inputs: [HistoryInput] = []
    private(set) var failure: String?
    private var now = CommandStory.start
    private var deal: UInt64 = 0
    private var epoch: UInt32 = 1
    private var lastAck: hf_ack?
    /// While a story is told again that was compared before.
    var isQuiet = false

    init?() {
        guard let core = HistoryCore(HistoryCore.Setting(isSmall: true)) else { return nil }
        self.core = core
        var symbol = hf_symbol()
        _ = hf_symbol_init(&symbol, "AAA", 2, 1, Self.lot, "USD")
        var account = hf_account()
        _ = hf_account_init(&account, 1, "USD")
        var open = hf_open()
        _ = hf_open_init(&open, 1, 1, UInt8(HF_LONG), Self.lot / 100 * 2, 1000)
        (open.sl, open.tp) = (990, 1010)
        apply(.symbol(symbol, now))
        apply(.account(account, now))
        apply(.tick(tick(1000)))
        apply(.open(open, now))
    }

    var position: ModelPosition { model.positions[0] }

    private func apply(_ input: HistoryInput) {
        inputs.append(input)
        if HistoryDoubt.isIn(input, model) { return }
        if isQuiet {
            _ = model.apply(input)
            let got = core.apply(input)
            ledger.read(core.events())
            if case .take(let executor, let epoch, _, _) = input {
                ledger.given(got.commands, executor: executor, epoch: epoch)
            }
            return
        }
        if let text = HistoryRun.compare(input, model, core, ledger), failure == nil {
            failure = text
        }
    }

    private func tick(_ bid: Int64) -> hf_tick {
        var tick = hf_tick()
        _ = hf_tick_init(&tick, 1, now, bid, bid + 1)
        return tick
    }

    /// False where the letter says nothing in this state.
    func apply(_ letter: CommandLetter) -> Bool {
        guard position.isOpen || letter == .again || letter == .deal else { return false }
        let live = position.live
        if let code = letter.code {
            guard let live = live ?? position.latestClose else { return false }
            return answer(live, code)
        }
        switch letter {
        case .take:
            guard live?.isWaiting ?? false || position.query?.isWaiting ?? false else {
                return false
            }
            apply(.take(executor: 1, epoch: epoch, max: 8, now))
        case .session:
            epoch += 1
            apply(.take(executor: 1, epoch: epoch, max: 8, now))
        case .deadline, .backOff:
            now += letter == .deadline ? 10 * Self.second : Self.second / 5
            apply(.step(now))
        case .none:
            guard let query = position.query else { return false }
            var ack = hf_ack()
            ack.command = query.id.record
            ack.query = 1
            lastAck = ack
            apply(.ack(ack, now))
        case .deal, .dealOfAPart: return settle(isPart: letter == .dealOfAPart)
        case .cancel:
            guard position.intent != nil else { return false }
            var cancel = hf_cancel()
            cancel.position = 1
            apply(.cancel(cancel, now))
        case .close, .part:
            var close = hf_close()
            close.filter.present = UInt32(HF_FILTER_POSITION)
            close.filter.position = 1
            if letter == .part { close.volume = Self.lot / 100 }
            apply(.close(close, now))
        case .breach: apply(.tick(tick(990)))
        case .target: apply(.tick(tick(1010)))
        case .calm: apply(.tick(tick(1000)))
        case .again:
            guard let lastAck else { return false }
            apply(.ack(lastAck, now))
        default: return false
        }
        return true
    }

    private func answer(_ command: ModelCommand, _ code: Int) -> Bool {
        var ack = hf_ack()
        ack.command = command.id.record
        ack.retcode = UInt32(code)
        ack.present = UInt32(HF_HAS_RETCODE)
        if code == 10009 || code == 10010 {
            deal += 1
            ack.deal = deal
        }
        if code == 10010 {
            ack.present |= UInt32(HF_HAS_VOLUME)
            ack.volume = Self.lot / 100
        }
        lastAck = ack
        apply(.ack(ack, now))
        return true
    }

    private func settle(isPart: Bool) -> Bool {
        var record = hf_deal()
        self.deal += 1
        (record.account, record.position, record.deal) = (1, 1, self.deal)
        record.volume = isPart ? Self.lot / 100 : max(position.volume, Self.lot / 100)
        record.price = 995
        apply(.deal(record, now))
        return true
    }

    /// The state as far as it decides what can follow: kinds, not amounts or instants.
    var key: String {
        let position = position
        let intent = position.intent
        let wait: String =
            switch intent?.wait {
            case .until: "until"
            case .actBefore: "before"
            case .session: "session"
            default: "-"
            }
        let commands = [position.live, position.query].map { command in
            command.map {
                "\($0.state) \($0.priority) \($0.isWaiting) \($0.sent == 0)"
                    + " \($0.actBefore <= now) \($0.isCancelled) \($0.isOvertaken)"
                    + " \($0.intent === intent)"
            } ?? "-"
        }
        let price = model.symbols[0].quote?.bid ?? 0
        return [
            "\(position.volume) \(position.closed != 0) \(price)",
            "\(intent?.priority ?? 0) \(intent?.isFull ?? false) \(wait)",
            "\(min(intent?.requotes ?? 0, 2)) \(intent?.hasSwitched ?? false)",
            "\(intent?.latest?.state ?? 0)", commands.joined(separator: "|"),
        ].joined(separator: ";")
    }

    /// Once every answer is good, the position closes: how many rounds that takes.
    func roundsToClose() -> Int? {
        for round in 0..<16 {
            if !position.isOpen { return round }
            if position.intent == nil { _ = apply(.close) }
            _ = apply(.take)
            if position.query?.isOut ?? false {
                _ = apply(.none)
            } else if let live = position.live, live.isOut {
                deal += 1
                var ack = hf_ack()
                ack.command = live.id.record
                ack.deal = deal
                ack.present = UInt32(HF_HAS_VOLUME)
                ack.volume = min(live.volume, position.volume)
                apply(.ack(ack, now))
            } else {
                now += 60 * Self.second
                apply(.step(now))
                apply(.tick(tick(1000)))
            }
        }
        return nil
    }
}

@Suite("The life of a command, exhausted")
struct CommandModelTests {
    static let depth = Int(HistorySetting.number("HOLDFAST_COMMAND_STEPS") ?? 6)

    /// Breadth first: every state once, by its shortest story.
    @Test("every state within reach does with every input what the model says, and then closes")
    func exhaust() throws {
        var seen: Set<String> = []
        var front: [[CommandLetter]] = [[]]
        var pairs: Set<String> = []
        var failures = 0
        for _ in 0..<Self.depth {
            var next: [[CommandLetter]] = []
            for path in front {
                for letter in CommandLetter.allCases {
                    let story = try #require(CommandStory())
                    story.isQuiet = true
                    for before in path { _ = story.apply(before) }
                    story.isQuiet = false
                    let state = story.position.live?.state ?? 0
                    guard story.apply(letter) else { continue }
                    pairs.insert("\(state) \(letter)")
                    let key = story.key
                    let isNew = seen.insert(key).inserted
                    if isNew { next.append(path + [letter]) }
                    if isNew, story.failure == nil, story.roundsToClose() == nil {
                        Issue.record("\(path + [letter]): not closed")
                        failures += 1
                    }
                    if let failure = story.failure {
                        Issue.record("\(path + [letter])\n    \(failure)")
                        failures += 1
                    }
                    if failures >= 8 { return }
                }
            }
            front = next
        }
        print("command states: \(seen.count), (state, input) pairs: \(pairs.count)")
        #expect(seen.count > 100)
    }
}
