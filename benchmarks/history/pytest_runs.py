# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""From what pytest-benchmark writes to ratios against references of the same run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from benchmarks.engine.history import Entry, cpu_name

_SCALAR = "scalar"
Benchmark = Mapping[str, Any]


def entry_of_run(run: Mapping[str, Any]) -> Entry:
    """Return what is recorded of a run: its ratios, and where they come from.

    A kernel is compared with its scalar form, a network with a pass off with all passes on; a benchmark that tells its
    share of the CPU's peak has that as its ratio. Others have no reference in their run and are left out.

    Args:
        run: The content of the file of `--benchmark-json`.

    Raises:
        KeyError: It is another file.
    """
    commit, brand = run["commit_info"], run["machine_info"]["cpu"].get("brand_raw", "")
    own = cpu_name()
    return {
        "date": run["datetime"][:10],
        "commit": str(commit.get("id", ""))[:7] + "+" * bool(commit.get("dirty")),
        "cpu": own if brand and own.startswith(brand) else brand,
        "ratios": {key: ratio for benchmark in run["benchmarks"] for key, ratio in _ratios(benchmark, run)},
    }


def _ratios(benchmark: Benchmark, run: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, float]]]:
    params, stats = dict(benchmark["params"] or {}), benchmark["stats"]
    if (share := benchmark["extra_info"].get("share_of_peak")) is not None:
        best = stats["min"]
        values = {"median": stats["median"], "low": stats["q3"], "high": best}
        yield (
            _key(benchmark, params),
            {name: round(share * best / value, 4) for name, value in values.items()},
        )
    elif params.get("isa", _SCALAR) != _SCALAR:
        if reference := _other(benchmark, run, "isa", _SCALAR):
            yield _key(benchmark, params), _quotient(reference["stats"], stats)
    elif params.get("off") is not None and (reference := _other(benchmark, run, "off", None)):
        yield _key(benchmark, params), _quotient(stats, reference["stats"])


def _other(benchmark: Benchmark, run: Mapping[str, Any], name: str, value: object) -> Benchmark | None:
    """Return the same benchmark with another value of one parameter, if it ran."""
    wanted = {**benchmark["params"], name: value}
    test = _test(benchmark)
    return next((b for b in run["benchmarks"] if b["params"] == wanted and _test(b) == test), None)


def _test(benchmark: Benchmark) -> str:
    return str(benchmark["fullname"]).split("[")[0]


def _key(benchmark: Benchmark, params: Mapping[str, Any]) -> str:
    """Return a name as the engine's ratios have them: file, test, what, ISA."""
    file, _, test = _test(benchmark).partition("::")
    what = " ".join(_text(value) for name, value in params.items() if name != "isa")
    parts = [PurePath(file).stem.removeprefix("test_"), test.removeprefix("test_").replace("_", " "), what]
    return ":".join([*parts, *([params["isa"]] if "isa" in params else [])])


def _text(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def _quotient(slow: Mapping[str, float], fast: Mapping[str, float]) -> dict[str, float]:
    """Return how many times as long one took, with the range of the middle halves of the rounds."""
    return {
        "median": round(slow["median"] / fast["median"], 4),
        "low": round(slow["q1"] / fast["q3"], 4),
        "high": round(slow["q3"] / fast["q1"], 4),
    }
