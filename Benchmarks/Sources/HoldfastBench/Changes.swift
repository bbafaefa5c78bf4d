import HoldfastKernels

/// Changes of random positions, no tick between them: a book alone, or the whole core. Each gives
/// the median of some rounds.
struct Changes {
    let positions: Int
    let rounds: Int
    /// Changes in a round.
    static let count = 10_000

    /// ns per change of both levels of one leaf.
    func bookModify() -> Double {
        withBook { book, face, places in
            var random = SplitMix64(state: 7)
            return each(Self.count) {
                let place = places[Int(random.next() % UInt64(positions))]
                let offset = Int64(random.next() & 1023)
                face.modify(&book, place, -20_000 - offset, 20_000 + offset, .max)
            }
        }
    }

    /// ns per removal of one leaf and insertion of another.
    func bookReplace() -> Double {
        withBook { book, face, places in
            var random = SplitMix64(state: 7)
            return each(Self.count) {
                let draw = random.next()
                let index = Int(draw % UInt64(positions))
                face.remove(&book, places[index])
                places[index] = face.insert(&book, leaf(draw), UInt32(index))
            }
        }
    }

    /// ns per leaf when one price fires them all.
    func bookGap() -> Double {
        withBook { book, face, places in
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
    func coreModify() -> Double {
        let game = quietGame()
        var random = SplitMix64(state: 7)
        return each(Self.count) {
            let draw = random.next()
            let id = draw % UInt64(positions)
            let isShort = game.isShort(Int(id))
            let offset = 10_000 + Int64(draw >> 54)
            let stop = Workload.startBid + (isShort ? offset : -offset)
            game.host.modify(id + 1, sl: stop, time: 0)
        }
    }

    /// ns per position that the broker closed and another that was opened.
    func coreReplace() -> Double {
        let game = quietGame()
        var oldest: UInt64 = 0
        return each(Self.count) {
            oldest += 1
            game.host.gone(oldest, deal: oldest, price: Workload.startBid, time: 0)
            game.reopen(oldest)
        }
    }

    private func quietGame() -> CoreGame {
        var workload = Workload(.fix, positions: positions, ticks: 1)
        workload.isQuiet = true
        return CoreGame(workload, Processor.best)
    }

    private func leaf(_ draw: UInt64) -> Leaf {
        let offset = Int64(draw & 1023)
        var leaf = Leaf(down: -20_000 - offset, up: 20_000 + offset)
        leaf.see(0, at: 0)
        return leaf
    }

    private func withBook(_ measure: (inout Book, BookFace, inout [UInt32]) -> Double) -> Double {
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

    private func each(_ count: Int, _ change: () -> Void) -> Double {
        median(
            (0..<rounds).map { _ in
                nanoseconds { for _ in 0..<count { change() } } / Double(count)
            })
    }
}
