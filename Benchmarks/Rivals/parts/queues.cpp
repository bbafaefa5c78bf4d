// queues [MESSAGES]
//
// Messages of 64 bytes through queues of other projects: ns per message, pushed and popped on one
// thread, from one thread to another, and from two threads to one. A line of JSON each.
#include <boost/lockfree/spsc_queue.hpp>
#include <concurrentqueue/concurrentqueue.h>

#include "measure.hpp"
#include "vyukov.hpp"

struct Message {
    std::uint64_t words[8];
};

constexpr std::size_t CAPACITY = 4'096;

struct Boost {
    static constexpr const char* name = "boost spsc_queue";
    static constexpr bool many = false;
    boost::lockfree::spsc_queue<Message, boost::lockfree::capacity<CAPACITY>> queue;
    explicit Boost(int) {}
    bool push(const Message& message, int) { return queue.push(message); }
    bool pop(Message& message) { return queue.pop(message); }
};

struct Bounded {
    static constexpr const char* name = "bounded MPSC (Vyukov)";
    static constexpr bool many = true;
    Vyukov<Message, CAPACITY> queue;
    explicit Bounded(int) {}
    bool push(const Message& message, int) { return queue.push(message); }
    bool pop(Message& message) { return queue.pop(message); }
};

/// With a token for each writer and one for the reader, as its authors advise. It has no bound:
/// what one writer has used stays its own, so with `try_enqueue` the other could wait for ever.
struct Moodycamel {
    static constexpr const char* name = "moodycamel ConcurrentQueue";
    static constexpr bool many = true;
    moodycamel::ConcurrentQueue<Message> queue;
    std::vector<moodycamel::ProducerToken> writers;
    moodycamel::ConsumerToken reader;
    explicit Moodycamel(int count) : queue(CAPACITY, std::size_t(count), 0), reader(queue) {
        for (int index = 0; index < count; ++index) writers.emplace_back(queue);
    }
    bool push(const Message& message, int writer) {
        return queue.enqueue(writers[std::size_t(writer)], message);
    }
    bool pop(Message& message) { return queue.try_dequeue(reader, message); }
};

/// The median over parts of what one thread did: a part in which a neighbour had one of the cores
/// takes a thousand times as long, and says nothing of the queue.
class Parts {
public:
    explicit Parts(std::uint64_t messages) { ns.reserve(messages / SIZE + 1); }
    void passed(std::uint64_t messages) {
        if (messages % SIZE != 0) return;
        const double instant = now(CLOCK_MONOTONIC);
        if (last > 0) ns.push_back((instant - last) / double(SIZE));
        last = instant;
    }
    double median() {
        if (ns.empty()) return 0;
        std::sort(ns.begin(), ns.end());
        return ns[ns.size() / 2];
    }

private:
    static constexpr std::uint64_t SIZE = 1'024;
    std::vector<double> ns;
    double last = 0;
};

template <class Queue>
std::uint64_t same_thread(Queue& queue, std::uint64_t count, Parts& parts) {
    std::uint64_t sum = 0;
    Message in{}, out{};
    for (std::uint64_t number = 1; number <= count; ++number) {
        in.words[0] = number;
        queue.push(in, 0);
        if (queue.pop(out)) sum += out.words[0];
        parts.passed(number);
    }
    return sum;
}

/// `writers` threads share the messages; one more reads them.
template <class Queue>
std::uint64_t across(Queue& queue, int thread, int writers, std::uint64_t count, Parts& parts) {
    Patience patience;
    Message message{};
    if (thread == 0) {
        std::uint64_t sum = 0;
        for (std::uint64_t got = 0; got < count; ++got) {
            while (!queue.pop(message)) patience.wait();
            patience.reset();
            sum += message.words[0];
            parts.passed(got + 1);
        }
        return sum;
    }
    std::uint64_t sent = 0;
    for (std::uint64_t number = std::uint64_t(thread); number <= count;
         number += std::uint64_t(writers)) {
        message.words[0] = number;
        while (!queue.push(message, thread - 1)) patience.wait();
        patience.reset();
        parts.passed(++sent);
    }
    return 0;
}

template <class Queue>
void measure(const char* test, int writers, std::uint64_t count) {
    std::vector<double> ns;
    std::uint64_t checksum = 0;
    for (int round = 0; round < ROUNDS; ++round) {
        Queue queue(std::max(writers, 1));
        std::atomic<std::uint64_t> sum{0};
        std::vector<Parts> parts(std::size_t(writers) + 1, Parts(count));
        together(writers + 1, [&](int thread) {
            Parts& own = parts[std::size_t(thread)];
            sum += writers == 0 ? same_thread(queue, count, own)
                                : across(queue, thread, writers, count, own);
        });
        // The slower end is the queue's pace: a reader that empties a full queue is no measure.
        double slowest = parts[0].median();
        for (int writer = 1; writer <= writers; ++writer) {
            slowest = std::max(slowest, parts[std::size_t(writer)].median() / writers);
        }
        ns.push_back(slowest);
        checksum = sum;
    }
    print(Queue::name, test, writers + 1, ns, checksum);
}

template <class Queue>
void all(std::uint64_t count) {
    measure<Queue>("same thread", 0, count);
    measure<Queue>("1 to 1", 1, count);
    if constexpr (Queue::many) measure<Queue>("2 to 1", 2, count);
}

int main(int words, char** word) {
    const std::uint64_t count = words > 1 ? std::strtoull(word[1], nullptr, 10) : 2'000'000;
    all<Boost>(count);
    all<Bounded>(count);
    all<Moodycamel>(count);
    return 0;
}
