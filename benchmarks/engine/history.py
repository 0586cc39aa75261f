# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Recorded ratios: what they were, on which CPU, and whether they have fallen since."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.engine.networks import ROOT
from benchmarks.engine.table import Row

HISTORY = ROOT / "benchmarks" / "history" / "engine.json"
Entry = dict[str, Any]
# Rows in milliseconds or bytes belong to a machine or are no speed, so that no past is kept of them.
_NO_RATIO = ("resources:",)


def cpu_name() -> str:
    """Family and model of the CPU, its name alone being the same for generations."""
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    fields = [
        re.search(rf"^{name}\s*: (.+)$", text, re.MULTILINE) for name in ("model name", "cpu family", "model")
    ]
    if not all(fields):
        return platform.processor() or platform.machine()
    name, family, model = (field[1].strip() for field in fields if field)
    return f"{name}, family {family} model {model}"


def entry_of(rows: list[Row]) -> Entry:
    """What is recorded of a table: machine-independent ratios and where they come from."""
    run = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    ratios = {
        f"{row.key}:{row.isa}": {
            "median": round(row.value.median, 4),
            "low": round(row.value.low, 4),
            "high": round(row.value.high, 4),
        }
        for row in rows
        if not row.key.startswith(_NO_RATIO)
    }
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": run.stdout.strip(),
        "cpu": cpu_name(),
        "ratios": ratios,
    }


def read(path: Path = HISTORY) -> list[Entry]:
    """All entries, oldest first."""
    return list(json.loads(path.read_text())) if path.exists() else []


def append(entry: Entry, path: Path = HISTORY) -> None:
    """Add an entry at the end."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([*read(path), entry], indent=1) + "\n")


def slowdowns(rows: list[Row], entries: list[Entry], cpu: str, tolerance: float) -> list[str]:
    """Say of every ratio that is worse than in the last entry of the same CPU that holds it, as `fell` judges."""
    worse = []
    for row in rows:
        key = f"{row.key}:{row.isa}"
        known = [e["ratios"][key] for e in entries if e["cpu"] == cpu and key in e["ratios"]]
        if known and fell(vars(row.value), known[-1], row.at_most, tolerance):
            worse.append(f"{row.label} at {row.isa}: {row.value}, was {known[-1]['median']:.2f}")
    return worse


def fell(now: Mapping[str, float], before: Mapping[str, float], at_most: bool, tolerance: float) -> bool:
    """Whether a ratio (`median`, `low`, `high`) is worse than before, beyond `tolerance`.

    One whose range still reaches the median of before is left alone: the run was disturbed, not slow.

    Args:
        now: The ratio.
        before: What it was.
        at_most: Whether less is better, as of losses, which are shares: their tolerance is one, too.
        tolerance: Loss that is no slowdown.
    """
    last = before["median"]
    if at_most:
        return now["median"] > last + tolerance and now["low"] > last
    return now["median"] < last * (1 - tolerance) and now["high"] < last
