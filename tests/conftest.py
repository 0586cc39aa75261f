# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures shared by the whole suite."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest

from inloop import Frame, _core
from inloop.codec.encoder import NAL_FILTER_PARAMETERS
from inloop.data import sample_clip
from inloop.io import open_video


@pytest.fixture(scope="session")
def sample_frames() -> list[Frame]:
    """The first six pictures of the sample clip, 416x240."""
    with open_video(sample_clip()) as video:
        return list(islice(video, 6))


def cropped(frame: Frame, width: int, height: int, x: int = 0, y: int = 0) -> Frame:
    """Return a part of a picture; all numbers even."""
    planes = (
        plane[y // step : (y + height) // step, x // step : (x + width) // step]
        for plane, step in zip(frame.planes, (1, 2, 2), strict=True)
    )
    return Frame(*planes, frame.bit_depth, frame.pts)


@pytest.fixture(scope="session")
def small_frames(sample_frames: list[Frame]) -> list[Frame]:
    """Four pictures of 100x72 with detail and motion; the size is no multiple of 8."""
    return [cropped(frame, 100, 72, 8 + 4 * index, 120) for index, frame in enumerate(sample_frames[:4])]


def with_other_model(stream: bytes, sha256: bytes) -> bytes:
    """Return a stream with another model named wherever it names one."""
    units = _core.scan_stream(stream)
    starts = [unit["position"] - 3 for unit in units] + [len(stream)]
    parts = [stream[begin:end] for begin, end in pairwise(starts)]
    sps = next(unit for unit in units if "coded_width" in unit)
    size = sps["coded_width"], sps["coded_height"]
    parameters = None
    for index, unit in enumerate(units):
        if unit["type"] == NAL_FILTER_PARAMETERS:
            parameters = _core.FilterParameters.parse(unit["payload"], *size, parameters)
            if parameters.model is not None:
                parameters.model = sha256
                parts[index] = _core.nal_unit(NAL_FILTER_PARAMETERS, parameters.serialise(*size))
    return b"".join(parts)
