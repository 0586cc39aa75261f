# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Processes for work: new ones, so that nothing of this one's threads can hold them up."""

from __future__ import annotations

from inloop.workers import process_pool

held_open: list[object] = []


def what_is_held_open() -> int:
    return len(held_open)


def test_processes_are_no_copies_of_this_one() -> None:
    """A copy would free what this process holds, and a decoder of FFmpeg waits for its threads then, for ever."""
    held_open.append(object())
    try:
        with process_pool(1) as pool:
            assert pool.submit(what_is_held_open).result(timeout=60) == 0
    finally:
        held_open.clear()
