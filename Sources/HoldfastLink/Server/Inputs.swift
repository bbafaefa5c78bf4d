import CHoldfast
import CHoldfastLink

/// Inputs of hosts, answers of executors.
extension Link {
    func input(_ peer: Peer, _ frame: Frame) throws(Fault) -> Reply {
        let parked = try parkable(frame)
        if peer.isExecutor {
            guard let parked else { throw .role }
            guard owns(parked, peer.executor) else { throw .foreign }
        } else if !peer.isHost {
            throw .role
        }
        if let parked, settings.isSimulated, frame.head.time > time {
            let isKept = parking.add(parked.keeping(frame.body), at: frame.head.time)
            guard isKept else { throw .parked }
            tally.add(.parked)
            tally.set(.parkedNow, parking.count)
            return reply(HF_LINK_PARKED, hf_outcome())
        }
        let outcome = apply(frame.kind, at: frame.head.time, frame.body)
        if outcome.status == Code.ok { saw(latestTime(of: frame)) }
        return reply(HF_LINK_OUTCOME, outcome)
    }

    func apply(_ kind: Int, at time: Int64, _ body: UnsafeRawBufferPointer) -> hf_outcome {
        var head = hf_record_head()
        head.kind = UInt16(truncatingIfNeeded: kind)
        head.version = UInt16(truncatingIfNeeded: HF_ABI_VERSION)
        head.size = UInt32(truncatingIfNeeded: body.count)
        head.time = time
        var outcome = hf_outcome()
        let status = hf_apply(core, &head, body.baseAddress, body.count, &outcome)
        outcome.status = status
        isDirty = true
        peers.unblock()
        tally.add(.inputs)
        if status != Code.ok { tally.add(.inputsRefused) }
        return outcome
    }

    private func parkable(_ frame: Frame) throws(Fault) -> ParkedInput? {
        switch frame.kind {
        case HF_RECORD_ACK: return .ack(try frame.record(hf_ack.self))
        case HF_RECORD_DEAL: return .deal(try frame.record(hf_deal.self))
        case HF_RECORD_FILL: return .fill(try frame.record(hf_fill.self))
        case HF_RECORD_RECONCILE: return .reconcile(try Snapshot(frame))
        default: return nil
        }
    }

    /// Ticks carry their own times; their head's says nothing.
    private func latestTime(of frame: Frame) -> Int64 {
        let size = MemoryLayout<hf_tick>.size
        guard frame.kind == HF_RECORD_TICKS, frame.body.count >= size else {
            return frame.head.time
        }
        return frame.body.loadUnaligned(
            fromByteOffset: frame.body.count / size * size - size, as: hf_tick.self
        ).time
    }

    /// Whether all that an answer names is this executor's. What the core does not know, it
    /// refuses.
    private func owns(_ input: ParkedInput, _ executor: UInt64) -> Bool {
        switch input {
        case .ack(let ack):
            return owns(command: ack.command, executor) && owns(position: ack.position, executor)
        case .deal(let deal):
            return owns(account: deal.account, executor) && owns(command: deal.command, executor)
                && owns(position: deal.position, executor)
        case .fill(let fill):
            return owns(account: fill.account, executor) && owns(position: fill.position, executor)
        case .reconcile(let snapshot):
            let account = snapshot.head.account
            return owns(account: account, executor)
                && owns(command: snapshot.head.command, executor)
                && snapshot.deals.allSatisfy {
                    ($0.account == account || owns(account: $0.account, executor))
                        && owns(command: $0.command, executor)
                        && owns(position: $0.position, executor)
                }
        }
    }

    private func owns(account id: UInt64, _ executor: UInt64) -> Bool {
        var view = hf_account_view()
        return hf_account_get(core, id, &view) != Code.ok
            || self.executor(of: view.account) == executor
    }

    private func executor(of account: hf_account) -> UInt64 {
        account.present & UInt32(HF_ACCOUNT_EXECUTOR) != 0 ? account.executor : account.id
    }

    private func owns(command id: hf_command_id, _ executor: UInt64) -> Bool {
        guard id.owner != 0 else { return true }
        var id = id
        var command = hf_command()
        return hf_command_get(core, &id, &command) != Code.ok || command.executor == executor
    }

    private func owns(position id: UInt64, _ executor: UInt64) -> Bool {
        guard id != 0 else { return true }
        var position = hf_position()
        return hf_position_get(core, id, &position) != Code.ok || position.executor == executor
    }
}
