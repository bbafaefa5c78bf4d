"""Prints Include/holdfast_layout.h: size and offsets of every record of holdfast.h, asserted.

Written anew when a record changes (`make golden`); the golden layouts of bindings/conformance say
whether it was meant to.
"""

import itertools
import textwrap

import layout
from layout import header

HEAD = """\
/*
 * holdfast_layout.h - the records of holdfast.h are the same on every compiler.
 *
 * Included by it; written by `make golden`.
 */
#define HF_LAYOUT(type, size, fields) \\
    typedef char type##_has_its_layout[(sizeof(type) == (size) && (fields)) ? 1 : -1]
#define HF_AT(type, field, at) offsetof(type, field) == (at)
"""


def asserts(record, rows):
    """Of one record: its own row, then those of its fields; the first of them lies at 0."""
    (_, _, _, size, _), _, *fields = rows
    places = [f"HF_AT({record}, {field}, {at})" for _, field, at, _, _ in fields]
    line = f"HF_LAYOUT({record}, {size}, {' && '.join(places) or '1'});"
    return "\n".join(textwrap.wrap(line, 105, subsequent_indent="    "))


def text():
    """Read past the old asserts, which a changed record breaks."""
    mine = {record.name for record in header.records("holdfast.h")}
    records = itertools.groupby(layout.rows(layout.table("-D__swift__")), lambda row: row[0])
    body = [asserts(name, rows) for name, rows in records if name in mine]
    return HEAD + "\n".join(body) + "\n#undef HF_LAYOUT\n#undef HF_AT\n"


if __name__ == "__main__":
    (header.INCLUDE / "holdfast_layout.h").write_text(text(), encoding="utf-8")
