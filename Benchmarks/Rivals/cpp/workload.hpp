// The standard workload, exactly as ../WORKLOAD.md defines it. Nothing here knows an engine.
#pragma once

#include <cstdint>
#include <vector>

using Price = std::int64_t;  // in ticks

enum class Mode { fix, T30 };
enum class Reason : std::uint32_t { stop = 1, target = 2, trailing = 3 };

constexpr Price START_BID = 1'000'000;
constexpr Price SPREAD = 2;
constexpr Price DISTANCE_MIN = 20;
constexpr Price DISTANCE_COUNT = 181;  // 20 .. 200
constexpr Price QUIET_OFFSET = 8'192;  // added to every distance: the walk never gets there
constexpr std::uint64_t GAMMA = 0x9E3779B97F4A7C15;

struct Settings {
    Mode mode = Mode::fix;
    bool quiet = false;
    std::uint64_t seed = 1;
    std::uint32_t positions = 1'000;
    std::uint32_t symbols = 1;
    std::uint32_t ticks = 100'000;

    Price distance_min() const { return DISTANCE_MIN + (quiet ? QUIET_OFFSET : 0); }
};

/// The finaliser of SplitMix64.
constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

struct SplitMix64 {
    std::uint64_t state;
    std::uint64_t next() { return mix(state += GAMMA); }
};

/// One life of one position: what to open. Levels follow from the quote at opening.
struct Opening {
    std::uint32_t index;  // dense within its book: id = index * symbols + symbol
    bool is_short;
    bool trailing;
    Price stop_distance;
    Price target_distance;
};

constexpr std::uint64_t life_key(std::uint32_t id, std::uint32_t generation) {
    return std::uint64_t(id) << 32 | generation;
}

/// Draws the lives of a run. Sixteen bits scaled by multiplication, so no division is needed.
class Lives {
public:
    explicit Lives(const Settings& settings)
        : salt(mix(settings.seed + GAMMA)),
          base(settings.distance_min()),
          trailing_tenths(settings.mode == Mode::T30 ? 3 : 0) {}

    Opening draw(std::uint64_t key, std::uint32_t index) const {
        const std::uint64_t hash = mix(salt ^ key);
        const auto scaled = [hash](int shift, std::uint64_t count) {
            return ((hash >> shift & 0xFFFF) * count) >> 16;
        };
        return {index, (hash & 1) != 0, scaled(33, 10) < trailing_tenths,
                base + Price(scaled(1, DISTANCE_COUNT)), base + Price(scaled(17, DISTANCE_COUNT))};
    }

private:
    std::uint64_t salt;
    Price base;
    std::uint64_t trailing_tenths;
};

/// What one trigger adds to the checksum; the sum wraps and so does not depend on order.
constexpr std::uint64_t trigger_hash(std::uint64_t key, std::uint64_t tick, Reason reason) {
    return mix(key + GAMMA * (4 * tick + std::uint64_t(reason)));
}

struct Step {
    std::uint32_t symbol;
    std::int32_t bid;
};

/// The whole walk, drawn before the clock starts.
inline std::vector<Step> make_walk(const Settings& settings) {
    std::vector<std::int32_t> bids(settings.symbols, std::int32_t(START_BID));
    std::vector<Step> walk(settings.ticks);
    SplitMix64 random{settings.seed};
    for (Step& step : walk) {
        const std::uint64_t draw = random.next();
        step.symbol = std::uint32_t(((draw >> 32) * settings.symbols) >> 32);
        step.bid = bids[step.symbol] += (draw & 1) != 0 ? 1 : -1;
    }
    return walk;
}
