# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path

import pytest

from inloop import BitstreamError, Encoder, Frame, PictureFilter, _core, load_filter
from inloop.codec.stream_info import describe_stream
from inloop.pipeline import encode_frames


def encode(frames: list[Frame], nnlf: PictureFilter | None = None) -> bytes:
    encoder = Encoder(100, 72, Fraction(30000, 1001), qp=34, nnlf=nnlf)
    return b"".join(packet.data for packet in encode_frames(encoder, frames))


def test_plain_stream(small_frames: list[Frame]) -> None:
    stream = encode(small_frames)
    info = describe_stream(stream)
    assert (info.width, info.height, info.bit_depth, info.profile) == (100, 72, 8, "Main")
    assert info.fps == Fraction(30000, 1001)
    assert info.pictures == {"I": 1, "B": 3}
    assert info.bits == 8 * len(stream)
    assert info.bitrate_kbps == pytest.approx(2 * len(stream) * 30 / 1001)
    assert 34 <= info.mean_qp <= 38
    assert info.nnlf.pictures == 0


@pytest.mark.parametrize("mode", ["loop", "post"])
def test_use_of_the_filter(small_frames: list[Frame], mode: str) -> None:
    model = load_filter("lop")
    use = describe_stream(encode(small_frames, PictureFilter(model, mode=mode))).nnlf
    assert use.models == [model.sha256]
    assert use.modes == {mode}
    assert 0 < use.pictures <= 4
    assert use.blocks == use.pictures
    assert 0 < use.blocks_on + use.blocks_by_edges <= use.blocks


@pytest.mark.parametrize("data", [b"", b"\0\0\1", b"\0\0\1\x40\x01\x0c", b"no stream at all"])
def test_no_pictures(data: bytes) -> None:
    with pytest.raises(BitstreamError):
        describe_stream(data)


def test_slices_without_the_first_of_their_picture(repo_dir: Path) -> None:
    """They are refused; the parameters of a picture that was never begun are not read."""
    stream = (repo_dir / "tests" / "conformance" / "data" / "g2b_multi_slice.265").read_bytes()
    units = _core.scan_stream(stream)
    first, second = (unit["position"] - 3 for unit in units if "slice_type" in unit)
    with pytest.raises(BitstreamError, match="the first slice of the picture is missing"):
        _core.scan_stream(stream[:first] + stream[second:])


def test_truncation_raises_only_our_errors(small_frames: list[Frame]) -> None:
    stream = encode(small_frames)
    for size in range(0, min(len(stream), 400), 7):
        with contextlib.suppress(BitstreamError):
            assert describe_stream(stream[:size]).pictures.total() <= 4
