// What both programs share: threads on cores of their own, rounds, and how a figure is printed.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

constexpr int ROUNDS = 5;

inline std::vector<int> cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> found;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return found;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &set)) found.push_back(core);
    }
    return found;
}

inline void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

inline double now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return 1e9 * double(time.tv_sec) + double(time.tv_nsec);
}

/// Waits a while without giving its core away: who yields to a neighbour is gone for milliseconds.
/// Then it yields, because the one that is waited for may have no core.
class Patience {
public:
    void wait() {
        if (++spins < 1 << 14) {
            __builtin_ia32_pause();
        } else {
            sched_yield();
        }
    }
    void reset() { spins = 0; }

private:
    int spins = 0;
};

/// Runs one function on each thread, started together; wall time of all, in ns. With one thread
/// the processor time of this one: a neighbour's share does not count.
inline double together(int threads, const std::function<void(int)>& work) {
    if (threads == 1) {
        const double start = now(CLOCK_THREAD_CPUTIME_ID);
        work(0);
        return now(CLOCK_THREAD_CPUTIME_ID) - start;
    }
    static const std::vector<int> all = cores();
    std::atomic<int> ready{0};
    std::vector<std::thread> running;
    std::atomic<bool> go{false};
    for (int index = 0; index < threads; ++index) {
        running.emplace_back([&, index] {
            if (!all.empty()) pin(all[std::size_t(index) % all.size()]);
            ++ready;
            while (!go) sched_yield();
            work(index);
        });
    }
    while (ready < threads) sched_yield();
    const double start = now(CLOCK_MONOTONIC);
    go = true;
    for (std::thread& thread : running) thread.join();
    return now(CLOCK_MONOTONIC) - start;
}

/// One figure as a line of JSON: the median and the least of the rounds.
inline void print(const char* design, const char* test, int threads, std::vector<double> ns,
                  std::uint64_t checksum) {
    std::sort(ns.begin(), ns.end());
    std::printf("{\"design\":\"%s\",\"test\":\"%s\",\"threads\":%d,\"ns\":%.2f,\"ns_least\":%.2f,"
                "\"checksum\":\"%016" PRIx64 "\"}\n",
                design, test, threads, ns[ns.size() / 2], ns.front(), checksum);
    std::fflush(stdout);
}
