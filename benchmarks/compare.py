# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The engine against onnxruntime and OpenVINO, against its targets, and against its own past.

    python -m benchmarks.compare                             every measurement, then the table
    python -m benchmarks.compare --only block --network lop --isa avx2
    python -m benchmarks.compare --results run.json ...      in several sittings: results gather in a file
    python -m benchmarks.compare --results run.json --print  the table of that file, nothing measured
    python -m benchmarks.compare --record                    append the ratios to benchmarks/history/engine.json
    python -m benchmarks.compare --check                     exit code 1 where a ratio fell against that history

One thread; times are the process's CPU times; contestants take turns, round by round, and every ratio is the median of
the rounds' with their range; the peak is measured in the same process. The ISA of OpenVINO is held by
ONEDNN_MAX_CPU_ISA, and the kernels that it chose are printed, so that one sees whether it holds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.engine import history
from benchmarks.engine.isas import ISAS
from benchmarks.engine.measurements import MEASUREMENTS, Task
from benchmarks.engine.networks import NETWORKS
from benchmarks.engine.table import HEADER, rows_of

KINDS = list(MEASUREMENTS)
ADDRESSING_ISAS = [isa for isa in ("scalar", "avx2") if isa in ISAS]
# Measurements that say nothing about a network: (kind, network).
SKIPPED = {("picture", "enhance"), ("threads", "enhance"), ("addressing", "enhance")}


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    isas = [name for name in ISAS if name != "scalar"]
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS, help="measurements to make")
    parser.add_argument("--network", nargs="+", choices=list(NETWORKS), default=list(NETWORKS))
    parser.add_argument("--isa", nargs="+", choices=isas, default=isas)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each measurement (default 7)")
    parser.add_argument(
        "--budget", type=float, default=8.0, help="seconds for each measurement's rounds (default 8)"
    )
    parser.add_argument("--results", type=Path, help="JSON file that gathers raw results over several calls")
    parser.add_argument("--print", action="store_true", help="measure nothing, print what --results holds")
    parser.add_argument("--record", action="store_true", help="append the ratios to the history")
    parser.add_argument(
        "--check", action="store_true", help="compare with the history; exit code 1 for a slowdown"
    )
    parser.add_argument(
        "--tolerance", type=float, default=0.05, help="loss that is no slowdown (default 0.05)"
    )
    options = parser.parse_args(arguments)
    if options.print and options.results is None:
        parser.error("--print needs --results")
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    return options


def tasks(options: argparse.Namespace) -> list[Task]:
    """Measurements that the command line asks for."""
    return [
        Task(kind, network, isa, options.rounds, options.budget)
        for kind in options.only
        for network in options.network
        for isa in (ADDRESSING_ISAS if kind == "addressing" else options.isa)
        if (kind, network) not in SKIPPED
    ]


def gathered(options: argparse.Namespace) -> dict[str, Any]:
    """Measure, keeping what the results file holds of other measurements."""
    path: Path | None = options.results
    results: dict[str, Any] = json.loads(path.read_text()) if path and path.exists() else {}
    for task in [] if options.print else tasks(options):
        print(f"measuring {task.key}", file=sys.stderr, flush=True)
        try:
            results[task.key] = task.run_apart()
        except subprocess.CalledProcessError:
            print(f"{task.key} failed and is left out", file=sys.stderr)
        if path:
            path.write_text(json.dumps(results))
    return results


def notes(results: dict[str, Any]) -> list[str]:
    """What a reader of the table must know besides: absent peers, kernels that OpenVINO chose."""
    lines = []
    for name in sorted({name for result in results.values() for name in result.get("missing", [])}):
        lines.append(f"{name} is not installed: its rows are left out (pip install 'inloop[bench]')")
    for key, result in results.items():
        if key.startswith("block:"):
            for name, kinds in result.get("primitives", {}).items():
                lines.append(f"{key.split(':', 1)[1]}, {name} convolves with {', '.join(kinds)}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 where --check found a slowdown or nothing was measured, else 0."""
    options = parsed(arguments)
    results = gathered(options)
    rows = rows_of(results)
    cells = [HEADER, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"{history.cpu_name()}, one thread, rounds interleaved, CPU time")
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(*notes(results), sep="\n")
    worse = (
        history.slowdowns(rows, history.read(), history.cpu_name(), options.tolerance)
        if options.check
        else []
    )
    print(*(f"slower: {line}" for line in worse), sep="\n", end="\n" if worse else "")
    if options.record and rows:
        history.append(history.entry_of(rows))
    return int(bool(worse) or not rows)


if __name__ == "__main__":
    sys.exit(main())
