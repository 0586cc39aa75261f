# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Average bitrate with a fake encoder: accuracy, degenerate clips, determinism."""

from __future__ import annotations

import numpy as np
import pytest
from fake_encoder import FakeEncoder, Source, kbps
from hypothesis import given, settings
from hypothesis import strategies as st

from inloop import Encoder, Frame
from inloop.errors import ConfigError
from inloop.pipeline import encode_frames
from inloop.ratecontrol import BlockQpOptions, RateOptions, make_controller

NO_BLOCKS = BlockQpOptions(cutree=False)


def encode(source, bitrate_kbps, *, feedback_delay=1, latency=0, **how):
    options = RateOptions(bitrate_kbps=bitrate_kbps, blocks=NO_BLOCKS, feedback_delay=feedback_delay)
    return FakeEncoder(make_controller(options), source, latency=latency, **how).run()


def scenes(count, seed, number=6):
    factors = np.random.default_rng(seed).uniform(0.4, 2.5, number)
    shape = np.repeat(factors, -(-count // number))[:count]
    inter = 150 * shape
    inter[:: -(-count // number)] = 10_000  # every scene starts with a cut
    return Source(list(600 * shape), list(inter))


@pytest.mark.parametrize("structure", ["ai", "ldp", "ra"])
@pytest.mark.parametrize(("count", "limit"), [(60, 0.03), (300, 0.01)])
def test_rate_is_met(structure, count, limit):
    target = 200 if structure == "ai" else 30
    errors = [
        kbps(encode(scenes(count, seed), target, structure=structure, steepness=steepness, seed=seed))
        / target
        - 1
        for seed in range(3)
        for steepness in (0.9, 1.3)
    ]
    assert np.abs(errors).max() < limit, errors


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(1, 2000), min_size=60, max_size=90),
    st.integers(0, 99),
    st.sampled_from([15.0, 60.0, 200.0]),
)
def test_any_clip_ends_near_its_size(costs, seed, target):
    results = encode(Source([4 * cost for cost in costs], costs), target, seed=seed)
    coarsest, finest = max(r.qp.qp for r in results), min(r.qp.qp for r in results)
    if finest > 4 and coarsest < 48:  # else the target may be out of reach
        assert abs(kbps(results) / target - 1) < 0.12


def test_higher_bitrate_means_lower_qp():
    source = scenes(80, 3)
    means = [np.mean([r.qp.qp for r in encode(source, target)]) for target in (15, 30, 60, 120)]
    assert means == sorted(means, reverse=True)


def test_steady_clip_has_steady_qp():
    results = encode(Source.steady(200), 30, noise=0.05, structure="ldp")
    qp_levels = [r.qp.qp - r.plan.qp_offset for r in results[20:-20]]
    assert max(qp_levels) - min(qp_levels) <= 2


@pytest.mark.parametrize("count", [1, 2, 3])
def test_shortest_clips(count):
    results = encode(Source.steady(count), 30)
    assert len(results) == count
    assert all(0 <= r.qp.qp <= 51 for r in results)


def test_black_clip():
    results = encode(Source([0] * 100, [0] * 100), 300)
    assert len(results) == 100
    assert np.mean([r.qp.qp for r in results[8:]]) < 10, "nothing to save on"


def test_black_lead_in_does_not_spoil_the_rest():
    source = Source([0] * 50 + [600] * 150, [0] * 50 + [600] + [150] * 149)
    results = encode(source, 30)
    assert abs(kbps(results) / 30 - 1) < 0.02


@pytest.mark.parametrize("latency", [0, 1, 3])
def test_qps_do_not_depend_on_how_late_results_come(latency):
    source = scenes(90, 5)
    expected = encode(source, 30, feedback_delay=4)
    found = encode(source, 30, feedback_delay=4, latency=latency)
    assert [r.qp.qp for r in found] == [r.qp.qp for r in expected]
    assert abs(kbps(found) / 30 - 1) < 0.04


@pytest.mark.parametrize("bitrate", [0, -1, 1e9, float("nan")])
def test_impossible_bitrates(bitrate):
    with pytest.raises(ConfigError, match="bitrate"):
        make_controller(RateOptions(bitrate_kbps=bitrate))


def test_rates_out_of_reach_are_approached():
    source = Source.steady(60)
    coarsest = encode(source, 0.5)
    assert all(result.qp.qp == 51 for result in coarsest)
    assert kbps(coarsest) > 0.5, "it takes what it takes"
    finest = encode(source, 10_000)
    assert all(result.qp.qp == 0 for result in finest)
    assert kbps(finest) < 10_000


@pytest.mark.parametrize(("moving", "still"), [(1, 90), (10, 90)])
def test_a_clip_that_stands_still_takes_no_more_than_its_target(
    small_frames: list[Frame], moving: int, still: int
) -> None:
    """To refine a scene takes bits that no prediction shows."""
    frames = [small_frames[i % 4] for i in range(moving)]
    frames += [frames[-1]] * still
    controller = make_controller(RateOptions(bitrate_kbps=20.0))
    encoder = Encoder(100, 72, 25, rate_control=controller, preset="faster")
    bits = sum(packet.bits for packet in encode_frames(encoder, frames))
    assert 0.6 < bits * 25 / len(frames) / 20_000 < 1.08
