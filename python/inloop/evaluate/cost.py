# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What work takes: seconds of the processor and of the clock, and memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took.

    Attributes:
        cpu_s: CPU seconds of all threads, the system's included.
        wall_s: Elapsed seconds.
        peak_mib: Largest resident memory of a process of its own, None where there was none or it is not known.
    """

    cpu_s: float
    wall_s: float
    peak_mib: float | None = None

    def __add__(self, other: Cost) -> Cost:
        peaks = [peak for peak in (self.peak_mib, other.peak_mib) if peak is not None]
        return Cost(self.cpu_s + other.cpu_s, self.wall_s + other.wall_s, max(peaks, default=None))


@contextmanager
def measured() -> Iterator[Callable[[], Cost]]:
    """Give what returns, once the block is over, what it took of this process."""
    costs: list[Cost] = []
    cpu_s, wall_s = process_time(), perf_counter()
    yield lambda: costs[0]
    costs.append(Cost(process_time() - cpu_s, perf_counter() - wall_s))
