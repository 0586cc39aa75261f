# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Ratios over commits, and where they fell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.engine.history import Entry, fell

TOLERANCE = 0.05
_SHARES_LOST = ("loss", "loss float32")


def history_data(entries: Iterable[Entry], tolerance: float = TOLERANCE) -> dict[str, Any]:
    """Return what the page draws: every ratio of every CPU over the commits, each with a mark where it fell.

    Args:
        entries: Those of all records; they are put in the order of their days.
        tolerance: Loss that is no slowdown.
    """
    ordered = sorted(entries, key=lambda entry: entry["date"])
    series: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in ordered:
        for key, ratio in entry["ratios"].items():
            found = series.setdefault((entry["cpu"], key), _new_series(entry["cpu"], key))
            points = found["points"]
            slow = bool(points) and fell(ratio, points[-1], found["at_most"], tolerance)
            points.append({"commit": _commit(entry), **ratio, "fell": slow})
    found = list(series.values())
    return {
        "title": "Speed over commits",
        "tolerance": tolerance,
        "commits": list(dict.fromkeys(map(_commit, ordered))),
        "cpus": list(dict.fromkeys(entry["cpu"] for entry in ordered)),
        "groups": list(dict.fromkeys(one["group"] for one in found)),
        "series": found,
        "fallen": [
            {"series": index, "point": number}
            for index, one in enumerate(found)
            for number, point in enumerate(one["points"])
            if point["fell"]
        ],
    }


def _new_series(cpu: str, key: str) -> dict[str, Any]:
    parts = key.split(":")
    return {
        "cpu": cpu,
        "key": key,
        "group": ", ".join(parts[:2]),
        "name": ", ".join(parts[2:]),
        "at_most": parts[2] in _SHARES_LOST if len(parts) > 2 else False,
        "points": [],
    }


def _commit(entry: Entry) -> str:
    return f"{entry['date']} {entry['commit']}"
