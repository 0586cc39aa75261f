# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from nnlf_oracle import block_features, grid, picture_features, random_picture

from inloop.nnlf import features
from need_testing import need_testing

SIZES = [(8, 8), (16, 24), (128, 128), (136, 264), (240, 416), (200, 8)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("bit_depth", "q"), [(8, 13), (10, 13), (10, 10), (8, 14)])
@pytest.mark.parametrize("mode", ["random", "low", "high"])
@pytest.mark.parametrize("block_size", [128, 256])
def test_packing_equals_oracle(size, bit_depth, q, mode, block_size):
    t = need_testing()
    rng = np.random.default_rng([*size, bit_depth, q])
    coded = random_picture(rng, *size, bit_depth, mode)
    padded = picture_features(coded, 37, q)
    for index, block in enumerate(grid(*size, block_size)):
        for name, expected in block_features(padded, block).items():
            got = t.filter_pack_feature(coded, name, index, 37, q, block_size)
            np.testing.assert_array_equal(got, expected, err_msg=f"{name} of block {block}")


def test_boundary_strength_marks_both_sides_of_an_edge():
    bs_ver, bs_hor = np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8)
    bs_ver[0, 2] = 2  # luma x = 8: on the luma grid, not on the chroma grid
    bs_hor[4, 1] = 1  # luma y = 16: on both
    luma, chroma = np.moveaxis(features.boundary_planes(bs_ver, bs_hor), -1, 0)
    assert sorted(zip(*np.nonzero(luma == 2), strict=True)) == [(0, 3), (0, 4), (1, 3), (1, 4)]
    assert not np.any(chroma == 2)
    for plane in (luma, chroma):
        assert sorted(zip(*np.nonzero(plane == 1), strict=True)) == [(7, 2), (7, 3), (8, 2), (8, 3)]


def test_unpacking_inverts_packing():
    rng = np.random.default_rng(5)
    planes = [rng.integers(-200, 200, s) for s in ((16, 24), (8, 12), (8, 12))]
    half = features.pack_planes(*planes, 8, 13)  # << 3 for luma, << 5 for chroma
    luma = half[..., :4].reshape(4, 2, 6, 2, 4).transpose(0, 2, 4, 1, 3).reshape(4, 6, 16)
    chroma = [features.pack_planes(p, p[::2, ::2], p[::2, ::2], 8, 13)[..., :4] for p in planes[1:]]
    for got, plane in zip(
        features.unpack_coefficients(np.concatenate([luma, *chroma], -1)), planes, strict=True
    ):
        np.testing.assert_array_equal(got, plane << 5)
