import CArchive
import Foundation

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
                throw .unknownFormat(
                    path: path, detail: "encrypted", fix: "unpack it with its password first")
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
