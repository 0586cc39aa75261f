# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""CUTree: how much finer a block is to be coded because later pictures are predicted from it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inloop.lookahead.window import AnalysedFrame, Lookahead, Prediction
from inloop.ratecontrol.qscale import quantiser_step

Offsets = npt.NDArray[np.float64]

_UNIT = 4096
_LARGEST_OWN = 2**31 - 1
_WHOLE = 1 << 16
_QP_LEVEL_STEP = 2
"""QP levels are rounded to steps of so many QPs, so that a moving QP level seldom means another walk."""

_SATD_OF_NOISE = 100.0
"""SATD of a block of the lookahead whose samples are white noise of standard deviation 1."""
_INTERPOLATION = 0.25
"""Half-sample vectors at half resolution miss this share of a block's intra cost; the codec's prediction will not."""
_RESIDUAL_WEIGHT = 4.5
_LEAST_VARIANCE = 0.05
_OF_A_MEAN = 0.8
"""Share of the errors of two references that is left in their mean: 1 were they the same, 0.5 were they independent."""
_BOTH = 3
"""`Prediction.used` of a block that is predicted from both references."""


def inherited_share(frame: AnalysedFrame, prediction: Prediction, qp_level: float) -> npt.NDArray[np.int32]:
    """Return how much of an error in its references each block keeps, int32 ``[rows, columns]``, 65536 for all of it.

        share = D / (D + weight * residual)        D = E * texture / (E + texture)

    E: squared error that the quantiser makes at QP `qp_level`, step^2 / 12; D: the same, but no more than there is to
    lose. texture, residual: variance that intra prediction and the best prediction leave, from their SATD; of the
    latter the part is taken off that is the fault of the low resolution. Where the residual disappears in the
    quantiser's dead zone, the error of the reference is shown again; where it is coded, the error costs
    D / (residual + D) of its worth in bits, as the rate is log2(residual / D) / 2. Where two references are averaged,
    part of their errors cancels out.

    Args:
        frame: The picture as the lookahead has measured it.
        prediction: Its best prediction from its references.
        qp_level: QP that it is about coded at.
    """
    quantised = quantiser_step(qp_level) ** 2 / 12
    texture = _variance(frame.intra)
    residual = _variance(np.maximum(prediction.costs - _INTERPOLATION * frame.intra, 0.0))
    error = quantised * texture / (quantised + texture)
    share = error / (error + _RESIDUAL_WEIGHT * residual)
    share[prediction.used == _BOTH] *= _OF_A_MEAN
    return np.rint(_WHOLE * share).astype(np.int32)


def _variance(satd: npt.NDArray[np.int32] | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray((satd / _SATD_OF_NOISE) ** 2 + _LEAST_VARIANCE)


def propagated_importance(
    lookahead: Lookahead, qp_level: float, aq_offsets: dict[int, Offsets] | None = None
) -> dict[int, tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
    """Return (own, carried) importance of the blocks of every picture of the window, by display index.

    Walks the window backwards in coding order. Each block hands (carried + own) * share on to the
    blocks that its vectors point at, in the references that the plan gives it, see `inherited_share`.
    `own` is the same for all blocks, or with adaptive quantisation what an error there is worth,
    2^(-offset / 3). Pictures before the window are coded already: what would flow to them is dropped.

    Args:
        lookahead: The window.
        qp_level: QP that the pictures are about coded at.
        aq_offsets: Offsets of adaptive quantisation, by display index.
    """
    carried = {
        plan.index: np.zeros(lookahead.frame(plan.index).intra.shape, np.int64) for plan in lookahead.upcoming
    }
    out = {}
    for plan in reversed(lookahead.upcoming):
        frame = lookahead.frame(plan.index)
        own = np.full(frame.intra.shape, _UNIT, np.int32)
        if aq_offsets is not None:
            weighted = np.rint(_UNIT * np.exp2(-aq_offsets[plan.index] / 3))
            own = np.clip(weighted, 1, _LARGEST_OWN).astype(np.int32)
        prediction = lookahead.prediction(plan)
        out[plan.index] = own, carried[plan.index]
        if prediction.references:
            targets = [carried.get(index) for index in prediction.references]
            frame.core.propagate(
                carried[plan.index],
                own,
                inherited_share(frame, prediction, qp_level),
                prediction.used,
                prediction.vectors,
                [np.zeros(own.shape, np.int64) if target is None else target for target in targets],
            )
    return out


class CuTree:
    """Computes QP offsets of the window's pictures once for every time that it has grown or the QP level moved.

    offset = -strength * log2((own + carried) / own), at most 0, smoothed.

    Args:
        strength: QP steps per doubling of the importance, 0 to 10. 3 would be optimal were every block's error
            proportional to its step^2; x265's is 2.
    """

    def __init__(self, strength: float = 2.4, contrast: float = 1.0) -> None:
        """Take the options.

        Args:
            strength: QP steps per doubling.
            contrast: How much the blocks of a picture may differ, 0 (they are all alike) to 1.
        """
        self.strength = strength
        self.contrast = contrast
        self._key: tuple[int, int] | None = None
        self._doublings: dict[int, Offsets] = {}

    def offsets(
        self, lookahead: Lookahead, index: int, qp_level: float, aq_offsets: dict[int, Offsets] | None = None
    ) -> Offsets:
        """Return the offset of each block of the window's picture with that display index.

        Args:
            lookahead: The window.
            index: Display index of the picture.
            qp_level: QP that the pictures are coded at, about.
            aq_offsets: Of adaptive quantisation, by display index.
        """
        doublings = self._update(lookahead, qp_level, aq_offsets)[index]
        mean = doublings.mean()
        return np.asarray(-self.strength * (mean + self.contrast * (doublings - mean)))

    def doublings(
        self, lookahead: Lookahead, index: int, qp_level: float, aq_offsets: dict[int, Offsets] | None = None
    ) -> float:
        """Return the mean over a picture's blocks of log2((own + carried) / own).

        Args:
            lookahead: The window.
            index: Display index of a picture in it.
            qp_level: QP that the pictures are coded at, about.
            aq_offsets: As for `offsets`.
        """
        return float(self._update(lookahead, qp_level, aq_offsets)[index].mean())

    def _update(
        self, lookahead: Lookahead, qp_level: float, aq_offsets: dict[int, Offsets] | None
    ) -> dict[int, Offsets]:
        key = lookahead.version, round(qp_level / _QP_LEVEL_STEP)
        if key != self._key:
            importance = propagated_importance(lookahead, _QP_LEVEL_STEP * key[1], aq_offsets)
            self._doublings = {
                i: _smoothed(np.log2((own + carried) / own)) for i, (own, carried) in importance.items()
            }
            self._key = key
        return self._doublings


def _smoothed(values: Offsets) -> Offsets:
    """Return the means of each block and its neighbours, weighted 1 2 1 across and down."""
    for axis in (0, 1):
        count = values.shape[axis]
        indices = np.arange(count)
        before = values.take(np.maximum(indices - 1, 0), axis)
        after = values.take(np.minimum(indices + 1, count - 1), axis)
        values = (before + 2 * values + after) / 4
    return values
