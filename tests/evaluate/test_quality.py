# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Measures against FFmpeg's own filters, each run alone on files."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from inloop import ConfigError, Frame
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.ffmpeg import run_ffmpeg
from inloop.evaluate.quality import measure_quality
from inloop.evaluate.quality_names import FAMILIES, MEASURES, check_families, on_curve
from inloop.video.signal import SignalDescription

pytest.importorskip("imageio_ffmpeg")
SIZES = {"even": (192, 176), "odd": (201, 179), "small": (66, 50)}


def corner(frame: Frame, width: int, height: int) -> Frame:
    """The lower right corner; odd sizes round chroma up."""
    chroma = (slice(-((height + 1) // 2), None), slice(-((width + 1) // 2), None))
    return Frame(frame.y[-height:, -width:], frame.u[chroma], frame.v[chroma], frame.bit_depth, frame.pts)


def noisy(frame: Frame, step: int) -> Frame:
    """The picture with other low bits, as coarse quantisation leaves them."""
    y, u, v = (plane // step * step + step // 2 for plane in frame.planes)
    return Frame(y, u, v, frame.bit_depth, frame.pts)


@pytest.fixture(
    params=[(size, depth) for size in SIZES for depth in (8, 10)], ids=lambda param: f"{param[0]}{param[1]}"
)
def pair(request: pytest.FixtureRequest, sample_frames: list[Frame]) -> tuple[list[Frame], list[Frame]]:
    """Source and test, four pictures."""
    size, depth = request.param
    source = [corner(frame, *SIZES[size]).to_depth(depth) for frame in sample_frames[:4]]
    return source, [noisy(frame, 12 << (depth - 8)) for frame in source]


def test_agreement_with_filters_of_ffmpeg(tmp_path: Path, pair: tuple[list[Frame], list[Frame]]) -> None:
    source, test = pair
    for name, frames in (("reference", source), ("test", test)):
        write_pictures(tmp_path / f"{name}.y4m", frames, Fraction(30))
    quality = measure_quality(source, test)

    def said(filters: str, pattern: str) -> list[float]:
        words = ["-i", "test.y4m", "-i", "reference.y4m", "-lavfi", filters, "-f", "null", "-"]
        found = re.search(pattern, run_ffmpeg(words, tmp_path)[0])
        assert found is not None
        return [float(value) for value in found.groups()]

    # The peak of 10 bit is 1020 in test conditions of standards and 1023 in FFmpeg.
    other_peak = 0.0 if source[0].bit_depth == 8 else 20 * math.log10(1023 / 1020)
    psnr = said("psnr", r"PSNR y:(\S+) u:(\S+) v:(\S+)")
    assert [quality.values[f"psnr_{plane}"] + other_peak for plane in "yuv"] == pytest.approx(psnr, abs=6e-7)
    ssim = said("ssim", r"SSIM Y:(\S+) .* All:(\S+)")
    assert [quality.values["ssim_y"], quality.values["ssim_yuv"]] == ssim
    xpsnr = said("xpsnr", r"XPSNR +y: (\S+) +u: (\S+) +v: (\S+)")
    assert [quality.values[f"xpsnr_{plane}"] for plane in "yuv"] == xpsnr
    for name, model in (("vmaf", "vmaf_v0.6.1"), ("vmaf_neg", "vmaf_v0.6.1neg")):
        assert said(f"libvmaf=model=version={model}", r"VMAF score: (\S+)") == [quality.values[name]]
    if min(source[0].width, source[0].height) >= 176:
        said("libvmaf=feature=name=float_ms_ssim:log_path=log.json:log_fmt=json", r"VMAF score: (\S+)")
        log = json.loads((tmp_path / "log.json").read_text())
        assert quality.values["ms_ssim"] == log["pooled_metrics"]["float_ms_ssim"]["mean"]
        assert set(quality.values) == set(MEASURES)
    else:
        assert set(quality.values) == set(MEASURES) - {"ms_ssim"}
    assert all(len(values) == 4 for values in quality.pictures.values())
    assert set(quality.pictures) == set(quality.values)
    assert np.mean(quality.pictures["vmaf"]) == pytest.approx(quality.values["vmaf"], abs=1e-5)
    assert "libvmaf" in quality.tools["vmaf"]


def test_weights(moving_frames: list[Frame]) -> None:
    y, u, v = (plane.copy() for plane in moving_frames[0].planes)
    test = Frame(y ^ 1, u, v ^ 2)
    values = measure_quality(moving_frames[:1], [test], ["psnr"]).values
    assert values["psnr_u"] == values["psnr_611"] == math.inf
    u ^= 4
    values = measure_quality(moving_frames[:1], [test], ["psnr"]).values
    y_db, u_db, v_db = (20 * math.log10(255 / error) for error in (1, 4, 2))
    for weight in (4, 6, 8):
        expected = (weight * y_db + u_db + v_db) / (weight + 2)
        assert values[f"psnr_{weight}11"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("matrix", "red"), [(1, 1.5748), (5, 1.402), (9, 1.4746)], ids=["709", "601", "2020"]
)
def test_rgb_by_the_matrix_of_the_source(matrix: int, red: float) -> None:
    """A change of V alone: red changes by 2 (1 - Kr) of it, green by a share, blue not at all."""
    size = (64, 64)
    luma, chroma = np.full(size, 128, np.uint8), np.full((32, 32), 128, np.uint8)
    source, test = Frame(luma, chroma, chroma), Frame(luma, chroma, chroma + 16)
    green = {1: 0.4681, 5: 0.7141, 9: 0.5714}[matrix]
    errors = [round(16 * 255 / 224 * factor) for factor in (red, green, 0)]
    expected = 10 * math.log10(255**2 / np.mean(np.square(errors)))
    signal = SignalDescription(matrix=matrix)
    values = measure_quality([source], [test], ["rgb"], signal).values
    assert values["psnr_rgb"] == pytest.approx(expected, abs=0.35)
    if matrix == 1:
        assert measure_quality([source], [test], ["rgb"]).values["psnr_rgb"] == values["psnr_rgb"]


def test_depths_may_differ(moving_frames: list[Frame]) -> None:
    source = moving_frames[:2]
    test = [noisy(frame, 8) for frame in source]
    same = measure_quality(source, test, ["psnr"])
    assert measure_quality(source, [frame.to_depth(10) for frame in test], ["psnr"]).values == same.values


def test_wrong_pictures_are_refused(moving_frames: list[Frame]) -> None:
    with pytest.raises(ConfigError, match="3 decoded pictures of 4"):
        measure_quality(moving_frames[:4], moving_frames[:3], ["psnr"])
    with pytest.raises(ConfigError, match="0 decoded pictures of 0"):
        measure_quality([], [], ["psnr"])
    smaller = [*moving_frames[:3], corner(moving_frames[3], 64, 64)]
    with pytest.raises(ConfigError, match="picture 3 is of 64x64, not of 128x96"):
        measure_quality(moving_frames[:4], smaller, ["psnr"])


def test_families() -> None:
    assert check_families(["vmaf", "ssim"]) == ("psnr", "ssim", "vmaf")
    assert check_families(FAMILIES) == FAMILIES
    with pytest.raises(ConfigError, match="metrics vfam are unknown"):
        check_families(["vfam"])


def test_scale_of_curves() -> None:
    assert on_curve("ms_ssim", 0.99) == pytest.approx(20)
    assert on_curve("ssim_y", 1.0) == math.inf
    assert on_curve("vmaf", 95.0) == 95.0
