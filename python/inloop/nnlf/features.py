# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Network inputs from a coded picture, in NumPy: what training feeds, and the oracle of the C++ packing.

Everything is integer: value = integer / 2**q with ``q = INPUT_Q``. A feature map has half the luma resolution and the
layout ``[..., height / 2, width / 2, channels]``. Channels:

==========  =========================================================================================
rec, pred   2x2 Hadamard of luma (sum, left - right, top - bottom, diagonal), Cb, Cr
bs          boundary strength: the largest of the four luma values, then Cb and Cr
qp_base     QP of the slice plus the candidate's offset, the same everywhere
qp_block    QP of the block
ipb         0 intra, 1 uni-predicted, 2 bi-predicted
==========  =========================================================================================

Luma boundary strength marks one sample on each side of every edge of the 8x8 luma grid; the chroma planes mark one
sample on each side of the edges of the 8x8 chroma grid (16 luma samples), the ones chroma deblocking looks at.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.integer]
Int32Array = npt.NDArray[np.int32]

INPUT_Q = 13
CONTEXT = 8
"""Luma samples of context around a block on each side."""
BLOCK = 128
"""Luma samples along the side of a filter block."""
BS_VALUES = np.array([0, 512, 1023], np.int32)
"""Boundary strength 0..2 as 10-bit sample values."""


def _scaled(values: Int32Array, shift: int) -> Int32Array:
    if shift >= 0:
        return values << shift
    return (values + (1 << (-shift - 1))) >> -shift


def pack_planes(luma: IntArray, cb: IntArray, cr: IntArray, bit_depth: int, q: int = INPUT_Q) -> Int32Array:
    """Pack three 4:2:0 planes ``[..., h, w]`` (chroma ``[..., h/2, w/2]``) into ``[..., h/2, w/2, 6]``.

    Args:
        luma: Luma samples, even height and width.
        cb: Cb samples.
        cr: Cr samples.
        bit_depth: Bits a sample.
        q: Quantizer of the result; 1.0 is the full sample range.
    """
    y = np.asarray(luma, np.int32)
    a, b = y[..., 0::2, 0::2], y[..., 0::2, 1::2]
    c, d = y[..., 1::2, 0::2], y[..., 1::2, 1::2]
    hadamard = np.stack([a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d], -1)
    chroma = np.stack([np.asarray(cb, np.int32), np.asarray(cr, np.int32)], -1)
    return np.concatenate([_scaled(hadamard, q - bit_depth - 2), _scaled(chroma, q - bit_depth)], -1)


def unpack_planes(packed: IntArray) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Invert `pack_planes`, scaling aside: ``[..., h/2, w/2, 6]`` to Y ``[..., h, w]``, Cb, Cr ``[..., h/2, w/2]``."""
    p = np.asarray(packed, np.int32)
    return _inverse_hadamard(p[..., :4]), p[..., 4], p[..., 5]


def unpack_coefficients(out: IntArray) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Invert the output packing: ``[..., h/4, w/4, 24]`` to residuals Y ``[..., h, w]``, Cb, Cr ``[..., h/2, w/2]``.

    Channel ``4k + i`` is Hadamard coefficient k of the 2x2 luma sub-block i (raster order) of a 4x4 block; 16..19 are
    the coefficients of the 2x2 Cb block, 20..23 of Cr. The residual keeps the quantizer of the input.
    """
    o = np.asarray(out, np.int32)
    lead, (h, w) = o.shape[:-3], o.shape[-3:-1]
    luma = o[..., :16].reshape(*lead, h, w, 4, 2, 2)  # coefficient, sub-row, sub-column
    luma = np.moveaxis(luma, -3, -1)  # sub-row, sub-column, coefficient
    luma = np.moveaxis(luma, -4, -3).reshape(*lead, 2 * h, 2 * w, 4)
    return (_inverse_hadamard(luma), _inverse_hadamard(o[..., 16:20]), _inverse_hadamard(o[..., 20:24]))


def _inverse_hadamard(c: Int32Array) -> Int32Array:
    c0, c1, c2, c3 = (c[..., k] for k in range(4))
    plane = np.empty((*c.shape[:-3], 2 * c.shape[-3], 2 * c.shape[-2]), np.int32)
    plane[..., 0::2, 0::2] = c0 + c1 + c2 + c3
    plane[..., 0::2, 1::2] = c0 - c1 + c2 - c3
    plane[..., 1::2, 0::2] = c0 + c1 - c2 - c3
    plane[..., 1::2, 1::2] = c0 - c1 - c2 + c3
    return plane


def _both_sides(edges: IntArray, axis: int) -> IntArray:
    """Map strengths at the start of each 4-luma-sample unit to both half-resolution samples that touch the edge."""
    after = np.repeat(edges, 2, axis)
    before = np.concatenate(
        [np.take(after, range(2, after.shape[axis]), axis), np.zeros_like(np.take(after, [0, 1], axis))], axis
    )
    position = np.arange(after.shape[axis]) % 2
    shape = [1, 1]
    shape[axis] = -1
    return np.where(position.reshape(shape) == 0, after, before)


def boundary_planes(bs_ver: IntArray, bs_hor: IntArray) -> npt.NDArray[np.uint8]:
    """Boundary strength of a whole picture as ``[h/2, w/2, 2]``: luma and chroma value 0..2 per half-resolution sample.

    Args:
        bs_ver: ``[h/4, w/4]`` strength of the edge at the left of each 4x4 luma unit, non-zero on the 8x8 grid only.
        bs_hor: The same for the edge at the top.
    """
    ver, hor = np.asarray(bs_ver, np.uint8).copy(), np.asarray(bs_hor, np.uint8).copy()
    planes = []
    for grid in (2, 4):  # in units of 4 luma samples: 8x8 luma grid, then 8x8 chroma grid
        ver[:, np.arange(ver.shape[1]) % grid != 0] = 0
        hor[np.arange(hor.shape[0]) % grid != 0, :] = 0
        planes.append(np.maximum(_both_sides(np.repeat(ver, 2, 0), 1), _both_sides(np.repeat(hor, 2, 1), 0)))
    return np.stack(planes, -1)


def pack_boundary(planes: IntArray, q: int = INPUT_Q) -> Int32Array:
    """Scale strengths to the three channels of the input ``bs``: int32 ``[..., 3]``.

    Args:
        planes: ``[..., 2]`` from `boundary_planes`, 0 to 2.
        q: Quantizer of the input.
    """
    return np.asarray(_scaled(BS_VALUES[planes[..., [0, 1, 1]]], q - 10), np.int32)


def pack_qp(qp: IntArray, q: int = INPUT_Q) -> Int32Array:
    """Scale QPs to the one channel of an input: int32 ``[..., 1]``.

    Args:
        qp: QPs ``[...]`` at half luma resolution.
        q: Quantizer of the input.
    """
    return np.asarray(qp, np.int32)[..., None] << (q - 6)


def pack_prediction_type(pred_type: IntArray, q: int = INPUT_Q) -> Int32Array:
    """Scale prediction types to the one channel of the input ``ipb``: int32 ``[..., 1]``.

    Args:
        pred_type: Types 0 to 2 ``[...]`` at half luma resolution.
        q: Quantizer of the input.
    """
    return np.asarray(pred_type, np.int32)[..., None] << (q - 1)
