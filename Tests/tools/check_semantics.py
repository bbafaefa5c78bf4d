#!/usr/bin/env python3
"""Checks that the numbered rules and the stories agree.

    check_semantics.py [REPOSITORY]

Reads docs/semantics.md and bindings/conformance/scenarios/*.jsonl and lists, one a line with file
and line number:

- a sentence that no story shows and that is not marked `(shown by: tests)`;
- a sentence marked so that no test names in its title, and a title that names an unknown one;
- a sentence marked `(shown by: tests)` that a story claims, or one numbered twice or out of order;
- a story that names an unknown sentence, one twice, or none;
- a line that is not a JSON object with `do` or `expect`, names a key twice, or holds a float.

Exits 1 when there is anything to list, else prints one line of figures and exits 0.
"""

import json
import pathlib
import re
import sys

SENTENCE = re.compile(r"\*\*(S(\d+)\.(\d+))\*\* ")
NUMBER = re.compile(r"S\d+\.\d+")
BY_TESTS = "(shown by: tests)"


def read_sentences(path, problems):
    """Sentence number -> (line, shown by tests), of a page of `**Sx.y** text` paragraphs."""
    sentences = {}
    last = (0, 0)
    number = 1
    for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
        found = SENTENCE.match(paragraph.lstrip("\n"))
        if found:
            name = found.group(1)
            key = (int(found.group(2)), int(found.group(3)))
            if name in sentences:
                problems.append(f"{path}:{number}: {name} is numbered twice")
            elif key <= last:
                problems.append(f"{path}:{number}: {name} is out of order")
            last = max(last, key)
            sentences.setdefault(name, (number, " ".join(paragraph.split()).endswith(BY_TESTS)))
        if len(SENTENCE.findall(paragraph)) > (1 if found else 0):
            problems.append(f"{path}:{number}: a sentence does not start its own paragraph")
        number += paragraph.count("\n") + 2
    return sentences


def unique_keys(pairs):
    """A JSON object that may not name a key twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is named twice")
    return result


def no_float(text):
    raise ValueError(f"{text} is a float; prices, volumes and money are strings")


def check_line(text):
    """What is wrong with one line of a story, or None."""
    try:
        value = json.loads(text, object_pairs_hook=unique_keys, parse_float=no_float,
                           parse_constant=no_float)
    except json.JSONDecodeError as error:
        return f"column {error.colno}: {error.msg}"
    except ValueError as error:
        return str(error)
    if not isinstance(value, dict) or len(value.keys() & {"do", "expect"}) != 1:
        return "a line is one object with either \"do\" or \"expect\""
    return None


def read_story(path, sentences, problems):
    """The set of sentences that one story shows."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].startswith("# ") or lines[0].startswith("# shows:"):
        problems.append(f"{path}:1: the first line says in a comment what the story shows")
    if len(lines) < 2 or not lines[1].startswith("# shows: "):
        problems.append(f"{path}:2: the second line is \"# shows: S1.2 ...\"")
        return set()
    shown = set()
    for name in lines[1].removeprefix("# shows: ").split():
        if not NUMBER.fullmatch(name) or name not in sentences:
            problems.append(f"{path}:2: unknown sentence {name}")
        elif name in shown:
            problems.append(f"{path}:2: {name} is named twice")
        elif sentences[name][1]:
            problems.append(f"{path}:2: {name} is marked {BY_TESTS}")
        shown.add(name)
    expectations = 0
    for number, text in enumerate(lines, 1):
        if not text.strip() or text.startswith("#"):
            continue
        fault = check_line(text)
        if fault:
            problems.append(f"{path}:{number}: {fault}")
        elif "expect" in json.loads(text):
            expectations += 1
    if expectations == 0:
        problems.append(f"{path}:1: the story expects nothing")
    return shown


def read_tests(folder):
    """The sentences that tests name in their titles."""
    named = set()
    for path in folder.rglob("*.swift"):
        for title in re.findall(r'@Test\(\s*"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")):
            named |= set(NUMBER.findall(title))
    for path in folder.rglob("test_*.py"):
        told = r'def test_\w+\([^)]*\):\n\s+"""([^"]*)"""'
        for title in re.findall(told, path.read_text(encoding="utf-8")):
            named |= set(NUMBER.findall(title))
    return named


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parents[2])
    page = root / "docs" / "semantics.md"
    folder = root / "bindings" / "conformance" / "scenarios"
    if len(arguments) > 1 or not page.is_file() or not folder.is_dir():
        print("usage: check_semantics.py [REPOSITORY]", file=sys.stderr)
        return 2
    problems = []
    sentences = read_sentences(page, problems)
    stories = sorted(folder.glob("*.jsonl"))
    shown = set()
    for story in stories:
        shown |= read_story(story, sentences, problems)
    tested = read_tests(root / "Tests")
    for name, (number, by_tests) in sentences.items():
        if not by_tests and name not in shown:
            problems.append(f"{page}:{number}: {name} is shown by no story")
        if by_tests and name not in tested:
            problems.append(f"{page}:{number}: {name} is named by no test")
    for name in sorted(tested - set(sentences)):
        problems.append(f"Tests: {name} is no sentence")
    for problem in problems:
        print(problem)
    if problems:
        return 1
    by_tests = sum(1 for _, flag in sentences.values() if flag)
    print(f"{len(sentences)} sentences: {len(sentences) - by_tests} shown by {len(stories)} "
          f"stories, {by_tests} by tests")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
