"""Holdfast through ctypes: records from the committed layout, calls from the header.

    import holdfast
    with holdfast.Core(epoch=1) as core:
        eurusd = core.symbol("EURUSD", 5, 1, 100_000_000, "USD")
"""

import ctypes
import os
import re

import constants
import header
import layout

LIB = header.ROOT / "build" / "lib"
INTEGERS = {
    f"{sign}{bits}": getattr(ctypes, f"c_{'u' if sign == 'u' else ''}int{bits}")
    for sign in "iu" for bits in (8, 16, 32, 64)
}
SCALARS = {f"{'u' if k[0] == 'u' else ''}int{k[1:]}_t": v for k, v in INTEGERS.items()}
SCALARS |= {"hf_status": ctypes.c_int32, "double": ctypes.c_double, "size_t": ctypes.c_size_t}

globals().update(constants.read())
STATUSES = {v: n for n, v in constants.read().items() if n == "HF_OK" or n.startswith("HF_E_")}


class Record(ctypes.LittleEndianStructure):
    """A record of the header; unset fields are zero. It compares by its bytes."""

    def __init__(self, **fields):
        super().__init__()
        for name, value in fields.items():
            setattr(self, name, value.encode() if isinstance(value, str) else value)

    def __eq__(self, other):
        return type(self) is type(other) and bytes(self) == bytes(other)

    def __repr__(self):
        values = ((name, getattr(self, name)) for name, _ in self._fields_)
        return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in values if v)})"


def ctype(kind, known):
    base, count = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", kind).groups()
    one = ctypes.c_char if base == "char" else INTEGERS.get(base) or known[base]
    return one * int(count) if count else one


def build_records():
    fields, sizes = {}, {}
    for record, name, at, size, kind in layout.read():
        if name == ".":
            fields[record], sizes[record] = [], size
        else:
            fields[record].append((name, kind, at, size))
    known = {}
    for record, rows in fields.items():
        body = {"_fields_": [(name, ctype(kind, known)) for name, kind, _, _ in rows]}
        known[record] = type(record, (Record,), body)
        assert ctypes.sizeof(known[record]) == sizes[record], record
        for name, _, at, size in rows:
            place = getattr(known[record], name)
            assert (place.offset, place.size) == (at, size), f"{record}.{name}"
    return known


RECORDS = build_records()
globals().update(RECORDS)


class Failed(Exception):
    """A status that is not HF_OK."""

    def __init__(self, status):
        super().__init__(STATUSES.get(status, status))
        self.status = status


def load(name="libholdfast.so.0", file="holdfast.h"):
    """A library with a prototype for every function of its header. Pointers are plain addresses."""
    library = ctypes.CDLL(str(LIB / name), mode=os.RTLD_NOW)
    for function in header.functions(file):
        call = getattr(library, function.name)
        call.argtypes = [
            ctypes.c_void_p if p.pointers else SCALARS[p.base] for p in function.parameters
        ]
        text = function.result == "const char *"
        call.restype = ctypes.c_char_p if text else SCALARS[function.result]
    return library


def check(status):
    if status:
        raise Failed(status)


class Core:
    """One core. A method per call; a status that is not HF_OK is raised."""

    def __init__(self, library=None, **config):
        self.library = library or load()
        self.handle = ctypes.c_void_p()
        settings = RECORDS["hf_core_config"]()
        check(self.library.hf_core_config_init(ctypes.byref(settings)))
        for name, value in config.items():
            setattr(settings, name, value)
        check(self.library.hf_core_open(ctypes.byref(settings), ctypes.byref(self.handle)))

    def close(self):
        check(self.library.hf_core_close(ctypes.byref(self.handle)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.handle:
            self.close()

    def call(self, name, *arguments):
        """hf_NAME(core, ...): records and ctypes values go by reference."""
        passed = [
            ctypes.byref(a) if isinstance(a, (ctypes.Structure, ctypes._SimpleCData)) else a
            for a in arguments
        ]
        check(getattr(self.library, f"hf_{name}")(self.handle, *passed))

    def get(self, name, *arguments, kind):
        """A call whose last parameter is where its answer goes."""
        answer = kind()
        self.call(name, *arguments, answer)
        return answer.value if isinstance(answer, ctypes._SimpleCData) else answer

    def symbol(self, name, digits=5, tick_size=1, tick_value=100_000_000, currency="USD", now=0,
               **fields):
        record = RECORDS["hf_symbol"]()
        check(self.library.hf_symbol_init(
            ctypes.byref(record), name.encode(), digits, tick_size, tick_value, currency.encode()))
        for field, value in fields.items():
            setattr(record, field, value)
        return self.get("symbol_put", record, now, kind=ctypes.c_uint32)

    def account(self, number, currency="USD", now=0, **fields):
        record = RECORDS["hf_account"]()
        check(self.library.hf_account_init(ctypes.byref(record), number, currency.encode()))
        for field, value in fields.items():
            setattr(record, field, value)
        self.call("account_put", record, now)

    def open(self, account, symbol, side, volume, price, now, **fields):
        record = RECORDS["hf_open"](
            account=account, symbol=symbol, side=side, volume=volume, price=price, **fields)
        return self.get("position_open", record, now, kind=ctypes.c_uint64)

    def tick(self, symbol, time, bid, ask, **fields):
        record = RECORDS["hf_tick"](symbol=symbol, time=time, bid=bid, ask=ask, **fields)
        self.call("tick_apply", record)

    def ticks(self, records):
        report = RECORDS["hf_ticks_report"]()
        self.call("ticks_apply", records, len(records), report)
        return report

    def modify(self, position, now, **fields):
        self.call("position_modify", RECORDS["hf_modify"](position=position, **fields), now)

    def trail(self, rule, position, distance, now, **fields):
        self.call("rule_put", RECORDS["hf_rule"](
            id=rule, kind=constant("HF_RULE_TRAILING"), scope=constant("HF_SCOPE_POSITION"),
            scope_id=position, present=constant("HF_RULE_DISTANCE"), distance=distance, **fields,
        ), now)

    def close_positions(self, now, room=16, **fields):
        record = RECORDS["hf_close"](**fields)
        results = (RECORDS["hf_close_result"] * room)()
        count = ctypes.c_uint32()
        self.call("positions_close", record, now, results, room, count)
        return list(results[:min(room, count.value)])

    def close_position(self, position, now, **fields):
        ask = RECORDS["hf_filter"](position=position, present=constant("HF_FILTER_POSITION"))
        return self.close_positions(now, filter=ask, **fields)

    def cancel(self, position, now, **fields):
        self.call("position_cancel", RECORDS["hf_cancel"](position=position, **fields), now)

    def take(self, executor, now, epoch=1, room=16):
        out = (RECORDS["hf_command"] * room)()
        count = ctypes.c_uint32()
        self.call("commands_take", executor, epoch, now, out, room, count)
        return list(out[:count.value])

    def ack(self, command, now, **fields):
        self.call("ack_apply", RECORDS["hf_ack"](command=command, **fields), now)

    def deal(self, now, **fields):
        self.call("deal_apply", RECORDS["hf_deal"](**fields), now)

    def step(self, now):
        self.call("step", now)

    def events(self, cursor=0, room=64):
        """Everything after an event number."""
        at = ctypes.c_uint64(cursor)
        out = (RECORDS["hf_event"] * room)()
        count = ctypes.c_uint32(1)
        found = []
        while count.value:
            self.call("events_read", at, out, room, count, None)
            found += [type(event).from_buffer_copy(event) for event in out[:count.value]]
        return found

    def position(self, number):
        return self.get("position_get", number, kind=RECORDS["hf_position"])

    def command(self, number):
        return self.get("command_get", number, kind=RECORDS["hf_command"])

    def positions(self, now=0, room=4, **fields):
        fields = fields or {"present": constant("HF_FILTER_ALL")}
        cursor, count = RECORDS["hf_cursor"](), ctypes.c_uint32(1)
        out = (RECORDS["hf_position"] * room)()
        found = []
        while count.value:
            filtered = RECORDS["hf_filter"](**fields)
            self.call("positions_list", filtered, now, cursor, out, room, count)
            found += [type(item).from_buffer_copy(item) for item in out[:count.value]]
        return found

    def account_view(self, number):
        return self.get("account_get", number, kind=RECORDS["hf_account_view"])

    def counters(self):
        return self.get("counters_get", kind=RECORDS["hf_counters"])

    def hash(self):
        return self.get("state_hash", kind=ctypes.c_uint64)

    def apply(self, kind, body=b"", time=0, size=None, **head):
        """A record as bytes, through the one door; returns the outcome."""
        values = {"kind": kind, "version": constant("HF_ABI_VERSION"), "size": len(body)}
        record = RECORDS["hf_record_head"](**(values | {"time": time} | head))
        outcome = RECORDS["hf_outcome"]()
        self.call("apply", record, bytes(body), len(body) if size is None else size, outcome)
        return outcome


def constant(name):
    return globals()[name]
