import CHoldfast

/// What a broker has of an account: a head, its positions, its deals.
struct Snapshot {
    let head: hf_reconcile
    let deals: [hf_deal]
    /// The whole body, once it is parked.
    private(set) var kept: [UInt8] = []

    init(_ frame: Frame) throws(Fault) {
        let size = MemoryLayout<hf_reconcile>.size
        guard frame.body.count >= size else { throw .size }
        let head = frame.body.loadUnaligned(as: hf_reconcile.self)
        // Pieces are a recording's.
        guard head.piece == UInt8(HF_PIECE_WHOLE) else { throw .body }
        let start = size + Int(head.positions) * MemoryLayout<hf_broker_position>.size
        let end = start + Int(head.deals) * MemoryLayout<hf_deal>.size
        guard frame.body.count == end else { throw .size }
        let body = frame.body
        deals = stride(from: start, to: end, by: MemoryLayout<hf_deal>.size).map {
            body.loadUnaligned(fromByteOffset: $0, as: hf_deal.self)
        }
        self.head = head
    }

    func keeping(_ body: UnsafeRawBufferPointer) -> Snapshot {
        var copy = self
        copy.kept = Array(body)
        return copy
    }
}
