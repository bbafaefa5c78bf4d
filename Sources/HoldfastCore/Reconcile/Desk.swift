import CHoldfast

/// What belongs to no symbol: the accounts' questions to their brokers, and whether executors are
/// heard of. All of it behind one lock, the desk's, taken inside of stripes' and `naming`.
extension Core {
    /// The part of a recorded step that is the desk's.
    static let deskPart = 0xFFFF

    /// Something is to be done at an instant.
    func noteDue(_ instant: Int64) {
        let due = shared.pointee.deskDue
        if instant < due.pointee.load(ordering: .relaxed) {
            due.pointee.store(instant, ordering: .relaxed)
        }
    }

    /// Fires what is due.
    func stepDesk(_ now: Int64) {
        let due = shared.pointee.deskDue
        if due.pointee.load(ordering: .relaxed) > now { return }
        shared.pointee.desk.hold {
            let sequence = shared.pointee.recorder.claim(
                HF_RECORD_STEP, time: now, body: UnsafeRawBufferPointer(start: nil, count: 0),
                part: Self.deskPart, parts: Self.deskPart)
            due.pointee.store(.max, ordering: .relaxed)
            fireExecutors(now, sequence)
            fireAccounts(now, sequence)
        }
    }

    private func fireExecutors(_ now: Int64, _ sequence: UInt64) {
        let executors = shared.pointee.executors
        let count = shared.pointee.names.counts.pointee.executors
        let silent = (0..<count).filter { executors[$0].silentAt <= now }
        for index in silent.sorted(by: { executors[$0].id < executors[$1].id }) {
            let due = executors[index].silentAt
            executors[index].isSilent = true
            tell(.alarm, executors[index].id, due, sequence)
        }
        for index in 0..<count { noteDue(executors[index].silentAt) }
    }

    private func fireAccounts(_ now: Int64, _ sequence: UInt64) {
        let accounts = shared.pointee.accounts
        let count = shared.pointee.names.counts.pointee.accounts
        func due(_ index: Int) -> Int64 {
            accounts[index].sync.pointee.due(accounts[index].terms)
        }
        let ready = (0..<count).filter { due($0) <= now }
        for index in ready.sorted(by: { accounts[$0].id < accounts[$1].id }) {
            while due(index) <= now { fire(index, now, sequence) }
        }
        for index in 0..<count { noteDue(due(index)) }
    }

    /// The first thing that an account has to do.
    private func fire(_ index: Int, _ now: Int64, _ sequence: UInt64) {
        let terms = shared.pointee.accounts[index].terms
        let sync = shared.pointee.accounts[index].sync
        let due = sync.pointee.due(terms)
        if sync.pointee.queryDue == due {
            waited(index, due, sequence)
        } else if sync.pointee.staleAt(terms) == due {
            sync.pointee.isStale = true
            let event = hf_event(.alarm, terms.id, due, what: .stale)
            emit(event, sequence)
        } else {
            if !sync.pointee.query.isLive { ask(index, due, sequence) }
            // Of what was slept through only the last would matter, and it is live already.
            sync.pointee.next = due + ((now - due) / terms.sync_every + 1) * terms.sync_every
        }
    }

    private func ask(_ index: Int, _ now: Int64, _ sequence: UInt64) {
        let sync = shared.pointee.accounts[index].sync
        sync.pointee.count += 1
        var query = Command()
        (query.count, query.epoch) = (sync.pointee.count, config.epoch)
        query.action = .queryPositions
        query.isFull = false
        (query.triggerTime, query.created) = (now, now)
        sync.pointee.query = query
        sync.pointee.queryDue = now + Timing.queryDeadline
        tell(.command, index, now, sequence)
        line(up: index)
    }

    /// Nobody took the question, or nobody answered it.
    private func waited(_ index: Int, _ now: Int64, _ sequence: UInt64) {
        let sync = shared.pointee.accounts[index].sync
        if sync.pointee.query.state == .pending {
            sync.pointee.queryDue = .max
            return tell(.alarm, index, now, sequence, what: .waiting)
        }
        sync.pointee.query.state = .pending
        sync.pointee.queryDue = now + Timing.queryDeadline
        tell(.commandState, index, now, sequence)
        line(up: index)
    }

    // MARK: the question on its way

    private func line(up index: Int) {
        let row = shared.pointee.accounts + index
        let executor = shared.pointee.executors + Int(row.pointee.executor)
        let ticket = ticket(index)
        _ = executor.pointee.lock.hold {
            executor.pointee.push(ticket, index, row.pointee.outbox)
        }
    }

    private func ticket(_ index: Int) -> Ticket {
        let query = shared.pointee.accounts[index].sync.pointee.query
        return Ticket(
            rank: Ticket.rank(lane: query.lane, priority: 0), time: query.triggerTime,
            position: ownID(index, query).owner, count: query.count, stripe: Ticket.desk,
            life: UInt32(index), isQuestion: true)
    }

    /// The question is answered: it stands in line no longer, if it did.
    private func leave(_ index: Int) {
        let row = shared.pointee.accounts + index
        let executor = shared.pointee.executors + Int(row.pointee.executor)
        let (query, ticket) = (row.pointee.sync.pointee.query, ticket(index))
        executor.pointee.lock.hold {
            if isOwnDue(query, executor.pointee.epoch) {
                executor.pointee.remove(ticket, index, row.pointee.outbox)
            }
        }
    }

    /// A sweep: the question stands in line if it is due to a session.
    func line(up index: Int, session: UInt32) {
        if isOwnDue(shared.pointee.accounts[index].sync.pointee.query, session) { line(up: index) }
    }

    private func isOwnDue(_ query: Command, _ session: UInt32) -> Bool {
        if query.count == 0 { return false }
        switch query.state {
        case .pending: return true
        case .sent, .acknowledged: return query.session < session
        default: return false
        }
    }

    func ownID(_ index: Int, _ query: Command) -> hf_command_id {
        hf_command_id(
            owner: hf_command_id.account + UInt64(index) + 1, count: query.count,
            epoch: query.epoch)
    }

    /// Whether the live question is that one.
    private func isOwn(_ id: hf_command_id, _ index: Int) -> Bool {
        let query = shared.pointee.accounts[index].sync.pointee.query
        return query.count == id.count && query.epoch == id.epoch
    }

    func accountIndex(of id: hf_command_id) throws(Failure) -> Int {
        let count = shared.pointee.definitions.hold { shared.pointee.names.counts.pointee.accounts }
        if id.accountIndex >= UInt64(count) { throw .command }
        return Int(id.accountIndex)
    }

    /// Gives questions out; tickets of one that is no longer due are passed over.
    func giveOwn(
        _ run: UnsafeMutableBufferPointer<Ticket>, _ executor: UnsafeMutablePointer<Executor>,
        _ epoch: UInt32, _ now: Int64, _ out: UnsafeMutablePointer<hf_command>
    ) -> Int {
        shared.pointee.desk.hold {
            var given = 0
            for ticket in run {
                let index = Int(ticket.life)
                let query = shared.pointee.accounts[index].sync.pointee.query
                if query.count != ticket.count || !isOwnDue(query, epoch) { continue }
                var record = hf_take()
                (record.executor, record.epoch) = (executor.pointee.id, epoch)
                (record.max, record.given) = (1, 1)
                let sequence = claim(record, [ownID(index, query)], now)
                mark(index, executor, epoch, now, sequence)
                write(index, to: out + given)
                given += 1
            }
            return given
        }
    }

    func checkOwn(
        _ id: hf_command_id, _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32
    ) throws(Failure) {
        let index = try accountIndex(of: id)
        let isDue = shared.pointee.desk.hold {
            isOwn(id, index) && isOwnDue(shared.pointee.accounts[index].sync.pointee.query, epoch)
                && shared.pointee.executors + Int(shared.pointee.accounts[index].executor)
                    == executor
        }
        if !isDue { throw .command }
    }

    /// The same as it was recorded.
    func giveOwn(
        _ id: hf_command_id, _ executor: UnsafeMutablePointer<Executor>, _ take: hf_take,
        _ ids: [hf_command_id], _ now: Int64, _ sequence: UInt64?
    ) -> UInt64? {
        shared.pointee.desk.hold {
            let sequence = sequence ?? claim(take, ids, now)
            mark(Int(id.accountIndex), executor, take.epoch, now, sequence)
            return sequence
        }
    }

    private func mark(
        _ index: Int, _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, _ now: Int64,
        _ sequence: UInt64
    ) {
        saw(executor, now, sequence)
        let sync = shared.pointee.accounts[index].sync
        sync.pointee.query.isRedelivered = sync.pointee.query.actBefore != 0
        sync.pointee.query.session = epoch
        sync.pointee.query.sent = now
        sync.pointee.query.deadline = now + Timing.queryDeadline
        sync.pointee.query.actBefore = now + Timing.actBeforeOthers
        sync.pointee.queryDue = sync.pointee.query.deadline
        noteDue(sync.pointee.queryDue)
        if sync.pointee.query.state == .sent { return }
        sync.pointee.query.state = .sent
        tell(.commandState, index, now, sequence)
    }

    /// The question as a record.
    func write(_ index: Int, to out: UnsafeMutablePointer<hf_command>) {
        let row = shared.pointee.accounts + index
        let query = row.pointee.sync.pointee.query
        out.blank()
        out.pointee.id = ownID(index, query)
        out.pointee.account = row.pointee.id
        out.pointee.executor = row.pointee.terms.executor
        out.pointee.created = query.created
        out.pointee.sent = query.sent
        out.pointee.deadline = query.deadline
        out.pointee.act_before = query.actBefore
        out.pointee.attempt = query.attempt
        out.pointee.retcode = query.retcode
        if query.isRedelivered { out.pointee.flags = UInt32(HF_COMMAND_REDELIVERED) }
        out.pointee.action = query.action.rawValue
        out.pointee.state = query.state.rawValue
        out.pointee.lane = query.lane
    }

    /// The question of an account that is live, or was last.
    func question(_ id: hf_command_id) throws(Failure) -> hf_command {
        let index = try accountIndex(of: id)
        return try shared.pointee.desk.hold { () throws(Failure) in
            if id.count == 0 || !isOwn(id, index) { throw .command }
            var record = hf_command()
            write(index, to: &record)
            return record
        }
    }

    var deskHash: UInt64 {
        let counts = shared.pointee.names.counts.pointee
        var sum: UInt64 = 0
        for index in 0..<counts.accounts {
            let account = shared.pointee.accounts + index
            sum = sum &+ account.pointee.sync.pointee.hash(account.pointee.id)
        }
        for index in 0..<counts.executors {
            sum = sum &+ shared.pointee.executors[index].hash
        }
        return sum
    }

    // MARK: its end

    /// Ends the question when that is the one that is answered; the desk is locked.
    func end(
        ownOf index: Int, _ id: hf_command_id, _ state: CommandState, _ now: Int64,
        _ sequence: UInt64
    ) {
        let sync = shared.pointee.accounts[index].sync
        if !isOwn(id, index) || !sync.pointee.query.isLive { return }
        leave(index)
        sync.pointee.query.state = state
        sync.pointee.queryDue = .max
        tell(.commandState, index, now, sequence)
    }

    /// Another executor is to be asked: the line of the old one has nothing of the account.
    func forgetQuestion(
        _ row: UnsafeMutablePointer<Account>, _ now: Int64, _ sequence: UInt64
    ) {
        let index = row - shared.pointee.accounts
        end(ownOf: index, ownID(index, row.pointee.sync.pointee.query), .superseded, now, sequence)
        let executor = shared.pointee.executors + Int(row.pointee.executor)
        executor.pointee.lock.hold { executor.pointee.beginSweep(index, row.pointee.outbox) }
    }

    /// An answer without a snapshot: a receipt, or the broker's no.
    func ackOwn(_ ack: hf_ack, _ now: Int64) throws(Failure) {
        let index = try accountIndex(of: ack.command)
        if ack.query != 0 || ack.isFill || ack.deal != 0 { throw .argument }
        let sync = shared.pointee.accounts[index].sync
        try shared.pointee.desk.hold { () throws(Failure) in
            if ack.command.epoch != config.epoch || ack.command.count == 0
                || ack.command.count > sync.pointee.count
            {
                throw .command
            }
            if !isOwn(ack.command, index) || !sync.pointee.query.isLive { return }
            let sequence = shared.pointee.recorder.claim(HF_RECORD_ACK, ack, time: now)
            sync.pointee.query.retcode = ack.code
            if ack.event != .receipt {
                end(ownOf: index, ack.command, .rejected, now, sequence)
                return tellFailed(index, now, sequence)
            }
            sync.pointee.queryDue = now + Timing.queryDeadline
            noteDue(sync.pointee.queryDue)
            if sync.pointee.query.state == .acknowledged { return }
            if sync.pointee.query.state == .pending { leave(index) }
            sync.pointee.query.state = .acknowledged
            tell(.commandState, index, now, sequence)
        }
    }

    // MARK: events

    /// Hands out an event that is no stripe's.
    func emit(_ event: hf_event, _ sequence: UInt64) {
        withUnsafePointer(to: event) { shared.pointee.events.append($0, sequence: sequence) }
        shared.pointee.bell.ring()
        if event.kind == EventKind.alarm.rawValue {
            shared.pointee.deskAlarms.pointee.add(1, ordering: .relaxed)
        }
    }

    /// Of an executor.
    func tell(_ kind: EventKind, _ executor: UInt64, _ now: Int64, _ sequence: UInt64) {
        var event = hf_event(kind, 0, now, what: .executor)
        event.new_value = Int64(bitPattern: executor)
        emit(event, sequence)
    }

    /// Of an account's question.
    private func tell(
        _ kind: EventKind, _ index: Int, _ now: Int64, _ sequence: UInt64, what: What = .none
    ) {
        let query = shared.pointee.accounts[index].sync.pointee.query
        var event = hf_event(kind, shared.pointee.accounts[index].id, now, what: what)
        event.command = ownID(index, query)
        event.action = query.action.rawValue
        event.state = query.state.rawValue
        event.attempt = query.attempt
        event.retcode = query.retcode
        emit(event, sequence)
    }
}

extension hf_event {
    init(_ kind: EventKind, _ account: UInt64, _ now: Int64, what: What) {
        self.init()
        self.kind = kind.rawValue
        (self.account, time, self.what) = (account, now, what.rawValue)
    }
}

extension Executor {
    /// When it counts as silent.
    var silentAt: Int64 {
        isSilent || terms.heartbeat_late == 0 ? .max : seen + terms.heartbeat_late
    }

    /// Not its session: which one it is has no part in what the core is.
    var hash: UInt64 {
        var record = Canonical(11)
        record.add(id)
        for value in [terms.rate, terms.heartbeat_late, Int64(terms.up)] { record.add(value) }
        record.add(terms.capabilities)
        record.add(terms.in_flight_max)
        if terms.heartbeat_late > 0 { record.add(seen) }
        record.add(UInt32(isSilent ? 1 : 0))
        return record.hash
    }
}
