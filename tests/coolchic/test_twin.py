# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder gives the latents and samples of its slow twin on every ISA and number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from coolchic_twin import Layer, Picture, reconstruct
from coolchic_writer import random_picture, stream_bytes

import inloop
from inloop.coolchic import Decoder, read_latents

THREADS = [1, 3]


@pytest.fixture(params=inloop.supported_isas())
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    before = inloop.get_isa()
    inloop.set_isa(request.param)
    yield request.param
    inloop.set_isa(before)


def check(pictures: list[tuple[int, list[int], Picture]], **options: Any) -> None:
    """Compare decoder and twin on (display index, references, picture) in coding order."""
    stream = stream_bytes([(index, picture) for index, _, picture in pictures], **options)
    for (_, _, picture), grids in zip(pictures, read_latents(stream), strict=True):
        for expected, grid in zip(picture.latents, grids, strict=True):
            np.testing.assert_array_equal(grid, expected)
    bit_depth, halved = options.get("bit_depth", 8), options.get("colour", 1) == 1
    decoded: dict[int, list[Any]] = {}
    for index, references, picture in pictures:
        decoded[index] = reconstruct(picture, [decoded[r] for r in references], bit_depth, halved)
    for threads in THREADS:
        shown = list(Decoder(stream, threads))
        assert len(shown) == len(pictures)
        for index, frame in enumerate(shown):
            for plane, expected in zip(frame.planes, decoded[index], strict=True):
                np.testing.assert_array_equal(plane, expected)


@pytest.mark.parametrize("context_size", [8, 16, 24, 32])
@pytest.mark.parametrize("upsampling_size", [4, 8])
def test_image(isa: str, context_size: int, upsampling_size: int) -> None:
    random = np.random.default_rng(context_size + upsampling_size)
    picture = random_picture(
        random, 46, 22, 3, context_size=context_size, upsampling_size=upsampling_size, maps=[1] * 7
    )
    check([(0, [], picture)])


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (2, 2), (39, 2), (101, 33)])
def test_rgb_of_any_size(isa: str, size: tuple[int, int]) -> None:
    layers = [
        Layer(7, activation=1),
        Layer(3, activation=2),
        Layer(3, 3, residual=True, activation=1),
        Layer(3, 3, residual=True),
    ]
    picture = random_picture(np.random.default_rng(size[0]), *size, 3, layers=layers, upsampling_size=6)
    check([(0, [], picture)], colour=0)


@pytest.mark.parametrize("empty", [(), (0,), (0, 1, 2), (1,)])
def test_low_delay(isa: str, empty: tuple[int, ...]) -> None:
    random = np.random.default_rng(3)
    pictures = [(0, [], random_picture(random, 50, 30, 3))]
    for index in (1, 2, 3):
        pictures.append((index, [index - 1], random_picture(random, 50, 30, 6, empty=empty, flow_gain=7)))
    check(pictures, p_period=1)


@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("early", [False, True])
def test_random_access(isa: str, bit_depth: int, early: bool) -> None:
    random = np.random.default_rng(4)
    order = [(0, []), (4, [0]), (2, [0, 4]), (1, [0, 2]), (3, [2, 4])]
    pictures = [
        (index, references, random_picture(random, 70, 44, 3 * len(references) + 3, flow_gain=3))
        for index, references in order
    ]
    check(pictures, p_period=4, bit_depth=bit_depth, early=early)


def test_two_chains_and_several_grids_a_resolution(isa: str) -> None:
    random = np.random.default_rng(5)
    order = [(0, []), (2, [0]), (1, [0, 2]), (4, [2]), (3, [2, 4])]
    pictures = [
        (
            index,
            references,
            random_picture(random, 34, 18, 3 * len(references) + 3, maps=[2, 1, 3], empty=[1, 4]),
        )
        for index, references in order
    ]
    check(pictures, p_period=2)


def test_context_values_beyond_16_bit(isa: str) -> None:
    random = np.random.default_rng(6)
    wide = random_picture(random, 40, 24, 3, context_spread=60, steps=(7, 7, 12, 10, 8))
    check([(0, [], wide)])
    many = random_picture(random, 40, 24, 3, latent_range=600, context_spread=2)
    check([(0, [], many)])


def test_flat_latents_with_scale_0(isa: str) -> None:
    """Scale 0 gives nearly all counts to one symbol: mu = 1/2 belongs to 1."""
    picture = random_picture(np.random.default_rng(7), 32, 20, 3, hidden_layers=0, maps=[1])
    picture.parameters[0][:] = 0
    picture.parameters[1][:] = [8, 300]  # in 16ths: mu = 1/2, and a scale that rounds to 0
    picture.steps[1] = 3
    picture.latents[0][:] = 1
    picture.latents[0][3, 5] = -2
    check([(0, [], picture)])
