import CHoldfast

/// What a host says of executors, and how they stand.
extension Core {
    public func put(_ executor: hf_executor, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        try check(executor)
        shared.pointee.definitions.take()
        defer { shared.pointee.definitions.give() }
        let index = try executorIndex(executor.id)
        let row = shared.pointee.executors + Int(index)
        // Stripes read the terms under their own locks, takes under the executor's.
        holdAll {
            shared.pointee.desk.hold {
                let sequence = shared.pointee.recorder.claim(
                    HF_RECORD_EXECUTOR, executor, time: now)
                row.pointee.lock.hold { row.pointee.terms = executor }
                if executor.heartbeat_late > 0 { row.pointee.seen = max(row.pointee.seen, now) }
                if executor.heartbeat_late == 0 { row.pointee.isSilent = false }
                noteDue(row.pointee.silentAt)
                tell(.changed, executor.id, now, sequence)
            }
        }
    }

    private func check(_ executor: hf_executor) throws(Failure) {
        if !isZero(executor.reserved) || executor.up > 1 { throw .argument }
        if executor.capabilities & ~UInt32(HF_CAN_ALL) != 0 { throw .argument }
        if executor.id == 0 || executor.rate < 0 { throw .range }
        if executor.heartbeat_late < 0 || executor.heartbeat_late >= Limits.wait { throw .range }
    }

    public func executor(view id: UInt64) throws(Failure) -> hf_executor_view {
        let row = try executor(id)
        var view = hf_executor_view()
        row.pointee.lock.hold {
            view.executor = row.pointee.terms
            view.epoch = row.pointee.epoch
            view.in_flight = UInt32(clamping: row.pointee.inFlight)
            view.unanswered = UInt32(clamping: row.pointee.unanswered)
        }
        shared.pointee.desk.hold {
            view.seen = row.pointee.seen == .min ? 0 : row.pointee.seen
            view.silent = row.pointee.isSilent ? 1 : 0
        }
        view.slow = view.unanswered > 0 ? 1 : 0
        view.waiting = UInt32(clamping: row.pointee.waiting.pointee.load(ordering: .acquiring))
        return view
    }
}

extension Stripe {
    /// Whether the executor of a position can do what is asked.
    mutating func can(_ capability: Int32, _ p: Row) -> Bool { executor(p).pointee.can(capability) }

    /// Keeps its executor's account of a command that has taken a new state. What goes out is
    /// counted, and taken out of the line, where it is given out.
    mutating func note(
        _ p: Row, _ life: UInt32, _ command: borrowing Command, from old: CommandState
    ) {
        let (new, session) = (command.state, command.session)
        let isBack = old.isOut && !new.isOut
        let isLeft = old == .pending && new != .sent
        if !isBack && !isLeft && old != .unknown && new != .unknown { return }
        let executor = executor(p)
        let isCounted = command.action != .queryDeals
        let isInLine = executor.pointee.lock.hold { () -> Bool in
            let isOwn = session == executor.pointee.epoch
            // What an older session had stands in line again.
            let isInLine = isLeft || isBack && !isOwn
            if !isCounted { return isInLine }
            if isBack && isOwn { executor.pointee.inFlight -= 1 }
            let isFound = old == .unknown || old == .pending
            if isFound && new.isOut { executor.pointee.inFlight += 1 }
            if old == .unknown { executor.pointee.unanswered -= 1 }
            if new == .unknown { executor.pointee.unanswered += 1 }
            return isInLine
        }
        if !isInLine { return }
        let isMain = command.count == lives[life].pointee.command.count
        if isMain && lives[life].pointee.isPutOff {
            endPutOff(p, life)
        } else {
            leave(p, life, command, executor)
        }
    }

    /// Takes a command that is no longer to be given out from the line.
    @inline(never)
    mutating func leave(
        _ p: Row, _ life: UInt32, _ command: borrowing Command,
        _ executor: UnsafeMutablePointer<Executor>
    ) {
        let account = Int(accountIndex(p))
        let outbox = shared.pointee.accounts[account].outbox
        let ticket = ticket(p, life, command)
        executor.pointee.lock.hold { executor.pointee.remove(ticket, account, outbox) }
    }
}

extension CommandState {
    /// An executor has it, and its deadline is not over.
    var isOut: Bool { self == .sent || self == .acknowledged }
}

extension hf_command {
    /// It asks and does nothing: no limit of an executor counts it.
    var isQuestion: Bool {
        action == Action.queryDeals.rawValue || action == Action.queryPositions.rawValue
    }
}
