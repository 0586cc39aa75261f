# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tasks in processes of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool

from inloop.errors import InloopError
from inloop.executors.interface import DEATHS, Outcome, Result, Task, Tasks, attempt, pairs
from inloop.workers import process_pool

_AHEAD = 2
"""Tasks in a pool for each of its processes: one in work, one at hand."""


class LocalProcesses:
    """Processes of this machine.

    Args:
        jobs: How many; they share memory bandwidth and clock, so that times suffer a little.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def run(self, function: Callable[[Task], Result], tasks: Tasks[Task]) -> Iterator[Outcome[Result]]:
        """Yield outcomes as they come. Work of a process that died is done again, three times at most."""
        source, waiting, deaths = pairs(tasks), dict[str, Task](), 0
        while True:
            try:
                with process_pool(self._jobs) as pool:
                    futures: set[Future[Outcome[Result]]] = {
                        pool.submit(attempt, function, key, task) for key, task in waiting.items()
                    }
                    while True:
                        while len(futures) < _AHEAD * self._jobs and (pair := next(source, None)):
                            waiting[pair[0]] = pair[1]
                            futures.add(pool.submit(attempt, function, pair[0], pair[1]))
                        if not futures:
                            return
                        done, futures = wait(futures, return_when=FIRST_COMPLETED)
                        for future in done:
                            outcome = future.result()
                            del waiting[outcome.key]
                            yield outcome
            except BrokenProcessPool:
                deaths += 1
                if deaths == DEATHS:
                    raise InloopError(
                        f"{deaths} times a process died (out of memory?); {len(waiting)} tasks or more are left"
                    ) from None
