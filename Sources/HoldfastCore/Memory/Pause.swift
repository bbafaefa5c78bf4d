import CLinux
import Glibc

/// How a thread passes the time until another one, which takes no lock meanwhile, has done a few
/// stores: it spins while that one probably runs, then sleeps. Sleeping instead of yielding lets a
/// thread of lower real-time priority come to its stores on the same processor.
struct Pause {
    private static let spins = 128
    private static let sleep_ns = 50_000
    private var turns = 0

    mutating func wait() {
        if turns < Self.spins {
            turns += 1
            hf_pause()
            return
        }
        var time = timespec(tv_sec: 0, tv_nsec: Self.sleep_ns)
        nanosleep(&time, nil)
    }
}
