# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import contextlib
import io
import lzma
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inloop import BitstreamError, ConfigError, Frame, InloopError, UnsupportedError
from inloop.io import VideoInfo, Y4mReader, Y4mWriter, open_video
from inloop.video.frame import frame_bytes

HEADER = b"YUV4MPEG2 W16 H16 F25:1 Ip A1:1 C420jpeg\n"


def noise(info: VideoInfo, count: int) -> list[Frame]:
    rng = np.random.default_rng(count)
    size = frame_bytes(info.width, info.height)
    dtype = "u1" if info.bit_depth == 8 else "<u2"
    pictures = rng.integers(0, 1 << info.bit_depth, (count, size)).astype(dtype)
    return [
        Frame.from_bytes(p.tobytes(), info.width, info.height, info.bit_depth, i)
        for i, p in enumerate(pictures)
    ]


def written(info: VideoInfo, frames: list[Frame]) -> bytes:
    stream = io.BytesIO()
    writer = Y4mWriter(stream, info)
    for frame in frames:
        writer.write(frame)
    return stream.getvalue()


@given(
    st.builds(
        VideoInfo,
        st.integers(1, 33),
        st.integers(1, 33),
        st.fractions(min_value=Fraction(1, 100), max_value=240, max_denominator=1001),
        st.sampled_from([8, 10]),
    ),
    st.integers(0, 4),
)
def test_round_trip(info: VideoInfo, count: int) -> None:
    frames = noise(info, count)
    reader = Y4mReader(io.BytesIO(written(info, frames)))
    assert reader.info == info
    again = list(reader)
    assert [f.to_bytes() for f in again] == [f.to_bytes() for f in frames]
    assert [f.pts for f in again] == list(range(count))


@given(st.binary(max_size=80), st.booleans())
def test_garbage_raises_only_our_errors(data: bytes, after_signature: bool) -> None:
    with contextlib.suppress(InloopError):
        list(Y4mReader(io.BytesIO(b"YUV4MPEG2 " * after_signature + data)))


def test_every_truncation_is_noticed() -> None:
    info = VideoInfo(16, 16)
    data = written(info, noise(info, 2))
    whole = {data.index(b"\n") + 1 + count * (6 + 384) for count in range(3)}
    for size in range(len(data) + 1):
        if size in whole:
            list(Y4mReader(io.BytesIO(data[:size])))
        else:
            with pytest.raises(BitstreamError):
                list(Y4mReader(io.BytesIO(data[:size])))


@pytest.mark.parametrize(
    ("header", "error", "message"),
    [
        (b"RIFF....AVI \n", BitstreamError, "not a y4m stream"),
        (b"YUV4MPEG2 H16 F25:1\n", BitstreamError, "no valid W"),
        (b"YUV4MPEG2 W-16 H16\n", BitstreamError, "no valid W"),
        (b"YUV4MPEG2 W99999 H16\n", BitstreamError, "99999x16"),
        (b"YUV4MPEG2 W16 H16 F25\n", BitstreamError, "frame rate '25'"),
        (b"YUV4MPEG2 W16 H16 F25:1 C444\n", UnsupportedError, "C444"),
        (b"YUV4MPEG2 W16 H16 F25:1 It\n", UnsupportedError, "interlaced"),
        (b"YUV4MPEG2 W16 H16 F25:1" + b" " * 5000, BitstreamError, "the header is cut off"),
        (b"", BitstreamError, "the header is cut off"),
    ],
)
def test_wrong_headers(header: bytes, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Y4mReader(io.BytesIO(header))


def test_unknown_rate_and_frame_parameters_are_accepted() -> None:
    data = HEADER.replace(b"25:1", b"0:0") + b"FRAME Ip XCOMMENT\n" + bytes(384)
    reader = Y4mReader(io.BytesIO(data))
    assert reader.info.fps == 25
    assert len(list(reader)) == 1


def test_wrong_frame_mark() -> None:
    with pytest.raises(BitstreamError, match="FRAME expected before picture 1"):
        list(Y4mReader(io.BytesIO(HEADER + b"FRAME\n" + bytes(384) + b"FRAMES\n" + bytes(384))))


def test_files_tell_their_length_and_pipes_do_not(tmp_path: Path) -> None:
    data = HEADER + (b"FRAME\n" + bytes(384)) * 3
    path = tmp_path / "a.y4m"
    path.write_bytes(data)
    with open_video(path) as video:
        assert video.info.frames == 3
    read_end, write_end = os.pipe()
    os.write(write_end, data)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        reader = Y4mReader(pipe)
        assert reader.info.frames is None
        assert len(list(reader)) == 3


def test_xz(tmp_path: Path) -> None:
    path = tmp_path / "a.y4m.xz"
    packed = lzma.compress(HEADER + b"FRAME\n" + bytes(384))
    path.write_bytes(packed)
    with open_video(path) as video:
        assert video.info.frames is None
        assert len(list(video)) == 1
    path.write_bytes(packed[:-20])
    with pytest.raises(BitstreamError, match="damaged xz"), open_video(path) as video:
        list(video)
    path.write_bytes(b"no xz at all")
    with pytest.raises(BitstreamError, match="damaged xz"), open_video(path) as video:
        list(video)


def test_writer_refuses_other_sizes_and_depths() -> None:
    info = VideoInfo(16, 16)
    writer = Y4mWriter(io.BytesIO(), info)
    with pytest.raises(ConfigError, match="16x18"):
        writer.write(noise(VideoInfo(16, 18), 1)[0])
    with pytest.raises(UnsupportedError, match="12 bit"):
        Y4mWriter(io.BytesIO(), VideoInfo(16, 16, bit_depth=12))
