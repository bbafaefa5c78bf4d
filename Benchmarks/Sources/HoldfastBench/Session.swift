/// One workload on every contender, round after round so that a busy neighbour hits all alike.
public struct Cell: Sendable {
    public enum Contender: Hashable, Sendable {
        case rival(Rival.Design)
        case engine(Engine)

        public var name: String {
            switch self {
            case .rival(let design): "C++ \(design.rawValue)"
            case .engine(let engine): engine.name
            }
        }
    }

    public let workload: Workload
    public let contenders: [Contender]
    private var runs: [Contender: [Run]] = [:]

    public init(
        _ workload: Workload, _ engines: [Engine], _ rival: Rival, rounds: Int
    ) throws {
        self.workload = workload
        contenders = Rival.Design.allCases.map { .rival($0) } + engines.map { .engine($0) }
        for _ in 0..<rounds {
            for contender in contenders {
                let run =
                    switch contender {
                    case .rival(let design): try rival.run(design, workload)
                    case .engine(let engine): engine.run(workload)
                    }
                runs[contender, default: []].append(run)
            }
        }
    }

    private func all(_ contender: Contender) -> [Run] { runs[contender] ?? [] }

    public func nsPerTick(_ contender: Contender) -> Double {
        median(all(contender).map(\.nsPerTick))
    }

    /// Of the least over the rounds: what no neighbour has made larger.
    public func ratio(_ contender: Contender, to other: Contender) -> Double {
        least(contender) / least(other)
    }

    func least(_ contender: Contender) -> Double {
        all(contender).map(\.nsPerTick).min() ?? .nan
    }

    public func triggers(_ contender: Contender) -> UInt64 {
        all(contender).first?.tally.triggers ?? 0
    }

    public func timedTriggersPerTick(_ contender: Contender) -> Double {
        let timed = Double(workload.ticks - workload.warmUp)
        return Double(all(contender).first?.timedTriggers ?? 0) / timed
    }

    /// Whether every round fired what the C++ tree fired in the first.
    public func agrees(_ contender: Contender) -> Bool {
        guard let reference = all(.rival(.tree)).first?.tally else { return false }
        return all(contender).allSatisfy { $0.tally == reference }
    }
}

public func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    if sorted.isEmpty { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
