# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of files and frames as the encoder takes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inloop.coolchic.encoder.picture import Format, Planes
from inloop.errors import ConfigError, UnsupportedError
from inloop.video.frame import Frame


def planes_of_rgb(samples: npt.NDArray[np.uint8]) -> tuple[Planes, Format]:
    """Return the planes of an RGB picture of shape (height, width, 3), and its format."""
    height, width, _ = samples.shape
    red, green, blue = (np.ascontiguousarray(samples[..., c]).astype(np.uint16) for c in range(3))
    return (red, green, blue), Format(width, height, 8, rgb=True)


def planes_of_frames(frames: Sequence[Frame]) -> tuple[list[Planes], Format]:
    """Return the planes of 4:2:0 pictures, and their format.

    Raises:
        ConfigError: There are none, or they differ in size or bit depth.
        UnsupportedError: An odd size, or a bit depth other than 8 and 10.
    """
    if not frames:
        raise ConfigError("no pictures to encode")
    first = frames[0]
    form = (first.width, first.height, first.bit_depth)
    if any((frame.width, frame.height, frame.bit_depth) != form for frame in frames):
        raise ConfigError("pictures of different sizes or bit depths")
    if first.width % 2 or first.height % 2:
        raise UnsupportedError(f"Cool-chic 4:2:0 pictures of odd size {first.width}x{first.height}")
    if first.bit_depth not in (8, 10):
        raise UnsupportedError(f"Cool-chic pictures of {first.bit_depth} bit: the format has 8 and 10")
    pictures: list[Planes] = [
        (frame.y.astype(np.uint16), frame.u.astype(np.uint16), frame.v.astype(np.uint16)) for frame in frames
    ]
    return pictures, Format(*form, rgb=False)
