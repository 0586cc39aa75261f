# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter blocks of a coded picture: what a network costs there, and what is known of them before it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.engine.model import Model
from inloop.nnlf.features import CONTEXT
from inloop.nnlf.picture import CodedPicture

BLOCK_SIZES = (_core.FILTER_BLOCK_SIZE, _core.FILTER_LARGE_BLOCK_SIZE)
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_QP_UNIT = 32.0


@dataclass(frozen=True)
class PictureBlocks:
    """The blocks of one picture, in raster order, as a skip policy sees them.

    Attributes:
        coded: The picture.
        block_size: 128 or 256 luma samples.
        work: float ``[blocks]``, multiplications of the network in a block with its context, in thousands.
    """

    coded: CodedPicture
    block_size: int
    work: FloatArray = field(repr=False)

    @classmethod
    def of(cls, coded: CodedPicture, block_size: int, model: Model) -> PictureBlocks:
        """Describe the blocks of a picture for a network."""
        work = [
            model.macs((h + 2 * CONTEXT) // 2, (w + 2 * CONTEXT) // 2) / 1000
            for h in _parts(coded.height, block_size)
            for w in _parts(coded.width, block_size)
        ]
        return cls(coded, block_size, np.array(work))

    @property
    def count(self) -> int:
        """Number of blocks."""
        return len(self.work)

    @cached_property
    def area(self) -> FloatArray:
        """Luma samples of each block, its context excluded."""
        heights, widths = (_parts(s, self.block_size) for s in (self.coded.height, self.coded.width))
        return np.outer(heights, widths).ravel().astype(np.float64)

    @cached_property
    def statistics(self) -> dict[str, FloatArray]:
        """Sums over each block by name, see ``csrc/nnlf/apply/block_statistics.h``."""
        table = _core.filter_block_statistics(self.coded, self.block_size).astype(np.float64)
        return dict(zip(_core.FILTER_BLOCK_FIELDS, table.T, strict=True))

    @cached_property
    def edge_density(self) -> FloatArray:
        """Coded edges a 4x4 unit, 0 to 1, which is what the rule of pictures without flags looks at."""
        return np.asarray(self.statistics["edges"] / self.statistics["units"])

    def with_edges(self, min_edges: int) -> BoolArray:
        """Blocks that a picture without flags filters, for a threshold in 1/64 edges a unit."""
        return _core.filter_edge_blocks(self.coded, min_edges, self.block_size)

    def features(self) -> dict[str, FloatArray]:
        """Numbers around 1 that describe texture, coded residual, partition, prediction and QP of each block.

        The same at any bit depth.
        """
        s, peak = self.statistics, float(1 << (self.coded.bit_depth - 8))
        samples, units = s["samples"] * peak, s["units"]
        mean = s["sum"] / samples
        variance = np.maximum(s["square_sum"] / samples / peak - mean**2, 0)
        return {
            "constant": np.ones(self.count),
            "edges": self.edge_density,
            "strong_edges": s["strong_edges"] / units,
            "gradient": np.log2(1 + s["gradient"] / samples) / 4,
            "variance": np.log2(1 + variance) / 10,
            "residual": np.log2(1 + 4 * s["residual"] / samples) / 4,
            "residual_square": np.log2(1 + s["residual_square"] / samples / peak) / 6,
            "intra": s["intra"] / units,
            "bi": s["bi"] / units,
            "qp": s["qp"] / units / _QP_UNIT,
            "slice_qp": np.full(self.count, self.coded.slice_qp / _QP_UNIT),
        }


def _parts(side: int, block_size: int) -> list[int]:
    """Lengths of the blocks along a side."""
    return [min(block_size, side - start) for start in range(0, side, block_size)]
