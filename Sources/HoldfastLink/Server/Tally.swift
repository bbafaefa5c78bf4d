import CHoldfast
import CHoldfastLink
import Synchronization

/// The counters. The thread that serves writes them, any thread reads them.
final class Tally: Sendable {
    enum Counter: Int, CaseIterable {
        case framesIn, framesOut, framesBad, framesRefused, inputs, inputsRefused, queries, takes
        case commands, notices, events, eventsLapped, parked, parkedRefused, parkedNow
        case repliesDropped, hellos, hosts, executors, watchers
    }

    private let cells: Cells

    /// Words that never move, so that they can be atomic.
    private struct Cells: @unchecked Sendable {
        let base: UnsafeMutablePointer<Atomic<UInt64>>
    }

    init() {
        let base = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: Counter.allCases.count)
        for counter in Counter.allCases {
            (base + counter.rawValue).initialize(to: Atomic(0))
        }
        cells = Cells(base: base)
    }

    deinit {
        cells.base.deinitialize(count: Counter.allCases.count)
        cells.base.deallocate()
    }

    func add(_ counter: Counter, _ count: Int = 1) {
        cells.base[counter.rawValue].wrappingAdd(
            UInt64(truncatingIfNeeded: count), ordering: .relaxed)
    }

    func set(_ counter: Counter, _ count: Int) {
        cells.base[counter.rawValue].store(UInt64(truncatingIfNeeded: count), ordering: .relaxed)
    }

    func read(_ counter: Counter) -> UInt64 {
        cells.base[counter.rawValue].load(ordering: .relaxed)
    }

    func record() -> hf_link_counters {
        var out = hf_link_counters()
        out.frames_in = read(.framesIn)
        out.frames_out = read(.framesOut)
        out.frames_bad = read(.framesBad)
        out.frames_refused = read(.framesRefused)
        out.inputs = read(.inputs)
        out.inputs_refused = read(.inputsRefused)
        out.queries = read(.queries)
        out.takes = read(.takes)
        out.commands = read(.commands)
        out.notices = read(.notices)
        out.events = read(.events)
        out.events_lapped = read(.eventsLapped)
        out.parked = read(.parked)
        out.parked_refused = read(.parkedRefused)
        out.parked_now = read(.parkedNow)
        out.replies_dropped = read(.repliesDropped)
        out.hellos = read(.hellos)
        out.hosts = read(.hosts)
        out.executors = read(.executors)
        out.watchers = read(.watchers)
        return out
    }
}
