"""Calls one function of the header with every bad argument in every place.

    python hostile.py FUNCTION SEED

A process of its own, because what it looks for is the death of the process. It ends with a line of
JSON: how many calls, and what was wrong. The call under way stands in the file `call`, for the case
that there is no end.
"""

import ctypes
import json
import mmap
import random
import re
import resource
import struct
import sys

import header
import holdfast as h
import world as worlds

ROOM = 300  # records behind an out-pointer: more than a world can fill
GUARD = 64  # bytes behind that which nobody may touch
RANDOM_CALLS = 300
MEMORY_MAX = 6 << 30
CORE_TYPES = ("hf_core *", "hf_core **")

# Statuses after which a call may have changed state or written answers, as its comment says.
SPEAKS = {
    "hf_core_open", "hf_core_close", "hf_apply", "hf_events_read", "hf_positions_close",
    "hf_ticks_apply",
}
# A refused tick is counted: from the fourth late one in a row they are judged.
COUNTS = {"hf_tick_apply": {h.HF_E_TIME}, "hf_apply": {h.HF_E_TIME}}

NAMED = {
    "symbol": 1, "account": 1, "executor": 1, "epoch": 1, "id": 1, "position": 1, "ticket": 1001,
    "digits": 5, "tick_size": 1, "tick_value": 1, "side": 1, "volume": 10_000_000, "price": 110000,
    "which": 1, "status": 101, "units": 5, "value": 1.5, "bid": 110000, "ask": 110010, "count": 2,
    "max": 4, "size": 64,
}
TEXTS = {"text": b"1.25", "path": b"recording", "name": b"EURUSD", "profit_currency": b"USD"}


class Place:
    """Memory of one argument: what it holds before the call, and what it must hold after."""

    def __init__(self, content, room=None):
        self.content = bytes(content)
        self.size = len(content) if room is None else room
        self.data = ctypes.create_string_buffer(self.content + b"\xa5" * GUARD, self.size + GUARD)
        if self.size > len(content):
            self.data[len(content) + GUARD:] = b"\xa5" * (self.size - len(content))
        self.before = self.data.raw

    def address(self):
        return ctypes.addressof(self.data)

    def overrun(self, allowed):
        return self.data.raw[allowed:] != self.before[allowed:]

    def restore(self):
        ctypes.memmove(self.data, self.before, len(self.before))

    def changed(self):
        return self.data.raw != self.before


class Caller:
    def __init__(self, name, seed):
        self.library = h.load()
        self.function = next(f for f in header.functions("holdfast.h") if f.name == name)
        self.random = random.Random(f"{name} {seed}")
        self.world = worlds.World(self.library)
        self.closed = h.Core(self.library, **worlds.CONFIG)
        self.closed_address = self.closed.handle.value
        self.closed.close()
        self.noise = Place(self.random.randbytes(4096))
        self.zeros = Place(bytes(4096))
        self.calls = 0
        self.wrong = []
        self.hash = self.world.core.hash()
        self.log = open("call", "w+b")
        self.log.truncate(1024)
        self.last = mmap.mmap(self.log.fileno(), 1024)

    # --- Values: what an argument is when it is good, and every way in which it is bad

    def good(self, parameter):
        base, name = parameter.base, parameter.name
        if parameter.type == "hf_core *":
            return self.world.core.handle.value
        if parameter.type == "hf_core **":
            opens = self.function.name == "hf_core_open"
            return Place(struct.pack("P", 0 if opens else self.world.core.handle.value))
        if parameter.pointers == 0:
            return worlds.NOW + 10 if name in ("now", "time") else NAMED.get(name, 1)
        if base == "char" and parameter.constant:
            text = b"9ix-1-1" if "command_id" in self.function.name else TEXTS.get(name, b"EURUSD")
            return Place(text + b"\0")
        if base in ("char", "void"):
            return Place(bytes(64) if base == "char" else self.sample("hf_tick"))
        if base in h.RECORDS:
            size = ctypes.sizeof(h.RECORDS[base])
            if parameter.constant:
                return Place(self.sample(base) * (2 if self.is_array(parameter) else 1))
            return Place(bytes(size), room=size * (ROOM if self.is_array(parameter) else 1))
        return Place(bytes(ctypes.sizeof(h.SCALARS[base])))

    def is_array(self, parameter):
        if parameter not in self.function.parameters:
            return False
        at = self.function.parameters.index(parameter)
        following = self.function.parameters[at + 1:at + 2]
        return any(p.name in ("max", "count") and p.pointers == 0 for p in following)

    def sample(self, name):
        """A record as an honest host would send it."""
        fields = {f for f, kind in h.RECORDS[name]._fields_ if hasattr(kind, "value")}
        values = {key: value for key, value in NAMED.items() if key in fields}
        special = {
            "hf_core_config": {**worlds.CONFIG, "struct_size": 128, "abi_version": 1, "epoch": 1},
            "hf_record_head": {"kind": h.HF_RECORD_TICKS, "version": 1, "size": 64},
            "hf_ack": {"command": self.world.sent.id, "deal": 8001},
            "hf_command_id": {"owner": 3, "count": 1, "epoch": 1},
            "hf_modify": {"sl": 108000, "change_sl": h.HF_SET},
            "hf_rule": {"kind": h.HF_RULE_TRAILING, "scope": h.HF_SCOPE_POSITION, "scope_id": 2,
                        "present": h.HF_RULE_DISTANCE, "distance": 300},
            "hf_tick": {"time": worlds.NOW + 10},
            "hf_deal": {"deal": 9001, "reason": h.HF_DEAL_SL},
            "hf_cancel": {"position": 4},
            "hf_filter": {"present": h.HF_FILTER_POSITION},
            "hf_open": {"ticket": 0},
        }.get(name, {})
        if name == "hf_close":
            filtered = h.RECORDS["hf_filter"](position=1, present=h.HF_FILTER_POSITION)
            return bytes(h.RECORDS[name](filter=filtered))
        if name == "hf_symbol":
            return bytes(self.symbol())
        if name == "hf_account":
            return bytes(self.world.core.account_view(1).account)
        return bytes(h.RECORDS[name](**{**values, **special}))

    def symbol(self):
        record = h.RECORDS["hf_symbol"]()
        self.world.core.call("symbol_get", 1, record, None)
        return record

    def bad(self, parameter):
        """Pairs of a description and a value."""
        if parameter.type == "hf_core *":
            yield from self.handles()
        elif parameter.type == "hf_core **":
            yield "NULL", None
            for what, value in self.handles():
                yield f"pointer to {what}", Place(struct.pack("P", value or 0))
        elif parameter.pointers == 0:
            yield from self.numbers(parameter)
        else:
            yield "NULL", None
            yield from self.contents(parameter)

    def handles(self):
        yield "NULL", None
        yield "closed", self.closed_address
        yield "noise", self.noise.address()
        yield "zeros", self.zeros.address()
        yield "misaligned", self.world.core.handle.value + 1
        yield "inside", self.world.core.handle.value + 8
        for value in (1, 8, 4096, 1 << 47, (1 << 64) - 1, (1 << 64) - 8):
            yield hex(value), value

    def numbers(self, parameter):
        if parameter.base == "double":
            for value in ("nan", "inf", "-inf", "-0.0", "5e-324", "1e308", "-1e308", "1e18"):
                yield value, float(value)
            yield "random", struct.unpack("d", self.random.randbytes(8))[0]
            return
        size = ctypes.sizeof(h.SCALARS[parameter.base])
        limit = self.limit(parameter)
        for value in self.integers(size):
            if limit is None or value <= limit:
                yield hex(value), value

    def limit(self, parameter):
        """How much of an in-array there is: to claim more would be a bug of the host."""
        names = [p.name for p in self.function.parameters if p.constant and p.pointers]
        if parameter.name == "count" and names:
            return 2
        return 64 if parameter.name == "size" and "body" in names else None

    def integers(self, size):
        bits = 8 * size
        edges = [0, 1, 2, 1 << (bits - 1), (1 << (bits - 1)) - 1, (1 << bits) - 1]
        return edges + [self.random.getrandbits(bits) for _ in range(4)]

    def contents(self, parameter):
        if parameter.base == "char" and parameter.constant:
            noise = re.sub(rb"[\0/]", b"?", self.random.randbytes(200))
            texts = [b"", b"x" * 31, b"x" * 32, b"x" * 10_000, b"\xff\xfe", b"a\nb", b"-", noise]
            texts += [b"no/such/folder", b"1-2-3-4", b"zzzzzzzzzzzzzzzz-1-1", b"1e5", b"9" * 40]
            for text in texts:
                yield repr(text[:40]), Place(text + b"\0")
            return
        good = self.good(parameter)
        for byte in (0, 0xff):
            yield f"all {byte:#x}", Place(bytes([byte]) * len(good.content), room=good.size)
        for _ in range(8):
            yield "noise", Place(self.random.randbytes(len(good.content)), room=good.size)
        if parameter.constant and parameter.base in h.RECORDS:
            yield from self.fields(parameter, good)

    def fields(self, parameter, good):
        """An honest record but for one field."""
        for name, kind in h.RECORDS[parameter.base]._fields_:
            place = getattr(h.RECORDS[parameter.base], name)
            for value in self.integers(min(place.size, 8)):
                content = bytearray(good.content)
                raw = value.to_bytes(min(place.size, 8), "little")
                content[place.offset:place.offset + len(raw)] = raw
                yield f"{name} {value:#x}", Place(content, room=good.size)

    # --- One call, and what must hold after it

    def call(self, described, arguments):
        self.calls += 1
        note = f"{self.function.name}: {described}".encode()[:1023]
        self.last[:1024] = note.ljust(1024, b"\0")
        places = [a for a in arguments if isinstance(a, Place)]
        for place in places:
            place.restore()
        passed = [a.address() if isinstance(a, Place) else a for a in arguments]
        status = getattr(self.library, self.function.name)(*passed)
        if self.function.result == "hf_status":
            self.judge(described, status, arguments)
        if self.function.name in ("hf_core_open", "hf_core_close"):
            self.settle(arguments[-1], status)
        return status

    def judge(self, described, status, arguments):
        def say(text):
            self.wrong.append(f"{described}: {h.STATUSES.get(status, status)}: {text}")

        if status not in h.STATUSES:
            say("no status of the header")
        if status == h.HF_E_FAULT:
            say("a broken invariant")
        for parameter, value in zip(self.function.parameters, arguments):
            if isinstance(value, Place):
                written = self.written(parameter, value, arguments)
                if value.overrun(written):
                    say(f"{parameter.name}: written outside its room")
                elif status and self.function.name not in SPEAKS and value.changed():
                    say(f"{parameter.name}: written though refused")
        if self.function.name == "hf_core_close" or not self.world.core.handle:
            return
        now = self.world.core.hash()
        if status and now != self.hash and status not in COUNTS.get(self.function.name, ()):
            say("state changed though refused")
        if now != self.hash:
            self.renew()

    def written(self, parameter, place, arguments):
        """How many bytes of a place the call may have written."""
        if parameter.constant:
            return 0
        if not self.is_array(parameter) and parameter.base != "char":
            return place.size
        at = self.function.parameters.index(parameter)
        one = 1 if parameter.base == "char" else ctypes.sizeof(h.RECORDS[parameter.base])
        return min(place.size, one * arguments[at + 1])

    def settle(self, place, status):
        """After open or close: the handle is null or live, and what was opened is closed."""
        if not isinstance(place, Place):
            return
        value = struct.unpack("P", place.data.raw[:8])[0]
        if self.function.name == "hf_core_close":
            if value:
                self.wrong.append("hf_core_close left a handle behind")
            if status == 0:
                self.world.core.handle = ctypes.c_void_p()
                self.renew()
        elif bool(value) != (status == 0):
            self.wrong.append(f"hf_core_open: status {status} with handle {value:#x}")
        elif value and self.library.hf_core_close(ctypes.byref(ctypes.c_void_p(value))):
            self.wrong.append("hf_core_open: what was opened does not close")

    def renew(self):
        if self.world.core.handle:
            if self.world.core.counters().faults:
                self.wrong.append("counters say that an invariant broke")
            self.world.close()
        self.world = worlds.World(self.library)
        self.hash = self.world.core.hash()

    # --- The plan

    def good_arguments(self):
        return [self.good(parameter) for parameter in self.function.parameters]

    def one_at_a_time(self):
        for at, parameter in enumerate(self.function.parameters):
            for what, value in list(self.bad(parameter)):
                arguments = self.good_arguments()
                arguments[at] = value
                status = self.call(f"{parameter.name} = {what}", arguments)
                self.expect(parameter, what, status)

    def expect(self, parameter, what, status):
        if self.function.result != "hf_status":
            return
        wrong = None
        if parameter.type in CORE_TYPES and self.function.name != "hf_core_open":
            wrong = status != h.HF_E_HANDLE and what
            if parameter.type == "hf_core **" and what == "NULL":
                wrong = status not in (h.HF_E_HANDLE, h.HF_E_ARGUMENT)
        elif parameter.pointers and what == "NULL":
            wrong = status != h.HF_E_ARGUMENT and not self.function.may_be_null(parameter.name)
        if wrong:
            self.wrong.append(f"{parameter.name} = {what}: {h.STATUSES.get(status, status)}")

    def at_random(self):
        worse = [list(self.bad(parameter)) for parameter in self.function.parameters]
        for _ in range(RANDOM_CALLS):
            arguments, said = [], []
            for parameter, choices in zip(self.function.parameters, worse):
                what, value = "good", self.good(parameter)
                if self.random.random() < 0.4:
                    what, value = self.random.choice(choices)
                arguments.append(value)
                said.append(f"{parameter.name} = {what}")
            self.call(", ".join(said), arguments)

    def every_kind(self):
        """hf_apply with a body of the right size for each kind of input, wrong in one field."""
        for kind, record in header.record_kinds():
            body_type = header.Parameter(f"const {record} *", "body")
            good = Place(self.sample(record))
            for what, body in [("good", good), *self.contents(body_type)]:
                size = len(body.content)
                head = h.hf_record_head(kind=kind, version=1, size=size, time=worlds.NOW + 10)
                outcome = Place(bytes(ctypes.sizeof(h.hf_outcome)))
                core = self.world.core.handle.value
                self.call(f"{record}: {what}", [core, Place(bytes(head)), body, size, outcome])

    def run(self):
        self.call("good", self.good_arguments())
        if self.function.name == "hf_apply":
            self.every_kind()
        self.one_at_a_time()
        if self.function.parameters:
            self.at_random()
        if self.world.core.counters().faults:
            self.wrong.append("counters say that an invariant broke")
        return {"calls": self.calls, "wrong": self.wrong[:20], "count": len(self.wrong)}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(Caller(sys.argv[1], sys.argv[2]).run()))
