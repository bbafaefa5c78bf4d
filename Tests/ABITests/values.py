"""What an argument of a call is when it is good, and every way in which it is bad."""

import ctypes
import re
import struct

import header
import holdfast as h
import world as worlds

ROOM = 300  # records behind an out-pointer: more than a world can fill
GUARD = 64  # bytes behind that which nobody may touch
TIMEOUT_MAX_MS = 2

NAMED = {
    "symbol": 1, "account": 1, "executor": 1, "epoch": 1, "id": 1, "position": 1, "ticket": 1001,
    "digits": 5, "tick_size": 1, "tick_value": 1, "side": 1, "volume": 10_000_000, "price": 110000,
    "which": 1, "status": 101, "units": 5, "value": 1.5, "bid": 110000, "ask": 110010, "count": 2,
    "max": 4, "size": 64, "now": worlds.NOW + 10, "time": worlds.NOW + 10, "timeout_ms": 0,
}
TEXTS = {
    "text": b"1.25", "path": b"recording", "name": b"EURUSD", "profit_currency": b"USD",
    "endpoint": b"ipc://socket",
}
SAMPLES = {
    "hf_core_config": {**worlds.CONFIG, "struct_size": 128, "abi_version": 1, "epoch": 1},
    "hf_record_head": {"kind": h.HF_RECORD_TICKS, "version": 1, "size": 64},
    "hf_command_id": {"owner": 3, "count": 1, "epoch": 1},
    "hf_modify": {"sl": 108000, "change_sl": h.HF_SET},
    "hf_rule": {"kind": h.HF_RULE_TRAILING, "scope": h.HF_SCOPE_POSITION, "scope_id": 2,
                "present": h.HF_RULE_DISTANCE, "distance": 300},
    "hf_deal": {"deal": 9001, "reason": h.HF_DEAL_SL},
    "hf_cancel": {"position": 4},
    "hf_filter": {"present": h.HF_FILTER_POSITION},
    "hf_open": {"ticket": 0},
    "hf_reconcile": {"asked_at": worlds.NOW + 9, "positions": 1, "deals": 1},
    "hf_broker_position": {"position": 0},
    "hf_executor": {"up": 1, "capabilities": 7},
}
# How many records follow: to claim more than there are would be a bug of the host.
LENGTHS = {("hf_reconcile", "positions"), ("hf_reconcile", "deals")}


class Place:
    """Memory of one argument: what it holds before the call, and what it must hold after."""

    def __init__(self, content, room=None):
        self.content = bytes(content)
        self.size = len(content) if room is None else room
        self.data = ctypes.create_string_buffer(self.content + b"\xa5" * GUARD, self.size + GUARD)
        if self.size > len(content):
            self.data[len(content) + GUARD:] = b"\xa5" * (self.size - len(content))
        self.before = self.data.raw

    @classmethod
    def of_pointer(cls, address):
        return cls(struct.pack("P", address or 0))

    def pointer(self):
        return struct.unpack("P", self.data.raw[:8])[0]

    def address(self):
        return ctypes.addressof(self.data)

    def overrun(self, allowed):
        return self.data.raw[allowed:] != self.before[allowed:]

    def restore(self):
        ctypes.memmove(self.data, self.before, len(self.before))

    def changed(self):
        return self.data.raw != self.before


class Values:
    """Arguments of one function in one world. `live` and `closed` are handles by their type."""

    def __init__(self, function, random, world, live, closed):
        self.function, self.random, self.world = function, random, world
        self.live, self.closed = live, closed
        self.noise, self.zeros = Place(random.randbytes(4096)), Place(bytes(4096))

    def good(self, parameter):
        base, name = parameter.base, parameter.name
        if parameter.handle:
            if parameter.pointers == 1:
                return self.live[base]
            return Place.of_pointer(0 if self.function.name.endswith("_open") else self.live[base])
        if parameter.pointers == 0:
            return NAMED.get(name, 1)
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
        if name == "hf_close":
            filtered = h.RECORDS["hf_filter"](position=1, present=h.HF_FILTER_POSITION)
            return bytes(h.RECORDS[name](filter=filtered))
        if name == "hf_symbol":
            return bytes(self.world.symbol())
        if name == "hf_account":
            return bytes(self.world.core.account_view(1).account)
        if name == "hf_link_config":
            return bytes(worlds.link_config())
        fields = {f for f, kind in h.RECORDS[name]._fields_ if hasattr(kind, "value")}
        values = {key: value for key, value in NAMED.items() if key in fields}
        special = SAMPLES.get(name, {})
        if name == "hf_ack":
            special = {"command": self.world.sent.id, "deal": 8001}
        return bytes(h.RECORDS[name](**{**values, **special}))

    def bad(self, parameter):
        """Pairs of a description and a value."""
        if parameter.handle and parameter.pointers == 1:
            yield from self.handles(parameter.base)
        elif parameter.handle:
            yield "NULL", None
            for what, value in self.handles(parameter.base):
                yield f"pointer to {what}", lambda value=value: Place.of_pointer(value())
        elif parameter.pointers == 0:
            yield from self.numbers(parameter)
        else:
            yield "NULL", None
            yield from self.contents(parameter)

    def handles(self, base):
        """Each is told at the time of its call: worlds come and go."""
        yield "NULL", lambda: None
        yield "closed", lambda: self.closed[base]
        yield "noise", self.noise.address
        yield "zeros", self.zeros.address
        yield "misaligned", lambda: self.live[base] + 1
        yield "inside", lambda: self.live[base] + 8
        for other in set(self.live) - {base}:
            yield f"a {other}", lambda other=other: self.live[other]
        for value in (1, 8, 4096, 1 << 47, (1 << 64) - 1, (1 << 64) - 8):
            yield hex(value), lambda value=value: value

    def numbers(self, parameter):
        if parameter.base == "double":
            for value in ("nan", "inf", "-inf", "-0.0", "5e-324", "1e308", "-1e308", "1e18"):
                yield value, float(value)
            yield "random", struct.unpack("d", self.random.randbytes(8))[0]
            return
        limit = self.limit(parameter)
        for value in self.integers(ctypes.sizeof(h.SCALARS[parameter.base])):
            if limit is None or value <= limit:
                yield hex(value), value
        if parameter.name == "timeout_ms":
            yield "negative", -1

    def limit(self, parameter):
        """How much of an in-array there is: to claim more would be a bug of the host."""
        names = [p.name for p in self.function.parameters if p.constant and p.pointers]
        if parameter.name == "count" and names:
            return 2
        if parameter.name == "timeout_ms":
            return TIMEOUT_MAX_MS
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
            if (parameter.base, name) in LENGTHS and parameter in self.function.parameters:
                continue
            place = getattr(h.RECORDS[parameter.base], name)
            for value in self.integers(min(place.size, 8)):
                content = bytearray(good.content)
                raw = value.to_bytes(min(place.size, 8), "little")
                content[place.offset:place.offset + len(raw)] = raw
                yield f"{name} {value:#x}", Place(content, room=good.size)

    def inputs(self):
        """(kind, description, body) of every input, with a body of the right size."""
        for kind, record in header.record_kinds():
            parameter = header.Parameter(f"const {record} *", "body")
            yield kind, f"{record}: good", Place(self.body(record))
            for what, body in self.contents(parameter):
                yield kind, f"{record}: {what}", body

    def body(self, record):
        """An input with all that belongs to it."""
        more = ("hf_broker_position", "hf_deal") if record == "hf_reconcile" else ()
        return b"".join(self.sample(name) for name in (record, *more))

    def written(self, parameter, place, arguments):
        """How many bytes of a place the call may have written."""
        if parameter.constant:
            return 0
        if not self.is_array(parameter) and parameter.base != "char":
            return place.size
        at = self.function.parameters.index(parameter)
        one = 1 if parameter.base == "char" else ctypes.sizeof(h.RECORDS[parameter.base])
        return min(place.size, one * arguments[at + 1])
