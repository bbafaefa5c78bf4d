// maps [OPERATIONS]
//
// Lookups by id, 90 % find, 5 % erase, 5 % insert, over 100 000 ids, on one thread and on two that
// share the map but no id (so that the checksum does not depend on who comes first). ns of the
// whole run per operation, a line of JSON each.
#include <tbb/concurrent_hash_map.h>

#include <memory>
#include <mutex>
#include <unordered_map>

#include "../cpp/workload.hpp"
#include "measure.hpp"

constexpr std::uint64_t IDS = 100'000;
constexpr std::size_t STRIPES = 64;

struct alignas(64) SpinLock {
    std::atomic<bool> taken{false};
    void lock() {
        Patience patience;
        while (taken.exchange(true, std::memory_order_acquire)) {
            while (taken.load(std::memory_order_relaxed)) patience.wait();
        }
    }
    void unlock() { taken.store(false, std::memory_order_release); }
};

/// A slot for each id, allocated beforehand: the floor.
class Slots {
public:
    static constexpr const char* name = "slot table, 64 spin locks";
    std::uint64_t find(std::uint64_t id) {
        std::lock_guard guard(locks[id % STRIPES]);
        return slots[id];
    }
    void erase(std::uint64_t id) {
        std::lock_guard guard(locks[id % STRIPES]);
        slots[id] = 0;
    }
    void insert(std::uint64_t id, std::uint64_t value) {
        std::lock_guard guard(locks[id % STRIPES]);
        if (slots[id] == 0) slots[id] = value;
    }

private:
    std::unique_ptr<SpinLock[]> locks{new SpinLock[STRIPES]};
    std::vector<std::uint64_t> slots = std::vector<std::uint64_t>(IDS);
};

template <class Lock, std::size_t COUNT>
class Striped {
public:
    static constexpr const char* name =
        COUNT == 1 ? "std::unordered_map, one mutex" : "std::unordered_map, 64 spin locks";
    Striped() {
        for (std::size_t at = 0; at < COUNT; ++at) stripes[at].map.reserve(IDS / COUNT * 2);
    }
    std::uint64_t find(std::uint64_t id) {
        Stripe& stripe = stripes[id % COUNT];
        std::lock_guard guard(stripe.lock);
        const auto found = stripe.map.find(id);
        return found == stripe.map.end() ? 0 : found->second;
    }
    void erase(std::uint64_t id) {
        Stripe& stripe = stripes[id % COUNT];
        std::lock_guard guard(stripe.lock);
        stripe.map.erase(id);
    }
    void insert(std::uint64_t id, std::uint64_t value) {
        Stripe& stripe = stripes[id % COUNT];
        std::lock_guard guard(stripe.lock);
        stripe.map.emplace(id, value);
    }

private:
    struct alignas(64) Stripe {
        Lock lock;
        std::unordered_map<std::uint64_t, std::uint64_t> map;
    };
    std::unique_ptr<Stripe[]> stripes{new Stripe[COUNT]};
};

class Tbb {
public:
    static constexpr const char* name = "tbb::concurrent_hash_map";
    std::uint64_t find(std::uint64_t id) {
        Map::const_accessor found;
        return map.find(found, id) ? found->second : 0;
    }
    void erase(std::uint64_t id) { map.erase(id); }
    void insert(std::uint64_t id, std::uint64_t value) { map.insert({id, value}); }

private:
    using Map = tbb::concurrent_hash_map<std::uint64_t, std::uint64_t>;
    Map map{IDS * 2};
};

template <class Map>
std::uint64_t work(Map& map, int thread, int threads, std::uint64_t count) {
    SplitMix64 random{std::uint64_t(thread) + 1};
    std::uint64_t sum = 0;
    for (std::uint64_t number = 0; number < count; ++number) {
        const std::uint64_t draw = random.next();
        const std::uint64_t own = (draw >> 32) * (IDS / std::uint64_t(threads)) >> 32;
        const std::uint64_t id = own * std::uint64_t(threads) + std::uint64_t(thread);
        const std::uint64_t kind = (draw & 0xFFFF) * 20 >> 16;
        if (kind < 18) {
            sum += map.find(id);
        } else if (kind == 18) {
            map.erase(id);
        } else {
            map.insert(id, draw | 1);
        }
    }
    return sum;
}

template <class Map>
void measure(int threads, std::uint64_t count) {
    std::vector<double> ns;
    std::uint64_t checksum = 0;
    for (int round = 0; round < ROUNDS; ++round) {
        Map map;
        for (std::uint64_t id = 0; id < IDS; ++id) map.insert(id, id + 1);
        std::atomic<std::uint64_t> sum{0};
        const double elapsed = together(threads, [&](int thread) {
            sum += work(map, thread, threads, count / std::uint64_t(threads));
        });
        ns.push_back(elapsed / double(count));
        checksum = sum;
    }
    print(Map::name, "90 % find", threads, ns, checksum);
}

template <class Map>
void all(std::uint64_t count) {
    measure<Map>(1, count);
    measure<Map>(2, count);
}

int main(int words, char** word) {
    const std::uint64_t count = words > 1 ? std::strtoull(word[1], nullptr, 10) : 2'000'000;
    all<Slots>(count);
    all<Striped<SpinLock, STRIPES>>(count);
    all<Striped<std::mutex, 1>>(count);
    all<Tbb>(count);
    return 0;
}
