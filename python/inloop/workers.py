# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Cores for the work, and processes that do not outlive it: Ctrl-C, a signal or an error ends them in its middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context


def own_cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Not every system has it.
        return os.cpu_count() or 1


@contextmanager
def process_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool whose processes are ended at once where the block ends with an exception.

    They are new processes, not copies of this one: a copy lacks all threads but one, and waits for ever where it
    frees what belongs to them (a decoder of FFmpeg that the collector had not got round to).

    Args:
        processes: How many.
    """
    before = set(active_children())
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_leave_signals_to_the_parent)
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
