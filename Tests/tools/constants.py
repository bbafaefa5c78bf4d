"""Every number of the headers: Tests/Golden/numbers.tsv (name, value).

Prints the table; with --write it adds what is new to the file. A number that the file has is never
changed or dropped by this program: hosts were compiled against it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Support"))

import header  # noqa: E402

FILE = header.ROOT / "Tests" / "Golden" / "numbers.tsv"


def table():
    """Name to value, as gcc sees it, in order of the headers."""
    names = [
        name for file in header.HEADERS for group in header.constant_groups(file) for name in group
    ]
    program = ["#include <stdio.h>"] + [f'#include "{name}"' for name in header.HEADERS]
    program += ["int main(void) {"]
    program += [f'printf("{name}\\t%lld\\n", (long long)({name}));' for name in names]
    program += ["return 0; }", ""]
    rows = (line.split("\t") for line in header.run_c("\n".join(program)).splitlines())
    return {name: int(value) for name, value in rows}


def read():
    if not FILE.exists():
        return {}
    rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    return {name: int(value) for name, value in rows}


def write():
    golden, now = read(), table()
    changed = [name for name, value in golden.items() if now.get(name) != value]
    if changed:
        sys.exit(f"constants: changed or gone, and that is not allowed: {', '.join(changed)}")
    merged = now | golden
    lines = (f"{name}\t{value}\n" for name, value in merged.items())
    FILE.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        for name, value in table().items():
            print(name, value, sep="\t")
