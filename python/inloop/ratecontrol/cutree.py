# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""CUTree: how much finer a block is to be coded because later pictures are predicted from it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inloop.ratecontrol.lookahead import Lookahead

Offsets = npt.NDArray[np.float64]

_LARGEST_OWN = 2**31 - 1


def propagated_costs(
    lookahead: Lookahead, aq_offsets: dict[int, Offsets] | None = None
) -> dict[int, tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
    """Return (own, carried) costs of the blocks of every picture of the window, by display index.

    Walks the window backwards in coding order. Each block hands on to the blocks that its vectors point at, in
    the references that the plan gives it:

        amount = (carried + own) * (intra - inter) / intra

    own is the intra cost, divided by the quantiser step that adaptive quantisation gives the block. Pictures
    before the window are coded already: what would flow to them is dropped.
    """
    carried = {
        plan.index: np.zeros(lookahead.frame(plan.index).intra.shape, np.int64) for plan in lookahead.upcoming
    }
    out = {}
    for plan in reversed(lookahead.upcoming):
        frame = lookahead.frame(plan.index)
        own = frame.intra
        if aq_offsets is not None:
            scaled = frame.intra * np.exp2(-aq_offsets[plan.index] / 6)
            own = np.minimum(np.rint(scaled), _LARGEST_OWN).astype(np.int32)
        prediction = lookahead.prediction(plan)
        out[plan.index] = own, carried[plan.index]
        if prediction.references:
            targets = [carried.get(index) for index in prediction.references]
            frame.core.propagate(
                carried[plan.index],
                own,
                prediction.costs,
                prediction.used,
                prediction.vectors,
                [np.zeros(own.shape, np.int64) if target is None else target for target in targets],
            )
    return out


class CuTree:
    """Computes QP offsets of the window's pictures once for every time that it has grown.

    offset = -strength * log2((own + carried) / own), at most 0. strength: QP steps per doubling of the
    importance, x265's 5 (1 - q_comp), 2 by default, 0 to 10.
    """

    def __init__(self, strength: float = 2.0) -> None:
        """strength: QP steps per doubling."""
        self.strength = strength
        self._version = -1
        self._offsets: dict[int, Offsets] = {}

    def offsets(
        self, lookahead: Lookahead, index: int, aq_offsets: dict[int, Offsets] | None = None
    ) -> Offsets:
        """Return the offset of each block of the window's picture with that display index."""
        if lookahead.version != self._version:
            costs = propagated_costs(lookahead, aq_offsets)
            # One SATD step added on both sides: flat blocks, which cost next to nothing, stay calm.
            self._offsets = {
                i: -self.strength * np.log2((own + carried + 1.0) / (own + 1.0))
                for i, (own, carried) in costs.items()
            }
            self._version = lookahead.version
        return self._offsets[index]
