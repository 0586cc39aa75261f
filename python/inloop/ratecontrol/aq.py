# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Adaptive quantisation: flat blocks, where errors are easily seen, finer than textured ones."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError

AqMode = Literal["off", "variance"]
AQ_MODES: tuple[AqMode, ...] = ("off", "variance")

_MEDIUM_LOG2_ENERGY = 14.427
_STRENGTH_1 = 1.0397
"""The constants of x264 and x265, for 8-bit samples: the energy of a block without offset, QP steps a doubling."""


def aq_offsets(
    energy: npt.NDArray[np.uint32], mode: AqMode = "variance", strength: float = 1.0
) -> npt.NDArray[np.float64]:
    """Return the QP offset of each 16x16 block: strength * 1.04 * (log2(energy) - 14.427).

    Args:
        energy: Sum of squared distances of its samples from their mean, luma and chroma, at 8 bit.
        mode: Kind of adaptive quantisation.
        strength: 0 to 3, without unit; 1 is x265's default. It serves the eye, and costs PSNR.

    Raises:
        ConfigError: The mode is unknown.
    """
    if mode not in AQ_MODES:
        raise ConfigError(f"adaptive quantisation {mode!r} is none of {', '.join(AQ_MODES)}")
    if mode == "off":
        return np.zeros(energy.shape)
    log2_energy = np.log2(np.maximum(energy, 1).astype(np.float64))
    offsets: npt.NDArray[np.float64] = strength * _STRENGTH_1 * (log2_energy - _MEDIUM_LOG2_ENERGY)
    return offsets
