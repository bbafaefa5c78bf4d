import Foundation

/// The session: the table, the aims beside it, and what must hold.
public struct Report {
    public enum Size: Sendable { case quick, full }

    private let size: Size
    private let rounds: Int
    private let gate: Double?
    private var cells: [Cell] = []
    private var quiet: [Cell] = []

    public init(size: Size, rounds: Int, gate: Double?) {
        (self.size, self.rounds, self.gate) = (size, rounds, gate)
    }

    private var engines: [Engine] {
        Processor.kernels.map { .book($0) } + [.core(Processor.best)]
    }

    /// Sizes of the standard workload, and how many ticks.
    private var sizes: [(positions: Int, ticks: Int)] {
        switch size {
        case .quick: [(1_000, 1_000_000), (10_000, 100_000)]
        case .full: [(1_000, 1_000_000), (10_000, 1_000_000), (100_000, 50_000)]
        }
    }

    public func begin(core: Int?) {
        let place = core.map { "core \($0)" } ?? "not pinned"
        let kernels = Processor.kernels.map(\.rawValue).joined(separator: ", ")
        print("standard workload, seed 1, one symbol; \(place); processor time,")
        print("median of \(rounds), ratios of the least; instruction sets: \(kernels)\n")
    }

    public mutating func play(_ rival: Rival) throws {
        print(row("engine", "mode", "N", "ns/tick", "x tree", "x zone", "triggers", "checksum"))
        for mode in Workload.Mode.allCases {
            for (positions, ticks) in sizes {
                let workload = Workload(mode, positions: positions, ticks: ticks)
                cells.append(try show(workload, rival))
            }
        }
        for (positions, ticks) in sizes {
            var workload = Workload(.T30, positions: positions, ticks: ticks)
            (workload.isQuiet, workload.ticks) = (true, 1_000_000)
            quiet.append(try show(workload, rival))
        }
    }

    private func show(_ workload: Workload, _ rival: Rival) throws -> Cell {
        let cell = try Cell(workload, engines, rival, rounds: rounds)
        for contender in cell.contenders {
            print(
                row(
                    contender.name, workload.isQuiet ? "quiet" : workload.mode.rawValue,
                    "\(workload.positions)", decimal(cell.nsPerTick(contender)),
                    decimal(cell.ratio(contender, to: .rival(.tree)), 2),
                    decimal(cell.ratio(contender, to: .rival(.zone)), 2),
                    "\(cell.triggers(contender))", cell.agrees(contender) ? "ok" : "DIFFERS"))
        }
        print("")
        return cell
    }

    // MARK: aims

    public func printAims() {
        let scale = machine()
        print("aims of PERFORMANCE; scaled by C++ tree here / there = \(decimal(scale, 2))\n")
        print(Aim.head)
        let full = size == .full
        let most = full ? 100_000 : 10_000
        for aim in ratios() + quietAims(full ? [1_000, 100_000, 1_000_000] : [1_000, 10_000])
            + [life(most)] + changes(most) + [rival(), visible()].flatMap({ $0 })
        {
            print(aim.line(scale))
        }
        print("")
    }

    /// How much slower this machine is now than the one that the aims are of.
    private func machine() -> Double {
        let there: [String: Double] = [
            "fix 1000": 2.6, "fix 10000": 18.4, "fix 100000": 165,
            "T30 1000": 4.4, "T30 10000": 28.9, "T30 100000": 284,
        ]
        let logs = cells.compactMap { cell -> Double? in
            there["\(cell.workload.mode) \(cell.workload.positions)"].map {
                log(cell.least(.rival(.tree)) / $0)
            }
        }
        return exp(logs.reduce(0, +) / Double(logs.count))
    }

    private func ratios() -> [Aim] {
        let best = Cell.Contender.engine(.book(Processor.best))
        let above5 = cells.filter { $0.least(.rival(.tree)) > 5 }
        let worst = above5.map { $0.ratio(best, to: .rival(.tree)) }.max() ?? .nan
        let still = quiet.map { $0.least(best) }.max() ?? .nan
        return [
            Aim("book to C++ tree above 5 ns, worst", worst, 1.25, unit: "x"),
            Aim("book, quiet tick, worst", still, 1.5),
        ]
    }

    private func quietAims(_ sizes: [Int]) -> [Aim] {
        var aims: [Aim] = []
        for positions in sizes {
            let quiet = Quiet(positions: positions)
            let name = "quiet tick in a batch of 64, N = \(positions)"
            aims.append(Aim(name, quiet.batched(passes: 201), 12))
            if positions == sizes.first {
                aims.append(Aim("one quiet hf_tick_apply", quiet.single(passes: 101), 30))
            }
            if positions == 1_000_000 {
                aims.append(
                    Aim("bytes per position at 1M", quiet.bytesPerPosition, 256, unit: "B"))
            }
        }
        let spread = Quiet(positions: sizes[1], symbols: 50, stripes: 4)
        let name = "the same, 50 symbols on 4 stripes, N = \(sizes[1])"
        return aims + [Aim(name, spread.batched(passes: 201), 15)]
    }

    /// What is left of the standard workload without its quiet ticks, for each trigger.
    private func life(_ positions: Int) -> Aim {
        let core = Cell.Contender.engine(.core(Processor.best))
        let cell = cells.first { $0.workload.positions == positions }
        let still = quiet.first { $0.workload.positions == positions }
        guard let cell, let still else { return Aim("whole life of a trigger", .nan, 250) }
        let rest = cell.least(core) - still.least(core)
        let each = rest / cell.timedTriggersPerTick(core)
        return Aim("whole life of a trigger, N = \(positions)", each, 250)
    }

    private func changes(_ most: Int) -> [Aim] {
        let count = 10_000
        return [
            Aim("book, modify, N = \(most)", Changes.bookModify(positions: most, count: count), 15),
            Aim("book, remove + insert", Changes.bookReplace(positions: most, count: count), 25),
            Aim("book, full gap, per trigger", Changes.bookGap(positions: most), 2),
            Aim("hf_position_modify", Changes.coreModify(positions: most, count: count), 60),
            Aim(
                "hf_deal_apply (close) + hf_position_open",
                Changes.coreReplace(positions: most, count: count), 120),
        ]
    }

    /// CppTrader's bare book is not run here: its figure, scaled to this machine, over ours.
    private func rival() -> [Aim] {
        let core = Cell.Contender.engine(.core(Processor.best))
        let cell = cells.first { $0.workload.positions == 10_000 && $0.workload.mode == .T30 }
        guard let cell else { return [] }
        let times = 5_883 * machine() / cell.least(core)
        return [
            Aim("CppTrader (scaled) to our core, 10k T30", times, 10, unit: "x", isLeast: true)
        ]
    }

    private func visible() -> [Aim] {
        let visible = Visible(positions: 1_000, ticks: size == .full ? 1_000_000 : 200_000)
        return [
            Aim("tick to command in hand, p50", visible.p50 - visible.empty50, 300),
            Aim("the same, p99.9", visible.p999, 5_000),
            Aim("an empty loop, p99.9", visible.empty999, nil),
        ]
    }

    // MARK: verdict

    /// Prints what does not hold.
    /// - Returns: whether all does.
    public func verdict() -> Bool {
        let wrong = (cells + quiet).flatMap { cell in
            cell.contenders.filter { !cell.agrees($0) }.map {
                "checksum: \($0.name), \(cell.workload.mode), N = \(cell.workload.positions)"
            }
        }
        let best = Cell.Contender.engine(.book(Processor.best))
        let slow = cells.compactMap { cell -> String? in
            let ratio = cell.ratio(best, to: .rival(.zone))
            guard let gate, !(ratio <= gate) else { return nil }
            return "gate: \(best.name) takes \(decimal(ratio, 2)) of the C++ zone map's time,"
                + " \(cell.workload.mode), N = \(cell.workload.positions), allowed \(gate)"
        }
        for line in wrong + slow { print("FAILED \(line)") }
        let checked = (cells + quiet).map(\.contenders.count).reduce(0, +)
        print("\(checked - wrong.count) of \(checked) checksums agree with the C++ tree")
        return wrong.isEmpty && slow.isEmpty
    }
}
