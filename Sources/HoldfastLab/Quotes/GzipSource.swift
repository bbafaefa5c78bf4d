import CZlib

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
