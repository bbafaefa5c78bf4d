// What every engine has in common: the list of fired positions and the mirror that lets a design
// be written once, for longs.
//
// An engine is one book (one symbol) with
//     Engine(capacity, settings)
//     open(opening, bid, ask)      only before the first tick or between tick() and settle()
//     tick(bid, ask, fired)        removes what fires and lists it
//     settle()                     ends the tick, after the re-openings
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "workload.hpp"

struct Fired {
    std::uint32_t index;
    Reason reason;
};

/// Never grows: a tick fires each position of a book at most once.
class FiredList {
public:
    explicit FiredList(std::size_t capacity) : items(capacity) {}
    void add(std::uint32_t index, Reason reason) { items[used++] = {index, reason}; }
    void clear() { used = 0; }
    bool empty() const { return used == 0; }
    const Fired* begin() const { return items.data(); }
    const Fired* end() const { return items.data() + used; }

private:
    std::vector<Fired> items;
    std::size_t used = 0;
};

[[noreturn]] inline void fail(const char* message) {
    std::fprintf(stderr, "rival: %s\n", message);
    std::exit(1);
}

/// Two streams of one design. A short on ask is a long on -ask: the same compares, mirrored. Each
/// side has room for the whole book: a trend closes one side faster than the other, so they do not
/// stay near a half each.
template <class Stream>
class Mirrored {
public:
    Mirrored(std::size_t capacity, const Settings& settings)
        : longs(capacity, settings), shorts(capacity, settings) {}

    void open(const Opening& opening, Price bid, Price ask) {
        if (opening.is_short) {
            shorts.open(opening, -ask);
        } else {
            longs.open(opening, bid);
        }
    }

    void tick(Price bid, Price ask, FiredList& fired) {
        longs.tick(bid, fired);
        shorts.tick(-ask, fired);
    }

    void settle() {
        longs.settle();
        shorts.settle();
    }

private:
    Stream longs;
    Stream shorts;
};

/// Stable slots, last freed first used: what fired together is re-opened together, so the lines
/// that a tick has touched are the lines that it writes. No slot is taken before all lower ones
/// are, so what lies behind the highest slot taken so far need not be looked at.
class FreeSlots {
public:
    explicit FreeSlots(std::size_t capacity) : free(capacity), used(capacity) {
        for (std::size_t slot = 0; slot < capacity; ++slot) {
            free[slot] = std::uint32_t(capacity - 1 - slot);
        }
    }
    std::uint32_t take() {
        if (used == 0) fail("a side of the book is full");
        return free[--used];
    }
    void give(std::uint32_t slot) { free[used++] = slot; }

private:
    std::vector<std::uint32_t> free;
    std::size_t used;
};
