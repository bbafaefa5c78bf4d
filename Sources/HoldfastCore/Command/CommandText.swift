import CHoldfast

extension hf_command_id {
    /// Three numbers in base 36, as `hf_command_id_text` writes them.
    public init(text bytes: UnsafeRawBufferPointer) throws(Failure) {
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        if parts.count != 3 { throw .argument }
        let owner = try Self.number(parts[0])
        guard let count = UInt32(exactly: try Self.number(parts[1])),
            let epoch = UInt32(exactly: try Self.number(parts[2]))
        else { throw .overflow }
        self.init(owner: owner, count: count, epoch: epoch)
    }

    init(text: Text40) throws(Failure) {
        self = try withUnsafeBytes(of: text) { (bytes) throws(Failure) in
            let length = bytes.firstIndex(of: 0) ?? bytes.count
            return try hf_command_id(text: UnsafeRawBufferPointer(rebasing: bytes[..<length]))
        }
    }

    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) throws(Failure) -> UInt64 {
        if digits.isEmpty { throw .argument }
        var value: UInt64 = 0
        for byte in digits {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 10
            default: throw .argument
            }
            let (product, over) = value.multipliedReportingOverflow(by: 36)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            if over || carry { throw .overflow }
            value = sum
        }
        return value
    }
}
