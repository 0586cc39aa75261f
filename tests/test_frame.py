# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inloop import ConfigError, Frame
from inloop.video.frame import frame_bytes
from inloop.video.planes import plane_shapes


def make_frame(width: int, height: int, bit_depth: int = 8, seed: int = 0) -> Frame:
    data = np.random.default_rng(seed).integers(
        0, 1 << bit_depth, frame_bytes(width, height), dtype=np.uint16
    )
    return Frame.from_bytes(
        data.astype("u1" if bit_depth == 8 else "<u2").tobytes(), width, height, bit_depth
    )


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([8, 10, 16]))
def test_bytes_round_trip(width: int, height: int, bit_depth: int) -> None:
    frame = make_frame(width, height, bit_depth)
    data = frame.to_bytes()
    assert len(data) == frame_bytes(width, height, bit_depth)
    again = Frame.from_bytes(data, width, height, bit_depth)
    assert (again.width, again.height) == (width, height)
    assert again.to_bytes() == data
    assert frame.md5() == hashlib.md5(data).hexdigest()


def test_psnr_equals_the_formula() -> None:
    a, b = make_frame(37, 22, seed=1), make_frame(37, 22, seed=2)
    for name, plane_a, plane_b in zip("yuv", a.planes, b.planes, strict=True):
        mse = np.mean((plane_a.astype(float) - plane_b.astype(float)) ** 2)
        assert getattr(a.psnr(b), name) == pytest.approx(10 * math.log10(255**2 / mse))
    assert a.psnr(a) == (math.inf,) * 3


def test_psnr_does_not_depend_on_bit_depth() -> None:
    a, b = make_frame(16, 16, seed=1), make_frame(16, 16, seed=2)
    a10, b10 = (Frame(*(p.astype(np.uint16) << 2 for p in f.planes), bit_depth=10) for f in (a, b))
    assert a10.psnr(b10) == pytest.approx(a.psnr(b))


def test_planes_of_any_stride_are_viewed() -> None:
    wide = np.zeros((8, 64), np.uint8)
    chroma = np.zeros((4, 4), np.uint8)
    frame = Frame(wide[:, 3:11], chroma, chroma)
    wide[0, 3] = 7
    assert frame.y[0, 0] == 7
    assert len(frame.to_bytes()) == 96


@pytest.mark.parametrize(
    ("y", "chroma", "bit_depth", "message"),
    [
        (np.zeros((8, 8), np.uint8), np.zeros((4, 5), np.uint8), 8, "plane u has shape"),
        (np.zeros((8, 8), np.uint16), np.zeros((4, 4), np.uint8), 8, "plane y has type uint16"),
        (np.zeros((8, 8), np.uint8), np.zeros((4, 4), np.uint8), 10, "plane y has type uint8"),
        (np.full((8, 8), 1024, np.uint16), np.zeros((4, 4), np.uint16), 10, "plane y holds 1024"),
        (np.zeros(64, np.uint8), np.zeros((4, 4), np.uint8), 8, "1 dimensions"),
        (np.zeros((8, 8), np.uint8), np.zeros((4, 4), np.uint8), 7, "bit depth 7"),
        (np.zeros((0, 8), np.uint8), np.zeros((0, 4), np.uint8), 8, "not positive"),
    ],
)
def test_wrong_planes_are_refused(y: np.ndarray, chroma: np.ndarray, bit_depth: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Frame(y, chroma, chroma, bit_depth)


def test_comparison_needs_equal_shapes() -> None:
    with pytest.raises(ConfigError, match="cannot compare"):
        make_frame(16, 16).psnr(make_frame(16, 18))


def test_odd_sizes_round_chroma_up() -> None:
    assert plane_shapes(5, 3) == ((3, 5), (2, 3), (2, 3))
