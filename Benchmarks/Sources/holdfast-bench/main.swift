import HoldfastBench
let args = CommandLine.arguments
let n = Int(args[2])!, k = Int(args[3])!
for mode in Workload.Mode.allCases {
    for e in [Engine.book(.scalar), .book(.baseline), .book(.v3), .core(.v3)] {
        let r = e.run(Workload(mode, positions: n, ticks: k))
        print(e.name, mode, n, r.nsPerTick, r.tally.triggers, String(r.tally.checksum, radix: 16))
    }
}
