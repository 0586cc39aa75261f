# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's choice of filter parameters, from per-block sums of squared errors alone.

With d = signal - deblocked and e = original - deblocked, blending with scale s changes a block's squared error from
``sum ee`` to ``sum ee - 2 s sum de + s^2 sum dd``: every combination of scale, candidate and flags is evaluated in
closed form, without touching a sample again. A block also has to earn the price of its work in the decoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from inloop import _core

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_SCALES = (
    np.array([_core.filter_scale_of_code(code) for code in range(_core.FILTER_MAX_SCALE_CODE + 1)]) / 256
)
_FLAG_BITS = 0.5
"""What a flag takes at least, coded arithmetically: the bias against a block that gains nothing."""
_ITERATIONS = 3
_HALF_STRENGTH = (12, 12, 12)

Codes = tuple[int, int, int]
Settings = tuple[tuple[int, ...], Codes]


@dataclass(frozen=True)
class Decision:
    """Chosen parameters of a picture.

    Attributes:
        gain: Fall of the squared error less the price of the work, in squared sample units; 0 = unfiltered.
        candidates: Which candidates are used, at most two.
        scale_code: Coded scale of Y, Cb, Cr.
        reuse: The settings are those of the filtered picture before.
        silent: No payload: the settings of the picture before hold.
        hold: The settings go on for pictures without a payload.
        choice: Per block 0 or 1 + position in `candidates`; ``None``: the blocks of the rule use the one candidate.
    """

    gain: float = 0.0
    candidates: tuple[int, ...] = ()
    scale_code: Codes = (0, 0, 0)
    reuse: bool = False
    silent: bool = False
    hold: bool = True
    choice: IntArray | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Evidence:
    """What a decision rests on.

    Attributes:
        sums: ``[candidates, blocks, 3, 3]``: (ee, de, dd) per component in squared sample units; de and dd are 0 where
            the network did not run.
        lmbda: Lagrangian: squared error one bit is worth.
        bits: Bits of the payload that a choice takes, its NAL unit included.
        price: ``[blocks]``: squared error that filtering a block must gain at least; None: nothing.
        ruled: ``[blocks]``: those that a picture without flags filters; None: all.
        ruled_allowed: Whether the picture may do without flags.
        same_blocks: Whether the blocks are as large as those of the settings that hold.
        lasts: For how many later pictures settings are likely to hold.
    """

    sums: FloatArray
    lmbda: float
    bits: Callable[[Decision], int]
    price: FloatArray | None = None
    ruled: BoolArray | None = None
    ruled_allowed: bool = True
    same_blocks: bool = True
    lasts: float = 0.0

    @property
    def prices(self) -> FloatArray:
        """Price of each block."""
        return np.zeros(self.sums.shape[1]) if self.price is None else self.price

    def cost(self, option: Decision) -> float:
        """What the payload of a choice is worth in squared error."""
        if option.silent or not option.candidates:
            return 0.0
        return self.lmbda * self.bits(option)

    @property
    def ruled_blocks(self) -> BoolArray:
        """Blocks of a picture without flags."""
        return np.ones(self.sums.shape[1], np.bool_) if self.ruled is None else self.ruled


def gains(sums: FloatArray, scale: FloatArray) -> FloatArray:
    """Fall of the squared error for sums ``[..., 3 components, 3]`` at the given scales ``[3]``: ``[..., 3]``."""
    return np.asarray(2 * scale * sums[..., 1] - scale**2 * sums[..., 2])


def best_scale_codes(sums: FloatArray) -> Codes:
    """Least-squares scale per component for the sums ``[3, 3]``, as the code with the largest gain."""
    codes = [int(np.argmax(2 * _SCALES * s[1] - _SCALES**2 * s[2])) for s in sums]
    return codes[0], codes[1], codes[2]


def decide(evidence: Evidence, previous: Settings | None = None, held: bool = False) -> Decision:
    """Choose candidates, scales and block flags by the Lagrangian cost, bits and work included.

    Args:
        evidence: Errors and prices.
        previous: Candidates and scale codes that could be reused cheaply.
        held: A picture without a payload is filtered; leaving it unfiltered is what takes one.

    A payload with new settings is also worth what these gain in the pictures for which they are going to hold.
    """
    before = _by_rule(evidence, *previous) if held and previous is not None else Decision()

    def worth(option: Decision) -> float:
        return option.gain - evidence.cost(option) + evidence.lasts * _later_gain(evidence, option, before)

    best = max(_options(evidence, previous, held), key=worth)
    return replace(best, hold=(best.reuse and held) or _gain_without_payload(evidence, best) > 0)


def _gain_without_payload(evidence: Evidence, option: Decision) -> float:
    """What a picture like this one gains by the settings of an option: nothing where they had better not hold."""
    if not option.candidates or not evidence.ruled_allowed:
        return 0.0
    return max(_by_rule(evidence, option.candidates, option.scale_code).gain, 0.0)


def _later_gain(evidence: Evidence, option: Decision, before: Decision) -> float:
    """What a picture like this one, without a payload, gains by the option's settings over those `before`."""
    if not option.candidates or option.reuse:
        return 0.0
    return _gain_without_payload(evidence, option) - _gain_without_payload(evidence, before)


def _options(evidence: Evidence, previous: Settings | None, held: bool) -> Iterator[Decision]:
    candidates = range(len(evidence.sums))
    for k in candidates:
        if evidence.ruled_allowed:
            sums = evidence.sums[k][evidence.ruled_blocks].sum(0)
            yield _by_rule(evidence, (k,), best_scale_codes(sums))
        yield _per_block(evidence, (k,))
    for k in candidates[1:]:
        yield _per_block(evidence, (0, k))
    if previous is not None:
        yield _chosen_blocks(evidence, *previous, reuse=True)
        if len(previous[0]) == 1 and evidence.ruled_allowed:
            yield _by_rule(evidence, *previous, reuse=True)
    if not held:
        yield Decision()
    elif previous is None:
        yield _no_blocks(evidence, (0,), _HALF_STRENGTH, reuse=False)
    else:
        yield _no_blocks(evidence, *previous, reuse=True)
        if evidence.ruled_allowed and evidence.same_blocks:
            yield _by_rule(evidence, *previous, reuse=True, silent=True)


def _no_blocks(evidence: Evidence, candidates: tuple[int, ...], codes: Codes, reuse: bool) -> Decision:
    """Unfiltered by flags, where settings hold."""
    blocks = evidence.sums.shape[1]
    return Decision(0.0, candidates, codes, reuse, choice=np.zeros(blocks, np.int64))


def _by_rule(
    evidence: Evidence,
    candidates: tuple[int, ...],
    codes: Codes,
    reuse: bool = False,
    silent: bool = False,
) -> Decision:
    """The blocks of the rule by the first candidate."""
    on = evidence.ruled_blocks
    gain = gains(evidence.sums[candidates[0]][on].sum(0), _SCALES[list(codes)]).sum()
    return Decision(float(gain - evidence.prices[on].sum()), candidates, codes, reuse, silent)


def _chosen_blocks(
    evidence: Evidence, candidates: tuple[int, ...], codes: Codes, reuse: bool = False
) -> Decision:
    """Best candidate, or none, of each block for given scales."""
    bits = _FLAG_BITS * len(candidates)
    gain = gains(evidence.sums[list(candidates)], _SCALES[list(codes)]).sum(-1)  # [candidates, blocks]
    gain -= evidence.prices + evidence.lmbda * bits
    choice = np.where(gain.max(0) > 0, gain.argmax(0) + 1, 0)
    return Decision(float(np.maximum(gain.max(0), 0).sum()), candidates, codes, reuse, choice=choice)


def _per_block(evidence: Evidence, candidates: tuple[int, ...]) -> Decision:
    """Alternate between the best scales for the chosen blocks and the best choice for the scales.

    Starts from the blocks that gain at half strength: with all of them, gains and losses could cancel out.
    """
    own = evidence.sums[list(candidates)]
    best = trial = _chosen_blocks(evidence, candidates, _HALF_STRENGTH)
    for _ in range(_ITERATIONS):
        if trial.choice is None or not trial.choice.any():
            break
        on = np.flatnonzero(trial.choice)
        scales = best_scale_codes(own[trial.choice[on] - 1, on].sum(0))
        trial = _chosen_blocks(evidence, candidates, scales)
        best = max(best, trial, key=lambda option: option.gain)
    return best
