# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Every task has one outcome, even where a process dies at its work."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from inloop import ConfigError, InloopError
from inloop.executors import Executor, InThisProcess, LocalProcesses, executor_for


def doubled(number: int) -> int:
    if number == 3:
        raise ConfigError("three is too much")
    return 2 * number


def dying_once(marker: str) -> int:
    """Kills its process unless the file is there."""
    path = Path(marker)
    if path.suffix == ".always" or (path.suffix == ".once" and not path.exists()):
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def wrong(number: int) -> int:
    raise KeyError(number)


@pytest.mark.parametrize("executor", [InThisProcess(), LocalProcesses(2)], ids=["here", "processes"])
def test_outcomes(executor: Executor) -> None:
    outcomes = {outcome.key: outcome for outcome in executor.run(doubled, {str(n): n for n in range(6)})}
    assert {key: outcome.result for key, outcome in outcomes.items()} == {
        "0": 0, "1": 2, "2": 4, "3": None, "4": 8, "5": 10,
    }  # fmt: skip
    assert str(outcomes["3"].error) == "three is too much"
    assert not list(executor.run(doubled, {}))
    with pytest.raises(KeyError):
        list(executor.run(wrong, {"a": 1}))


def test_work_of_a_killed_process_is_done_again(tmp_path: Path) -> None:
    tasks = {name: str(tmp_path / name) for name in ("a", "b", "c.once", "d", "e")}
    outcomes = list(LocalProcesses(2).run(dying_once, tasks))
    assert sorted(outcome.key for outcome in outcomes) == sorted(tasks)
    assert all(outcome.result not in (None, os.getpid()) for outcome in outcomes)


def test_work_that_always_kills_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(InloopError, match="3 times a process died"):
        list(LocalProcesses(1).run(dying_once, {"a": str(tmp_path / "a.always")}))


def test_choice() -> None:
    assert isinstance(executor_for(1), InThisProcess)
    assert isinstance(executor_for(2), LocalProcesses)
