"""`python -m benchmarks [NAME ...]`: run all benchmarks or the named ones, print tables, write one JSON file.

Every number stands with n and, where there is one, its target. Nothing but 127.0.0.1 is addressed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, cast

from benchmarks.machine import describe
from benchmarks.options import Options
from benchmarks.report import Row, table
from model.files import write_json

NAMES = (
    "drag",
    "pictures",
    "load",
    "nearest",
    "walk",
    "lessons",
    "start",
    "compare",
    "training",
    "step",
    "learning",
    "memory",
    "hostile",
)
RESULTS = Path(__file__).parent / "results"


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    data = os.environ.get("EXPLORER_DATA")
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--seconds", type=float, default=20.0, help="time of each measurement (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="JSON file (default: benchmarks/results/TIMESTAMP.json)")
    parser.add_argument("--model", default="default", help="the model that is measured (default: %(default)s)")
    parser.add_argument(
        "--home",
        type=Path,
        help="EXPLORER_HOME of the servers (default: an empty one, so that only what ships is there)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(data) if data else None,
        help="real images for training and learning (default: EXPLORER_DATA)",
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return options


class Benchmark(Protocol):
    """A module of this package that measures something."""

    TITLE: str

    def measure(self, options: Options) -> list[Row]:
        """The numbers; raises whatever goes wrong."""


def main(arguments: list[str] | None = None) -> int:
    """0 if every benchmark ran to its end, whether or not it reached its targets; else 1."""
    given = parse(arguments)
    with tempfile.TemporaryDirectory() as empty:
        options = Options(given.seconds, given.home or Path(empty), given.model, given.data)
        report = measure(
            options,
            {name: cast(Benchmark, importlib.import_module(f"benchmarks.{name}")) for name in given.names or NAMES},
        )
    out = given.out or RESULTS / f"{report['at'].replace(':', '')}.json"
    write_json(out, report)
    print(f"\n{out}")
    return 1 if report["failed"] else 0


def measure(options: Options, benchmarks: Mapping[str, Benchmark]) -> dict[str, Any]:
    """Run `benchmarks` and print what they say; all of it, fit for JSON."""
    report: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **describe(options),
        "benchmarks": {},
        "failed": [],
    }
    print(_heading(report), flush=True)
    for name, benchmark in benchmarks.items():
        start = time.perf_counter()
        try:
            rows = benchmark.measure(options)
        except Exception:  # one that fails must not cost the numbers of the others
            traceback.print_exc()
            report["failed"].append(name)
            continue
        seconds = round(time.perf_counter() - start, 1)
        report["benchmarks"][name] = {
            "title": benchmark.TITLE,
            "seconds": seconds,
            "rows": [row.to_dict() for row in rows],
        }
        print(f"\n{table(benchmark.TITLE, rows)}", flush=True)
    return report


def _heading(report: dict[str, Any]) -> str:
    hardware, model = report["hardware"], report["model"]
    cores, memory = hardware["cores"], hardware["memory_gb"]
    machine = f"{hardware['processor']}, {cores} cores, {memory} GB, load {hardware['load_before'][0]}"
    numbers = f"{model['decoder_parameters']:,} numbers in the decoder, {model['samples']:,} samples"
    return f"{machine}\nmodel {model['name']!r}: d = {model['latent_dim']}, {numbers}"


if __name__ == "__main__":
    sys.exit(main())
