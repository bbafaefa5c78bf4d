import CHoldfast

/// An executor takes its commands. Taking is an input: recorded with the ids that it gave out.
extension Core {
    /// - Parameter out: room for `max` commands; nil for none.
    /// - Returns: how many were given out.
    public func take(
        _ id: UInt64, epoch: UInt32, _ now: Int64, max: Int, out: UnsafeMutablePointer<hf_command>?
    ) throws(Failure) -> Int {
        if !Instant.isLegal(now) { throw .range }
        if epoch == 0 { throw .range }
        let executor = try executor(id)
        try begin(executor, epoch, now)
        if out != nil && executor.pointee.lock.hold({ executor.pointee.mayOffer(now) }) {
            offerAgain(executor, now)
        }
        let given = out.map { give(executor, epoch, now, max: max, $0) } ?? 0
        if given == 0 { sign(executor, epoch, now) }
        return given
    }

    private func give(
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, _ now: Int64, max: Int,
        _ out: UnsafeMutablePointer<hf_command>
    ) -> Int {
        withUnsafeTemporaryAllocation(of: Ticket.self, capacity: Limits.taken) { room in
            var given = 0
            while given < max {
                let most = min(max - given, Limits.taken)
                let picked = collect(executor, most: most, now, into: room)
                let more = give(room[..<picked.count], executor, epoch, now, out + given)
                takeBack(executor, picked.counted, out + given, more)
                given += more
                if let swept = picked.swept {
                    sweep(executor, epoch, only: swept)
                } else if picked.count < most && more == picked.count {
                    // What was picked and may not go leaves its place to the next.
                    break
                }
            }
            return given
        }
    }

    /// What was counted as in flight when it was picked, and was not given out.
    private func takeBack(
        _ executor: UnsafeMutablePointer<Executor>, _ counted: Int,
        _ out: UnsafeMutablePointer<hf_command>, _ given: Int
    ) {
        var more = counted
        for at in 0..<given where !out[at].isQuestion { more -= 1 }
        if more != 0 { executor.pointee.lock.hold { executor.pointee.inFlight -= more } }
    }

    /// Closes that are put off go in line where they have waited long enough.
    private func offerAgain(_ executor: UnsafeMutablePointer<Executor>, _ now: Int64) {
        for index in 0..<stripeCount {
            let stripe = stripes + index
            stripe.pointee.lock.hold {
                if !stripe.pointee.isFaulted { stripe.pointee.offer(executor, now) }
            }
        }
    }

    /// A new session: what the old one took and never answered is in line again.
    private func begin(
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, _ now: Int64
    ) throws(Failure) {
        executor.pointee.lock.take()
        let old = executor.pointee.epoch
        if epoch > old { (executor.pointee.epoch, executor.pointee.inFlight) = (epoch, 0) }
        executor.pointee.lock.give()
        if epoch < old { throw .executor }
        if epoch == old { return }
        var record = hf_take()
        record.executor = executor.pointee.id
        record.epoch = epoch
        shared.pointee.desk.hold {
            let sequence = shared.pointee.recorder.claim(HF_RECORD_TAKE, record, time: now)
            saw(executor, now, sequence)
        }
        sweep(executor, epoch, only: nil)
    }

    /// Puts everything that waits for an executor, of one of its accounts or of all, in line again.
    private func sweep(
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, only: UInt32?
    ) {
        let index = UInt32(executor - shared.pointee.executors)
        shared.pointee.desk.hold {
            for account in 0..<shared.pointee.names.counts.pointee.accounts {
                let row = shared.pointee.accounts + account
                if row.pointee.executor != index || only.map({ Int($0) != account }) == true {
                    continue
                }
                executor.pointee.lock.hold {
                    executor.pointee.beginSweep(account, row.pointee.outbox)
                }
                line(up: account, session: epoch)
            }
        }
        for index in 0..<stripeCount {
            let stripe = stripes + index
            stripe.pointee.lock.hold {
                // What a faulted stripe cannot give out must not stand before the others for ever.
                if stripe.pointee.isFaulted { return }
                stripe.pointee.sweep(executor, session: epoch, only: only)
            }
        }
    }

    /// - Returns: how many tickets are due, at the start of `room`, how many of them its limit
    ///   counts, and the account of which others wait at their positions.
    private func collect(
        _ executor: UnsafeMutablePointer<Executor>, most: Int, _ now: Int64,
        into room: UnsafeMutableBufferPointer<Ticket>
    ) -> (count: Int, counted: Int, swept: UInt32?) {
        executor.pointee.lock.hold {
            if executor.pointee.terms.up == 0 { return (0, 0, nil) }
            let places = executor.pointee.room
            var entries = executor.pointee.entriesAllowed(now)
            // One place is kept for what must not wait for an entry's answer.
            let kept = executor.pointee.terms.in_flight_max > 1 ? 1 : 0
            var (count, counted) = (0, 0)
            defer { executor.pointee.inFlight += counted }
            while count < most && counted < places {
                let takesEntries = entries > 0 && counted < places - kept
                let classes = takesEntries ? Turns.classes : Turns.entries
                guard let (account, index) = executor.pointee.turns.next(of: classes) else { break }
                let outbox = shared.pointee.accounts[account].outbox
                // Its heap is empty: what it has is found by a sweep.
                guard let ticket = executor.pointee.pop(account, outbox) else {
                    return (count, counted, UInt32(account))
                }
                executor.pointee.turns.serve(account, in: index)
                room.initializeElement(at: count, to: ticket)
                count += 1
                if !ticket.isQuestion { counted += 1 }
                if ticket.turn == Turns.entries { entries -= 1 }
                if outbox.pointee.needsSweep { return (count, counted, UInt32(account)) }
            }
            return (count, counted, nil)
        }
    }

    /// Gives a batch out: runs of one stripe under one lock and one sequence.
    private func give(
        _ batch: Slice<UnsafeMutableBufferPointer<Ticket>>,
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, _ now: Int64,
        _ out: UnsafeMutablePointer<hf_command>
    ) -> Int {
        var given = 0
        var start = batch.startIndex
        while start < batch.endIndex {
            var end = start + 1
            while end < batch.endIndex && batch[end].stripe == batch[start].stripe { end += 1 }
            let run = UnsafeMutableBufferPointer(rebasing: batch[start..<end])
            start = end
            if run[0].stripe == Ticket.desk {
                given += giveOwn(run, executor, epoch, now, out + given)
                continue
            }
            let stripe = stripes + Int(run[0].stripe)
            stripe.pointee.lock.take()
            given += give(run, &stripe.pointee, executor, epoch, now, out + given)
            stripe.pointee.lock.give()
        }
        return given
    }

    private func give(
        _ run: UnsafeMutableBufferPointer<Ticket>, _ stripe: inout Stripe,
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, _ now: Int64,
        _ out: UnsafeMutablePointer<hf_command>
    ) -> Int {
        var count = 0
        for ticket in run where stripe.isDue(ticket, session: epoch) {
            // A push beside a sweep may put a command in line twice; its tickets are neighbours.
            if count > 0 && run[count - 1].position == ticket.position
                && run[count - 1].count == ticket.count
            {
                continue
            }
            run[count] = ticket
            count += 1
        }
        if count == 0 || stripe.isFaulted { return 0 }
        let due = UnsafeMutableBufferPointer(rebasing: run[..<count])
        stripe.sequence = claim(due, executor, epoch, now)
        var given = 0
        for ticket in due {
            let id = hf_command_id(
                owner: ticket.position, count: ticket.count, epoch: config.epoch)
            if stripe.give(id, life: ticket.life, session: epoch, now, to: out + given) {
                given += 1
            }
        }
        return given
    }

    /// The sequence of a take that gives tickets out; its executor was seen.
    func claim(
        _ due: UnsafeMutableBufferPointer<Ticket>, _ executor: UnsafeMutablePointer<Executor>,
        _ epoch: UInt32, _ now: Int64
    ) -> UInt64 {
        var record = hf_take()
        record.executor = executor.pointee.id
        record.epoch = epoch
        record.max = UInt32(due.count)
        record.given = UInt32(due.count)
        var ids: [hf_command_id] = []
        if shared.pointee.recorder.isRecording {
            ids = due.map {
                hf_command_id(owner: $0.position, count: $0.count, epoch: config.epoch)
            }
        }
        let entries = due.count { $0.turn == Turns.entries }
        return claim(record, ids, executor, entries: entries, now)
    }

    private func claim(
        _ take: hf_take, _ ids: [hf_command_id], _ executor: UnsafeMutablePointer<Executor>,
        entries: Int, _ now: Int64
    ) -> UInt64 {
        if entries > 0 {
            executor.pointee.lock.hold { executor.pointee.count(entries: entries, now) }
        }
        // Whether it is silent is told in the order of the recording.
        if executor.pointee.terms.heartbeat_late == 0 { return claim(take, ids, now) }
        return shared.pointee.desk.hold {
            let sequence = claim(take, ids, now)
            saw(executor, now, sequence)
            return sequence
        }
    }

    func claim(_ take: hf_take, _ ids: [hf_command_id], _ now: Int64) -> UInt64 {
        withUnsafeBytes(of: take) { head in
            ids.withUnsafeBytes { tail in
                shared.pointee.recorder.claim(HF_RECORD_TAKE, time: now, body: head, tail: tail)
            }
        }
    }

    // MARK: signs of life

    /// A take that gave nothing out is a sign of life. It is an input when it says something new:
    /// of one that was silent, or a quarter of its patience after the last.
    private func sign(
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, _ now: Int64
    ) {
        shared.pointee.desk.hold {
            let late = executor.pointee.terms.heartbeat_late
            if late == 0 { return }
            if !executor.pointee.isSilent && now - late / 4 < executor.pointee.seen { return }
            var record = hf_take()
            (record.executor, record.epoch) = (executor.pointee.id, epoch)
            let sequence = shared.pointee.recorder.claim(HF_RECORD_TAKE, record, time: now)
            saw(executor, now, sequence)
        }
    }

    /// The desk is locked.
    func saw(
        _ executor: UnsafeMutablePointer<Executor>, _ now: Int64, _ sequence: UInt64
    ) {
        executor.pointee.seen = max(executor.pointee.seen, now)
        noteDue(executor.pointee.silentAt)
        if !executor.pointee.isSilent { return }
        executor.pointee.isSilent = false
        tell(.changed, executor.pointee.id, now, sequence)
    }

    // MARK: as it was recorded

    /// Applies a take as it was recorded: exactly these ids go out.
    public func take(_ take: hf_take, ids: [hf_command_id], _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        let executor = try executor(take.executor)
        var entries = 0
        for id in ids where try isEntry(id, executor, take.epoch) { entries += 1 }
        if executor.pointee.lock.hold({ executor.pointee.epoch }) != take.epoch {
            try begin(executor, take.epoch, now)
        } else if ids.isEmpty {
            sign(executor, take.epoch, now)
        }
        var sequence: UInt64?
        for id in ids {
            if id.isOfAccount {
                sequence = giveOwn(id, executor, take, ids, now, sequence)
                continue
            }
            try with(id.owner) { (stripe, p) throws(Failure) in
                // One input, one sequence, as when it was given out.
                sequence = sequence ?? claim(take, ids, executor, entries: entries, now)
                stripe.sequence = sequence ?? stripe.sequence
                if stripe.live(p, id)?.isQuestion == false {
                    executor.pointee.lock.hold { executor.pointee.inFlight += 1 }
                }
                _ = stripe.give(id, life: p.pointee.life, session: take.epoch, now, to: nil)
            }
        }
    }

    /// Whether a command that must be due is an entry's.
    private func isEntry(
        _ id: hf_command_id, _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32
    ) throws(Failure) -> Bool {
        if id.isOfAccount {
            try checkOwn(id, executor, epoch)
            return false
        }
        return try with(id.owner) { (stripe, p) throws(Failure) in
            if !stripe.isDue(id, p, executor, session: epoch) { throw .command }
            return p.pointee.isPending && stripe.live(p, id)?.action == Action.open.rawValue
        }
    }

    public func waiting(_ id: UInt64) throws(Failure) -> Int {
        try executor(id).pointee.waiting.pointee.load(ordering: .acquiring)
    }
}
