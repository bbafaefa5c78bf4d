"""The layout of every record, as gcc sees it: bindings/conformance/layout.tsv.

Prints the table; with --write it replaces the file. A row whose field is "." is the record itself.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Support"))

import header  # noqa: E402

FILE = header.ROOT / "bindings" / "conformance" / "layout.tsv"
TITLE = "type\tfield\toffset\tsize\tkind\n"


def kind(field):
    """u8, i64, char[32], u32[7], or the name of a record."""
    name = field.type
    if name.endswith("_t") and name.startswith(("int", "uint")):
        name = name[:-2].replace("uint", "u").replace("int", "i")
    return f"{name}[{field.count}]" if field.count else name


def table(*flags):
    program = ["#include <stdio.h>"] + [f'#include "{name}"' for name in header.HEADERS]
    program += ["int main(void) {"]
    for name in header.HEADERS:
        for record in header.records(name):
            whole = f"{record.name}\\t.\\t0\\t%zu\\trecord\\n"
            program.append(f'printf("{whole}", sizeof({record.name}));')
            for field in record.fields:
                at = f"{record.name}, {field.name}"
                size = f"sizeof((({record.name} *)0)->{field.name})"
                program.append(
                    f'printf("{record.name}\\t{field.name}\\t%zu\\t%zu\\t{kind(field)}\\n",'
                    f" offsetof({at}), {size});"
                )
    program += ["return 0; }", ""]
    return TITLE + header.run_c("\n".join(program), *flags)


def rows(text):
    """(type, field, offset, size, kind) of each line of a table."""
    lines = (line.split("\t") for line in text.splitlines()[1:])
    return [(record, name, int(at), int(size), what) for record, name, at, size, what in lines]


def read():
    """Rows of the committed table."""
    return rows(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    if "--write" in sys.argv:
        FILE.write_text(table(), encoding="utf-8")
    else:
        print(table(), end="")
