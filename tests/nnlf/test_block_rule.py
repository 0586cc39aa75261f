# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which blocks a picture without flags filters: those with enough coded edges."""

import dataclasses

import numpy as np
import pytest
from nnlf_oracle import grid, random_picture
from test_picture_filter import assert_same, decode, encode, moving_frames

from inloop import ConfigError, _core, load_filter
from inloop.nnlf import LoopFilter, PictureFilter
from need_testing import need_testing


def blocks_by_edges(coded, min_edges, size):
    on = []
    for x, y, w, h in grid(coded.height, coded.width, size):
        window = np.s_[y // 4 : (y + h) // 4, x // 4 : (x + w) // 4]
        edges = np.count_nonzero(coded.bs_ver[window]) + np.count_nonzero(coded.bs_hor[window])
        on.append(edges * 64 >= min_edges * (w // 4) * (h // 4))
    return on


@pytest.mark.parametrize("size", [128, 256])
def test_rule_equals_oracle(size):
    rng = np.random.default_rng(5)
    for _ in range(20):
        coded = random_picture(rng, 8 * int(rng.integers(1, 50)), 8 * int(rng.integers(1, 50)))
        coded.bs_ver[rng.random(coded.bs_ver.shape) < rng.random()] = 0
        coded.bs_hor[rng.random(coded.bs_hor.shape) < rng.random()] = 0
        blocks = _core.FilterBlocks(coded.core, size)
        for min_edges in (0, 1, 9, 20, 31):
            result = blocks.with_edges(min_edges)
            assert result.tolist() == blocks_by_edges(coded, min_edges, size)
    for wrong in (-1, 32):
        with pytest.raises(ConfigError, match="min_edges"):
            blocks.with_edges(wrong)
    with pytest.raises(ConfigError, match="block_size"):
        _core.FilterBlocks(coded.core, 64)


class EdgeRuleFilter(PictureFilter):
    """One payload with settings, then pictures without any, filtered by their edges."""

    def __init__(self, model, mode):
        super().__init__(model, mode)
        self.first, self.shares = None, []

    def filter_picture(self, coded, original):
        parameters = _core.FilterParameters()
        parameters.model = bytes.fromhex(self.model.sha256)
        parameters.persist, parameters.post = True, self.mode == "post"
        parameters.scale_code, parameters.min_edges = [20, 31, 5], 7
        planes = self.network.filter(coded.core, parameters)
        on = _core.FilterBlocks(coded.core, 128).with_edges(7)
        self.shares.append(on.mean())
        for plane, before, part in zip(planes, coded.dbf, (1, 2, 2), strict=True):
            for (x, y, w, h), used in zip(grid(coded.height, coded.width), on, strict=True):
                window = np.s_[y // part : (y + h) // part, x // part : (x + w) // part]
                assert used or np.array_equal(plane[window], before[window])
        payload = parameters.serialise(coded.width, coded.height) if self.first is None else b""
        self.first = payload
        return dataclasses.replace(super().filter_picture(coded, original), payload=payload, planes=planes)


@pytest.mark.parametrize("mode", ["loop", "post"])
def test_decoder_follows_the_rule(mode):
    frames = moving_frames(4, 144, 400)
    nnlf = EdgeRuleFilter(load_filter("lop"), mode)
    packets = encode(frames, nnlf, qp=38)
    assert_same(decode(packets), packets)
    assert 0 < np.mean(nnlf.shares) < 1


def test_loop_filter_follows_the_rule():
    coded = random_picture(np.random.default_rng(6), 136, 264)
    coded.bs_ver[:, :40] = 0
    coded.bs_hor[:, :40] = 0
    parameters = _core.FilterParameters()
    parameters.scale_code, parameters.min_edges = [25, 10, 10], 20
    parameters.model = bytes.fromhex(load_filter("lop").sha256)
    network = LoopFilter(load_filter("lop"))
    planes = network.apply(coded, parameters.serialise(coded.width, coded.height))
    expected = need_testing().filter_blend(coded, parameters, [network.signal(coded)])
    for got, wanted in zip(planes, expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert np.array_equal(planes[0][:128, :128], coded.dbf[0][:128, :128])
    assert not np.array_equal(planes[0], coded.dbf[0])
