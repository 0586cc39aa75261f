# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's evidence: one object a picture, checked once, that says what a decoder will do."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pytest
from nnlf_oracle import grid, random_picture
from test_picture_filter import encode, moving_frames

from inloop import ConfigError, PictureFilter, _core, load_filter
from inloop.nnlf import CodedPicture, FilterResult
from inloop.nnlf.picture import Planes
from need_testing import need_testing

LOP = load_filter("lop")
SIZE = (136, 264)
BLOCKS = 6


def make_trial(coded: CodedPicture, original: Planes, block_size: int = 128) -> _core.FilterTrial:
    network = _core.FilterNetwork(LOP.core)
    return _core.FilterTrial(network, _core.FilterBlocks(coded.core, block_size), original)


def parameters_with(**values: object) -> _core.FilterParameters:
    parameters = _core.FilterParameters()
    for name, value in {"scale_code": [25, 20, 15], **values}.items():
        setattr(parameters, name, value)
    return parameters


FLAGS = parameters_with(
    per_block=True, block_choice=[0, 1, 2, 2, 1, 0], candidates=2, qp_offset=[0, 5], persist=True
)
FLAGS_OF_ONE = parameters_with(per_block=True, block_choice=[0, 1, 0, 0, 0, 0])
RULE = parameters_with(min_edges=20, qp_offset=[5, 0])


@pytest.mark.parametrize("parameters", [FLAGS, RULE], ids=["flags", "rule"])
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_a_trial_makes_what_a_decoder_makes(bit_depth: int, parameters: _core.FilterParameters) -> None:
    coded = random_picture(np.random.default_rng(1), *SIZE, bit_depth)
    coded.bs_ver[:, :40] = coded.bs_hor[:, :40] = 0
    trial = make_trial(coded, coded.rec)
    for offset in (0, 5):
        trial.run(offset, None)
    expected = _core.FilterNetwork(LOP.core).filter(coded.core, parameters)
    for got, wanted in zip(_core.TrialFilter(trial, parameters).run(), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert trial.payload_bits(parameters) == 8 * len(parameters.serialise(SIZE[1], SIZE[0]))


def test_sums_are_those_of_the_signal() -> None:
    coded = random_picture(np.random.default_rng(2), *SIZE)
    wanted = np.arange(BLOCKS) % 2 == 0
    sums = make_trial(coded, coded.pred).run(3, wanted)
    signal = _core.FilterNetwork(LOP.core).run(coded.core, coded.slice_qp + 3, wanted)
    np.testing.assert_array_equal(sums, need_testing().filter_sums(coded, signal, coded.pred))
    assert sums[wanted][..., 1:].any()
    assert not sums[~wanted][..., 1:].any()


@pytest.mark.parametrize("parameters", [FLAGS, RULE], ids=["flags", "rule"])
def test_blocks_that_were_not_tried_are_filtered_later(parameters: _core.FilterParameters) -> None:
    coded = random_picture(np.random.default_rng(1), *SIZE)
    trial, expected = make_trial(coded, coded.rec), _core.FilterNetwork(LOP.core)
    for offset in (0, 5):
        trial.run(offset, np.arange(BLOCKS) == 1)
    later = _core.TrialFilter(trial, parameters, hash=True)
    for got, wanted in zip(later.run(), expected.filter(coded.core, parameters), strict=True):
        np.testing.assert_array_equal(got, wanted)
    np.testing.assert_array_equal(later.has_run, (later.choice > 0) & (np.arange(BLOCKS) != 1))
    expected.filter(coded.core, later.parameters)  # It raises where the hash does not match.
    assert later.parameters.md5 is not None
    with pytest.raises(ConfigError, match="once"):
        later.run()


def test_open_blocks_are_filtered_where_that_brings_enough() -> None:
    coded = random_picture(np.random.default_rng(2), *SIZE)
    whole = make_trial(coded, coded.pred)
    sums = np.stack([whole.run(offset, None) for offset in (0, 5)]).astype(np.float64)
    scale = np.array(FLAGS.scale_code) * 10 / 256 + 10 / 256
    gain = (2 * scale * sums[..., 1] - scale**2 * sums[..., 2]).sum(-1)
    is_open = np.arange(BLOCKS) >= 2
    least = np.where(np.arange(BLOCKS) % 2, gain.max(0) + 1, gain.max(0) - 1)
    trial = make_trial(coded, coded.pred)
    for offset in (0, 5):
        trial.run(offset, ~is_open)
    later = _core.TrialFilter(trial, FLAGS, is_open, least)
    planes = later.run()
    chosen = np.where(least < gain.max(0), gain.argmax(0) + 1, 0)
    assert later.choice.tolist() == FLAGS.block_choice[:2] + chosen[2:].tolist()
    assert later.parameters.block_choice == later.choice.tolist()
    np.testing.assert_array_equal(later.has_run, is_open)
    np.testing.assert_array_equal(later.sums[is_open], sums[0, is_open])
    expected = _core.FilterNetwork(LOP.core).filter(coded.core, later.parameters)
    for got, wanted in zip(planes, expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_what_was_not_tried_is_refused() -> None:
    coded = random_picture(np.random.default_rng(3), *SIZE)
    trial = make_trial(coded, coded.rec)
    trial.run(0, np.arange(BLOCKS) == 1)
    flags = [0, 1, 0, 0, 0, 0]
    for values, message in (
        ({"qp_offset": [1, 0], "block_choice": flags}, "such a QP offset"),
        ({"block_choice": [0, 1]}, "range"),
        ({"block_choice": flags, "block_size": 256}, "another size"),
    ):
        with pytest.raises(ConfigError, match=message):
            _core.TrialFilter(trial, parameters_with(per_block=True, **values))
    with pytest.raises(ConfigError, match="entry"):
        _core.TrialFilter(trial, FLAGS_OF_ONE, np.ones(BLOCKS, bool), np.ones(2))
    with pytest.raises(ConfigError, match="wanted"):
        trial.run(0, np.ones(BLOCKS + 1, bool))
    with pytest.raises(ConfigError, match="original"):
        make_trial(coded, coded.rec[::-1])


class Watcher(PictureFilter):
    """Keeps what the network makes of the encoder's own picture and of its arrays."""

    def __init__(self) -> None:
        super().__init__(LOP)
        self.pairs: list[tuple[Planes, Planes]] = []

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        for other in (dataclasses.replace(coded), pickle.loads(pickle.dumps(coded)), copy.deepcopy(coded)):
            assert other.core is not coded.core
            signals = [self.network.run(picture.core, picture.slice_qp) for picture in (coded, other)]
            self.pairs.append((signals[0], signals[1]))
        return super().filter_picture(coded, original)


def test_the_encoders_own_picture_is_that_of_its_arrays() -> None:
    watcher = Watcher()
    encode(moving_frames(4, *SIZE), watcher, "ra", gop=2)
    assert len(watcher.pairs) == 12
    for own, arrays in watcher.pairs:
        for got, expected in zip(own, arrays, strict=True):
            np.testing.assert_array_equal(got, expected)


def test_arrays_live_as_long_as_the_core_needs_them() -> None:
    coded = random_picture(np.random.default_rng(4), *SIZE)
    expected = _core.FilterNetwork(LOP.core).run(coded.core, 30)
    core = random_picture(np.random.default_rng(4), *SIZE).core
    junk = [random_picture(np.random.default_rng(seed), *SIZE) for seed in range(8)]
    for got, plane in zip(_core.FilterNetwork(LOP.core).run(core, 30), expected, strict=True):
        np.testing.assert_array_equal(got, plane)
    assert junk


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"qp": np.zeros((34, 66), np.uint8)}, "qp"),
        ({"bs_ver": np.zeros((34, 65), np.uint8)}, "bs_ver"),
        ({"bit_depth": 12}, "bit_depth"),
        ({"rec": (np.zeros((12, 12), np.uint16),) * 3}, "multiple of 8"),
    ],
)
def test_wrong_arrays_are_refused(change: dict[str, object], message: str) -> None:
    coded = dataclasses.replace(random_picture(np.random.default_rng(5), *SIZE), **change)
    with pytest.raises(ConfigError, match=message):
        coded.core.width  # noqa: B018


@pytest.mark.parametrize("shown", [SIZE, (134, 260)])
def test_shown_planes_are_filtered_blocks_and_decoded_ones(shown: tuple[int, int]) -> None:
    coded = random_picture(np.random.default_rng(6), *SIZE)
    decoded = tuple(
        plane[: shown[0] // part, : shown[1] // part]
        for plane, part in zip(coded.rec, (1, 2, 2), strict=True)
    )
    filtered = np.array([True, False, True, False, True, False])
    result = FilterResult(b"\x01", coded.dbf, shown_only=True, filtered=filtered)
    planes = result.shown_planes(decoded)
    for got, own, other, part in zip(planes, coded.dbf, decoded, (1, 2, 2), strict=True):
        for (x, y, w, h), is_filtered in zip(grid(*SIZE), filtered, strict=True):
            area = np.s_[y // part : (y + h) // part, x // part : (x + w) // part]
            rows, columns = other[area].shape
            expected = own[area] if is_filtered else other[area]
            np.testing.assert_array_equal(got[area][:rows, :columns], expected[:rows, :columns])
    if shown != SIZE:
        with pytest.raises(ConfigError, match="larger"):
            dataclasses.replace(result, planes=decoded).shown_planes(coded.rec)
