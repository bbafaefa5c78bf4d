import CHoldfast

/// An executor takes its commands. Taking is an input: recorded with the ids that it gave out.
extension Core {
    /// - Parameter out: takes each command.
    /// - Returns: how many were given out.
    public func take(
        _ id: UInt64, epoch: UInt32, _ now: Int64, max: Int, out: (hf_command) -> Void
    ) throws(Failure) -> Int {
        if !Instant.isLegal(now) { throw .range }
        if epoch == 0 { throw .range }
        let executor = try executor(id)
        try begin(executor, epoch, now)
        var given = 0
        var batch: [Ticket] = []
        while given < max {
            batch.removeAll(keepingCapacity: true)
            collect(executor, epoch, most: min(max - given, Limits.slice), into: &batch)
            if batch.isEmpty { break }
            given += give(batch[...], executor.pointee.id, epoch, now, out)
        }
        return given
    }

    /// A new session: what the old one took and never answered is in line again.
    private func begin(
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, _ now: Int64
    ) throws(Failure) {
        executor.pointee.lock.take()
        let old = executor.pointee.epoch
        if epoch > old { executor.pointee.epoch = epoch }
        executor.pointee.lock.give()
        if epoch < old { throw .executor }
        if epoch == old { return }
        var record = hf_take()
        record.executor = executor.pointee.id
        record.epoch = epoch
        _ = shared.pointee.recorder.claim(HF_RECORD_TAKE, record, time: now)
        sweep(executor, epoch)
    }

    /// Puts everything that waits for an executor in line again.
    private func sweep(_ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32) {
        executor.pointee.lock.hold { executor.pointee.outbox.beginSweep() }
        for index in 0..<stripeCount {
            let stripe = stripes + index
            stripe.pointee.lock.hold { stripe.pointee.sweep(executor, session: epoch) }
        }
    }

    private func collect(
        _ executor: UnsafeMutablePointer<Executor>, _ epoch: UInt32, most: Int,
        into batch: inout [Ticket]
    ) {
        if executor.pointee.lock.hold({ executor.pointee.outbox.needsSweep }) {
            sweep(executor, epoch)
        }
        executor.pointee.lock.hold {
            while batch.count < most, let ticket = executor.pointee.outbox.pop() {
                batch.append(ticket)
            }
        }
    }

    /// Gives a batch out: runs of one stripe under one lock and one sequence.
    private func give(
        _ batch: ArraySlice<Ticket>, _ executor: UInt64, _ epoch: UInt32, _ now: Int64,
        _ out: (hf_command) -> Void
    ) -> Int {
        var given = 0
        var rest = batch
        while let first = rest.first {
            let run = rest.prefix { $0.stripe == first.stripe }
            rest = rest.dropFirst(run.count)
            let stripe = stripes + Int(first.stripe)
            stripe.pointee.lock.take()
            given += give(run, &stripe.pointee, executor, epoch, now, out)
            stripe.pointee.lock.give()
        }
        return given
    }

    private func give(
        _ run: ArraySlice<Ticket>, _ stripe: inout Stripe, _ executor: UInt64, _ epoch: UInt32,
        _ now: Int64, _ out: (hf_command) -> Void
    ) -> Int {
        var due = run.filter { stripe.isDue($0, session: epoch) }
        // A push beside a sweep may put a command in line twice; its tickets are neighbours then.
        for at in due.indices.reversed().dropLast()
        where due[at].position == due[at - 1].position && due[at].count == due[at - 1].count {
            due.remove(at: at)
        }
        if due.isEmpty || stripe.isFaulted { return 0 }
        let ids = due.map {
            hf_command_id(owner: $0.position, count: $0.count, epoch: config.epoch)
        }
        var record = hf_take()
        record.executor = executor
        record.epoch = epoch
        record.max = UInt32(ids.count)
        record.given = UInt32(ids.count)
        stripe.sequence = claim(record, ids, now)
        var given = 0
        for (ticket, id) in zip(due, ids) {
            if let command = stripe.give(id, life: ticket.life, session: epoch, now) {
                out(command)
                given += 1
            }
        }
        return given
    }

    /// Applies a take as it was recorded: exactly these ids go out.
    public func take(_ take: hf_take, ids: [hf_command_id], _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        let executor = try executor(take.executor)
        for id in ids {
            try with(id.owner) { (stripe, p) throws(Failure) in
                if !stripe.isDue(id, p, executor, session: take.epoch) { throw .command }
            }
        }
        if executor.pointee.lock.hold({ executor.pointee.epoch }) != take.epoch {
            try begin(executor, take.epoch, now)
        }
        var sequence: UInt64?
        for id in ids {
            try with(id.owner) { (stripe, p) throws(Failure) in
                // One input, one sequence, as when it was given out.
                sequence = sequence ?? claim(take, ids, now)
                stripe.sequence = sequence ?? stripe.sequence
                _ = stripe.give(id, life: p.pointee.life, session: take.epoch, now)
            }
        }
    }

    private func claim(_ take: hf_take, _ ids: [hf_command_id], _ now: Int64) -> UInt64 {
        withUnsafeBytes(of: take) { head in
            ids.withUnsafeBytes { tail in
                shared.pointee.recorder.claim(HF_RECORD_TAKE, time: now, body: head, tail: tail)
            }
        }
    }

    public func waiting(_ id: UInt64) throws(Failure) -> Int {
        let executor = try executor(id)
        return executor.pointee.lock.hold { executor.pointee.outbox.waiting }
    }
}
