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

Curve: TypeAlias = Sequence[tuple[float, float]]
LEAST_OVERLAP = 0.3
"""Share of the quality range that curves need in common where a missing figure is better than an error."""


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


class BdRate(NamedTuple):
    """One curve against another.

    Attributes:
        pchip: BD-rate in percent by piecewise cubic curves (PCHIP), nan where there is none.
        akima: The same by Akima's curves, nan where there is none.
        overlap: Share of the whole range of quality that both curves have, 0 to 1.
        reason: Why there is no BD-rate; empty where there is one.
    """

    pchip: float
    akima: float
    overlap: float
    reason: str = ""


def compare_curves(anchor: Curve, test: Curve, min_overlap: float = LEAST_OVERLAP) -> BdRate:
    """Return what one curve saves against another, and on how much of their range.

    Args:
        anchor: (rate, quality) of the anchor, in any order.
        test: The same of the encoder that is compared.
        min_overlap: Share of the quality range, 0 to 1, that both curves must have in common at least: a figure from
            less would mean nothing.

    Raises:
        ModuleNotFoundError: The extra `eval` is not installed.
    """
    curves = [sorted(points) for points in (anchor, test)]
    for points in curves:
        if len(points) < 2 or not all(math.isfinite(value) for point in points for value in point):
            return BdRate(math.nan, math.nan, 0.0, f"no curve of two points or more: {_text(points)}")
        if any(b[1] <= a[1] or b[0] <= a[0] for a, b in pairwise(points)):
            return BdRate(math.nan, math.nan, 0.0, f"no rising curve: {_text(points)}")
    (low_a, high_a), (low_t, high_t) = ((points[0][1], points[-1][1]) for points in curves)
    overlap = max(0.0, (min(high_a, high_t) - max(low_a, low_t)) / (max(high_a, high_t) - min(low_a, low_t)))
    if overlap < min_overlap or not overlap:
        reason = f"the curves share {overlap:.0%} of their quality range, {min_overlap:.0%} are needed"
        return BdRate(math.nan, math.nan, overlap, reason)
    bjontegaard = import_extra("bjontegaard", "eval")
    (rate_a, dist_a), (rate_t, dist_t) = (zip(*points, strict=True) for points in curves)
    pchip, akima = (
        float(
            bjontegaard.bd_rate(
                rate_a, dist_a, rate_t, dist_t, method=method, require_matching_points=False, min_overlap=0
            )
        )
        for method in ("pchip", "akima")
    )
    return BdRate(pchip, akima, overlap)


def bd_rate(anchor: Curve, test: Curve, min_overlap: float = 0.5) -> float:
    """Return the BD-rate of points against an anchor in percent, by piecewise cubic curves; negative saves bits.

    Args:
        anchor: (rate, quality) of the anchor, two points or more, in any order.
        test: The same of the encoder that is compared.
        min_overlap: As for `compare_curves`.

    Raises:
        ConfigError: A curve has fewer than two points or does not rise, or the curves share too little.
        ModuleNotFoundError: The extra `eval` is not installed.
    """
    found = compare_curves(anchor, test, min_overlap)
    if found.reason:
        raise ConfigError(found.reason)
    return found.pchip


def _text(points: Curve) -> str:
    return ", ".join(f"{rate:.1f} at {quality:.4g}" for rate, quality in points) or "there is none"


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
        return compare_curves(_curve(anchor, quality), _curve(test, quality)).pchip

    return BdRates(*map(rate, _QUALITIES))


def _curve(points: Sequence[RatePoint], quality: Quality) -> list[tuple[float, float]]:
    return [(point.bitrate_kbps, quality(point.psnr)) for point in points]
