# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What it costs to make a scene finer than its pictures so far: predictions say nothing of it.

A picture that stands still costs nothing at the quality of the picture before, whatever its QP. At a finer one its
whole detail has to be coded, as in an intra picture.
"""

from __future__ import annotations

import math

from inloop.lookahead.window import Lookahead
from inloop.ratecontrol.bit_model import BitModel, Demand

_HALF_STEPS = 4.0
"""QP steps of refinement that take half of an intra picture's bits at the finer QP, measured on a clip that freezes."""

_STILL = 0.02
"""Predicted SATD by that without prediction, at most, of a picture that stands still."""


class Refinement:
    """Follows the QP to which the scene has been coded, and tells the bits of going below."""

    def __init__(self, model: BitModel) -> None:
        """Start without a picture; model: what bits are expected of a demand."""
        self._model = model
        self._reached: float | None = None
        self._detail = Demand(("I", 0), 1.0)
        self._stands_still = False
        self._offset = 0.0

    def see(self, lookahead: Lookahead, offset: float) -> None:
        """Take note of the pictures to come: of their detail, and whether most of them stand still.

        offset: QP steps of the finest of them on the stream's level.
        """
        self._offset = offset
        window = lookahead.upcoming
        intra_cost = lookahead.frame(window[0].index).intra_cost
        self._detail = Demand(("I", 0), max(float(intra_cost), 1.0))
        still = sum(
            lookahead.prediction(plan).cost <= _STILL * lookahead.frame(plan.index).intra_cost
            for plan in window
        )
        self._stands_still = 2 * still > len(window)  # not where single pictures are shown twice

    def coded(self, qp: float, novelty: float) -> None:
        """Take note of a picture that others refer to.

        Args:
            qp: Mean of its blocks.
            novelty: Share of it that was not in its references, 0 to 1: so much of what was reached before is gone.
        """
        if self._reached is None:
            self._reached = qp
        self._reached += max(qp - self._reached, 0.0) * min(novelty, 1.0)
        self._reached = min(self._reached, qp)

    def bits(self, level: float) -> float:
        """Return the bits that the scene takes once, beside those of its prediction, at a level."""
        if self._reached is None or not self._stands_still:
            return 0.0
        qp = level + self._offset
        steps = max(self._reached - qp, 0.0)
        return (1.0 - math.pow(2.0, -steps / _HALF_STEPS)) * self._model.bits(self._detail, qp)
