/*
 * holdfast_link.h - a core over ZeroMQ, in one header.
 *
 * The link is a host like any other: it drives a core through holdfast.h and lets other processes do the
 * same with frames. Hosts send inputs and queries, executors take commands and answer them, watchers
 * read. It is a library of its own (libholdfast_link.so), because libzmq is one too; whoever does not
 * load it opens no socket.
 *
 *     hf_link *link; hf_link_config config;
 *     hf_link_config_init(&config, "ipc:///run/holdfast.sock");
 *     if (hf_link_open(core, &config, &link) != HF_OK) return 1;
 *     ... hf_tick_apply(core, &tick); hf_link_notify(link, tick.time); ...
 *     hf_link_close(&link); hf_core_close(&core);
 *
 * Order of this file: frames, records, configuration, the link, the hosted link, simulated time, counters.
 * Conventions, statuses and tags are those of holdfast.h.
 *
 * --- Frames ----------------------------------------------------------------------------------------
 *
 * A frame is one message part: hf_record_head, then the body, nothing else. A client connects a DEALER
 * socket to the endpoint; behind it stands a ROUTER. A client that sets a routing id of its own keeps it
 * to 15 bytes. head.version is HF_ABI_VERSION, head.size the bytes of the body, part, parts and check
 * are 0. head.sequence is the client's number, any but 0, best counted up; every frame of a client gets
 * one reply that carries it. Requests are answered in the order in which they came. A client keeps at
 * most `window` requests (hf_link_welcome) unanswered: replies beyond what its queue holds are dropped
 * and counted, while inputs are applied all the same.
 *
 * The first frame is HF_LINK_HELLO, answered by HF_LINK_WELCOME. Whatever comes before it, or with
 * another ABI, is answered by HF_LINK_ERROR and does nothing. A client whose connection broke is a new
 * peer and says hello again. Who may send what:
 *
 *     host      inputs (HF_RECORD_SYMBOL .. HF_RECORD_STEP, as in hf_apply), queries
 *     executor  HF_RECORD_TAKE, HF_RECORD_ACK, HF_RECORD_DEAL, HF_RECORD_FILL and HF_RECORD_RECONCILE of
 *               its own accounts, HF_LINK_DONE
 *     watcher   queries
 *
 * An input is answered by HF_LINK_OUTCOME, its status inside. HF_LINK_ERROR means that the frame itself
 * was no good; its cause says why.
 *
 * Commands leave only against HF_RECORD_TAKE: body hf_take with max = credit (executor and epoch 0, or
 * those of the hello), head.time = the time of the take. The reply is HF_RECORD_COMMAND with up to max
 * records; what the core refuses is HF_LINK_OUTCOME. When commands wait, the executor gets
 * HF_LINK_NOTICE: no body, sequence 0, head.time = the latest time of an input that the link knows. It
 * gets one after its hello too, and takes then: the first take starts its session in the core.
 *
 * Events go to the publish endpoint (PUB; a watcher connects a SUB socket and subscribes to everything):
 * one frame HF_RECORD_EVENT each, head.sequence = the event's number. PUB drops silently: a watcher that
 * sees a gap, or starts late, asks with HF_LINK_GET_EVENTS.
 */
#ifndef HOLDFAST_LINK_H
#define HOLDFAST_LINK_H

#include "holdfast.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- Frame kinds --------------------------------------------------------------------------------- */

enum { /* hf_record_head.kind of frames that only the link knows */
    HF_LINK_HELLO = 300,         /* hf_link_hello -> HF_LINK_WELCOME */
    HF_LINK_BYE = 301,           /* no body; no reply: the peer is forgotten */
    HF_LINK_DONE = 302,          /* hf_link_done -> HF_LINK_OUTCOME */
    HF_LINK_GET_POSITION = 310,  /* hf_link_id -> HF_RECORD_POSITION */
    HF_LINK_GET_COMMAND = 311,   /* hf_command_id -> HF_RECORD_COMMAND */
    HF_LINK_GET_ACCOUNT = 312,   /* hf_link_id -> HF_LINK_ACCOUNT */
    HF_LINK_GET_POSITIONS = 313, /* hf_link_list, head.time = now -> HF_LINK_POSITIONS */
    HF_LINK_GET_EVENTS = 314,    /* hf_link_events -> HF_LINK_EVENTS */
    HF_LINK_GET_COUNTERS = 315,  /* no body -> HF_LINK_COUNTERS */
    HF_LINK_GET_HASH = 316,      /* no body -> HF_RECORD_HASH */
    HF_LINK_GET_SUMMARY = 317,   /* hf_link_groups, head.time = now -> HF_LINK_SUMMARY */
    HF_LINK_GET_HISTORY = 318,   /* hf_link_events -> HF_LINK_HISTORY */
    HF_LINK_GET_PERFORMANCE = 319, /* hf_link_groups, head.time = now -> HF_LINK_PERFORMANCE */
    HF_LINK_GET_EXECUTOR = 320,  /* hf_link_id -> HF_LINK_EXECUTOR_VIEW */
    HF_LINK_GET_SYNC = 321,      /* hf_link_id of an account -> HF_LINK_SYNC */
    HF_LINK_WELCOME = 350,       /* hf_link_welcome */
    HF_LINK_OUTCOME = 351,       /* hf_outcome; the answer to a query that the core refused, too */
    HF_LINK_PARKED = 352,        /* hf_outcome of zeros: applied later, see simulated time */
    HF_LINK_NOTICE = 353,        /* no body, no request: commands wait */
    HF_LINK_ACCOUNT = 354,       /* hf_account_view */
    HF_LINK_POSITIONS = 355,     /* hf_cursor, then hf_position[n]; n 0 ends the list */
    HF_LINK_EVENTS = 356,        /* hf_link_events, then hf_event[n] */
    HF_LINK_COUNTERS = 357,      /* hf_counters */
    HF_LINK_SUMMARY = 358,       /* hf_link_count, then hf_summary[n] */
    HF_LINK_HISTORY = 359,       /* hf_link_events, then hf_position[n] */
    HF_LINK_PERFORMANCE = 360,   /* hf_link_count, then hf_performance[n] */
    HF_LINK_EXECUTOR_VIEW = 361, /* hf_executor_view */
    HF_LINK_SYNC = 362,          /* hf_sync_status */
    HF_LINK_ERROR = 399          /* hf_link_error */
};

enum { HF_LINK_HOST = 1, HF_LINK_EXECUTOR = 2, HF_LINK_WATCHER = 3 }; /* role */

enum { /* hf_link_error.cause, with the status that comes with it */
    HF_LINK_CAUSE_SHORT = 1,   /* HF_E_RANGE: no room for a head, or more than one part */
    HF_LINK_CAUSE_SIZE = 2,    /* HF_E_RANGE: the body is not of the size that its head or kind says */
    HF_LINK_CAUSE_VERSION = 3, /* HF_E_VERSION: another ABI */
    HF_LINK_CAUSE_HEAD = 4,    /* HF_E_ARGUMENT: a field that must be 0, or a sequence that must not */
    HF_LINK_CAUSE_HELLO = 5,   /* HF_E_STATE: say hello first */
    HF_LINK_CAUSE_ROLE = 6,    /* HF_E_STATE: not this role's; HF_E_EXECUTOR: another executor's */
    HF_LINK_CAUSE_KIND = 7,    /* HF_E_UNSUPPORTED: no kind of request */
    HF_LINK_CAUSE_PEERS = 8,   /* HF_E_FULL: as many peers as configured */
    HF_LINK_CAUSE_EPOCH = 9,   /* HF_E_EXECUTOR: a newer session of this executor is known */
    HF_LINK_CAUSE_PARKED = 10, /* HF_E_FULL: as much is parked as configured */
    HF_LINK_CAUSE_DONE = 11,   /* HF_E_STATE: no take of that number waits for its end */
    HF_LINK_CAUSE_BODY = 12    /* HF_E_ARGUMENT: a reserved byte or an unknown number in the body */
};

/* --- Records ------------------------------------------------------------------------------------- */

typedef struct hf_link_hello {
    uint32_t abi_version;      /* HF_ABI_VERSION */
    uint32_t epoch;            /* executors: of this session; rises at each start of the executor */
    uint64_t executor;         /* executors: who, > 0; others 0 */
    uint8_t role;              /* HF_LINK_HOST, HF_LINK_EXECUTOR, HF_LINK_WATCHER */
    uint8_t reserved[7];
} hf_link_hello;

typedef struct hf_link_welcome {
    uint32_t abi_version;
    uint32_t flags;            /* HF_LINK_SIMULATED */
    uint32_t max_message;      /* bytes of a frame, head included, both ways */
    uint32_t window;           /* most requests unanswered at a time */
    int64_t time;              /* latest known; with HF_LINK_SIMULATED its clock */
    char publish[128];         /* where events are published; empty: nowhere */
} hf_link_welcome;

typedef struct hf_link_error {
    int32_t status;
    uint32_t cause;            /* HF_LINK_CAUSE_... */
} hf_link_error;

/* The executor has answered all that the reply to this take gave it. */
typedef struct hf_link_done {
    uint64_t take;             /* head.sequence of that take */
} hf_link_done;

typedef struct hf_link_id {
    uint64_t id;
} hf_link_id;

typedef struct hf_link_list {
    hf_filter filter;
    hf_cursor cursor;          /* zero, then that of the last page */
    uint32_t max;              /* positions of this page; fewer when a frame does not hold them */
    uint32_t reserved;
} hf_link_list;

/* A request for events or closed positions, and what stands before them in the answer. */
typedef struct hf_link_events {
    uint64_t cursor;           /* of the last one read; in the answer of the last one sent */
    uint64_t lost;             /* answer: how many are no longer kept */
    uint32_t max;              /* request: records of this page; fewer when a frame does not hold them */
    int32_t status;            /* answer: HF_OK or HF_E_LAPPED, then the cursor stands anew */
} hf_link_events;

/* A request for sums. */
typedef struct hf_link_groups {
    hf_filter filter;
    uint32_t by;               /* HF_BY_... */
    uint32_t max;              /* groups in the answer; fewer when a frame does not hold them */
} hf_link_groups;

/* How many groups there are, also when not all of them are sent: sums have no pages. */
typedef struct hf_link_count {
    uint32_t count;
    uint32_t reserved;         /* 0 */
} hf_link_count;

/* --- Configuration ------------------------------------------------------------------------------- */

/* hf_link_config.flags */
#define HF_LINK_HOSTED ((uint32_t)1 << 0)    /* no thread: the host calls hf_link_poll */
#define HF_LINK_SIMULATED ((uint32_t)1 << 1) /* simulated time; hosted too */

/* An endpoint is "ipc://path", "ipc://@name", "ipc://" "*" or "tcp://address:port" where the address is of
 * 127.0.0.0/8, [::1] or localhost and the port a number, or 0 or "*" for any. */
typedef struct hf_link_config {
    uint32_t struct_size;      /* sizeof(hf_link_config) */
    uint32_t abi_version;      /* HF_ABI_VERSION */
    uint32_t flags;            /* HF_LINK_... */
    uint32_t max_message;      /* bytes of a frame, 4 096 .. 67 108 864; who sends more is cut off */
    uint32_t window;           /* requests that a client may have unanswered, and events that are
                                * queued for a watcher: sets the high water marks, 1 .. 1 000 000 */
    uint32_t max_peers;        /* that said hello, 1 .. 4 096 */
    uint32_t max_parked;       /* answers parked in simulated time, 1 .. 16 777 216 */
    uint32_t notice_interval;  /* ms between looks at what the host put in by itself, 1 .. 60 000 */
    uint32_t reserved[8];
    char endpoint[128];        /* of requests */
    char publish[128];         /* of events; empty: none */
} hf_link_config;

/* --- The link ------------------------------------------------------------------------------------ */

typedef struct hf_link hf_link;

/* Fills a configuration with its defaults (1 MiB a frame, 1 000 frames, 64 peers, 20 ms).
 * Thread: any. Owns: copies the text. Blocks: never. Fails: HF_E_ARGUMENT, HF_E_RANGE. */
hf_status HF_CALL hf_link_config_init(hf_link_config *config, const char *endpoint);

/* Binds the endpoints and starts the thread "hf-link", unless HF_LINK_HOSTED. The core outlives the link.
 * Thread: any. Owns: the caller owns *link until hf_link_close; on failure *link is NULL. Blocks: to
 * bind. Fails: HF_E_VERSION, HF_E_RANGE, HF_E_UNSUPPORTED (an endpoint that is neither ipc nor tcp on
 * loopback), HF_E_STATE (it cannot be bound: in use, no such folder, a file that is no socket),
 * HF_E_FULL (memory, file descriptors, or 64 links). */
hf_status HF_CALL hf_link_open(hf_core *core, const hf_link_config *config, hf_link **link);

/* Closes a link and sets *link to NULL, also when it was no live handle. What was parked is dropped.
 * Thread: one, with no other call on this link under way. Owns: takes the link back. Blocks: until the
 * thread has ended and replies are out, at most half a second. Fails: HF_E_STATE (a call is under way on
 * a hosted link; nothing is closed and *link stays). */
hf_status HF_CALL hf_link_close(hf_link **link);

/* The endpoint that was bound, a real port in place of a wildcard; size counts the NUL, 128 is enough.
 * Thread: any. Owns: the caller's buffer. Blocks: never. Fails: HF_E_RANGE (size). */
hf_status HF_CALL hf_link_endpoint(hf_link *link, char *text, size_t size);

/* The same for events; empty when none was asked for.
 * Thread: any. Owns: the caller's buffer. Blocks: never. Fails: HF_E_RANGE (size). */
hf_status HF_CALL hf_link_publish_endpoint(hf_link *link, char *text, size_t size);

/* Says that the host has put inputs in by itself, at `now`: executors whose commands wait get their notice
 * at once, not at the next interval. Cheap when none waits; meant to follow every batch of ticks.
 * Thread: any. Owns: nothing. Blocks: never. Fails: never. */
hf_status HF_CALL hf_link_notify(hf_link *link, int64_t now);

/* --- The hosted link ----------------------------------------------------------------------------- */

/* Waits up to timeout_ms for frames (0: not at all), serves what is there, sends notices and events.
 * Thread: one at a time. Owns: nothing. Blocks: up to timeout_ms, and as the inputs that come. Fails:
 * HF_E_STATE (the link has its own thread, or another call is under way), HF_E_RANGE (timeout). */
hf_status HF_CALL hf_link_poll(hf_link *link, int32_t timeout_ms);

/* --- Simulated time ------------------------------------------------------------------------------ *
 *
 * With HF_LINK_SIMULATED the host owns a clock and executors answer with the instant at which their
 * answer takes effect. HF_RECORD_ACK, DEAL, FILL and RECONCILE whose head.time is after the clock are parked
 * (HF_LINK_PARKED), whole, and applied by hf_link_advance in order of (time, command id). Takes are stamped
 * with the clock, and are served in hf_link_await only, one executor after another in order of id; an
 * executor ends its answers to a reply that held commands with HF_LINK_DONE. One that wants nothing of the
 * core gets its empty reply from the link: it is no heartbeat. So a run depends on nothing but its inputs:
 *
 *     for each tick {
 *         while (due <= tick.time) {
 *             at = due; hf_link_advance(link, at); hf_link_await(link, at, 10000, &due);
 *         }
 *         hf_link_advance(link, tick.time);
 *         hf_tick_apply(core, &tick); hf_link_await(link, tick.time, 10000, &due);
 *     }
 */

/* Sets the clock and applies what is parked for instants at or before it.
 * Thread: one at a time. Owns: nothing. Blocks: as the inputs. Fails: HF_E_STATE (not simulated, or
 * another call is under way), HF_E_TIME (before the clock). */
hf_status HF_CALL hf_link_advance(hf_link *link, int64_t now);

/* Sets the clock, sends notices and serves frames until no command that may go out waits for a connected
 * executor and every command that was given out is answered in full. *next_due is the earliest parked
 * instant, or INT64_MAX; it is written after a timeout too.
 * Thread: one at a time. Owns: nothing. Blocks: up to timeout_ms. Fails: HF_E_STATE (not simulated, another
 * call is under way, or timeout_ms passed and an answer is still awaited), HF_E_TIME (before the clock),
 * HF_E_RANGE (timeout). */
hf_status HF_CALL hf_link_await(hf_link *link, int64_t now, int32_t timeout_ms, int64_t *next_due);

/* --- Counters ------------------------------------------------------------------------------------ */

typedef struct hf_link_counters {
    uint64_t frames_in;
    uint64_t frames_out;       /* replies, notices */
    uint64_t frames_bad;       /* short, wrong size, head or version, unknown kind */
    uint64_t frames_refused;   /* no hello, wrong role, full */
    uint64_t inputs;           /* given to the core */
    uint64_t inputs_refused;   /* of these, answered with a status */
    uint64_t queries;
    uint64_t takes;
    uint64_t commands;         /* that left */
    uint64_t notices;
    uint64_t events;           /* published */
    uint64_t events_lapped;    /* that the ring had no more when they should have been published */
    uint64_t parked;           /* in all */
    uint64_t parked_refused;   /* refused by the core when their time had come */
    uint64_t parked_now;
    uint64_t replies_dropped;  /* the peer was gone, or its queue was full */
    uint64_t hellos;
    uint64_t hosts;            /* connected now, as far as is known */
    uint64_t executors;
    uint64_t watchers;
    uint64_t reserved[4];
} hf_link_counters;

/* All counters, each whole, not one instant's.
 * Thread: any. Owns: nothing. Blocks: never. Fails: never. */
hf_status HF_CALL hf_link_counters_get(hf_link *link, hf_link_counters *counters);

#ifdef __cplusplus
}
#endif

/* --- Layout: the same on every compiler ---------------------------------------------------------- */

#ifndef __swift__
#define HF_LAYOUT(type, size, fields) \
    typedef char type##_has_its_layout[(sizeof(type) == (size) && (fields)) ? 1 : -1]
#define HF_AT(type, field, at) offsetof(type, field) == (at)
HF_LAYOUT(hf_link_hello, 24, HF_AT(hf_link_hello, epoch, 4) && HF_AT(hf_link_hello, executor, 8) &&
    HF_AT(hf_link_hello, role, 16) && HF_AT(hf_link_hello, reserved, 17));
HF_LAYOUT(hf_link_welcome, 152, HF_AT(hf_link_welcome, flags, 4) &&
    HF_AT(hf_link_welcome, max_message, 8) && HF_AT(hf_link_welcome, window, 12) &&
    HF_AT(hf_link_welcome, time, 16) && HF_AT(hf_link_welcome, publish, 24));
HF_LAYOUT(hf_link_error, 8, HF_AT(hf_link_error, cause, 4));
HF_LAYOUT(hf_link_done, 8, 1);
HF_LAYOUT(hf_link_id, 8, 1);
HF_LAYOUT(hf_link_list, 128, HF_AT(hf_link_list, cursor, 88) && HF_AT(hf_link_list, max, 120) &&
    HF_AT(hf_link_list, reserved, 124));
HF_LAYOUT(hf_link_events, 24, HF_AT(hf_link_events, lost, 8) && HF_AT(hf_link_events, max, 16) &&
    HF_AT(hf_link_events, status, 20));
HF_LAYOUT(hf_link_groups, 96, HF_AT(hf_link_groups, by, 88) && HF_AT(hf_link_groups, max, 92));
HF_LAYOUT(hf_link_count, 8, HF_AT(hf_link_count, reserved, 4));
HF_LAYOUT(hf_link_config, 320, HF_AT(hf_link_config, abi_version, 4) &&
    HF_AT(hf_link_config, flags, 8) && HF_AT(hf_link_config, max_message, 12) &&
    HF_AT(hf_link_config, window, 16) && HF_AT(hf_link_config, max_peers, 20) &&
    HF_AT(hf_link_config, max_parked, 24) && HF_AT(hf_link_config, notice_interval, 28) &&
    HF_AT(hf_link_config, reserved, 32) && HF_AT(hf_link_config, endpoint, 64) &&
    HF_AT(hf_link_config, publish, 192));
HF_LAYOUT(hf_link_counters, 192, HF_AT(hf_link_counters, frames_out, 8) &&
    HF_AT(hf_link_counters, frames_bad, 16) && HF_AT(hf_link_counters, frames_refused, 24) &&
    HF_AT(hf_link_counters, inputs, 32) && HF_AT(hf_link_counters, inputs_refused, 40) &&
    HF_AT(hf_link_counters, queries, 48) && HF_AT(hf_link_counters, takes, 56) &&
    HF_AT(hf_link_counters, commands, 64) && HF_AT(hf_link_counters, notices, 72) &&
    HF_AT(hf_link_counters, events, 80) && HF_AT(hf_link_counters, events_lapped, 88) &&
    HF_AT(hf_link_counters, parked, 96) && HF_AT(hf_link_counters, parked_refused, 104) &&
    HF_AT(hf_link_counters, parked_now, 112) && HF_AT(hf_link_counters, replies_dropped, 120) &&
    HF_AT(hf_link_counters, hellos, 128) && HF_AT(hf_link_counters, hosts, 136) &&
    HF_AT(hf_link_counters, executors, 144) && HF_AT(hf_link_counters, watchers, 152) &&
    HF_AT(hf_link_counters, reserved, 160));
#undef HF_LAYOUT
#undef HF_AT
#endif

#endif
