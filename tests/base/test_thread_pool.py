# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tasks that wait for earlier ones all end, in any pool, and no more proceed at a time than were asked for; so with
loops that tasks share with the rest of the pool."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest

from inloop import Encoder, Frame
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


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="the system does not tell the cores of threads"
)
def test_threads_that_were_woken_on_a_core_may_leave_it() -> None:
    others = set(os.listdir("/proc/self/task"))
    encoder = Encoder(416, 240, 25, threads=4, qp=32, preset="faster", structure="ldp")
    planes = [np.full((240 >> c, 416 >> c), 100, np.uint8) for c in (0, 1, 1)]
    rng = np.random.default_rng(1)
    for index in range(12):
        planes[0] = rng.integers(0, 256, (240, 416), np.uint8)
        encoder.encode(Frame(*planes, pts=index))
    encoder.flush()

    def bound() -> set[str]:
        every = os.sched_getaffinity(0)
        return {thread for thread in threads if os.sched_getaffinity(int(thread)) != every}

    threads = set(os.listdir("/proc/self/task")) - others
    assert len(threads) > 4
    end = time.monotonic() + 10
    while bound() and time.monotonic() < end:
        time.sleep(0.01)  # A thread may be about to wake.
    assert not bound()
