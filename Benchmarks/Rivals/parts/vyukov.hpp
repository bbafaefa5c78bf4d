// The bounded queue of Dmitry Vyukov, for many writers and one reader: each cell carries the turn
// at which it may be written or read, so a writer claims a cell with one compare-and-swap.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

template <class Message, std::size_t CAPACITY>
class Vyukov {
    static_assert((CAPACITY & (CAPACITY - 1)) == 0, "a power of two");

public:
    Vyukov() : cells(new Cell[CAPACITY]) {
        for (std::size_t at = 0; at < CAPACITY; ++at) cells[at].turn = at;
    }

    bool push(const Message& message) {
        std::size_t at = tail.load(std::memory_order_relaxed);
        for (;;) {
            Cell& cell = cells[at & (CAPACITY - 1)];
            const auto ahead = std::ptrdiff_t(cell.turn.load(std::memory_order_acquire) - at);
            if (ahead < 0) return false;
            if (ahead > 0) {
                at = tail.load(std::memory_order_relaxed);
            } else if (tail.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
                cell.message = message;
                cell.turn.store(at + 1, std::memory_order_release);
                return true;
            }
        }
    }

    bool pop(Message& message) {
        Cell& cell = cells[head & (CAPACITY - 1)];
        if (cell.turn.load(std::memory_order_acquire) != head + 1) return false;
        message = cell.message;
        cell.turn.store(head + CAPACITY, std::memory_order_release);
        ++head;
        return true;
    }

private:
    struct alignas(64) Cell {
        std::atomic<std::size_t> turn;
        Message message;
    };

    std::unique_ptr<Cell[]> cells;
    alignas(64) std::atomic<std::size_t> tail{0};
    alignas(64) std::size_t head = 0;
};
