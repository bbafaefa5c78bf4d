/*
 * The walkthrough in C99: a session of three positions, recorded and applied again.
 *
 *     gcc -std=c99 walkthrough.c -Ibuild/include -Lbuild/lib -lholdfast
 */
#include "holdfast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define LOT INT64_C(100000000)

/* assert() that no build switches off. */
#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "walkthrough.c:%d: %s\n", __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)
#define OK(call) CHECK((call) == HF_OK)

static const char *const recording = "walkthrough.hfr";

static hf_core *open_core(void) {
    hf_core_config config;
    hf_core *core = NULL;
    CHECK(hf_abi_version() == HF_ABI_VERSION);
    OK(hf_core_config_init(&config));
    config.positions = 256;
    OK(hf_core_open(&config, &core));
    OK(hf_recording_open(core, recording));
    return core;
}

static uint32_t define(hf_core *core) {
    hf_symbol symbol;
    hf_account account;
    uint32_t id = 0;
    uint32_t found = 0;
    OK(hf_symbol_init(&symbol, "EURUSD", 5, 1, LOT, "USD"));
    OK(hf_symbol_put(core, &symbol, 0, &id));
    OK(hf_symbol_find(core, "EURUSD", &found));
    CHECK(found == id);
    OK(hf_account_init(&account, 7, "USD"));
    account.balance = 1000 * LOT;
    OK(hf_account_put(core, &account, 0));
    return id;
}

static uint64_t hold(hf_core *core, uint32_t symbol, uint8_t side, int64_t sl, int64_t tp) {
    hf_open open;
    uint64_t id = 0;
    OK(hf_open_init(&open, 7, symbol, side, LOT / 10, 110000));
    open.sl = sl;
    open.tp = tp;
    OK(hf_position_open(core, &open, SECOND, &id));
    return id;
}

static void trail(hf_core *core, uint64_t position, int64_t distance) {
    hf_rule rule;
    memset(&rule, 0, sizeof rule);
    rule.id = 1;
    rule.kind = HF_RULE_TRAILING;
    rule.scope = HF_SCOPE_POSITION;
    rule.scope_id = position;
    rule.present = HF_RULE_DISTANCE;
    rule.distance = distance;
    OK(hf_rule_put(core, &rule, SECOND));
}

static void tick(hf_core *core, uint32_t symbol, int64_t time, int64_t bid) {
    hf_tick tick;
    OK(hf_tick_init(&tick, symbol, time, bid, bid + 10));
    OK(hf_tick_apply(core, &tick));
}

static hf_position position(hf_core *core, uint64_t id) {
    hf_position found;
    OK(hf_position_get(core, id, &found));
    return found;
}

static hf_command take(hf_core *core, int64_t now) {
    hf_command command;
    uint32_t count = 0;
    uint32_t waiting = 0;
    OK(hf_commands_waiting(core, 7, &waiting));
    CHECK(waiting == 1);
    OK(hf_commands_take(core, 7, 1, now, &command, 1, &count));
    CHECK(count == 1);
    return command;
}

/* The stop follows the price up and closes when it comes back. */
static void trailing_close(hf_core *core, uint32_t symbol, uint64_t id) {
    hf_command close;
    hf_ack ack;
    hf_position closed;
    CHECK(position(core, id).sl == 109900);
    tick(core, symbol, 2 * SECOND, 110200);
    CHECK(position(core, id).sl == 110100);
    CHECK(position(core, id).set_by == HF_REASON_TRAILING);
    tick(core, symbol, 3 * SECOND, 110100);
    close = take(core, 3 * SECOND);
    CHECK(close.position == id && close.action == HF_ACTION_CLOSE && close.side == HF_LONG);
    CHECK(close.reason == HF_REASON_TRAILING && close.state == HF_COMMAND_SENT);
    CHECK(close.price == 110100 && close.level == 110100 && close.volume == LOT / 10);
    CHECK(close.attempt == 1 && close.account == 7 && !strcmp(close.symbol_name, "EURUSD"));
    CHECK(position(core, id).state == HF_POSITION_CLOSING);
    OK(hf_ack_init(&ack, &close.id));
    ack.deal = 501;
    ack.price = 110098;
    ack.present = HF_HAS_PRICE;
    OK(hf_ack_apply(core, &ack, 4 * SECOND));
    OK(hf_ack_apply(core, &ack, 4 * SECOND)); /* again: nothing changes */
    closed = position(core, id);
    CHECK(closed.state == HF_POSITION_CLOSED && closed.reason == HF_REASON_TRAILING);
    CHECK(closed.close_price == 110098 && closed.slippage == 2 && closed.volume == 0);
    CHECK((closed.known & HF_KNOWN_REALISED) && closed.realised == 98 * LOT / 10);
}

/* The owner's own close, of a half. */
static void partial_close(hf_core *core, uint64_t id) {
    hf_close close;
    hf_close_result result;
    hf_command command;
    hf_ack ack;
    char text[32];
    uint32_t count = 0;
    memset(&close, 0, sizeof close);
    close.filter.present = HF_FILTER_POSITION;
    close.filter.position = id;
    close.fraction = LOT / 2;
    OK(hf_positions_close(core, &close, 5 * SECOND, &result, 1, &count));
    CHECK(count == 1 && result.position == id && result.volume == LOT / 20);
    command = take(core, 5 * SECOND);
    CHECK(command.action == HF_ACTION_REDUCE && command.reason == HF_REASON_MANUAL);
    OK(hf_command_id_text(&command.id, text, sizeof text));
    CHECK(strlen(text) < 32);
    OK(hf_ack_init(&ack, &command.id));
    ack.deal = 502;
    OK(hf_ack_apply(core, &ack, 6 * SECOND));
    CHECK(position(core, id).volume == LOT / 20 && position(core, id).state == HF_POSITION_OPEN);
}

/* What everyone who watches has seen. */
static void read_events(hf_core *core) {
    hf_event events[64];
    uint64_t cursor = 0;
    uint32_t count = 0;
    uint32_t seen[HF_EVENT_RECOVERED + 1] = {0};
    uint32_t i;
    OK(hf_events_read(core, &cursor, events, 64, &count, NULL));
    for (i = 0; i < count; i++) {
        CHECK(events[i].number == i + 1 && events[i].kind <= HF_EVENT_RECOVERED);
        seen[events[i].kind]++;
    }
    CHECK(seen[HF_EVENT_OPENED] == 3 && seen[HF_EVENT_COMMAND] == 2);
    CHECK(seen[HF_EVENT_CLOSED] == 1 && seen[HF_EVENT_COMMAND_STATE] == 4);
}

static void list(hf_core *core, uint64_t first, uint64_t second) {
    hf_filter filter;
    hf_cursor cursor;
    hf_position page[8];
    uint32_t count = 0;
    memset(&filter, 0, sizeof filter);
    memset(&cursor, 0, sizeof cursor);
    filter.present = HF_FILTER_ALL;
    OK(hf_positions_list(core, &filter, 6 * SECOND, &cursor, page, 8, &count));
    CHECK(count == 2 && page[0].id == first && page[1].id == second);
    OK(hf_positions_list(core, &filter, 6 * SECOND, &cursor, page, 8, &count));
    CHECK(count == 0);
}

/* Applies a recording to a core of its own and returns the hash that it ends with. */
static uint64_t apply_again(void) {
    static unsigned char body[1 << 16];
    FILE *file = fopen(recording, "rb");
    hf_core *core = NULL;
    hf_record_head head;
    uint64_t hash = 0;
    uint64_t recorded = 0;
    uint32_t inputs = 0;
    CHECK(file != NULL);
    while (fread(&head, sizeof head, 1, file) == 1) {
        CHECK(head.size <= sizeof body && fread(body, 1, head.size, file) == head.size);
        if (head.kind == HF_RECORD_CONFIG) {
            hf_core_config config;
            memcpy(&config, body, sizeof config);
            OK(hf_core_open(&config, &core));
        } else if (head.kind == HF_RECORD_HASH) {
            memcpy(&recorded, body, sizeof recorded);
        } else {
            OK(hf_apply(core, &head, body, head.size, NULL));
            inputs++;
        }
    }
    fclose(file);
    CHECK(inputs > 10);
    OK(hf_state_hash(core, &hash));
    CHECK(hash == recorded);
    OK(hf_core_close(&core));
    return hash;
}

int main(void) {
    hf_core *core = open_core();
    uint32_t symbol = define(core);
    uint64_t stopped, trailed, shorted;
    uint64_t hash = 0;
    tick(core, symbol, SECOND, 110000);
    stopped = hold(core, symbol, HF_LONG, 109500, 110500);
    trailed = hold(core, symbol, HF_LONG, 0, 0);
    shorted = hold(core, symbol, HF_SHORT, 110500, 0);
    trail(core, trailed, 100);
    trailing_close(core, symbol, trailed);
    partial_close(core, stopped);
    read_events(core);
    list(core, stopped, shorted);
    OK(hf_state_hash(core, &hash));
    OK(hf_recording_close(core));
    OK(hf_core_close(&core));
    CHECK(core == NULL && hf_core_close(&core) == HF_E_HANDLE);
    CHECK(apply_again() == hash);
    puts("walkthrough: ok");
    return 0;
}
