import CHoldfast
import Foundation
import HoldfastLab
import Testing

/// How many histories, and of which seed.
enum HistorySetting {
    static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    static let inputs = Int(number("HOLDFAST_HISTORY_INPUTS") ?? 200)
    static let seed = number("HOLDFAST_SEED")
    static let seeds: [UInt64] = seed.map { [$0] } ?? Array(1...(number("HOLDFAST_HISTORIES") ?? 300))
}

@Suite("Histories against the model")
struct HistoryModelTests {
    /// A history drawn by a seed, as far as the model goes.
    static func history(_ seed: UInt64) -> [HistoryInput] {
        var generator = HistoryGenerator(seed: seed)
        let model = ExactModel()
        return (0..<HistorySetting.inputs).map { _ in
            let input = generator.next(model)
            _ = model.apply(input)
            return input
        }
    }

    @Test("the core says and does what the model says, input by input")
    func model() {
        var kinds: Set<String> = []
        for seed in HistorySetting.seeds {
            let inputs = Self.history(seed)
            guard let failure = HistoryRun.compare(inputs) else { continue }
            guard kinds.insert(failure.kind).inserted else { continue }
            let short = HistoryRun.minimise(Array(inputs.prefix(failure.place + 1))) {
                HistoryRun.compare($0)?.kind == failure.kind
            }
            let again = HistoryRun.compare(short) ?? failure
            Issue.record("seed \(seed)\n\(HistoryRun.shown(short, again))")
            if kinds.count == 8 { break }
        }
    }
}
