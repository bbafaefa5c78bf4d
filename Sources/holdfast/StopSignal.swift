import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP as a flag that loops look at, so that children and files are cleaned
/// up.
enum StopSignal {
    private static let caught = Atomic<Int32>(0)

    /// - Parameter ignoring: signals that are meant for the parent.
    static func watch(ignoring: [Int32] = []) {
        // A parent's blocked signals are inherited: started from a worker thread we would be deaf.
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGHUP)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            if ignoring.contains(number) {
                signal(number, SIG_IGN)
            } else {
                signal(number) { StopSignal.caught.store($0, ordering: .relaxed) }
            }
        }
    }

    /// 0 while none came.
    static var number: Int32 { caught.load(ordering: .relaxed) }
}
