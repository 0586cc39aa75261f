# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a picture is like: how much moves, how noisy it is, how flat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FLAT_DEVIATION = 4.0
"""A block is flat where its samples (8-bit scale) deviate by less than this from their mean."""

_SAMPLES = 16 * 16 + 2 * 8 * 8
_NOISE_QUANTILE = 0.2
# White noise with standard deviation 1 has E|L| = sqrt(2 / pi) * |mask| = 0.798 * 6 (J. Immerkaer, 1996).
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
    def of(
        cls,
        vectors: npt.NDArray[np.int16] | None,
        details: npt.NDArray[np.uint32],
        energy: npt.NDArray[np.uint32],
        *,
        p_cost: int,
        intra_cost: int,
    ) -> PictureMeasures:
        """Measure a picture.

        Args:
            vectors: Of each block (x, y), from the picture before; None for the first one.
            details: Of each block, as the core's `AnalysedPicture` has them.
            energy: The same.
            p_cost: SATD with prediction from the picture before.
            intra_cost: SATD without other pictures.
        """
        motion = 0.0 if vectors is None else float(np.hypot(*vectors.reshape(-1, 2).T).mean())
        noise = float(np.quantile(details, _NOISE_QUANTILE)) / 16 / _DETAIL_OF_NOISE
        flat = energy < FLAT_DEVIATION**2 * _SAMPLES
        novelty = p_cost / intra_cost if intra_cost else 1.0 if vectors is None else 0.0
        return cls(motion, noise, float(flat.mean()), novelty)
