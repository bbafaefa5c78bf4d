/*
 * Places the stripes of a core on the memory nodes of this machine and looks where they went: the
 * same program on one node and on several. Its last line is "placement: ok, N nodes".
 *
 * It does not believe the core alone: /proc/self/numa_maps, the kernel's own list, must agree with
 * every hf_stripe_placement.
 */
#define _GNU_SOURCE
#include "holdfast.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRIPES = 4, SYMBOLS = 8, POSITIONS = 4000, CPUS = 64 };

static int failed = 0;

#define CHECK(what) check((what), #what, __LINE__)

static void check(int holds, const char *what, int line) {
    if (!holds) {
        printf("line %d: not so: %s\n", line, what);
        failed = 1;
    }
}

static hf_core *open_core(uint32_t placement, uint32_t node) {
    hf_core_config config;
    hf_core *core = NULL;
    hf_core_config_init(&config);
    config.stripes = STRIPES;
    config.symbols = SYMBOLS;
    config.placement = placement;
    config.node = node;
    CHECK(hf_core_open(&config, &core) == HF_OK);
    return core;
}

static void tick(hf_core *core, uint32_t symbol, int64_t time) {
    hf_tick one;
    hf_tick_init(&one, symbol, time, 110000, 110010);
    CHECK(hf_tick_apply(core, &one) == HF_OK);
}

/* Symbols, and as many positions as make the stripes touch their memory. */
static void fill(hf_core *core) {
    hf_account account;
    hf_account_init(&account, 1, "USD");
    CHECK(hf_account_put(core, &account, 0) == HF_OK);
    for (uint32_t n = 0; n < SYMBOLS; n++) {
        char name[8];
        uint32_t id;
        hf_symbol symbol;
        snprintf(name, sizeof name, "S%u", n);
        hf_symbol_init(&symbol, name, 5, 1, 100000000, "USD");
        CHECK(hf_symbol_put(core, &symbol, 0, &id) == HF_OK);
    }
    for (uint32_t symbol = 1; symbol <= SYMBOLS; symbol++) tick(core, symbol, 1);
    for (uint32_t n = 0; n < POSITIONS; n++) {
        uint64_t id;
        hf_open open;
        hf_open_init(&open, 1, 1 + n % SYMBOLS, HF_LONG, 10000000, 110000);
        open.sl = 109000 - n % 100;
        CHECK(hf_position_open(core, &open, 2, &id) == HF_OK);
    }
}

static hf_counters counters(hf_core *core) {
    hf_counters all;
    CHECK(hf_counters_get(core, &all) == HF_OK);
    return all;
}

static hf_placement placement(hf_core *core, uint32_t stripe) {
    hf_placement one;
    memset(&one, 0, sizeof one);
    CHECK(hf_stripe_placement(core, stripe, &one) == HF_OK);
    return one;
}

/* Pages that the kernel lists on `node` in ranges that prefer `wanted`. */
static uint64_t kernel_pages(uint32_t wanted, uint32_t node) {
    char line[4096], prefers[32], on[16];
    uint64_t sum = 0;
    FILE *list = fopen("/proc/self/numa_maps", "r");
    if (list == NULL) return UINT64_MAX;
    snprintf(prefers, sizeof prefers, " prefer:%u ", wanted);
    snprintf(on, sizeof on, " N%u=", node);
    while (fgets(line, sizeof line, list)) {
        const char *at = strstr(line, prefers) ? strstr(line, on) : NULL;
        if (at) sum += strtoull(at + strlen(on), NULL, 10);
    }
    fclose(list);
    return sum;
}

/* Every page in use of every stripe lies on wanted[stripe]: core and kernel say it. */
static void expect(const char *what, hf_core *core, const uint32_t *wanted, uint32_t nodes) {
    uint64_t used[CPUS] = {0};
    printf("%s\n", what);
    for (uint32_t stripe = 0; stripe < STRIPES; stripe++) {
        hf_placement one = placement(core, stripe);
        printf("  stripe %u: node %d, %llu of %llu pages in use, %llu on it, %llu elsewhere\n",
               stripe, (int)one.node, (unsigned long long)one.pages_used,
               (unsigned long long)one.pages, (unsigned long long)one.pages_on_node,
               (unsigned long long)one.pages_elsewhere);
        CHECK(one.stripe == stripe && one.node == wanted[stripe]);
        CHECK(one.pages_used > 50 && one.pages_on_node == one.pages_used);
        CHECK(one.pages_elsewhere == 0);
        used[wanted[stripe]] += one.pages_used;
    }
    for (uint32_t node = 0; node < nodes; node++) {
        for (uint32_t other = 0; other < nodes; other++) {
            uint64_t listed = kernel_pages(node, other);
            if (listed == UINT64_MAX) continue;
            printf("  kernel: prefer %u, %llu pages on node %u\n", node,
                   (unsigned long long)listed, other);
            CHECK(listed == (other == node ? used[node] : 0));
        }
    }
}

/* Runs this thread on a processor of a node; 0 where none is found. */
static int run_on(uint32_t node) {
    for (int cpu = 0; cpu < CPUS; cpu++) {
        unsigned where = 0, now = 0;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (sched_setaffinity(0, sizeof one, &one) != 0) continue;
        if (getcpu(&now, &where) == 0 && where == node) return 1;
    }
    return 0;
}

/* Binds to nodes in turn, then each to the next one, so that on several nodes every page moves. */
static void bound(uint32_t nodes) {
    uint32_t wanted[STRIPES];
    uint64_t before, after;
    hf_core *core = open_core(HF_PLACE_KERNEL, 0);
    CHECK(placement(core, 0).node == HF_NODE_NONE);
    fill(core);
    CHECK(hf_state_hash(core, &before) == HF_OK);
    for (uint32_t turn = 0; turn < 2; turn++) {
        for (uint32_t stripe = 0; stripe < STRIPES; stripe++) {
            wanted[stripe] = (stripe + turn) % nodes;
            CHECK(hf_stripe_bind(core, stripe, wanted[stripe]) == HF_OK);
        }
        expect(turn ? "bound to the next node" : "bound", core, wanted, nodes);
    }
    CHECK(hf_state_hash(core, &after) == HF_OK && after == before);
    tick(core, 1, 3);
    CHECK(counters(core).stripes_placed == STRIPES && counters(core).placements_refused == 0);
    CHECK(hf_stripe_bind(core, STRIPES, 0) == HF_E_RANGE);
    CHECK(hf_stripe_bind(core, 0, 64) == HF_E_RANGE);
    CHECK(hf_stripe_bind(core, 0, 63) == (nodes > 1 ? HF_E_RANGE : HF_OK));
    CHECK(counters(core).placements_refused == (nodes > 1 ? 0 : 1));
    CHECK(placement(core, 0).node == wanted[0]);
    CHECK(hf_core_close(&core) == HF_OK);
}

/* The configuration's node, used from a thread that runs on another one. */
static void named(uint32_t nodes) {
    uint32_t wanted[STRIPES];
    for (uint32_t stripe = 0; stripe < STRIPES; stripe++) wanted[stripe] = nodes - 1;
    CHECK(run_on(0));
    hf_core *core = open_core(HF_PLACE_NODE, nodes - 1);
    fill(core);
    expect("named by the configuration", core, wanted, nodes);
    CHECK(hf_core_close(&core) == HF_OK);
}

/* The node of whoever ticks first, though another thread defined the symbols. */
static void driven(uint32_t nodes) {
    uint32_t wanted[STRIPES];
    hf_core *core = open_core(HF_PLACE_DRIVER, 0);
    hf_symbol symbol;
    uint32_t id;
    CHECK(run_on(0));
    for (uint32_t n = 0; n < SYMBOLS; n++) {
        char name[8];
        snprintf(name, sizeof name, "S%u", n);
        hf_symbol_init(&symbol, name, 5, 1, 100000000, "USD");
        CHECK(hf_symbol_put(core, &symbol, 0, &id) == HF_OK);
    }
    for (uint32_t stripe = 0; stripe < STRIPES; stripe++) {
        wanted[stripe] = (stripe + 1) % nodes;
        CHECK(run_on(wanted[stripe]));
        tick(core, stripe + 1, 1);
    }
    CHECK(run_on(0));
    fill(core);
    if (nodes > 1) {
        expect("driven from its node", core, wanted, nodes);
    } else {
        CHECK(placement(core, 0).node == HF_NODE_NONE && counters(core).stripes_placed == 0);
    }
    CHECK(hf_core_close(&core) == HF_OK);
}

/* A configuration of a bigger machine opens here, and the counters tell. */
static void missing(void) {
    hf_core *core = open_core(HF_PLACE_NODE, 63);
    CHECK(counters(core).placements_refused == STRIPES && counters(core).stripes_placed == 0);
    fill(core);
    CHECK(hf_core_close(&core) == HF_OK);
}

int main(void) {
    hf_core *core = open_core(HF_PLACE_DRIVER, 0);
    uint32_t nodes = (uint32_t)counters(core).numa_nodes;
    CHECK(hf_core_close(&core) == HF_OK);
    missing();
    if (nodes == 0) {
        core = open_core(HF_PLACE_DRIVER, 0);
        CHECK(hf_stripe_bind(core, 0, 0) == HF_OK && counters(core).placements_refused == 1);
        CHECK(placement(core, 0).pages_used == 0 && placement(core, 0).node == HF_NODE_NONE);
        CHECK(hf_core_close(&core) == HF_OK);
    } else {
        bound(nodes);
        named(nodes);
        driven(nodes);
    }
    printf("placement: %s, %u node%s\n", failed ? "FAILED" : "ok", nodes, nodes == 1 ? "" : "s");
    return failed;
}
