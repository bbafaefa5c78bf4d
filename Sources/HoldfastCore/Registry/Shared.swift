import CHoldfast
import HoldfastKernels
import Synchronization

/// Takes an input before it is applied: head, body, and what follows the body.
public typealias InputSink = (hf_record_head, UnsafeRawBufferPointer, UnsafeRawBufferPointer) ->
    Void

/// What all stripes share: each part has its own lock or never changes. Not to be copied, and
/// without methods: one that only reads would be given a copy.
struct Shared: ~Copyable {
    let config: hf_core_config
    let face: BookFace
    let watch: LockWatch
    /// Behind a pointer, so that a copy counts no references.
    let nodes: UnsafeMutablePointer<Nodes>
    /// By number - 1: each lies in the memory of its stripe.
    let markets: UnsafeMutablePointer<UnsafeMutablePointer<Market>>
    let accounts: UnsafeMutablePointer<Account>
    let executors: UnsafeMutablePointer<Executor>
    let rates: Rates
    /// Position id -> place, of every open position.
    let directory: Index
    let places: Places
    /// (account, ticket) -> position id; (hash, hash) of account and client id -> position id.
    let tickets: SharedMap
    /// The ticket that a position had before its present one.
    let formers: SharedMap
    let clients: SharedMap
    /// (account's number, symbol) -> position id, on netting accounts.
    let nets: SharedMap
    /// Rule id -> position id, or `wideOwner`.
    let ruleOwners: SharedMap
    let wide: WideRules
    /// One input about rules, one entry with caps at a time: taken before any stripe's lock.
    let ruling: Lock
    let entering: Lock
    /// What must be unique over all stripes (ids, tickets, client ids, numbers of deals) is judged,
    /// recorded and kept under it, inside of stripes' locks: in the order of the recording.
    let naming: Lock
    /// What belongs to no symbol: see `Desk.swift`. When it is due next, and its alarms.
    let desk: Lock
    let deskDue: UnsafeMutablePointer<Atomic<Int64>>
    let deskAlarms: UnsafeMutablePointer<Atomic<UInt64>>
    let history: History
    let reads: Reads
    let events: EventRing
    let bell: EventBell
    let definitions: Lock
    let names: Names
    let recorder: Recorder
    let lastPosition: UnsafeMutablePointer<Atomic<UInt64>>
    let openPositions: UnsafeMutablePointer<Atomic<Int>>
    /// Rows of rules that are in use, or that a wide rule may come to need.
    let ruleCount: UnsafeMutablePointer<Atomic<Int>>
}

/// Stripe and slot of a position as one number.
struct Places {
    private let slotBits: UInt64
    /// How many numbers there are.
    let count: Int

    init(_ config: hf_core_config) {
        slotBits = UInt64(Int.bitWidth - (Int(config.positions) - 1).leadingZeroBitCount)
        count = Int(config.stripes) << slotBits
    }

    @inline(__always)
    func number(_ stripe: Int, _ slot: UInt32) -> UInt64 {
        UInt64(stripe) << slotBits | UInt64(slot)
    }

    @inline(__always)
    func place(_ number: UInt64) -> (stripe: Int, slot: UInt32) {
        (Int(number >> slotBits), UInt32(truncatingIfNeeded: number & (1 << slotBits - 1)))
    }
}

/// Gives each input its sequence, and its record to whoever keeps records. Called with the stripe's
/// (and account's) lock held, so that the order of sequences is the order of each stripe.
struct Recorder {
    private let lock = Lock()
    /// Behind a pointer, so that what all stripes share is copied without counting references.
    private let sink: UnsafeMutablePointer<InputSink?>
    private let isOn: UnsafeMutablePointer<Atomic<Bool>>
    private let sequence: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        sink = .allocate(capacity: 1)
        sink.initialize(to: nil)
        isOn = .allocate(capacity: 1)
        isOn.initialize(to: Atomic(false))
        // Every thread writes it: what is only read must not lie on its lines.
        sequence = UnsafeMutableRawPointer.allocate(
            byteCount: 2 * Limits.line, alignment: Limits.line
        ).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        sequence.initialize(to: Atomic(0))
    }

    func destroy() {
        lock.destroy()
        sink.deinitialize(count: 1).deallocate()
        isOn.deinitialize(count: 1).deallocate()
        sequence.deinitialize(count: 1).deallocate()
    }

    var claimed: UInt64 { sequence.pointee.load(ordering: .acquiring) }

    var isRecording: Bool { isOn.pointee.load(ordering: .relaxed) }

    /// - Returns: false when an input came before.
    func start(_ sink: @escaping InputSink) -> Bool {
        lock.hold {
            if self.sink.pointee != nil || claimed != 0 { return false }
            self.sink.pointee = sink
            isOn.pointee.store(true, ordering: .sequentiallyConsistent)
            return true
        }
    }

    func stop() {
        lock.hold {
            sink.pointee = nil
            isOn.pointee.store(false, ordering: .sequentiallyConsistent)
        }
    }

    @inline(__always)
    func claim(
        _ kind: Int, time: Int64, body: UnsafeRawBufferPointer,
        tail: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        part: Int = 0, parts: Int = 0
    ) -> UInt64 {
        if !isOn.pointee.load(ordering: .relaxed) {
            return sequence.pointee.add(1, ordering: .relaxed).newValue
        }
        return record(kind, time, body, tail, part, parts)
    }

    private func record(
        _ kind: Int, _ time: Int64, _ body: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer,
        _ part: Int, _ parts: Int
    ) -> UInt64 {
        lock.hold {
            let number = sequence.pointee.add(1, ordering: .relaxed).newValue
            var head = hf_record_head()
            head.kind = UInt16(kind)
            head.version = UInt16(HF_ABI_VERSION)
            head.size = UInt32(body.count + tail.count)
            head.sequence = number
            head.time = time
            head.part = UInt16(part)
            head.parts = UInt16(parts)
            sink.pointee?(head, body, tail)
            return number
        }
    }

    /// A record of fixed size.
    @inline(__always)
    func claim<Record>(_ kind: Int, _ input: Record, time: Int64) -> UInt64 {
        // Without a recording nothing is copied.
        if !isOn.pointee.load(ordering: .relaxed) {
            return sequence.pointee.add(1, ordering: .relaxed).newValue
        }
        return withUnsafeBytes(of: input) {
            record(kind, time, $0, UnsafeRawBufferPointer(start: nil, count: 0), 0, 0)
        }
    }
}

/// Names and numbers of symbols, accounts and executors: defined rarely, behind one lock.
struct Names {
    struct Counts {
        var symbols = 0
        var accounts = 0
        var executors = 0
    }

    let counts: UnsafeMutablePointer<Counts>
    /// How many symbols are defined, for a tick to check against without a lock.
    let symbols: UnsafeMutablePointer<Atomic<Int>>
    /// Id -> place. Changed under the definitions' lock, and after what is at the place.
    let accounts: Index
    let executors: Index

    init(_ arena: inout Arena, _ config: hf_core_config) throws(Failure) {
        counts = try arena.reserve(Counts.self, 1)
        counts.initialize(to: Counts())
        symbols = try arena.reserve(Atomic<Int>.self, 1)
        symbols.initialize(to: Atomic(0))
        let (accounts, executors) = (Int(config.accounts), Int(config.executors))
        self.accounts = try Index(&arena, capacity: accounts, numbers: accounts)
        self.executors = try Index(&arena, capacity: executors, numbers: executors)
    }
}
