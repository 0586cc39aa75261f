# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Lambda: how much squared error a bit is worth in a rate-distortion decision."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Lagrangian:
    """lambda = factor * 2 ^ ((QP - 12) / 3), on the scale of 8-bit samples, as HEVC's reference encoder weighs bits.

    Attributes:
        factor: 0.57 for pictures that are all intra; the others come from the layer of a picture and are tuned on
            training clips.
    """

    factor: float

    def at(self, qp: float, *, bit_depth: int = 8, halvings: float = 0.0) -> float:
        """Return lambda in squared sample units.

        Args:
            qp: Luma QP, fractions included.
            bit_depth: Bits of the samples whose squared errors are weighed.
            halvings: How often lambda is halved on top.
        """
        return float(self.factor * math.pow(2.0, (qp - 12) / 3 - halvings) * 4.0 ** (bit_depth - 8))


INTRA = Lagrangian(0.57)
"""It is for pictures that are all intra, and for decisions that know nothing better."""
UNREFERENCED = Lagrangian(0.85)
"""It is for blocks that nothing refers to, where CUTree follows the references, and was tuned on training clips."""
