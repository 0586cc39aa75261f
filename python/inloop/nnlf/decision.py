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
_HEADER_BITS = {False: 40 + 40, True: 40 + 16}
"""Payload without flags and hashes, and start code and header of its NAL unit; with and without reused settings."""
_ITERATIONS = 3
_HALF_STRENGTH = (12, 12, 12)

Codes = tuple[int, int, int]
Settings = tuple[tuple[int, ...], Codes]


@dataclass(frozen=True)
class Decision:
    """Chosen parameters of a picture.

    Attributes:
        gain: Fall of the Lagrangian cost against the unfiltered picture, in squared sample units; 0 = unfiltered.
        candidates: Which candidates are used, at most two.
        scale_code: Coded scale of Y, Cb, Cr.
        reuse: The settings are those of the filtered picture before.
        silent: No payload: the settings of the picture before hold.
        choice: Per block 0 or 1 + position in `candidates`; ``None``: all blocks use the one candidate.
    """

    gain: float = 0.0
    candidates: tuple[int, ...] = ()
    scale_code: Codes = (0, 0, 0)
    reuse: bool = False
    silent: bool = False
    choice: IntArray | None = field(default=None, compare=False)


def gains(sums: FloatArray, scale: FloatArray) -> FloatArray:
    """Fall of the squared error for sums ``[..., 3 components, 3]`` at the given scales ``[3]``: ``[..., 3]``."""
    return np.asarray(2 * scale * sums[..., 1] - scale**2 * sums[..., 2])


def best_scale_codes(sums: FloatArray) -> Codes:
    """Least-squares scale per component for the sums ``[3, 3]``, as the code with the largest gain."""
    codes = [int(np.argmax(2 * _SCALES * s[1] - _SCALES**2 * s[2])) for s in sums]
    return codes[0], codes[1], codes[2]


def decide(sums: FloatArray, lmbda: float, previous: Settings | None = None, held: bool = False) -> Decision:
    """Choose candidates, scales and block flags.

    Args:
        sums: ``[candidates, blocks, 3, 3]``: (ee, de, dd) per component in squared sample units.
        lmbda: Lagrangian: squared error one bit is worth.
        previous: Candidates and scale codes that could be reused cheaply.
        held: `previous` hold for a picture without a payload; leaving it unfiltered is what takes one.
    """
    options = []
    for k in range(len(sums)):
        options.append(_whole_picture(sums, (k,), best_scale_codes(sums[k].sum(0)), lmbda))
        options.append(_per_block(sums, (k,), lmbda))
    for k in range(1, len(sums)):
        options.append(_per_block(sums, (0, k), lmbda))
    if previous is not None:
        options.append(_chosen_blocks(sums, *previous, lmbda, reuse=True))
        if len(previous[0]) == 1:
            options.append(_whole_picture(sums, *previous, lmbda, reuse=True))
    if previous is not None and held:
        options.append(_held(sums, *previous))
        options.append(_no_blocks(sums, *previous, lmbda))
    else:
        options.append(Decision())
    return max(options, key=lambda option: option.gain)


def _held(sums: FloatArray, candidates: tuple[int, ...], codes: Codes) -> Decision:
    """All blocks by the first candidate, as before, without a payload."""
    gain = float(gains(sums[candidates[0]].sum(0), _SCALES[list(codes)]).sum())
    return Decision(gain, candidates, codes, reuse=True, silent=True)


def _no_blocks(sums: FloatArray, candidates: tuple[int, ...], codes: Codes, lmbda: float) -> Decision:
    """Unfiltered, but the settings go on holding for the pictures after."""
    blocks = sums.shape[1]
    cost = lmbda * (_HEADER_BITS[True] + blocks)
    return Decision(-cost, candidates, codes, reuse=True, choice=np.zeros(blocks, np.int64))


def _whole_picture(
    sums: FloatArray, candidates: tuple[int, ...], codes: Codes, lmbda: float, reuse: bool = False
) -> Decision:
    gain = float(gains(sums[candidates[0]].sum(0), _SCALES[list(codes)]).sum()) - lmbda * _HEADER_BITS[reuse]
    return Decision(gain, candidates, codes, reuse)


def _chosen_blocks(
    sums: FloatArray, candidates: tuple[int, ...], codes: Codes, lmbda: float, reuse: bool = False
) -> Decision:
    """Best candidate, or none, of each block for given scales."""
    more = len(candidates) - 1
    gain = gains(sums[list(candidates)], _SCALES[list(codes)]).sum(-1) - lmbda * more  # [candidates, blocks]
    choice = np.where(gain.max(0) > 0, gain.argmax(0) + 1, 0)
    bits = _HEADER_BITS[reuse] + gain.shape[1] + 6 * more
    return Decision(
        float(np.maximum(gain.max(0), 0).sum()) - lmbda * bits, candidates, codes, reuse, choice=choice
    )


def _per_block(sums: FloatArray, candidates: tuple[int, ...], lmbda: float) -> Decision:
    """Alternate between the best scales for the chosen blocks and the best choice for the scales.

    Starts from the blocks that gain at half strength: with all of them, gains and losses could cancel out.
    """
    own = sums[list(candidates)]
    best = trial = _chosen_blocks(sums, candidates, _HALF_STRENGTH, lmbda)
    for _ in range(_ITERATIONS):
        if trial.choice is None or not trial.choice.any():
            break
        on = np.flatnonzero(trial.choice)
        trial = _chosen_blocks(
            sums, candidates, best_scale_codes(own[trial.choice[on] - 1, on].sum(0)), lmbda
        )
        best = max(best, trial, key=lambda option: option.gain)
    return best
