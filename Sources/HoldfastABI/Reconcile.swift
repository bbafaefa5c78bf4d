import CHoldfast
import HoldfastCore

@c(hf_reconcile_init) @implementation
public func hf_reconcile_init(
    _ reconcile: UnsafeMutablePointer<hf_reconcile>!, _ account: UInt64, _ asked_at: Int64
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(reconcile)
        var reconcile = hf_reconcile()
        (reconcile.account, reconcile.asked_at) = (account, asked_at)
        out.pointee = reconcile
    }
}

@c(hf_reconcile_apply) @implementation
public func hf_reconcile_apply(
    _ core: OpaquePointer!, _ reconcile: UnsafePointer<hf_reconcile>!,
    _ positions: UnsafePointer<hf_broker_position>!, _ deals: UnsafePointer<hf_deal>!,
    _ now: Int64, _ report: UnsafeMutablePointer<hf_sync_report>!,
    _ out: UnsafeMutablePointer<hf_difference>!, _ max: UInt32
) -> hf_status {
    input(core) { (core) throws(Failure) in
        let head = try present(reconcile).pointee
        if head.positions > 0 && positions == nil || head.deals > 0 && deals == nil {
            throw .argument
        }
        if max > 0 && out == nil { throw .argument }
        var written = 0
        let answer = try core.reconcile(
            head, UnsafeBufferPointer(start: positions, count: Int(head.positions)),
            UnsafeBufferPointer(start: deals, count: Int(head.deals)), now
        ) { difference in
            if written < Int(max) { out[written] = difference }
            written += 1
        }
        report?.pointee = answer
    }
}

@c(hf_sync_get) @implementation
public func hf_sync_get(
    _ core: OpaquePointer!, _ account: UInt64, _ status: UnsafeMutablePointer<hf_sync_status>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(status)
        out.pointee = try engine.core.sync(of: account)
    }
}

/// A snapshot as bytes: its head, its positions, its deals; or a piece of a recorded one.
func applyReconcile(
    _ core: Core, _ bytes: UnsafeRawBufferPointer, _ now: Int64, _ answer: inout hf_outcome
) throws(Failure) {
    let size = MemoryLayout<hf_reconcile>.size
    if bytes.count < size { throw .range }
    let head = bytes.loadUnaligned(as: hf_reconcile.self)
    if head.piece == UInt8(HF_PIECE_END) {
        if bytes.count != size + MemoryLayout<hf_sync_report>.size { throw .range }
        let told = bytes.loadUnaligned(fromByteOffset: size, as: hf_sync_report.self)
        return try core.reconcile(piece: head, Core.Positions(start: nil, count: 0), told, now)
    }
    let isHead = head.piece == UInt8(HF_PIECE_BEGIN)
    let (positions, rest) = try records(
        bytes, from: size, isHead ? 0 : head.positions, as: hf_broker_position.self)
    defer { positions.deallocate() }
    let (deals, end) = try records(bytes, from: rest, isHead ? 0 : head.deals, as: hf_deal.self)
    defer { deals.deallocate() }
    if end != bytes.count { throw .range }
    if head.piece != UInt8(HF_PIECE_WHOLE) {
        return try core.reconcile(piece: head, Core.Positions(positions), nil, now)
    }
    let report = try core.reconcile(
        head, Core.Positions(positions), Core.Deals(deals), now, each: { _ in })
    answer.count = report.found + report.adopted
    answer.refused = report.skipped
}

/// Records that lie anywhere, brought to where they may.
private func records<Record>(
    _ bytes: UnsafeRawBufferPointer, from start: Int, _ count: UInt32, as type: Record.Type
) throws(Failure) -> (UnsafeMutableBufferPointer<Record>, end: Int) {
    let size = Int(count) * MemoryLayout<Record>.stride
    if bytes.count - start < size { throw .range }
    let room = UnsafeMutableBufferPointer<Record>.allocate(capacity: Int(count))
    UnsafeMutableRawBufferPointer(room).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]))
    return (room, start + size)
}
