import CHoldfast
import Testing

@testable import HoldfastCore

/// A machine whose nodes are a table: pages lie where they were bound last, else on node 0.
private final class Machine: @unchecked Sendable {
    var running: Int? = 0
    var isRefusing = false
    /// Pages that the wanted node has no room for, of each range.
    var homeless = 0
    private(set) var bound: [UnsafeMutableRawPointer: Int] = [:]

    func nodes(_ mask: UInt64) -> Nodes {
        Nodes(
            mask: mask, current: { self.running },
            bind: { range, node in
                if self.isRefusing { return false }
                if let base = range.baseAddress { self.bound[base] = node }
                return true
            },
            locate: { range, found in
                let owner = self.bound.keys.filter { $0 <= range.baseAddress ?? $0 }.max()
                let home = owner.flatMap { self.bound[$0] } ?? 0
                for page in 0..<range.count / Nodes.pageSize {
                    found[page] = Int32(page < self.homeless ? home + 1 : home)
                }
                return true
            })
    }
}

@Suite("Placement")
struct PlacementTests {
    private func open(
        _ machine: Machine, mask: UInt64, _ placement: Int = HF_PLACE_DRIVER, node: UInt32 = 0
    ) throws -> Core {
        var config = Configuration.defaults
        config.stripes = 2
        config.symbols = 4
        config.positions = 64
        config.rules = 16
        config.placement = UInt32(placement)
        config.node = node
        let core = try Core(config, hasV3: false, nodes: machine.nodes(mask))
        for name in ["A", "B", "C"] {
            var symbol = hf_symbol()
            withUnsafeMutableBytes(of: &symbol.name) { $0.copyBytes(from: name.utf8) }
            withUnsafeMutableBytes(of: &symbol.profit_currency) { $0.copyBytes(from: "USD".utf8) }
            (symbol.tick_size, symbol.tick_value, symbol.digits) = (1, 1, 5)
            (symbol.volume_min, symbol.volume_step, symbol.volume_max) = (1, 1, 1000)
            _ = try core.put(symbol, 0)
        }
        return core
    }

    private func tick(_ core: Core, _ symbol: UInt32, _ time: Int64 = 1) {
        var tick = hf_tick()
        (tick.symbol, tick.time, tick.bid, tick.ask) = (symbol, time, 100, 101)
        #expect(core.ticks(&tick, 1).accepted == 1)
    }

    private func node(_ core: Core, _ stripe: UInt32) throws -> UInt32 {
        try core.placement(stripe).node
    }

    @Test("a stripe goes to the node of the thread that ticks it first, and stays there")
    func driver() throws {
        let machine = Machine()
        let core = try open(machine, mask: 0b11)
        defer { core.close() }
        #expect(machine.bound.isEmpty)
        machine.running = 1
        tick(core, 1)
        #expect(try node(core, 0) == 1)
        #expect(try node(core, 1) == HF_NODE_NONE)
        machine.running = 0
        tick(core, 3, 2)
        tick(core, 2, 2)
        #expect(try node(core, 0) == 1, "symbol 3 is in stripe 0 and does not drive it first")
        #expect(try node(core, 1) == 0)
        #expect(core.counters.stripes_placed == 2 && core.counters.numa_nodes == 2)
    }

    @Test("a step defines no driver")
    func stepping() throws {
        let core = try open(Machine(), mask: 0b11)
        defer { core.close() }
        try core.step(5)
        #expect(try node(core, 0) == HF_NODE_NONE)
    }

    @Test("a driver on a node without memory leaves the stripe to the kernel, counted once")
    func memoryless() throws {
        let machine = Machine()
        let core = try open(machine, mask: 0b101)
        defer { core.close() }
        machine.running = 1
        tick(core, 1)
        tick(core, 1, 2)
        #expect(try node(core, 0) == HF_NODE_NONE)
        #expect(core.counters.placements_refused == 1 && machine.bound.isEmpty)
    }

    @Test("the node of the configuration holds before anything is touched")
    func named() throws {
        let machine = Machine()
        let core = try open(machine, mask: 0b11, HF_PLACE_NODE, node: 1)
        defer { core.close() }
        tick(core, 1)
        for stripe in UInt32(0)..<2 {
            let placement = try core.placement(stripe)
            #expect(placement.node == 1 && placement.pages_elsewhere == 0)
            #expect(placement.pages_on_node == placement.pages)
        }
        #expect(core.counters.stripes_placed == 2 && core.counters.placements_refused == 0)
    }

    @Test(
        "a configuration for another machine opens, and the counters tell",
        arguments: [UInt64(0), 0b1, 0b11])
    func missing(mask: UInt64) throws {
        let core = try open(Machine(), mask: mask, HF_PLACE_NODE, node: 5)
        defer { core.close() }
        tick(core, 1)
        let counters = core.counters
        #expect(counters.numa_nodes == UInt64(mask.nonzeroBitCount))
        #expect(counters.stripes_placed == 0)
        #expect(counters.placements_refused == 2)
    }

    @Test(
        "one node or none places nothing by itself and refuses nothing", arguments: [UInt64(0), 1])
    func single(mask: UInt64) throws {
        let machine = Machine()
        let core = try open(machine, mask: mask)
        defer { core.close() }
        tick(core, 1)
        #expect(machine.bound.isEmpty && core.counters.placements_refused == 0)
    }

    @Test("a stripe is bound and bound again; its pages are counted by node; no result changes")
    func bind() throws {
        let machine = Machine()
        let core = try open(machine, mask: 0b11, HF_PLACE_KERNEL)
        defer { core.close() }
        tick(core, 2)
        let before = core.hash
        #expect(try core.placement(1).pages_elsewhere == core.placement(1).pages)
        for wanted in [UInt32(1), 0, 1] {
            try core.bind(1, node: wanted)
            let placement = try core.placement(1)
            #expect(placement.node == wanted && placement.stripe == 1)
            #expect(placement.pages_on_node == placement.pages_used)
            #expect(placement.pages_elsewhere == 0)
        }
        #expect(try node(core, 0) == HF_NODE_NONE)
        #expect(core.hash == before && core.counters.stripes_placed == 1)
    }

    @Test("what cannot be bound is told apart: no such thing, no such node, refused, no room")
    func refusals() throws {
        let machine = Machine()
        let two = try open(machine, mask: 0b11, HF_PLACE_KERNEL)
        let one = try open(machine, mask: 1, HF_PLACE_KERNEL)
        defer {
            two.close()
            one.close()
        }
        #expect(throws: Failure.range) { try two.bind(2, node: 0) }
        #expect(throws: Failure.range) { try two.placement(2) }
        #expect(throws: Failure.range) { try two.bind(0, node: 64) }
        #expect(throws: Failure.range) { try two.bind(0, node: 2) }
        try one.bind(0, node: 2)
        #expect(one.counters.placements_refused == 1 && two.counters.placements_refused == 0)
        machine.isRefusing = true
        #expect(throws: Failure.unsupported) { try two.bind(0, node: 1) }
        #expect(two.counters.placements_refused == 1)
        machine.isRefusing = false
        machine.homeless = 3
        #expect(throws: Failure.full) { try two.bind(0, node: 1) }
        #expect(try two.placement(0).pages_elsewhere == 3)
    }

    @Test("a node without its kind, an unknown kind and a node above all masks are refused")
    func configuration() {
        for (placement, node, failure) in [
            (HF_PLACE_DRIVER, 1, Failure.argument), (HF_PLACE_KERNEL, 1, .argument),
            (3, 0, .argument), (HF_PLACE_NODE, 64, .range),
        ] {
            #expect(throws: failure) {
                try open(Machine(), mask: 1, placement, node: UInt32(node)).close()
            }
        }
    }
}
