import CHoldfast

/// Who executes, as the model holds it.
struct ModelExecutor {
    var record: hf_executor
    var epoch: UInt32 = 0
    /// The last take; before any, the put.
    var seen: Int64?
    var isSilent = false

    init(id: UInt64) {
        record = hf_executor()
        record.id = id
        record.capabilities = UInt32(HF_CAN_ALL)
        record.up = 1
    }
}

extension ExactModel {
    // MARK: Executors

    func put(_ record: hf_executor, now: Int64) -> Int32 {
        events = []
        var executor = executors[record.id] ?? ModelExecutor(id: record.id)
        executor.record = record
        if executor.seen == nil { executor.seen = now }
        executors[record.id] = executor
        tell(record.id, HF_EVENT_CHANGED, at: now)
        return 0
    }

    private func tell(_ executor: UInt64, _ kind: Int, at time: Int64) {
        var event = ModelEvent(kind: kind, time: time)
        event.what = HF_WHAT_EXECUTOR
        event.new = Int64(executor)
        events.append(event)
    }

    /// Finds those that were not heard of for too long.
    func fireExecutors(upTo now: Int64) {
        for (id, executor) in executors {
            let late = executor.record.heartbeat_late
            guard late > 0, !executor.isSilent, let seen = executor.seen, now >= seen + late else {
                continue
            }
            executors[id]?.isSilent = true
            tell(id, HF_EVENT_ALARM, at: seen + late)
        }
    }

    // MARK: Taking

    /// Every command of an executor that is not final.
    func commands(of executor: UInt64) -> [ModelCommand] {
        let mine = positions.filter { accounts[$0.account]?.executor == executor }
        var commands = mine.flatMap { [$0.live, $0.query].compactMap { $0 } }
        for account in accounts.values where account.executor == executor {
            if let query = account.sync.query { commands.append(query) }
        }
        return commands
    }

    /// Gives out the commands of an executor; nil for a session that is over.
    func take(executor: UInt64, epoch: UInt32, max: Int, now: Int64) -> [ModelCommand]? {
        events = []
        guard var session = executors[executor], epoch >= session.epoch else { return nil }
        session.seen = now
        if session.isSilent { tell(executor, HF_EVENT_CHANGED, at: now) }
        session.isSilent = false
        let commands = commands(of: executor)
        if epoch > session.epoch {
            session.epoch = epoch
            for command in commands
            where command.state == HF_COMMAND_SENT || command.state == HF_COMMAND_ACKNOWLEDGED {
                command.isWaiting = true
                command.isRedelivered = command.sent != 0
            }
        }
        executors[executor] = session
        guard session.record.up == 1 else { return [] }
        var line = ModelLine(
            commands.filter(\.isWaiting), account: { self.account(of: $0) }, room: room(session))
        var given: [ModelCommand] = []
        var wished = takeOrder ?? []
        while given.count < max {
            let wish = wished.isEmpty ? nil : wished.removeFirst()
            guard let command = line.next(wish) else { break }
            given.append(command)
        }
        for command in given { give(command, now: now) }
        return given
    }

    func account(of command: ModelCommand) -> UInt64 {
        position(command.id.owner)?.account ?? command.id.owner
    }

    /// How many more may be in flight.
    private func room(_ session: ModelExecutor) -> Int {
        if session.record.in_flight_max == 0 { return .max }
        let out = commands(of: session.record.id).count {
            // One that is answered and was never taken came by another way.
            !$0.isQuery && !$0.isWaiting && $0.sent != 0
                && ($0.state == HF_COMMAND_SENT || $0.state == HF_COMMAND_ACKNOWLEDGED)
        }
        return Swift.max(0, Int(session.record.in_flight_max) - out)
    }

    private func give(_ command: ModelCommand, now: Int64) {
        let position = position(command.id.owner)
        let time = position.map { stamp($0.symbol, now) } ?? now
        let wait = position.map { patience($0, command) } ?? 0
        command.isWaiting = false
        command.sent = time
        command.deadline = time + (command.isQuery ? 5_000_000_000 : wait)
        command.lastDeadline = command.deadline
        command.actBefore = time + (command.isQuery ? 30 : 2) * 1_000_000_000
        if command.state == HF_COMMAND_PENDING { set(command, HF_COMMAND_SENT, at: time) }
    }
}

/// What waits for an executor: by class, the accounts of a class by turns, each by trigger time and
/// position. Whose turn it is first the pages leave open: a wish that is fair is met.
struct ModelLine {
    private var queues: [Int: [UInt64: [ModelCommand]]] = [:]
    private var given: [Int: [UInt64: Int]] = [:]
    private var room: Int
    private let account: (ModelCommand) -> UInt64

    init(_ commands: [ModelCommand], account: @escaping (ModelCommand) -> UInt64, room: Int) {
        let order = commands.sorted { left, right in
            if left.triggerTime != right.triggerTime { return left.triggerTime < right.triggerTime }
            return left.id.owner < right.id.owner
        }
        for command in order {
            queues[command.priority, default: [:]][account(command), default: []].append(command)
        }
        self.room = room
        self.account = account
    }

    mutating func next(_ wish: ModelID?) -> ModelCommand? {
        for priority in queues.keys.sorted(by: >) {
            guard let accounts = queues[priority] else { continue }
            // The first of each account that may go out.
            var heads: [(account: UInt64, place: Int)] = []
            for (account, queue) in accounts {
                if let place = queue.firstIndex(where: { needsNoRoom($0) || room > 0 }) {
                    heads.append((account, place))
                }
            }
            let least = heads.map { given[priority]?[$0.account] ?? 0 }.min()
            let fair = heads.filter { (given[priority]?[$0.account] ?? 0) == least }
            let wished = heads.first { accounts[$0.account]?[$0.place].id == wish }
            guard let pick = wished ?? fair.min(by: { $0.account < $1.account }) else { continue }
            guard let command = queues[priority]?[pick.account]?.remove(at: pick.place) else {
                continue
            }
            given[priority, default: [:]][pick.account, default: 0] += 1
            if !needsNoRoom(command) { room -= 1 }
            return command
        }
        return nil
    }

    private func needsNoRoom(_ command: ModelCommand) -> Bool {
        command.isQuery
    }
}
