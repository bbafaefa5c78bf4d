import CHoldfast
import Foundation

/// What is wrong with a recording, and where in the file.
public struct RecordingError: Error, Equatable, CustomStringConvertible {
    public let path: String
    public let offset: Int
    public let message: String

    public var description: String { "\(path): at byte \(offset): \(message)" }
}

/// A recording as `hf_recording_open` writes it: the configuration, every input in the order in
/// which it was applied, and the state hash when the recording was ended in order.
public struct RecordingFile {
    public struct Record {
        public let head: hf_record_head
        public let offset: Int
        public let body: Data
    }

    public let path: String
    public let config: hf_core_config
    /// The state hash at the end; nil when the recording was cut off.
    public let hash: UInt64?
    public let inputs: Int
    private let data: Data
    private let first: Int

    private static let headSize = MemoryLayout<hf_record_head>.size

    /// Opens a recording and walks over it once: a file that is damaged fails here.
    public init(path: String) throws(RecordingError) {
        self.path = path
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw RecordingError(path: path, offset: 0, message: "cannot be read")
        }
        let opening = try Self.record(data, at: 0, path)
        guard let opening, Int(opening.head.kind) == HF_RECORD_CONFIG,
            opening.body.count == MemoryLayout<hf_core_config>.size
        else {
            throw RecordingError(
                path: path, offset: 0, message: "does not begin with a configuration: no recording")
        }
        config = opening.body.withUnsafeBytes { $0.loadUnaligned(as: hf_core_config.self) }
        first = Self.headSize + opening.body.count
        var at = first
        var count = 0
        var hash: UInt64?
        while let record = try Self.record(data, at: at, path) {
            if hash != nil {
                throw RecordingError(path: path, offset: at, message: "goes on after its end")
            }
            if Int(record.head.kind) == HF_RECORD_HASH {
                guard record.body.count == MemoryLayout<hf_hash>.size else {
                    throw RecordingError(
                        path: path, offset: at, message: "its hash has a wrong size")
                }
                hash = record.body.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            } else {
                count += 1
            }
            at += Self.headSize + record.body.count
        }
        self.hash = hash
        inputs = count
    }

    /// Hands out every input in order.
    public func forEachInput(_ body: (Record) throws -> Void) throws {
        var at = first
        while let record = try Self.record(data, at: at, path) {
            if Int(record.head.kind) != HF_RECORD_HASH { try body(record) }
            at += Self.headSize + record.body.count
        }
    }

    /// The record at an offset; nil at the end of the file.
    private static func record(
        _ data: Data, at offset: Int, _ path: String
    ) throws(RecordingError) -> Record? {
        if offset == data.count { return nil }
        guard offset + headSize <= data.count else {
            throw RecordingError(
                path: path, offset: offset, message: "ends inside of a record head")
        }
        let head = data.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: offset, as: hf_record_head.self)
        }
        guard UInt32(head.version) == HF_ABI_VERSION else {
            throw RecordingError(
                path: path, offset: offset,
                message: "has records of version \(head.version), this is \(HF_ABI_VERSION)")
        }
        let start = offset + headSize
        guard Int(head.size) <= data.count - start else {
            throw RecordingError(path: path, offset: offset, message: "ends inside of a record")
        }
        return Record(head: head, offset: offset, body: data[start..<start + Int(head.size)])
    }
}
