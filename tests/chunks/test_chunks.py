# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A video coded in chunks is one conforming stream, whose bytes do not depend on where the chunks were coded."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inloop import Decoder, Encoder, Frame, InloopError
from inloop.chunks import ChunkRule, ChunkSettings, encode_in_chunks
from inloop.chunks.cutting import cut
from inloop.chunks.units import PARAMETER_SETS, escaped, split_units, type_of, unescaped
from inloop.cli import main
from inloop.cli.filter_options import FilterOptions
from inloop.codec import EncoderOptions
from inloop.errors import ConfigError
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.peer import ffmpeg_md5
from inloop.executors import InThisProcess, LocalProcesses
from inloop.io import VideoInfo
from inloop.nnlf.outcome import FilterOutcome
from inloop.pipeline import SequenceMd5, decode_chunks, encode_frames
from inloop.ratecontrol import RateOptions, make_controller

INFO = VideoInfo(100, 72, Fraction(25))
QP_34 = RateOptions(qp=34)


@pytest.fixture(scope="module")
def frames(small_frames: list[Frame]) -> list[Frame]:
    """Sixteen pictures that move to and fro."""
    return [replace(small_frames[abs(3 - i % 6)], pts=i) for i in range(16)]


def settings_of(nnlf: str = "off", rate: RateOptions = QP_34, **options: object) -> ChunkSettings:
    coding = EncoderOptions(preset="faster", gop=4, **options)  # type: ignore[arg-type]
    return ChunkSettings(INFO, coding, rate, None if nnlf == "off" else FilterOptions(nnlf=nnlf), 1)


def decoded(stream: bytes) -> list[Frame]:
    return list(decode_chunks(Decoder(verify=True), [stream]))


def md5_of(pictures: list[Frame]) -> str:
    md5 = SequenceMd5()
    for picture in pictures:
        md5.add(picture)
    return md5.hexdigest()


@pytest.mark.parametrize(
    ("nnlf", "structure"), [("off", "ra"), ("off", "ldp"), ("off", "ai"), ("vlop", "ra")]
)
def test_joined_streams_decode(frames: list[Frame], nnlf: str, structure: str) -> None:
    settings = settings_of(nnlf, structure=structure, md5=True)
    outcome = FilterOutcome()
    packets = list(encode_in_chunks(frames, settings, ChunkRule(6, None), InThisProcess(), outcome=outcome))
    stream = b"".join(packet.data for packet in packets)
    pictures = decoded(stream)
    assert [picture.pts for picture in pictures] == list(range(16))
    assert sorted(packet.index for packet in packets) == list(range(16))
    for packet in packets:
        assert frames[packet.index].sse(pictures[packet.index]) == packet.sse
    if structure != "ai":
        starts = [packet.index for packet in packets if packet.poc == 0]
        assert starts == [0, 6, 12]
    kinds = [type_of(unit) for _, unit in split_units(stream)]
    assert [kinds.count(kind) for kind in PARAMETER_SETS] == [1, 1, 1]
    if nnlf == "off":
        pytest.importorskip("av")
        assert ffmpeg_md5(stream) == md5_of(pictures)
    else:
        assert outcome.pictures == 16
        assert outcome.filtered_pictures > 0


@pytest.mark.parametrize("rate", [{"qp": 34}, {"crf": 20, "vbv_maxrate_kbps": 200, "vbv_bufsize_kbit": 80}])
def test_one_chunk_is_the_plain_stream(frames: list[Frame], rate: dict[str, float]) -> None:
    settings = settings_of(rate=RateOptions(**rate), intra_period=8)  # type: ignore[arg-type]
    chunked = encode_in_chunks(frames, settings, ChunkRule(99, None), InThisProcess())
    options = replace(settings.options, rate_control=make_controller(settings.rate))
    plain = encode_frames(Encoder(INFO.width, INFO.height, INFO.fps, options), frames)
    assert b"".join(p.data for p in chunked) == b"".join(p.data for p in plain)


def test_processes_give_the_same_bytes(frames: list[Frame]) -> None:
    settings = settings_of("vlop", RateOptions(bitrate_kbps=60), repeat_headers=True)
    streams = [
        b"".join(packet.data for packet in encode_in_chunks(frames, settings, ChunkRule(5, None), executor))
        for executor in (InThisProcess(), LocalProcesses(2))
    ]
    assert streams[0] == streams[1]
    assert [type_of(unit) for _, unit in split_units(streams[0])].count(PARAMETER_SETS[0]) == 4


def test_where_chunks_end(frames: list[Frame], tmp_path: Path) -> None:
    dark = [replace(frame, y=frame.y // 4) for frame in frames]
    scenes = [*frames[:4], *frames[:7], *[replace(f, y=255 - f.y) for f in frames[:5]], *dark[:3]]
    info = INFO

    def starts(rule: ChunkRule) -> list[int]:
        return [chunk.first for chunk in cut(scenes, info, rule, tmp_path)]

    assert starts(ChunkRule(8, None)) == [0, 8, 16]
    assert 11 in starts(ChunkRule(100, 2))
    assert starts(ChunkRule(100, 12)) == [0, 16], "the first scene is too short"
    assert starts(ChunkRule(9, 2))[:2] == [0, 9]
    assert list(cut([], info, ChunkRule(), tmp_path)) == []
    assert ChunkRule.parse("30") == ChunkRule(30, None)
    assert ChunkRule.parse("scene") == ChunkRule()
    for wrong in ("0", "often", "-3"):
        with pytest.raises(ConfigError):
            ChunkRule.parse(wrong)


def test_what_fails_is_named(frames: list[Frame]) -> None:
    tiny = RateOptions(crf=20, vbv_maxrate_kbps=4, vbv_bufsize_kbit=3)
    with pytest.raises(InloopError, match=r"in the chunk from picture 0 on: .* at the highest QP"):
        list(encode_in_chunks(frames, settings_of(rate=tiny), ChunkRule(8, None), InThisProcess()))


@pytest.mark.parametrize("unit", [b"\x4e\x01\0\0\0\0\0\1", b"\x4e\x01\0\0\3\1\0\0\2\x80", b"\x4e\x01\0\0\4"])
def test_emulation_prevention(unit: bytes) -> None:
    assert unescaped(escaped(unit)) == unit
    assert all(escaped(unit).find(b"\0\0" + bytes([value])) < 0 for value in range(3))


def test_command(frames: list[Frame], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pictures(tmp_path / "in.y4m", frames, Fraction(25))
    common = ["encode", str(tmp_path / "in.y4m"), "-q", "36", "-p", "faster", "--chunks", "6", "--psnr"]
    for name, more in (("here.hevc", []), ("jobs.hevc", ["-j", "2"])):
        assert main([*common, "-o", str(tmp_path / name), *more]) == 0
        assert "PSNR Y" in capsys.readouterr().out
    assert (tmp_path / "here.hevc").read_bytes() == (tmp_path / "jobs.hevc").read_bytes()
    pytest.importorskip("av")
    assert main([*common, "-o", str(tmp_path / "x.mp4")]) == 0
    capsys.readouterr()
    prints = []
    for name in ("x.mp4", "here.hevc"):
        assert main(["decode", str(tmp_path / name), "-o", str(tmp_path / "out.yuv"), "--md5"]) == 0
        prints.append(capsys.readouterr().out)
    assert prints[0] == prints[1]
    wrong = ["--pass", "1", "--stats", str(tmp_path / "s")]
    assert main([*common[:2], "-o", str(tmp_path / "y.hevc"), "--chunks", "scene", *wrong]) == 2
    assert "--pass: statistics of a video are not split into chunks" in capsys.readouterr().err
    assert not (tmp_path / "y.hevc").exists()
