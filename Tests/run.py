"""Runs every suite, shows what failed, and ends with one line: N passed, N failed.

Exit status 1 on any failure, on a suite that crashed, hung or had no test, and with CI=true on any
skipped test. The whole log of each suite stands in build/test-logs/.
"""

import argparse
import os
import re
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "test-logs"
HEARTBEAT_S = 15
TAIL_LINES = 60
ISSUE_LINES = 30
WIDTH = 400


def figures():
    """Suites that print figures and test nothing: left out unless they are asked for."""
    return [] if os.environ.get("HOLDFAST_STRESS") else ["--skip", "RingSpeedTests"]


@dataclass
class Suite:
    name: str
    steps: list  # commands; the last one runs the tests
    reports: list  # the JUnit files that it writes
    finished: re.Pattern  # matches a log line that says that one test ended
    limit_s: int
    issues: re.Pattern = None  # matches a log line that tells where a test failed


@dataclass
class Outcome:
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)  # (name, text)
    skipped: list = field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def suites(jobs):
    report = LOGS / "swift.xml"
    configuration = os.environ.get("HOLDFAST_TEST_CONFIGURATION", "debug")
    swift = ["-c", configuration, "-j", str(jobs)]
    if configuration == "release":
        # Not the build folder of what is shipped: its modules are not built for testing.
        swift += ["-Xswiftc", "-enable-testing", "--scratch-path", ".build-tests"]
    yield Suite(
        name="swift",
        steps=[
            ["swift", "build", "--build-tests", *swift],
            ["swift", "test", "--skip-build", "--disable-xctest", *figures(), *swift]
            + ["--xunit-output", str(report)],
        ],
        # Swift Testing writes beside the name that it was given.
        reports=[report.with_name("swift-swift-testing.xml"), report],
        finished=re.compile(r"^. (Test .* (passed|failed) after|Test .* skipped)"),
        issues=re.compile(r" recorded an issue|^↳ "),
        limit_s=30 * 60,
    )
    for name, folder in (("tidy", "TidyTests"), ("abi", "ABITests")):
        report = LOGS / f"{name}.xml"
        yield Suite(
            name=name,
            steps=[
                [sys.executable, "-uB", "-m", "pytest", "-v", "-c", "Tests/pytest.ini"]
                + ["--rootdir", str(ROOT), f"--junitxml={report}", f"Tests/{folder}"]
            ],
            reports=[report],
            finished=re.compile(r" (PASSED|FAILED|SKIPPED|ERROR)\b"),
            limit_s=10 * 60,
        )


class Run:
    """One suite under way: its processes, its log, its heartbeat."""

    def __init__(self, suite):
        self.suite = suite
        self.log = LOGS / f"{suite.name}.log"
        self.begin = time.monotonic()
        self.finished = 0
        self.last = ""
        self.timed_out = False

    def say(self, text):
        seconds = time.monotonic() - self.begin
        print(f"[{self.suite.name} {seconds:4.0f} s] {text}", flush=True)

    def run(self):
        """The exit status of the first step that failed, else 0."""
        with self.log.open("w", encoding="utf-8") as log:
            for step in self.suite.steps:
                self.say(" ".join(step[:3] if step[0] == "swift" else step[2:4]))
                status = self.step(step, log)
                if status:
                    return status
        return 0

    def step(self, command, log):
        log.write("$ " + " ".join(command) + "\n")
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
            start_new_session=True,
        )
        left = self.suite.limit_s - (time.monotonic() - self.begin)
        watchdog = threading.Timer(max(left, 1), self.stop, [process])
        watchdog.start()
        ended = threading.Event()
        threading.Thread(target=self.beat, args=[ended], daemon=True).start()
        try:
            for line in process.stdout:
                log.write(line)
                self.finished += bool(self.suite.finished.search(line))
                self.last = line.strip()
            return process.wait()
        finally:
            watchdog.cancel()
            ended.set()

    def stop(self, process):
        self.timed_out = True
        os.killpg(process.pid, 9)

    def beat(self, ended):
        while not ended.wait(HEARTBEAT_S):
            self.say(f"{self.finished} tests ended; {self.last[:60]}")


def read_report(path):
    outcome = Outcome()
    if not path.exists():
        return outcome
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
        bad = case.findall("failure") + case.findall("error")
        if bad:
            text = "\n".join((b.text or b.get("message") or "").strip() for b in bad)
            outcome.failed.append((name, text))
        elif case.find("skipped") is not None:
            outcome.skipped.append(name)
        else:
            outcome.passed.append(name)
    return outcome


def tail(path, lines=TAIL_LINES):
    return "\n".join(path.read_text(encoding="utf-8").splitlines()[-lines:])


def clip(text):
    """A failure that a person can read; the log has all of it."""
    lines = [line if len(line) <= WIDTH else line[:WIDTH] + " ..." for line in text.splitlines()]
    if len(lines) > TAIL_LINES:
        lines = lines[:TAIL_LINES] + [f"... {len(lines) - TAIL_LINES} more lines"]
    return "\n".join(lines)


def issues(suite, log):
    """Where tests failed, when the report does not say it."""
    if suite.issues is None:
        return ""
    lines = log.read_text(encoding="utf-8").splitlines()
    return "\n".join([line for line in lines if suite.issues.search(line)][:ISSUE_LINES])


def run_suite(suite):
    run = Run(suite)
    for report in suite.reports:
        report.unlink(missing_ok=True)
    status = run.run()
    outcome = Outcome()
    broken = ""
    try:
        for report in suite.reports:
            outcome.add(read_report(report))
    except ElementTree.ParseError as error:
        broken = f"its report cannot be read: {error}"
    if run.timed_out:
        broken = f"it was stopped after {suite.limit_s} s"
    elif status and not outcome.failed:
        broken = f"exit status {status} without a failed test"
    elif not (outcome.passed or outcome.failed or outcome.skipped):
        broken = "no test was run"
    if broken:
        outcome.failed.append((f"{suite.name}: {broken}", tail(run.log)))
    run.say(
        f"{len(outcome.passed)} passed, {len(outcome.failed)} failed,"
        f" {len(outcome.skipped)} skipped; log: {run.log.relative_to(ROOT)}"
    )
    where = issues(suite, run.log) if outcome.failed else ""
    for name, text in outcome.failed:
        print(f"\nFAILED {name}\n{clip(text)}")
    if where:
        print(f"\n{clip(where)}\n")
    return outcome


def environment():
    data = os.environ.get("HOLDFAST_DATA", "../shared/data")
    os.environ["HOLDFAST_DATA"] = str((ROOT / data).resolve())
    os.environ["SWIFT_BACKTRACE"] = "enable=no"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def close(total, strict):
    """Says what the run was worth; the last line stands alone. Returns the exit status."""
    refused = strict and bool(total.skipped)
    print()
    if refused:
        print("With CI=true a skipped test fails the run: give it the data that it needs.")
    if total.skipped:
        print("skipped: " + "; ".join(sorted(total.skipped)))
    print(f"{len(total.passed)} passed, {len(total.failed)} failed", flush=True)
    return 1 if total.failed or refused or not total.passed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("suite", nargs="*", help="swift, tidy, abi; all by default")
    arguments = parser.parse_args()
    environment()
    LOGS.mkdir(parents=True, exist_ok=True)
    chosen = list(suites(arguments.jobs))
    unknown = set(arguments.suite) - {suite.name for suite in chosen}
    if unknown:
        parser.error(f"no suite {', '.join(sorted(unknown))}; there are swift, tidy and abi")
    total = Outcome()
    for suite in chosen:
        if not arguments.suite or suite.name in arguments.suite:
            total.add(run_suite(suite))
    return close(total, strict=os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main())
