import CHoldfast
import HoldfastCore
import HoldfastEngine

@c(hf_apply) @implementation
public func hf_apply(
    _ core: OpaquePointer!, _ head: UnsafePointer<hf_record_head>!, _ body: UnsafeRawPointer!,
    _ size: Int, _ outcome: UnsafeMutablePointer<hf_outcome>!
) -> hf_status {
    var answer = hf_outcome()
    let (found, status) = Handles.shared.find(core)
    guard let found else { return hf_status(status) }
    answer.status = found._withUnsafeGuaranteedRef { engine in
        do {
            let head = try present(head).pointee
            if body == nil && size > 0 { throw Failure.argument }
            if head.version != UInt16(HF_ABI_VERSION) { throw Failure.version }
            if Int(head.size) != size { throw Failure.range }
            let bytes = UnsafeRawBufferPointer(start: body, count: size)
            try apply(engine, head, bytes, &answer)
            return hf_status(HF_OK)
        } catch {
            engine.core.countRefusal()
            return (error as? Failure)?.rawValue ?? hf_status(HF_E_FAULT)
        }
    }
    outcome?.pointee = answer
    return answer.status
}

/// One record of a body that must be exactly that long.
private func record<Record>(
    _ bytes: UnsafeRawBufferPointer, as type: Record.Type
) throws(Failure) -> Record {
    if bytes.count != MemoryLayout<Record>.size { throw .range }
    return bytes.loadUnaligned(as: type)
}

private func apply(
    _ engine: Engine, _ head: hf_record_head, _ bytes: UnsafeRawBufferPointer,
    _ answer: inout hf_outcome
) throws(Failure) {
    let core = engine.core
    let now = head.time
    switch Int(head.kind) {
    case HF_RECORD_SYMBOL:
        answer.symbol = try core.put(try record(bytes, as: hf_symbol.self), now)
    case HF_RECORD_ACCOUNT: try core.put(try record(bytes, as: hf_account.self), now)
    case HF_RECORD_OPEN:
        var open = try record(bytes, as: hf_open.self)
        try core.open(&open, now)
        answer.position = open.position
    case HF_RECORD_ENTRY:
        var entry = try record(bytes, as: hf_open.self)
        try core.enter(&entry, now)
        answer.position = entry.position
    case HF_RECORD_FILL:
        var fill = try record(bytes, as: hf_fill.self)
        try core.fill(&fill, now, isRecorded: true)
        answer.position = fill.position
    case HF_RECORD_RATE: try core.put(try record(bytes, as: hf_rate.self), now)
    case HF_RECORD_DEPOSIT: try core.deposit(try record(bytes, as: hf_deposit.self), now)
    case HF_RECORD_CLOSE_BY: try core.closeBy(try record(bytes, as: hf_close_by.self), now)
    case HF_RECORD_TICKS: try applyTicks(engine, head, bytes, &answer)
    case HF_RECORD_MODIFY: try core.modify(try record(bytes, as: hf_modify.self), now)
    case HF_RECORD_RULE: try core.put(try record(bytes, as: hf_rule.self), now)
    case HF_RECORD_CLOSE:
        var count: UInt32 = 0
        try core.close(try record(bytes, as: hf_close.self), now) { _ in count += 1 }
        answer.count = count
    case HF_RECORD_CANCEL: try core.cancel(try record(bytes, as: hf_cancel.self), now)
    case HF_RECORD_ACK: try core.ack(try record(bytes, as: hf_ack.self), now)
    case HF_RECORD_DEAL: try core.deal(try record(bytes, as: hf_deal.self), now)
    case HF_RECORD_STEP:
        if !bytes.isEmpty { throw .range }
        try core.step(now, part: Int(head.part), parts: Int(head.parts))
    case HF_RECORD_TAKE: try applyTake(core, bytes, now, &answer)
    case HF_RECORD_EXECUTOR: try core.put(try record(bytes, as: hf_executor.self), now)
    case HF_RECORD_RECONCILE: try applyReconcile(core, bytes, now, &answer)
    case HF_RECORD_BAR, HF_RECORD_CANDLE, HF_RECORD_GUARD, HF_RECORD_RELEASE, HF_RECORD_ROLL,
        HF_RECORD_DECISION, HF_RECORD_STATE, HF_RECORD_EMERGENCY_STOP:
        throw .unsupported
    default: throw .argument
    }
}

private func applyTicks(
    _ engine: Engine, _ head: hf_record_head, _ bytes: UnsafeRawBufferPointer,
    _ answer: inout hf_outcome
) throws(Failure) {
    let stride = MemoryLayout<hf_tick>.stride
    if bytes.isEmpty || bytes.count % stride != 0 { throw .range }
    let count = bytes.count / stride
    // The bytes may lie anywhere: records in a frame or a file are not aligned.
    let ticks = UnsafeMutablePointer<hf_tick>.allocate(capacity: count)
    defer { ticks.deallocate() }
    UnsafeMutableRawPointer(ticks).copyMemory(
        from: bytes.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
    let done = engine.ticks(ticks, count)
    (answer.count, answer.refused) = (done.accepted, done.refused)
    // One tick is refused like any input; in a batch the rest goes on.
    if count == 1, let first = done.first { throw first.failure }
}

private func applyTake(
    _ core: Core, _ bytes: UnsafeRawBufferPointer, _ now: Int64, _ answer: inout hf_outcome
) throws(Failure) {
    let size = MemoryLayout<hf_take>.size
    let one = MemoryLayout<hf_command_id>.stride
    if bytes.count < size { throw .range }
    let take = bytes.loadUnaligned(as: hf_take.self)
    if take.reserved != 0 { throw .argument }
    if bytes.count != size + Int(take.given) * one { throw .range }
    let ids = (0..<Int(take.given)).map {
        bytes.loadUnaligned(fromByteOffset: size + $0 * one, as: hf_command_id.self)
    }
    try core.take(take, ids: ids, now)
    answer.count = take.given
}
