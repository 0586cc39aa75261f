# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Interleaved timing: every round runs every contestant, so that a disturbance meets them all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Run = Callable[[], object]


@dataclass(frozen=True)
class Ratio:
    """Median of the rounds' ratios and their range."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} - {self.high:.2f})"


def ratio(numerators: list[float], denominators: list[float]) -> Ratio:
    """Ratio round by round."""
    ratios = [a / b for a, b in zip(numerators, denominators, strict=True)]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))


def measure(
    runs: Mapping[str, Run], rounds: int, budget_s: float, clock: Callable[[], float] = time.process_time
) -> dict[str, list[float]]:
    """Seconds of every contestant in every round; the fastest of as many runs as fit its share of `budget_s`.

    `clock` is the process's CPU time by default: other programs disturb it less, and an engine's own threads count.
    """
    repeats = {}
    share_s = budget_s / rounds / len(runs)
    for name, run in runs.items():
        run()  # The first run fills caches, and engines decide in it.
        begin = clock()
        run()
        repeats[name] = max(1, min(50, round(share_s / max(clock() - begin, 1e-6))))
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times = []
            for _ in range(repeats[name]):
                begin = clock()
                run()
                times.append(clock() - begin)
            seconds[name].append(min(times))
    return seconds
