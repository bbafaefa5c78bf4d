import Glibc

/// Why a file could not be written.
public struct StorageError: Error {
    public let code: Int32
}

/// A new file, written from its start through a buffer.
struct FileStorage: ~Copyable {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private let limit = 1 << 16

    /// Creates a file; one that exists is refused.
    init(path: String) throws(StorageError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw StorageError(code: errno) }
        buffer.reserveCapacity(limit * 2)
    }

    deinit { Glibc.close(descriptor) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= limit { try flush() }
    }

    mutating func flush() throws(StorageError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw StorageError(code: errno)
            }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
