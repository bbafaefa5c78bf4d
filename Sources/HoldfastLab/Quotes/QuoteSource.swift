import Foundation

/// Where the bytes of a quote file come from, unpacked, in order.
protocol QuoteSource: AnyObject {
    /// Name of the file inside an archive; empty where there is none.
    var entryName: String { get }
    /// Fills as much of the buffer as there is; 0 at the end.
    /// - Parameter line: lines read so far, for the error's message.
    func read(into buffer: UnsafeMutableRawBufferPointer, line: Int) throws(QuoteError) -> Int
}

/// Opens plain, .gz and .zip files. What a file is is told by its first bytes, not by its name.
func openQuoteSource(path: String) throws(QuoteError) -> any QuoteSource {
    var status = stat()
    guard stat(path, &status) == 0 else {
        if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
        throw .unreadable(path: path, detail: systemMessage())
    }
    if status.st_mode & S_IFMT == S_IFDIR { throw .directory(path: path) }
    // A file is opened more than once: to list an archive, and by a merge.
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw .unknownFormat(
            path: path, detail: "not a regular file", fix: "write what it gives to a file first")
    }
    if status.st_size == 0 { throw .empty(path: path) }
    let magic = try firstBytes(path: path)
    if magic.starts(with: [0x50, 0x4b, 0x03, 0x04]) || magic.starts(with: [0x50, 0x4b, 0x05, 0x06])
    {
        return try ZipSource(path: path)
    }
    return try GzipSource(path: path)
}

/// What the last failed system call says.
func systemMessage() -> String { String(cString: strerror(errno)) }

private func firstBytes(path: String) throws(QuoteError) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
        throw .unreadable(path: path, detail: systemMessage())
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
}

/// Bytes that are in memory already.
final class MemorySource: QuoteSource {
    let entryName = ""
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer, line: Int) throws(QuoteError) -> Int {
        let count = min(buffer.count, bytes.count - at)
        bytes.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[at..<at + count]))
        }
        at += count
        return count
    }
}
