import CHoldfast

/// Memory in which long reads sum up and sort, reserved when a core opens; pages that no read
/// needed are never touched.
struct Reads {
    /// One read that sums or sorts at a time: taken before any stripe's lock.
    let lock = Lock()
    let performance: GroupTable<Performance>
    let cells: GroupTable<Cell>
    let lists: SortedLists

    init(_ arena: inout Arena, _ config: hf_core_config) throws(Failure) {
        cells = try GroupTable(&arena, capacity: Int(config.positions))
        lists = try SortedLists(&arena, positions: Int(config.positions))
        performance = try GroupTable(&arena, capacity: Int(config.history))
    }

    func destroy() { lock.destroy() }
}
