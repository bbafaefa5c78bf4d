// rival --engine E --positions N --mode fix|T30 --ticks K --symbols S --seed X [--quiet] [--json]
//
// Runs the standard workload of ../WORKLOAD.md on one design and prints ns per tick, the number of
// triggers and their checksum.
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "columns.hpp"
#include "engine.hpp"
#include "ladder.hpp"
#include "naive.hpp"
#include "set.hpp"
#include "tree.hpp"
#include "twin.hpp"
#include "zone.hpp"

struct Result {
    double ns_per_tick = 0;
    double cpu_ns_per_tick = 0;  // of this process alone: steady on a shared machine
    std::uint64_t triggers = 0;
    std::uint64_t checksum = 0;
};

template <class Engine>
class Run {
public:
    explicit Run(const Settings& s)
        : settings(s), lives(s), walk(make_walk(s)), generation(s.positions, 0),
          fired((s.positions + s.symbols - 1) / s.symbols) {
        const std::size_t capacity = (s.positions + s.symbols - 1) / s.symbols;
        books.reserve(s.symbols);
        for (std::uint32_t symbol = 0; symbol < s.symbols; ++symbol) {
            books.emplace_back(capacity, settings);
        }
    }

    Result operator()() {
        for (std::uint32_t id = 0; id < settings.positions; ++id) {
            const std::uint32_t index = id / settings.symbols;
            books[id % settings.symbols].open(lives.draw(life_key(id, 0), index), START_BID,
                                              START_BID + SPREAD);
        }
        for (Engine& book : books) book.settle();

        const std::size_t warm_up = settings.ticks / 5;
        play(0, warm_up);
        const double cpu_start = cpu_now();
        const auto start = std::chrono::steady_clock::now();
        measured_part(warm_up, settings.ticks);
        const std::chrono::duration<double, std::nano> elapsed =
            std::chrono::steady_clock::now() - start;
        result.cpu_ns_per_tick = (cpu_now() - cpu_start) / double(settings.ticks - warm_up);
        result.ns_per_tick = elapsed.count() / double(settings.ticks - warm_up);
        return result;
    }

private:
    static double cpu_now() {
        timespec time{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return 1e9 * double(time.tv_sec) + double(time.tv_nsec);
    }

    /// A call of its own, so that a profiler can count what is timed and nothing else.
    [[gnu::noinline]] void measured_part(std::size_t first, std::size_t end) { play(first, end); }

    void play(std::size_t first, std::size_t end) {
        for (std::size_t at = first; at < end; ++at) {
            const Step step = walk[at];
            Engine& book = books[step.symbol];
            const Price bid = step.bid;
            const Price ask = bid + SPREAD;
            book.tick(bid, ask, fired);
            if (fired.empty()) continue;
            for (const Fired& one : fired) reopen(book, one, step.symbol, at + 1, bid, ask);
            fired.clear();
            book.settle();
        }
    }

    void reopen(Engine& book, Fired one, std::uint32_t symbol, std::uint64_t tick, Price bid,
                Price ask) {
        const std::uint32_t id = one.index * settings.symbols + symbol;
        const std::uint64_t key = life_key(id, generation[id]++);
        result.checksum += trigger_hash(key, tick, one.reason);
        ++result.triggers;
        book.open(lives.draw(key + 1, one.index), bid, ask);
    }

    Settings settings;
    Lives lives;
    std::vector<Step> walk;
    std::vector<std::uint32_t> generation;
    std::vector<Engine> books;
    FiredList fired;
    Result result;
};

template <class Engine>
Result run(const Settings& settings) {
    return Run<Engine>(settings)();
}

struct Named {
    const char* name;
    Result (*run)(const Settings&);
};

const Named ENGINES[] = {
    {"naive", run<Naive>},
    {"columns", run<Mirrored<ColumnsStream<std::int32_t>>>},
    {"columns64", run<Mirrored<ColumnsStream<std::int64_t>>>},
    {"bounds", run<Mirrored<BoundsStream<std::int32_t>>>},
    {"set", run<Mirrored<SetStream>>},
    {"ladder", run<Mirrored<LadderStream>>},
    {"zone", run<Mirrored<ZoneStream<std::int32_t>>>},
    {"tree", run<Mirrored<TreeStream<std::int32_t>>>},
    {"tree64", run<Mirrored<TreeStream<std::int64_t>>>},
    {"twin", run<Twin>},
};

[[noreturn]] void usage(const char* problem) {
    std::fprintf(stderr,
                 "rival: %s\nusage: rival --engine E --positions N --mode fix|T30 --ticks K"
                 " [--symbols S] [--seed X] [--quiet] [--json]\nengines:",
                 problem);
    for (const Named& engine : ENGINES) std::fprintf(stderr, " %s", engine.name);
    std::fprintf(stderr, "\n");
    std::exit(2);
}

std::uint64_t number(const std::string& option, const char* text, std::uint64_t most) {
    char* end = nullptr;
    const std::uint64_t value = std::strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != 0 || value > most) {
        usage((option + " wants a whole number up to " + std::to_string(most)).c_str());
    }
    return value;
}

int main(int count, char** words) {
    Settings settings;
    const Named* engine = nullptr;
    bool json = false;
    for (int at = 1; at < count; ++at) {
        const std::string option = words[at];
        if (option == "--quiet") {
            settings.quiet = true;
            continue;
        }
        if (option == "--json") {
            json = true;
            continue;
        }
        if (at + 1 == count) usage((option + " is unknown or wants a value").c_str());
        const char* value = words[++at];
        const auto whole = [&](std::uint64_t most) { return number(option, value, most); };
        if (option == "--engine") {
            for (const Named& one : ENGINES) {
                if (std::strcmp(one.name, value) == 0) engine = &one;
            }
            if (engine == nullptr) usage("no such engine");
        } else if (option == "--mode") {
            if (std::strcmp(value, "fix") != 0 && std::strcmp(value, "T30") != 0) {
                usage("--mode is fix or T30");
            }
            settings.mode = std::strcmp(value, "T30") == 0 ? Mode::T30 : Mode::fix;
        } else if (option == "--positions") {
            settings.positions = std::uint32_t(whole(100'000'000));
        } else if (option == "--ticks") {
            settings.ticks = std::uint32_t(whole(1'000'000'000));
        } else if (option == "--symbols") {
            settings.symbols = std::uint32_t(whole(10'000));
        } else if (option == "--seed") {
            settings.seed = whole(UINT64_MAX);
        } else {
            usage((option + " is unknown").c_str());
        }
    }
    if (engine == nullptr) usage("--engine is missing");
    if (settings.ticks == 0 || settings.symbols == 0 || settings.positions < settings.symbols) {
        usage("at least one tick, one symbol and one position a symbol");
    }

    const Result result = engine->run(settings);
    const char* mode = settings.mode == Mode::T30 ? "T30" : "fix";
    const char* form =
        json ? "{\"engine\":\"%s\",\"mode\":\"%s\",\"quiet\":%s,\"positions\":%" PRIu32
               ",\"symbols\":%" PRIu32 ",\"ticks\":%" PRIu32 ",\"seed\":%" PRIu64
               ",\"ns_per_tick\":%.2f,\"cpu_ns_per_tick\":%.2f,\"triggers\":%" PRIu64
               ",\"checksum\":\"%016" PRIx64 "\"}\n"
             : "%-9s %s quiet=%s positions=%" PRIu32 " symbols=%" PRIu32 " ticks=%" PRIu32
               " seed=%" PRIu64 "  %.2f ns/tick (cpu %.2f)  triggers=%" PRIu64
               "  checksum=%016" PRIx64 "\n";
    std::printf(form, engine->name, mode, settings.quiet ? "true" : "false", settings.positions,
                settings.symbols, settings.ticks, settings.seed, result.ns_per_tick,
                result.cpu_ns_per_tick, result.triggers, result.checksum);
    return 0;
}
