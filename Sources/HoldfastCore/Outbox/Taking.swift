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
        guard let out else { return 0 }
        return withUnsafeTemporaryAllocation(of: Ticket.self, capacity: Limits.taken) { room in
            var given = 0
            while given < max {
                let most = min(max - given, Limits.taken)
                let (count, needsSweep) = collect(executor, most: most, into: room)
                given += give(room[..<count], executor.pointee.id, epoch, now, out + given)
                if needsSweep { sweep(executor, epoch) } else if count < most { break }
            }
            return given
        }
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
            stripe.pointee.lock.hold {
                // What a faulted stripe cannot give out must not stand before the others for ever.
                if !stripe.pointee.isFaulted { stripe.pointee.sweep(executor, session: epoch) }
            }
        }
    }

    /// - Returns: how many tickets are due, at the start of `room`, and whether others wait at
    ///   their positions.
    private func collect(
        _ executor: UnsafeMutablePointer<Executor>, most: Int,
        into room: UnsafeMutableBufferPointer<Ticket>
    ) -> (count: Int, needsSweep: Bool) {
        executor.pointee.lock.hold {
            var count = 0
            while count < most, let ticket = executor.pointee.outbox.pop() {
                room.initializeElement(at: count, to: ticket)
                count += 1
            }
            return (count, count < most && executor.pointee.outbox.needsSweep)
        }
    }

    /// Gives a batch out: runs of one stripe under one lock and one sequence.
    private func give(
        _ batch: Slice<UnsafeMutableBufferPointer<Ticket>>, _ executor: UInt64, _ epoch: UInt32,
        _ now: Int64, _ out: UnsafeMutablePointer<hf_command>
    ) -> Int {
        var given = 0
        var start = batch.startIndex
        while start < batch.endIndex {
            var end = start + 1
            while end < batch.endIndex && batch[end].stripe == batch[start].stripe { end += 1 }
            let run = UnsafeMutableBufferPointer(rebasing: batch[start..<end])
            let stripe = stripes + Int(batch[start].stripe)
            stripe.pointee.lock.take()
            given += give(run, &stripe.pointee, executor, epoch, now, out + given)
            stripe.pointee.lock.give()
            start = end
        }
        return given
    }

    private func give(
        _ run: UnsafeMutableBufferPointer<Ticket>, _ stripe: inout Stripe, _ executor: UInt64,
        _ epoch: UInt32, _ now: Int64, _ out: UnsafeMutablePointer<hf_command>
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

    private func claim(
        _ due: UnsafeMutableBufferPointer<Ticket>, _ executor: UInt64, _ epoch: UInt32,
        _ now: Int64
    ) -> UInt64 {
        var record = hf_take()
        record.executor = executor
        record.epoch = epoch
        record.max = UInt32(due.count)
        record.given = UInt32(due.count)
        if !shared.pointee.recorder.isRecording {
            return shared.pointee.recorder.claim(HF_RECORD_TAKE, record, time: now)
        }
        let ids = due.map {
            hf_command_id(owner: $0.position, count: $0.count, epoch: config.epoch)
        }
        return claim(record, ids, now)
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
                _ = stripe.give(id, life: p.pointee.life, session: take.epoch, now, to: nil)
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
        try executor(id).pointee.outbox.waiting
    }
}
