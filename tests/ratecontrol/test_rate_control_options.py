# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options of rate control: what contradicts itself, and what follows from them."""

from __future__ import annotations

import io

import pytest
from fake_encoder import FakeEncoder, Source

from inloop.errors import ConfigError
from inloop.ratecontrol import (
    BlockQpOptions,
    ComplexityOptions,
    ConstantQp,
    PictureQp,
    RateOptions,
    SceneParameters,
    make_controller,
)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"qp": 30, "crf": 30}, "exclude"),
        ({"crf": 30, "bitrate_kbps": 100}, "exclude"),
        ({"vbv_maxrate_kbps": 100, "crf": 30}, "needs a buffer size"),
        ({"vbv_bufsize_kbit": 100, "crf": 30}, "needs a maximal rate"),
        ({"vbv_bufsize_kbit": 100, "vbv_maxrate_kbps": 50, "bitrate_kbps": 60}, "below the bitrate"),
        ({"vbv_bufsize_kbit": 100, "vbv_maxrate_kbps": 50, "qp": 30}, "constant QP"),
        ({"vbv_bufsize_kbit": 0, "vbv_maxrate_kbps": 50, "crf": 30}, "buffer size 0"),
        ({"vbv_bufsize_kbit": 10, "vbv_maxrate_kbps": -50, "crf": 30}, "maximal rate"),
        ({"pass_number": 3}, "neither 1 nor 2"),
        ({"pass_number": 2, "crf": 30}, "needs a bitrate"),
        ({"pass_number": 1, "qp": 30}, "constant QP"),
        ({"lookahead": 251}, "0 to 250"),
        ({"lookahead": 0, "crf": 30}, "lookahead of 1"),
        ({"lookahead": 0, "qp": 30}, "lookahead of 1"),
    ],
)
def test_contradictions(options, message):
    with pytest.raises(ConfigError, match=message):
        RateOptions(**options)


@pytest.mark.parametrize(
    "make",
    [
        lambda: BlockQpOptions(aq_strength=4),
        lambda: BlockQpOptions(aq_mode="sometimes"),
        lambda: BlockQpOptions(cutree_strength=-1),
        lambda: BlockQpOptions(cutree_contrast=2),
        lambda: BlockQpOptions(layer_scale=3),
        lambda: ComplexityOptions(name="simple"),
        lambda: ComplexityOptions(q_comp=1.5),
        lambda: SceneParameters(low=1.5),
        lambda: SceneParameters(period=0),
        lambda: SceneParameters(noise_weight=3),
        lambda: SceneParameters(cutree_share=2),
        lambda: make_controller(RateOptions(crf=52)),
        lambda: make_controller(RateOptions(crf=-1)),
        lambda: make_controller(RateOptions(qp=60, blocks=BlockQpOptions(cutree=False))),
        lambda: make_controller(RateOptions(crf=30, feedback_delay=0)),
        lambda: make_controller(RateOptions(crf=30, pass_number=1)),
        lambda: make_controller(RateOptions(crf=30), stats=io.StringIO()),
    ],
)
def test_values_out_of_range(make):
    with pytest.raises(ConfigError):
        make()


def test_constant_qp_adds_the_structures_offsets_only():
    results = FakeEncoder(ConstantQp(30), Source.steady(20)).run()
    assert {r.qp.qp - r.plan.qp_offset for r in results} == {30}
    assert all(r.qp.lmbda == pytest.approx(r.plan.lmbda(r.qp.qp)) for r in results)
    assert ConstantQp(30).lookahead == 0, "nothing is analysed"


def test_layer_scale():
    options = RateOptions(qp=30, blocks=BlockQpOptions(cutree=False, layer_scale=0.5))
    results = FakeEncoder(make_controller(options), Source.steady(20), gop=16).run()
    assert max(r.qp.qp for r in results) == 33, "half of the offset 6 of the highest layer"


def test_a_users_controller():
    """The example of the documentation: finer wherever the picture is moved into by much."""

    class MoreForMotion:
        lookahead = 5

        def __init__(self):
            self.bits = 0

        def plan(self, picture, lookahead):
            moving = lookahead.frame(picture.index).measures.motion > 4
            qp = 30 + picture.qp_offset - 2 * moving
            return PictureQp(qp, picture.lmbda(qp))

        def update(self, result):
            self.bits += result.bits

    controller = MoreForMotion()
    results = FakeEncoder(controller, Source.steady(20)).run()
    assert controller.bits == sum(r.bits for r in results)
