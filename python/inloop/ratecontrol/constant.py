# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Constant QP: the structure's offsets and nothing else, unless block QPs are asked for."""

from __future__ import annotations

from inloop.errors import ConfigError
from inloop.lookahead.window import DEFAULT_DEPTH, Lookahead
from inloop.ratecontrol.block_qp import BlockQp, BlockQpOptions
from inloop.ratecontrol.interface import MAX_QP, PictureQp, PictureResult
from inloop.structure.plan import PicturePlan


class ConstantQp:
    """One QP level for the whole stream."""

    def __init__(
        self,
        qp: float,
        blocks: BlockQpOptions = BlockQpOptions(cutree=False),
        lookahead: int = DEFAULT_DEPTH,
    ) -> None:
        """Take the QP level.

        Args:
            qp: QP level, -12 to 51.
            blocks: Offsets of layers and blocks.
            lookahead: Used with CUTree only.

        Raises:
            ConfigError: The QP is out of range.
        """
        if not blocks.lowest_qp <= qp <= MAX_QP:
            raise ConfigError(f"QP {qp:g} is outside {blocks.lowest_qp}..{MAX_QP}")
        self.lookahead = lookahead if blocks.cutree else int(blocks.per_block)
        self.per_block = blocks.per_block
        self.uses_results = False
        self._qp_level = qp
        self._blocks = BlockQp(blocks)

    def plan(self, picture: PicturePlan, lookahead: Lookahead) -> PictureQp:
        """Return the constant QP with the picture's offsets.

        Args:
            picture: The next picture in coding order.
            lookahead: Window that starts with it.
        """
        return self._blocks.picture_qp(self._qp_level, picture, lookahead)

    def update(self, result: PictureResult) -> None:
        """Do nothing."""
