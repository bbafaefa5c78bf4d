import CHoldfast
import Foundation

/// What an executor was told, in a file to which it is written before anything is done about it.
/// The broker's books are the fold of it: a process that was killed reads it and has the same books
/// and the same stored answers.
///
/// A record is hf_record_head with a checksum, then hf_command, as in a recording; the head's time
/// is the instant of the take. The first record says whose log it is. The end may be torn: what is
/// not whole was not acted upon and is cut off.
public final class BrokerLog {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case file(String, String)
        case foreign(String)
        case damaged(String, Int)

        public var description: String {
            switch self {
            case .file(let path, let cause):
                "\(path): the log cannot be used (\(cause)); check the folder and its permissions"
            case .foreign(let path):
                "\(path): the log is of another executor, seed or venue; give a new file"
            case .damaged(let path, let offset):
                "\(path): the log is damaged at byte \(offset); restore it, or give a new file"
            }
        }
    }

    public struct Entry {
        public var time: Int64
        public var command: hf_command
    }

    private let path: String
    private let file: Int32
    private var count: UInt64 = 0
    /// What the file held when it was opened.
    public private(set) var entries: [Entry] = []
    /// Bytes of a torn end that were cut off.
    public private(set) var torn = 0

    private static let headSize = MemoryLayout<hf_record_head>.size
    private static let commandSize = MemoryLayout<hf_command>.size
    private static let markSize = MemoryLayout<UInt64>.size
    private static let owner = HF_RECORD_CONFIG

    /// - Parameter mark: who writes it: a log with another mark is refused.
    /// - Throws: `Failure`.
    public init(path: String, mark: UInt64) throws {
        self.path = path
        file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure.file(path, systemMessage()) }
        do {
            try read(mark)
        } catch {
            close(file)
            throw error
        }
    }

    deinit { close(file) }

    /// Returns when it is in the file: a kill of this process cannot take it back.
    /// - Throws: `Failure`.
    public func write(_ command: hf_command, at time: Int64) throws {
        try withUnsafeBytes(of: command) { try write(HF_RECORD_COMMAND, time, $0) }
    }

    private func write(_ kind: Int, _ time: Int64, _ body: UnsafeRawBufferPointer) throws {
        count += 1
        var head = hf_record_head()
        head.kind = UInt16(kind)
        head.version = UInt16(HF_ABI_VERSION)
        head.size = UInt32(body.count)
        head.sequence = count
        head.time = time
        head.check = Self.check(body)
        var bytes = withUnsafeBytes(of: head) { [UInt8]($0) }
        bytes.append(contentsOf: body)
        // One call for one record: a kill leaves it whole or torn at the end.
        let done = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard done == bytes.count else {
            throw Failure.file(path, done < 0 ? systemMessage() : "no space")
        }
    }

    // MARK: reading

    private func read(_ mark: UInt64) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure.file(path, systemMessage())
        }
        let good = try data.withUnsafeBytes { try read($0, mark) }
        torn = data.count - good
        if torn > 0 && ftruncate(file, off_t(good)) != 0 {
            throw Failure.file(path, systemMessage())
        }
        if good == 0 { try withUnsafeBytes(of: mark) { try write(Self.owner, 0, $0) } }
    }

    /// - Returns: how many bytes are whole.
    private func read(_ bytes: UnsafeRawBufferPointer, _ mark: UInt64) throws -> Int {
        var offset = 0
        while let head = Self.head(bytes, offset) {
            let start = offset + Self.headSize
            let end = start + Int(head.size)
            guard [Self.commandSize, Self.markSize].contains(Int(head.size)) else {
                throw Failure.damaged(path, offset)
            }
            guard end <= bytes.count else { break }
            let body = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            guard head.check == Self.check(body), head.sequence == count + 1 else {
                // Nothing but the end may be torn.
                if end == bytes.count { break }
                throw Failure.damaged(path, offset)
            }
            try take(head, body, mark, offset)
            count += 1
            offset = end
        }
        return offset
    }

    private static func head(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> hf_record_head? {
        guard offset + headSize <= bytes.count else { return nil }
        return bytes.loadUnaligned(fromByteOffset: offset, as: hf_record_head.self)
    }

    private func take(
        _ head: hf_record_head, _ body: UnsafeRawBufferPointer, _ mark: UInt64, _ offset: Int
    ) throws {
        switch (Int(head.kind), body.count) {
        case (Self.owner, Self.markSize):
            guard body.loadUnaligned(as: UInt64.self) == mark else { throw Failure.foreign(path) }
        case (HF_RECORD_COMMAND, Self.commandSize):
            entries.append(
                Entry(time: head.time, command: body.loadUnaligned(as: hf_command.self)))
        default: throw Failure.damaged(path, offset)
        }
    }

    /// FNV-1a over the body, folded to 32 bits.
    private static func check(_ body: UnsafeRawBufferPointer) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in body { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }

    /// Who writes: a log of other numbers is another venue's.
    public static func mark(_ parts: [String]) -> UInt64 {
        var draw = SeededRandom(seed: 0, stream: parts.joined(separator: "\n"))
        return draw.next()
    }
}

/// A broker that writes down what it is told before it acts on it.
public final class LoggedBroker: CommandExecutor {
    private let broker: Broker
    private let log: BrokerLog

    /// Takes up where the log ends.
    public init(_ broker: Broker, log: BrokerLog) {
        self.broker = broker
        self.log = log
        for entry in log.entries { _ = broker.answers(to: entry.command, now: entry.time) }
    }

    public var book: BrokerBook { broker.book }

    /// - Throws: `BrokerLog.Failure`; then nothing was done.
    public func answers(to command: hf_command, now: Int64) throws -> [BrokerAnswer] {
        try log.write(command, at: now)
        return broker.answers(to: command, now: now)
    }
}
