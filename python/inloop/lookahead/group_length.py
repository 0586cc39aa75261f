# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Length of the groups of random access, from what prediction across them saves."""

from __future__ import annotations

from inloop.lookahead.window import AnalysedFrame

_LEAST_SAVING = 0.15
"""Prediction from the anchor before must save this share of the intra cost for a group to go on."""


class GroupLength:
    """Says of pictures, in display order, whether a group had better end with them.

    A group is halved where prediction of its middle from the anchor in front of it saves less than 15 % of the
    intra cost: then prediction across the whole group saves nothing. The same goes for the half.
    """

    def __init__(self, gop: int) -> None:
        """Watch groups of a length.

        Args:
            gop: Pictures in a full group, a power of 2.
        """
        self._lengths = {length for length in (gop // 4, gop // 2) if length > 1}
        self._anchor: AnalysedFrame | None = None

    def ends(self, frame: AnalysedFrame) -> bool:
        """Return whether the group shall end with a picture."""
        if self._anchor is None or frame.index - self._anchor.index not in self._lengths:
            return False
        return frame.predict((self._anchor,)).cost > (1 - _LEAST_SAVING) * frame.intra_cost

    def start(self, anchor: AnalysedFrame) -> None:
        """Say that a group ended with a picture, for whatever reason: it is the anchor of the next one."""
        self._anchor = anchor
