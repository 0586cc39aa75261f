# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams that start in the middle, and streams that lack pictures.

What comes out are pictures of the whole stream, unchanged, or an error: never a picture that looks otherwise.
"""

from __future__ import annotations

import subprocess
from itertools import pairwise

import pytest

from inloop import _core
from inloop.codec import Decoder
from inloop.errors import BitstreamError, InloopError

imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")

IDR_W_RADL, IDR_N_LP, CRA, BLA_W_LP, RASL, RADL = 19, 20, 21, 16, (8, 9), (6, 7)
FRAMES = 24


def split_units(stream: bytes) -> list[tuple[int, bytes]]:
    """NAL units with their types and start codes."""
    units = _core.scan_stream(stream)
    starts = [0, *(unit["position"] - 3 for unit in units[1:]), len(stream)]
    return [(unit["type"], stream[a:b]) for unit, (a, b) in zip(units, pairwise(starts), strict=True)]


def join(units: list[tuple[int, bytes]]) -> bytes:
    return b"".join(unit for _, unit in units)


def decode(stream: bytes, threads: int = 2) -> tuple[list[str], InloopError | None]:
    decoder = Decoder(verify=True, threads=threads)
    frames = []
    error = None
    try:
        frames += decoder.decode(stream)
        frames += decoder.flush()
    except InloopError as raised:
        error = raised
        frames += decoder.remaining()
    return [frame.md5() for frame in frames], error


def ffmpeg_count_and_md5(stream: bytes) -> list[str]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "hevc", "-i", "-", "-f", "framemd5", "-"]
    lines = subprocess.run(command, input=stream, capture_output=True, check=True, timeout=60).stdout.decode()
    return [line.split(",")[-1].strip() for line in lines.splitlines() if not line.startswith("#")]


def encode_with_x265(groups: str) -> bytes:
    source = f"testsrc2=size=208x120:rate=25,noise=alls=6:allf=t,trim=end_frame={FRAMES}"
    parameters = f"hash=1:pools=1:keyint=8:min-keyint=8:bframes=3:b-adapt=0:ref=3:{groups}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", source]
    command += ["-c:v", "libx265", "-preset", "fast", "-x265-params", parameters, "-f", "hevc", "-"]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def stream() -> bytes:
    """Open GOPs of 8: CRA pictures with RASL pictures behind them; MD5 of each picture."""
    return encode_with_x265("open-gop=1")


@pytest.fixture(scope="module")
def whole(stream: bytes) -> list[str]:
    frames, error = decode(stream)
    assert error is None
    assert len(frames) == FRAMES
    return frames


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(frame in rest for frame in part)


def header_units(units: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    return [unit for unit in units if 32 <= unit[0] <= 34]


def test_start_at_a_cra_picture(stream: bytes, whole: list[str]) -> None:
    units = split_units(stream)
    start = next(i for i, (kind, _) in enumerate(units) if kind == CRA)
    assert any(kind in RASL for kind, _ in units[start:])
    cut = join(header_units(units) + units[start:])
    frames, error = decode(cut)
    assert error is None
    assert len(frames) == FRAMES - 8
    assert frames == whole[-len(frames) :]
    assert frames == ffmpeg_count_and_md5(cut)


def test_cra_behind_an_end_of_sequence(stream: bytes, whole: list[str]) -> None:
    units = split_units(stream)
    start = [i for i, (kind, _) in enumerate(units) if kind == CRA][-1]
    end_of_sequence = (36, b"\0\0\1\x48\x01")
    frames, error = decode(join([*units[:start], end_of_sequence, *units[start:]]))
    assert error is None
    assert len(frames) < FRAMES
    assert is_subsequence(frames, whole)


def test_bla_picture(stream: bytes, whole: list[str]) -> None:
    units = split_units(stream)
    start = [i for i, (kind, _) in enumerate(units) if kind == CRA][-1]
    bla = units[start][1].replace(b"\0\0\1\x2a\x01", b"\0\0\1\x20\x01", 1)
    assert bla != units[start][1]
    spliced = join([*units[:start], (BLA_W_LP, bla), *units[start + 1 :]])
    frames, error = decode(spliced)
    assert error is None
    assert len(frames) < FRAMES
    assert is_subsequence(frames, whole)


def test_start_anywhere(stream: bytes, whole: list[str]) -> None:
    units = split_units(stream)
    headers = header_units(units)
    for start in range(len(headers), len(units)):
        frames, error = decode(join(headers + units[start:]))
        if any(kind in (IDR_N_LP, CRA) for kind, _ in units[start:]):
            assert error is None
            assert frames
            assert is_subsequence(frames, whole)
        elif any(kind < 32 for kind, _ in units[start:]):
            assert isinstance(error, BitstreamError)
            assert "random access" in str(error)


def test_lost_pictures(stream: bytes, whole: list[str]) -> None:
    """Without one picture, the rest comes out as it was until a block needs what is missing."""
    units = split_units(stream)
    complete = 0
    for lost in (i for i, (kind, _) in enumerate(units) if kind < 16):
        frames, error = decode(join(units[:lost] + units[lost + 2 :]))  # with the hash behind it
        assert is_subsequence(frames, whole)
        if error is None:
            complete += 1
            assert len(frames) == FRAMES - 1
        else:
            assert isinstance(error, BitstreamError)
            assert "missing" in str(error)
            assert "POC" in str(error)
    assert complete > 0


def test_radl_pictures() -> None:
    """They precede an IDR picture in display order and need nothing before it: no start loses them."""
    stream = encode_with_x265("open-gop=0:radl=2:scenecut=0")
    units = split_units(stream)
    frames, error = decode(stream)
    assert error is None
    assert len(frames) == FRAMES
    assert frames == ffmpeg_count_and_md5(stream)
    start = next(i for i, (kind, _) in enumerate(units) if kind == IDR_W_RADL)
    leading = sum(kind in RADL for kind, _ in units[start:])
    assert leading > 0
    cut = join(header_units(units[:start]) + units[start:])
    later, error = decode(cut)
    assert error is None
    assert len(later) == sum(kind < 22 for kind, _ in units[start:])
    assert later == frames[-len(later) :]
