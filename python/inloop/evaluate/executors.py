# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where independent tasks run: one small interface, whatever the machines behind it are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from inloop.errors import InloopError
from inloop.workers import process_pool

Task = TypeVar("Task")
Result = TypeVar("Result")
_DEATHS = 3
"""Times that a process may die before its work is given up."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What became of a task.

    Attributes:
        key: The task's key.
        result: What the function returned; None where it failed.
        error: Why it failed; None where it did not.
    """

    key: str
    result: Result | None = None
    error: Exception | None = None


class Executor(Protocol):
    """Runs a function on tasks, in any order and anywhere.

    Function, tasks and results must be such as can be pickled. Tasks have keys, which say what they are: an executor
    may run a task again where a machine was lost, but gives each key once.
    """

    def run(self, function: Callable[[Task], Result], tasks: Mapping[str, Task]) -> Iterator[Outcome[Result]]:
        """Yield what becomes of each task as soon as it is known.

        Args:
            function: The work. Its InloopError and OSError are outcomes, other exceptions are raised.
            tasks: What it is given, by key.
        """


class InThisProcess:
    """One task after the other, here."""

    def run(self, function: Callable[[Task], Result], tasks: Mapping[str, Task]) -> Iterator[Outcome[Result]]:
        """Yield what becomes of each task, in their order."""
        for key, task in tasks.items():
            yield attempt(function, key, task)


class LocalProcesses:
    """Processes of this machine.

    Args:
        jobs: How many; they share memory bandwidth and clock, so that times suffer a little.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def run(self, function: Callable[[Task], Result], tasks: Mapping[str, Task]) -> Iterator[Outcome[Result]]:
        """Yield outcomes as they come. Work of a process that died is done again, three times at most."""
        waiting, deaths = dict(tasks), 0
        while waiting:
            try:
                with process_pool(self._jobs) as pool:
                    futures = [pool.submit(attempt, function, key, task) for key, task in waiting.items()]
                    for future in as_completed(futures):
                        outcome = future.result()
                        del waiting[outcome.key]
                        yield outcome
            except BrokenProcessPool:
                deaths += 1
                if deaths == _DEATHS:
                    raise InloopError(
                        f"{deaths} times a process died (out of memory?); {len(waiting)} tasks are left"
                    ) from None


def attempt(function: Callable[[Any], Result], key: str, task: Any) -> Outcome[Result]:
    """Return the outcome of a task; exceptions other than InloopError and OSError are raised."""
    try:
        return Outcome(key, function(task))
    except (InloopError, OSError) as error:
        return Outcome(key, error=error)


def executor_for(jobs: int) -> Executor:
    """Return what runs so many tasks at a time on this machine."""
    return InThisProcess() if jobs == 1 else LocalProcesses(jobs)
