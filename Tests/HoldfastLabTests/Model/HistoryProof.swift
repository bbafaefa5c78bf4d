import CHoldfast
import Foundation

/// A history with all that is promised of it: what the model says, the promises of the ledger, rest
/// once faults stop, and the same hash when its recording is applied again.
struct HistoryProof {
    /// Where recordings are written; nil for none.
    var folder: String?

    /// What fails first; nil for nothing.
    func check(_ inputs: [HistoryInput], name: String) -> HistoryFailure? {
        let path = folder.map { "\($0)/\(name)" }
        defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
        guard let core = HistoryCore(HistoryCore.Setting(isBrief: true, recording: path)) else {
            return HistoryFailure(place: 0, text: "the core does not open")
        }
        let model = ExactModel()
        let ledger = HistoryLedger()
        for (place, input) in inputs.enumerated() {
            if let text = HistoryRun.compare(input, model, core, ledger) {
                return HistoryFailure(place: place, text: text)
            }
        }
        let last = inputs.count - 1
        var rest = HistoryRest(core, ledger, from: Self.end(inputs))
        if let text = rest.settle().first { return HistoryFailure(place: last, text: text) }
        guard let path else { return nil }
        return again(path, core, stripes: inputs.count % 2 == 0 ? 3 : 1).map {
            HistoryFailure(place: last, text: $0)
        }
    }

    /// A time that no input is after.
    private static func end(_ inputs: [HistoryInput]) -> Int64 {
        var end = HistoryGenerator.start
        for input in inputs {
            switch input {
            case .tick(let tick): end = max(end, tick.time)
            case .ticks(let ticks): end = ticks.reduce(end) { max($0, $1.time) }
            case .step(let now): end = max(end, now)
            case .snapshot(let snapshot, let now): end = max(end, now, snapshot.record.asked_at)
            default: break
            }
        }
        return end + 2_000_000_000
    }

    /// The recording applied again, by turns with 1 and with 3 stripes.
    private func again(_ path: String, _ core: HistoryCore, stripes: UInt32) -> String? {
        let hash = core.hash
        if core.endRecording() != 0 { return "the recording does not end" }
        guard let recorded = try? HistoryRecording(path) else { return "no recording" }
        if recorded.hash != hash { return "the recording's hash is another" }
        let setting = HistoryCore.Setting(stripes: stripes, isBrief: true)
        guard let other = HistoryCore(setting) else { return "the core does not open" }
        recorded.apply(to: other)
        return other.hash == hash ? nil : "another hash, applied again on stripes \(stripes)"
    }
}
