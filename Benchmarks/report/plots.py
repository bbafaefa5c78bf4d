"""ns per tick over N, log-log, one picture a mode, as PNG and SVG, from the table of
docs/benchmarks.md: the same table gives the same SVG to the byte. `plots.py` draws them again."""

import itertools
import math
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams.update({
    "svg.hashsalt": "holdfast", "svg.fonttype": "none", "font.family": "DejaVu Sans",
    "font.size": 10, "axes.edgecolor": "#9aa3ad", "axes.labelcolor": "#3b444d",
    "xtick.color": "#5b6570", "ytick.color": "#5b6570",
})

from matplotlib import pyplot  # noqa: E402  after the backend is chosen

INK, GRID = "#1f2933", "#e4e8ec"
TITLES = {
    "fix": "SL and TP on every position",
    "T30": "SL and TP, 30 % of the positions trailing",
}
# Colour, width, dash. Ours stand out; the C++ designs share a family, and so do the languages.
STYLES = {
    "book v3": ("#c2410c", 2.6, "-"), "core": ("#ea8a4b", 2.6, "-"),
    "C++ tree": ("#1d4ed8", 1.8, "-"), "C++ zone map": ("#4f86e8", 1.4, "-"),
    "C++ price ladder": ("#0e7490", 1.4, "-"), "C++ bounds": ("#22a6b8", 1.4, "--"),
    "C++ columns, i32": ("#6d5bd0", 1.4, "--"), "C++ std::set": ("#9b8afb", 1.4, ":"),
    "C++ array of structs": ("#64748b", 1.4, ":"), "Go slice + lock": ("#0f9d8a", 1.4, "-."),
    "numpy columns": ("#7c9a2d", 1.4, "-."), "Python objects": ("#a8842c", 1.4, "-."),
    "NautilusTrader": ("#b03a78", 1.6, "-."),
}
OURS = {"book v3": "Holdfast book", "core": "Holdfast core"}
LABEL_GAP = 0.2  # least distance of two labels, in powers of ten


def spread(heights):
    """Heights, apart by the gap and near where they were, in their order."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for _ in range(200):
        for below, above in itertools.pairwise(order):
            short = LABEL_GAP - (placed[above] - placed[below])
            if short > 0:
                placed[above] += short / 2
                placed[below] -= short / 2
    return placed


def label(axes, ends):
    """Names at the ends of the lines, each column of ends by itself."""
    for x in sorted({end[0] for end in ends}):
        here = [end for end in ends if end[0] == x]
        heights = spread([math.log10(y) for _, y, _, _ in here])
        for (_, y, name, colour), height in zip(here, heights, strict=True):
            axes.annotate(
                OURS.get(name, name), xy=(x, y), xytext=(x * 1.22, 10**height), color=colour,
                fontsize=9.5, fontweight="bold" if name in OURS else "normal", va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
                arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6, "alpha": 0.55,
                            "shrinkA": 0, "shrinkB": 3, "relpos": (0, 0.5)})


def rows_of(page):
    """(engine, mode, N, ns per tick) of the first table of the page."""
    for text in page.read_text().splitlines():
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if len(cells) == 9 and cells[2].isdigit():
            yield cells[0], cells[1], int(cells[2]), float(cells[4])


def draw(rows, mode):
    figure, axes = pyplot.subplots(figsize=(9.6, 6.6), layout="constrained")
    ends = []
    for name, (colour, width, dash) in STYLES.items():
        points = sorted(
            (n, ns) for engine, played, n, ns in rows if (engine, played) == (name, mode))
        if not points:
            continue
        xs, ys = zip(*points, strict=True)
        front = 3 if name in OURS else 2
        axes.plot(xs, ys, color=colour, lw=width, ls=dash, marker="o", ms=width + 2.4,
                  mec="white", mew=0.8, zorder=front)
        ends.append((xs[-1], ys[-1], name, colour))
    axes.set_xscale("log")
    axes.set_yscale("log")
    label(axes, ends)
    axes.set_xlim(700, 9e6)
    axes.set_xticks([1e3, 1e4, 1e5, 1e6], ["1k", "10k", "100k", "1M"])
    powers = range(0, 9)
    names = [f"{10 ** (p % 3)} {('ns', 'µs', 'ms')[p // 3]}" for p in powers]
    low, high = axes.get_ylim()
    axes.set_yticks([10.0**p for p in powers], names)
    axes.set_ylim(low, high)
    axes.minorticks_off()
    axes.grid(color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xlabel("open positions (N)")
    axes.set_title(f"Processor time per tick: {TITLES[mode]}", loc="left", color=INK, fontsize=13,
                   fontweight="bold", pad=14)
    return figure


def write(docs):
    folder = docs / "plots"
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(rows_of(docs / "benchmarks.md"))
    for mode in TITLES:
        figure = draw(rows, mode)
        path = folder / f"ns-per-tick-{mode}"
        figure.savefig(path.with_suffix(".png"), dpi=120, metadata={"Software": None})
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None, "Creator": None})
        svg = path.with_suffix(".svg")
        tidy = "\n".join(text.rstrip() for text in svg.read_text().splitlines())
        svg.write_text(tidy + "\n")
        pyplot.close(figure)


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[2] / "docs")
