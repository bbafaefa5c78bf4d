import CHoldfast
import Foundation
import HoldfastLab
import Testing

/// How many histories, and of which seed.
enum HistorySetting {
    static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    static let inputs = Int(number("HOLDFAST_HISTORY_INPUTS") ?? 60)
    static let seed = number("HOLDFAST_SEED")
    static let histories = number("HOLDFAST_HISTORIES") ?? 10_000
    static let seeds: [UInt64] = seed.map { [$0] } ?? Array(1...histories)

    /// One in so many, where every history is run several times; a seed that was given always.
    static func seeds(every count: UInt64) -> [UInt64] {
        seed.map { [$0] } ?? seeds.filter { $0 % count == 0 }
    }
}

@Suite("Histories against the model", .serialized)
struct HistoryModelTests {
    /// A history drawn by a seed, as far as the model goes.
    static func history(_ seed: UInt64) -> [HistoryInput] {
        var generator = HistoryGenerator(seed: seed)
        let model = ExactModel()
        return (0..<HistorySetting.inputs + Int(seed % 2)).map { _ in
            let input = generator.next(model)
            if !HistoryDoubt.isIn(input, model) { _ = model.apply(input) }
            return input
        }
    }

    @Test("the core does what the model says, keeps its promises, comes to rest and is told again")
    func model() throws {
        let folder = NSTemporaryDirectory() + "holdfast-proof-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let proof = HistoryProof(folder: folder)
        let crowd = HistoryCrowd(HistorySetting.seeds) { seed in
            let inputs = Self.history(seed)
            return proof.check(inputs, name: "\(seed)").map { (inputs, $0) }
        }
        for (seed, inputs, failure) in crowd.failures {
            let short = HistoryRun.minimise(Array(inputs.prefix(failure.place + 1))) {
                proof.check($0, name: "short")?.kind == failure.kind
            }
            let again = proof.check(short, name: "short") ?? failure
            Issue.record("HOLDFAST_SEED=\(seed)\n\(HistoryRun.shown(short, again))")
        }
        print("histories: \(crowd.count) of \(HistorySetting.inputs) inputs and rest")
    }

    /// Applies a history; the answers, events and hashes as one text to compare.
    static func trace(_ inputs: [HistoryInput], _ setting: HistoryCore.Setting) -> [String] {
        guard let core = HistoryCore(setting) else { return ["the core does not open"] }
        var lines: [String] = []
        for input in inputs {
            let answer = core.apply(input)
            // A batch reaches the stripes one after another: the order within one input is free.
            let events = core.events().map(HistoryRun.shown).sorted()
            lines.append("\(answer) \(events) \(core.hash)")
        }
        if core.endRecording() != 0 { lines.append("the recording does not end") }
        return lines
    }

    private func expectSame(_ settings: [HistoryCore.Setting], every: UInt64) {
        for seed in HistorySetting.seeds(every: every) {
            let inputs = Self.history(seed)
            let first = Self.trace(inputs, HistoryCore.Setting())
            for setting in settings {
                let other = Self.trace(inputs, setting)
                guard let place = first.indices.first(where: { first[$0] != other[$0] }) else {
                    continue
                }
                Issue.record(
                    """
                    HOLDFAST_SEED=\(seed) \(setting): input \(place), \(inputs[place])
                      \(first[place])
                      \(other[place])
                    """)
                return
            }
        }
    }

    @Test("answers, events and hash are the same with 1, 3 and 7 stripes")
    func stripes() {
        expectSame([HistoryCore.Setting(stripes: 3), HistoryCore.Setting(stripes: 7)], every: 30)
    }

    @Test("answers, events and hash are the same with every kernel")
    func kernels() {
        let kernels = [HF_KERNEL_SCALAR, HF_KERNEL_BASELINE, HF_KERNEL_V3].filter {
            HistoryCore(HistoryCore.Setting(kernel: $0)) != nil
        }
        #expect(kernels.count >= 2)
        expectSame(kernels.map { HistoryCore.Setting(kernel: $0) }, every: 30)
    }

    @Test("an outbox of 2 gives the same takes and the same hash as one of 16 384")
    func outbox() {
        expectSame([HistoryCore.Setting(outbox: 2)], every: 30)
    }

    @Test("a recorded history, applied again, has the same events and the same hash")
    func recording() throws {
        let folder = NSTemporaryDirectory() + "holdfast-model-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for seed in HistorySetting.seeds(every: 30) {
            let path = folder + "/\(seed)"
            let inputs = Self.history(seed)
            let core = try #require(HistoryCore(HistoryCore.Setting(recording: path)))
            for input in inputs { _ = core.apply(input) }
            let events = core.events()
            let hash = core.hash
            #expect(core.endRecording() == 0)
            let again = try #require(HistoryCore())
            let recorded = try HistoryRecording(path)
            recorded.apply(to: again)
            #expect(recorded.hash == hash, "HOLDFAST_SEED=\(seed)")
            #expect(again.hash == hash, "HOLDFAST_SEED=\(seed)")
            let first = events.map { HistoryRun.shown($0) }
            let second = again.events().map { HistoryRun.shown($0) }
            #expect(first.count == second.count, "HOLDFAST_SEED=\(seed)")
            if let place = zip(first, second).enumerated().first(where: { $1.0 != $1.1 })?.offset {
                Issue.record(
                    "HOLDFAST_SEED=\(seed) event \(place)\n  \(first[place])\n  \(second[place])")
                break
            }
        }
    }
}

/// The records of a recording.
struct HistoryRecording {
    private let bytes: [UInt8]

    init(_ path: String) throws {
        bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// That the last record holds.
    var hash: UInt64? {
        var found: UInt64?
        forEach { head, body in
            if Int(head.kind) == HF_RECORD_HASH { found = body.loadUnaligned(as: UInt64.self) }
        }
        return found
    }

    func apply(to core: HistoryCore) {
        forEach { head, body in
            if Int(head.kind) < HF_RECORD_COMMAND { _ = core.apply(head, body) }
        }
    }

    private func forEach(_ body: (hf_record_head, UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { all in
            let size = MemoryLayout<hf_record_head>.size
            var place = 0
            while place + size <= all.count {
                let head = all.loadUnaligned(fromByteOffset: place, as: hf_record_head.self)
                let end = place + size + Int(head.size)
                if end > all.count { return }
                body(head, UnsafeRawBufferPointer(rebasing: all[place + size..<end]))
                place = end
            }
        }
    }
}
