"""Reads the C headers as text: functions with their tags, records with their fields, constants.

Only the C that our headers are written in is understood; what is not understood is an error, so
that nothing slips past a test.
"""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INCLUDE = ROOT / "Include"
HEADERS = ["holdfast.h", "holdfast_link.h"]
TAGS = ["Thread", "Owns", "Blocks", "Fails"]


@dataclass(frozen=True)
class Parameter:
    type: str  # as written, single spaces: "const hf_tick *"
    name: str

    @property
    def pointers(self):
        return self.type.count("*")

    @property
    def constant(self):
        return self.type.startswith("const ")

    @property
    def handle(self):
        return self.base in ("hf_core", "hf_link")

    @property
    def base(self):
        return self.type.replace("const ", "").replace("*", "").strip()


@dataclass(frozen=True)
class Function:
    header: str
    result: str
    name: str
    parameters: tuple
    comment: str  # the one right before it, on one line

    def may_be_null(self, name):
        return re.search(rf"\b{name}\b[^.;:]{{0,14}}may be NULL", self.comment) is not None


@dataclass(frozen=True)
class Field:
    type: str
    name: str
    count: int  # 0: no array


@dataclass(frozen=True)
class Record:
    header: str
    name: str
    fields: tuple


def text(header):
    return (INCLUDE / header).read_text(encoding="utf-8")


def flat(comment):
    """A comment as one line of words."""
    lines = (re.sub(r"^\s*(/\*+|\*/|\*(?!/))?", "", line) for line in comment.splitlines())
    return re.sub(r"\s+", " ", " ".join(lines)).replace("*/", "").strip()


def without_comments(source):
    return re.sub(r"/\*.*?\*/", " ", source, flags=re.S)


FUNCTION = re.compile(
    r"^(?P<result>(?:const\s+)?\w+\s*\**)\s*(?:HF_CALL|HF_LINK_CALL)\s+(?P<name>\w+)\s*"
    r"\((?P<parameters>[^)]*)\)\s*;",
    re.M,
)


def parse_parameter(source):
    match = re.fullmatch(r"(.*?)(\w+)", re.sub(r"\s+", " ", source.strip()))
    return Parameter(re.sub(r"\s*\*\s*", "*", match[1]).replace("*", " *", 1).strip(), match[2])


def functions(header):
    """The functions declared in a header, in order."""
    source = text(header)
    found = []
    for match in FUNCTION.finditer(source):
        before = source[: match.start()].rstrip()
        comment = flat(before[before.rindex("/*"):]) if before.endswith("*/") else ""
        inside = match["parameters"].strip()
        parameters = [] if inside == "void" else [parse_parameter(p) for p in inside.split(",")]
        result = re.sub(r"\s+", " ", match["result"].strip())
        found.append(Function(header, result, match["name"], tuple(parameters), comment))
    declared = re.findall(r"\b(hf_\w+)\s*\([^;{}()]*\)\s*;", without_comments(source))
    missed = {name for name in declared if not name.endswith("_has_its_layout")}
    missed -= {function.name for function in found}
    if missed:
        raise ValueError(f"{header}: not understood: {', '.join(sorted(missed))}")
    return found


def records(header):
    """The structs with fields that a header defines, in order."""
    source = without_comments(text(header))
    found = []
    for match in re.finditer(r"typedef struct (\w+) \{(.*?)\} (\w+);", source, re.S):
        fields = []
        for declaration in filter(None, (d.strip() for d in match[2].split(";"))):
            parts = re.fullmatch(r"(\w+)\s+(\w+)(?:\[(\d+)\])?", declaration)
            if parts is None:
                raise ValueError(f"{header}: {match[1]}: not understood: {declaration}")
            fields.append(Field(parts[1], parts[2], int(parts[3] or 0)))
        found.append(Record(header, match[3], tuple(fields)))
    return found


def constant_groups(header):
    """Names of constants by group: an enum, or macros of neighbouring lines, is a group."""
    source = text(header)
    groups = []
    for match in re.finditer(r"^enum(?: \w+)?\s*\{(.*?)\}", without_comments(source), re.S | re.M):
        groups.append(re.findall(r"\b(HF_\w+)\s*=", match[1]))
    last = None
    for number, line in enumerate(source.splitlines()):
        match = re.match(r"#define (HF_\w+)\s+\S", line)
        if not match or match[1] in ("HF_CALL", "HF_AT", "HF_LAYOUT", "HF_LINK_CALL"):
            continue
        if last != number - 1:
            groups.append([])
        groups[-1].append(match[1])
        last = number
    return [group for group in groups if group]


def record_kinds():
    """(number, type of the body) of every kind of input that has one."""
    enum = re.search(r"enum \{ /\* hf_record_head.kind.*?\};", text("holdfast.h"), re.S)[0]
    for number, record in re.findall(r"HF_RECORD_\w+ = (\d+),\s*/\* (hf_\w+)", enum):
        if int(number) < 100:
            yield int(number), record


def run_c(source, *flags):
    """Compiles a C program against Include/ and returns what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.c"
        file.write_text(source, encoding="utf-8")
        binary = Path(folder) / "program"
        subprocess.run(
            ["gcc", "-std=c99", f"-I{INCLUDE}", *flags, str(file), "-o", str(binary)], check=True
        )
        return subprocess.run([str(binary)], check=True, capture_output=True, text=True).stdout
