"""Calls one function of the headers with every bad argument in every place.

    python hostile.py FUNCTION SEED

A process of its own, because what it looks for is the death of the process. It ends with a line of
JSON: how many calls, and what was wrong. The call under way stands in the file `call`, for the case
that there is no end.
"""

import ctypes
import json
import mmap
import random
import resource
import sys

import header
import holdfast as h
import world as worlds
from values import Place, Values

RANDOM_CALLS = 300
MEMORY_MAX = 6 << 30

# Functions that write answers or change state beside a status, as their comments say.
SPEAKS = {
    "hf_core_open", "hf_core_close", "hf_apply", "hf_events_read", "hf_history_read",
    "hf_positions_close", "hf_ticks_apply", "hf_link_open", "hf_link_close", "hf_link_await",
}
# A late tick is refused and counted, because from the fourth in a row they are judged.
COUNTS = {"hf_tick_apply": {h.HF_E_TIME}, "hf_apply": {h.HF_E_TIME}}


class Caller:
    def __init__(self, name, seed):
        everything = [f for file in header.HEADERS for f in header.functions(file)]
        self.function = next(f for f in everything if f.name == name)
        self.library = h.load()
        self.called = self.library
        if self.function.header != "holdfast.h":
            self.called = h.load("libholdfast_link.so.0", self.function.header)
        self.random = random.Random(f"{name} {seed}")
        self.live, self.closed, self.world, self.link = {}, {}, None, None
        self.calls = 0
        self.wrong = []
        self.renew()
        self.renew()
        self.values = Values(self.function, self.random, self.world, self.live, self.closed)
        log = open("call", "w+b")
        log.truncate(1024)
        self.under_way = mmap.mmap(log.fileno(), 1024)

    def say(self, text):
        self.wrong.append(text)

    # --- The world around the call

    def renew(self):
        """A new world. It is opened before the old one closes, so that no handle comes back."""
        old, before = (self.world, self.link), dict(self.live)
        self.world, self.link = worlds.World(self.library), None
        self.live["hf_core"] = self.world.core.handle.value
        self.hash = self.world.core.hash()
        if self.called is not self.library:
            self.link = worlds.open_link(self.called, self.world.core)
            self.live["hf_link"] = self.link.value
        if hasattr(self, "values"):
            self.values.world = self.world
        self.closed.update(before)
        self.close(*old)

    def close(self, world, link):
        if link and self.called.hf_link_close(ctypes.byref(link)):
            self.say("a good link does not close")
        if world and world.core.handle:
            if world.core.counters().faults:
                self.say("counters say that an invariant broke")
            world.close()

    # --- One call, and what must hold after it

    def call(self, described, arguments):
        self.calls += 1
        arguments = [a() if callable(a) else a for a in arguments]
        note = f"{self.function.name}: {described}".encode()[:1023]
        self.under_way[:1024] = note.ljust(1024, b"\0")
        for place in arguments:
            if isinstance(place, Place):
                place.restore()
        passed = [a.address() if isinstance(a, Place) else a for a in arguments]
        status = getattr(self.called, self.function.name)(*passed)
        if self.function.result == "hf_status":
            self.judge(described, status, arguments)
            if any(p.handle and p.pointers == 2 for p in self.function.parameters):
                self.settle(described, arguments[-1], status)
            elif self.world.core.hash() != self.hash:
                self.renew()
        return status

    def judge(self, described, status, arguments):
        told = f"{described}: {h.STATUSES.get(status, status)}:"
        if status not in h.STATUSES:
            self.say(f"{told} no status of the header")
        if status == h.HF_E_FAULT:
            self.say(f"{told} a broken invariant")
        for parameter, value in zip(self.function.parameters, arguments):
            if isinstance(value, Place):
                if value.overrun(self.values.written(parameter, value, arguments)):
                    self.say(f"{told} {parameter.name} is written outside its room")
                elif status and self.function.name not in SPEAKS and value.changed():
                    self.say(f"{told} {parameter.name} is written though refused")
        if self.function.name == "hf_core_close":
            return
        if status and self.world.core.hash() != self.hash:
            if status not in COUNTS.get(self.function.name, ()):
                self.say(f"{told} state changed though refused")

    def settle(self, described, place, status):
        """After open or close: the handle is null or live, and what was opened is closed."""
        if not isinstance(place, Place):
            return
        kind = "link" if "link" in self.function.name else "core"
        handle = ctypes.c_void_p(place.pointer())
        if self.function.name.endswith("_close"):
            if handle:
                self.say(f"{described}: a handle is left behind")
            if status == 0:
                (self.link if kind == "link" else self.world.core.handle).value = None
                self.renew()
        elif bool(handle) != (status == 0):
            self.say(f"{described}: status {status} with handle {handle.value}")
        elif handle and getattr(self.called, f"hf_{kind}_close")(ctypes.byref(handle)):
            self.say(f"{described}: what was opened does not close")

    def expect(self, parameter, what, status):
        """What one bad argument among good ones must be answered with."""
        if self.function.result != "hf_status":
            return
        opens = self.function.name.endswith("_open") and parameter.pointers == 2
        wrong = None
        if parameter.handle and not opens:
            allowed = {h.HF_E_HANDLE}
            if parameter.pointers == 2 and what == "NULL":
                allowed.add(h.HF_E_ARGUMENT)
            wrong = status not in allowed
        elif parameter.pointers and what == "NULL":
            wrong = status != h.HF_E_ARGUMENT and not self.function.may_be_null(parameter.name)
        if wrong:
            self.say(f"{parameter.name} = {what}: {h.STATUSES.get(status, status)}")

    # --- The plan

    def good_arguments(self):
        return [self.values.good(parameter) for parameter in self.function.parameters]

    def one_at_a_time(self):
        for at, parameter in enumerate(self.function.parameters):
            for what, value in list(self.values.bad(parameter)):
                arguments = self.good_arguments()
                arguments[at] = value
                status = self.call(f"{parameter.name} = {what}", arguments)
                self.expect(parameter, what, status)

    def at_random(self):
        worse = [list(self.values.bad(parameter)) for parameter in self.function.parameters]
        for _ in range(RANDOM_CALLS):
            arguments, said = [], []
            for parameter, choices in zip(self.function.parameters, worse):
                what, value = "good", self.values.good(parameter)
                if self.random.random() < 0.4:
                    what, value = self.random.choice(choices)
                arguments.append(value)
                said.append(f"{parameter.name} = {what}")
            self.call(", ".join(said), arguments)

    def every_input(self):
        """hf_apply with every kind of input, wrong in one field."""
        for kind, what, body in list(self.values.inputs()):
            size = len(body.content)
            head = h.hf_record_head(kind=kind, version=1, size=size, time=worlds.NOW + 10)
            outcome = Place(bytes(ctypes.sizeof(h.hf_outcome)))
            core = self.live["hf_core"]
            self.call(what, [core, Place(bytes(head)), body, size, outcome])

    def run(self):
        self.call("good", self.good_arguments())
        self.one_at_a_time()
        if self.function.name == "hf_apply":
            self.every_input()
        if self.function.parameters:
            self.at_random()
        self.close(self.world, self.link)
        return {"calls": self.calls, "wrong": self.wrong[:20], "count": len(self.wrong)}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(Caller(sys.argv[1], sys.argv[2]).run()))
