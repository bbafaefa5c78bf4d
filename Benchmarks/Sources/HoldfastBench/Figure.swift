import CHoldfast
import HoldfastCore

/// Figures of our own beside the standard workload: each is one of PERFORMANCE's aims.
public enum Figure: String, CaseIterable, Sendable {
    case quietBatch = "quiet-batch"
    case quietSpread = "quiet-spread"
    case quietSingle = "quiet-single"
    case bytes
    case modify
    case replace
    case bookModify = "book-modify"
    case bookReplace = "book-replace"
    case bookGap = "book-gap"
    case visible
    case scaling
    case slice
    case reads
    case sync

    public struct Value: Sendable {
        public let name: String
        /// In ns, except for `bytes`, `scaling` and two of `sync`.
        public let value: Double
        /// How many ticks, calls or changes were measured in all: what a count of instructions is
        /// divided by.
        public let units: Int

        /// A line of JSON.
        public var json: String {
            let number = value.isNaN ? "null" : "\(value)"
            return "{\"figure\":\"\(name)\",\"value\":\(number),\"units\":\(units)}"
        }
    }

    /// - Parameter rounds: of which the median is taken.
    public func measure(positions: Int, rounds: Int) -> [Value] {
        switch self {
        case .quietBatch:
            return [quiet(Quiet(positions: positions), rounds) { $0.batched(passes: $1) }]
        case .quietSpread:
            let quiet = Quiet(positions: positions, symbols: 50, stripes: 4)
            return [self.quiet(quiet, rounds) { $0.batched(passes: $1) }]
        case .quietSingle:
            return [quiet(Quiet(positions: positions), rounds) { $0.single(passes: $1) }]
        case .bytes:
            let quiet = Quiet(positions: positions)
            var config = hf_core_config()
            config.positions = UInt32(positions)
            let parts = Footprint(config)
            let known = parts.position + parts.tree + parts.directory
            let all = quiet.bytesPerPosition
            return [
                ("", all), ("-row", parts.position), ("-tree", parts.tree),
                ("-directory", parts.directory), ("-rest", all - known),
            ].map { Value(name: rawValue + $0.0, value: $0.1, units: positions) }
        case .modify, .replace, .bookModify, .bookReplace, .bookGap:
            return [changes(Changes(positions: positions, rounds: rounds))]
        case .scaling:
            let pair = Pair(positions: positions)
            return [Value(name: rawValue, value: pair.scaling(rounds: rounds), units: 1)]
        case .slice:
            let slices = Slices(positions: positions, rounds: rounds)
            return [Value(name: rawValue, value: Double(slices.hold.p50), units: 1)]
        case .reads:
            let reads = Reads(positions: positions, rounds: rounds)
            return Reads.Kind.allCases.flatMap { kind in
                [
                    Value(name: "reads-\(kind)", value: reads.time(kind), units: rounds),
                    Value(name: "reads-\(kind)-hold", value: reads.hold(kind), units: rounds),
                ]
            }
        case .sync:
            let cost = Syncs(positions: positions, rounds: rounds).cost()
            return [
                ("", cost.time), ("-hold", cost.hold), ("-slice", cost.slice),
                ("-memory", cost.memory),
            ].map { Value(name: rawValue + $0.0, value: $0.1, units: rounds) }
        case .visible:
            let visible = Visible(positions: positions, ticks: max(rounds, 1) * 40_000)
            return [
                Value(name: "visible-p50", value: visible.p50 - visible.empty50, units: 1),
                Value(name: "visible-p99.9", value: visible.p999, units: 1),
                Value(name: "empty-p99.9", value: visible.empty999, units: 1),
            ]
        }
    }

    private func quiet(
        _ quiet: borrowing Quiet, _ rounds: Int, _ measure: (borrowing Quiet, Int) -> Double
    ) -> Value {
        // A pass is short: many, so that a neighbour does not meet most of them.
        let passes = rounds == 1 ? 1 : 40 * rounds + 1
        return Value(
            name: rawValue, value: measure(quiet, passes), units: passes * Quiet.ticksPerPass)
    }

    private func changes(_ changes: Changes) -> Value {
        let value =
            switch self {
            case .modify: changes.coreModify()
            case .replace: changes.coreReplace()
            case .bookModify: changes.bookModify()
            case .bookReplace: changes.bookReplace()
            default: changes.bookGap()
            }
        let count = self == .bookGap ? changes.positions : Changes.count
        return Value(name: rawValue, value: value, units: changes.rounds * count)
    }
}
