# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Recorded ratios: what they were, on which CPU, and whether they have fallen since."""

from __future__ import annotations

import json
import platform
import re
import subprocess
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
    """Say of every ratio that is worse than in the last entry of the same CPU that holds it, beyond `tolerance`.

    A ratio whose range still reaches the recorded median is left alone: the run was disturbed, not slow.
    """
    worse = []
    for row in rows:
        key = f"{row.key}:{row.isa}"
        known = [e["ratios"][key]["median"] for e in entries if e["cpu"] == cpu and key in e["ratios"]]
        if not known:
            continue
        last = known[-1]
        if row.at_most:
            slow = row.value.median > last + tolerance and row.value.low > last
        else:
            slow = row.value.median < last * (1 - tolerance) and row.value.high < last
        if slow:
            worse.append(f"{row.label} at {row.isa}: {row.value}, was {last:.2f}")
    return worse
