import CArchive
import CZlib
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
    if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { throw .empty(path: path) }
    let magic = try firstBytes(path: path)
    if magic.starts(with: [0x50, 0x4b, 0x03, 0x04]) || magic.starts(with: [0x50, 0x4b, 0x05, 0x06])
    {
        return try ZipSource(path: path)
    }
    return try GzipSource(path: path)
}

private func systemMessage() -> String { String(cString: strerror(errno)) }

private func firstBytes(path: String) throws(QuoteError) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
        throw .unreadable(path: path, detail: systemMessage())
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
}

/// A .gz file, or a plain one, which zlib passes through. zlib rather than the archive library,
/// because only zlib checks the checksum at the end of a .gz file.
final class GzipSource: QuoteSource {
    let entryName = ""
    private let path: String
    private let file: gzFile

    init(path: String) throws(QuoteError) {
        guard let file = gzopen(path, "rb") else {
            throw .unreadable(path: path, detail: systemMessage())
        }
        gzbuffer(file, 1 << 17)
        self.path = path
        self.file = file
    }

    deinit { gzclose(file) }

    func read(into buffer: UnsafeMutableRawBufferPointer, line: Int) throws(QuoteError) -> Int {
        let wanted = UInt32(clamping: min(buffer.count, 1 << 30))
        let count = gzread(file, buffer.baseAddress, wanted)
        if count > 0 { return Int(count) }
        var code: Int32 = Z_OK
        let message = gzerror(file, &code)
        // A file that breaks off gives its last bytes first, then this code at its end.
        if count < 0 || (code != Z_OK && code != Z_STREAM_END) {
            let detail = message.map { String(cString: $0) } ?? "zlib error \(code)"
            throw .damaged(path: path, line: line, detail: detail)
        }
        return 0
    }
}

/// The one quote file in a .zip archive.
final class ZipSource: QuoteSource {
    private(set) var entryName = ""
    private let path: String
    private let archive: OpaquePointer

    init(path: String) throws(QuoteError) {
        let wanted = try Self.chooseEntry(path: path)
        self.path = path
        archive = try Self.open(path: path)
        var index = 0
        while let entry = try Self.nextEntry(of: archive, path: path) {
            if index == wanted {
                entryName = Self.name(of: entry)
                return
            }
            index += 1
        }
        throw .unreadable(path: path, detail: "its list of files changed while it was read")
    }

    deinit { archive_read_free(archive) }

    func read(into buffer: UnsafeMutableRawBufferPointer, line: Int) throws(QuoteError) -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        if count < 0 {
            throw .damaged(path: path, line: line, detail: Self.message(of: archive))
        }
        return count
    }

    /// The place of the only file, or of the only .csv: vendors add a report beside it.
    private static func chooseEntry(path: String) throws(QuoteError) -> Int {
        let archive = try open(path: path)
        defer { archive_read_free(archive) }
        var files: [(index: Int, name: String)] = []
        var index = 0
        while let entry = try nextEntry(of: archive, path: path) {
            let name = name(of: entry)
            let isFolder = name.hasSuffix("/") || archive_entry_filetype(entry) == S_IFDIR
            if !isFolder { files.append((index, name)) }
            if archive_entry_is_encrypted(entry) != 0 {
                throw .unreadable(path: path, detail: "it is encrypted; unpack it with its password")
            }
            index += 1
        }
        let tables = files.filter { $0.name.lowercased().hasSuffix(".csv") }
        if files.isEmpty { throw .empty(path: path) }
        if let only = files.count == 1 ? files.first : tables.count == 1 ? tables.first : nil {
            return only.index
        }
        throw .unknownFormat(
            path: path, detail: "the archive holds \(files.count) files",
            fix: "unpack it and name the quote files one by one")
    }

    private static func open(path: String) throws(QuoteError) -> OpaquePointer {
        guard let archive = archive_read_new() else {
            throw .unreadable(path: path, detail: "no memory for the archive library")
        }
        archive_read_support_format_zip(archive)
        if archive_read_open_filename(archive, path, 1 << 16) != ARCHIVE_OK {
            let detail = message(of: archive)
            archive_read_free(archive)
            throw .unreadable(path: path, detail: detail)
        }
        return archive
    }

    private static func nextEntry(
        of archive: OpaquePointer, path: String
    ) throws(QuoteError) -> OpaquePointer? {
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK, ARCHIVE_WARN: return entry  // a warning is a name in another alphabet
        case ARCHIVE_EOF: return nil
        default: throw .unreadable(path: path, detail: message(of: archive))
        }
    }

    private static func name(of entry: OpaquePointer) -> String {
        let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
        return name.map { String(cString: $0) } ?? ""
    }

    private static func message(of archive: OpaquePointer) -> String {
        let text = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
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
