# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of a recorded filter sweep."""

from __future__ import annotations

import pytest

from inloop.evaluate.sweep import SweepPoint

pytest.importorskip("bjontegaard", reason="the [eval] extra is not installed")
filter_table = pytest.importorskip(
    "benchmarks.filter_table", reason="the benchmarks are not importable from here"
)


def point(encoder: str, clip: str, qp: int, rate: float, decode_s: float, share: float) -> SweepPoint:
    psnr = 44.0 - (qp - 22) / 1.5
    return SweepPoint(
        encoder=encoder,
        clip=clip,
        qp=qp,
        frames=10,
        bits=1,
        bitrate_kbps=rate * 1000 * 2 ** ((22 - qp) / 6),
        psnr_y=psnr,
        psnr_u=psnr,
        psnr_v=psnr,
        encode_s=2.0,
        decode_s=decode_s,
        encoder_md5="",
        decoder_md5="",
        ffmpeg_md5="",
        isa="avx2",
        version="",
        command="",
        psnr_611=psnr,
        psnr_811=psnr,
        filtered_share=share,
    )


def test_shares_and_speeds_by_size_and_clip() -> None:
    points = [
        point(encoder, clip, qp, rate, decode_s, share)
        for encoder, rate, decode_s, share in (
            ("off", 1.0, 0.1, 0.0),
            ("lop", 0.95, 0.5, 0.25),
            ("lop_all", 0.94, 1.0, 1.0),
        )
        for clip in ("a_416x240", "b_416x240", "c_832x480")
        for qp in (22, 27, 32, 37)
    ]
    lines = list(filter_table.tables(points, "off"))
    assert lines[0] == "| BD-rate Y, % | lop | lop_all |"
    assert "| b_416x240 | -5.00 | -6.00 |" in lines
    assert "| **mean Y** | **-5.00** | **-6.00** |" in lines
    assert "| encode time, anchor = 1 | 1.00 | 1.00 |" in lines
    for group in ("416x240", "832x480", "c_832x480"):
        assert f"| {group} | 32 | 75 | 100 | 10.0 | 20.0 | x2.00 | 5.0 | 5.0 | 5.0 |" in lines
    assert sum(line.startswith("| mean | | |") for line in lines) == 2
