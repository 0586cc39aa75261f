# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tasks that wait for earlier ones all end, in any pool, and no more proceed at a time than were asked for; so with
loops that tasks share with the rest of the pool."""

from __future__ import annotations

import pytest

from need_testing import need_testing

t = need_testing()


@pytest.mark.parametrize("running", [1, 2, 5])
@pytest.mark.parametrize("waiting", [0, 1, 4])
@pytest.mark.parametrize("distance", [1, 3])
def test_tasks_that_wait_for_earlier_ones(running: int, waiting: int, distance: int) -> None:
    started, most = t.run_dependent_tasks(running, waiting, 200, distance)
    assert sorted(started) == list(range(200))
    # With more threads a task is noted some time after its start, and others may be noted first.
    if running + waiting == 1:
        assert started == list(range(200))
    assert 1 <= most <= running


def test_pool_without_tasks() -> None:
    assert t.run_dependent_tasks(3, 2, 0, 1) == ([], 0)


@pytest.mark.parametrize("running", [1, 2, 5])
@pytest.mark.parametrize("waiting", [0, 3])
@pytest.mark.parametrize("count", [1, 2, 40])
def test_loops_inside_tasks_share_the_pool(running: int, waiting: int, count: int) -> None:
    """Every index once a loop, no more threads at a time than the pool runs, the first failure in every loop."""
    done, most, ended = t.run_shared_loops(running, waiting, 50, count)
    assert done == [50] * count
    assert 1 <= most <= running
    assert ended == 50


def test_work_that_waits_for_a_turn() -> None:
    alone, beside, behind = t.ask_for_waiting_work()
    assert not alone
    assert beside
    assert not behind
