# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Frames from and to PyAV and RGB; FFmpeg's scaler is the other opinion."""

from __future__ import annotations

import numpy as np
import pytest

from inloop import ConfigError, Frame, UnsupportedError
from inloop.video.signal import SignalDescription

av = pytest.importorskip("av")


def test_through_pyav(small_frames: list[Frame]) -> None:
    frame = small_frames[0]
    signal = SignalDescription(primaries=9, transfer=16, matrix=9, full_range=True)
    picture = frame.to_av(signal)
    assert picture.format.name == "yuv420p"
    assert (picture.color_primaries, picture.color_trc, picture.colorspace, picture.color_range) == (
        9,
        16,
        9,
        2,
    )
    assert picture.to_ndarray().tobytes() == frame.to_bytes()
    assert Frame.from_av(picture, 7).md5() == frame.md5()
    deep = frame.to_depth(10)
    assert deep.to_av().format.name == "yuv420p10le"
    assert Frame.from_av(deep.to_av()).md5() == deep.md5()
    with pytest.raises(UnsupportedError, match="8 and 10 bit, not of 12"):
        frame.to_depth(12).to_av()
    with pytest.raises(UnsupportedError, match="pixel format rgb24"):
        Frame.from_av(picture.reformat(format="rgb24"))


def smooth_rgb() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rows, columns = np.mgrid[0:48, 0:64]
    channels = (4 * columns, 5 * rows, 255 - 2 * rows - 2 * columns)
    return np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("matrix", "name"), [("bt709", "ITU709"), ("smpte170m", "ITU601")])
@pytest.mark.parametrize("full_range", [False, True])
def test_rgb_as_ffmpeg_has_it(matrix: str, name: str, full_range: bool) -> None:
    rgb = smooth_rgb()
    frame = Frame.from_rgb(rgb, matrix=matrix, full_range=full_range)
    picture = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(
        format="yuv420p",
        dst_colorspace=name,
        dst_color_range="JPEG" if full_range else "MPEG",
        interpolation="AREA",
    )
    theirs = Frame.from_av(picture)
    for ours, other, most in zip(frame.planes, theirs.planes, (1, 2, 2), strict=True):
        assert np.abs(ours.astype(int) - other).max() <= most
    back = frame.to_rgb(matrix=matrix, full_range=full_range).astype(int)
    assert np.abs(back - rgb).mean() < 1.5


@pytest.mark.parametrize("matrix", ["bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc"])
@pytest.mark.parametrize("location", ["left", "center"])
@pytest.mark.parametrize("depth", [8, 10])
def test_colours_come_back(matrix: str, location: str, depth: int) -> None:
    named = {"matrix": matrix, "full_range": False, "chroma_location": location}
    for colour in [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 200, 10), (3, 7, 250)]:
        rgb = np.full((5, 7, 3), colour, np.uint8)
        frame = Frame.from_rgb(rgb, bit_depth=depth, **named)  # type: ignore[arg-type]
        assert frame.bit_depth == depth
        back = frame.to_rgb(**named)  # type: ignore[arg-type]
        assert back.shape == (5, 7, 3)
        assert np.abs(back.astype(int) - rgb).max() <= (2 if depth == 8 else 1)


def test_black_and_white() -> None:
    rgb = np.zeros((4, 4, 3), np.uint8)
    rgb[:2] = 255
    limited = Frame.from_rgb(rgb, matrix="bt709", full_range=False)
    assert (limited.y[0, 0], limited.y[3, 3], limited.u[0, 0]) == (235, 16, 128)
    full = Frame.from_rgb(rgb, matrix="bt709", full_range=True, bit_depth=10)
    assert (full.y[0, 0], full.y[3, 3], full.v[1, 1]) == (1023, 0, 512)


def test_where_chroma_lies() -> None:
    """A step of colour between the second and the third column."""
    rgb = np.zeros((2, 4, 3), np.uint8)
    rgb[:, 2:, 2] = 255
    left = Frame.from_rgb(rgb, matrix="bt709", full_range=True)
    center = Frame.from_rgb(rgb, matrix="bt709", full_range=True, chroma_location="center")
    assert left.u.tolist() == [[128, 224]]  # three quarters of the way from 128 to 255.5
    assert center.u.tolist() == [[128, 255]]


def test_what_cannot_be_converted() -> None:
    rgb = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(ConfigError, match="matrix 'bt601' is none of"):
        Frame.from_rgb(rgb, matrix="bt601", full_range=False)
    with pytest.raises(ConfigError, match="chroma location 'top'"):
        Frame.from_rgb(rgb, matrix="bt709", full_range=False, chroma_location="top")
    for wrong in (rgb[..., :2], rgb[0], rgb.astype(np.uint16)):
        with pytest.raises(ConfigError, match="RGB of shape"):
            Frame.from_rgb(wrong, matrix="bt709", full_range=False)  # type: ignore[arg-type]
