# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Whatever a stream asks for, memory and time stay bounded; the processes have no more than is said here."""

from __future__ import annotations

import pytest
from limited import decode_limited

MEMORY_MB, CPU_S = 6144, 120
"""What may be addressed, libraries included, and the time, of which slow machines take most."""


@pytest.mark.parametrize(
    ("name", "pictures", "grown_mb"),
    [
        ("thousand_sets", 3, 40),
        ("large_sets", 0, 60),
        ("other_layers", 3, 40),
        ("start_codes", 3, 60),
        ("large_messages", 3, 60),
        ("one_unit", 0, 300),
        ("many_sequences", 2100, 60),
    ],
)
def test_hostile_streams(name: str, pictures: int, grown_mb: float) -> None:
    used = decode_limited(name, 1, MEMORY_MB, CPU_S)
    assert used.pictures == pictures
    assert used.grown_mb < grown_mb
    assert bool(used.error) == (name == "one_unit")


@pytest.mark.parametrize(("threads", "grown_mb"), [(1, 800), (8, 2200)])
def test_pictures_of_the_largest_level(threads: int, grown_mb: float) -> None:
    """Of 8192x4320, 102 MB each as the decoder holds them: references, pictures in work, and the one that is shown."""
    used = decode_limited("largest_pictures", threads, MEMORY_MB, CPU_S)
    assert (used.pictures, used.error) == (12, "")
    assert 200 < used.grown_mb < grown_mb
