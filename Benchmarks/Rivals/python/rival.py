"""Runs the standard workload of ../WORKLOAD.md on a design in Python; prints one line of JSON.

Each engine is imported only when asked for: one needs numpy, one nautilus_trader, one neither.
"""

import argparse
import json

import workload


def engine(name, settings):
    if name == "objects":
        from objects import Objects
        return Objects(settings)
    if name == "numpy":
        from columns import Columns
        return Columns(settings)
    from emulator import Emulator
    return Emulator(settings)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=["objects", "numpy", "nautilus"], required=True)
    parser.add_argument("--mode", choices=["fix", "T30"], default="fix")
    for option, default in (("positions", 1_000), ("ticks", 3_000), ("symbols", 1), ("seed", 1)):
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--json", action="store_true", help="always so")
    options = vars(parser.parse_args())
    name = options.pop("engine")
    del options["json"]
    settings = workload.Settings(**options)
    print(json.dumps({"engine": name} | workload.run(engine(name, settings), settings)))


if __name__ == "__main__":
    main()
