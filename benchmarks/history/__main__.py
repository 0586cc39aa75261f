# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One page of the benchmarks' ratios over commits, with a mark where one fell beyond its spread.

    python -m benchmarks.history                     write history.html
    python -m benchmarks.history -o PAGE.html        write another file
    python -m benchmarks.history --add RUN.json      append a run of pytest-benchmark to the records first
    python -m benchmarks.history --check             exit code 1 where the last of a ratio's points has a mark

Records are the JSON files of benchmarks/history: `python -m benchmarks.compare --record` appends to engine.json, and
--add to the one that is named as the benchmark (`pytest benchmarks/test_engine.py --benchmark-json RUN.json`). A ratio
is against a reference that was measured in the same run, so that machines matter little; different CPUs are still
kept apart.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from benchmarks.engine import history
from benchmarks.history.pytest_runs import entry_of_run
from benchmarks.history.series import TOLERANCE, history_data
from inloop.evaluate.html_page import render_page

FOLDER = Path(__file__).parent


def read_records(folder: Path) -> list[history.Entry]:
    """All entries of a folder of records."""
    return [entry for path in sorted(folder.glob("*.json")) for entry in history.read(path)]


def add_run(run: Path, folder: Path) -> Path | None:
    """Append a run of pytest-benchmark to its record; return which, None where no benchmark of it has a reference."""
    entry = entry_of_run(json.loads(run.read_text("utf-8")))
    if not entry["ratios"]:
        return None
    record = folder / f"{next(iter(entry['ratios'])).split(':')[0]}.json"
    history.append(entry, record)
    return record


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 where --check found a mark or a run says nothing, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.history",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("history.html"))
    parser.add_argument("--records", type=Path, default=FOLDER, help="folder of the records")
    parser.add_argument("--add", type=Path, metavar="RUN.json", help="run of pytest-benchmark to append")
    parser.add_argument("--check", action="store_true", help="exit code 1 where a last ratio fell")
    parser.add_argument("--tolerance", type=float, default=TOLERANCE, help="loss that is no slowdown")
    options = parser.parse_args(arguments)
    if options.add is not None:
        record = add_run(options.add, options.records)
        if record is None:
            print(f"{options.add}: no benchmark has a reference in this run", file=sys.stderr)
            return 1
        print(f"appended to {record}")
    data = history_data(read_records(options.records), options.tolerance)
    page = render_page(files("benchmarks.history"), data["title"], data)
    options.output.write_text(page, "utf-8")
    fallen = [(data["series"][mark["series"]], mark["point"]) for mark in data["fallen"]]
    last = [series for series, number in fallen if number == len(series["points"]) - 1]
    for series in last:
        was, now = series["points"][-2:]
        print(
            f"slower: {series['key']} on {series['cpu']}: {now['median']:.2f} at {now['commit']}, "
            f"was {was['median']:.2f} at {was['commit']}"
        )
    print(f"{len(data['series'])} ratios of {len(data['commits'])} commits are in {options.output}")
    return int(options.check and bool(last))


if __name__ == "__main__":
    sys.exit(main())
