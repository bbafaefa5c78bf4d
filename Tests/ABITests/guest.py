"""Looks at its own process before and after the library is in it; prints what it saw as JSON.

A process of its own for each look, so that nothing else moves the figures.
"""

import ctypes
import gc
import json
import os
import re
import sys

import holdfast as h

LOT = 100_000_000
BATCH = 1000


def process():
    """Threads, open files, signal handlers and resident kB of this process."""
    status = open("/proc/self/status").read()
    fields = dict(re.findall(r"^(\w+):\s*(.*)$", status, re.M))
    return {
        "threads": int(fields["Threads"]),
        "fds": len(os.listdir("/proc/self/fd")),
        "caught": fields["SigCgt"],
        "ignored": fields["SigIgn"],
        "blocked": fields["SigBlk"],
        "altstack": alternate_stack(),
        "rss": int(fields["VmRSS"].split()[0]),
    }


def alternate_stack():
    """Where signals are handled, if somewhere of their own."""
    stack = (ctypes.c_uint64 * 3)()
    ctypes.CDLL(None).sigaltstack(None, stack)
    return list(stack)


def life():
    """Before loading, after loading, with a core in use, after closing."""
    seen = [process()]
    library = h.load()
    seen.append(process())
    core = h.Core(library)
    symbol = core.symbol("EURUSD")
    core.account(1)
    core.tick(symbol, 1, 110000, 110010)
    core.open(1, symbol, h.HF_LONG, LOT, 110000, 1, sl=109000)
    core.tick(symbol, 2, 108000, 108010)
    core.ack(core.take(1, 2)[0].id, 3)
    seen.append(process())
    core.close()
    seen.append(process())
    return seen


def create_and_destroy(count):
    library = h.load()

    def rounds(number):
        for _ in range(number):
            core = h.Core(library)
            core.symbol("EURUSD")
            core.close()
        gc.collect()
        return process()

    rounds(200)
    return [process(), rounds(count)]


def ticks(count):
    """A core whose positions trail and close and open again all the while."""
    core = h.Core(
        h.load(), positions=256, history=128, events=512, deals=128, finished=128)
    symbol = core.symbol("EURUSD")
    core.account(1)
    core.tick(symbol, 0, 110000, 110010)
    state = {"time": 0, "rule": 0}

    def rounds(number):
        for _ in range(number // BATCH):
            position = core.open(1, symbol, h.HF_LONG, LOT, 110000, state["time"], sl=109000)
            state["rule"] = state["rule"] % 100 + 1
            core.trail(state["rule"], position, 50, state["time"])
            start = state["time"] = state["time"] + BATCH
            batch = (h.hf_tick * BATCH)(*[
                h.hf_tick(symbol=symbol, time=start + n, bid=110000 + n % 60, ask=110010 + n % 60)
                for n in range(BATCH)
            ])
            report = core.ticks(batch)
            assert report.accepted == BATCH, report
            state["time"] += BATCH
            for command in core.take(1, state["time"]):
                core.ack(command.id, state["time"])
        gc.collect()
        return process()

    rounds(count // 4)
    seen = [process(), rounds(count)]
    counters = core.counters()
    seen.append({"ticks": counters.ticks, "closed": counters.positions_closed})
    core.close()
    return seen


LOOKS = {"life": life, "create": create_and_destroy, "ticks": ticks}

if __name__ == "__main__":
    print(json.dumps(LOOKS[sys.argv[1]](*map(int, sys.argv[2:]))))
