# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The thread pool of the core (csrc/base/thread_pool.h) and what is built on it, in simulated time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from benchmarks.schedule.machine import Machine, Progress, Thread, Until, Work

POLL_S = 2e-5
MOST_POLLS = 50
"""How long, and how often, a thread that waits for rows asks for them while nothing else could use its turn
(csrc/base/row_progress.cpp)."""

Part = Thread
"""What a thread does for a while."""


class Pool:
    """Threads that run tasks in the order in which they were submitted.

    Args:
        machine: On whose cores they work.
        turns: Tasks and parts of tasks that proceed at a time.
        waiting: Tasks beyond them that may have started and stand still.
        spare: Parts that may wait, and that may have started at a time.
    """

    def __init__(self, machine: Machine, turns: int, waiting: int, spare: int) -> None:
        self.machine, self.turns, self.spare = machine, turns, spare
        self._most_started = turns + waiting
        self._free = turns
        self._started = self._started_spare = 0
        self._tasks: deque[Callable[[], Part]] = deque()
        self._parts: deque[Callable[[], Part]] = deque()
        self._spare_parts: deque[Callable[[], Part]] = deque()
        self._resuming: deque[Progress] = deque()

    def submit(self, task: Callable[[], Part]) -> None:
        """Add a task."""
        self._tasks.append(task)
        self._start_threads()

    def submit_first(self, part: Callable[[], Part]) -> None:
        """Add what starts before all tasks that have not started."""
        self._parts.append(part)
        self._start_threads()

    def submit_last(self, part: Callable[[], Part]) -> None:
        """Add what starts when nothing else can."""
        self._spare_parts.append(part)
        self._start_threads()

    def sleep(self, wait: Until) -> Part:
        """Wait, in a task, without a turn."""
        if wait.progress.place >= wait.place:
            return
        self._free += 1
        self._start_threads()
        yield wait
        turn = Progress()
        self._resuming.append(turn)
        self._start_threads()
        yield Until(turn, 1)

    def wait(self, progress: Progress, place: int) -> Part:
        """Wait, in a task, for a place that may come soon."""
        for _ in range(MOST_POLLS):
            if progress.place >= place:
                return
            if self._has_other_work():
                break
            yield Until(progress, place, POLL_S)
        yield from self.sleep(Until(progress, place))

    def _has_other_work(self) -> bool:
        may_start_task = self._tasks and self._started < self._most_started
        may_start_spare = self._spare_parts and self._started_spare < self.spare
        return bool(self._resuming or self._parts or may_start_task or may_start_spare)

    def _start_threads(self) -> None:
        """Give the free turns away: to those who had one before, first."""
        while self._free > 0:
            if self._resuming:
                self._free -= 1
                self._resuming.popleft().publish(1)
            elif self._parts:
                self._run(self._parts.popleft(), 0, 0)
            elif self._tasks and self._started < self._most_started:
                self._run(self._tasks.popleft(), 1, 0)
            elif self._spare_parts and self._started_spare < self.spare:
                self._run(self._spare_parts.popleft(), 0, 1)
            else:
                return

    def _run(self, work: Callable[[], Part], started: int, spare: int) -> None:
        self._free -= 1
        self._started += started
        self._started_spare += spare

        def thread() -> Thread:
            yield from work()
            self._free += 1
            self._started -= started
            self._started_spare -= spare
            self._start_threads()

        self.machine.start(thread())


def run_shared(pool: Pool, seconds: Sequence[float], inside: bool) -> Part:
    """Do the indices of a loop, in the calling thread and in those of the pool that are free.

    Args:
        pool: The pool.
        seconds: Those of each index.
        inside: Whether the caller is a task of the pool.
    """
    done = Progress()
    left = deque(seconds)

    def take_part() -> Part:
        while left:
            yield Work(left.popleft())
            done.publish(done.place + 1)

    helpers = min(pool.turns - inside, len(seconds) - 1)
    for _ in range(helpers):
        pool.submit_first(take_part)
    yield from take_part()
    end = Until(done, len(seconds))
    if inside and helpers > 0:
        yield from pool.sleep(end)
    else:
        yield end
