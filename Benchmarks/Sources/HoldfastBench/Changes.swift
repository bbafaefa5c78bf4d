import HoldfastKernels

/// Changes of random positions, no tick between them: a book alone, or the whole core.
public enum Changes {
    private static let rounds = 5

    /// ns per change of both levels of one leaf.
    public static func bookModify(positions: Int, count: Int) -> Double {
        withBook(positions) { book, face, places in
            var random = SplitMix64(state: 7)
            return each(count) {
                let place = places[Int(random.next() % UInt64(positions))]
                let offset = Int64(random.next() & 1023)
                face.modify(&book, place, -20_000 - offset, 20_000 + offset, .max)
            }
        }
    }

    /// ns per removal of one leaf and insertion of another.
    public static func bookReplace(positions: Int, count: Int) -> Double {
        withBook(positions) { book, face, places in
            var random = SplitMix64(state: 7)
            return each(count) {
                let draw = random.next()
                let index = Int(draw % UInt64(positions))
                face.remove(&book, places[index])
                places[index] = face.insert(&book, leaf(draw), UInt32(index))
            }
        }
    }

    /// ns per leaf when one price fires them all.
    public static func bookGap(positions: Int) -> Double {
        withBook(positions) { book, face, places in
            let out = UnsafeMutablePointer<Breach>.allocate(capacity: positions)
            defer { out.deallocate() }
            let rounds = (0..<rounds).map { _ in
                // What fired watches nothing: each round has to begin with all of it armed again.
                for place in places { face.modify(&book, place, -20_000, 20_000, .max) }
                return nanoseconds {
                    precondition(face.breaches(&book, -100_000, out) == positions)
                }
            }
            return median(rounds) / Double(positions)
        }
    }

    /// ns per `hf_position_modify` of the stop.
    public static func coreModify(positions: Int, count: Int) -> Double {
        let game = quietGame(positions)
        var random = SplitMix64(state: 7)
        return each(count) {
            let draw = random.next()
            let id = draw % UInt64(positions)
            let isShort = game.isShort(Int(id))
            let offset = 10_000 + Int64(draw >> 54)
            let stop = Workload.startBid + (isShort ? offset : -offset)
            game.host.modify(id + 1, sl: stop, time: 0)
        }
    }

    /// ns per position that the broker closed and another that was opened.
    public static func coreReplace(positions: Int, count: Int) -> Double {
        let game = quietGame(positions)
        var oldest: UInt64 = 0
        return each(count) {
            oldest += 1
            game.host.gone(oldest, deal: oldest, price: Workload.startBid, time: 0)
            game.reopen(oldest)
        }
    }

    private static func quietGame(_ positions: Int) -> CoreGame {
        var workload = Workload(.fix, positions: positions, ticks: 1)
        workload.isQuiet = true
        return CoreGame(workload, Processor.best)
    }

    private static func leaf(_ draw: UInt64) -> Leaf {
        let offset = Int64(draw & 1023)
        var leaf = Leaf(down: -20_000 - offset, up: 20_000 + offset)
        leaf.see(0, at: 0)
        return leaf
    }

    private static func withBook(
        _ positions: Int, _ measure: (inout Book, BookFace, inout [UInt32]) -> Double
    ) -> Double {
        let memory = BookMemory(positions: positions, books: 1)
        defer { memory.release() }
        var book = memory.book(0)
        let face = Processor.best.face
        var random = SplitMix64(state: 3)
        var places = (0..<positions).map { slot in
            face.insert(&book, leaf(random.next()), UInt32(slot))
        }
        return measure(&book, face, &places)
    }

    private static func each(_ count: Int, _ change: () -> Void) -> Double {
        median(
            (0..<rounds).map { _ in
                nanoseconds { for _ in 0..<count { change() } } / Double(count)
            })
    }
}
