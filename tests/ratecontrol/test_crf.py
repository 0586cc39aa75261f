# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Constant rate factor: its equations, classic and by scene."""

from __future__ import annotations

import numpy as np
import pytest
from fake_encoder import FakeEncoder, FakeLookahead, Source

from inloop.ratecontrol import (
    BlockQpOptions,
    ComplexityOptions,
    RateOptions,
    SceneParameters,
    make_controller,
)
from inloop.ratecontrol.complexity import QpLevelShape, SceneComplexity
from inloop.ratecontrol.qscale import q_scale_of, qp_of

NO_BLOCKS = BlockQpOptions(cutree=False)


def shapes(source, count, *, cutree=False, **options):
    lookahead = FakeLookahead(40, source)
    for _ in range(count):
        lookahead.push()
    shape = QpLevelShape(ComplexityOptions(**options), cutree)
    return [shape.offset(index, lookahead) for index in range(count)]


def test_q_scale_is_equation_2():
    assert qp_of(0.85) == 12
    assert qp_of(0.85 * 2) == pytest.approx(18)
    assert q_scale_of(qp_of(7.3)) == pytest.approx(7.3)


def test_classic_follows_the_running_average_of_satd():
    source = Source([1000.0] * 4, [80.0, 80.0, 80.0, 160.0])
    found = shapes(source, 4)
    averages = [1000, (1000 + 80) / 2]
    averages += [(averages[-1] + 80) / 2]
    averages += [(averages[-1] + 160) / 2]
    assert found == pytest.approx([6 * 0.4 * np.log2(average / 80) for average in averages], abs=0.01)


def test_classic_with_cutree_follows_the_duration_only():
    assert shapes(Source([600.0] * 3, [10.0, 100.0, 400.0]), 3, cutree=True) == pytest.approx([0, 0, 0])
    fast = Source([600.0], [10.0], fps=50)
    assert shapes(fast, 1, cutree=True) == pytest.approx([6 * 0.4])
    assert shapes(Source([600.0], [10.0], fps=10_000), 1, cutree=True) == pytest.approx([2.4 * 2])


def test_rate_factor_is_the_qp_level_of_a_usual_picture():
    source = Source.steady(60, 600, 80)
    results = FakeEncoder(
        make_controller(RateOptions(crf=28, blocks=NO_BLOCKS)), source, structure="ldp"
    ).run()
    late = {r.qp.qp - r.plan.qp_offset for r in results[20:]}
    assert late == {28}


def test_complex_pictures_get_higher_qps_but_by_scene_no_more_than_top():
    source = Source([9000.0] * 50, [9000.0] + [6000.0] * 49)
    classic, scene = (shapes(source, 50, name=name)[-1] for name in ("classic", "scene"))
    assert classic > 14
    assert 0 < scene <= 1.7
    simple = Source([90.0] * 50, [2.0] * 50)
    assert shapes(simple, 50, name="scene")[-1] == pytest.approx(shapes(simple, 50, name="scene")[10])
    assert -3 <= shapes(simple, 50, name="scene")[-1] < 0


def test_scene_changes_reset_the_period():
    inter = [120.0] * 20 + [6000.0] + [900.0] * 19
    source = Source([6000.0] * 40, inter)
    found = shapes(source, 40, name="scene")
    assert len({round(x, 3) for x in found[:20]}) == 1, (
        "the scene before the cut knows nothing of the one behind"
    )
    assert found[20] > found[19]
    assert found[20] == pytest.approx(found[39], abs=0.3)


def test_limits_follow_motion_noise_and_flatness():
    source = Source.steady(2)
    lookahead = FakeLookahead(40, source)
    frames = [lookahead.push(), lookahead.push()]
    none = {"motion_weight": 0, "noise_weight": 0, "flat_weight": 0}
    assert SceneComplexity(SceneParameters(**none)).limits(frames) == (0.6, 1.6)
    for weight, lower in (("motion_weight", False), ("noise_weight", True), ("flat_weight", True)):
        low, top = SceneComplexity(SceneParameters(**{**none, weight: 1})).limits(frames)
        assert (low < 0.6, top < 1.6) == (lower, lower)
        assert top / low == pytest.approx(1.6 / 0.6)


def test_with_cutree_scenes_differ_less():
    source = Source([9000.0] * 80, [9000.0] + [6000.0] * 39 + [9000.0] + [20.0] * 39)
    without, tree = (shapes(source, 80, name="scene", cutree=cutree) for cutree in (False, True))
    assert without[39] - without[79] > 3
    assert 0 < tree[39] - tree[79] < 0.5
