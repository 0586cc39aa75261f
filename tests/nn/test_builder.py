# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks built in memory, without the file form, and weights that are exchanged under a plan."""

from __future__ import annotations

import pytest

from inloop import _core
from inloop.errors import ConfigError, ModelError
from inloop.nnlf import load_filter
from inloop.nnlf.filter_model import network_for
from need_testing import need_testing

t = need_testing()


@pytest.mark.parametrize("isa", _core.supported_isas())
@pytest.mark.parametrize("make", [t.synthesis_network, t.upsampling_network])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 7), (33, 40)])
def test_plans_equal_the_reference(make, isa: str, height: int, width: int) -> None:
    network = make(1)
    found = network.run(isa, height, width)
    assert found == network.reference(height, width)
    assert any(found)


def test_shapes_follow_the_rules() -> None:
    assert t.upsampling_network(1).output_shape(6, 9) == (12, 18, 1)
    assert t.synthesis_network(1).output_shape(6, 9) == (6, 9, 3)
    assert t.synthesis_network(1).parameters == 7 * 16 + 16 + 16 * 3 + 3 + 2 * (81 + 3)


def test_identity_is_that_of_the_compact_form() -> None:
    """By bytes that only the writer made, and for networks of files equal to what the files say."""
    first, second = t.synthesis_network(1), t.synthesis_network(2)
    assert first.sha256 == first.canonical_sha256 == t.synthesis_network(1).sha256
    assert first.sha256 != second.sha256
    for kind in "IB":
        model = network_for(load_filter("lop"), kind)
        assert t.canonical_sha256(model.to_bytes()) == model.sha256


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("channels", "between 1 and 4096 channels"),
        ("value", "does not exist yet"),
        ("late input", "an input follows"),
        ("weights", "wrong number of constants"),
        ("groups", "groups do not divide"),
        ("window", "padding is not smaller"),
        ("block", "between 1 and 16|block sizes of 1 to 16"),
        ("overflow", "32"),
        ("outputs", "no outputs"),
        ("name", "longer than 255"),
    ],
)
def test_faults_are_named(fault: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        t.build_faulty_network(fault)


def test_weights_can_be_exchanged_under_a_plan() -> None:
    first, second = t.synthesis_network(1), t.synthesis_network(2)
    exchanged, isa = first.run_with_weights_of(second, 9, 11), _core.get_isa()
    assert exchanged == second.run(isa, 9, 11)
    assert exchanged != first.run(isa, 9, 11)


def test_weights_of_another_structure_are_refused() -> None:
    with pytest.raises(ConfigError, match="another structure"):
        t.upsampling_network(1).run_with_weights_of(t.synthesis_network(1), 8, 8)
