import Foundation

/// Cuts a source into lines inside one fixed buffer: nothing is allocated for a line.
final class LineReader {
    /// The longest line that is read; a longer one is reported as such and skipped.
    static let lineLimit = 1 << 16
    /// Bytes held at a time.
    static let bufferSize = 1 << 18

    /// Number of the line given last, from 1.
    private(set) var number = 0
    /// Whether the line given last was cut because it was too long.
    private(set) var isCut = false

    private let source: any QuoteSource
    private let buffer: UnsafeMutablePointer<UInt8>
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    init(_ source: any QuoteSource) {
        self.source = source
        buffer = .allocate(capacity: Self.bufferSize)
    }

    deinit { buffer.deallocate() }

    /// The next line without its newline, valid until the next call; nil at the end.
    func next() throws(QuoteError) -> ByteSpan? {
        isCut = false
        var searched = 0
        while true {
            if let newline = memchr(buffer + start + searched, 10, end - start - searched) {
                return take(place(newline), skipping: 1)
            }
            searched = end - start
            if isAtEnd { return searched == 0 ? nil : take(end, skipping: 0) }
            if searched > Self.lineLimit { return try takeHead() }
            try fill()
        }
    }

    /// The lines that are in the buffer after opening, without consuming them.
    func peek(_ limit: Int) throws(QuoteError) -> [ByteSpan] {
        _ = try head()
        var lines: [ByteSpan] = []
        var at = start
        while at < end, lines.count < limit {
            let rest = memchr(buffer + at, 10, end - at)
            // The buffer may end inside a line; only a file may end without a newline.
            guard rest != nil || isAtEnd else { break }
            let stop = rest.map(place) ?? end
            lines.append(ByteSpan(start: buffer + at, end: buffer + stop))
            at = stop + 1
        }
        return lines
    }

    /// The bytes after opening, as many as the buffer takes, without consuming them.
    func head() throws(QuoteError) -> ByteSpan {
        while end < Self.bufferSize, !isAtEnd { try fill() }
        return ByteSpan(start: buffer + start, end: buffer + end)
    }

    /// Leaves out bytes at the front, such as a byte order mark.
    func skip(_ count: Int) { start = min(start + count, end) }

    /// Where in the buffer a byte was found.
    private func place(_ found: UnsafeMutableRawPointer) -> Int {
        buffer.distance(to: found.assumingMemoryBound(to: UInt8.self))
    }

    private func take(_ stop: Int, skipping: Int) -> ByteSpan {
        let line = ByteSpan(start: buffer + start, end: buffer + stop)
        isCut = line.count > Self.lineLimit
        start = stop + skipping
        number += 1
        return line
    }

    /// Gives the head of a line that is too long and drops the rest of it.
    private func takeHead() throws(QuoteError) -> ByteSpan {
        // The head moves to the front; the rest of the line passes through behind it.
        let head = 4 * BadLine.textLimit
        memmove(buffer, buffer + start, head)
        start = end
        while true {
            if start == end {
                (start, end) = (head, head)
                try fill()
                if isAtEnd { break }
            }
            if let newline = memchr(buffer + start, 10, end - start) {
                start = place(newline) + 1
                break
            }
            start = end
        }
        number += 1
        isCut = true
        return ByteSpan(start: buffer, end: buffer + head)
    }

    /// Reads more behind what is there; makes room by moving that to the front when it must.
    private func fill() throws(QuoteError) {
        if end == Self.bufferSize, start > 0 {
            memmove(buffer, buffer + start, end - start)
            end -= start
            start = 0
        }
        let room = UnsafeMutableRawBufferPointer(start: buffer + end, count: Self.bufferSize - end)
        let count = try source.read(into: room, line: number)
        end += count
        if count == 0 { isAtEnd = true }
    }
}
