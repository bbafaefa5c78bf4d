/// Answers that wait for their instant: a heap by (instant, command id, arrival), the order in
/// which the link too lets them take effect.
struct AnswerQueue {
    private struct Entry {
        let answer: BrokerAnswer
        let key: CommandKey
        let arrival: Int

        func isBefore(_ other: Entry) -> Bool {
            if answer.time != other.answer.time { return answer.time < other.answer.time }
            return key == other.key ? arrival < other.arrival : key.isBefore(other.key)
        }
    }

    private var heap: [Entry] = []
    private var arrivals = 0

    var due: Int64 { heap.first?.answer.time ?? .max }

    mutating func add(_ answer: BrokerAnswer) {
        arrivals += 1
        heap.append(Entry(answer: answer, key: CommandKey(answer.command), arrival: arrivals))
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next(due now: Int64) -> BrokerAnswer? {
        guard let first = heap.first, first.answer.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            if least == parent { return first.answer }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
