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
"""Blend scale of each scale code."""
_FLAG_BITS = 0.5
"""What a flag takes at least, coded arithmetically: the bias against a block that gains nothing."""
_ITERATIONS = 3
"""Turns between the best scales for the flags and the best flags for the scales."""
_HALF_STRENGTH = (12, 12, 12)
"""Scale codes of about one half (130/256), with which the flags start."""

Codes = tuple[int, int, int]
Settings = tuple[tuple[int, ...], Codes]
"""Candidates and scale codes: what a payload can reuse of the one before."""


@dataclass(frozen=True)
class Decision:
    """Chosen parameters of a picture; the words are those of ``docs/glossary.md``.

    Attributes:
        gain: Fall of the squared error less the price of the work, in squared sample units; 0 = unfiltered.
        candidates: Which candidates are used, at most two; none: the picture is unfiltered and has no payload.
        scale_code: Coded scale of Y, Cb, Cr.
        reuse: The settings are those of the payload before.
        no_payload: The picture is filtered by settings that persist, without a payload of its own.
        persist: The settings go on for pictures without a payload.
        block_choice: Block flags, per block 0 or 1 + position in `candidates`; ``None``: there are none, and the blocks
            of the edge rule use the one candidate.
    """

    gain: float = 0.0
    candidates: tuple[int, ...] = ()
    scale_code: Codes = (0, 0, 0)
    reuse: bool = False
    no_payload: bool = False
    persist: bool = True
    block_choice: IntArray | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Evidence:
    """What a decision rests on.

    Attributes:
        sums: ``[candidates, blocks, 3, 3]``: (ee, de, dd) per component in squared sample units; de and dd are 0 where
            the network did not run.
        lmbda: Lagrangian: squared error one bit is worth.
        payload_bits: Bits of the payload that an option takes, its NAL unit included.
        price: ``[blocks]``: squared error that filtering a block must gain at least; None: nothing.
        edge_rule_blocks: ``[blocks]``: those that the edge rule filters; None: all.
        edge_rule_allowed: Whether the picture may be filtered by the edge rule.
        same_block_size: Whether the blocks are as large as those of the payload before.
        later_pictures: For how many later pictures new settings are likely to be good.
        share: Share of the picture that the blocks are, where the others are like them: the payload is for all.
    """

    sums: FloatArray
    lmbda: float
    payload_bits: Callable[[Decision], int]
    price: FloatArray | None = None
    edge_rule_blocks: BoolArray | None = None
    edge_rule_allowed: bool = True
    same_block_size: bool = True
    later_pictures: float = 0.0
    share: float = 1.0

    @property
    def prices(self) -> FloatArray:
        """Price of each block."""
        return np.zeros(self.sums.shape[1]) if self.price is None else self.price

    def cost(self, option: Decision) -> float:
        """What the payload of an option is worth in squared error."""
        if option.no_payload or not option.candidates:
            return 0.0
        return self.share * self.lmbda * self.payload_bits(option)

    @property
    def unflagged_blocks(self) -> BoolArray:
        """Blocks that are filtered without block flags."""
        return (
            np.ones(self.sums.shape[1], np.bool_) if self.edge_rule_blocks is None else self.edge_rule_blocks
        )


def gains(sums: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the fall of the squared error of each component, ``[..., 3]``.

    Args:
        sums: ``[..., 3 components, 3]``: ee, de and dd, as the glossary has them.
        scale: ``[3]``, scale of each component as a factor.
    """
    return np.asarray(2 * scale * sums[..., 1] - scale**2 * sums[..., 2])


def best_scale_codes(sums: FloatArray) -> Codes:
    """Least-squares scale per component for the sums ``[3, 3]``, as the code with the largest gain."""
    codes = [int(np.argmax(2 * _SCALES * s[1] - _SCALES**2 * s[2])) for s in sums]
    return codes[0], codes[1], codes[2]


def scales_of(codes: Codes) -> FloatArray:
    """Blend scales ``[3]`` of the codes of Y, Cb, Cr."""
    return np.asarray(_SCALES[list(codes)])


def least_gain(price: FloatArray, lmbda: float, candidates: int) -> FloatArray:
    """Return the fall of its squared error from which on a flag filters a block, ``[blocks]``.

    Args:
        price: That of the work, a block.
        lmbda: Squared error one bit is worth.
        candidates: How many the flags choose from.
    """
    return np.asarray(price + lmbda * (_FLAG_BITS * candidates))


def decide(evidence: Evidence, previous: Settings | None = None, persisting: bool = False) -> Decision:
    """Choose candidates, scales and block flags by the Lagrangian cost, bits and work included.

    Args:
        evidence: Errors and prices.
        previous: Candidates and scale codes that could be reused cheaply.
        persisting: Settings persist: a picture without a payload is filtered, and leaving it unfiltered takes one.

    A payload with new settings is also worth what these gain in the later pictures that they are good for.
    """
    before = _by_edge_rule(evidence, *previous) if persisting and previous is not None else Decision()

    def worth(option: Decision) -> float:
        later = evidence.later_pictures * _later_gain(evidence, option, before)
        return option.gain - evidence.cost(option) + later

    best = max(_options(evidence, previous, persisting), key=worth)
    return replace(best, persist=(best.reuse and persisting) or _gain_without_payload(evidence, best) > 0)


def _gain_without_payload(evidence: Evidence, option: Decision) -> float:
    """What a picture like this one gains by the settings of an option: nothing where they had better not persist."""
    if not option.candidates or not evidence.edge_rule_allowed:
        return 0.0
    return max(_by_edge_rule(evidence, option.candidates, option.scale_code).gain, 0.0)


def _later_gain(evidence: Evidence, option: Decision, before: Decision) -> float:
    """What a picture like this one, without a payload, gains by the option's settings over those `before`."""
    if not option.candidates or option.reuse:
        return 0.0
    return _gain_without_payload(evidence, option) - _gain_without_payload(evidence, before)


def _options(evidence: Evidence, previous: Settings | None, persisting: bool) -> Iterator[Decision]:
    candidates = range(len(evidence.sums))
    for k in candidates:
        if evidence.edge_rule_allowed:
            sums = evidence.sums[k][evidence.unflagged_blocks].sum(0)
            yield _by_edge_rule(evidence, (k,), best_scale_codes(sums))
        yield _by_flags(evidence, (k,))
    for k in candidates[1:]:
        yield _by_flags(evidence, (0, k))
    if previous is not None:
        yield _best_flags(evidence, *previous, reuse=True)
        if len(previous[0]) == 1 and evidence.edge_rule_allowed:
            yield _by_edge_rule(evidence, *previous, reuse=True)
    if not persisting:
        yield Decision()
    elif previous is None:
        yield _all_off(evidence, (0,), _HALF_STRENGTH, reuse=False)
    else:
        yield _all_off(evidence, *previous, reuse=True)
        if evidence.edge_rule_allowed and evidence.same_block_size:
            yield _by_edge_rule(evidence, *previous, reuse=True, no_payload=True)


def _all_off(evidence: Evidence, candidates: tuple[int, ...], codes: Codes, reuse: bool) -> Decision:
    """Unfiltered by flags, where settings persist."""
    blocks = evidence.sums.shape[1]
    return Decision(0.0, candidates, codes, reuse, block_choice=np.zeros(blocks, np.int64))


def _by_edge_rule(
    evidence: Evidence,
    candidates: tuple[int, ...],
    codes: Codes,
    reuse: bool = False,
    no_payload: bool = False,
) -> Decision:
    """The blocks of the edge rule by the first candidate."""
    on = evidence.unflagged_blocks
    gain = gains(evidence.sums[candidates[0]][on].sum(0), scales_of(codes)).sum()
    return Decision(float(gain - evidence.prices[on].sum()), candidates, codes, reuse, no_payload)


def _best_flags(
    evidence: Evidence, candidates: tuple[int, ...], codes: Codes, reuse: bool = False
) -> Decision:
    """Best candidate, or none, of each block for given scales."""
    gain = gains(evidence.sums[list(candidates)], scales_of(codes)).sum(-1)  # [candidates, blocks]
    gain -= least_gain(evidence.prices, evidence.lmbda, len(candidates))
    choice = np.where(gain.max(0) > 0, gain.argmax(0) + 1, 0)
    return Decision(float(np.maximum(gain.max(0), 0).sum()), candidates, codes, reuse, block_choice=choice)


def _by_flags(evidence: Evidence, candidates: tuple[int, ...]) -> Decision:
    """Alternate between the best scales for the flagged blocks and the best flags for the scales.

    Starts from the blocks that gain at half strength: with all of them, gains and losses could cancel out.
    """
    own = evidence.sums[list(candidates)]
    best = trial = _best_flags(evidence, candidates, _HALF_STRENGTH)
    for _ in range(_ITERATIONS):
        if trial.block_choice is None or not trial.block_choice.any():
            break
        on = np.flatnonzero(trial.block_choice)
        scales = best_scale_codes(own[trial.block_choice[on] - 1, on].sum(0))
        trial = _best_flags(evidence, candidates, scales)
        best = max(best, trial, key=lambda option: option.gain)
    return best
