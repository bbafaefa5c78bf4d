import CHoldfast
import CVector
import HoldfastCore
import HoldfastJournal
import Synchronization

/// A core with what surrounds it in a process: the recording of its inputs, its measurements.
public final class Engine: Sendable {
    private struct Held: @unchecked Sendable {
        let core: Core
    }

    private struct Open: @unchecked Sendable {
        var recording: Recording?
    }

    private let held: Held
    private let open = Mutex(Open())
    private let measured: Measured?
    private let clock: Clock

    public var core: Core { held.core }

    public init(_ config: hf_core_config, clock: Clock = .monotonic) throws(Failure) {
        measured = config.flags & UInt32(HF_CONFIG_LATENCY) != 0 ? Measured() : nil
        held = Held(
            core: try Core(
                try KernelChoice.apply(config), hasV3: hf_cpu_has_v3() != 0, nodes: Numa.nodes,
                watch: measured?.lockWatch ?? .none))
        self.clock = clock
    }

    deinit { held.core.close() }

    /// Nanoseconds by its clock.
    public func now() -> UInt64 { clock.now() }

    // MARK: ticks, measured

    @inline(__always)
    public func ticks(_ ticks: UnsafePointer<hf_tick>, _ count: Int) -> Core.Ticked {
        guard let measured else { return held.core.ticks(ticks, count) }
        let start = clock.now()
        let answer = held.core.ticks(ticks, count)
        if answer.commands > 0 { measured.tickToCommand.add(clock.now() &- start) }
        return answer
    }

    /// - Parameter which: HF_LATENCY_...
    public func latency(_ which: UInt32) throws(Failure) -> hf_latency {
        if which == 0 || which > UInt32(HF_LATENCY_SLICE_HOLD) { throw .argument }
        guard let measured else { throw .state }
        return measured[which].summary
    }

    // MARK: recording

    public func startRecording(_ path: String) throws(Failure) {
        try open.withLock { (open) throws(Failure) in
            if open.recording != nil || core.counters.sequence != 0 { throw .state }
            let recording: Recording
            do {
                recording = try Recording(path: path, config: core.config)
            } catch {
                throw .storage
            }
            let sink = Sink(recording)
            if !core.recorder.start(sink.take) { throw .state }
            open.recording = recording
        }
    }

    public func endRecording() throws(Failure) {
        try open.withLock { (open) throws(Failure) in
            guard let recording = open.recording else { throw .state }
            open.recording = nil
            let (hash, sequence) = core.still { hash in
                core.recorder.stop()
                return (hash, core.claimed)
            }
            do {
                try recording.end(hash: hash, sequence: sequence)
            } catch {
                throw .storage
            }
        }
    }

    public var isRecording: Bool { open.withLock { $0.recording != nil } }

    private struct Sink: @unchecked Sendable {
        private let recording: Recording
        init(_ recording: Recording) { self.recording = recording }

        func take(
            _ head: hf_record_head, _ body: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
        ) { recording.append(head, body, tail) }
    }
}
