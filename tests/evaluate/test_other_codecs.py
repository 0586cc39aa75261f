# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Any program by its command line, pictures decoded elsewhere, and our own codec in a sweep."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inloop import ConfigError, InloopError
from inloop.evaluate.clips import Clip
from inloop.evaluate.codecs.coded import pictures_between_intra
from inloop.evaluate.codecs.command_codec import CommandCodec
from inloop.evaluate.codecs.decoded_codec import DecodedCodec
from inloop.evaluate.codecs.ffmpeg_codec import FfmpegCodec
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.ffmpeg import ffmpeg_path

pytest.importorskip("imageio_ffmpeg")


@pytest.fixture(scope="module")
def ffmpeg() -> str:
    return shlex.quote(ffmpeg_path())


def test_a_program_by_its_command_line(ffmpeg: str, moving_clip: Clip) -> None:
    encode = f"{ffmpeg} -i {{input}} -c:v libx264 -qp {{qp}} -f h264 {{output}}"
    codec = CommandCodec(encode, version="mine 1.0")
    coded = codec.run(moving_clip, moving_clip.read(), codec.usual_target, 30)
    assert codec.usual_target == "qp"
    assert len(coded.pictures) == 17
    assert coded.version.startswith("mine 1.0, decoded by FFmpeg")
    assert coded.encode is not None
    assert coded.decode is not None
    assert coded.bits > CommandCodec(encode).run(moving_clip, moving_clip.read(), "qp", 40).bits
    assert codec.command(moving_clip, "qp", 30) == f"{ffmpeg} -i clip.y4m -c:v libx264 -qp 30 -f h264 out"


def test_a_program_with_raw_pictures_and_a_decoder_of_its_own(ffmpeg: str, moving_clip: Clip) -> None:
    raw = "-f rawvideo -pix_fmt yuv420p -s {width}x{height} -r {fps}"
    codec = CommandCodec(
        f"{ffmpeg} {raw} -i {{input}} -frames:v {{frames}} -c:v libx264 -b:v {{bitrate}}k -f h264 {{output}}",
        f"{ffmpeg} -i {{input}} -fps_mode passthrough -pix_fmt yuv420p10le -f rawvideo {{output}}",
        input_format="yuv",
        decoded_format="yuv",
        decoded_depth=10,
    )
    assert codec.usual_target == "bitrate"
    coded = codec.run(moving_clip, moving_clip.read(), "bitrate", 100)
    assert (len(coded.pictures), coded.pictures[0].bit_depth) == (17, 10)
    assert " && " in codec.command(moving_clip, "bitrate", 100)


def test_an_encoder_that_writes_its_pictures(ffmpeg: str, moving_clip: Clip) -> None:
    codec = CommandCodec(
        f"{ffmpeg} -i {{input}} -c:v libx264 -qp {{qp}} -f h264 {{output}} -c:v copy -map 0 {{decoded}}",
    )
    coded = codec.run(moving_clip, moving_clip.read(), "qp", 30)
    assert coded.decode is None
    assert coded.pictures[3].md5() == moving_clip.read().frames[3].md5()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("-i {input} -frames:v 16 -c:v libx264 -f h264 {output}", "16 pictures instead of 17"),
        ("-i {input} -vf scale=64:48 -c:v libx264 -f h264 {output}", "pictures of 64x48 instead of 128x96"),
        ("-i {input} -c:v libx264 -qp much -f h264 {output}", "failed"),
        ("-i {input} -f null - {output}", "failed"),
        ("-version -i {input} {output}", "it wrote no stream"),
    ],
)
def test_what_is_no_point(ffmpeg: str, arguments: str, message: str, moving_clip: Clip) -> None:
    with pytest.raises(InloopError, match=message):
        CommandCodec(f"{ffmpeg} {arguments}").run(moving_clip, moving_clip.read(), "qp", 30)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("true {input} {outptu}", "unknown outptu; known are input"),
        ("true {input}", "does not say where {output} goes"),
        ("true {input} {output", "expected '}'"),
        ("no-such-encoder {input} {output}", "no-such-encoder: there is no such program"),
    ],
)
def test_wrong_templates(template: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        CommandCodec(template)


def test_pictures_decoded_elsewhere(tmp_path: Path, moving_clip: Clip) -> None:
    pictures = moving_clip.read()
    coded = FfmpegCodec("x264", "fast").run(moving_clip, pictures, "qp", 30)
    for name in ("clip_30.yuv", "clip_30.y4m"):
        write_pictures(tmp_path / name, coded.pictures, Fraction(24))
    (tmp_path / "clip_30.bin").write_bytes(bytes(1000))
    (tmp_path / "rates.csv").write_text("clip,value,bitrate_kbps\nother,30,1\nclip,30,96.5\n")
    by_stream = DecodedCodec("{clip}_{value}.yuv", stream="{clip}_{value}.bin", folder=tmp_path)
    by_table = DecodedCodec("{clip}_{value}.y4m", bitrates="rates.csv", folder=tmp_path, name="theirs")
    for codec, bits in ((by_stream, 8000), (by_table, round(96500 * 17 / 24))):
        found = codec.run(moving_clip, pictures, "qp", 30)
        assert found.bits == bits
        assert [a.md5() for a in found.pictures] == [b.md5() for b in coded.pictures]
        assert found.encode is None
    before = by_stream.identity(moving_clip, 30)
    os.utime(tmp_path / "clip_30.yuv", (1, 1))
    assert by_stream.identity(moving_clip, 30) != before
    write_pictures(tmp_path / "clip_30.yuv", coded.pictures[1:], Fraction(24))
    with pytest.raises(InloopError, match="16 pictures instead of 17"):
        by_stream.run(moving_clip, pictures, "qp", 30)
    with pytest.raises(ConfigError, match="no decoded pictures"):
        by_stream.identity(moving_clip, 31)
    write_pictures(tmp_path / "clip_31.y4m", coded.pictures, Fraction(24))
    with pytest.raises(InloopError, match="no bitrate of clip at 31"):
        by_table.run(moving_clip, pictures, "qp", 31)
    with pytest.raises(ConfigError, match="either stream or bitrates"):
        DecodedCodec("{clip}")


def test_our_codec(moving_clip: Clip) -> None:
    codec = OurCodec("ra", "faster", "1s", options={"tools": {"merge_checks": 2}}, nnlf="vlop")
    clip = replace(moving_clip, limit=9)
    coded = codec.run(clip, clip.read(), "qp", 32)
    assert len(coded.pictures) == len(coded.picture_bits) == len(coded.picture_types) == 9
    assert sum(coded.picture_bits) == coded.bits
    assert coded.picture_types == "IBBBBBBBB"
    assert coded.checks["encoder"] == coded.checks["inloop"]
    assert coded.complexity.parameters > 1000
    assert 0 < coded.complexity.filtered_share <= 1
    assert codec.command(clip, "qp", 32) == (
        "inloop encode clip.y4m -o out.hevc --qp 32 --structure ra --preset faster --intra-period 32 "
        "--tool merge_checks=2 --nnlf vlop --nnlf-mode loop --nnlf-skip 1 --frames 9"
    )
    assert OurCodec(sao=False, rate_control={"cutree": False}).command(clip, "crf", 27) == (
        "inloop encode clip.y4m -o out.hevc --crf 27 --structure ra --preset medium --sao off --no-cutree --frames 9"
    )


def test_identity_follows_the_network(tmp_path: Path, moving_clip: Clip) -> None:
    from inloop import load_filter

    path = tmp_path / "mine.inl"
    path.write_bytes(load_filter("vlop").to_bytes())
    codec = OurCodec(nnlf=str(path))
    assert codec.identity(moving_clip, 32) == (load_filter("vlop").sha256,)
    path.write_bytes(load_filter("lop").to_bytes())
    assert codec.identity(moving_clip, 32) == (load_filter("lop").sha256,)


@pytest.mark.parametrize(
    ("period", "structure", "fps", "expected"),
    [
        (-1, "ra", 25, -1),
        (24, "ra", 25, 24),
        (-1, "ai", 25, 1),
        ("1s", "ra", 24, 32),
        ("1s", "ra", 25, 32),
        ("1s", "ra", Fraction(30000, 1001), 32),
        ("1s", "ra", 50, 48),
        ("1s", "ra", 60, 64),
        ("1s", "ldb", Fraction(30000, 1001), 30),
        ("0.5s", "ra", 60, 32),
        ("2s", "ra", 5, 16),
    ],
)
def test_intra_periods(period: int | str, structure: str, fps: Fraction, expected: int) -> None:
    assert pictures_between_intra(period, structure, Fraction(fps)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("period", [0, -2, "s", "1", True, 1.5, "1m"])
def test_wrong_intra_periods(period: object) -> None:
    with pytest.raises(ConfigError, match="intra_period"):
        pictures_between_intra(period, "ra", Fraction(25))  # type: ignore[arg-type]
