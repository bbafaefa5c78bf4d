import CHoldfast
import HoldfastCore

/// What is measured of a core that was opened with HF_CONFIG_LATENCY.
final class Measured: Sendable {
    let tickToCommand = Histogram()
    private let lockWait = Histogram()
    private let lockHold = Histogram()
    private let sliceHold = Histogram()

    subscript(which: UInt32) -> Histogram {
        switch Int(which) {
        case HF_LATENCY_LOCK_WAIT: lockWait
        case HF_LATENCY_LOCK_HOLD: lockHold
        case HF_LATENCY_SLICE_HOLD: sliceHold
        default: tickToCommand
        }
    }

    /// For the core, which lives no longer than this.
    var lockWatch: LockWatch {
        LockWatch(
            context: UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()),
            now: { Clock.monotonic.now() },
            note: { context, what, time in
                Unmanaged<Measured>.fromOpaque(context)._withUnsafeGuaranteedRef { measured in
                    switch LockWatch.What(rawValue: what) {
                    case .wait: measured.lockWait.add(time)
                    case .slice: measured.sliceHold.add(time)
                    case .hold, nil: measured.lockHold.add(time)
                    }
                }
            })
    }
}
