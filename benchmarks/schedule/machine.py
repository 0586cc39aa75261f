# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Cores that threads share, and a clock: threads are generators that yield `Work` and `Until`."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias


@dataclass(frozen=True)
class Work:
    """What takes a thread so many seconds of a core of its own."""

    seconds: float


@dataclass(frozen=True)
class Until:
    """Has a thread stand still until a place is reached, or for so many seconds; it is told which of the two.

    Attributes:
        progress: What is waited for.
        place: How far it has to be.
        patience_s: None: without an end.
    """

    progress: Progress
    place: int
    patience_s: float | None = None


Thread: TypeAlias = Generator[Work | Until, bool | None, None]


@dataclass(eq=False)
class Progress:
    """How far something has come, and the threads that wait for more of it."""

    place: int = 0
    waiting: list[tuple[int, Callable[[], None]]] = field(default_factory=list)

    def publish(self, place: int) -> None:
        """Be at `place` or further, and let those go on who wait for it."""
        self.place = max(self.place, place)
        ready = [go_on for wanted, go_on in self.waiting if wanted <= self.place]
        self.waiting = [entry for entry in self.waiting if entry[0] > self.place]
        for go_on in ready:
            go_on()


class Machine:
    """Runs threads on cores, which those that have work share equally.

    Args:
        cores: How many there are.
        efficiency: Speed of a core while all of them are in use, against one that is in use alone; in between, it
            falls in proportion.
    """

    def __init__(self, cores: int, efficiency: float = 1.0) -> None:
        self.cores, self.efficiency = cores, efficiency
        self.now_s = 0.0
        self.busy_s = 0.0  # of all cores together
        self._done_s = 0.0  # work that a thread would have done which had work all the time
        self._order = count()
        self._works: list[tuple[float, int, Thread]] = []  # by `_done_s` at their ends
        self._timers: list[tuple[float, int, Callable[[], None]]] = []

    def start(self, thread: Thread) -> None:
        """Start a thread."""
        self._step(thread, None)

    def run(self) -> None:
        """Run until no thread has work."""
        while self._works or self._timers:
            rate = self._rate()
            end_s = self.now_s + (self._works[0][0] - self._done_s) / rate if self._works else float("inf")
            if self._timers and self._timers[0][0] <= end_s:
                moment, _, ring = heapq.heappop(self._timers)
                self._advance(moment, rate)
                ring()
            else:
                end, _, thread = self._works[0]
                self._advance(end_s, rate)
                self._done_s = end
                heapq.heappop(self._works)
                self._step(thread, False)

    def _rate(self) -> float:
        """Return the seconds of work that each thread does in a second."""
        threads = len(self._works)
        in_use = min(threads, self.cores)
        if in_use == 0:
            return 1.0
        slower = (1 - self.efficiency) * (in_use - 1) / max(self.cores - 1, 1)
        return (1 - slower) * in_use / threads

    def _advance(self, moment_s: float, rate: float) -> None:
        passed_s = max(moment_s - self.now_s, 0.0)
        self.busy_s += passed_s * min(len(self._works), self.cores)
        self._done_s += passed_s * rate
        self.now_s += passed_s

    def _step(self, thread: Thread, answer: bool | None) -> None:
        """Let a thread go on until it works or waits; None is for one that has not begun."""
        try:
            wish = thread.send(answer)
            while isinstance(wish, Until) and wish.progress.place >= wish.place:
                wish = thread.send(True)
        except StopIteration:
            return
        if isinstance(wish, Work):
            heapq.heappush(self._works, (self._done_s + wish.seconds, next(self._order), thread))
        else:
            self._wait(thread, wish)

    def _wait(self, thread: Thread, wish: Until) -> None:
        """Let a thread stand still."""
        over = False

        def go_on(reached: bool) -> None:
            nonlocal over
            if not over:
                over = True
                self._step(thread, reached)

        wish.progress.waiting.append((wish.place, lambda: go_on(True)))
        if wish.patience_s is not None:
            heapq.heappush(
                self._timers, (self.now_s + wish.patience_s, next(self._order), lambda: go_on(False))
            )
