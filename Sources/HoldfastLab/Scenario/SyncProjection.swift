import CHoldfast

// How an account and its broker agree, and who executes.

extension Projection {
    /// What snapshots of an account came to, and when the next one is due.
    init(_ status: hf_sync_status) {
        self.init()
        add("sync", .count(status.account))
        add("asked_at", .time(status.asked_at))
        add("applied_at", .time(status.applied_at))
        add("next_at", .due(status.next_at))
        add("late_at", .due(status.late_at))
        for (key, value) in [
            ("snapshots", status.snapshots), ("failed", status.failed),
            ("ignored", status.ignored), ("compared", status.compared),
            ("agreed", status.agreed), ("adopted", status.adopted),
            ("removed", status.removed), ("fixed", status.fixed),
            ("suspected", status.suspected), ("skipped", status.skipped),
        ] { add(key, .count(value)) }
        add("accuracy", .amount(status.accuracy))
        add("command", .id(status.command))
        add("stale", .flag(status.stale != 0))
    }

    static let syncKeys: [String: Kind] = [
        "asked_at": .instant, "applied_at": .instant, "next_at": .instant, "late_at": .instant,
        "snapshots": .count, "failed": .count, "ignored": .count, "compared": .count,
        "agreed": .count, "adopted": .count, "removed": .count, "fixed": .count,
        "suspected": .count, "skipped": .count, "accuracy": .decimal, "command": .command,
        "stale": .flag,
    ]

    /// An executor as it stands.
    init(_ view: hf_executor_view) {
        self.init()
        let executor = view.executor
        add("executor", .count(executor.id))
        add("up", .flag(executor.up != 0))
        add("rate", .amount(executor.rate))
        add("in_flight_max", .count(executor.in_flight_max))
        add("heartbeat_late", .count(executor.heartbeat_late))
        add(
            "capabilities",
            .words(
                Words.capability.words
                    .filter { executor.capabilities & UInt32($0.number) != 0 }.map(\.word)))
        add("seen", .time(view.seen))
        add("epoch", .count(view.epoch))
        add("in_flight", .count(view.in_flight))
        add("unanswered", .count(view.unanswered))
        add("waiting", .count(view.waiting))
        add("silent", .flag(view.silent != 0))
        add("slow", .flag(view.slow != 0))
    }

    static let executorKeys: [String: Kind] = [
        "up": .flag, "rate": .decimal, "in_flight_max": .count, "heartbeat_late": .count,
        "capabilities": .list(.word(Words.capability)), "seen": .instant, "epoch": .count,
        "in_flight": .count, "unanswered": .count, "waiting": .count, "silent": .flag,
        "slow": .flag,
    ]
}
