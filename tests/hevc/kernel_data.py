# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Data for the kernel tests of the codec: three data modes, odd row strides, guard bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DATA_MODES = ("random", "near_min", "near_max")
GUARD = 19  # elements around a block on every side: wider than a vector that strays by a few samples


def values(rng: np.random.Generator, mode: str, shape: tuple[int, ...], low: int, high: int) -> np.ndarray:
    """Integers in [low, high]: uniform, or within 3 of one end, as int64."""
    spread = min(3, high - low)
    if mode == "near_min":
        high = low + spread
    elif mode == "near_max":
        low = high - spread
    return rng.integers(low, high + 1, shape)


@dataclass
class Guarded:
    """A block inside a larger buffer whose rows have an odd stride; `check` fails if anything around it changed."""

    buffer: np.ndarray
    before: np.ndarray
    block: np.ndarray

    @classmethod
    def of(cls, data: np.ndarray, dtype: type = np.uint16) -> Guarded:
        height, width = data.shape
        stride = width + 2 * GUARD + (width + 1) % 2
        info = np.iinfo(dtype)
        noise = np.random.default_rng(7).integers(info.min, info.max + 1, (height + 2 * GUARD, stride))
        buffer = noise.astype(dtype)
        block = buffer[GUARD : GUARD + height, GUARD : GUARD + width]
        block[...] = data
        return cls(buffer, buffer.copy(), block)

    def check(self) -> None:
        changed = self.buffer != self.before
        height, width = self.block.shape
        changed[GUARD : GUARD + height, GUARD : GUARD + width] = False
        assert not changed.any(), f"written outside the block at (y, x) {np.argwhere(changed)[:4] - GUARD}"


def dense_guarded(data: np.ndarray, dtype: type = np.int16) -> tuple[np.ndarray, np.ndarray]:
    """A dense block between guards in one flat buffer: returns (buffer, block view)."""
    buffer = np.full(data.size + 2 * 64, 21845, dtype)
    block = buffer[64 : 64 + data.size].reshape(data.shape)
    block[...] = data
    return buffer, block


def check_dense_guard(buffer: np.ndarray) -> None:
    assert (buffer[:64] == 21845).all(), "written before the block"
    assert (buffer[-64:] == 21845).all(), "written behind the block"
