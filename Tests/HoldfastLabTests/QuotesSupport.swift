import CArchive
import CZlib
import Foundation
import Testing

@testable import HoldfastLab

/// Real quote files, read from `$HOLDFAST_DATA`; never part of the project.
enum QuoteData {
    static let folder: String = {
        if let folder = ProcessInfo.processInfo.environment["HOLDFAST_DATA"] { return folder }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appendingPathComponent("shared/data").path
    }()

    static var isThere: Bool { FileManager.default.fileExists(atPath: ticks) }
    static var ticks: String { folder + "/ticks" }
    static var bitcoin: String {
        ticks + "/binance-btcusdt/binance-usdm-btcusdt_20240808_bookticker.csv.gz"
    }

    /// The files of one of the tick folders, oldest first.
    static func files(_ name: String) throws -> [String] {
        let folder = ticks + "/" + name
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".zip") }.sorted().map { folder + "/" + $0 }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test where the outside data is missing; the comment is what a list of skips shows.
    static var needsQuoteData: Self {
        .enabled(if: QuoteData.isThere, "HOLDFAST_DATA: no quote files")
    }
}

/// Files for one test, deleted with this object.
final class QuoteFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "holdfast-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }

    func gzip(_ name: String, _ text: String) throws -> String {
        let file = try write(name, "")
        let out = try #require(gzopen(file, "wb"))
        _ = Array(text.utf8).withUnsafeBytes { gzwrite(out, $0.baseAddress, UInt32($0.count)) }
        gzclose(out)
        return file
    }

    func zip(_ name: String, _ entries: [(name: String, text: String)]) throws -> String {
        let file = try write(name, "")
        let archive = try #require(archive_write_new())
        archive_write_set_format_zip(archive)
        archive_write_open_filename(archive, file)
        for (name, text) in entries {
            let entry = archive_entry_new()
            archive_entry_set_pathname(entry, name)
            archive_entry_set_size(entry, Int64(text.utf8.count))
            archive_entry_set_filetype(entry, 0o100000)
            archive_entry_set_perm(entry, 0o644)
            archive_write_header(archive, entry)
            _ = Array(text.utf8).withUnsafeBytes {
                archive_write_data(archive, $0.baseAddress, $0.count)
            }
            archive_entry_free(entry)
        }
        archive_write_free(archive)
        return file
    }
}

extension QuoteFile {
    /// A file that exists in memory only.
    static func text(
        _ text: String, name: String = "eurusd.csv", zone: QuoteZone = .utc, strict: Bool = false
    ) throws -> QuoteFile {
        try QuoteFile(
            QuoteInput(path: name, zone: zone, strict: strict), bytes: Array(text.utf8))
    }

    func all() throws -> [Quote] {
        var quotes: [Quote] = []
        while let quote = try next() { quotes.append(quote) }
        return quotes
    }
}

/// ns since 1970 of a UTC time such as 2014-05-02T12:30:01, by Foundation, plus some ns.
func utc(_ text: String, _ nanoseconds: Int64 = 0) throws -> Int64 {
    let date = try #require(ISO8601DateFormatter().date(from: text + "Z"))
    return Int64(date.timeIntervalSince1970) * 1_000_000_000 + nanoseconds
}

func decimal(_ text: String) throws -> DecimalText { try #require(DecimalText(text)) }

/// Runs what must throw a `QuoteError` and gives the error.
func quoteError(_ body: () throws -> Void) -> QuoteError? {
    do {
        try body()
        return nil
    } catch { return error as? QuoteError }
}
