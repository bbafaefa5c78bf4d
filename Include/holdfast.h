/*
 * holdfast.h - the position-management core, in one header.
 *
 * Holdfast keeps the registry of open trading positions, watches their hidden stop-loss, take-profit
 * and trailing levels on every quote, and turns each breach into exactly one close command that lives
 * until the broker's deal is known. A host (an MT5 bridge, a trading service) feeds quotes and answers
 * in, and takes commands and events out. The library starts no thread, opens no socket, prints nothing,
 * installs no signal handler and reads no clock: time is always an argument.
 *
 * A whole session:
 *
 *     #include "holdfast.h"
 *     #include <stdio.h>
 *     int main(void) {
 *         hf_core *core; uint32_t eurusd, n; uint64_t id; hf_command close;
 *         hf_core_config config; hf_core_config_init(&config);
 *         hf_symbol symbol; hf_symbol_init(&symbol, "EURUSD", 5, 1, 100000000, "USD");
 *         hf_account account; hf_account_init(&account, 1, "USD");
 *         if (hf_core_open(&config, &core) != HF_OK) return 1;
 *         hf_symbol_put(core, &symbol, 0, &eurusd); hf_account_put(core, &account, 0);
 *         hf_open open; hf_open_init(&open, 1, eurusd, HF_LONG, 10000000, 110000);
 *         open.sl = 109500; hf_position_open(core, &open, 1, &id);
 *         hf_tick tick; hf_tick_init(&tick, eurusd, 2, 109490, 109500); hf_tick_apply(core, &tick);
 *         hf_commands_take(core, 1, 1, 2, &close, 1, &n);
 *         printf("%u command: close position %llu at %lld\n", n, (unsigned long long)close.position,
 *                (long long)close.price);
 *         return hf_core_close(&core) == HF_OK ? 0 : 1;
 *     }
 *
 * Order of this file: conventions, version, status codes, words, records, configuration, core, symbols and
 * accounts, executors, positions, rules, ticks and time, commands, acks and deals, reconciliation, events,
 * queries, recording, counters, placement, helpers.
 *
 * --- Conventions -----------------------------------------------------------------------------------
 *
 * Units. Price: int64 points (a point is 10^-digits of the symbol). Volume: int64, 1e-8 lot. Money:
 * int64, 1e-8 of the account currency. Time: int64 nanoseconds since the Unix epoch, UTC. Ratio: int64,
 * 1e-8. Average price: int64, 1e-8 point. A level of 0 is unset.
 *
 * Text is NUL-padded UTF-8 in a fixed field (symbol 32, tag 32, client id 40, by 32, currency 8); all
 * bytes may be used. Text that fills more is HF_E_RANGE, never cut; bytes after the first NUL must be 0.
 *
 * Records are little-endian structs of stdint types with explicit padding. Fields named `reserved` must
 * be zero (HF_E_ARGUMENT). The same bytes are the arguments here, the frames of the link and the body of
 * a recording. Fields of features that this build lacks answer HF_E_UNSUPPORTED when they are not zero.
 *
 * Optional fields have a bit in a mask (`present`, `flags`). A value without its bit is HF_E_ARGUMENT: a
 * slip of the host, not an absent field.
 *
 * Status. Every function returns hf_status: 0 is success, anything else changed nothing unless its text
 * says so. Out-parameters come last and are written only on success, counts also where said.
 *
 * Calls. Every declaration carries four tags. Thread: from which threads it may be called. Owns: who owns
 * what is passed or returned. Blocks: what it can wait for. Fails: its statuses beside these, which every
 * function that takes a core can return: HF_E_HANDLE (NULL, closed or foreign handle), HF_E_FORKED (the
 * process forked after the core was opened), HF_E_ARGUMENT (a NULL where a pointer is needed, a reserved
 * byte that is not 0), HF_E_FAULT (a broken invariant was found; the stripe answers reads only).
 * `now` is the host's time; an input is stamped with the later of it and its symbol's own time.
 */
#ifndef HOLDFAST_H
#define HOLDFAST_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define HF_CALL __cdecl
#else
#define HF_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- Version ------------------------------------------------------------------------------------- */

/* The ABI that this header describes: rises when a record or a function changes its meaning. */
#define HF_ABI_VERSION 1u

/* --- Status codes -------------------------------------------------------------------------------- */

/* 0 is success. Grouped by hundreds; numbers are never changed or reused. */
typedef int32_t hf_status;

enum {
    HF_OK = 0,
    /* 1xx: the argument itself */
    HF_E_ARGUMENT = 101,       /* not legal at all: NULL, unknown number, reserved byte not 0 */
    HF_E_RANGE = 102,          /* outside its range; text too long */
    HF_E_OVERFLOW = 103,       /* a result would not fit */
    HF_E_GRID = 104,           /* off the price or tick grid */
    HF_E_VOLUME = 105,         /* below min, above max or what is open, off step */
    HF_E_PRICE = 106,          /* zero or negative price */
    HF_E_TIME = 107,           /* earlier than what was accepted */
    /* 2xx: names and numbers */
    HF_E_SYMBOL = 201,         /* unknown symbol */
    HF_E_ACCOUNT = 202,        /* unknown account */
    HF_E_POSITION = 203,       /* unknown position */
    HF_E_COMMAND = 204,        /* unknown command, or no live intent */
    HF_E_RULE = 205,           /* unknown rule */
    HF_E_EXECUTOR = 206,       /* unknown executor, or a session older than the newest */
    HF_E_DUPLICATE = 207,      /* the same client id or ticket again */
    HF_E_CONFLICT = 208,       /* the same id with other content */
    /* 3xx: trading */
    HF_E_LEVEL_SIDE = 301,     /* sl and tp on the wrong sides of each other */
    HF_E_LEVEL_BREACHED = 302, /* the level would fire at once */
    HF_E_STOPS_LEVEL = 303,    /* closer than the broker's stops level */
    HF_E_FREEZE_LEVEL = 304,   /* inside the broker's freeze level */
    HF_E_INTENT_LIVE = 305,    /* a closing intent of the same or a higher class is live */
    HF_E_CLOSED = 306,         /* the position is closed */
    HF_E_STATE = 307,          /* refused by the state of the account, symbol or command */
    HF_E_BLOCKED = 308,        /* refused by a guard */
    HF_E_CAP = 309,            /* refused by a cap of the account */
    HF_E_UNKNOWN_MONEY = 310,  /* a conversion rate is missing */
    /* 4xx: this build, its capacities, its disk */
    HF_E_UNSUPPORTED = 401,    /* a field, kind or function that this build does not have */
    HF_E_FULL = 402,           /* a configured capacity is used up */
    HF_E_STORAGE = 403,        /* the file could not be written or read */
    HF_E_LAPPED = 404,         /* the reader was overtaken; see the function's text */
    /* 5xx: handles and processes */
    HF_E_HANDLE = 501,         /* NULL, closed or foreign handle */
    HF_E_FORKED = 502,         /* the process forked after the core was opened */
    HF_E_VERSION = 503,        /* another ABI, struct or record version */
    HF_E_FAULT = 504           /* a broken invariant; reads still work */
};

/* --- Words: the values of the small fields ------------------------------------------------------- */

enum { HF_LONG = 1, HF_SHORT = 2 };                        /* side */
enum { HF_HEDGING = 1, HF_NETTING = 2 };                   /* account mode */
enum { HF_TRIGGER_QUOTE = 0, HF_TRIGGER_LAST = 1 };        /* symbol trigger */
enum { HF_SOURCE_TICKS = 0, HF_SOURCE_BARS = 1 };          /* symbol source */

enum { /* position state; also a bit number in hf_filter.states */
    HF_POSITION_PENDING = 1,
    HF_POSITION_OPEN = 2,
    HF_POSITION_CLOSING = 3, /* a full closing intent is live */
    HF_POSITION_SUSPECT = 4,
    HF_POSITION_CLOSED = 5
};

enum { /* reason of a level, a command, a close */
    HF_REASON_NONE = 0,
    HF_REASON_SL = 1,
    HF_REASON_TP = 2,
    HF_REASON_TRAILING = 3,
    HF_REASON_BREAK_EVEN = 4,
    HF_REASON_PARTIAL = 5,
    HF_REASON_SCALE_IN = 6,
    HF_REASON_TIME = 7,
    HF_REASON_VOLATILITY = 8,
    HF_REASON_ROI = 9,
    HF_REASON_GUARD = 10,
    HF_REASON_MANUAL = 11,
    HF_REASON_ADVISOR = 12,
    HF_REASON_EMERGENCY = 13,
    HF_REASON_CLOSE_BY = 14,
    HF_REASON_EXTERNAL = 15,
    HF_REASON_UNKNOWN = 16
};

enum { /* priority class of an intent, low to high */
    HF_CLASS_PARTIAL = 1,
    HF_CLASS_TP = 2,     /* tp, roi */
    HF_CLASS_MANUAL = 3, /* manual, advisor, time close */
    HF_CLASS_SL = 4,     /* sl, trailing, break-even */
    HF_CLASS_GUARD = 5,
    HF_CLASS_EMERGENCY = 6
};

enum { /* command action */
    HF_ACTION_CLOSE = 1,
    HF_ACTION_REDUCE = 2,
    HF_ACTION_MODIFY = 3,
    HF_ACTION_OPEN = 4,
    HF_ACTION_CLOSE_BY = 5,
    HF_ACTION_QUERY_DEALS = 6,
    HF_ACTION_QUERY_POSITIONS = 7
};

enum { /* command state: the first four are live, the rest final */
    HF_COMMAND_PENDING = 1,
    HF_COMMAND_SENT = 2,
    HF_COMMAND_ACKNOWLEDGED = 3,
    HF_COMMAND_UNKNOWN = 4,
    HF_COMMAND_EXECUTED = 5,
    HF_COMMAND_PARTIAL = 6,
    HF_COMMAND_REJECTED = 7,
    HF_COMMAND_FAILED = 8,
    HF_COMMAND_EXPIRED = 9,
    HF_COMMAND_SUPERSEDED = 10
};

enum { HF_LANE_PRIORITY = 0, HF_LANE_ENTRY = 1 };                           /* command lane */
enum { HF_FILL_IOC = 0, HF_FILL_FOK = 1, HF_FILL_RETURN = 2 };             /* fill mode */
enum { HF_DEAL_CLIENT = 0, HF_DEAL_SL = 1, HF_DEAL_TP = 2, HF_DEAL_SO = 3 }; /* deal reason */

/* What an answer means, whatever a broker calls it: hf_ack.answer. 0 there: by the MT5 return code. */
enum {
    HF_ANSWER_BY_RETCODE = 0,
    HF_ANSWER_DONE = 1,        /* 10009 */
    HF_ANSWER_RECEIPT = 2,     /* 0, 10008: placed, not done yet */
    HF_ANSWER_PARTIAL = 3,     /* 10010: a child for the rest at once */
    HF_ANSWER_REQUOTE = 4,     /* 10004 ...: a child at once with a fresh price, from the third on later */
    HF_ANSWER_WAIT = 5,        /* 10006 ...: a child with back-off */
    HF_ANSWER_TERMINAL = 6,    /* 10026, 10027: alarm, a child after the slowest back-off */
    HF_ANSWER_NEVER = 7,       /* 10013 ...: never unchanged; as TERMINAL */
    HF_ANSWER_FILL_MODE = 8,   /* 10030: the other fill mode once, at once; then as NEVER */
    HF_ANSWER_HOLD = 9,        /* 10018: until the session opens */
    HF_ANSWER_UNKNOWN = 10     /* 10011 ... and whatever is not listed: deals and positions first */
};

/* MT5 return codes of an ack (others are legal: SEMANTICS' table says what each one does). */
enum {
    HF_RETCODE_RECEIPT = 0,
    HF_RETCODE_REQUOTE = 10004,
    HF_RETCODE_REJECT = 10006,
    HF_RETCODE_PLACED = 10008,
    HF_RETCODE_DONE = 10009,
    HF_RETCODE_DONE_PARTIAL = 10010,
    HF_RETCODE_TIMEOUT = 10012,
    HF_RETCODE_MARKET_CLOSED = 10018,
    HF_RETCODE_PRICE_OFF = 10021,
    HF_RETCODE_INVALID_FILL = 10030
};

enum { /* event kind */
    HF_EVENT_OPENED = 1,
    HF_EVENT_CHANGED = 2,
    HF_EVENT_CLOSED = 3,
    HF_EVENT_COMMAND = 4,
    HF_EVENT_COMMAND_STATE = 5,
    HF_EVENT_ESCALATED = 6,
    HF_EVENT_RECORDED = 7, /* a trigger or request that made no command */
    HF_EVENT_ALARM = 8,
    HF_EVENT_REVIEW = 9,
    HF_EVENT_DECISION = 10,
    HF_EVENT_GUARD = 11,
    HF_EVENT_ACCOUNT_STATE = 12,
    HF_EVENT_SYNC = 13, /* status HF_E_EXECUTOR: the broker could not be asked */
    HF_EVENT_SUSPECT = 14,
    HF_EVENT_BLIND = 15,
    HF_EVENT_REFUSED = 16,
    HF_EVENT_RECOVERED = 17
};

enum { /* hf_event.what: what changed, what the alarm is about */
    HF_WHAT_NONE = 0,
    HF_WHAT_SL = 1,
    HF_WHAT_TP = 2,
    HF_WHAT_VOLUME = 3,
    HF_WHAT_PRICE = 4,
    HF_WHAT_PROFIT = 5,
    HF_WHAT_COSTS = 6,
    HF_WHAT_TICKET = 7,
    HF_WHAT_INTENT = 8,        /* an intent ended without a close (cancelled or dropped) */
    HF_WHAT_ATTEMPTS = 9,      /* alarm: the sixth attempt goes out */
    HF_WHAT_RETCODE = 10,      /* alarm: the broker's answer needs a person */
    HF_WHAT_LATE_TICKS = 11,   /* alarm: a symbol's clock jumped; late ticks are judged now */
    HF_WHAT_DEAL = 12,         /* alarm or refusal: a deal that cannot be applied */
    HF_WHAT_DISASTER_SL = 13,
    HF_WHAT_RULE = 14,
    HF_WHAT_BALANCE = 15,      /* of an account: a deposit, a withdrawal, or a snapshot's figure */
    HF_WHAT_MODIFY = 16,       /* alarm: the broker refused to move the disaster stop */
    HF_WHAT_WAITING = 17,      /* alarm: a command waits and no executor takes it */
    HF_WHAT_EXECUTOR = 18,     /* alarm: silent (new_value: who); changed: it was put, or is back */
    HF_WHAT_STALE = 19,        /* alarm: no good snapshot of the account for sync_late */
    HF_WHAT_ADOPTED = 20,      /* of the broker's that was not here; alarm: it cannot be taken over */
    HF_WHAT_ABSENT = 21        /* ours that the broker does not have */
};

/* --- Records: head ------------------------------------------------------------------------------- */

/* What stands before each record in a recording, a link frame and the journal. */
typedef struct hf_record_head {
    uint16_t kind;     /* HF_RECORD_... */
    uint16_t version;  /* HF_ABI_VERSION */
    uint32_t size;     /* bytes of the body */
    uint64_t sequence; /* of the input in its core; in a request of the link: the client's number */
    int64_t time;      /* `now` of the input */
    uint16_t part;     /* an input that reaches every stripe is kept as `parts` records: this one */
    uint16_t parts;    /* reached the symbols s with s % parts == part. parts 0: the whole */
    uint32_t check;    /* checksum of the body in the journal, else 0 */
} hf_record_head;

enum { /* hf_record_head.kind: inputs, then what comes out, then files, then the link (its header) */
    HF_RECORD_SYMBOL = 1,          /* hf_symbol */
    HF_RECORD_ACCOUNT = 2,         /* hf_account */
    HF_RECORD_RATE = 3,            /* hf_rate */
    HF_RECORD_OPEN = 4,            /* hf_open */
    HF_RECORD_ENTRY = 5,           /* hf_open */
    HF_RECORD_FILL = 6,            /* hf_fill */
    HF_RECORD_TICKS = 7,           /* hf_tick[n] */
    HF_RECORD_BAR = 8,             /* hf_bar */
    HF_RECORD_CANDLE = 9,          /* hf_candle */
    HF_RECORD_MODIFY = 10,         /* hf_modify */
    HF_RECORD_RULE = 11,           /* hf_rule */
    HF_RECORD_GUARD = 12,          /* hf_guard */
    HF_RECORD_RELEASE = 13,        /* hf_release */
    HF_RECORD_ROLL = 14,           /* hf_roll */
    HF_RECORD_DEPOSIT = 15,        /* hf_deposit */
    HF_RECORD_CLOSE = 16,          /* hf_close */
    HF_RECORD_CANCEL = 17,         /* hf_cancel */
    HF_RECORD_CLOSE_BY = 18,       /* hf_close_by */
    HF_RECORD_ACK = 19,            /* hf_ack */
    HF_RECORD_DEAL = 20,           /* hf_deal */
    HF_RECORD_RECONCILE = 21,      /* hf_reconcile, then its positions, then its deals */
    HF_RECORD_DECISION = 22,       /* hf_decision */
    HF_RECORD_STATE = 23,          /* hf_state */
    HF_RECORD_EMERGENCY_STOP = 24, /* hf_emergency_stop */
    HF_RECORD_EXECUTOR = 25,       /* hf_executor */
    HF_RECORD_STEP = 26,           /* no body; the head's time */
    HF_RECORD_TAKE = 27,           /* hf_take, then hf_command_id[given] */
    HF_RECORD_COMMAND = 100,       /* hf_command */
    HF_RECORD_EVENT = 101,         /* hf_event */
    HF_RECORD_POSITION = 102,      /* hf_position */
    HF_RECORD_CONFIG = 200,        /* hf_core_config: first record of a recording */
    HF_RECORD_HASH = 201,          /* hf_hash: last record of a recording that was ended in order */
    HF_RECORD_LINK = 300           /* 300 and above: holdfast_link.h */
};

/* A command: the id of its position, a count within it, the core's epoch. Of a query_positions the owner is
 * 2^63 + the place of its account in order of definition (1, 2, ...).
 * As text three base-36 numbers joined by '-': at most 29 characters (hf_command_id_text). */
typedef struct hf_command_id {
    uint64_t owner;
    uint32_t count;
    uint32_t epoch;
} hf_command_id;

/* --- Records: symbols, accounts, rates ----------------------------------------------------------- */

/* hf_symbol.present */
#define HF_SYMBOL_MAX_SPREAD ((uint32_t)1 << 0)
#define HF_SYMBOL_SPREAD_GRACE ((uint32_t)1 << 1)
#define HF_SYMBOL_CONFIRM_TICKS ((uint32_t)1 << 2)
#define HF_SYMBOL_CONFIRM ((uint32_t)1 << 3)
#define HF_SYMBOL_STALE_AFTER ((uint32_t)1 << 4)

/* One price feed. Put again, it replaces what a broker changes daily; digits, tick_size, contract and
 * profit_currency with open positions are HF_E_STATE. */
typedef struct hf_symbol {
    char name[32];             /* ours */
    char broker_name[32];      /* goes into commands; empty: the same as name */
    char profit_currency[8];
    char base_currency[8];     /* makes it a conversion rate; empty: by its name (see hf_rate) */
    int64_t tick_size;         /* points, > 0 */
    int64_t tick_value;        /* 1e-8 of the profit currency per lot per tick, > 0 */
    int64_t contract;          /* 1e-8 units per lot, told to the host again; money goes by tick_value */
    int64_t volume_min;        /* > 0 */
    int64_t volume_max;        /* >= volume_min */
    int64_t volume_step;       /* > 0; volume_min is a multiple of it */
    int64_t stops_level;       /* points */
    int64_t freeze_level;      /* points */
    int64_t max_spread;        /* points */
    int64_t spread_grace;      /* ns */
    int64_t confirm;           /* ns */
    int64_t stale_after;       /* ns without a quote until the symbol is blind */
    uint32_t confirm_ticks;
    uint32_t late_ticks;       /* late ticks in a row that are refused; the next one is judged. default 3 */
    uint32_t digits;           /* 0..15 */
    uint32_t present;          /* HF_SYMBOL_... */
    uint8_t trigger;           /* HF_TRIGGER_... */
    uint8_t source;            /* HF_SOURCE_... */
    uint8_t trust_crossed;     /* 1: a bid above the ask triggers and trails */
    uint8_t reserved[5];
} hf_symbol;

/* hf_account.present */
#define HF_ACCOUNT_INITIAL ((uint32_t)1 << 0)
#define HF_ACCOUNT_EXECUTOR ((uint32_t)1 << 1)
#define HF_ACCOUNT_LEVERAGE ((uint32_t)1 << 2)
#define HF_ACCOUNT_MAX_POSITIONS ((uint32_t)1 << 3)
#define HF_ACCOUNT_MAX_VOLUME ((uint32_t)1 << 4)
#define HF_ACCOUNT_MAX_EXPOSURE ((uint32_t)1 << 5)
#define HF_ACCOUNT_PROTECT_SL ((uint32_t)1 << 6)
#define HF_ACCOUNT_PROTECT_TP ((uint32_t)1 << 7)
#define HF_ACCOUNT_PROTECT_TRAILING ((uint32_t)1 << 8)
#define HF_ACCOUNT_SYNC_EVERY ((uint32_t)1 << 9)
#define HF_ACCOUNT_SYNC_LATE ((uint32_t)1 << 10)
#define HF_ACCOUNT_SUSPECT_SYNCS ((uint32_t)1 << 11)
#define HF_ACCOUNT_MARGIN ((uint32_t)1 << 12)

/* Put again, an account keeps its balance and initial, and the caps and figures are replaced. Caps bind
 * entries alone: what exists at the broker is never refused. */
typedef struct hf_account {
    uint64_t id;               /* > 0 */
    uint64_t executor;         /* who executes its commands; without HF_ACCOUNT_EXECUTOR: the id */
    char currency[8];
    int64_t balance;
    int64_t initial;           /* without HF_ACCOUNT_INITIAL: the balance */
    int64_t leverage;          /* 1e-8; also a cap: exposure <= equity x leverage */
    int64_t max_volume;        /* of all positions and entries, both sides */
    int64_t max_exposure;      /* money, of the same */
    int64_t protect_sl;        /* points from the open price; for adopted positions */
    int64_t protect_tp;
    int64_t protect_trailing;
    int64_t sync_every;        /* ns between query_positions, 0 = never; default never */
    int64_t sync_late;         /* ns without a good snapshot until STALE; default 3 x sync_every */
    int64_t margin;            /* the broker's own figure of margin used, in place of ours */
    uint32_t max_positions;    /* with those asked for */
    uint32_t suspect_syncs;    /* absences in a row that close; default 3 */
    uint32_t digits;           /* for display; default 2 */
    uint32_t present;          /* HF_ACCOUNT_... */
    uint8_t mode;              /* HF_HEDGING, HF_NETTING */
    uint8_t observe;           /* 1: triggers are recorded, no command is made */
    uint8_t reserved[6];
} hf_account;

/* A conversion rate without a symbol. A symbol is the rate of its base_currency in its profit_currency; where
 * base_currency is empty, its name tells: three letters before the profit currency ("EURUSD", "EURUSD.r"), or
 * all that stands before it at the end of the name ("DOGEUSDT"). */
typedef struct hf_rate {
    char base[8];
    char quote[8];
    int64_t bid;               /* 1e-8 quote per base */
    int64_t ask;
} hf_rate;

/* --- Records: positions -------------------------------------------------------------------------- */

/* hf_open.flags */
#define HF_OPEN_INTERVAL ((uint32_t)1 << 0)
#define HF_OPEN_TIME ((uint32_t)1 << 1)
#define HF_OPEN_DISASTER_SL ((uint32_t)1 << 2)
#define HF_OPEN_DISASTER_DISTANCE ((uint32_t)1 << 3)
#define HF_OPEN_CAP_VOLUME ((uint32_t)1 << 4) /* entries: a volume above the maximum or off step is cut */
#define HF_OPEN_ADOPTED ((uint32_t)1 << 5)    /* found at the broker: the ticket of a closed one passes on */

/* A position that exists at the broker (HF_RECORD_OPEN) or one that we ask for (HF_RECORD_ENTRY). */
typedef struct hf_open {
    uint64_t position;         /* 0 in a call; in a recording the id that was given */
    uint64_t account;
    uint64_t strategy;
    uint64_t ticket;           /* the broker's; 0 = none */
    int64_t magic;
    int64_t volume;
    int64_t price;             /* points; 0 for an entry */
    int64_t sl;                /* hidden levels, points, multiples of tick_size; 0 = unset */
    int64_t tp;
    int64_t disaster_sl;       /* the broker-side stop: fixed, or (S6.150 to S6.169) */
    int64_t disaster_distance; /* this far beyond the hidden sl */
    int64_t disaster_step;     /* it moves by at least this; 0: a tenth of the distance */
    int64_t commission;        /* signed as in MT5: a cost is negative; booked as the position is closed */
    int64_t swap;
    int64_t interval;          /* ns, with HF_OPEN_INTERVAL */
    int64_t time;              /* of opening, with HF_OPEN_TIME; else now */
    uint32_t symbol;
    uint32_t flags;            /* HF_OPEN_... */
    uint8_t side;              /* HF_LONG, HF_SHORT */
    uint8_t reserved[7];
    char tag[32];
    char client_id[40];
    char by[32];
} hf_open;

/* hf_fill.present, hf_ack.present, hf_deal.present: which optional columns are given */
#define HF_HAS_PRICE ((uint32_t)1 << 0)
#define HF_HAS_VOLUME ((uint32_t)1 << 1)
#define HF_HAS_PROFIT ((uint32_t)1 << 2)
#define HF_HAS_COMMISSION ((uint32_t)1 << 3)
#define HF_HAS_SWAP ((uint32_t)1 << 4)
#define HF_HAS_FEE ((uint32_t)1 << 5)
#define HF_HAS_TICKET ((uint32_t)1 << 6)
#define HF_HAS_RETCODE ((uint32_t)1 << 7)

/* A deal that opens, adds to, reduces or turns over by symbol (netting accounts), or that adds to a named
 * position (scale-ins, later parts of an entry). Costs of what it opens or adds are booked as that closes. */
typedef struct hf_fill {
    uint64_t account;
    uint64_t position;         /* 0: by symbol. In a recording of a netting account: the one that resulted */
    uint64_t deal;
    uint64_t order;
    uint64_t ticket;
    int64_t volume;
    int64_t price;
    int64_t commission;
    int64_t swap;
    int64_t fee;
    uint32_t symbol;
    uint32_t present;          /* HF_HAS_... */
    uint8_t side;
    uint8_t reserved[7];
} hf_fill;

/* What to do with a field of hf_modify. */
enum { HF_LEAVE = 0, HF_UNSET = 1, HF_SET = 2 };

/* An owner's change of targets. */
typedef struct hf_modify {
    uint64_t position;
    int64_t sl;
    int64_t tp;
    int64_t disaster_sl;
    int64_t disaster_distance;
    uint8_t change_sl;         /* HF_LEAVE, HF_UNSET, HF_SET */
    uint8_t change_tp;
    uint8_t change_disaster_sl;
    uint8_t change_disaster_distance;
    uint8_t allow_immediate;   /* 1: a level that is already breached is judged on the next tick */
    uint8_t reason;            /* HF_REASON_...; 0: manual */
    uint8_t reserved[2];
    char by[32];
} hf_modify;

/* --- Records: rules and guards ------------------------------------------------------------------- */

enum { /* rule kind */
    HF_RULE_TRAILING = 1,
    HF_RULE_BREAK_EVEN = 2,
    HF_RULE_PARTIAL = 3,
    HF_RULE_SCALE_IN = 4,
    HF_RULE_TIME = 5,
    HF_RULE_VOLATILITY = 6,
    HF_RULE_ROI = 7,
    HF_RULE_PRESET = 8
};
enum { /* rule scope, narrow to wide; hf_rule.scope_id says which one */
    HF_SCOPE_POSITION = 1,
    HF_SCOPE_STRATEGY = 2,
    HF_SCOPE_SYMBOL = 3,
    HF_SCOPE_ACCOUNT = 4,
    HF_SCOPE_ALL = 5
};
enum { HF_OF_INITIAL = 0, HF_OF_REMAINING = 1 };     /* hf_rule.of */
enum { HF_REMAINDER_KEEP = 0, HF_REMAINDER_CLOSE = 1 };
enum { HF_TIME_CLOSE = 0, HF_TIME_TIGHTEN = 1 };     /* hf_rule.time_action */
enum { HF_PRESET_BOOKING = 1 };

/* hf_rule.present: which parameters are given; 0 is a legal value of most. */
#define HF_RULE_DISTANCE ((uint64_t)1 << 0)
#define HF_RULE_PERCENT ((uint64_t)1 << 1)
#define HF_RULE_ATR ((uint64_t)1 << 2)
#define HF_RULE_ATR_PERIOD ((uint64_t)1 << 3)
#define HF_RULE_INTERVAL ((uint64_t)1 << 4)
#define HF_RULE_ACTIVATION ((uint64_t)1 << 5)
#define HF_RULE_STEP ((uint64_t)1 << 6)
#define HF_RULE_STEP_PERCENT ((uint64_t)1 << 7)
#define HF_RULE_SECOND_PROFIT ((uint64_t)1 << 8)
#define HF_RULE_SECOND_DISTANCE ((uint64_t)1 << 9)
#define HF_RULE_SECOND_PERCENT ((uint64_t)1 << 10)
#define HF_RULE_TRIGGER ((uint64_t)1 << 11)
#define HF_RULE_TRIGGER_PERCENT ((uint64_t)1 << 12)
#define HF_RULE_OFFSET ((uint64_t)1 << 13)
#define HF_RULE_OFFSET_PERCENT ((uint64_t)1 << 14)
#define HF_RULE_PROFIT_PERCENT ((uint64_t)1 << 15)
#define HF_RULE_PROFIT_DISTANCE ((uint64_t)1 << 16)
#define HF_RULE_MIN_AGE ((uint64_t)1 << 17)
#define HF_RULE_FRACTION ((uint64_t)1 << 18)
#define HF_RULE_MOMENTUM ((uint64_t)1 << 19)
#define HF_RULE_VOLUME_RATIO ((uint64_t)1 << 20)
#define HF_RULE_AGE ((uint64_t)1 << 21)
#define HF_RULE_AT ((uint64_t)1 << 22)
#define HF_RULE_LOW ((uint64_t)1 << 23)
#define HF_RULE_HIGH ((uint64_t)1 << 24)
#define HF_RULE_FACTOR ((uint64_t)1 << 25)

typedef struct hf_roi_row {
    int64_t age;               /* ns */
    int64_t profit;            /* ratio 1e-8 */
} hf_roi_row;

/* A standing order of management. The same id again replaces it; `remove` ends it.
 * This build has HF_RULE_TRAILING by distance or percent, with activation, step and second distance. A
 * position has the rules of the narrowest scope that has any for it, in order of id; one put again keeps
 * what it reached. hf_core_config.rules counts them for each open position: its own, or those of the wider
 * scope with the most. A wider rule's distances are points of each symbol; below a tick it is none of its. */
typedef struct hf_rule {
    uint64_t id;               /* > 0, the host's */
    uint64_t scope_id;         /* position, strategy, symbol or account; 0 for all */
    uint64_t present;          /* HF_RULE_... */
    int64_t distance;          /* points */
    int64_t percent;           /* ratios are 1e-8: 2 % = 2 000 000 */
    int64_t atr;               /* factor, 1e-8 */
    int64_t interval;          /* ns */
    int64_t activation;        /* points */
    int64_t step;              /* points */
    int64_t step_percent;
    int64_t second_profit;     /* points, beside a percent a ratio */
    int64_t second_distance;
    int64_t second_percent;
    int64_t trigger;           /* points */
    int64_t trigger_percent;
    int64_t offset;
    int64_t offset_percent;
    int64_t profit_percent;
    int64_t profit_distance;
    int64_t min_age;           /* ns */
    int64_t fraction;          /* 1e-8 */
    int64_t momentum_percent;
    int64_t volume_ratio;      /* 1e-8 */
    int64_t age;               /* ns */
    int64_t at;                /* instant */
    int64_t low;               /* plain ratios, 1e-8 */
    int64_t high;
    int64_t factor;            /* 1e-8 */
    hf_roi_row roi[16];
    uint32_t roi_count;
    uint32_t atr_period;
    uint32_t over;             /* bars of momentum */
    uint32_t volume_over;      /* bars of mean volume */
    uint32_t times;            /* scale-ins in a life */
    uint8_t kind;              /* HF_RULE_TRAILING ... */
    uint8_t scope;             /* HF_SCOPE_... */
    uint8_t remove;            /* 1: end the rule with this id */
    uint8_t of;
    uint8_t remainder;
    uint8_t time_action;
    uint8_t preset;
    uint8_t cover_costs;
    uint8_t reserved[4];
    char by[32];
} hf_rule;

enum { /* hf_guard.basis */
    HF_BASIS_BALANCE = 1,
    HF_BASIS_EQUITY = 2,
    HF_BASIS_MAX = 3,
    HF_BASIS_INITIAL = 4,
    HF_BASIS_HIGH_WATER_BALANCE = 5,
    HF_BASIS_HIGH_WATER_EQUITY = 6
};
enum { HF_UNIT_MONEY = 1, HF_UNIT_BASIS = 2, HF_UNIT_INITIAL = 3 };
enum { HF_GUARD_DAILY = 1, HF_GUARD_TOTAL = 2, HF_GUARD_TRAILING = 3, HF_GUARD_LOCK = 4 };
enum { HF_GUARD_ALERT = 1, HF_GUARD_BLOCK = 2, HF_GUARD_REDUCE = 3, HF_GUARD_CLOSE_ALL = 4 };
enum { HF_RESUME_ROLL = 0, HF_RESUME_MANUAL = 1 };

typedef struct hf_guard {
    uint64_t id;
    uint64_t account;
    int64_t limit;             /* money, or ratio 1e-8 */
    int64_t buffer;            /* money */
    uint8_t basis;
    uint8_t unit;
    uint8_t kind;
    uint8_t action;
    uint8_t resume;
    uint8_t remove;
    uint8_t reserved[2];
} hf_guard;

typedef struct hf_release {
    uint64_t guard;
    char by[32];
} hf_release;

typedef struct hf_roll {
    uint64_t account;
} hf_roll;

typedef struct hf_deposit {
    uint64_t account;
    int64_t amount;            /* negative: a withdrawal */
} hf_deposit;

/* --- Records: prices ----------------------------------------------------------------------------- */

typedef struct hf_tick {
    uint32_t symbol;
    uint32_t flags;            /* 0 */
    int64_t time;              /* the host's: orders everything */
    int64_t quote_time;        /* the venue's: carried, never compared */
    int64_t bid;               /* points */
    int64_t ask;
    int64_t last;              /* 0: no trade in this tick */
    int64_t volume;            /* of the last trade, 1e-8 */
    int64_t reserved;
} hf_tick;

typedef struct hf_bar {
    int64_t time;              /* of the close */
    int64_t bid[4];            /* open, high, low, close */
    int64_t ask[4];            /* or all 0: bid + spread */
    int64_t spread;
    int64_t volume;
    uint32_t symbol;
    uint32_t reserved;
} hf_bar;

typedef struct hf_candle {
    int64_t time;              /* of the close */
    int64_t interval;          /* ns */
    int64_t open;
    int64_t high;
    int64_t low;
    int64_t close;
    int64_t volume;
    uint32_t symbol;
    uint32_t reserved;
} hf_candle;

/* --- Records: closing ---------------------------------------------------------------------------- */

/* hf_filter.present: a position matches when it meets every condition that is given. */
#define HF_FILTER_POSITION ((uint32_t)1 << 0)
#define HF_FILTER_ACCOUNT ((uint32_t)1 << 1)
#define HF_FILTER_SYMBOL ((uint32_t)1 << 2)
#define HF_FILTER_SIDE ((uint32_t)1 << 3)
#define HF_FILTER_STRATEGY ((uint32_t)1 << 4)
#define HF_FILTER_TAG ((uint32_t)1 << 5)
#define HF_FILTER_STATES ((uint32_t)1 << 6)
#define HF_FILTER_OLDER_THAN ((uint32_t)1 << 7)
#define HF_FILTER_NEWER_THAN ((uint32_t)1 << 8)
#define HF_FILTER_PROFITABLE ((uint32_t)1 << 9)
#define HF_FILTER_LOSING ((uint32_t)1 << 10)
#define HF_FILTER_ALL ((uint32_t)1 << 31) /* says that an empty filter is meant */

enum { HF_SORT_NONE = 0, HF_SORT_OPENED = 1, HF_SORT_NEWEST = 2, HF_SORT_PROFIT = 3, HF_SORT_LOSS = 4,
       HF_SORT_SYMBOL = 5 };

typedef struct hf_filter {
    uint64_t position;
    uint64_t account;
    uint64_t strategy;
    int64_t older_than;        /* ns of age at `now` */
    int64_t newer_than;
    uint32_t symbol;
    uint32_t present;          /* HF_FILTER_... */
    uint32_t states;           /* bits 1 << HF_POSITION_... */
    uint8_t side;
    uint8_t sort;              /* HF_SORT_..., lists only */
    uint8_t reserved[2];
    char tag[32];
} hf_filter;

/* A close of everything that the filter matches, or of a part of each. */
typedef struct hf_close {
    hf_filter filter;          /* one condition at least, or HF_FILTER_ALL */
    int64_t volume;            /* 0 = all, else of each position */
    int64_t fraction;          /* 0 = all, else 1e-8, of each position's open volume */
    uint8_t reason;            /* HF_REASON_MANUAL (0 too), ADVISOR, TIME, EMERGENCY */
    uint8_t dry_run;           /* 1: answer only, change nothing */
    uint8_t reserved[6];
    char by[32];
} hf_close;

typedef struct hf_close_result {
    uint64_t position;
    int64_t volume;            /* that is to be closed */
    hf_command_id command;     /* zero when none was made */
    int32_t status;            /* HF_OK or why this position was left alone */
    uint32_t reserved;
} hf_close_result;

typedef struct hf_cancel {
    uint64_t position;
    uint8_t reason;
    uint8_t reserved[7];
    char by[32];
} hf_cancel;

typedef struct hf_close_by {
    uint64_t position;         /* the profit is booked here */
    uint64_t with;
    uint8_t reason;
    uint8_t reserved[7];
    char by[32];
} hf_close_by;

/* --- Records: commands and answers --------------------------------------------------------------- */

/* hf_command.flags */
#define HF_COMMAND_FULL ((uint32_t)1 << 0)        /* closes all that is open */
#define HF_COMMAND_REDELIVERED ((uint32_t)1 << 1) /* the same id was given out before */
#define HF_COMMAND_NOT_DURABLE ((uint32_t)1 << 2) /* its record is not on disk */

/* All that an executor needs; it asks nothing back. */
typedef struct hf_command {
    hf_command_id id;
    hf_command_id parent;      /* zero: the first of its intent. query_deals: the command in doubt */
    uint64_t position;
    uint64_t account;
    uint64_t executor;
    uint64_t ticket;
    uint64_t with_ticket;      /* close_by */
    int64_t magic;
    int64_t volume;            /* to be executed */
    int64_t executed;          /* so far */
    int64_t price;             /* bid or ask when it was made; expected */
    int64_t level;             /* that was breached; 0 = none */
    int64_t sl;                /* broker-side levels of open and modify */
    int64_t tp;
    int64_t trigger_price;     /* slippage is counted from here */
    int64_t created;
    int64_t sent;              /* when it was last taken; 0 = not yet */
    int64_t deadline;          /* then it is UNKNOWN; 0 = not sent yet */
    int64_t act_before;        /* an executor must not start later */
    uint32_t symbol;
    uint32_t deviation;        /* points accepted against `price`; 0 = any */
    uint32_t attempt;          /* the first is 1 */
    uint32_t retcode;          /* last answer */
    uint32_t flags;            /* HF_COMMAND_FULL ... */
    uint8_t action;            /* HF_ACTION_... */
    uint8_t state;             /* HF_COMMAND_... */
    uint8_t reason;            /* HF_REASON_... */
    uint8_t priority;          /* HF_CLASS_... */
    uint8_t lane;              /* HF_LANE_... */
    uint8_t side;              /* of the position: closing a long sells */
    uint8_t fill_mode;         /* HF_FILL_... */
    uint8_t reserved[5];
    char symbol_name[32];      /* the broker's */
    char client_id[40];
    char tag[32];
    uint64_t reserved_tail[4]; /* 0 */
} hf_command;

/* An executor's answer to a command. Without HF_HAS_...: retcode 10009, the command's volume and price. */
typedef struct hf_ack {
    hf_command_id command;     /* zero owner: the position's closing command that is out */
    uint64_t position;         /* when command.owner is 0 */
    uint64_t deal;             /* 0 = not known yet */
    uint64_t order;
    uint64_t ticket;           /* with HF_HAS_TICKET: the position's ticket from now on */
    int64_t volume;
    int64_t price;
    int64_t profit;            /* the broker's own figure replaces ours */
    int64_t commission;
    int64_t swap;
    int64_t fee;
    uint32_t retcode;
    uint32_t present;          /* HF_HAS_... */
    uint8_t query;             /* 1: answers a query_deals: no deal was found */
    uint8_t answer;            /* HF_ANSWER_...; 0: by retcode, which is told all the same */
    uint8_t reserved[6];
} hf_ack;

/* What the broker did: the truth. */
typedef struct hf_deal {
    uint64_t account;
    uint64_t position;         /* or 0 and a ticket; when given, the ticket is not read */
    uint64_t ticket;
    uint64_t deal;             /* 0 = no number: never recognised as known */
    uint64_t order;
    hf_command_id command;     /* when the executor knows it; else zero */
    int64_t volume;
    int64_t price;
    int64_t profit;
    int64_t commission;
    int64_t swap;
    int64_t fee;
    int64_t time;              /* of the deal; 0: now, or of what a snapshot took away (S8.35) */
    uint32_t present;          /* HF_HAS_PROFIT, COMMISSION, SWAP, FEE */
    uint8_t reason;            /* HF_DEAL_... */
    uint8_t reserved[3];
} hf_deal;

/* --- Records: reconciliation --------------------------------------------------------------------- */

/* hf_broker_position.present, hf_reconcile.present: which optional columns are given */
#define HF_BROKER_SL ((uint32_t)1 << 0)
#define HF_BROKER_TP ((uint32_t)1 << 1)
#define HF_BROKER_SWAP ((uint32_t)1 << 2)
#define HF_BROKER_COMMISSION ((uint32_t)1 << 3)
#define HF_BROKER_PROFIT ((uint32_t)1 << 4)
#define HF_BROKER_BALANCE ((uint32_t)1 << 5)
#define HF_BROKER_EQUITY ((uint32_t)1 << 6)
#define HF_BROKER_MARGIN ((uint32_t)1 << 7)
#define HF_BROKER_ABSENT ((uint32_t)1 << 8) /* in a recording only: ours, not in the snapshot */

/* A position as the broker has it. Matched by ticket, then client id (which may be the text of the command
 * that opened it), on netting accounts by symbol. Its sl is compared with the disaster stop alone: a
 * snapshot never touches hidden levels. */
typedef struct hf_broker_position {
    uint64_t position;         /* 0 in a call; in a recording the one that it is */
    uint64_t ticket;
    int64_t volume;
    int64_t price;             /* average entry, points */
    int64_t sl;
    int64_t tp;
    int64_t swap;              /* of what is open */
    int64_t commission;
    int64_t profit;            /* floating; carried, not compared */
    int64_t magic;
    int64_t time;              /* of opening; carried */
    uint32_t symbol;           /* 0: a symbol that is not defined here; skipped */
    uint32_t present;          /* HF_BROKER_... */
    uint8_t side;
    uint8_t reserved[7];
    char client_id[40];
} hf_broker_position;

/* hf_reconcile.piece. In a recording a snapshot is kept as its parts: the head, slices of positions compared,
 * those settled one by one, and the end with its hf_sync_report; deals and what was taken over are inputs
 * of their own between them. */
enum { HF_PIECE_WHOLE = 0, HF_PIECE_BEGIN = 1, HF_PIECE_SLICE = 2, HF_PIECE_SETTLE = 3, HF_PIECE_END = 4 };

/* All open positions of an account as the broker has them, and its recent deals. */
typedef struct hf_reconcile {
    uint64_t account;
    int64_t asked_at;          /* when the broker was asked: what changed here since is not compared */
    int64_t balance;
    int64_t equity;            /* carried, not compared */
    int64_t margin;            /* becomes the account's */
    hf_command_id command;     /* the query_positions that it answers; zero = unasked */
    uint32_t positions;        /* hf_broker_position records after this one */
    uint32_t deals;            /* hf_deal records after those */
    uint32_t present;          /* HF_BROKER_BALANCE, EQUITY, MARGIN */
    uint8_t failed;            /* 1: the broker could not be asked; nothing is compared or forgotten */
    uint8_t piece;             /* HF_PIECE_WHOLE in a call */
    uint8_t reserved[2];
} hf_reconcile;

/* What a snapshot came to; also the `counts` of its sync event, in this order. */
typedef struct hf_sync_report {
    uint32_t found;            /* that both have */
    uint32_t adopted;          /* missing here, taken over */
    uint32_t removed;          /* closed by it: by a deal, or as absent for the last time */
    uint32_t fixed;            /* volume, price, ticket, costs or disaster stop taken from the broker */
    uint32_t suspect;          /* absent without a deal: still protected */
    uint32_t skipped;          /* changed since, a command out, unknown symbol */
    uint32_t stale;            /* 1: it is overdue, failed or not */
    uint32_t ignored;          /* 1: not newer than the last one; nothing was done */
    uint32_t deals;            /* applied */
    uint32_t differences;      /* found, applied or not */
} hf_sync_report;

/* One difference between the broker and the registry. */
typedef struct hf_difference {
    uint64_t position;         /* 0: it could not be taken over */
    uint64_t ticket;           /* the broker's */
    int64_t ours;
    int64_t theirs;
    uint32_t symbol;
    uint8_t what;              /* HF_WHAT_VOLUME, PRICE, TICKET, COSTS, DISASTER_SL, ADOPTED, ABSENT, or DEAL:
                                * it could not be applied, ours is its status, theirs its number */
    uint8_t applied;           /* 0: skipped, or not yet confirmed */
    uint8_t reserved[2];
} hf_difference;

/* How well an account and its broker agree. */
typedef struct hf_sync_status {
    uint64_t account;
    int64_t asked_at;          /* of the last snapshot applied; 0 = none */
    int64_t applied_at;
    int64_t next_at;           /* when the core asks next; INT64_MAX = never */
    int64_t late_at;           /* when it is STALE; INT64_MAX = never */
    uint64_t snapshots;        /* applied */
    uint64_t failed;
    uint64_t ignored;          /* not newer than the last one */
    uint64_t compared;         /* positions, over all of them */
    uint64_t agreed;           /* of these, without a difference */
    uint64_t adopted;
    uint64_t removed;
    uint64_t fixed;
    uint64_t suspected;
    uint64_t skipped;
    int64_t accuracy;          /* ratio 1e-8: agreed / compared; 1 before any */
    hf_command_id command;     /* the query_positions that is live; zero = none */
    uint8_t stale;
    uint8_t reserved[7];
} hf_sync_status;

/* --- Records: decisions, states (later issues; HF_E_UNSUPPORTED in this build) --------------------- */

enum { HF_DECIDE_HOLD = 1, HF_DECIDE_ADJUST_SL = 2, HF_DECIDE_ADJUST_TP = 3, HF_DECIDE_REDUCE = 4,
       HF_DECIDE_CLOSE = 5 };

typedef struct hf_decision {
    uint64_t position;
    uint64_t review;           /* 0: the newest open one */
    int64_t confidence;        /* ratio 1e-8 */
    int64_t new_stop_loss;
    int64_t new_take_profit;
    int64_t reduce;            /* volume */
    int64_t reduce_fraction;   /* 1e-8 */
    uint8_t action;            /* HF_DECIDE_... */
    uint8_t reserved[7];
    char by[32];
    char reasoning[256];
    char details[256];
} hf_decision;

enum { HF_STATE_ACTIVE = 1, HF_STATE_REDUCING = 2, HF_STATE_HALTED = 3 };

typedef struct hf_state {
    uint64_t account;
    uint8_t to;                /* HF_STATE_... */
    uint8_t reserved[7];
    char by[32];
} hf_state;

typedef struct hf_emergency_stop {
    uint64_t account;          /* 0: all */
    char by[32];
} hf_emergency_stop;

/* hf_executor.capabilities: what is asked of it. Without one, calls that need it are HF_E_UNSUPPORTED, and
 * no disaster stop goes out. */
#define HF_CAN_PARTIAL ((uint32_t)1 << 0)      /* close a part */
#define HF_CAN_CLOSE_BY ((uint32_t)1 << 1)
#define HF_CAN_BROKER_STOPS ((uint32_t)1 << 2) /* modify levels at the broker */
#define HF_CAN_ALL ((uint32_t)7)

/* Who executes the commands of accounts. One that no hf_executor_put described can do all, without limits. */
typedef struct hf_executor {
    uint64_t id;
    int64_t rate;              /* entries per second, 1e-8; 0 = unlimited. A second's worth may go at once */
    int64_t heartbeat_late;    /* ns without a take until it counts as silent; 0 = never */
    uint32_t capabilities;     /* HF_CAN_... */
    uint32_t in_flight_max;    /* commands SENT or ACKNOWLEDGED at a time, queries not counted; 0 = any */
    uint8_t up;                /* 0: nothing is given out, commands wait */
    uint8_t reserved[7];
} hf_executor;

/* An executor as it stands. */
typedef struct hf_executor_view {
    hf_executor executor;
    int64_t seen;              /* last sign of life, kept with heartbeat_late; 0 = none */
    uint32_t epoch;            /* newest session; 0 = none */
    uint32_t in_flight;        /* commands SENT or ACKNOWLEDGED, queries apart */
    uint32_t unanswered;       /* commands UNKNOWN: it was silent past their deadline */
    uint32_t waiting;          /* commands in line (those superseded may still be counted) */
    uint8_t silent;            /* 1: no take for heartbeat_late */
    uint8_t slow;              /* 1: unanswered > 0 */
    uint8_t reserved[6];
} hf_executor_view;

/* A take as it is recorded: hf_command_id[given] follows. */
typedef struct hf_take {
    uint64_t executor;
    uint32_t epoch;            /* of the executor's session; a higher one starts anew */
    uint32_t max;              /* credit */
    uint32_t given;
    uint32_t reserved;
} hf_take;

typedef struct hf_hash {
    uint64_t hash;
} hf_hash;

/* --- Records: what comes out --------------------------------------------------------------------- */

/* The `known` of positions, events, accounts, summaries: which columns are known. A rate that is missing
 * makes money unknown, never 1. */
#define HF_KNOWN_PROFIT ((uint32_t)1 << 0)
#define HF_KNOWN_REALISED ((uint32_t)1 << 1)
#define HF_KNOWN_NET ((uint32_t)1 << 2)
#define HF_KNOWN_QUOTE ((uint32_t)1 << 3)    /* mae and mfe: a quote was seen since opening */
#define HF_KNOWN_SLIPPAGE ((uint32_t)1 << 4)
#define HF_KNOWN_R ((uint32_t)1 << 5)            /* r_multiple */
#define HF_KNOWN_PERCENT ((uint32_t)1 << 6)      /* profit_percent */
#define HF_KNOWN_EXPOSURE ((uint32_t)1 << 7)     /* of an account or a summary */
#define HF_KNOWN_MARGIN ((uint32_t)1 << 8)       /* of an account */
#define HF_KNOWN_FACTOR ((uint32_t)1 << 9)       /* hf_performance.profit_factor */
#define HF_KNOWN_ENTRY ((uint32_t)1 << 10)       /* slippage_entry */

/* A position as it stands. */
typedef struct hf_position {
    uint64_t id;
    uint64_t account;
    uint64_t executor;
    uint64_t strategy;
    uint64_t ticket;
    uint64_t flipped_from;
    int64_t magic;
    int64_t volume;            /* open */
    int64_t volume_initial;    /* opening fills and scale-ins */
    int64_t open_price;        /* of the first fill */
    int64_t average;           /* 1e-8 point, truncated */
    int64_t sl;                /* in force */
    int64_t tp;
    int64_t sl_first;
    int64_t disaster_sl;       /* asked for, fixed; 0 = unset */
    int64_t disaster_distance;
    int64_t trailing_distance; /* closest, a percent at the open price; 0 = none */
    int64_t mae;               /* worst watched price since opening */
    int64_t mae_time;
    int64_t mfe;               /* best */
    int64_t mfe_time;
    int64_t profit;            /* floating price profit */
    int64_t realised;          /* booked price profit */
    int64_t commission;
    int64_t swap;
    int64_t fee;
    int64_t net;               /* profit + realised + the three */
    int64_t opened;
    int64_t closed;            /* 0 = not */
    int64_t close_price;       /* of the last fill */
    int64_t slippage;          /* points, adverse positive, from the trigger's price */
    int64_t slippage_level;    /* from the level */
    int64_t interval;
    int64_t intent_volume;     /* that the live intent still has to close; 0 = no live intent */
    hf_command_id command;     /* the latest closing command; zero = none yet */
    uint32_t symbol;
    uint32_t known;            /* HF_KNOWN_... */
    uint8_t side;
    uint8_t state;             /* HF_POSITION_... */
    uint8_t set_by;            /* HF_REASON_... of the sl in force; 0 = unset */
    uint8_t reason;            /* of the live intent, or of the close */
    uint8_t escalated_from;
    uint8_t blind;             /* its symbol has no fresh quote */
    uint8_t reserved[2];
    char tag[32];
    char client_id[40];
    uint64_t review;           /* the newest open one; 0 = none */
    int64_t r_multiple;        /* 1e-8, of a closed one: net / (|open price - first sl| x volume in money) */
    int64_t profit_percent;    /* ratio: the price's move over the average entry, truncated toward zero */
    int64_t exit_average;      /* 1e-8 point, of all that was closed; 0 = nothing yet */
    int64_t slippage_entry;    /* points, adverse positive: from the price asked to the first fill */
    int64_t disaster_placed;   /* the broker-side stop as the broker confirmed it */
    uint64_t reserved_tail[2]; /* 0 */
} hf_position;

typedef struct hf_event {
    uint64_t number;           /* 1, 2, 3 ... in this core */
    uint64_t sequence;         /* of the input that caused it */
    int64_t time;              /* when it happened: a timer's due time, else its input's */
    uint64_t account;
    uint64_t position;
    hf_command_id command;
    hf_command_id parent;
    int64_t volume;
    int64_t price;
    int64_t level;
    int64_t old_value;
    int64_t new_value;
    int64_t profit;
    int64_t commission;
    int64_t swap;
    int64_t fee;
    int64_t net;
    int64_t slippage;
    int64_t slippage_level;
    uint32_t symbol;
    uint32_t attempt;
    uint32_t retcode;
    int32_t status;
    uint32_t known;            /* HF_KNOWN_... */
    uint16_t kind;             /* HF_EVENT_... */
    uint8_t what;              /* HF_WHAT_... */
    uint8_t reason;            /* HF_REASON_... */
    uint8_t escalated_from;
    uint8_t state;             /* of the command, position or account */
    uint8_t action;            /* HF_ACTION_... */
    uint8_t side;
    uint32_t counts[7];        /* sync: found, adopted, removed, fixed, suspect, skipped, stale */
    char by[32];
    uint64_t rule;             /* that acted; 0 = none */
    uint64_t guard;
    uint64_t review;
    uint64_t reserved_tail;    /* 0 */
} hf_event;

typedef struct hf_ticks_report {
    uint32_t accepted;
    uint32_t refused;
    int32_t first_status;      /* of the first refused tick, else HF_OK */
    uint32_t first_refused;    /* its place in the batch */
} hf_ticks_report;

/* What hf_apply answers. */
typedef struct hf_outcome {
    int32_t status;
    uint32_t symbol;           /* HF_RECORD_SYMBOL */
    uint64_t position;         /* HF_RECORD_OPEN, ENTRY, FILL */
    uint32_t count;            /* results, commands, accepted ticks */
    uint32_t refused;          /* ticks */
} hf_outcome;

typedef struct hf_cursor {
    uint64_t opaque[2];        /* zero starts a list */
    uint64_t sequence_start;   /* of the inputs applied before the list began */
    uint64_t sequence_end;     /* and before its latest page was read */
} hf_cursor;

typedef struct hf_account_view {
    hf_account account;        /* balance as booked */
    uint64_t positions;        /* open */
    uint64_t executor_epoch;   /* newest session of its executor */
    int64_t equity;            /* balance + floating + costs; HF_KNOWN_NET */
    int64_t floating;          /* price profit of all that is open; HF_KNOWN_PROFIT */
    int64_t margin;            /* used: the host's figure, else exposure / leverage; HF_KNOWN_MARGIN */
    int64_t synced_at;         /* asked_at of the last snapshot applied; 0 = none */
    uint32_t state;            /* HF_STATE_... */
    uint32_t known;            /* HF_KNOWN_...; REALISED: every booked profit could be valued */
    uint8_t stale;             /* 1: a snapshot is overdue */
    uint8_t reserved[7];
    int64_t exposure;          /* what is open at its closing price, both sides added; HF_KNOWN_EXPOSURE */
    int64_t costs;             /* commission, swap and fee of what is open, not booked yet */
    uint64_t reserved_tail[2]; /* 0 */
} hf_account_view;

/* How hf_positions_summary and hf_performance_get group: bits, added up. */
#define HF_BY_ACCOUNT ((uint32_t)1 << 0)
#define HF_BY_STRATEGY ((uint32_t)1 << 1)
#define HF_BY_SYMBOL ((uint32_t)1 << 2)
#define HF_BY_SIDE ((uint32_t)1 << 3)
#define HF_BY_REASON ((uint32_t)1 << 4) /* hf_performance_get only */

/* Sums over the open positions of a filter, or of one group of them. Money of accounts in different
 * currencies does not add up: it is unknown then. */
typedef struct hf_summary {
    uint64_t account;          /* of the group; 0 = not grouped by it */
    uint64_t strategy;
    uint64_t count;
    uint64_t profitable;       /* net floating > 0 */
    uint64_t losing;           /* < 0 */
    uint64_t unknown;          /* a rate is missing */
    int64_t volume_long;
    int64_t volume_short;
    int64_t exposure;          /* money, both sides added; HF_KNOWN_EXPOSURE */
    int64_t floating;          /* price profit; HF_KNOWN_PROFIT */
    int64_t net;               /* floating and the costs not booked yet; HF_KNOWN_NET */
    uint64_t sequence_start;   /* of the inputs applied before the sums began */
    uint64_t sequence_end;     /* and before they ended */
    uint32_t symbol;
    uint32_t known;            /* HF_KNOWN_... */
    uint8_t side;
    uint8_t reserved[7];
} hf_summary;

/* What closed positions came to; money is of their net. Unknown ones count in `unknown` alone. */
typedef struct hf_performance {
    uint64_t account;          /* of the group; 0 = not grouped by it */
    uint64_t strategy;
    uint64_t count;            /* with those unknown */
    uint64_t wins;             /* net > 0 */
    uint64_t losses;           /* net < 0; zero is neither */
    uint64_t unknown;
    int64_t net;
    int64_t gross_profit;      /* sum of the wins */
    int64_t gross_loss;        /* sum of the losses, negative or 0 */
    int64_t largest_win;
    int64_t largest_loss;
    int64_t win_rate;          /* ratio: wins of those known */
    int64_t profit_factor;     /* ratio: gross profit / gross loss; HF_KNOWN_FACTOR, not without a loss */
    int64_t expectancy;        /* net per known position */
    int64_t holding;           /* ns, mean */
    int64_t max_drawdown;      /* largest fall of the sum of net from its peak, in order of closing */
    int64_t r_multiple;        /* 1e-8, mean of those that have one; HF_KNOWN_R */
    int64_t commission;
    int64_t swap;
    int64_t fee;
    int64_t first;             /* closed first, and last */
    int64_t last;
    uint32_t symbol;
    uint32_t known;            /* HF_KNOWN_NET: all sums fit and are of one currency */
    uint8_t side;
    uint8_t reason;
    uint8_t reserved[6];
    uint64_t reserved_tail[2]; /* 0 */
} hf_performance;

/* --- Configuration ------------------------------------------------------------------------------- */

/* hf_core_config.flags */
#define HF_CONFIG_LATENCY ((uint32_t)1 << 0) /* keep histograms by the host's monotonic clock */
enum { HF_DURABILITY_NONE = 0, HF_DURABILITY_ASYNC = 1, HF_DURABILITY_DURABLE = 2 };
/* On which memory node (NUMA) a stripe's memory lies: that of the thread whose tick first drives it, the
 * one of hf_core_config.node, or page by page where the kernel puts it. Where the machine cannot do as
 * told, the core works all the same and hf_counters.placements_refused says so. */
enum { HF_PLACE_DRIVER = 0, HF_PLACE_NODE = 1, HF_PLACE_KERNEL = 2 };
enum { HF_KERNEL_AUTO = 0, HF_KERNEL_SCALAR = 1, HF_KERNEL_BASELINE = 2, HF_KERNEL_V3 = 3 };

/* Everything is allocated at open; what does not fit later is HF_E_FULL. */
typedef struct hf_core_config {
    uint32_t struct_size;       /* sizeof(hf_core_config) */
    uint32_t abi_version;       /* HF_ABI_VERSION */
    uint32_t flags;
    uint32_t epoch;             /* in command ids, > 0; rises at each open on the same history */
    uint32_t stripes;           /* 1..64; changes no result and no hash */
    uint32_t symbols;           /* capacities: symbols defined */
    uint32_t accounts;
    uint32_t executors;
    uint32_t positions;         /* open at once */
    uint32_t rules;
    uint32_t outbox;            /* command ids waiting per executor; more wait at their positions */
    uint32_t events;            /* ring of events, a power of two */
    uint32_t history;           /* closed positions kept */
    uint32_t deals;             /* known deals kept per account */
    uint32_t finished;          /* finished commands kept per account */
    uint32_t durability;        /* HF_DURABILITY_NONE in this build */
    uint32_t kernel;            /* HF_KERNEL_...; AUTO: HOLDFAST_KERNEL (scalar, baseline, v3) or the best */
    uint32_t placement;         /* HF_PLACE_...; changes no result and no hash */
    uint32_t node;              /* of every stripe, 0..63, with HF_PLACE_NODE; else 0 */
    uint32_t reserved[13];
} hf_core_config;

/* --- Core ---------------------------------------------------------------------------------------- */

typedef struct hf_core hf_core;

/* The ABI of the loaded library; compare with HF_ABI_VERSION before anything else.
 * Thread: any. Owns: nothing. Blocks: never. Fails: never. */
uint32_t HF_CALL hf_abi_version(void);

/* "0.1.0": a static string.
 * Thread: any. Owns: the library, for ever. Blocks: never. Fails: never. */
const char *HF_CALL hf_version_text(void);

/* "HF_E_GRID" for 104: a static string; "HF_E_?" for a number that is no status.
 * Thread: any. Owns: the library, for ever. Blocks: never. Fails: never. */
const char *HF_CALL hf_status_name(hf_status status);

/* Fills a configuration with its defaults (1 stripe, 65 536 positions, 1 024 symbols ...).
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT. */
hf_status HF_CALL hf_core_config_init(hf_core_config *config);

/* Opens a core. All memory is reserved here.
 * Thread: any. Owns: the caller owns *core until hf_core_close; on failure *core is NULL. Blocks: for
 * the allocation. Fails: HF_E_VERSION, HF_E_RANGE, HF_E_UNSUPPORTED, HF_E_FULL (memory, or 64 cores). */
hf_status HF_CALL hf_core_open(const hf_core_config *config, hf_core **core);

/* Closes a core and sets *core to NULL, also when it was no live handle. An open recording is ended.
 * Thread: one, with no other call on this core under way. Owns: takes the core back. Blocks: to write
 * what a recording still holds. Fails: HF_E_STORAGE (the recording; the core is closed all the same). */
hf_status HF_CALL hf_core_close(hf_core **core);

/* --- Symbols and accounts ------------------------------------------------------------------------ */

/* Fills a symbol: volumes 0.01 to 100 lots in steps of 0.01, no filter. tick_value is 1e-8 per lot.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT, HF_E_RANGE. */
hf_status HF_CALL hf_symbol_init(hf_symbol *symbol, const char *name, uint32_t digits, int64_t tick_size,
                                 int64_t tick_value, const char *profit_currency);

/* Defines a symbol, or replaces one of the same name; *id is its number from now on.
 * Thread: any. Owns: nothing. Blocks: on all stripes. Fails: HF_E_RANGE, HF_E_VOLUME, HF_E_STATE,
 * HF_E_UNSUPPORTED, HF_E_FULL. */
hf_status HF_CALL hf_symbol_put(hf_core *core, const hf_symbol *symbol, int64_t now, uint32_t *id);

/* The number of a symbol by its name.
 * Thread: any. Owns: nothing. Blocks: briefly. Fails: HF_E_SYMBOL. */
hf_status HF_CALL hf_symbol_find(hf_core *core, const char *name, uint32_t *id);

/* A symbol as defined, and its last accepted quote (quote may be NULL; time 0 = none yet).
 * Thread: any. Owns: nothing. Blocks: on its stripe. Fails: HF_E_SYMBOL. */
hf_status HF_CALL hf_symbol_get(hf_core *core, uint32_t id, hf_symbol *symbol, hf_tick *quote);

/* Fills a hedging account, its executor being its id.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT, HF_E_RANGE. */
hf_status HF_CALL hf_account_init(hf_account *account, uint64_t id, const char *currency);

/* Defines an account, or replaces what may change of it (mode and currency with open positions may not).
 * Thread: any. Owns: nothing. Blocks: on all stripes. Fails: HF_E_RANGE, HF_E_STATE, HF_E_UNSUPPORTED,
 * HF_E_FULL. */
hf_status HF_CALL hf_account_put(hf_core *core, const hf_account *account, int64_t now);

/* An account with its balance, and what it comes to at the quotes in force.
 * Thread: any. Owns: nothing. Blocks: on each stripe, one at a time. Fails: HF_E_ACCOUNT. */
hf_status HF_CALL hf_account_get(hf_core *core, uint64_t id, hf_account_view *account);

/* Sets a conversion rate by hand. A quote of a symbol for the same pair goes before it.
 * Thread: any. Owns: nothing. Blocks: on all stripes. Fails: HF_E_RANGE (text; bid above ask), HF_E_PRICE,
 * HF_E_FULL (as many pairs as symbols). */
hf_status HF_CALL hf_rate_put(hf_core *core, const hf_rate *rate, int64_t now);

/* Adds to the balance of an account, or takes from it; `initial` moves alike.
 * Thread: any. Owns: nothing. Blocks: on all stripes. Fails: HF_E_ACCOUNT, HF_E_RANGE (0), HF_E_OVERFLOW. */
hf_status HF_CALL hf_deposit_apply(hf_core *core, const hf_deposit *deposit, int64_t now);

/* --- Executors ----------------------------------------------------------------------------------- */

/* Fills an executor that is up, can do all and has no limits.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT. */
hf_status HF_CALL hf_executor_init(hf_executor *executor, uint64_t id);

/* Defines an executor, or replaces what is known of it: up or down, limits, what it can do.
 * Thread: any. Owns: nothing. Blocks: on all stripes. Fails: HF_E_RANGE, HF_E_ARGUMENT, HF_E_FULL. */
hf_status HF_CALL hf_executor_put(hf_core *core, const hf_executor *executor, int64_t now);

/* An executor with its session and load.
 * Thread: any. Owns: nothing. Blocks: briefly. Fails: HF_E_EXECUTOR. */
hf_status HF_CALL hf_executor_get(hf_core *core, uint64_t id, hf_executor_view *executor);

/* --- Positions ----------------------------------------------------------------------------------- */

/* Fills an open with the fields that every position has.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT. */
hf_status HF_CALL hf_open_init(hf_open *open, uint64_t account, uint32_t symbol, uint8_t side,
                               int64_t volume, int64_t price);

/* Takes over a position that exists at the broker. It is never refused for its levels: one that is
 * already breached is judged on the next tick.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe. Fails: HF_E_SYMBOL, HF_E_ACCOUNT,
 * HF_E_RANGE, HF_E_GRID, HF_E_VOLUME, HF_E_PRICE, HF_E_DUPLICATE, HF_E_UNSUPPORTED, HF_E_FULL. */
hf_status HF_CALL hf_position_open(hf_core *core, const hf_open *open, int64_t now, uint64_t *position);

/* Asks the account's executor to open a position: it is PENDING, watches nothing and is not counted as open
 * until its first fill, which the levels protect at once. A rest that the broker does not fill is given up;
 * every other no, and a broker that knows of nothing, ends the position.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe; with caps on all, one at a time. Fails:
 * HF_E_SYMBOL, HF_E_ACCOUNT, HF_E_RANGE, HF_E_GRID, HF_E_VOLUME, HF_E_PRICE, HF_E_DUPLICATE,
 * HF_E_LEVEL_SIDE, HF_E_LEVEL_BREACHED, HF_E_STATE (the account observes), HF_E_CAP, HF_E_UNKNOWN_MONEY,
 * HF_E_UNSUPPORTED, HF_E_FULL. */
hf_status HF_CALL hf_position_enter(hf_core *core, const hf_open *entry, int64_t now, uint64_t *position);

/* Fills a fill without costs.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT. */
hf_status HF_CALL hf_fill_init(hf_fill *fill, uint64_t account, uint32_t symbol, uint8_t side,
                               int64_t volume, int64_t price);

/* A deal that opens, adds, reduces or turns over; *position is the one that resulted, a new one after a
 * turn, 0 when it only corrects one that is closed. Applied once by (account, deal number). volume and price
 * are always given; of `present` TICKET, COMMISSION, SWAP and FEE count.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe, and those of the rates it needs. Fails:
 * HF_E_SYMBOL, HF_E_ACCOUNT, HF_E_POSITION (hedging: none is named), HF_E_CLOSED, HF_E_VOLUME, HF_E_PRICE,
 * HF_E_RANGE, HF_E_DUPLICATE (ticket), HF_E_CONFLICT, HF_E_STATE (against a pending entry), HF_E_OVERFLOW,
 * HF_E_FULL. */
hf_status HF_CALL hf_fill_apply(hf_core *core, const hf_fill *fill, int64_t now, uint64_t *position);

/* Changes hidden levels, and the disaster stop at the broker. A level that would fire at once is refused
 * unless allow_immediate; a fixed disaster_sl must keep the broker's distances.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe. Fails: HF_E_POSITION, HF_E_CLOSED,
 * HF_E_GRID, HF_E_RANGE, HF_E_PRICE, HF_E_LEVEL_SIDE, HF_E_LEVEL_BREACHED, HF_E_STOPS_LEVEL,
 * HF_E_FREEZE_LEVEL, HF_E_UNSUPPORTED (its executor has no HF_CAN_BROKER_STOPS). */
hf_status HF_CALL hf_position_modify(hf_core *core, const hf_modify *modify, int64_t now);

/* Closes every position that the filter matches, or a part of each: a result per position in order of
 * id, past errors. At most `max` results are written, *count says how many positions matched; results
 * may be NULL with max 0. With one position named and one result refused, that is the status too.
 * Thread: any. Owns: nothing. Blocks: on each stripe, one at a time. Fails: HF_E_POSITION, HF_E_CLOSED,
 * HF_E_VOLUME, HF_E_RANGE, HF_E_INTENT_LIVE, HF_E_STATE (observing account, pending), HF_E_UNSUPPORTED. */
hf_status HF_CALL hf_positions_close(hf_core *core, const hf_close *close, int64_t now,
                                     hf_close_result *results, uint32_t max, uint32_t *count);

/* Closes two opposite positions of one symbol on a hedging account against each other: what both have is
 * closed, the profit booked once, on the position named first. Any no ends it.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe. Fails: HF_E_POSITION, HF_E_CLOSED,
 * HF_E_ARGUMENT (not opposite, not of one symbol and account), HF_E_STATE (netting, observing, pending),
 * HF_E_INTENT_LIVE, HF_E_UNSUPPORTED. */
hf_status HF_CALL hf_position_close_by(hf_core *core, const hf_close_by *close_by, int64_t now);

/* Ends the live closing intent of a position, or the entry of one that is pending. A command that is already
 * out stays until it is settled.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe. Fails: HF_E_POSITION, HF_E_CLOSED,
 * HF_E_COMMAND. */
hf_status HF_CALL hf_position_cancel(hf_core *core, const hf_cancel *cancel, int64_t now);

/* --- Rules --------------------------------------------------------------------------------------- */

/* Adds, replaces (same id) or removes a rule.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe; a rule of a wider scope on all stripes, while
 * it looks at every open position. Fails: HF_E_RULE, HF_E_POSITION, HF_E_SYMBOL, HF_E_ACCOUNT, HF_E_CLOSED,
 * HF_E_RANGE, HF_E_UNSUPPORTED, HF_E_FULL. */
hf_status HF_CALL hf_rule_put(hf_core *core, const hf_rule *rule, int64_t now);

/* --- Ticks and time ------------------------------------------------------------------------------ */

/* Fills a tick without a last price.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT. */
hf_status HF_CALL hf_tick_init(hf_tick *tick, uint32_t symbol, int64_t time, int64_t bid, int64_t ask);

/* One tick.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe. Fails: HF_E_SYMBOL, HF_E_PRICE, HF_E_TIME
 * (refused and counted). */
hf_status HF_CALL hf_tick_apply(hf_core *core, const hf_tick *tick);

/* A batch in order of arrival. A refused tick is counted and the rest goes on; report may be NULL.
 * Thread: any. Owns: nothing. Blocks: on each stripe that it reaches, once in 64 ticks. Fails: never for a
 * tick. */
hf_status HF_CALL hf_ticks_apply(hf_core *core, const hf_tick *ticks, uint32_t count,
                                 hf_ticks_report *report);

/* Fires the timers of every symbol, account and executor that are due at or before now (deadlines, back-offs,
 * blindness; snapshots to ask for, executors that fell silent).
 * Thread: any. Owns: nothing. Blocks: on each stripe, one at a time. Fails: HF_E_TIME. */
hf_status HF_CALL hf_step(hf_core *core, int64_t now);

/* --- Commands ------------------------------------------------------------------------------------ */

/* Gives out at most `max` commands of an executor, the highest class first; within one its accounts take
 * turns, each in order of (trigger time, position). They are SENT from now on. An epoch above the last one
 * starts a new session: what was SENT or ACKNOWLEDGED is given out again with the same id. *count may be
 * less than max though more wait.
 * Thread: any; one at a time per executor. Owns: nothing. Blocks: on the stripe of each command.
 * Fails: HF_E_EXECUTOR (an epoch older than the newest). */
hf_status HF_CALL hf_commands_take(hf_core *core, uint64_t executor, uint32_t epoch, int64_t now,
                                   hf_command *out, uint32_t max, uint32_t *count);

/* How many commands wait for an executor (those superseded may still be counted).
 * Thread: any. Owns: nothing. Blocks: briefly. Fails: HF_E_EXECUTOR. */
hf_status HF_CALL hf_commands_waiting(hf_core *core, uint64_t executor, uint32_t *count);

/* A live command, or a finished one that is still remembered.
 * Thread: any. Owns: nothing. Blocks: on its stripe. Fails: HF_E_COMMAND. */
hf_status HF_CALL hf_command_get(hf_core *core, const hf_command_id *id, hf_command *command);

/* --- Acks and deals ------------------------------------------------------------------------------ */

/* Fills an ack of 10009: done, all of it, at the command's price.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT. */
hf_status HF_CALL hf_ack_init(hf_ack *ack, const hf_command_id *command);

/* An executor's answer. Applied once: the same again changes nothing and is HF_OK. The deal of an entry that
 * was given up opens a new position (an `opened` event with an alarm). Beside a command `position` is not
 * read.
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe, and those of the rates it needs. Fails:
 * HF_E_COMMAND, HF_E_POSITION, HF_E_CLOSED (no longer kept), HF_E_VOLUME, HF_E_PRICE, HF_E_RANGE,
 * HF_E_CONFLICT (recorded as an event), HF_E_OVERFLOW; of such a deal also HF_E_DUPLICATE, HF_E_FULL and
 * HF_E_STATE (against a pending entry of a netting account). */
hf_status HF_CALL hf_ack_apply(hf_core *core, const hf_ack *ack, int64_t now);

/* What the broker did, asked or not. Applied once by (account, deal number).
 * Thread: any. Owns: nothing. Blocks: on the symbol's stripe, and those of the rates it needs. Fails:
 * HF_E_ACCOUNT, HF_E_POSITION, HF_E_CLOSED (no longer kept), HF_E_VOLUME, HF_E_PRICE, HF_E_RANGE,
 * HF_E_CONFLICT (recorded as an event), HF_E_OVERFLOW. */
hf_status HF_CALL hf_deal_apply(hf_core *core, const hf_deal *deal, int64_t now);

/* HF_ANSWER_... of an MT5 return code, for who maps the codes of another broker.
 * Thread: any. Owns: nothing. Blocks: never. Fails: never. */
uint32_t HF_CALL hf_retcode_answer(uint32_t retcode);

/* --- Reconciliation ------------------------------------------------------------------------------ */

/* Fills a snapshot without positions, deals or figures.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT. */
hf_status HF_CALL hf_reconcile_init(hf_reconcile *reconcile, uint64_t account, int64_t asked_at);

/* Compares the registry with the broker (docs/semantics.md, S8): deals are applied, then each position that
 * has not changed since asked_at and has no command SENT or ACKNOWLEDGED. What is missing here is taken
 * over, with the account's default protection; where volume, price, ticket or costs differ the broker's
 * win; what is absent there without a deal is SUSPECT, and closed at the `suspect_syncs`-th absence in a
 * row; a deal of what it took away brings its money later. Unreachable is not flat: a failed or late
 * snapshot closes nothing. The same again changes nothing. The core asks by itself (hf_account.sync_every).
 * positions and deals may be NULL where their counts are 0; report may be NULL, and out with max 0. At most
 * `max` differences are written, report->differences says how many there were.
 * Thread: any; one at a time per account, others wait. Owns: nothing. Blocks: on one stripe at a time, for
 * slices of at most 256 positions, and on another snapshot of the account. Fails: HF_E_ACCOUNT, HF_E_RANGE,
 * HF_E_TIME (asked_at after now), HF_E_SYMBOL, HF_E_VOLUME, HF_E_PRICE, HF_E_OVERFLOW, HF_E_DUPLICATE (a
 * ticket twice, two that are one of ours), HF_E_COMMAND (not its query), HF_E_POSITION (a deal of none). */
hf_status HF_CALL hf_reconcile_apply(hf_core *core, const hf_reconcile *reconcile,
                                     const hf_broker_position *positions, const hf_deal *deals,
                                     int64_t now, hf_sync_report *report, hf_difference *out,
                                     uint32_t max);

/* How well an account and its broker agree, and when the next snapshot is due.
 * Thread: any. Owns: nothing. Blocks: briefly. Fails: HF_E_ACCOUNT. */
hf_status HF_CALL hf_sync_get(hf_core *core, uint64_t account, hf_sync_status *status);

/* --- Events -------------------------------------------------------------------------------------- */

/* Reads events after *cursor (the number of the last one read; 0 = from the start) and moves it. When
 * the ring has overtaken the reader: HF_E_LAPPED, *cursor stands before the oldest kept, *lost says how
 * many are gone, nothing is written; read the positions again and go on. lost may be NULL.
 * Thread: any number of readers, each with its cursor. Owns: nothing. Blocks: briefly. Fails: HF_E_LAPPED. */
hf_status HF_CALL hf_events_read(hf_core *core, uint64_t *cursor, hf_event *out, uint32_t max,
                                 uint32_t *count, uint64_t *lost);

/* Sleeps until a read after cursor would find an event (*ready 1) or timeout_ms are over (*ready 0;
 * 0: only looks). While nobody sleeps an event costs its writer two loads.
 * Thread: one at a time. Owns: nothing. Blocks: up to timeout_ms, and no other call. Fails: HF_E_STATE
 * (another thread waits or arms), HF_E_RANGE (timeout), HF_E_FULL (no descriptor left). */
hf_status HF_CALL hf_events_wait(hf_core *core, uint64_t cursor, int32_t timeout_ms, uint32_t *ready);

/* The same for an event loop: *descriptor (an eventfd) becomes readable, once, when a read after cursor
 * would find an event, at once if it would now. Then read the events and arm again; never read, write or
 * close the descriptor.
 * Thread: one at a time. Owns: the core, which keeps the descriptor. Blocks: never. Fails: HF_E_STATE
 * (another thread waits or arms), HF_E_FULL (no descriptor left). */
hf_status HF_CALL hf_events_arm(hf_core *core, uint64_t cursor, int32_t *descriptor);

/* --- Queries ------------------------------------------------------------------------------------- */

/* A position, open or still in the history.
 * Thread: any. Owns: nothing. Blocks: on its stripe. Fails: HF_E_POSITION, HF_E_CLOSED (closed and no
 * longer kept). */
hf_status HF_CALL hf_position_get(hf_core *core, uint64_t id, hf_position *position);

/* The number of a position by the broker's ticket.
 * Thread: any. Owns: nothing. Blocks: briefly. Fails: HF_E_ACCOUNT, HF_E_POSITION. */
hf_status HF_CALL hf_position_find(hf_core *core, uint64_t account, uint64_t ticket, uint64_t *position);

/* A page of the open positions that match (pending ones when `states` asks for them); *count 0 ends the list.
 * `now` is for ages. Each record is whole; a position that lives through all pages appears once. Without a
 * sort they come in the order of their places. With one the order is fixed when the list begins and kept for
 * its pages; the core keeps the last 8 sorted lists, an older one is HF_E_LAPPED.
 * Thread: any. Owns: nothing. Blocks: on one stripe at a time, for slices of 256 positions.
 * Fails: HF_E_RANGE, HF_E_LAPPED. */
hf_status HF_CALL hf_positions_list(hf_core *core, const hf_filter *filter, int64_t now,
                                    hf_cursor *cursor, hf_position *out, uint32_t max, uint32_t *count);

/* Sums over the open positions that match, one record for each group of `by` (HF_BY_..., 0: one for all) in
 * order of account, strategy, symbol, side. At most `max` are written, *count says how many groups there
 * are; without a match and `by` 0 it is one record of zeros. `sort` and `states` are not looked at.
 * Thread: any. Owns: nothing. Blocks: on one stripe at a time, for slices of 256 positions, and on another
 * read of sums or a sorted list. Fails: HF_E_RANGE, HF_E_ARGUMENT (HF_BY_REASON). */
hf_status HF_CALL hf_positions_summary(hf_core *core, const hf_filter *filter, uint32_t by, int64_t now,
                                       hf_summary *out, uint32_t max, uint32_t *count);

/* Reads closed positions after *cursor (0 = from the start), oldest first, and moves it. When more were
 * closed than the history keeps: HF_E_LAPPED, *cursor stands before the oldest kept, *lost says how many
 * are gone, nothing is written. A later deal may still correct a record. lost may be NULL.
 * Thread: any number of readers, each with its cursor. Owns: nothing. Blocks: briefly. Fails: HF_E_LAPPED. */
hf_status HF_CALL hf_history_read(hf_core *core, uint64_t *cursor, hf_position *out, uint32_t max,
                                  uint32_t *count, uint64_t *lost);

/* What the closed positions that the history keeps came to, one record for each group of `by` (HF_BY_...), in
 * order of account, strategy, symbol, side, reason. The filter may name account, strategy, symbol, side, tag
 * and older_than or newer_than (of the close); the other conditions are HF_E_UNSUPPORTED. At most `max` are
 * written, *count says how many groups there are; without a match and `by` 0 it is one record of zeros.
 * Thread: any. Owns: nothing. Blocks: for slices, and on another read of sums or a sorted list. Fails:
 * HF_E_RANGE, HF_E_UNSUPPORTED. */
hf_status HF_CALL hf_performance_get(hf_core *core, const hf_filter *filter, uint32_t by, int64_t now,
                                     hf_performance *out, uint32_t max, uint32_t *count);

/* A 64-bit hash over all live state (docs/semantics.md, S11). It stops the world.
 * Thread: any. Owns: nothing. Blocks: on every stripe. Fails: never. */
hf_status HF_CALL hf_state_hash(hf_core *core, uint64_t *hash);

/* --- Any input, and recording -------------------------------------------------------------------- */

/* Applies one input given as head and body: the door of the link, of recordings, of bindings that have
 * bytes. The status of the input is returned and stands in the outcome (which may be NULL).
 * Thread: any. Owns: nothing. Blocks: as the function of that input. Fails: HF_E_VERSION, HF_E_RANGE (a
 * size that is not the kind's), HF_E_UNSUPPORTED, and what that function fails with. */
hf_status HF_CALL hf_apply(hf_core *core, const hf_record_head *head, const void *body, size_t size,
                           hf_outcome *outcome);

/* Starts to write every input to a new file, in the order in which it was applied. Legal on a core that
 * has had no input yet, so that the file tells the whole story. Writes are buffered.
 * Thread: any. Owns: copies the path. Blocks: to create the file. Fails: HF_E_STATE, HF_E_STORAGE. */
hf_status HF_CALL hf_recording_open(hf_core *core, const char *path);

/* Writes what is buffered and, with `end`, the state hash, and closes the file.
 * Thread: any. Owns: nothing. Blocks: on every stripe and on the file. Fails: HF_E_STATE (none open),
 * HF_E_STORAGE. */
hf_status HF_CALL hf_recording_close(hf_core *core);

/* --- Counters ------------------------------------------------------------------------------------ */

typedef struct hf_counters {
    uint64_t sequence;          /* inputs applied */
    uint64_t ticks;             /* accepted */
    uint64_t ticks_refused;
    uint64_t ticks_crossed;
    uint64_t ticks_late;        /* judged at the symbol's time */
    uint64_t breaches;
    uint64_t intents;
    uint64_t commands;
    uint64_t commands_taken;
    uint64_t redelivered;
    uint64_t retries;
    uint64_t escalations;
    uint64_t acks;
    uint64_t acks_ignored;      /* duplicates, late ones */
    uint64_t deals;
    uint64_t conflicts;
    uint64_t recorded;
    uint64_t alarms;
    uint64_t timers;
    uint64_t positions_opened;
    uint64_t positions_closed;
    uint64_t positions_open;
    uint64_t outbox_spilled;    /* ids that had to wait at their position */
    uint64_t events;
    uint64_t events_lapped;
    uint64_t refusals;          /* inputs answered with a status */
    uint64_t slices_max;        /* most positions read under one lock by a list */
    uint64_t kernel;            /* HF_KERNEL_... in use */
    uint64_t memory_reserved;   /* bytes of address space; pages are used as they are touched */
    uint64_t faults;            /* broken invariants */
    uint64_t memory_huge;       /* bytes of memory_reserved for which huge pages were advised */
    uint64_t numa_nodes;        /* nodes whose memory may be used; 0: libnuma or the kernel tells none */
    uint64_t stripes_placed;    /* stripes whose memory is bound to a node */
    uint64_t placements_refused; /* wishes that the machine has no node for, or that the kernel refused */
    uint64_t lock_waits;        /* times a stripe's lock was found taken */
    uint64_t syncs;             /* snapshots applied */
    uint64_t sync_slice_max;    /* most positions that a snapshot compared under one lock */
    uint64_t reserved[3];
} hf_counters;

/* All counters, each whole, not one instant's.
 * Thread: any. Owns: nothing. Blocks: on each stripe, one at a time. Fails: never. */
hf_status HF_CALL hf_counters_get(hf_core *core, hf_counters *counters);

/* Nanoseconds by the monotonic clock, kept with HF_CONFIG_LATENCY. */
typedef struct hf_latency {
    uint64_t count;
    uint64_t p50;
    uint64_t p99;
    uint64_t p999;
    uint64_t max;
} hf_latency;

enum {
    HF_LATENCY_TICK_TO_COMMAND = 1, /* from the entry of the call to the id in the outbox */
    HF_LATENCY_LOCK_WAIT = 2,       /* for a stripe's lock that was found taken */
    HF_LATENCY_LOCK_HOLD = 3,       /* of a stripe's lock, by any call */
    HF_LATENCY_SLICE_HOLD = 4       /* of a stripe's lock, by a long read for one slice of at most 256 */
};

/* One histogram's percentiles.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT, HF_E_STATE (not configured). */
hf_status HF_CALL hf_latency_get(hf_core *core, uint32_t which, hf_latency *latency);

/* --- Placement ----------------------------------------------------------------------------------- */

#define HF_NODE_NONE ((uint32_t)0xFFFFFFFF) /* hf_placement.node: the stripe is bound to none */

/* Where the memory of a stripe lies. Pages are of the system's smallest size. */
typedef struct hf_placement {
    uint64_t bytes;             /* of address space */
    uint64_t pages;             /* the same in pages */
    uint64_t pages_used;        /* that have memory; 0 when the machine does not tell */
    uint64_t pages_on_node;     /* of those in use, on `node` */
    uint64_t pages_elsewhere;   /* the other ones in use */
    uint32_t stripe;
    uint32_t node;              /* that it is bound to, or HF_NODE_NONE */
    uint64_t reserved[2];       /* 0 */
} hf_placement;

/* Binds the memory of a stripe to a node, 0..63, and moves there what lies elsewhere; an input finds the
 * same state before and after. The symbol with the number n is in stripe (n - 1) % stripes. Where there is
 * one node or none to tell of, any node is HF_OK and another than that one is counted as
 * placements_refused: a program made for two nodes runs on one. HF_E_FULL: the node had no room for all of
 * it; the rest stays where it is, and what is used later goes to the node when it has room.
 * Thread: any. Owns: nothing. Blocks: on the stripe while its pages move. Fails: HF_E_RANGE (stripe; node
 * above 63 or not of this machine), HF_E_UNSUPPORTED (refused by the kernel), HF_E_FULL. */
hf_status HF_CALL hf_stripe_bind(hf_core *core, uint32_t stripe, uint32_t node);

/* Asks the kernel for the node of each page of a stripe (move_pages) and counts.
 * Thread: any. Owns: nothing. Blocks: on the stripe, briefly; asking takes about 0.2 us a page, 0.1 s for a
 * million positions. Fails: HF_E_RANGE. */
hf_status HF_CALL hf_stripe_placement(hf_core *core, uint32_t stripe, hf_placement *placement);

/* --- Helpers: units and text --------------------------------------------------------------------- */

/* A double to units of 10^-digits: accepted when it differs from the nearest unit by at most 1e-6 of a
 * unit or 8 ulp, whichever is larger, and that is below 2^53. Volumes and money: digits 8.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT, HF_E_RANGE (digits), HF_E_GRID. */
hf_status HF_CALL hf_units_from_double(double value, uint32_t digits, int64_t *units);

/* Decimal text ("1.10005", "-0.5") to units of 10^-digits, exactly.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT (not a number), HF_E_RANGE (digits),
 * HF_E_GRID (more decimals than digits), HF_E_OVERFLOW. */
hf_status HF_CALL hf_units_from_text(const char *text, uint32_t digits, int64_t *units);

/* Units to decimal text with all `digits` decimals; size counts the NUL, 24 is always enough.
 * Thread: any. Owns: the caller's buffer. Blocks: never. Fails: HF_E_ARGUMENT, HF_E_RANGE (digits, size). */
hf_status HF_CALL hf_units_to_text(int64_t units, uint32_t digits, char *text, size_t size);

/* A command id as text, "9ix-1-1"; size counts the NUL, 32 is always enough.
 * Thread: any. Owns: the caller's buffer. Blocks: never. Fails: HF_E_ARGUMENT, HF_E_RANGE (size). */
hf_status HF_CALL hf_command_id_text(const hf_command_id *id, char *text, size_t size);

/* And back.
 * Thread: any. Owns: nothing. Blocks: never. Fails: HF_E_ARGUMENT (not such a text), HF_E_OVERFLOW. */
hf_status HF_CALL hf_command_id_parse(const char *text, hf_command_id *id);

#ifdef __cplusplus
}
#endif

#ifndef __swift__
#include "holdfast_layout.h" /* sizes and offsets, asserted */
#endif

#endif
