# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tasks that wait for earlier ones all end, in any pool, and no more proceed at a time than were asked for."""

from __future__ import annotations

import pytest

from inloop import _core


@pytest.mark.parametrize("running", [1, 2, 5])
@pytest.mark.parametrize("waiting", [0, 1, 4])
@pytest.mark.parametrize("distance", [1, 3])
def test_tasks_that_wait_for_earlier_ones(running: int, waiting: int, distance: int) -> None:
    started, most = _core._testing.run_dependent_tasks(running, waiting, 200, distance)
    assert sorted(started) == list(range(200))
    # A task is noted a moment after its start, so that neighbours may change places.
    assert all(abs(task - place) < running + waiting for place, task in enumerate(started))
    assert 1 <= most <= running


def test_pool_without_tasks() -> None:
    assert _core._testing.run_dependent_tasks(3, 2, 0, 1) == ([], 0)
