# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a picture is like: how much moves, how noisy it is, how flat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from inloop.lookahead.window import AnalysedFrame

FLAT_DEVIATION = 4.0
"""A block is flat where its samples (8-bit scale) deviate by less than this from their mean."""

_SAMPLES = 16 * 16 + 2 * 8 * 8
_NOISE_QUANTILE = 0.2
# Of white noise with standard deviation 1: E|L| = sqrt(2 / pi) * |mask| = 0.798 * 6 (J. Immerkaer, 1996).
_DETAIL_OF_NOISE = 6 * float(np.sqrt(2 / np.pi))


@dataclass(frozen=True)
class PictureMeasures:
    """Attributes of one picture.

    Attributes:
        motion: Mean length of the vectors from the picture before, in samples a picture; 0 for the first one.
        noise: Standard deviation of the noise, in steps of 8-bit samples: what even the quietest fifth of the
            blocks shows as second differences.
        flatness: Share of the blocks that are flat, 0 to 1.
        novelty: Share of the intra cost that prediction from the picture before does not save, 0 to 1; 1 for the
            first picture.
    """

    motion: float
    noise: float
    flatness: float
    novelty: float

    @classmethod
    def of(cls, frame: AnalysedFrame) -> PictureMeasures:
        """Measure an analysed picture."""
        field = frame.from_previous
        motion = 0.0 if field is None else float(np.hypot(*field.vectors.reshape(-1, 2).T).mean())
        noise = float(np.quantile(frame.core.details, _NOISE_QUANTILE)) / 16 / _DETAIL_OF_NOISE
        flat = frame.energy < FLAT_DEVIATION**2 * _SAMPLES
        novelty = frame.p_cost / frame.intra_cost if frame.intra_cost else 0.0 if field else 1.0
        return cls(motion, noise, float(flat.mean()), novelty)
