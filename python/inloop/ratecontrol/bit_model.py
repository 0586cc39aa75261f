# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How many bits a picture will take, as learned from the pictures before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inloop.lookahead.window import Lookahead
from inloop.ratecontrol.qscale import QP_PER_OCTAVE
from inloop.structure.plan import PicturePlan

STEEPNESS = 1.2
"""Bits fall with the quantiser step to this power: measured on training clips; x265's two-pass model has 1.1."""

# Until something is learned, these tell log2 of the bits of a unit of demand, as measured on training clips. Pictures
# of higher layers have more blocks that cost nothing.
_LOG2_INTRA_SHARE, _LOG2_INTER_SHARE, _LOG2_SHARE_PER_OFFSET = 3.2, 3.4, -0.27

_PRIOR_WEIGHT = 0.35
_MEMORY = 0.75
_SMALLEST_BITS = 80.0
_HEADER_BITS = 300.0
_QP_LEVEL_PRECISION = 1 / 64


def scale_bits(bits: float, steps: float) -> float:
    """Return the bits that something takes when its QP rises.

    Args:
        bits: What it takes now.
        steps: QP steps, negative where the QP falls.
    """
    return bits * math.pow(2.0, -STEEPNESS * steps / QP_PER_OCTAVE)


def steps_for(ratio: float) -> float:
    """Return by how much QP must rise so that bits fall by a factor `ratio`."""
    return QP_PER_OCTAVE / STEEPNESS * math.log2(ratio)


@dataclass(frozen=True)
class Demand:
    """What a picture asks for at QP level 0: bits = share * units * 2^(-STEEPNESS qp_level / 6).

    Attributes:
        kind: Pictures of a kind behave alike: slice type and the structure's QP offset.
        units: Sum over the blocks of SATD * 2^(-STEEPNESS offset / 6).
    """

    kind: tuple[str, int]
    units: float

    def scaled(self, qp_level: float) -> float:
        """Return the units left at a QP level."""
        return scale_bits(self.units, qp_level)


def demand_of(plan: PicturePlan, offsets: npt.NDArray[np.float64], lookahead: Lookahead) -> Demand:
    """Return the demand of a picture of the window.

    Args:
        plan: The picture.
        offsets: float ``[rows, columns]``, what its blocks get on top of the QP level.
        lookahead: Window that holds it.
    """
    costs = lookahead.prediction(plan).costs
    units = float((costs * np.exp2(-STEEPNESS / QP_PER_OCTAVE * offsets)).sum())
    return Demand((plan.slice_type, plan.qp_offset), max(units, 1.0))


@dataclass
class _Average:
    value: float = 0.0
    weight: float = 0.0

    def add(self, value: float, weight: float) -> None:
        self.weight = _MEMORY * self.weight + weight
        if self.weight > 0:
            self.value += (value - self.value) * weight / self.weight


class BitModel:
    """Predicts the bits of pictures from their demand; learns a factor per kind of picture.

    A kind that has not been seen, or seldom, borrows from what was learned of the others.
    """

    def __init__(self) -> None:
        """Start from the built-in experience."""
        self._kinds: dict[tuple[str, int], _Average] = {}
        self._intra, self._inter = _Average(), _Average()

    def bits(self, demand: Demand, qp_level: float) -> float:
        """Return the bits that a picture is expected to take.

        Args:
            demand: What the picture asks for.
            qp_level: QP level that it is coded at.
        """
        log2_share = _prior(demand.kind) + self._correction(demand.kind)
        return max(demand.scaled(qp_level) * math.pow(2.0, log2_share), _SMALLEST_BITS)

    def learn(self, demand: Demand, qp_level: float, bits: int) -> None:
        """Take in what a picture took.

        Args:
            demand: What the picture asked for.
            qp_level: QP level that it was coded at.
            bits: Size of its slice.
        """
        expected = demand.scaled(qp_level) * math.pow(2.0, _prior(demand.kind))
        # A picture that asks for next to nothing teaches nothing: what it takes are headers.
        weight = expected / (expected + _HEADER_BITS)
        error = math.log2((bits + _HEADER_BITS) / (expected + _HEADER_BITS))
        self._kinds.setdefault(demand.kind, _Average()).add(error, weight)
        (self._intra if demand.kind[0] == "I" else self._inter).add(error, weight)

    def _correction(self, kind: tuple[str, int]) -> float:
        common = self._intra if kind[0] == "I" else self._inter
        own = self._kinds.get(kind, _Average())
        return (own.weight * own.value + _PRIOR_WEIGHT * common.value) / (own.weight + _PRIOR_WEIGHT)


def _prior(kind: tuple[str, int]) -> float:
    slice_type, qp_offset = kind
    return _LOG2_INTRA_SHARE if slice_type == "I" else _LOG2_INTER_SHARE + _LOG2_SHARE_PER_OFFSET * qp_offset


class Forecast:
    """Expected bits of the pictures to come, by the stream's QP level."""

    def __init__(self, model: BitModel, items: Sequence[tuple[Demand, float]]) -> None:
        """Add the demands up.

        Args:
            model: What bits are expected of a demand.
            items: Demand of each picture in coding order, and its QP level above the stream's.
        """
        self._model = model
        self._items = items

    def __len__(self) -> int:
        return len(self._items)

    def each(self, qp_level: float) -> Iterator[float]:
        """Yield the expected bits of one picture after the other."""
        return (self._model.bits(demand, qp_level + shape) for demand, shape in self._items)

    def bits(self, qp_level: float) -> float:
        """Return the expected bits of all of them."""
        return sum(self.each(qp_level))


def qp_level_for(bits: Callable[[float], float], budget: float, low: float, high: float) -> float:
    """Return the lowest QP level at which a falling function stays within a budget.

    Args:
        bits: Bits at a QP level; falls where that rises.
        budget: Most bits.
        low: Lowest QP level that is possible.
        high: Highest one; it is returned where even that takes too many bits.
    """
    if bits(low) <= budget:
        return low
    while high - low > _QP_LEVEL_PRECISION:
        middle = (low + high) / 2
        low, high = (low, middle) if bits(middle) <= budget else (middle, high)
    return high
