# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where independent tasks run: one small interface, whatever the machines behind it are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from inloop.errors import InloopError

Task = TypeVar("Task")
Result = TypeVar("Result")
Tasks: TypeAlias = Mapping[str, Task] | Iterable[tuple[str, Task]]
"""Tasks by key; pairs may come from an iterator, which is asked for no more than fit into work."""

DEATHS = 3
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

    def run(self, function: Callable[[Task], Result], tasks: Tasks[Task]) -> Iterator[Outcome[Result]]:
        """Yield what becomes of each task as soon as it is known.

        Args:
            function: The work. Its InloopError and OSError are outcomes, other exceptions are raised.
            tasks: What it is given, by key.
        """


class InThisProcess:
    """One task after the other, here."""

    def run(self, function: Callable[[Task], Result], tasks: Tasks[Task]) -> Iterator[Outcome[Result]]:
        """Yield what becomes of each task, in their order."""
        for key, task in pairs(tasks):
            yield attempt(function, key, task)


def pairs(tasks: Tasks[Task]) -> Iterator[tuple[str, Task]]:
    """Yield tasks with their keys."""
    yield from tasks.items() if isinstance(tasks, Mapping) else tasks


def attempt(function: Callable[[Any], Result], key: str, task: Any) -> Outcome[Result]:
    """Return the outcome of a task; exceptions other than InloopError and OSError are raised."""
    try:
        return Outcome(key, function(task))
    except (InloopError, OSError) as error:
        return Outcome(key, error=error)
