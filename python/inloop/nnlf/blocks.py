# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter blocks of a coded picture: what a network costs there, and what is known of them before it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.nnlf.filter_model import network_for
from inloop.nnlf.function import AnyFilter, FilterFunction
from inloop.nnlf.picture import CodedPicture

BLOCK_SIZES = (_core.FILTER_BLOCK_SIZE, _core.FILTER_LARGE_BLOCK_SIZE)
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_QP_UNIT = 32.0
"""QPs are divided by this in the features: a QP of common use is around 1."""


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
    def of(cls, coded: CodedPicture, block_size: int, model: AnyFilter) -> PictureBlocks:
        """Describe the blocks of a picture for a network.

        Args:
            coded: The picture.
            block_size: 128 or 256 luma samples.
            model: The filter, or a function in its place, which says how much work a block is.
        """
        core = _core.FilterBlocks(coded.core, block_size)
        if isinstance(model, FilterFunction):
            work = np.asarray(core.areas() * model.kmac_per_px, np.float64)
        else:
            work = np.asarray(core.macs(network_for(model, coded.slice_type).core) / 1000, np.float64)
        blocks = cls(coded, block_size, work)
        vars(blocks)["core"] = core
        return blocks

    @cached_property
    def core(self) -> _core.FilterBlocks:
        """The blocks in the core, which the properties below ask once each."""
        return _core.FilterBlocks(self.coded.core, self.block_size)

    @property
    def count(self) -> int:
        """Number of blocks."""
        return len(self.work)

    @property
    def columns(self) -> int:
        """Blocks in a row."""
        return -(-self.coded.width // self.block_size)

    @cached_property
    def area(self) -> FloatArray:
        """Luma samples of each block, its context excluded."""
        return self.core.areas().astype(np.float64)

    @cached_property
    def statistics(self) -> dict[str, FloatArray]:
        """Sums over each block by name, see ``csrc/nnlf/trial/block_statistics.h``."""
        table = self.core.statistics().astype(np.float64)
        return dict(zip(_core.FILTER_BLOCK_FIELDS, table.T, strict=True))

    @cached_property
    def edge_density(self) -> FloatArray:
        """Coded edges a 4x4 cell, 0 to 1: what the edge rule looks at."""
        return np.asarray(self.statistics["edges"] / self.statistics["cells"])

    def with_edges(self, min_edges: int) -> BoolArray:
        """Blocks that the edge rule filters, for a threshold in 1/64 edges a 4x4 cell."""
        return self.core.with_edges(min_edges)

    def features(self) -> dict[str, FloatArray]:
        """Numbers around 1 that describe texture, coded residual, partition, prediction and QP of each block.

        The same at any bit depth.
        """
        return dict(self._features)

    @cached_property
    def _features(self) -> dict[str, FloatArray]:
        s, peak = self.statistics, float(1 << (self.coded.bit_depth - 8))
        samples, cells = s["samples"] * peak, s["cells"]
        mean = s["sum"] / samples
        variance = np.maximum(s["square_sum"] / samples / peak - mean**2, 0)
        return {
            "constant": np.ones(self.count),
            "edges": self.edge_density,
            "strong_edges": s["strong_edges"] / cells,
            "gradient": np.log2(1 + s["gradient"] / samples) / 4,
            "variance": np.log2(1 + variance) / 10,
            "residual": np.log2(1 + 4 * s["residual"] / samples) / 4,
            "residual_square": np.log2(1 + s["residual_square"] / samples / peak) / 6,
            "intra": s["intra"] / cells,
            "bi": s["bi"] / cells,
            "qp": s["qp"] / cells / _QP_UNIT,
            "slice_qp": np.full(self.count, self.coded.slice_qp / _QP_UNIT),
        }
