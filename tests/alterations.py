# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures and streams of the tests, changed in one respect."""

from __future__ import annotations

from itertools import pairwise

from inloop import Frame, _core
from inloop._core import NalType


def cropped(frame: Frame, width: int, height: int, x: int = 0, y: int = 0) -> Frame:
    """Return a part of a picture; all numbers even."""
    planes = (
        plane[y // step : (y + height) // step, x // step : (x + width) // step]
        for plane, step in zip(frame.planes, (1, 2, 2), strict=True)
    )
    return Frame(*planes, frame.bit_depth, frame.pts)


def with_other_model(stream: bytes, sha256: bytes) -> bytes:
    """Return a stream with another model named wherever it names one."""
    units = _core.scan_stream(stream)
    starts = [unit["position"] - 3 for unit in units] + [len(stream)]
    parts = [stream[begin:end] for begin, end in pairwise(starts)]
    sps = next(unit["sps"] for unit in units if "sps" in unit)
    size = sps["coded_width"], sps["coded_height"]
    parameters = None
    for index, unit in enumerate(units):
        if unit["type"] == NalType.FILTER_PARAMETERS:
            parameters = _core.FilterParameters.parse(unit["payload"], *size, parameters)
            if parameters.model is not None:
                parameters.model = sha256
                parts[index] = _core.nal_unit(NalType.FILTER_PARAMETERS, parameters.serialise(*size))
    return b"".join(parts)
