"""Reads of many records, as a host makes them."""

import ctypes

import holdfast as h


def history(core, cursor=0, room=3):
    """Every closed position after a number, in pages; (records, cursor)."""
    at, count = ctypes.c_uint64(cursor), ctypes.c_uint32(1)
    out = (h.hf_position * room)()
    found = []
    while count.value:
        core.call("history_read", at, out, room, count, None)
        found += [h.hf_position.from_buffer_copy(one) for one in out[:count.value]]
    return found, at.value


def groups(core, name, record, by, now, room, **fields):
    """The records of a read by groups, and how many it says that there are."""
    out, count = (record * max(room, 1))(), ctypes.c_uint32()
    core.call(name, h.hf_filter(**fields), by, now, out if room else None, room, count)
    found = [record.from_buffer_copy(one) for one in out[:min(room, count.value)]]
    return found, count.value


def performance(core, by=0, now=1_000, room=16, **fields):
    return groups(core, "performance_get", h.hf_performance, by, now, room, **fields)


def summary(core, by=0, now=1_000, room=16, **fields):
    return groups(core, "positions_summary", h.hf_summary, by, now, room, **fields)


def page(core, cursor, room, now=1_000, **fields):
    """One page of a list."""
    out, count = (h.hf_position * room)(), ctypes.c_uint32()
    core.call("positions_list", h.hf_filter(**fields), now, cursor, out, room, count)
    return [h.hf_position.from_buffer_copy(one) for one in out[:count.value]]


def listed(core, room=3, now=1_000, **fields):
    """The ids of a whole list, in pages."""
    cursor, ids = h.hf_cursor(), []
    while found := page(core, cursor, room, now, **fields):
        ids += [one.id for one in found]
    return ids


def shut(core, position, now, net=0, price=100_000, **fields):
    """The broker closes a position and says what it came to."""
    one = core.position(position)
    core.deal(now, account=one.account, position=position, volume=one.volume, price=price,
              profit=net, reason=h.HF_DEAL_SO,
              **{"present": h.HF_HAS_PROFIT, **fields})
