# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The lookahead on real pictures: what it sees, holds and drops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inloop.errors import ConfigError
from inloop.lookahead.scene_cuts import SceneCuts
from inloop.lookahead.window import nearest_references
from inloop.ratecontrol import BlockQpOptions, Lookahead
from inloop.ratecontrol.aq import aq_offsets
from inloop.ratecontrol.block_qp import BlockQp
from inloop.ratecontrol.cutree import CuTree, inherited_share
from inloop.structure.by_name import make_structure
from inloop.video.frame import Frame


def texture(seed, height=160, width=200):
    field = np.random.default_rng(seed).normal(size=(height, width))
    for _ in range(6):
        field = sum(np.roll(field, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)) / 9
    return np.clip(128 + 40 * field / field.std(), 0, 255).astype(np.uint8)


def frame(luma, index=0):
    grey = np.full((luma.shape[0] // 2, luma.shape[1] // 2), 128, np.uint8)
    return Frame(np.ascontiguousarray(luma), grey, grey, 8, index)


def panning(count, seed=1, speed=2):
    big = texture(seed)
    return [frame(big[16:80, speed * i : 96 + speed * i], i) for i in range(count)]


def filled(frames, depth=40, structure="ra", gop=8):
    lookahead = Lookahead(depth)
    plans = make_structure(structure, gop)
    for picture in frames:
        lookahead.push(picture)
        lookahead.schedule(plans.push())
    lookahead.schedule(plans.finish())
    lookahead.finish()
    return lookahead


def test_measures():
    frames = panning(3, speed=4)
    lookahead = filled(frames)
    first, second = lookahead.frame(0), lookahead.frame(1)
    assert first.p_cost == first.intra_cost
    assert first.measures.novelty == 1
    assert second.p_cost < 0.2 * second.intra_cost
    assert second.measures.motion == pytest.approx(4, abs=1)
    assert second.b_cost(first, lookahead.frame(2)) <= second.p_cost
    noise = np.random.default_rng(1).normal(100, 6, (64, 96))
    noisy = filled([frame(np.clip(noise, 0, 255).astype(np.uint8))]).frame(0).measures
    assert noisy.noise == pytest.approx(6, rel=0.1)
    flat = filled([frame(np.full((64, 96), 50, np.uint8))]).frame(0).measures
    assert (flat.flatness, flat.noise) == (1, 0)


@pytest.mark.parametrize("structure", ["ai", "ldp", "ldb", "ra"])
def test_memory_is_bounded_on_a_pipe(structure):
    depth, gop = 10, 8
    lookahead, plans = Lookahead(depth), make_structure(structure, gop)
    coded, largest = [], 0
    picture = panning(2)
    for index in range(100):
        lookahead.push(picture[index % 2])
        lookahead.schedule(plans.push())
        largest = max(largest, lookahead.frames_held)
        while lookahead.ready:
            plan = lookahead.upcoming[0]
            lookahead.prediction(plan)
            coded.append(plan.index)
            lookahead.finish_picture()
    assert largest <= depth + gop + 8
    assert len(coded) >= 100 - depth - 2 * gop
    lookahead.schedule(plans.finish())
    lookahead.finish()
    while lookahead.ready:
        lookahead.prediction(lookahead.upcoming[0])
        coded.append(lookahead.upcoming[0].index)
        lookahead.finish_picture()
    assert sorted(coded) == list(range(100))
    assert lookahead.frames_held <= 8


def test_without_depth_nothing_is_analysed():
    lookahead, plans = Lookahead(0), make_structure("ldp")
    for picture in panning(5):
        assert lookahead.push(picture) is None
        lookahead.schedule(plans.push())
        assert lookahead.ready
        lookahead.finish_picture()
    assert lookahead.frames_held == 0
    with pytest.raises(ConfigError, match="0 to 250"):
        Lookahead(251)


def test_references_that_matter():
    lookahead = filled(panning(17), gop=16)
    plans = {plan.index: plan for plan in lookahead.upcoming}
    assert nearest_references(plans[0]) == ()
    assert nearest_references(plans[16]) == (0,)
    assert nearest_references(plans[8]) == (0, 16)
    assert nearest_references(plans[5]) == (4, 6)
    assert lookahead.prediction(plans[5]).references == (4, 6)
    ldp = filled(panning(6), structure="ldp").upcoming[5]
    assert nearest_references(ldp)[0] == 4


def test_cutree_favours_what_is_used_later():
    still = [frame(texture(3)[:64, :96], i) for i in range(9)]
    lookahead = filled(still)
    cutree = CuTree()
    offsets = {plan.index: cutree.offsets(lookahead, plan.index, 32).mean() for plan in lookahead.upcoming}
    assert offsets[0] < offsets[8] <= offsets[7] == 0
    assert offsets[0] == pytest.approx(-2.4 * np.log2(9), abs=0.2), "nine pictures hang on the first"
    changing = filled([frame(texture(i)[:64, :96], i) for i in range(9)])
    assert CuTree().offsets(changing, 0, 32).mean() > -1, "nothing to be reused"


def test_cutree_sees_where_the_future_comes_from():
    rng = np.random.default_rng(5)
    base = texture(7)[:64, :96]
    frames = []
    for index in range(9):
        luma = base.copy()
        luma[:, 48:] = rng.integers(0, 256, (64, 48))  # the right half is new in every picture
        frames.append(frame(luma, index))
    offsets = CuTree().offsets(filled(frames), 0, 32)
    assert offsets[:, :3].mean() < offsets[:, 3:].mean() - 2


def test_an_error_is_inherited_where_the_residual_disappears():
    rng = np.random.default_rng(6)
    noisy = [np.clip(texture(3)[:64, :96] + rng.normal(0, 6, (64, 96)), 0, 255) for _ in range(9)]
    lookahead = filled([frame(luma.astype(np.uint8), i) for i, luma in enumerate(noisy)])
    fine, coarse = (CuTree().offsets(lookahead, 0, qp_level).mean() for qp_level in (12, 44))
    assert coarse < fine - 1.5
    assert coarse > -2.4 * np.log2(9)


def test_errors_of_two_references_cancel_in_part():
    lookahead = filled([frame(texture(3)[:64, :96], i) for i in range(3)])
    picture, (first, second) = lookahead.frame(1), (lookahead.frame(0), lookahead.frame(2))
    found = picture.predict((first, second))
    one, both = (
        inherited_share(picture, replace(found, used=np.full_like(found.used, used)), 32).mean()
        for used in (1, 3)
    )
    assert 0.5 * one < both < one


def test_block_qps():
    frames = [frame(texture(3)[:64, :96], i) for i in range(9)]
    lookahead = filled(frames)
    plan = lookahead.upcoming[0]
    with_tree = BlockQp(BlockQpOptions()).picture_qp(30, plan, lookahead)
    assert with_tree.qp_map is not None
    assert with_tree.qp_map.shape == (4, 6)
    assert with_tree.qp == round(float(with_tree.qp_map.mean())) < 30
    least = plan.lmbda(round(with_tree.mean_qp)) / 2
    assert least < with_tree.lmbda < plan.lmbda(30), "lambda follows the importance"
    plain = BlockQp(BlockQpOptions(cutree=False)).picture_qp(30, plan, lookahead)
    assert (plain.qp, plain.qp_map) == (30 + plan.qp_offset, None)
    ends = [BlockQp(BlockQpOptions()).picture_qp(qp_level, plan, lookahead).qp_map for qp_level in (-99, 99)]
    assert (ends[0] == 0).all()
    assert (ends[1] == 51).all()


def test_adaptive_quantisation():
    energy = np.array([[0, 1000, 22_000, 500_000]], np.uint32)
    offsets = aq_offsets(energy, "variance")[0]
    assert (np.diff(offsets) > 0).all()
    assert offsets[2] == pytest.approx(0, abs=0.1)
    assert not aq_offsets(energy, "off").any()
    np.testing.assert_allclose(aq_offsets(energy, "variance", 0.5), 0.5 * aq_offsets(energy, "variance"))


def test_scene_cuts():
    def cuts(frames):
        lookahead, detector = Lookahead(40), SceneCuts()
        analysed = [lookahead.push(picture) for picture in frames]
        return [index for index, picture in enumerate(analysed) if detector.push(picture)]

    first, second = panning(12, seed=1), panning(12, seed=2)
    assert cuts([*first, *second]) == [12]
    flash = frame(np.full((64, 96), 250, np.uint8), 6)
    assert cuts([*first[:6], flash, *first[7:]]) in ([], [6])
    assert cuts([frame(np.zeros((64, 96), np.uint8), i) for i in range(5)]) == []
