# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Between pictures of PyAV and of this package."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

import numpy as np

from inloop.errors import UnsupportedError
from inloop.extras import import_extra
from inloop.video.planes import Plane, plane_shapes
from inloop.video.signal import SignalDescription

_BIT_DEPTHS = {"yuv420p": 8, "yuvj420p": 8, "yuv420p10le": 10}
PIXEL_FORMATS = {8: "yuv420p", 10: "yuv420p10le"}
"""FFmpeg's names of the formats that are written, by bit depth."""
_SET_FIELDS = {"top": "tff", "bottom": "bff"}


def planes_of(picture: Any) -> tuple[Plane, Plane, Plane, int]:
    """Return Y, U and V of a PyAV picture, whose memory they share, and their depth.

    Raises UnsupportedError for other pixel formats.
    """
    bit_depth = bit_depth_of(picture.format.name)
    shapes = plane_shapes(picture.width, picture.height)
    y, u, v = (
        _plane_view(plane, shape, bit_depth) for plane, shape in zip(picture.planes, shapes, strict=True)
    )
    return y, u, v, bit_depth


def picture_of(planes: tuple[Plane, Plane, Plane], bit_depth: int, signal: SignalDescription) -> Any:
    """Return a copy as a PyAV picture, which says of its samples, and of its fields, what the signal does.

    Raises UnsupportedError for other depths than 8 and 10 bit, ModuleNotFoundError where PyAV is missing.
    """
    av = import_extra("av", "video")
    if bit_depth not in PIXEL_FORMATS:
        raise UnsupportedError(f"PyAV gets pictures of 8 and 10 bit, not of {bit_depth}")
    height, width = planes[0].shape
    picture = av.VideoFrame(width, height, PIXEL_FORMATS[bit_depth])
    for plane, samples in zip(picture.planes, planes, strict=True):
        _plane_view(plane, samples.shape, bit_depth)[...] = samples
    picture.color_primaries, picture.color_trc = signal.primaries, signal.transfer
    picture.colorspace = signal.matrix
    picture.color_range = {None: 0, False: 1, True: 2}[signal.full_range]
    return picture if signal.field_order is None else _of_fields(av, picture, signal.field_order)


def _of_fields(av: Any, picture: Any, order: str) -> Any:
    """Return a picture that says which of its fields comes first, which PyAV leaves to FFmpeg's filters."""
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=picture.width, height=picture.height, format=picture.format.name, time_base=Fraction(1)
    )
    graph.link_nodes(source, graph.add("setfield", _SET_FIELDS[order]), graph.add("buffersink")).configure()
    graph.push(picture)
    return graph.pull()


def bit_depth_of(pixel_format: str) -> int:
    """Return the bits a sample of a pixel format. Raises UnsupportedError where it is not read."""
    if pixel_format not in _BIT_DEPTHS:
        raise UnsupportedError(f"pixel format {pixel_format} (only {', '.join(_BIT_DEPTHS)} are read)")
    return _BIT_DEPTHS[pixel_format]


def _plane_view(plane: Any, shape: tuple[int, ...], bit_depth: int) -> Plane:
    dtype = np.dtype(np.uint8) if bit_depth == 8 else np.dtype("<u2")
    rows = np.frombuffer(plane, dtype).reshape(plane.height, plane.line_size // dtype.itemsize)
    return cast(Plane, rows[: shape[0], : shape[1]])
