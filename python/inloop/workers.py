# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Cores for the work, and processes that do not outlive it: Ctrl-C, a signal or an error ends them in its middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children
from multiprocessing.context import BaseContext


def own_cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Not every system has it.
        return os.cpu_count() or 1


@contextmanager
def process_pool(processes: int, context: BaseContext | None = None) -> Iterator[ProcessPoolExecutor]:
    """Give a pool whose processes are ended at once where the block ends with an exception.

    Args:
        processes: How many.
        context: How they are started; that of the system by default.
    """
    before = set(active_children())
    pool = ProcessPoolExecutor(processes, context, initializer=_leave_signals_to_the_parent)
    try:
        yield pool
    except BaseException:
        # In this order: a pool that lost its workers hands out no more work.
        for child in set(active_children()) - before:
            child.kill()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


def _leave_signals_to_the_parent() -> None:
    """Ctrl-C reaches all processes of a terminal: the parent alone acts on it, and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
