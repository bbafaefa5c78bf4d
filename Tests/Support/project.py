"""The project's files, and just enough understanding of Swift to measure them."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def files(*suffixes, under=""):
    """Every file that belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "--", under or "."],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    paths = (ROOT / name for name in sorted(filter(None, listed)))
    return [p for p in paths if p.is_file() and (not suffixes or p.suffix in suffixes)]


@cache
def read(path):
    return path.read_text(encoding="utf-8")


def is_text(path):
    with path.open("rb") as file:
        return b"\0" not in file.read(8192)


def name(path):
    return str(path.relative_to(ROOT))


STRING = re.compile(r'(#*)("""|")')


class Blanker:
    """Replaces comments and the contents of strings by blanks; every line stays where it is."""

    def __init__(self, source):
        self.source = source
        self.kept = []
        self.at = 0

    def blank(self, end):
        self.kept.append(re.sub(r"[^\n]", " ", self.source[self.at:end]))
        self.at = end

    def keep(self, end):
        self.kept.append(self.source[self.at:end])
        self.at = end

    def run(self):
        self.code(closer=None)
        return "".join(self.kept)

    def code(self, closer):
        depth = 0
        source = self.source
        while self.at < len(source):
            string = STRING.match(source, self.at)
            character = source[self.at]
            if source.startswith("//", self.at):
                end = source.find("\n", self.at)
                self.blank(len(source) if end < 0 else end)
            elif source.startswith("/*", self.at):
                self.block_comment()
            elif string:
                self.string(string[1], string[2])
            elif closer and character == closer and depth == 0:
                self.blank(self.at + 1)
                return
            else:
                depth += (character == "(") - (character == ")")
                self.keep(self.at + 1)

    def block_comment(self):
        depth = 0
        for match in re.compile(r"/\*|\*/").finditer(self.source, self.at):
            depth += 1 if match[0] == "/*" else -1
            if depth == 0:
                return self.blank(match.end())
        return self.blank(len(self.source))

    def string(self, hashes, quotes):
        self.blank(self.at + len(hashes) + len(quotes))
        closer, escape = quotes + hashes, "\\" + hashes
        while self.at < len(self.source):
            if self.source.startswith(closer, self.at):
                return self.blank(self.at + len(closer))
            if self.source.startswith(escape + "(", self.at):
                self.blank(self.at + len(escape) + 1)
                self.code(closer=")")
            elif self.source.startswith(escape, self.at):
                self.blank(self.at + len(escape) + 1)
            else:
                self.blank(self.at + 1)
        return None


@cache
def swift_code(path):
    return Blanker(read(path)).run()


IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor)\s+)?(\w+)",
    re.M,
)


def imports(path):
    return IMPORT.findall(swift_code(path))


FUNCTION = re.compile(
    r"(?<![.\w])(?:func\s+([^\s(<]+)|(init)\b[?!]?(?=\s*[<(])|(deinit|subscript)\b)"
)
NEXT = re.compile(r"\b(?:func|init|deinit|subscript|var|let|case|typealias|associatedtype)\b")


def swift_functions(path):
    """(name, first line, number of lines) of every function with a body."""
    code = swift_code(path)
    for match in FUNCTION.finditer(code):
        begin = body(code, match.end())
        if begin is not None:
            end = closing(code, begin)
            first = code.count("\n", 0, match.start()) + 1
            lines = code.count("\n", match.start(), end) + 1
            yield next(filter(None, match.groups())), first, lines


def body(code, at):
    """Where the brace of a function's body opens; None for a requirement of a protocol."""
    depth = 0
    while at < len(code):
        character = code[at]
        if depth == 0 and character == "{":
            return at
        if depth == 0 and (character == "}" or NEXT.match(code, at)):
            return None
        depth += (character in "([") - (character in ")]")
        at += 1
    return None


def closing(code, at):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, at):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(code)


def python_functions(path):
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def c_functions(path):
    """In C, our functions open at the end of a line that starts at the margin and close at one."""
    first = None
    for number, line in enumerate(read(path).splitlines(), 1):
        if re.match(r"\w.*\)\s*\{$", line):
            first, named = number, line
        elif line.startswith("}") and first:
            yield re.findall(r"(\w+)\(", named)[0], first, number - first + 1
            first = None


def functions(path):
    readers = {".swift": swift_functions, ".py": python_functions}
    return readers.get(path.suffix, c_functions)(path)
