# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Presets and tools of the encoder: every one of them makes streams that FFmpeg decodes to the reconstruction."""

from __future__ import annotations

from itertools import pairwise

import pytest
from test_encoder import decode_with_ffmpeg, encode, make_frames

from inloop.codec import encoder_presets, encoder_tools
from inloop.errors import ConfigError

PRESETS = ("faster", "fast", "medium", "slow", "slower")


def assert_decodable(**options: object) -> bytes:
    """Encode a short clip, compare with FFmpeg, and return the stream."""
    frames = make_frames(66, 70, 3)
    stream, recon = encode(frames, **{"qp": 30, "structure": "ldp", **options})
    assert decode_with_ffmpeg(stream, 8) == [frame.to_bytes() for frame in recon]
    return stream


@pytest.mark.parametrize("structure", ["ai", "ldp"])
@pytest.mark.parametrize("preset", PRESETS)
def test_presets(preset: str, structure: str) -> None:
    assert_decodable(preset=preset, structure=structure)


def test_names() -> None:
    assert tuple(encoder_presets()) == PRESETS
    tools = [encoder_tools(preset) for preset in PRESETS]
    assert all(set(tools[0]) == set(other) for other in tools)
    assert all(a != b for a, b in pairwise(tools))


@pytest.mark.parametrize(
    "tools",
    [
        {"transform_depth_intra": 3, "transform_depth_inter": 3},
        {"transform_depth_intra": 0, "transform_depth_inter": 0, "intra_4x4": 0},
        {"rectangles": 0, "merge_checks": 5, "intra_checks": 35},
        {"transform_skip": 1},
    ],
)
def test_replaced_tools(tools: dict[str, float]) -> None:
    assert assert_decodable(tools=tools) != assert_decodable()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preset": "placebo"}, "faster, fast, medium"),
        ({"tools": {"speed": 1}}, "none of intra_checks"),
        ({"tools": {"merge_checks": 6}}, "merge_checks is outside 1 to 5"),
        ({"tools": {"merge_checks": 1.5}}, "merge_checks"),
        ({"tools": {"merge_checks": float("nan")}}, "merge_checks"),
    ],
)
def test_wrong_tools(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        encode(make_frames(16, 16, 1), qp=30, **options)


def test_sao_is_on_without_a_filter() -> None:
    assert assert_decodable(sao=True) == assert_decodable() != assert_decodable(sao=False)
