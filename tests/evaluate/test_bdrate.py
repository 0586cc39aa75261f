# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from inloop import ConfigError, Psnr
from inloop.evaluate.bdrate import bd_rate, bd_rates, compare_curves

pytest.importorskip("bjontegaard")
ANCHOR = [(100.0, 30.0), (200.0, 33.0), (400.0, 36.0), (800.0, 38.5)]


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.0, 1.25])
def test_scaled_rate_is_the_scale(factor: float) -> None:
    scaled = [(rate * factor, quality) for rate, quality in ANCHOR]
    assert bd_rate(ANCHOR, scaled) == pytest.approx(100 * (factor - 1))


def test_order_of_points_does_not_matter() -> None:
    better = [(rate, quality + 0.3) for rate, quality in ANCHOR]
    assert bd_rate(ANCHOR, better[::-1]) == pytest.approx(bd_rate(ANCHOR, better))
    assert bd_rate(ANCHOR, better) < 0


def test_straight_curves_against_the_formula() -> None:
    anchor = [(2.0**step, 30.0 + 2 * step) for step in range(4)]
    test = [(rate, quality + 0.5) for rate, quality in anchor]
    assert bd_rate(anchor, test) == pytest.approx(100 * (math.exp2(-0.25) - 1))


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (ANCHOR[:1], "two points"),
        ([(100.0, 30.0), (200.0, 29.0)], "rising"),
        ([(rate, quality + 8) for rate, quality in ANCHOR], "share 3%"),
        ([(rate, quality + 80) for rate, quality in ANCHOR], "share 0%"),
    ],
)
def test_meaningless_curves_are_refused(points: list[tuple[float, float]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        bd_rate(ANCHOR, points)


def test_both_kinds_of_curves_and_their_overlap() -> None:
    better = [(rate * 0.8, quality + 1) for rate, quality in ANCHOR]
    found = compare_curves(ANCHOR, better)
    assert found.pchip == bd_rate(ANCHOR, better)
    assert found.akima == pytest.approx(found.pchip, rel=0.02)
    assert found.akima != found.pchip
    assert found.overlap == pytest.approx(7.5 / 9.5)
    assert not found.reason


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([], "there is none"),
        ([(100.0, 30.0), (200.0, math.inf)], "no curve of two points"),
        ([(100.0, 30.0), (200.0, 30.0)], "no rising curve: 100.0 at 30, 200.0 at 30"),
        ([(rate, quality + 6) for rate, quality in ANCHOR], "the curves share 17%"),
    ],
)
def test_why_there_is_no_figure(points: list[tuple[float, float]], reason: str) -> None:
    found = compare_curves(ANCHOR, points)
    assert math.isnan(found.pchip)
    assert math.isnan(found.akima)
    assert reason in found.reason


def test_per_plane() -> None:
    class Point(NamedTuple):
        bitrate_kbps: float
        psnr: Psnr

    anchor = [Point(rate, Psnr(quality, quality + 3, quality + 4)) for rate, quality in ANCHOR]
    test = [Point(p.bitrate_kbps * 0.9, p.psnr) for p in anchor]
    assert bd_rates(anchor, test) == pytest.approx((-10,) * 5)
