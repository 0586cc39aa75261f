# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's choice of filter parameters, from per-block sums of squared errors alone.

With d = signal - deblocked and e = original - deblocked, blending with scale s changes a block's squared error from
``sum ee`` to ``sum ee - 2 s sum de + s^2 sum dd``: every combination of scale, candidate and flags is evaluated in
closed form, without touching a sample again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inloop import _core

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_SCALES = (
    np.array([_core.filter_scale_of_code(code) for code in range(_core.FILTER_MAX_SCALE_CODE + 1)]) / 256
)
_HEADER_BITS = 40 + 40
"""Payload without flags and hashes, and the start code and header of its NAL unit."""
_ITERATIONS = 3


@dataclass(frozen=True)
class Decision:
    """Chosen parameters of a picture.

    Attributes:
        gain: Fall of the Lagrangian cost against the unfiltered picture, in squared sample units; 0 = unfiltered.
        candidates: Which candidates are used, at most two.
        scale_code: Coded scale of Y, Cb, Cr.
        choice: Per block 0 or 1 + position in `candidates`; ``None``: all blocks use the one candidate.
    """

    gain: float = 0.0
    candidates: tuple[int, ...] = ()
    scale_code: tuple[int, int, int] = (0, 0, 0)
    choice: IntArray | None = field(default=None, compare=False)


def gains(sums: FloatArray, scale: FloatArray) -> FloatArray:
    """Fall of the squared error for sums ``[..., 3 components, 3]`` at the given scales ``[3]``: ``[..., 3]``."""
    return np.asarray(2 * scale * sums[..., 1] - scale**2 * sums[..., 2])


def best_scale_codes(sums: FloatArray) -> tuple[int, int, int]:
    """Least-squares scale per component for the sums ``[3, 3]``, as the code with the largest gain."""
    codes = [int(np.argmax(2 * _SCALES * s[1] - _SCALES**2 * s[2])) for s in sums]
    return codes[0], codes[1], codes[2]


def decide(sums: FloatArray, lmbda: float) -> Decision:
    """Choose candidates, scales and block flags.

    Args:
        sums: ``[candidates, blocks, 3, 3]``: (ee, de, dd) per component in squared sample units.
        lmbda: Lagrangian: squared error one bit is worth.
    """
    options = [Decision()]
    for k in range(len(sums)):
        options.append(_whole_picture(sums[k], k, lmbda))
        options.append(_per_block(sums[k : k + 1], (k,), lmbda))
    for k in range(1, len(sums)):
        options.append(_per_block(sums[[0, k]], (0, k), lmbda))
    return max(options, key=lambda option: option.gain)


def _whole_picture(sums: FloatArray, candidate: int, lmbda: float) -> Decision:
    total = sums.sum(0)
    codes = best_scale_codes(total)
    gain = float(gains(total, _SCALES[list(codes)]).sum()) - lmbda * _HEADER_BITS
    return Decision(gain, (candidate,), codes)


def _per_block(sums: FloatArray, candidates: tuple[int, ...], lmbda: float) -> Decision:
    """Alternate between the best scales for the chosen blocks and the best choice for the scales.

    Starts from the blocks that gain at half strength: with all of them, gains and losses could cancel out.
    """
    blocks = sums.shape[1]
    start = gains(sums, np.full(3, 0.5)).sum(-1)
    choice = np.where(start.max(0) > 0, start.argmax(0) + 1, 0)
    on_bits = len(candidates) - 1
    best = Decision()
    for _ in range(_ITERATIONS):
        if not choice.any():
            break
        on = np.flatnonzero(choice)
        codes = best_scale_codes(sums[choice[on] - 1, on].sum(0))
        gain = gains(sums, _SCALES[list(codes)]).sum(-1) - lmbda * on_bits  # [candidates, blocks]
        choice = np.where(gain.max(0) > 0, gain.argmax(0) + 1, 0)
        total = float(np.maximum(gain.max(0), 0).sum()) - lmbda * (_HEADER_BITS + blocks + 6 * on_bits)
        if total > best.gain:
            best = Decision(total, candidates, codes, choice)
    return best
