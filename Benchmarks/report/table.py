"""The table that `make bench` prints."""

HEAD = ("engine", "mode", "N", "ticks", "ns/tick", "x tree", "x zone", "triggers", "checksum")
WIDTHS = (23, 5, 8, 8, 10, 9, 9, 9, 8)


def number(value):
    if value is None or value != value:
        return "-"
    if value >= 1e5:
        return f"{value:.3g}".replace("e+0", "e").replace("e+", "e")
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def line(cells, widths=WIDTHS):
    first, *rest = [
        f"{cell:<{width}}" if index == 0 else f"{cell:>{width}}"
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return " ".join([first, *rest]).rstrip()


def row(result):
    workload = result.workload
    return (
        result.engine.name, "quiet" if workload.quiet else workload.mode,
        str(workload.positions), str(workload.ticks), number(result.ns),
        number(result.ratio(result.reference)), number(result.ratio(result.zone)),
        str(result.triggers), "ok" if result.agrees else "DIFFERS")


def note(result):
    """What NautilusTrader takes for a quote that fires nothing, re-opening left out."""
    median = result.runs[0].get("quote_p50_ns")
    where = f"{result.workload.mode}, N = {result.workload.positions}"
    return median and f"{result.engine.name}, {where}: p50 of a quote alone {number(median)} ns"


def show(results):
    for result in results:
        print(line(row(result)))
    for result in results:
        if text := note(result):
            print(text)
    print(flush=True)
