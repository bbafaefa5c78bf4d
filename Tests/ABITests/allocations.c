/*
 * Counts the allocations of a host's process while a core does its daily work: ticks alone and in
 * batches, opens, modifies, rules, breaches, takes, acks, partial and full closes,
 * lists and sums.
 *
 *     gcc -std=gnu99 allocations.c -Ibuild/include -Lbuild/lib -lholdfast
 */
#include "holdfast.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOT INT64_C(100000000)
#define ROUNDS 20000

/* The C library's own, beneath the ones that this program puts in front of them. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static unsigned long allocations;

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    allocations++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    allocations++;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

#define OK(call) \
    do { \
        hf_status status = (call); \
        if (status != HF_OK) { \
            fprintf(stderr, "allocations.c:%d: %s\n", __LINE__, hf_status_name(status)); \
            exit(1); \
        } \
    } while (0)

static hf_core *core;
static uint32_t symbol;
static int64_t now = 1000000000;
static uint64_t deal;

static void tick(int64_t bid) {
    hf_tick tick;
    memset(&tick, 0, sizeof tick);
    tick.symbol = symbol;
    tick.bid = bid;
    tick.ask = bid + 2;
    tick.time = ++now;
    OK(hf_tick_apply(core, &tick));
}

static void batch(int64_t bid) {
    hf_tick ticks[64];
    hf_ticks_report report;
    memset(ticks, 0, sizeof ticks);
    for (int i = 0; i < 64; i++) {
        ticks[i].symbol = symbol;
        ticks[i].bid = bid + i % 3;
        ticks[i].ask = bid + i % 3 + 2;
        ticks[i].time = ++now;
    }
    OK(hf_ticks_apply(core, ticks, 64, &report));
}

static void answer(int64_t volume) {
    hf_command commands[8];
    uint32_t count = 0;
    OK(hf_commands_take(core, 1, 1, ++now, commands, 8, &count));
    for (uint32_t i = 0; i < count; i++) {
        hf_ack ack;
        memset(&ack, 0, sizeof ack);
        ack.command = commands[i].id;
        ack.deal = ++deal;
        ack.price = commands[i].price;
        ack.volume = volume ? volume : commands[i].volume;
        ack.present = HF_HAS_PRICE | HF_HAS_VOLUME;
        OK(hf_ack_apply(core, &ack, ++now));
    }
}

/* Every kind of long read, while one position is open. */
static void read_all(uint8_t sort) {
    hf_filter filter;
    hf_cursor cursor;
    hf_position page[4];
    hf_summary sums[4];
    hf_performance closed[4];
    uint32_t count = 0;
    memset(&filter, 0, sizeof filter);
    memset(&cursor, 0, sizeof cursor);
    filter.present = HF_FILTER_ACCOUNT | HF_FILTER_SYMBOL;
    filter.account = 1;
    filter.symbol = symbol;
    OK(hf_positions_summary(core, &filter, HF_BY_ACCOUNT | HF_BY_SIDE, now, sums, 4, &count));
    OK(hf_performance_get(core, &filter, HF_BY_SIDE | HF_BY_REASON, now, closed, 4, &count));
    filter.sort = sort;
    OK(hf_positions_list(core, &filter, now, &cursor, page, 4, &count));
}

static void one_round(uint64_t number) {
    hf_open open;
    hf_modify modify;
    hf_rule rule;
    hf_position position;
    uint64_t id = 0;
    tick(100000);
    OK(hf_open_init(&open, 1, symbol, number % 2 ? HF_LONG : HF_SHORT, LOT / 10, 100000));
    snprintf(open.client_id, sizeof open.client_id, "client-%llu", (unsigned long long)number);
    open.ticket = number;
    OK(hf_position_open(core, &open, ++now, &id));
    memset(&modify, 0, sizeof modify);
    modify.position = id;
    modify.change_sl = HF_SET;
    modify.sl = number % 2 ? 99000 : 101000;
    OK(hf_position_modify(core, &modify, ++now));
    memset(&rule, 0, sizeof rule);
    rule.id = number;
    rule.scope = HF_SCOPE_POSITION;
    rule.scope_id = id;
    rule.kind = HF_RULE_TRAILING;
    rule.present = number % 3 ? HF_RULE_DISTANCE : HF_RULE_PERCENT;
    if (number % 3) rule.distance = 500; else rule.percent = 500000;
    OK(hf_rule_put(core, &rule, ++now));
    batch(100010);
    OK(hf_position_get(core, id, &position));
    if (number % 100 == 0) read_all((uint8_t)(number / 100 % (HF_SORT_SYMBOL + 1)));
    tick(number % 2 ? 98000 : 102000);
    answer(number % 5 ? 0 : LOT / 20);
    if (number % 5 == 0) answer(0);
    OK(hf_position_get(core, id, &position));
    if (position.state != HF_POSITION_CLOSED) {
        fprintf(stderr, "allocations.c: position %llu is not closed\n", (unsigned long long)id);
        exit(1);
    }
}

int main(void) {
    hf_core_config config;
    hf_symbol terms;
    hf_account account;
    uint64_t number = 0;
    OK(hf_core_config_init(&config));
    config.positions = 1024;
    config.rules = 1024;
    config.history = 1024;
    config.deals = 1024;
    config.finished = 1024;
    config.events = 4096;
    OK(hf_core_open(&config, &core));
    OK(hf_symbol_init(&terms, "EURUSD", 5, 1, LOT, "USD"));
    OK(hf_symbol_put(core, &terms, 0, &symbol));
    OK(hf_account_init(&account, 1, "USD"));
    OK(hf_account_put(core, &account, 0));
    /* Every ring goes round before the count begins. */
    while (number < 5000) one_round(++number);
    const unsigned long before = allocations;
    for (int i = 0; i < ROUNDS; i++) one_round(++number);
    const unsigned long counted = allocations - before;
    printf("%d rounds, %lu allocations\n", ROUNDS, counted);
    OK(hf_core_close(&core));
    /* The count itself works: closing and opening allocates. */
    OK(hf_core_open(&config, &core));
    if (allocations - before == counted) {
        fprintf(stderr, "allocations.c: nothing is counted\n");
        return 1;
    }
    OK(hf_core_close(&core));
    return counted == 0 ? 0 : 1;
}
