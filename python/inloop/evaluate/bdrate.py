# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Bjontegaard delta rate: the mean difference of two rate-distortion curves (the [eval] extra)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeAlias

from inloop.errors import ConfigError
from inloop.evaluate.metrics import weighted_psnr
from inloop.extras import import_extra
from inloop.video.frame import Psnr


class RatePoint(Protocol):
    """One measured point of a curve."""

    @property
    def bitrate_kbps(self) -> float:
        """Rate; every point of both curves in the same unit."""

    @property
    def psnr(self) -> Psnr:
        """Quality in dB."""


class BdRates(NamedTuple):
    """BD-rate per plane, and over PSNR weighted 6:1:1 and 8:1:1, in percent; negative: fewer bits are needed."""

    y: float
    u: float
    v: float
    yuv611: float
    yuv811: float


def bd_rate(
    anchor: Sequence[tuple[float, float]], test: Sequence[tuple[float, float]], min_overlap: float = 0.5
) -> float:
    """Return the BD-rate of points against an anchor in percent, by piecewise cubic curves; negative saves bits.

    Args:
        anchor: (rate, quality) of the anchor, two points or more, in any order.
        test: The same of the encoder that is compared.
        min_overlap: Share of the quality range, 0 to 1, that both curves must have in common at least: a figure from
            less would mean nothing.

    Raises:
        ConfigError: A curve has fewer than two points or does not rise, or the curves share too little.
        ModuleNotFoundError: The extra `eval` is not installed.
    """
    curves = [sorted(points) for points in (anchor, test)]
    for points in curves:
        if len(points) < 2 or any(b[1] <= a[1] or b[0] <= a[0] for a, b in pairwise(points)):
            raise ConfigError(f"no rising curve of two points or more: {points}")
    (low_a, high_a), (low_t, high_t) = ((points[0][1], points[-1][1]) for points in curves)
    overlap = (min(high_a, high_t) - max(low_a, low_t)) / (max(high_a, high_t) - min(low_a, low_t))
    if overlap < min_overlap:
        raise ConfigError(
            f"the curves share {max(overlap, 0):.0%} of their quality range, {min_overlap:.0%} are needed"
        )
    bjontegaard = import_extra("bjontegaard", "eval")
    (rate_a, dist_a), (rate_t, dist_t) = (zip(*points, strict=True) for points in curves)
    return float(
        bjontegaard.bd_rate(
            rate_a, dist_a, rate_t, dist_t, method="pchip", require_matching_points=False, min_overlap=0
        )
    )


Quality: TypeAlias = Callable[[Psnr], float]
# The order is that of BdRates.
_QUALITIES: tuple[Quality, ...] = (
    lambda psnr: psnr.y,
    lambda psnr: psnr.u,
    lambda psnr: psnr.v,
    lambda psnr: weighted_psnr(psnr, 6),
    lambda psnr: weighted_psnr(psnr, 8),
)


def bd_rates(anchor: Sequence[RatePoint], test: Sequence[RatePoint]) -> BdRates:
    """Return the BD-rates in percent of each component and of the weighted PSNR.

    Args:
        anchor: Points of the anchor.
        test: Points of the encoder that is compared.

    Raises:
        ConfigError: As for `bd_rate`.
    """
    return BdRates(*(bd_rate(_curve(anchor, quality), _curve(test, quality)) for quality in _QUALITIES))


def bd_rates_where_possible(anchor: Sequence[RatePoint], test: Sequence[RatePoint]) -> BdRates:
    """Return the BD-rates in percent; nan where a curve does not rise or too little (30 %) of the range is shared.

    Args:
        anchor: Points of the anchor.
        test: Points of the encoder that is compared.
    """

    def rate(quality: Quality) -> float:
        try:
            return bd_rate(_curve(anchor, quality), _curve(test, quality), min_overlap=0.3)
        except ConfigError:
            return math.nan

    return BdRates(*map(rate, _QUALITIES))


def _curve(points: Sequence[RatePoint], quality: Quality) -> list[tuple[float, float]]:
    return [(point.bitrate_kbps, quality(point.psnr)) for point in points]
