import CHoldfast

/// What brings a core to rest: from here on every answer is true and every snapshot good.
struct HistoryRest {
    static let minutes: Int64 = 10

    let core: HistoryCore
    let ledger: HistoryLedger
    var now: Int64
    var executors: [UInt64]
    var accounts: [UInt64]
    var symbols: [UInt32]
    /// Watched price of each symbol, calm.
    var price: Int64 = 1000
    private var deal: UInt64 = 1 << 40
    private let epoch: UInt32 = 1_000_000
    private var failures: [String] = []

    init(
        _ core: HistoryCore, _ ledger: HistoryLedger, from now: Int64,
        executors: [UInt64] = [1, 3], accounts: [UInt64] = [1, 2, 3], symbols: [UInt32] = [1, 2, 3]
    ) {
        self.core = core
        self.ledger = ledger
        self.now = now
        self.executors = executors
        self.accounts = accounts
        self.symbols = symbols
    }

    /// Ten simulated minutes of truth; what then is not at rest.
    mutating func settle(rounds: Int64 = 10) -> [String] {
        for id in executors {
            var executor = hf_executor()
            _ = hf_executor_init(&executor, id)
            expect(core.apply(.executor(executor, now)).status, "executor \(id)")
        }
        for _ in 0..<rounds {
            now += Self.minutes * 60_000_000_000 / rounds
            expect(core.apply(.step(now)).status, "step")
            read()
            for account in accounts where core.sync(account)?.next_at == .max {
                snapshot(account, hf_command_id())
            }
            now += 1_000_000
            quote()
            for executor in executors { work(executor) }
        }
        check()
        return failures + ledger.takeFailures()
    }

    private mutating func expect(_ status: Int32, _ what: String) {
        if status == 0 { return }
        failures.append("\(what) is \(String(cString: hf_status_name(status)))")
    }

    private func read() {
        let events = core.events()
        if accounts.count > 1 { return ledger.read(events) }
        ledger.read(events.filter { $0.account == accounts[0] })
    }

    private mutating func quote() {
        var ticks: [hf_tick] = []
        for symbol in symbols {
            var tick = hf_tick()
            _ = hf_tick_init(&tick, symbol, now, price, price + 1)
            tick.last = price
            ticks.append(tick)
        }
        _ = core.apply(.ticks(ticks))
        read()
    }

    /// Answers all that is given out, until nothing is.
    private mutating func work(_ executor: UInt64) {
        for _ in 0..<8 {
            let answer = core.apply(.take(executor: executor, epoch: epoch, max: 64, now))
            expect(answer.status, "take")
            read()
            ledger.given(answer.commands, executor: executor, epoch: epoch)
            if answer.commands.isEmpty { return }
            for command in answer.commands { reply(command) }
        }
        failures.append("executor \(executor) is never done")
    }

    private mutating func reply(_ command: ModelTaken) {
        if command.action == HF_ACTION_QUERY_POSITIONS {
            snapshot(
                accounts.count > 1 ? accounts[Int(command.id.owner & 0xff) - 1] : accounts[0],
                command.id.record)
            return
        }
        var ack = hf_ack()
        ack.command = command.id.record
        if command.action == HF_ACTION_QUERY_DEALS {
            ack.query = 1
        } else {
            let open = core.position(command.id.owner)?.volume ?? 0
            if open == 0 { return }
            deal += 1
            ack.deal = deal
            (ack.volume, ack.price) = (min(command.volume, open), price)
            ack.present = UInt32(HF_HAS_VOLUME) | UInt32(HF_HAS_PRICE)
        }
        expect(core.apply(.ack(ack, now)).status, "ack of \(command.id)")
        read()
    }

    /// All that the account has open, as the core has it, where the broker could name it.
    private mutating func snapshot(_ account: UInt64, _ command: hf_command_id) {
        var record = hf_reconcile()
        _ = hf_reconcile_init(&record, account, now)
        record.command = command
        var snapshot = ModelSnapshot(record: record)
        for id in ledger.positions {
            guard let ours = core.position(id), ours.account == account, ours.closed == 0 else {
                continue
            }
            let client = text(ours.client_id)
            if ours.ticket == 0, client.isEmpty { continue }
            var theirs = hf_broker_position()
            (theirs.ticket, theirs.volume) = (ours.ticket, ours.volume)
            theirs.price = ours.average / 100_000_000
            (theirs.symbol, theirs.side) = (ours.symbol, ours.side)
            theirs.client_id = ours.client_id
            snapshot.positions.append(theirs)
        }
        expect(core.apply(.snapshot(snapshot, now)).status, "snapshot of \(account)")
        read()
    }

    private mutating func check() {
        for id in ledger.unsettled {
            failures.append("command \(id) is \(core.command(id)?.state ?? 0) at the end")
        }
        for id in ledger.positions {
            guard let position = core.position(id) else { continue }
            let state = Int(position.state)
            if state != HF_POSITION_OPEN, state != HF_POSITION_CLOSED {
                failures.append("position \(id) is in state \(state) at the end")
            }
        }
        for account in accounts {
            guard let sync = core.sync(account) else { continue }
            if sync.stale != 0 { failures.append("account \(account) is stale at the end") }
            let compared = sync.compared
            let ratio = compared == 0 ? 100_000_000 : sync.agreed * 100_000_000 / compared
            if sync.accuracy != Int64(ratio) {
                failures.append("accuracy \(sync.accuracy) of \(sync.agreed) in \(compared)")
            }
        }
        ledger.checkVolumes(core)
    }
}
