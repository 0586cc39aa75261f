# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What encoder and rate control say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from inloop.lookahead.window import Lookahead
from inloop.ratecontrol.vbv import VbvOptions
from inloop.structure.plan import PicturePlan

MAX_QP = 51


@dataclass(frozen=True)
class PictureQp:
    """How fine one picture is to be coded.

    Attributes:
        qp: Luma QP of the slice, up to 51; the lowest is -6 (bit_depth - 8).
        lmbda: Squared error (8-bit scale) that a bit is worth at `qp`.
        qp_map: Luma QP of each 16x16 block, int8 of shape (ceil(height / 16), ceil(width / 16)); None: `qp`
            everywhere. Lambda follows the block's QP: it doubles every three steps.
        max_bits: Where the coded picture is larger than this, it has to be coded again with the QPs that
            `replan` gives; None: any size will do.
    """

    qp: int
    lmbda: float
    qp_map: npt.NDArray[np.int8] | None = None
    max_bits: int | None = None

    @property
    def is_coarsest(self) -> bool:
        """Whether no block can be coded any coarser."""
        return self.qp >= MAX_QP if self.qp_map is None else bool((self.qp_map >= MAX_QP).all())

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
class Replanning(Protocol):
    """A controller that sets `max_bits`."""

    def replan(self, picture: PicturePlan, lookahead: Lookahead, bits: int) -> PictureQp:
        """Choose coarser QPs for the picture planned last, which took too many bits.

        Args:
            picture: That picture.
            lookahead: Window that starts with it.
            bits: What it took.

        Raises:
            ConfigError: The coarsest QP is in use already.
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

    A controller serves one stream. These three members are all that it needs; one that does more says so by having
    what `GivesQpMaps`, `KeepsBuffer` or `Replanning` declares.
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


def gives_qp_maps(controller: RateController) -> bool:
    """Whether a controller may give blocks QPs of their own."""
    return isinstance(controller, GivesQpMaps) and controller.per_block


def buffer_of(controller: RateController) -> VbvOptions | None:
    """Return the decoder's buffer that a controller keeps to, if there is one."""
    return controller.vbv if isinstance(controller, KeepsBuffer) else None
