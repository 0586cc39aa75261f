# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What became of the blocks of a stream: how many were filtered, and why the others were not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inloop.nnlf.blocks import BoolArray, FloatArray
from inloop.nnlf.decision import gains

_HALF_STRENGTH = np.full(3, 0.5)
"""Blend scale at which a block is judged to have come nearer to the original."""


@dataclass
class FilterOutcome:
    """Counts of a stream, in luma samples of blocks.

    Attributes:
        pictures: Pictures that the filter was asked about.
        filtered_pictures: Those that have filtered blocks.
        samples: Of all blocks.
        run: Of blocks on which the network ran.
        nearer: Of blocks that it brought nearer to the original.
        filtered: Of blocks that are filtered, on which a decoder runs the network.
    """

    pictures: int = 0
    filtered_pictures: int = 0
    samples: float = 0.0
    run: float = 0.0
    nearer: float = 0.0
    filtered: float = 0.0

    def add_picture(self, samples: float) -> None:
        """Count a picture."""
        self.pictures += 1
        self.samples += samples

    def add_run(self, area: FloatArray, run: BoolArray, sums: FloatArray) -> None:
        """Count what the network did.

        Args:
            area: Luma samples of each block.
            run: Blocks on which it ran.
            sums: ``[blocks, 3, 3]`` of its first candidate, as for `inloop.nnlf.decision.Evidence`.
        """
        self.run += float(area[run].sum())
        self.nearer += float(area[run & (gains(sums, _HALF_STRENGTH).sum(-1) > 0)].sum())

    def add_filtered(self, area: FloatArray, filtered: BoolArray) -> None:
        """Count the filtered blocks of a picture."""
        self.filtered_pictures += bool(filtered.any())
        self.filtered += float(area[filtered].sum())

    @property
    def filtered_share(self) -> float:
        """Share of the luma samples that are filtered."""
        return self.filtered / max(self.samples, 1.0)

    def summary(self) -> str:
        """One line: what was filtered, or why nothing was."""
        if self.filtered:
            return (
                f"filter: {self.filtered_share:.1%} of the blocks' samples, in {self.filtered_pictures} of "
                f"{self.pictures} pictures"
            )
        if not self.run:
            return (
                "filter: nothing, because every block was expected to gain less than its work is worth; "
                "--nnlf-skip 0 runs the network on all of them"
            )
        if not self.nearer:
            return (
                f"filter: nothing: the network ran on {self.run / self.samples:.1%} of the blocks' samples and "
                "brought none of them nearer to the original"
            )
        return (
            f"filter: nothing: of the blocks on which the network ran it brought {self.nearer / self.run:.1%} nearer "
            "to the original, by less than its bits and, but for --nnlf-skip 0, its work are worth"
        )
