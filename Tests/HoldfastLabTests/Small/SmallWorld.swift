import CHoldfast

/// Cores cut into slots, each with a symbol, an account and an executor of its own, so that a story
/// costs no core: nothing in one slot shows in another, and each story starts after all before it.
final class SmallWorld {
    static let slots: UInt32 = 64
    static let start: Int64 = 1_700_000_000_000_000_000
    static let second: Int64 = 1_000_000_000
    static let step: Int64 = 1_000_000

    private var core: HistoryCore?
    private var used: UInt32 = 0
    private var now = SmallWorld.start
    private(set) var opened = 0

    /// The next slot, of a new core where all are used.
    func slot(from end: Int64?) -> SmallSlot? {
        now = max(now, end ?? now) + 3600 * Self.second
        if core == nil || used == Self.slots {
            core = HistoryCore(HistoryCore.Setting(slots: Self.slots))
            used = 0
            now = Self.start
            opened += 1
        }
        guard let core else { return nil }
        used += 1
        _ = core.events()
        return SmallSlot(core: core, number: used, now: now)
    }
}

/// One symbol, one account, one executor and one position: what a story is told in.
final class SmallSlot {
    let core: HistoryCore
    let number: UInt32
    let ledger = HistoryLedger()
    var now: Int64
    var position: UInt64 = 0
    var symbol: UInt32 = 0
    var epoch: UInt32 = 2
    private var deals: UInt64 = 0
    private(set) var failures: [String] = []

    init(core: HistoryCore, number: UInt32, now: Int64) {
        self.core = core
        self.number = number
        self.now = now
    }

    func fail(_ text: String) { failures.append(text) }

    func nextDeal() -> UInt64 {
        deals += 1
        return deals
    }

    // MARK: World

    func define(sync: Int64) {
        var record = hf_symbol()
        _ = hf_symbol_init(&record, "S\(number)", 2, 1, 100_000_000, "USD")
        record.late_ticks = 0
        apply(.symbol(record, now))
        symbol = number
        var account = hf_account()
        _ = hf_account_init(&account, UInt64(number), "USD")
        if sync > 0 {
            account.sync_every = sync
            account.present = UInt32(HF_ACCOUNT_SYNC_EVERY)
        }
        apply(.account(account, now))
    }

    func open(steps: Int64, sl: Int64, tp: Int64) {
        var open = hf_open()
        _ = hf_open_init(
            &open, UInt64(number), symbol, UInt8(HF_LONG), steps * SmallWorld.step, 1000)
        (open.sl, open.tp, open.ticket) = (sl, tp, 7)
        position = core.open(open, now)
        if position == 0 { fail("the position does not open") }
    }

    @discardableResult
    func apply(_ input: HistoryInput) -> HistoryAnswer { core.apply(input) }

    func tick(_ bid: Int64) {
        var tick = hf_tick()
        _ = hf_tick_init(&tick, symbol, now, bid, bid + 1)
        apply(.tick(tick))
    }

    // MARK: What can be read

    var view: hf_position { core.position(position) ?? hf_position() }

    /// What the account asks its executor for its positions, while it is live.
    func questions() -> [hf_command] {
        guard let id = core.sync(UInt64(number))?.command, id.owner != 0 else { return [] }
        return core.command(ModelID(id)).map { [$0] } ?? []
    }

    /// The latest close of the position and what came after it: whatever is live is among them.
    func commands() -> [hf_command] {
        var all: [hf_command] = []
        var id = ModelID(owner: position, count: view.command.count)
        if id.count == 0 { return [] }
        while let command = core.command(id) {
            all.append(command)
            id.count += 1
        }
        return all
    }

    /// A command without its numbers: kinds, and times against now.
    func shown(_ command: hf_command) -> String {
        let volume = command.volume / SmallWorld.step
        let executed = command.executed / SmallWorld.step
        let times =
            command.sent == 0 ? "-" : "\(ahead(command.deadline))\(ahead(command.act_before))"
        return "\(command.action).\(command.state).\(command.reason).\(command.priority)"
            + ".\(volume).\(executed).\(min(command.attempt, 2)).\(command.fill_mode)"
            + ".\(command.flags & UInt32(HF_COMMAND_FULL)).\(command.sent == 0).\(times)"
    }

    /// Before, at or behind now.
    private func ahead(_ time: Int64) -> String { time > now ? ">" : "<" }

    // MARK: Ends

    /// The events of this slot up to now; what they break.
    func read() {
        ledger.read(
            core.events().filter {
                $0.account == UInt64(number) || $0.command.owner == 1 << 63 + UInt64(number)
            })
        failures += ledger.takeFailures()
    }

    /// Truth for ten minutes; the time after it.
    func rest() -> Int64 {
        var rest = HistoryRest(
            core, ledger, from: now, executors: [UInt64(number)], accounts: [UInt64(number)],
            symbols: [symbol])
        failures += rest.settle(rounds: 6)
        return rest.now
    }
}
