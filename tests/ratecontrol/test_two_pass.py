# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Two passes: accuracy, and statistics that do not fit."""

from __future__ import annotations

import io

import numpy as np
import pytest
from fake_encoder import FakeEncoder, Source, kbps

from inloop.errors import ConfigError
from inloop.ratecontrol import BlockQpOptions, RateOptions, make_controller

NO_BLOCKS = BlockQpOptions(cutree=False)
SETTINGS = {"size": "64x48", "structure": "ra"}


def first_pass(source, *, settings=SETTINGS, **target):
    stats = io.StringIO()
    options = RateOptions(pass_number=1, blocks=NO_BLOCKS, **target)
    results = FakeEncoder(make_controller(options, stats=stats, settings=settings), source).run()
    return results, stats.getvalue()


def second_pass(source, stats, bitrate_kbps, *, settings=SETTINGS, seed=1, **changed):
    options = RateOptions(pass_number=2, bitrate_kbps=bitrate_kbps, **{"blocks": NO_BLOCKS, **changed})
    controller = make_controller(options, stats=io.StringIO(stats), settings=settings)
    return FakeEncoder(controller, source, seed=seed).run()


def varied(count, seed=0):
    rng = np.random.default_rng(seed)
    inter = rng.uniform(50, 400) * np.exp(rng.normal(size=count).cumsum() * 0.1)
    return Source(list(4 * inter), list(inter))


@pytest.mark.parametrize("count", [60, 200])
@pytest.mark.parametrize("first", [{"crf": 30.0}, {"bitrate_kbps": 40.0}])
def test_rate_is_met(count, first):
    for seed in range(3):
        source = varied(count, seed)
        _, stats = first_pass(source, **first)
        assert abs(kbps(second_pass(source, stats, 40.0)) / 40 - 1) < 0.01


def test_quality_is_steadier_than_in_one_pass():
    source = varied(200, 4)
    one, stats = first_pass(source, bitrate_kbps=40.0)
    two = second_pass(source, stats, 40.0)
    qp_level = [np.std([r.qp.qp - r.plan.qp_offset for r in results]) for results in (one, two)]
    assert qp_level[1] < qp_level[0]


def test_statistics_of_something_else():
    source = varied(40)
    _, stats = first_pass(source, crf=30.0)
    other = Source([*source.intra[:20], *(x + 5 for x in source.intra[20:])], source.inter)
    with pytest.raises(ConfigError, match="another clip: picture 2"):
        second_pass(other, stats, 40.0)
    longer, shorter = varied(48), varied(40)
    longer.intra[:40], longer.inter[:40] = source.intra, source.inter
    shorter.intra, shorter.inter = source.intra[:33], source.inter[:33]
    for clip in (longer, shorter):
        with pytest.raises(ConfigError, match="clip"):
            second_pass(clip, stats, 40.0)
    with pytest.raises(ConfigError, match="was made with"):
        second_pass(source, stats, 40.0, settings={"size": "32x32"})
    with pytest.raises(ConfigError, match="was made with"):
        second_pass(source, stats, 40.0, blocks=BlockQpOptions(cutree=False, layer_scale=0.5))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: "", "no statistics file"),
        (lambda text: text.replace("version 1", "version 9"), "another version"),
        (lambda text: "\n".join(text.splitlines()[:2]), "damaged"),
        (lambda text: "\n".join(text.splitlines()[:3]), "no pictures"),
        (lambda text: text[:-4], "damaged|another clip|clip with"),
        (lambda text: text.replace(" I ", " X "), "damaged"),
        (lambda text: text + "1 2 3\n", "damaged"),
    ],
)
def test_damaged_statistics(damage, message):
    source = varied(20)
    _, stats = first_pass(source, crf=30.0)
    with pytest.raises(ConfigError, match=message):
        second_pass(source, damage(stats), 40.0)
