# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures shared by the whole suite."""

from __future__ import annotations

from itertools import islice

import pytest

from alterations import cropped
from inloop import Frame
from inloop.data import sample_clip
from inloop.io import open_video


@pytest.fixture(scope="session")
def sample_frames() -> list[Frame]:
    """The first six pictures of the sample clip, 416x240."""
    with open_video(sample_clip()) as video:
        return list(islice(video, 6))


@pytest.fixture(scope="session")
def small_frames(sample_frames: list[Frame]) -> list[Frame]:
    """Four pictures of 100x72 with detail and motion; the size is no multiple of 8."""
    return [cropped(frame, 100, 72, 8 + 4 * index, 120) for index, frame in enumerate(sample_frames[:4])]
