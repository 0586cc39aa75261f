# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams with gradual refresh that begin without a random access picture.

`gradual_refresh.265` is a synthetic clip of 320x64 coded by x265 with `intra-refresh=1:keyint=12:bframes=0` and hashes:
32 pictures, of which the first is an IDR picture. In-loop filters and temporal vectors are off, since with them its
refresh is never exact. x265 repeats its parameter sets where a refresh begins, but writes no recovery points, which the
tests do.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inloop import BitstreamError, Decoder, Frame

STREAM = (Path(__file__).parent / "gradual_refresh.265").read_bytes()
JOINED, RECOVERED = 12, 28
"""The picture at which the stream is joined, and the first one that is right then."""
COUNT = RECOVERED - JOINED
_VPS, _PREFIX_SEI = 32, 39


def units_of(stream: bytes) -> list[bytes]:
    return [unit for unit in re.split(b"\0*\0\0\1", stream) if unit]


def join(units: list[bytes]) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def kind(unit: bytes) -> int:
    return unit[0] >> 1 & 63


def joined_half_way(recovery: int | None) -> bytes:
    """The stream from the second refresh on, with a recovery point in front, if a number of pictures is given."""
    units = units_of(STREAM)
    second = [index for index, unit in enumerate(units) if kind(unit) == _VPS][1]
    units = units[second:]
    if recovery is not None:
        code = bin(2 * recovery)[2:]  # se(v) of a positive number
        bits = (
            "0" * (len(code) - 1) + code + "10" + "1"
        )  # exact_match_flag, broken_link_flag, end of the message
        bits += "0" * (-len(bits) % 8)
        payload = int(bits, 2).to_bytes(len(bits) // 8, "big")
        first_slice = next(index for index, unit in enumerate(units) if kind(unit) < 32)
        message = bytes([_PREFIX_SEI << 1, 1, 6, len(payload)]) + payload + b"\x80"
        units.insert(first_slice, message)
    return join(units)


@pytest.fixture(scope="module")
def whole() -> list[str]:
    decoder = Decoder(verify=True)
    pictures = [frame.md5() for frame in decoder.decode(STREAM) + decoder.flush()]
    assert decoder.checked_pictures == len(pictures) == 32
    return pictures


@pytest.mark.parametrize("threads", [1, 3])
def test_decoding_starts_at_a_recovery_point(whole: list[str], threads: int) -> None:
    """What precedes recovery is left out, and all that follows is right, as its hashes say."""
    decoder = Decoder(verify=True, threads=threads)
    frames = decoder.decode(joined_half_way(COUNT)) + decoder.flush()
    assert [frame.md5() for frame in frames] == whole[RECOVERED:]
    assert decoder.checked_pictures == len(frames) == 4
    assert decoder.report().skipped_pictures == COUNT


def test_a_recovery_point_that_promises_too_much(whole: list[str]) -> None:
    decoder = Decoder(verify=True)
    with pytest.raises(BitstreamError, match="has hash"):
        decoder.decode(joined_half_way(1) + STREAM)
        decoder.flush()


def test_the_stream_goes_on_behind_a_random_access_picture(whole: list[str]) -> None:
    decoder = Decoder(verify=True)
    frames = decoder.decode(joined_half_way(COUNT) + STREAM) + decoder.flush()
    assert [frame.md5() for frame in frames] == whole[RECOVERED:] + whole


def test_without_recovery_points_it_is_an_error() -> None:
    decoder = Decoder()
    with pytest.raises(BitstreamError, match="no random access point in the stream, and decoding was not to"):
        decoder.decode(joined_half_way(None))
        decoder.flush()


@pytest.mark.parametrize("threads", [1, 3])
def test_starting_anywhere(whole: list[str], threads: int) -> None:
    """All pictures are shown, and refresh makes them right."""
    decoder = Decoder(start_anywhere=True, verify=True, threads=threads)
    frames = [frame.md5() for frame in decoder.decode(joined_half_way(None)) + decoder.flush()]
    assert len(frames) == 20
    assert frames[0] != whole[JOINED]
    assert frames[COUNT:] == whole[RECOVERED:]
    assert decoder.checked_pictures == 0


def test_starting_anywhere_shows_what_ffmpeg_shows() -> None:
    av = pytest.importorskip("av")
    stream = joined_half_way(None)
    decoder = Decoder(start_anywhere=True)
    frames = decoder.decode(stream) + decoder.flush()
    context = av.CodecContext.create("hevc", "r")
    context.flags |= av.codec.context.Flags.output_corrupt  # as the program ffmpeg does
    packets = [*context.parse(stream), *context.parse(b""), None]
    others = [Frame.from_av(frame) for packet in packets for frame in context.decode(packet)]
    assert len(others) == len(frames)
    assert [frame.md5() for frame in others[COUNT:]] == [frame.md5() for frame in frames[COUNT:]]
