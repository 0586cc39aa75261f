# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which blocks the network is run on: what is known of them, the policy, and the encoder that follows it."""

from __future__ import annotations

import dataclasses
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from nnlf_oracle import evidence, grid, random_picture
from test_picture_filter import assert_same, decode, encode, moving_frames

from inloop import ConfigError, ModelError, _core, load_filter
from inloop.engine.model import Model
from inloop.nnlf import GainPolicy, PictureFilter, filter_names
from inloop.nnlf.blocks import PictureBlocks
from inloop.nnlf.decision import decide
from inloop.nnlf.outcome import FilterOutcome
from inloop.nnlf.registry import packaged_enhancer
from inloop.nnlf.skipping import (
    MODES,
    PRICES,
    PROOF_EVERY,
    PROOF_PICTURES,
    GainModel,
    LearningPolicy,
    LearnsGains,
    fitted_beside,
    policy_for,
    within_budget,
)
from inloop.train.fit_skipping import Observations, fit

LOP = load_filter("lop")


def expected_statistics(coded, block):
    x, y, w, h = block
    rec, pred = (getattr(coded, name)[0].astype(np.int64) for name in ("rec", "pred"))
    rows, units = np.s_[y : y + h : 2, x : x + w], np.s_[y // 4 : (y + h) // 4, x // 4 : (x + w) // 4]
    right = np.abs(np.diff(rec, axis=1, append=rec[:, -1:]))
    below = np.abs(np.diff(rec, axis=0, append=rec[-1:]))
    residual = (rec - pred)[rows]
    edges = coded.bs_ver[units], coded.bs_hor[units]
    return {
        "samples": w * h // 2,
        "cells": w * h // 16,
        "edges": sum(np.count_nonzero(e) for e in edges),
        "strong_edges": sum(np.count_nonzero(e > 1) for e in edges),
        "gradient": (right + below)[rows].sum(),
        "sum": rec[rows].sum(),
        "square_sum": (rec[rows] ** 2).sum(),
        "residual": np.abs(residual).sum(),
        "residual_square": (residual**2).sum(),
        "intra": np.count_nonzero(coded.pred_type[units] == 0),
        "bi": np.count_nonzero(coded.pred_type[units] == 2),
        "qp": coded.qp[units].astype(np.int64).sum(),
    }


@pytest.mark.parametrize("size", [128, 256])
@pytest.mark.parametrize("mode", ["random", "low", "high"])
@pytest.mark.parametrize(("height", "width"), [(8, 8), (136, 144), (264, 392)])
def test_statistics_equal_the_oracle(height, width, mode, size):
    coded = random_picture(np.random.default_rng(1), height, width, 10, mode)
    table = _core.FilterBlocks(coded.core, size).statistics()
    for values, block in zip(table, grid(height, width, size), strict=True):
        assert dict(zip(_core.FILTER_BLOCK_FIELDS, values, strict=True)) == expected_statistics(coded, block)


def test_features_do_not_depend_on_the_bit_depth():
    coded = random_picture(np.random.default_rng(2), 136, 144)
    finer = {name: tuple(4 * p for p in getattr(coded, name)) for name in ("rec", "dbf", "pred")}
    tens = dataclasses.replace(coded, bit_depth=10, **finer)
    for name, values in PictureBlocks.of(coded, 128, LOP).features().items():
        np.testing.assert_allclose(values, PictureBlocks.of(tens, 128, LOP).features()[name], rtol=1e-9)


def test_work_of_blocks_is_that_of_the_network():
    blocks = PictureBlocks.of(random_picture(np.random.default_rng(2), 136, 264), 128, LOP)
    assert blocks.count == 6
    assert blocks.work[0] == pytest.approx(LOP.kmac_per_px * 128 * 128)
    assert blocks.area.tolist() == [128 * 128, 128 * 128, 128 * 8, 8 * 128, 8 * 128, 8 * 8]


def textured(rng, height=264, width=264):
    """A picture whose blocks differ: coded edges and residual grow from left to right."""
    coded = random_picture(rng, height, width)
    share = np.linspace(0, 1, width)
    calm = tuple(np.full_like(p, 128) for p in coded.pred)
    rec = tuple((128 + (p % 32) * share[:: width // p.shape[1]]).astype(np.uint16) for p in coded.rec)
    edges = {
        name: (getattr(coded, name) * (rng.random(coded.qp.shape) < share[::4] ** 3)).astype(np.uint8)
        for name in ("bs_ver", "bs_hor")
    }
    return dataclasses.replace(coded, rec=rec, dbf=rec, pred=calm, **edges)


STEEP = GainModel({"edges": 1.0}, (0.0, 1.0), (0.0, 0.06), (0, 4, 8, 16))


def test_strength_leaves_out_more_and_more():
    blocks = PictureBlocks.of(textured(np.random.default_rng(3)), 128, LOP)
    shares = [GainPolicy(LOP, s, gains=STEEP).wanted(blocks).mean() for s in range(4)]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert shares[3] < shares[1]
    prices = [GainPolicy(LOP, s).price(blocks).sum() for s in range(4)]
    assert prices == sorted(prices)
    whole = PictureBlocks.of(textured(np.random.default_rng(3), 256, 256), 128, LOP)
    assert GainPolicy(LOP, 1).price(whole).sum() == pytest.approx(PRICES[1])


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 2])
def test_budget_is_kept_by_the_most_promising_blocks(share):
    blocks = PictureBlocks.of(textured(np.random.default_rng(4)), 128, LOP)
    budget = share * LOP.kmac_per_px
    policy = GainPolicy(LOP, 0, budget, gains=STEEP)
    wanted = policy.wanted(blocks)
    assert blocks.work[wanted].sum() <= budget * blocks.area.sum()
    assert policy.affords(blocks, wanted)
    assert policy.affords(blocks, np.ones(blocks.count, bool)) == (share == 2)
    gain = STEEP.expected(blocks) * blocks.area
    left_out = ~wanted & (blocks.work <= budget * blocks.area.sum() - blocks.work[wanted].sum())
    assert not left_out.any()
    assert within_budget(blocks, gain, 1e-9).sum() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"skip": 4}, "strength 4"),
        ({"skip": -1}, "strength -1"),
        ({"budget_kmac_per_px": 0}, "budget"),
        ({"budget_kmac_per_px": float("nan")}, "budget"),
        ({"block_size": 64}, "128 or 256"),
        ({"skip": GainPolicy(LOP, 1), "budget_kmac_per_px": 3}, "of its own"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        PictureFilter(LOP, **options)


class Corner(GainPolicy):
    """A policy of one's own: the first block only, whatever it costs."""

    min_edges = 31

    def wanted(self, blocks):
        return np.arange(blocks.count) == 0

    def affords(self, blocks, chosen):
        return not chosen[1:].any()


def test_network_runs_on_the_wanted_blocks_only(monkeypatch):
    coded = random_picture(np.random.default_rng(5), 136, 264)
    nnlf, runs = PictureFilter(LOP, skip=Corner(LOP, 0), block_size=128), []
    target = nnlf.network.filter(coded.core, strong())

    class Trial(_core.FilterTrial):
        def run(self, qp_offset, wanted):
            runs.append(wanted.tolist())
            return super().run(qp_offset, wanted)

    monkeypatch.setattr(_core, "FilterTrial", Trial)
    result = nnlf.filter_picture(coded, target)
    assert runs == [[True] + 5 * [False]]
    parameters = _core.FilterParameters.parse(result.payload, 264, 136)
    assert parameters.block_choice == [1, 0, 0, 0, 0, 0]
    assert np.array_equal(result.planes[0][:, 128:], coded.dbf[0][:, 128:])
    assert not np.array_equal(result.planes[0], coded.dbf[0])


def strong():
    parameters = _core.FilterParameters()
    parameters.scale_code = [20, 20, 20]
    return parameters


@pytest.mark.parametrize("structure", ["ra", "ldp"])
@pytest.mark.parametrize(
    "options",
    [
        {"skip": 0, "block_size": 256},
        {"skip": 1},
        {"skip": 3, "block_size": 128},
        {"skip": 0, "budget_kmac_per_px": 4},
        {"skip": 2, "budget_kmac_per_px": 1, "qp_offsets": {"I": (2, -3), "P": (0, 5), "B": (5, 0)}},
    ],
)
def test_decoder_reproduces_what_was_left_out(options, structure):
    frames = moving_frames(6, 144, 280)
    nnlf = PictureFilter(LOP, **options)
    packets = encode(frames, nnlf, structure)
    assert 0 <= nnlf.filtered_share <= 1
    assert_same(decode(packets), sorted(packets, key=lambda packet: packet.index))


def test_a_price_turns_blocks_off():
    sums = np.zeros((1, 4, 3, 3))
    sums[..., 0], sums[0, :, 0, 1] = 1e6, [8e4, 1e4, 8e4, 1e4]
    sums[0, :, 0, 2] = sums[0, :, 0, 1] / 0.8
    assert decide(evidence(sums, 0.1)).block_choice is None
    decision = decide(evidence(sums, 0.1, price=np.full(4, 1e4)))
    assert decision.block_choice.tolist() == [1, 0, 1, 0]
    assert not decide(evidence(sums, 0.1, price=np.full(4, 1e6))).candidates


def test_persisting_settings_that_do_not_fit_are_ended_by_a_payload():
    sums = np.zeros((1, 4, 3, 3))
    sums[..., 0] = 1e6
    for previous in (None, ((0,), (10, 10, 10))):
        known = evidence(sums, 1.0, price=np.full(4, 100.0), same_block_size=False)
        decision = decide(known, previous, True)
        assert decision.block_choice.tolist() == [0, 0, 0, 0]
        assert not decision.no_payload
        assert decision.reuse == (previous is not None)


def test_share_of_the_samples_that_are_filtered():
    coded = dataclasses.replace(random_picture(np.random.default_rng(6), 128, 384), irap=True)
    signal = _core.FilterNetwork(LOP.core).run(coded.core, coded.slice_qp)
    target = tuple(np.clip((s + 32) >> 6, 0, 255).astype(np.uint16) for s in signal)
    for plane, dbf in zip(target, coded.dbf, strict=True):
        plane[:, : plane.shape[1] * 2 // 3] = dbf[:, : plane.shape[1] * 2 // 3]
    nnlf = PictureFilter(LOP, skip=0, block_size=128, qp_offsets={"P": (0,)})
    assert nnlf.filtered_share == 0
    nnlf.filter_picture(coded, target)
    assert nnlf.filtered_share == pytest.approx(1 / 3)
    nnlf.filter_picture(coded, coded.dbf)
    assert nnlf.filtered_share == pytest.approx(1 / 6)
    assert nnlf.outcome.summary() == "filter: 16.7% of the blocks' samples, in 1 of 2 pictures"


def test_why_nothing_was_filtered():
    area, none, everything = np.array([100.0, 300.0]), np.zeros(2, np.bool_), np.ones(2, np.bool_)
    outcome = FilterOutcome()
    outcome.add_picture(400)
    sums = np.zeros((2, 3, 3))
    outcome.add_run(area, none, sums)
    assert "every block was expected to gain less" in outcome.summary()
    outcome.add_run(area, everything, sums)
    assert "ran on 100.0% of the blocks' samples and brought none of them nearer" in outcome.summary()
    sums[1, 0] = 1000, 60, 100
    outcome.add_run(area, ~none, sums)
    assert "brought 37.5% nearer to the original, by less than its bits" in outcome.summary()
    outcome.add_filtered(area, np.array([True, False]))
    assert (outcome.filtered_pictures, outcome.filtered_share) == (1, 0.25)


def test_settings_are_renewed_for_the_pictures_to_come():
    sums = np.zeros((1, 4, 3, 3))
    sums[..., 0], sums[0, :, 0, 1:] = 1e6, [4e4, 1e5]  # best at a scale of 0.4
    persisting = ((0,), (16, 0, 0))
    now = decide(evidence(sums, 1000.0), persisting, True)
    assert now.no_payload, "a payload costs more than it brings this picture"
    later = decide(evidence(sums, 1000.0, later_pictures=4), persisting, True)
    assert not later.no_payload
    assert later.block_choice is None
    assert _core.filter_scale_of_code(later.scale_code[0]) in (100, 110)
    again = decide(evidence(sums, 1000.0, later_pictures=4), ((0,), later.scale_code), True)
    assert again.no_payload


def test_edge_rule_decides_for_pictures_without_flags():
    sums = np.zeros((1, 2, 3, 3))
    sums[..., 0], sums[0, :, 0, 1], sums[0, :, 0, 2] = 1e6, [8e4, -8e4], 1e5
    persisting = ((0,), (20, 0, 0))
    on = decide(evidence(sums, 100.0, edge_rule_blocks=np.array([True, False])), persisting, True)
    assert on.no_payload
    wrong = decide(evidence(sums, 100.0, edge_rule_blocks=np.array([False, True])), persisting, True)
    assert wrong.block_choice.tolist() == [1, 0]
    assert (
        decide(
            evidence(sums, 100.0, edge_rule_blocks=np.array([True, True]), edge_rule_allowed=False),
            persisting,
            True,
        ).block_choice
        is not None
    )


def test_fit_finds_what_gains():
    rng = np.random.default_rng(6)
    edges, noise = rng.random(4000), rng.random(4000)
    gain = 0.3 * np.maximum(edges - 0.2, 0) ** 2 + 0.002 * rng.normal(size=4000)
    seen = Observations(
        {"constant": np.ones(4000), "edges": edges, "variance": noise}, gain, np.full(4000, 128.0 * 128)
    )
    entry = fit(seen)
    assert entry["weights"]["edges"] > 10 * abs(entry["weights"]["variance"])
    assert entry["gains"] == sorted(entry["gains"])
    assert entry["min_edges"] == sorted(entry["min_edges"])
    best = 0.2 + np.sqrt(1.25 * PRICES[1] / 0.3)
    assert entry["min_edges"][1] == pytest.approx(64 * best, abs=5)
    assert GainModel.from_json(entry).gains == tuple(entry["gains"])


def test_packaged_fit_says_where_it_comes_from(shared_dir):
    fits = json.loads(files("inloop.nnlf").joinpath("models", "skipping.json").read_text("utf-8"))
    train = {path.stem for path in (shared_dir / "data" / "train").glob("*.mkv")}
    for entry in fits.values():
        assert set(entry["clips"]) <= train
        assert entry["blocks"] > 1000
        assert entry["min_edges"][0] == 0
        assert len(entry["min_edges"]) == len(PRICES)
    own = {(entry["model"], entry["mode"]) for entry in fits.values()}
    assert own == {(load_filter(name).sha256, mode) for name in filter_names() for mode in MODES}


def test_an_unknown_network_proves_itself_and_is_believed() -> None:
    """It runs everywhere at first; later by what it gained where `lop` would have gained."""
    blocks = PictureBlocks.of(random_picture(np.random.default_rng(5), 264, 256), 128, LOP)
    everything, nothing = np.ones(blocks.count, np.bool_), np.zeros(blocks.count)
    policy = LearningPolicy(LOP)
    assert isinstance(policy, LearnsGains)
    usual = GainPolicy(LOP).expected_gain(blocks)
    for _ in range(PROOF_PICTURES):
        assert policy.is_proving
        assert policy.wanted(blocks).all()
        policy.learn(blocks, everything, 2 * usual)
    assert policy.factor == pytest.approx(2)
    np.testing.assert_allclose(policy.expected_gain(blocks), 2 * usual)
    assert not policy.is_proving
    for _ in range(60):
        policy.learn(blocks, everything, nothing)
    assert policy.factor < 1e-2
    for _ in range(PROOF_EVERY):
        policy.learn(blocks, everything, -usual)
    assert policy.factor == 0
    proofs = []
    for _ in range(PROOF_EVERY):
        proofs.append(policy.is_proving)
        assert policy.wanted(blocks).all() == policy.affords(blocks, everything) == policy.is_proving
        policy.learn(blocks, ~everything, nothing)  # pictures without a run count, too
    assert sum(proofs) == 1


def test_proof_keeps_to_the_budget() -> None:
    blocks = PictureBlocks.of(random_picture(np.random.default_rng(5), 264, 256), 128, LOP)
    policy = LearningPolicy(LOP, 1, 6.0)
    assert 0 < policy.wanted(blocks).sum() < blocks.count


def test_which_policy_a_network_gets() -> None:
    other = Model(load_filter("vlop").to_bytes())
    assert type(policy_for(other, 1)) is GainPolicy
    enhance = packaged_enhancer("enhance")
    assert type(policy_for(enhance, 1)) is LearningPolicy
    assert type(policy_for(enhance, 0)) is GainPolicy
    assert type(policy_for(enhance, 1, gains=STEEP)) is GainPolicy


def test_gains_beside_a_network(tmp_path: Path) -> None:
    network = tmp_path / "mine.onnx"
    assert fitted_beside(network, LOP) is None
    entry = {"weights": {"edges": 1.0}, "scores": [0, 1], "gains": [0, 0.06], "min_edges": [0, 4, 8, 16]}
    entry |= {"model": LOP.sha256, "mode": "loop"}
    (tmp_path / "mine.skipping.json").write_text(json.dumps({"mine_loop": entry}))
    found = fitted_beside(network, LOP)
    assert found is not None
    assert found.min_edges == (0, 4, 8, 16)
    assert fitted_beside(network, LOP, "post") is None
    (tmp_path / "mine.skipping.json").write_text("[1]")
    with pytest.raises(ModelError, match=r"mine\.skipping\.json holds no gains"):
        fitted_beside(network, LOP)
