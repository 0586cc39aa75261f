# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""All intra: every picture stands alone."""

from __future__ import annotations

from inloop._core import NalType
from inloop.structure.plan import PicturePlan, SequenceLimits


class AllIntra:
    """Every picture is a random access point of its own."""

    limits = SequenceLimits()

    def __init__(self) -> None:
        """Start a stream."""
        self._count = 0

    def push(self, scene_cut: bool = False, *, group_end: bool = False) -> list[PicturePlan]:
        """Take the next picture; return its plan.

        Args:
            scene_cut: Without meaning here: every picture is intra coded.
            group_end: Without meaning here.
        """
        index, self._count = self._count, self._count + 1
        nal_type = NalType.CRA if index else NalType.IDR_N_LP
        return [PicturePlan(index, index, "I", nal_type, is_reference=False)]

    def finish(self) -> list[PicturePlan]:
        """Return nothing: no picture waits."""
        return []
