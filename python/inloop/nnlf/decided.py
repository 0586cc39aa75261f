# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A picture between the decision about its filter and the last filtered block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inloop import _core
from inloop.nnlf.blocks import PictureBlocks
from inloop.nnlf.outcome import FilterOutcome
from inloop.nnlf.picture import FilterResult, Planes


@dataclass(frozen=True)
class DecidedPicture:
    """What is decided, and who filters the blocks: either `complete`, or the encoder by rows and then `finish`.

    Attributes:
        filter: Makes the filtered picture.
        blocks: The blocks.
        outcome: Counts what becomes of them.
        has_payload: Whether the picture has a payload of its own.
        shown_only: The filtered picture is shown, but the unfiltered one is the reference.
    """

    filter: _core.TrialFilter
    blocks: PictureBlocks
    outcome: FilterOutcome
    has_payload: bool
    shown_only: bool

    def complete(self) -> FilterResult:
        """Filter all blocks, and return the picture."""
        return self.finish(self.filter.run())

    def finish(self, planes: Planes | None = None) -> FilterResult:
        """Return what came out, once all blocks are filtered.

        Args:
            planes: The filtered picture, None where it has taken the place of the deblocked one.
        """
        area, coded = self.blocks.area, self.blocks.coded
        filtered = self.filter.choice > 0
        self.outcome.add_run(area, self.filter.has_run, self.filter.sums.astype(np.float64))
        self.outcome.add_filtered(area, filtered)
        payload = b""
        if self.has_payload:
            payload = self.filter.parameters.serialise(coded.width, coded.height)
        return FilterResult(payload, planes, self.shown_only, self.blocks.block_size, filtered)
