import CZeroMQ
import Glibc
import Synchronization

/// The thread "hf-link".
enum Worker {
    static func start(_ link: Link) throws(Refusal) -> pthread_t {
        // The thread is a guest: no signal of the host is handled on it.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        var thread = pthread_t()
        let argument = Unmanaged.passRetained(link)
        let failed = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Worker.run(argument) }
                return nil
            }, argument.toOpaque())
        guard failed == 0 else {
            argument.release()
            throw Refusal(Code.full)
        }
        pthread_setname_np(thread, "hf-link")
        return thread
    }

    private static func run(_ argument: UnsafeMutableRawPointer) {
        let link = Unmanaged<Link>.fromOpaque(argument).takeRetainedValue()
        while !link.isStopping.load(ordering: .acquiring) {
            link.turn(link.settings.noticeInterval)
        }
    }
}
