# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What encoder and rate control say to each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from inloop.lookahead.window import Lookahead
from inloop.ratecontrol.vbv import VbvOptions
from inloop.structure.plan import PicturePlan

MAX_QP = 51

FEEDBACK_DELAY = 5
"""Places in coding order before the result of a picture counts, unless the encoder is told otherwise."""

NO_FEEDBACK_DELAY = 33
"""Likewise where no QP depends on results. Only the choice of context tables still does, which is worth nothing
measurable, and more pictures may be in work at a time."""

_PICTURES_A_STEP = 2


def feedback_delay(position: int, most: int) -> int:
    """Return how many places before a picture in coding order the last result comes that its QPs may depend on.

    It is short at the start of a stream, where a controller knows least.

    Args:
        position: The picture's place in coding order, from 0.
        most: The delay behind the start, 1 or more.
    """
    return min(most, 1 + position // _PICTURES_A_STEP)


@dataclass(frozen=True)
class PictureQp:
    """How fine one picture is to be coded.

    Attributes:
        qp: Luma QP of the slice, up to 51; the lowest is -6 (bit_depth - 8).
        lmbda: Squared error (8-bit scale) that a bit is worth at `qp`.
        qp_map: Luma QP of each 16x16 block, int8 of shape (ceil(height / 16), ceil(width / 16)); None: `qp`
            everywhere. Lambda follows the block's QP: it doubles every three steps.
    """

    qp: int
    lmbda: float
    qp_map: npt.NDArray[np.int8] | None = None

    @property
    def is_coarsest(self) -> bool:
        """Whether no block can be coded any coarser."""
        return self.qp >= MAX_QP if self.qp_map is None else bool((self.qp_map >= MAX_QP).all())

    def coarser(self, steps: int) -> PictureQp:
        """Return the same with all QPs higher by `steps`, up to the highest, and lambda with them."""
        qp_map = None if self.qp_map is None else np.minimum(self.qp_map + steps, MAX_QP).astype(np.int8)
        qp = min(self.qp + steps, MAX_QP)
        return replace(self, qp=qp, qp_map=qp_map, lmbda=self.lmbda * 2.0 ** ((qp - self.qp) / 3))

    @property
    def mean_qp(self) -> float:
        """Mean QP of the blocks."""
        return float(self.qp if self.qp_map is None else self.qp_map.mean())


@dataclass(frozen=True)
class PictureResult:
    """What became of one picture.

    Attributes:
        plan: The picture.
        qp: What was asked for.
        bits: Size of everything coded with it, parameter sets included.
        sse: Sums of squared errors of Y, U and V.
        encode_s: Seconds its coding took; never to be used for decisions.
    """

    plan: PicturePlan
    qp: PictureQp
    bits: int
    sse: tuple[int, int, int] = (0, 0, 0)
    encode_s: float = 0.0


@runtime_checkable
class LimitsPictures(Protocol):
    """A controller that may have pictures coded again because they turn out too large."""

    @property
    def limits_pictures(self) -> bool:
        """Whether it does; if so, `judge` is called for every picture, in coding order."""

    def judge(self, picture: PicturePlan, bits: int) -> PictureQp | None:
        """Decide about a picture as it has been coded, before later ones may refer to it.

        Later pictures may have been planned meanwhile. What is decided here must not depend on whether they were, nor
        may `plan` depend on what was decided about pictures whose results it has not got.

        Args:
            picture: The picture; it is judged again where it is coded again.
            bits: What it takes, at most.

        Returns:
            Coarser QPs with which it has to be coded again; None if it may stay as it is.

        Raises:
            ConfigError: It cannot be coded any coarser.
        """


@runtime_checkable
class GivesQpMaps(Protocol):
    """A controller that may set `qp_map`: where `per_block` is true, streams are prepared for blocks with own QPs."""

    @property
    def per_block(self) -> bool:
        """Whether blocks get QPs of their own."""


@runtime_checkable
class KeepsBuffer(Protocol):
    """A controller that keeps to a decoder's buffer, whose parameters the stream then has."""

    @property
    def vbv(self) -> VbvOptions | None:
        """The buffer; None without one."""


class RateController(Protocol):
    """Steers an encode picture by picture; the encoder calls `plan` and `update` once a picture, in coding order.

    When a picture is planned, the results of those that come `feedback_delay` places or more before it in coding order
    have come, neither more nor fewer: pictures between them may be in work, and the stream must not depend on how far
    they are.

    A controller serves one stream. These three members are all that it needs; one that does more says so by having
    what `GivesQpMaps`, `KeepsBuffer`, `LimitsPictures` or `MayIgnoreResults` declares.
    """

    @property
    def lookahead(self) -> int:
        """Pictures it wants to see beyond the one it plans, in coding order; with 0 nothing is analysed."""

    def plan(self, picture: PicturePlan, lookahead: Lookahead) -> PictureQp:
        """Choose the QPs of the next picture.

        Args:
            picture: The next picture in coding order.
            lookahead: Window whose `upcoming` starts with it.
        """

    def update(self, result: PictureResult) -> None:
        """Learn what a picture came to."""


@runtime_checkable
class MayIgnoreResults(Protocol):
    """A controller that may not look at results; then more pictures can be in work at the start of a stream."""

    @property
    def uses_results(self) -> bool:
        """Whether it does look at them."""


def usual_delay(controller: RateController) -> int:
    """Return how many places before a picture the last result comes that anything about it may depend on."""
    return FEEDBACK_DELAY if uses_results(controller) else NO_FEEDBACK_DELAY


def uses_results(controller: RateController) -> bool:
    """Whether a controller looks at the results of pictures."""
    return not isinstance(controller, MayIgnoreResults) or controller.uses_results


def gives_qp_maps(controller: RateController) -> bool:
    """Whether a controller may give blocks QPs of their own."""
    return isinstance(controller, GivesQpMaps) and controller.per_block


def limits_pictures(controller: RateController) -> bool:
    """Whether pictures may have to be coded again."""
    return isinstance(controller, LimitsPictures) and controller.limits_pictures


def buffer_of(controller: RateController) -> VbvOptions | None:
    """Return the decoder's buffer that a controller keeps to, if there is one."""
    return controller.vbv if isinstance(controller, KeepsBuffer) else None
