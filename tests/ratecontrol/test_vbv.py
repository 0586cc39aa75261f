# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder's buffer: its model, and that it never runs empty."""

from __future__ import annotations

import numpy as np
import pytest
from fake_encoder import FakeEncoder, Source, kbps
from hypothesis import given, settings
from hypothesis import strategies as st

from inloop.errors import ConfigError
from inloop.ratecontrol import BlockQpOptions, RateOptions, VbvOptions, make_controller
from inloop.ratecontrol.bit_model import BitModel, Demand, Forecast
from inloop.ratecontrol.vbv import Buffer, lowest_safe_qp_level

NO_BLOCKS = BlockQpOptions(cutree=False)


def underflows(results, maxrate, bufsize, fps=25.0):
    buffer = Buffer(VbvOptions(maxrate, bufsize), fps)
    for result in results:
        buffer.remove(result.bits)
    return buffer.underflows


def controller(maxrate, bufsize, delay=1, **target):
    return make_controller(
        RateOptions(
            vbv_maxrate_kbps=maxrate,
            vbv_bufsize_kbit=bufsize,
            blocks=NO_BLOCKS,
            feedback_delay=delay,
            **target,
        )
    )


def test_buffer_fills_and_empties():
    buffer = Buffer(VbvOptions(100, 50, initial=0.5), 25)
    assert (buffer.fullness, buffer.refill_bits) == (25_000, 4000)
    assert buffer.remove(5000) == 20_000
    assert buffer.fullness == 24_000
    assert buffer.remove(30_000) == -6000
    assert buffer.underflows == 1
    for _ in range(20):
        buffer.remove(0)
    assert buffer.fullness == 50_000, "it does not overflow: the channel waits"


@settings(max_examples=40, deadline=None)
@given(
    costs=st.lists(st.sampled_from([0.0, 1.0, 12.0, 90.0, 360.0, 1500.0]), min_size=1, max_size=80),
    seed=st.integers(0, 999),
    bufsize=st.sampled_from([20.0, 60.0, 120.0]),
    delay=st.sampled_from([1, 4]),
    target=st.sampled_from([{"crf": 12.0}, {"crf": 30.0}, {"bitrate_kbps": 60.0}, {"bitrate_kbps": 25.0}]),
    structure=st.sampled_from(["ra", "ldp"]),
)
def test_never_underflows(costs, seed, bufsize, delay, target, structure):
    source = Source([2.5 * cost for cost in costs], costs)
    encoder = FakeEncoder(
        controller(60, bufsize, delay, **target),
        source,
        structure=structure,
        noise=0.4,
        seed=seed,
        latency=delay - 1,
    )
    assert underflows(encoder.run(), 60, bufsize) == 0


def test_coding_again_is_rare_where_the_model_is_good():
    rng = np.random.default_rng(2)
    source = Source([600] * 200, list(rng.uniform(80, 300, 200)))
    encoder = FakeEncoder(controller(40, 40, bitrate_kbps=40.0), source, noise=0.1)
    results = encoder.run()
    assert underflows(results, 40, 40) == 0
    assert encoder.attempts <= 1.03 * len(results)
    assert abs(kbps(results) / 40 - 1) < 0.03


def window(sizes):
    """Pictures that the model expects to take so many bits at QP level 30."""
    model = BitModel()
    unit = model.bits(Demand(("B", 1), 1e6), 30)
    return Forecast(model, [(Demand(("B", 1), 1e6 * size / unit), 0.0) for size in sizes])


def test_pictures_spend_what_would_not_fit_into_the_buffer():
    buffer = Buffer(VbvOptions(100, 50), 25)  # 4000 bits a picture
    before, large = [2000.0] * 12, [90_000.0]
    alone = lowest_safe_qp_level(buffer, window(large), 20, 75)
    assert alone > 35, "it has to become much smaller"
    first = lowest_safe_qp_level(buffer, window([*before, *large]), 20, 75)
    assert first < 28, "the pictures before it cannot save for it: the buffer is full"
    assert lowest_safe_qp_level(buffer, window([*before, *large]), 29, 75) == 29, "no finer than wanted"
    empty = Buffer(VbvOptions(100, 50, initial=0.1), 25)
    assert lowest_safe_qp_level(empty, window([*before[:2], *large]), 20, 75) > 35, "these do save"


def test_qp_falls_at_once_behind_a_tight_place():
    source = Source([6000] * 60, [6000] * 20 + [130] * 40)  # what stands still would be refined slowly
    results = FakeEncoder(controller(30, 15, bitrate_kbps=30.0), source, structure="ldp").run()
    assert underflows(results, 30, 15) == 0
    qps = [result.qp.qp for result in results]
    assert min(qps[2:20]) > 40
    assert min(qps[20:23]) < 30


def test_capped_rate_factor_is_the_rate_factor_where_the_buffer_does_not_matter():
    source = Source.steady(60)
    free = FakeEncoder(make_controller(RateOptions(crf=30, blocks=NO_BLOCKS)), source).run()
    capped = FakeEncoder(controller(10_000, 10_000, crf=30), source).run()
    assert [r.qp.qp for r in capped] == [r.qp.qp for r in free]
    tight = FakeEncoder(controller(3, 3, crf=30), source).run()
    assert sum(r.bits for r in tight) < sum(r.bits for r in free)


def test_buffer_that_cannot_hold_is_an_error():
    with pytest.raises(ConfigError, match="less than a picture's share"):
        FakeEncoder(controller(100, 1, crf=30), Source.steady(10)).run()
    with pytest.raises(ConfigError, match="highest QP"):
        FakeEncoder(controller(0.5, 0.5, crf=30), Source.steady(10, 4000, 2000)).run()
