import CHoldfast
import CHoldfastLink

/// A frame that came from a link. Valid until the next one is received.
struct LinkAnswer {
    private let head: hf_record_head
    private let body: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) throws(LinkError) {
        guard bytes.count >= Limits.head else { throw .malformed }
        head = bytes.loadUnaligned(as: hf_record_head.self)
        body = UnsafeRawBufferPointer(rebasing: bytes[Limits.head...])
        guard UInt32(head.version) == HF_ABI_VERSION, Int(head.size) == body.count else {
            throw .malformed
        }
    }

    var kind: Int { Int(head.kind) }
    var sequence: UInt64 { head.sequence }
    var time: Int64 { head.time }

    /// The record of a reply of this kind. What the core refused is thrown.
    func record<Record>(_ kind: Int) throws(LinkError) -> Record {
        try expect(kind)
        guard body.count == MemoryLayout<Record>.size else { throw .malformed }
        return body.loadUnaligned(as: Record.self)
    }

    /// The records of a reply of this kind, behind `skip` bytes.
    func records<Record>(
        _ kind: Int, as type: Record.Type, after skip: Int = 0
    ) throws(LinkError) -> [Record] {
        try expect(kind)
        let size = MemoryLayout<Record>.size
        guard body.count >= skip, (body.count - skip) % size == 0 else { throw .malformed }
        return stride(from: skip, to: body.count, by: size).map {
            body.loadUnaligned(fromByteOffset: $0, as: type)
        }
    }

    /// The record that stands before others.
    func first<Record>(_ kind: Int) throws(LinkError) -> Record {
        try expect(kind)
        guard body.count >= MemoryLayout<Record>.size else { throw .malformed }
        return body.loadUnaligned(as: Record.self)
    }

    private func expect(_ kind: Int) throws(LinkError) {
        if self.kind == kind { return }
        guard self.kind == HF_LINK_OUTCOME, body.count == MemoryLayout<hf_outcome>.size else {
            throw .malformed
        }
        throw .status(body.loadUnaligned(as: hf_outcome.self).status)
    }
}
