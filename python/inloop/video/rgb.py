# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Between RGB and planar YUV 4:2:0, by the matrices and ranges of Rec. ITU-T H.273."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError
from inloop.video.planes import Plane, sample_dtype

Float = npt.NDArray[np.float64]

WEIGHTS: Mapping[str, tuple[float, float]] = {
    "bt709": (0.2126, 0.0722),
    "fcc": (0.30, 0.11),
    "bt470bg": (0.299, 0.114),
    "smpte170m": (0.299, 0.114),
    "smpte240m": (0.212, 0.087),
    "bt2020nc": (0.2627, 0.0593),
}
"""Parts of red and blue in luma, by the names of `inloop.video.signal.MATRICES`."""
_LEFT, _CENTER = "left", "center"


def planes_from_rgb(
    rgb: npt.NDArray[np.uint8], matrix: str, full_range: bool, chroma_location: str, bit_depth: int
) -> tuple[Plane, Plane, Plane]:
    """Return Y, U and V of a picture; `inloop.Frame.from_rgb` documents it. Raises ConfigError."""
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ConfigError(f"RGB of shape {rgb.shape} and type {rgb.dtype}, not (height, width, 3) and uint8")
    red_part, blue_part = _weights(matrix)
    red, green, blue = np.moveaxis(rgb / 255.0, -1, 0)
    luma = red_part * red + (1 - red_part - blue_part) * green + blue_part * blue
    chroma = [(blue - luma) / (2 * (1 - blue_part)), (red - luma) / (2 * (1 - red_part))]
    offset, luma_scale, chroma_scale = _scales(full_range, bit_depth)
    middle = 1 << (bit_depth - 1)
    y = _rounded(offset + luma_scale * luma, bit_depth)
    u, v = (_rounded(middle + chroma_scale * _halved(plane, chroma_location), bit_depth) for plane in chroma)
    return y, u, v


def rgb_from_planes(
    planes: tuple[Plane, Plane, Plane], matrix: str, full_range: bool, chroma_location: str, bit_depth: int
) -> npt.NDArray[np.uint8]:
    """Return red, green and blue of a picture; `inloop.Frame.to_rgb` documents it. Raises ConfigError."""
    red_part, blue_part = _weights(matrix)
    offset, luma_scale, chroma_scale = _scales(full_range, bit_depth)
    middle = 1 << (bit_depth - 1)
    luma = (planes[0] - float(offset)) / luma_scale
    cb, cr = (
        _doubled((plane - float(middle)) / chroma_scale, luma.shape, chroma_location) for plane in planes[1:]
    )
    blue, red = luma + 2 * (1 - blue_part) * cb, luma + 2 * (1 - red_part) * cr
    green = (luma - red_part * red - blue_part * blue) / (1 - red_part - blue_part)
    return np.clip(np.stack((red, green, blue), axis=-1) * 255 + 0.5, 0, 255).astype(np.uint8)


def _weights(matrix: str) -> tuple[float, float]:
    if matrix not in WEIGHTS:
        raise ConfigError(f"matrix {matrix!r} is none of {', '.join(WEIGHTS)}")
    return WEIGHTS[matrix]


def _scales(full_range: bool, bit_depth: int) -> tuple[int, int, int]:
    """Return where luma begins, and how many steps luma and chroma have from end to end."""
    step = 1 << (bit_depth - 8)
    peak = (1 << bit_depth) - 1
    return (0, peak, peak) if full_range else (16 * step, 219 * step, 224 * step)


def _rounded(values: Float, bit_depth: int) -> Plane:
    return cast(Plane, np.clip(values + 0.5, 0, (1 << bit_depth) - 1).astype(sample_dtype(bit_depth)))


def _halved(plane: Float, location: str) -> Float:
    """Average luma positions around those of chroma."""
    _check(location)
    even = np.pad(plane, ((0, plane.shape[0] % 2), (0, plane.shape[1] % 2)), mode="edge")
    rows = (even[::2] + even[1::2]) / 2
    if location == _CENTER:
        return (rows[:, ::2] + rows[:, 1::2]) / 2
    left = np.concatenate((rows[:, :1], rows[:, 1:-1:2]), axis=1)
    return (left + 2 * rows[:, ::2] + rows[:, 1::2]) / 4


def _doubled(plane: Float, shape: tuple[int, ...], location: str) -> Float:
    """Interpolate between chroma positions, those of the border repeated."""
    _check(location)
    tall = _between(plane, quarter=True)
    wide = _between(tall.T, quarter=location == _CENTER).T
    return wide[: shape[0], : shape[1]]


def _between(plane: Float, quarter: bool) -> Float:
    """Double the rows: at a quarter above and below each, or on each and half-way to the next."""
    padded = np.pad(plane, ((1, 1), (0, 0)), mode="edge")
    above, below = padded[:-2], padded[2:]
    first, second = (
        ((3 * plane + above) / 4, (3 * plane + below) / 4) if quarter else (plane, (plane + below) / 2)
    )
    return np.stack((first, second), axis=1).reshape(2 * plane.shape[0], plane.shape[1])


def _check(location: str) -> None:
    if location not in (_LEFT, _CENTER):
        raise ConfigError(f"chroma location {location!r} is neither left nor center")
