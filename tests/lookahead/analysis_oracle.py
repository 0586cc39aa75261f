# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Slow, obvious twins of the lookahead's kernels."""

from __future__ import annotations

import numpy as np


def hadamard_sum(difference: np.ndarray) -> int:
    matrix = np.array([[1]])
    for _ in range(3):
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return int(np.abs(matrix @ difference.astype(int) @ matrix).sum())


def satd(a: np.ndarray, b: np.ndarray) -> int:
    return (hadamard_sum(a.astype(int) - b) + 2) >> 2


def halved(plane: np.ndarray, shift: int = 0) -> np.ndarray:
    wide = plane.astype(int)
    total = wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2]
    return np.minimum((total + (2 << shift)) >> (2 + shift), 255)


def half_pel(src: np.ndarray, right: int, down: int) -> np.ndarray:
    wide = src.astype(int)
    terms = [wide[y : y + 8, x : x + 8] for y in range(down + 1) for x in range(right + 1)]
    return (sum(terms) + len(terms) // 2) // len(terms)


def padded(lowres: np.ndarray, border: int = 48) -> np.ndarray:
    """The picture extended to whole blocks and by a border, its outermost samples repeated."""
    height, width = lowres.shape
    return np.pad(lowres, ((border, border + -height % 8), (border, border + -width % 8)), mode="edge")


def displaced(plane: np.ndarray, bx: int, by: int, vector: np.ndarray, border: int = 48) -> np.ndarray:
    """The prediction of block (bx, by) by a vector in half samples; `plane` is padded."""
    x, y = 8 * bx + border + (int(vector[0]) >> 1), 8 * by + border + (int(vector[1]) >> 1)
    return half_pel(plane[y : y + 9, x : x + 9], int(vector[0]) & 1, int(vector[1]) & 1)
