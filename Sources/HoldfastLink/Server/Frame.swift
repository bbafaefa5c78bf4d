import CHoldfast
import CHoldfastLink

/// A frame whose head agrees with its bytes. The body lies in an aligned buffer and is valid until
/// the next one is received.
struct Frame {
    let head: hf_record_head
    let body: UnsafeRawBufferPointer

    var kind: Int { Int(head.kind) }

    /// The head of anything that is long enough to have one; for the number that an error echoes.
    static func sequence(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard bytes.count >= Limits.head else { return 0 }
        return bytes.loadUnaligned(as: hf_record_head.self).sequence
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        guard bytes.count >= Limits.head else { throw .short }
        head = bytes.loadUnaligned(as: hf_record_head.self)
        body = UnsafeRawBufferPointer(rebasing: bytes[Limits.head...])
        guard UInt32(head.version) == HF_ABI_VERSION else { throw .version }
        guard Int(head.size) == body.count else { throw .size }
        guard head.part == 0, head.parts == 0, head.check == 0, head.sequence != 0 else {
            throw .head
        }
    }

    /// The body as a record of fixed size.
    func record<Record>(_ type: Record.Type) throws(Fault) -> Record {
        guard body.count == MemoryLayout<Record>.size else { throw .size }
        return body.loadUnaligned(as: Record.self)
    }

    func expectEmpty() throws(Fault) {
        if !body.isEmpty { throw .size }
    }
}
