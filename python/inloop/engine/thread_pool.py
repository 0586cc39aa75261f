# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Threads that are started once and handed down to whatever can share its work."""

from __future__ import annotations

from inloop import _core
from inloop.errors import ConfigError

_MOST_THREADS = 64


class ThreadPool:
    """Threads that share work with whoever calls; give the same pool to everything that may use them.

    `Model.run`, `LoopFilter` and others take it in the place of a number of threads. Results never depend on it.

    Args:
        threads: Those that work for one call, the caller's included, 1 to 64; 1 starts none.

    Raises:
        ConfigError: Another number of threads.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.core = _core.ThreadPool(threads)

    @classmethod
    def for_pictures(cls, threads: int, most_in_work: int) -> ThreadPool:
        """Return a pool for an encoder, whose filter may share it.

        Args:
            threads: Those that code pictures, 1 to 64; with 1 the caller does everything.
            most_in_work: Pictures in work at a time, 1 to 64: those that wait for others take no thread's turn.

        Raises:
            ConfigError: A number is out of range.
        """
        pool = cls.__new__(cls)
        pool.threads = threads
        pool.core = _core.encoder_pool(threads, most_in_work)
        return pool


def pool_of(threads: int | ThreadPool, most: int = _MOST_THREADS) -> ThreadPool:
    """Return the pool that was given, or a new one.

    Args:
        threads: A pool, or how many threads a new one has, at least 1.
        most: Limit of a new pool's threads.

    Raises:
        ConfigError: The number of threads is not positive.
    """
    if isinstance(threads, ThreadPool):
        return threads
    if threads < 1:
        raise ConfigError(f"{threads} threads run nothing")
    return ThreadPool(min(threads, most, _MOST_THREADS))
