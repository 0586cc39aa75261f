# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Planes of planar YUV 4:2:0."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError

Plane: TypeAlias = "npt.NDArray[np.uint8] | npt.NDArray[np.uint16]"


def sample_dtype(bit_depth: int) -> np.dtype[np.uint8] | np.dtype[np.uint16]:
    """Return the numpy type that holds samples of `bit_depth` bits: uint8 at 8, uint16 above.

    Raises ConfigError unless 8 <= bit_depth <= 16.
    """
    if not 8 <= bit_depth <= 16:
        raise ConfigError(f"bit depth {bit_depth} is outside 8..16")
    return np.dtype(np.uint8) if bit_depth == 8 else np.dtype(np.uint16)


def plane_shapes(width: int, height: int) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Return the (rows, columns) of Y, U and V of a 4:2:0 picture; odd sizes round chroma up.

    Args:
        width: Luma samples in a row, positive.
        height: Luma rows, positive.

    Raises:
        ConfigError: The size is not positive.
    """
    if width < 1 or height < 1:
        raise ConfigError(f"picture size {width}x{height} is not positive")
    chroma = ((height + 1) // 2, (width + 1) // 2)
    return (height, width), chroma, chroma
