# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""From the QP level of a picture to the QPs of its blocks: layers, adaptive quantisation, CUTree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError
from inloop.lookahead.window import Lookahead
from inloop.ratecontrol.aq import AQ_MODES, AqMode, aq_offsets
from inloop.ratecontrol.cutree import CuTree
from inloop.ratecontrol.interface import MAX_QP, PictureQp
from inloop.structure.lagrangian import UNREFERENCED
from inloop.structure.plan import PicturePlan

Offsets = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BlockQpOptions:
    """What is added to the QP level of the stream.

    Attributes:
        layer_scale: Share of the structure's own QP offsets of layers and intra pictures that is applied, 0 to 2,
            without unit; None: 1 without CUTree and 0 with it, which makes lower layers finer by itself.
        aq_mode: Adaptive quantisation: "off" or "variance".
        aq_strength: 0 to 3, without unit.
        cutree: Whether blocks that later pictures are predicted from are coded finer.
        cutree_strength: QP steps per doubling of a block's importance, 0 to 10. x265's is 2.
        cutree_contrast: How far the blocks of a picture differ, 0 (not at all) to 1, without unit.
        lowest_qp: 0 at 8 bit, -12 at 10 bit.
    """

    layer_scale: float | None = None
    aq_mode: AqMode = "off"
    aq_strength: float = 1.0
    cutree: bool = True
    cutree_strength: float = 2.4
    cutree_contrast: float = 0.8
    lowest_qp: int = 0

    def __post_init__(self) -> None:
        """Raise ConfigError where a value is out of range."""
        if self.layer_scale is not None and not 0 <= self.layer_scale <= 2:
            raise ConfigError(f"scale of the layers' QP offsets {self.layer_scale}: 0 to 2")
        if self.aq_mode not in AQ_MODES:
            raise ConfigError(f"adaptive quantisation {self.aq_mode!r} is none of {', '.join(AQ_MODES)}")
        if not 0 <= self.aq_strength <= 3:
            raise ConfigError(f"strength of adaptive quantisation {self.aq_strength}: 0 to 3")
        if not 0 <= self.cutree_contrast <= 1:
            raise ConfigError(f"contrast of CUTree {self.cutree_contrast}: 0 to 1")
        if not 0 <= self.cutree_strength <= 10:
            raise ConfigError(f"strength of CUTree {self.cutree_strength}: 0 to 10 QP steps")

    @property
    def per_block(self) -> bool:
        """Whether blocks of a picture differ."""
        return self.cutree or self.aq_mode != "off"


class BlockQp:
    """Turns QP levels into QPs of pictures and blocks."""

    def __init__(self, options: BlockQpOptions) -> None:
        """Keep the options."""
        self.options = options
        self._cutree = CuTree(options.cutree_strength, options.cutree_contrast) if options.cutree else None
        scale = options.layer_scale
        self._aq: dict[int, Offsets] = {}
        self._layer_scale = (0.0 if options.cutree else 1.0) if scale is None else scale

    def offsets(self, plan: PicturePlan, lookahead: Lookahead, qp_level: float) -> Offsets:
        """Return what is added to a QP level: float ``[rows, columns]`` of 16x16 blocks, or of shape (1, 1) for all.

        Args:
            plan: The picture.
            lookahead: Window that holds it.
            qp_level: QP that the pictures are about coded at.
        """
        layer = self._layer_scale * plan.qp_offset
        if not self.options.per_block:
            return np.full((1, 1), layer)
        aq = self._aq_offsets(lookahead)
        total = np.full(lookahead.frame(plan.index).intra.shape, layer)
        if aq is not None:
            total += aq[plan.index]
        if self._cutree is not None:
            total += self._cutree.offsets(lookahead, plan.index, qp_level, aq)
        return total

    def picture_qp(self, qp_level: float, plan: PicturePlan, lookahead: Lookahead) -> PictureQp:
        """Return the QPs of a picture at a QP level.

        Args:
            qp_level: QP of a block without offsets.
            plan: The picture.
            lookahead: Window that holds it.
        """
        qps = np.clip(qp_level + self.offsets(plan, lookahead, qp_level), self.options.lowest_qp, MAX_QP)
        qp = round(float(qps.mean()))
        if not self.options.per_block:
            return PictureQp(qp, plan.lmbda(qp))
        lmbda = plan.lmbda(qp) if self._cutree is None else self._tree_lambda(qp, plan, lookahead, qp_level)
        return PictureQp(qp, lmbda, np.rint(qps).astype(np.int8))

    def _tree_lambda(self, qp: float, plan: PicturePlan, lookahead: Lookahead, qp_level: float) -> float:
        """Return the lambda of a picture with CUTree whose blocks have this mean QP.

        An error in it is worth its importance times what one is in a picture that nobody refers to, and lambda is
        that much lower; QP follows by less than the three steps a doubling that this would be.
        """
        assert self._cutree is not None
        aq = self._aq_offsets(lookahead)
        doublings = self._cutree.doublings(lookahead, plan.index, qp_level, aq)
        unimportant = qp + self._cutree.strength * doublings
        return UNREFERENCED.at(unimportant, halvings=doublings)

    def _aq_offsets(self, lookahead: Lookahead) -> dict[int, Offsets] | None:
        if self.options.aq_mode == "off":
            return None
        options = self.options
        self._aq = {
            plan.index: self._aq[plan.index]
            if plan.index in self._aq
            else aq_offsets(lookahead.frame(plan.index).energy, options.aq_mode, options.aq_strength)
            for plan in lookahead.upcoming
        }
        return self._aq

    def rounding(self, qp: PictureQp, qp_level: float, plan: PicturePlan, lookahead: Lookahead) -> float:
        """Return by how much rounding and clipping moved the mean QP of a picture, in QP steps.

        Args:
            qp: What `picture_qp` gave.
            qp_level: The QP level that it was asked for.
            plan: The picture.
            lookahead: Window that holds it.
        """
        wanted = qp_level + float(self.offsets(plan, lookahead, qp_level).mean())
        return qp.mean_qp - wanted
