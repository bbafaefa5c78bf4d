// A price ladder: one list of positions per price, for fixed stops and for targets, and a bitmap
// to find the next price that has any. The levels of a book lie close together, so a ring of
// prices is enough.
//
// Trailing stops with the same best price move together: they form a peak group, one list per
// distance. When the price rises past a group's peak, the group joins that of the new price by
// splicing lists, whatever they hold. The stop of list d in group p is p - d.
#pragma once

#include <array>

#include "engine.hpp"

/// Circular lists of slots through two arrays. Heads are links behind the slots, so unlinking
/// needs to know no list, and splicing takes the same time for any length.
class Lists {
public:
    Lists(std::size_t slots, std::size_t lists) : first_head(slots), links(slots + lists) {
        for (std::size_t link = 0; link < links.size(); ++link) {
            links[link] = {std::uint32_t(link), std::uint32_t(link)};
        }
    }

    bool empty(std::size_t list) const { return front(list) == head(list); }
    std::uint32_t front(std::size_t list) const { return links[head(list)].next; }

    void push(std::size_t list, std::uint32_t slot) {
        const std::uint32_t at = head(list);
        const std::uint32_t next = links[at].next;
        links[slot] = {next, at};
        links[next].previous = slot;
        links[at].next = slot;
    }

    void unlink(std::uint32_t slot) {
        const Link link = links[slot];
        links[link.previous].next = link.next;
        links[link.next].previous = link.previous;
    }

    /// Moves all of one list into another.
    void splice(std::size_t from, std::size_t into) {
        if (empty(from)) return;
        const std::uint32_t source = head(from);
        const std::uint32_t target = head(into);
        const Link moved = links[source];
        const std::uint32_t next = links[target].next;
        links[target].next = moved.next;
        links[moved.next].previous = target;
        links[moved.previous].next = next;
        links[next].previous = moved.previous;
        links[source] = {source, source};
    }

private:
    struct Link {
        std::uint32_t next;
        std::uint32_t previous;
    };
    std::uint32_t head(std::size_t list) const { return std::uint32_t(first_head + list); }

    std::size_t first_head;
    std::vector<Link> links;
};

/// Which of the lists may hold something. A bit is cleared only when its list was found empty.
template <std::size_t SIZE>
class Occupied {
public:
    void set(std::size_t at) { words[at / 64] |= 1ull << (at % 64); }
    void clear(std::size_t at) { words[at / 64] &= ~(1ull << (at % 64)); }
    bool has(std::size_t at) const { return (words[at / 64] >> (at % 64) & 1) != 0; }

    /// The first set bit at or after `from`, going around; SIZE without any.
    std::size_t next(std::size_t from) const {
        std::uint64_t word = words[from / 64] & (~0ull << (from % 64));
        for (std::size_t step = 0, at = from / 64; step <= WORDS; ++step) {
            if (word != 0) return at * 64 + std::size_t(__builtin_ctzll(word));
            at = (at + 1) % WORDS;
            word = words[at];
        }
        return SIZE;
    }

private:
    static constexpr std::size_t WORDS = SIZE / 64;
    std::array<std::uint64_t, WORDS> words{};
};

/// Levels that fire when the price rises to them; for those that fire when it falls, the prices
/// are negated.
class Ladder {
public:
    explicit Ladder(std::size_t slots) : lists(slots, PRICES) {}

    void push(Price level, std::uint32_t slot) {
        const std::size_t at = ring(level);
        occupied.set(at);
        lists.push(at, slot);
        nearest = std::min(nearest, level);
    }

    void unlink(std::uint32_t slot) { lists.unlink(slot); }

    /// A slot whose level is reached, or NONE.
    std::uint32_t reached(Price price) {
        while (price >= nearest) {
            const std::size_t at = ring(nearest);
            if (!lists.empty(at)) return lists.front(at);
            occupied.clear(at);
            const std::size_t next = occupied.next(at);
            nearest = next == PRICES ? NOWHERE : nearest + Price((next - at) % PRICES);
        }
        return NONE;
    }

    static constexpr std::uint32_t NONE = ~0u;

private:
    static constexpr std::size_t PRICES = 32'768;  // twice the widest spread of levels
    static constexpr Price NOWHERE = Price(1) << 60;
    static std::size_t ring(Price price) { return std::size_t(price) % PRICES; }

    Lists lists;
    Occupied<PRICES> occupied;
    Price nearest = NOWHERE;  // never above the lowest level in the ladder
};

class PeakGroups {
public:
    PeakGroups(std::size_t slots, Price nearest_distance)
        : lists(slots, PEAKS * DISTANCES), groups(PEAKS), base(nearest_distance) {
        for (std::size_t row = 0; row < PEAKS; ++row) groups[row].row = row;
    }

    void push(Price watched, Price distance, std::uint32_t slot) {
        const auto at = std::size_t(distance - base);
        Group& group = at_peak(watched);
        group.distances.set(at);
        lists.push(group.row * DISTANCES + at, slot);
        highest_stop = std::max(highest_stop, watched - distance);
    }

    void unlink(std::uint32_t slot) { lists.unlink(slot); }

    /// The price has moved: groups that it has passed join the group of the new peak.
    void move(Price before, Price watched) {
        for (Price peak = before; peak < watched; ++peak) {
            Group& from = groups[std::size_t(peak) % PEAKS];
            if (!from.used || from.peak != peak) continue;
            Group& into = at_peak(watched);
            for (std::size_t at = from.distances.next(0); at < DISTANCES;
                 at = from.distances.next(0)) {
                from.distances.clear(at);
                if (lists.empty(from.row * DISTANCES + at)) continue;
                lists.splice(from.row * DISTANCES + at, into.row * DISTANCES + at);
                into.distances.set(at);
                highest_stop = std::max(highest_stop, watched - base - Price(at));
            }
            from.used = false;
        }
    }

    bool crossed(Price watched) const { return watched <= highest_stop; }

    /// Calls `fire` for each slot whose stop is reached; it must unlink the slot.
    template <class Fire>
    void each_reached(Price watched, Fire fire) {
        highest_stop = NOWHERE;
        for (Group& group : groups) {
            if (!group.used) continue;
            for (;;) {
                const std::size_t at = group.distances.next(0);
                if (at == DISTANCES) {
                    group.used = false;
                    break;
                }
                const std::size_t list = group.row * DISTANCES + at;
                const Price stop = group.peak - base - Price(at);
                if (stop < watched && !lists.empty(list)) {
                    highest_stop = std::max(highest_stop, stop);
                    break;
                }
                while (!lists.empty(list)) fire(lists.front(list));
                group.distances.clear(at);
            }
        }
    }

private:
    static constexpr std::size_t PEAKS = 256;      // more than the widest distance apart
    static constexpr std::size_t DISTANCES = 192;  // at least DISTANCE_COUNT
    static constexpr Price NOWHERE = -(Price(1) << 60);

    struct Group {
        Price peak = 0;
        std::size_t row = 0;
        bool used = false;
        Occupied<DISTANCES> distances;
    };

    Group& at_peak(Price peak) {
        Group& group = groups[std::size_t(peak) % PEAKS];
        if (group.used && group.peak != peak) fail("trailing peaks lie too far apart");
        group.used = true;
        group.peak = peak;
        return group;
    }

    Lists lists;
    std::vector<Group> groups;
    Price base;
    Price highest_stop = NOWHERE;  // never below the highest stop of all groups
};

class LadderStream {
public:
    LadderStream(std::size_t capacity, const Settings& settings)
        : positions(capacity), free(capacity), downs(capacity), ups(capacity),
          trailing(capacity, settings.distance_min()) {}

    void open(const Opening& opening, Price watched) {
        const std::uint32_t slot = free.take();
        positions[slot] = {opening.index, opening.trailing};
        ups.push(watched + opening.target_distance, slot);
        if (opening.trailing) {
            trailing.push(watched, opening.stop_distance, slot);
            trails = true;
        } else {
            downs.push(-(watched - opening.stop_distance), slot);
        }
        last = watched;
    }

    void tick(Price watched, FiredList& fired) {
        if (trails && trailing.crossed(watched)) {
            trailing.each_reached(
                watched, [&](std::uint32_t slot) { close(slot, Reason::trailing, fired); });
        }
        while (true) {
            const std::uint32_t slot = downs.reached(-watched);
            if (slot == Ladder::NONE) break;
            close(slot, Reason::stop, fired);
        }
        while (true) {
            const std::uint32_t slot = ups.reached(watched);
            if (slot == Ladder::NONE) break;
            close(slot, Reason::target, fired);
        }
        if (trails) trailing.move(last, watched);
        last = watched;
    }

    void settle() {}

private:
    struct Position {
        std::uint32_t index;
        bool trails;
    };

    void close(std::uint32_t slot, Reason reason, FiredList& fired) {
        fired.add(positions[slot].index, reason);
        ups.unlink(slot);
        if (positions[slot].trails) {
            trailing.unlink(slot);
        } else {
            downs.unlink(slot);
        }
        free.give(slot);
    }

    std::vector<Position> positions;
    FreeSlots free;
    Ladder downs;
    Ladder ups;
    PeakGroups trailing;
    Price last = 0;
    bool trails = false;
};
