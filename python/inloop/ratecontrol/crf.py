# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Constant rate factor: a quality, with QPs that follow the complexity of the pictures."""

from __future__ import annotations

from inloop.errors import ConfigError
from inloop.ratecontrol.complexity import Q_COMP
from inloop.ratecontrol.interface import MAX_QP
from inloop.ratecontrol.steering import StreamState
from inloop.structure.plan import PicturePlan

CUTREE_QP = 13.5
"""QP steps, times 1 - q_comp, by which x265 raises the QP level with CUTree, which lowers most blocks."""

_USUAL_STRENGTH = 2.4
"""With this strength our blocks fall as far as x265's: errors that averaging cancels are not counted here."""


class ConstantRateFactor:
    """The QP level is the rate factor, a `QpLevelPolicy`; bits are not looked at.

        qp = 12 + 6 log2(q_scale / 0.85), q_scale by equation (1) or (4), see `QpLevelShape`     (2)

    The offsets of picture types and layers, (3), are the structure's matter and CUTree's.
    """

    uses_bits = False

    def __init__(
        self, crf: float, *, cutree_strength: float = 0.0, q_comp: float = Q_COMP, lowest_qp: int = 0
    ) -> None:
        """Take a rate factor and what shapes its QPs.

        Args:
            crf: About the QP of a usual picture, lowest_qp to 51; with CUTree, streams are as large as those of a
                constant QP of about two less.
            cutree_strength: 0 without CUTree.
            q_comp: Compression of the complexity, 0 to 1.
            lowest_qp: Lowest QP of the bit depth.

        Raises:
            ConfigError: The rate factor is out of range.
        """
        if not lowest_qp <= crf <= MAX_QP:
            raise ConfigError(f"rate factor {crf:g} is outside {lowest_qp}..{MAX_QP}")
        self._qp_level = crf + CUTREE_QP * (1 - q_comp) * cutree_strength / _USUAL_STRENGTH

    def qp_level(self, picture: PicturePlan, state: StreamState | None) -> float:
        """Return the constant QP level. The arguments are those of `QpLevelPolicy.qp_level`."""
        return self._qp_level

    def check(self, picture: PicturePlan, intra_cost: int) -> None:
        """Do nothing: any video will do. The arguments are those of `QpLevelPolicy.check`."""

    def finish(self, picture: PicturePlan, qp_level: float, bits: int) -> None:
        """Do nothing. The arguments are those of `QpLevelPolicy.finish`."""
