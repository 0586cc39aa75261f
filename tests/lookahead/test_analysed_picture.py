# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Costs, motion, texture and propagation of whole pictures."""

from __future__ import annotations

import numpy as np
import pytest
from analysis_oracle import displaced, halved, padded, satd

import inloop
from inloop import _core
from inloop.errors import ConfigError


def textured(height: int, width: int, seed: int = 1, smooth: int = 2) -> np.ndarray:
    """A plane with structure at the scale of blocks."""
    field = np.random.default_rng(seed).normal(size=(height, width))
    for _ in range(smooth):
        field = sum(np.roll(field, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)) / 9
    return np.clip(128 + 40 * field / field.std(), 0, 255).astype(np.uint8)


def analysed(luma: np.ndarray, chroma: int = 128, bit_depth: int = 8) -> _core.AnalysedPicture:
    flat = np.full((luma.shape[0] // 2, luma.shape[1] // 2), chroma, luma.dtype)
    return _core.AnalysedPicture((luma, flat, flat), bit_depth)


@pytest.mark.parametrize(("height", "width"), [(32, 64), (50, 38), (2, 2), (18, 130)])
def test_lowres_picture_and_its_block_grid(height: int, width: int) -> None:
    luma = textured(height, width)
    picture = analysed(luma)
    np.testing.assert_array_equal(picture.lowres, halved(luma))
    grid = (-(-height // 16), -(-width // 16))
    assert picture.intra_costs.shape == picture.energy.shape == picture.details.shape == grid


def test_ten_bit_pictures_are_seen_at_eight_bit() -> None:
    luma = textured(48, 64)
    eight, ten = analysed(luma), analysed(luma.astype(np.uint16) << 2, 512, 10)
    np.testing.assert_array_equal(eight.lowres, ten.lowres)
    np.testing.assert_allclose(eight.energy, ten.energy, atol=1)  # the mean is rounded
    np.testing.assert_array_equal(eight.details, ten.details)


def test_intra_cost_sees_what_can_be_predicted() -> None:
    flat = analysed(np.full((64, 64), 90, np.uint8))
    assert not flat.intra_costs.any()
    rows = np.repeat((np.arange(64) // 2 * 37 % 256).astype(np.uint8)[:, None], 64, axis=1)
    assert not analysed(rows).intra_costs.any(), "horizontal prediction"
    assert not analysed(np.ascontiguousarray(rows.T)).intra_costs.any(), "vertical prediction"
    y, x = np.indices((64, 64)) // 2
    diagonal = ((x - y) * 29 % 256).astype(np.uint8)
    assert not analysed(diagonal).intra_costs[1:, 1:].any(), "diagonal prediction"
    noise = np.random.default_rng(1).integers(0, 256, (64, 64)).astype(np.uint8)
    assert (analysed(noise).intra_costs > 500).all()


@pytest.mark.parametrize("shift", [(0, 0), (2, -4), (-6, 8), (5, 3), (-20, 14)])
def test_search_finds_a_global_shift(shift: tuple[int, int]) -> None:
    big = textured(200, 260, smooth=60)
    reference = analysed(np.ascontiguousarray(big[40:168, 40:232]))
    x, y = shift
    current = analysed(np.ascontiguousarray(big[40 + y : 168 + y, 40 + x : 232 + x]))
    costs, vectors = current.search(reference)
    inner = vectors[2:-2, 2:-2].reshape(-1, 2)
    assert (inner == shift).all(axis=1).mean() > 0.9
    if x % 2 == 0 and y % 2 == 0:
        assert not costs[2:-2, 2:-2].any(where=(vectors[2:-2, 2:-2] == shift).all(axis=-1))


def test_costs_are_those_of_the_vectors() -> None:
    first, second, current = (analysed(textured(54, 100, seed)) for seed in (1, 2, 3))
    planes = [padded(picture.lowres) for picture in (first, second, current)]
    fields = [current.search(picture) for picture in (first, second)]
    bi = current.bi_costs(first, fields[0][1], second, fields[1][1])
    rows, columns = bi.shape
    for by in range(rows):
        for bx in range(columns):
            block = displaced(planes[2], bx, by, np.zeros(2))
            predictions = [displaced(planes[i], bx, by, fields[i][1][by, bx]) for i in range(2)]
            for i in range(2):
                assert fields[i][0][by, bx] == satd(block, predictions[i])
            assert bi[by, bx] == satd(block, (predictions[0] + predictions[1] + 1) >> 1)


def test_hints_lead_to_far_motion() -> None:
    big = textured(200, 400, smooth=1)
    reference = analysed(np.ascontiguousarray(big[:, :240]))
    current = analysed(np.ascontiguousarray(big[:, 100:340]))
    hint = np.zeros((13, 15, 2), np.int16)
    hint[..., 0] = 98
    costs, vectors = current.search(reference, [hint])
    assert (vectors[:, 1:8] == (100, 0)).all(axis=-1).mean() > 0.9
    assert costs.sum() < current.search(reference)[0].sum()


def test_vectors_far_outside_are_clamped() -> None:
    picture = analysed(textured(32, 32))
    wild = np.full((2, 2, 2), 32767, np.int16)
    assert (picture.bi_costs(picture, wild, picture, -wild) >= 0).all()
    costs, vectors = picture.search(picture, [wild, -wild])
    assert not costs.any()
    assert not vectors.any()


def test_texture_against_numpy() -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 256, (40, 56)).astype(np.uint8)
    u, v = (rng.integers(0, 256, (20, 28)).astype(np.uint8) for _ in range(2))
    picture = _core.AnalysedPicture((y, u, v), 8)
    mask = np.outer([1, -2, 1], [1, -2, 1])
    luma = y.astype(int)
    filtered = sum(mask[j, i] * luma[j : 38 + j, i : 54 + i] for j in range(3) for i in range(3))
    for by in range(3):
        for bx in range(4):
            parts = [y[16 * by :, 16 * bx :][:16, :16]]
            parts += [plane[8 * by :, 8 * bx :][:8, :8] for plane in (u, v)]
            energy = sum((p.astype(int) ** 2).sum() - p.sum(dtype=int) ** 2 // p.size for p in parts)
            assert picture.energy[by, bx] == energy
            inner = np.abs(filtered[max(16 * by - 1, 0) : 16 * by + 15, max(16 * bx - 1, 0) : 16 * bx + 15])
            assert picture.details[by, bx] == 16 * inner.sum() // inner.size


def test_propagation_conserves_and_moves_amounts() -> None:
    picture = analysed(textured(64, 64))
    shape = (4, 4)
    carried = np.zeros(shape, np.int64)
    carried[1, 1] = 1 << 20
    own, share = np.zeros(shape, np.int32), np.full(shape, 1 << 16, np.int32)
    first = np.full(shape, 1, np.uint8)
    vectors = np.zeros((4, 4, 2), np.int16)
    vectors[1, 1] = (24, -8)
    target = np.zeros(shape, np.int64)
    picture.propagate(carried, own, share, first, [vectors], [target])
    expected = np.zeros(shape, np.int64)
    expected[0:2, 2:4] = 1 << 18
    np.testing.assert_array_equal(target, expected)

    both, halves = np.full(shape, 3, np.uint8), [np.zeros(shape, np.int64) for _ in range(2)]
    picture.propagate(carried, own, share, both, [vectors, -vectors], halves)
    assert [half.sum() for half in halves] == [1 << 19, 1 << 19]
    assert halves[1][1, 0] > 0

    halves[0][...] = 0
    picture.propagate(carried, own, share // 4, first, [vectors], [halves[0]])
    np.testing.assert_array_equal(halves[0], expected // 4)
    picture.propagate(carried, own, 0 * share, first, [vectors], [halves[0]])
    np.testing.assert_array_equal(halves[0], expected // 4)


def test_amounts_saturate() -> None:
    picture = analysed(textured(32, 32))
    shape = (2, 2)
    carried, target = np.full(shape, 2**62, np.int64), np.full(shape, 2**40, np.int64)
    zeros, ones = np.zeros(shape, np.int32), np.ones(shape, np.uint8)
    picture.propagate(carried, zeros, zeros + (1 << 16), ones, [np.zeros((2, 2, 2), np.int16)], [target])
    assert (target == 2**40).all()


def test_every_isa_sees_the_same() -> None:
    def measure(isa: str) -> list[np.ndarray]:
        inloop.set_isa(isa)
        pictures = [analysed(textured(62, 118, seed, smooth=3)) for seed in (5, 6, 7)]
        fields = [pictures[0].search(picture) for picture in pictures[1:]]
        bi = pictures[0].bi_costs(pictures[1], fields[0][1], pictures[2], fields[1][1])
        return [pictures[0].lowres, pictures[0].intra_costs, *fields[0], *fields[1], bi]

    before = inloop.get_isa()
    try:
        expected, *others = (measure(isa) for isa in _core.supported_isas())
    finally:
        inloop.set_isa(before)
    for other in others:
        for one, two in zip(expected, other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_bad_arguments_are_named() -> None:
    luma = textured(32, 32)
    picture = analysed(luma)
    with pytest.raises(ConfigError, match="half the size"):
        _core.AnalysedPicture((luma, luma, luma), 8)
    with pytest.raises(ConfigError, match="three planes"):
        _core.AnalysedPicture((luma,), 8)
    with pytest.raises(ConfigError, match="even sizes"):
        analysed(luma[:31])
    with pytest.raises(ConfigError, match="bit depth 10"):
        analysed(luma, bit_depth=10)
    with pytest.raises(ConfigError, match="differ in size"):
        picture.search(analysed(textured(32, 48)))
    with pytest.raises(ConfigError, match="shape"):
        picture.search(picture, [np.zeros((1, 2, 2), np.int16)])
    shape = (2, 2)
    amounts, costs = np.zeros(shape, np.int64), np.zeros(shape, np.int32)
    references, vectors = np.full(shape, 2, np.uint8), np.zeros((2, 2, 2), np.int16)
    with pytest.raises(ConfigError, match="not given"):
        picture.propagate(amounts, costs, costs, references, [vectors], [amounts.copy()])
    with pytest.raises(ConfigError, match="0 or more"):
        picture.propagate(amounts, costs - 1, costs, references // 2, [vectors], [amounts.copy()])
    for share in (costs - 1, costs + (1 << 16) + 1):
        with pytest.raises(ConfigError, match="shares are 0 to 65536"):
            picture.propagate(amounts, costs, share, references // 2, [vectors], [amounts.copy()])
    with pytest.raises(ConfigError, match="one or two references"):
        picture.propagate(amounts, costs, costs, references, [], [])
