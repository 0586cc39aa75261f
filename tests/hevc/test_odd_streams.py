# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams as they are found: junk and other people's messages in them, cut, joined, damaged."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from inloop import BitstreamError, Decoder, Encoder, Frame, PictureFilter, _core, load_filter
from inloop.pipeline import encode_frames

VPS, SPS, PPS = 32, 33, 34
FAULTS = (
    Path(os.environ.get("INLOOP_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data" / "faults"
)


def units_of(stream: bytes) -> list[bytes]:
    return [unit for unit in re.split(b"\0*\0\0\1", stream) if unit]


def join(units: list[bytes]) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def kind(unit: bytes) -> int:
    return unit[0] >> 1


def md5s(stream: bytes, **options: bool) -> tuple[list[str], Decoder]:
    decoder = Decoder(threads=2, **options)
    frames = decoder.decode(stream) + decoder.flush()
    return [frame.md5() for frame in frames], decoder


def encode(frames: list[Frame], **options: object) -> bytes:
    encoder = Encoder(100, 72, 25, **{"qp": 34, "structure": "ldp", **options})
    return b"".join(packet.data for packet in encode_frames(encoder, frames))


@pytest.fixture(scope="module")
def stream(small_frames: list[Frame]) -> bytes:
    """Eight pictures, each fourth an intra picture with parameter sets."""
    return encode([*small_frames, *small_frames], intra_period=4, repeat_headers=True)


@pytest.fixture(scope="module")
def whole(stream: bytes) -> list[str]:
    frames, _ = md5s(stream)
    assert len(frames) == 8
    return frames


@pytest.mark.parametrize(
    "junk", [b"\x02", b"\x82\x01abc", b"\x02\x00abc", b"\x60\x01someone else's", b"\x64\x01x"]
)
def test_junk_between_the_units_is_skipped(stream: bytes, whole: list[str], junk: bytes) -> None:
    units = units_of(stream)
    for place in (0, 4, len(units)):
        frames, decoder = md5s(join([*units[:place], junk, *units[place:]]))
        assert frames == whole
        assert decoder.report().skipped_units == (junk[0] < 0x60 or junk[0] > 0x7F)


@pytest.mark.parametrize("front", [b"\0" * 1000, b"\xef\xbb\xbf", b"no video" * 1000])
def test_bytes_in_front_are_skipped(stream: bytes, whole: list[str], front: bytes) -> None:
    assert md5s(front + stream)[0] == whole


def test_a_stream_cut_at_any_byte_starts_at_the_next_intra_picture(stream: bytes, whole: list[str]) -> None:
    second = stream.index(b"\0\0\0\1\x40", 10)
    picture = stream.index(units_of(stream)[3]) + 2
    for cut in range(picture, second, 97):
        frames, _ = md5s(stream[cut:])
        assert frames == whole[4:]


def test_missing_parameter_sets_cost_the_pictures_that_need_them(stream: bytes, whole: list[str]) -> None:
    units = units_of(stream)
    for missing in ((VPS, SPS, PPS), (PPS,)):
        first = [unit for unit in units[:3] if kind(unit) not in missing]
        frames, decoder = md5s(join(first + units[3:]))
        assert frames == whole[4:]
        assert decoder.report().skipped_pictures == 4


def test_without_any_parameter_sets_the_error_names_them(stream: bytes) -> None:
    with pytest.raises(BitstreamError, match="PPS 0 is missing"):
        md5s(join([unit for unit in units_of(stream) if kind(unit) not in (VPS, SPS, PPS)]))


@pytest.mark.parametrize("damaged", [SPS, PPS])
def test_a_damaged_repetition_of_a_set_does_no_harm(stream: bytes, whole: list[str], damaged: int) -> None:
    units = units_of(stream)
    place = next(i for i, unit in enumerate(units) if i > 3 and kind(unit) == damaged)
    assert md5s(join([*units[:place], units[place][:-4], *units[place + 1 :]]))[0] == whole


def test_another_sps_inside_a_sequence_waits_for_the_next(small_frames: list[Frame]) -> None:
    """A set that is sent again with other contents does not change the pictures that go on."""
    units = units_of(encode(small_frames))
    other = next(unit for unit in units_of(encode(small_frames, gop=8, structure="ra")) if kind(unit) == SPS)
    assert other not in units
    assert md5s(join([*units[:4], other, *units[4:]]))[0] == md5s(join(units))[0]


def test_a_joined_stream_of_another_size(small_frames: list[Frame], stream: bytes, whole: list[str]) -> None:
    small = [Frame(frame.y[:64, :64], frame.u[:32, :32], frame.v[:32, :32]) for frame in small_frames]
    encoder = Encoder(64, 64, 25, qp=34)
    other = b"".join(packet.data for packet in encode_frames(encoder, small))
    frames, _ = md5s(stream + other)
    assert frames[:8] == whole
    assert len(frames) == 12


@pytest.fixture(scope="module")
def damaged(stream: bytes) -> bytes:
    """The third picture is overwritten."""
    units = units_of(stream)
    slices = [i for i, unit in enumerate(units) if kind(unit) < 32]
    units[slices[2]] = units[slices[2]][:20] + b"\xff" * (len(units[slices[2]]) - 20)
    return join(units)


def test_damage_ends_decoding(damaged: bytes, whole: list[str]) -> None:
    decoder = Decoder()
    with pytest.raises(BitstreamError):
        decoder.decode(damaged + b"\0\0\1\x4a\x01")
    assert [frame.md5() for frame in decoder.remaining()] == whole[:2]


@pytest.mark.parametrize("threads", [1, 4])
def test_keep_going_loses_what_damage_reaches(damaged: bytes, whole: list[str], threads: int) -> None:
    decoder = Decoder(threads=threads, keep_going=True)
    frames = [frame.md5() for frame in decoder.decode(damaged) + decoder.flush()]
    assert frames == whole[:2] + whole[4:]
    report = decoder.report()
    assert report.lost_pictures == 2
    assert "POC 2" in report.first_loss


def test_keep_going_with_a_damaged_slice_header(stream: bytes, whole: list[str]) -> None:
    units = units_of(stream)
    slices = [i for i, unit in enumerate(units) if kind(unit) < 32]
    units[slices[1]] = units[slices[1]][:2] + b"\x9f\xff\xff\xff" + units[slices[1]][6:]
    frames, decoder = md5s(join(units), keep_going=True)
    assert frames == whole[:1] + whole[4:]
    assert decoder.report().lost_pictures == 3


def test_messages_of_others_beside_ours(small_frames: list[Frame]) -> None:
    frames = list(small_frames)
    filtered = encode(frames, nnlf=PictureFilter(load_filter("vlop"), md5=True), md5=True)
    expected, decoder = md5s(filtered, verify=True)
    assert decoder.checked_pictures == 4
    units = units_of(filtered)
    assert any(kind(unit) == 48 for unit in units)
    foreign = [
        part for unit in units for part in ((b"\x60\x01DHAV\x01\x02", unit) if kind(unit) == 48 else (unit,))
    ]
    assert md5s(join(foreign))[0] == expected


def test_lost_filter_messages_are_noticed(small_frames: list[Frame]) -> None:
    filtered = encode(list(small_frames), nnlf=PictureFilter(load_filter("vlop"), md5=True), md5=True)
    without = join([unit for unit in units_of(filtered) if kind(unit) != 48])
    with pytest.raises(BitstreamError, match="has hash"):
        md5s(without, verify=True)


def test_lost_filter_messages_are_noticed_in_post_mode(small_frames: list[Frame]) -> None:
    """What is shown has a hash of its own, beside that of the picture which others refer to."""
    nnlf = PictureFilter(load_filter("vlop"), mode="post")
    encoder = Encoder(100, 72, 25, qp=37, nnlf=nnlf, md5=True)
    packets = list(encode_frames(encoder, list(small_frames)))
    stream = b"".join(packet.data for packet in packets)
    frames, decoder = md5s(stream, verify=True)
    assert decoder.checked_pictures == 4
    assert frames == [packet.recon.md5() for packet in sorted(packets, key=lambda packet: packet.poc)]
    units = units_of(stream)
    lost = join([unit for unit in units if kind(unit) != 48])
    assert lost != join(units)
    with pytest.raises(BitstreamError, match="has hash"):
        md5s(lost, verify=True)
    plain = _core.Decoder(None, verify=True)  # without a filter the base stream is whole
    assert all(picture.hash_ok for picture in plain.decode(lost) + plain.flush())


@pytest.mark.skipif(not FAULTS.exists(), reason="the shared folder is not there")
@pytest.mark.parametrize(
    ("name", "pictures", "md5"),
    [
        ("foreign_nal48/nal48", 24, "f607d50021f83fc74fbce6743d70da37"),
        ("info_other/zeros_lead", 24, "f607d50021f83fc74fbce6743d70da37"),
        ("info_other/sps_other_422", 24, "f607d50021f83fc74fbce6743d70da37"),
        ("join_halfway/bad_sps_repeat", 24, "e36602a7468328afe8e43c2a1e88a554"),
        ("join_halfway/join_nopps", 16, None),
        ("join_halfway/join_nosets", 16, None),
        ("odd_nal_units/dpb_inconsistent", 24, "f607d50021f83fc74fbce6743d70da37"),
        ("odd_nal_units/nal_forbidden_mid", 24, "f607d50021f83fc74fbce6743d70da37"),
        ("odd_nal_units/nal_onebyte_mid", 24, "f607d50021f83fc74fbce6743d70da37"),
        ("latency_order/lat_conform", 12, "283778f555f3ba444c901aaf1e0e3e40"),
        ("vui_90000/vui_90k", 24, "f607d50021f83fc74fbce6743d70da37"),
        ("filter_ignored/L2", 25, "8719badb6a4a99b5cce26739bdf84662"),
    ],
)
def test_streams_found_in_use(name: str, pictures: int, md5: str | None) -> None:
    """The MD5s are those that FFmpeg and libde265 agree on, but for the filtered stream."""
    decoder = Decoder(threads=2)
    frames = decoder.decode((FAULTS / f"{name}.hevc").read_bytes()) + decoder.flush()
    assert len(frames) == pictures
    found = hashlib.md5(b"".join(frame.to_bytes() for frame in frames), usedforsecurity=False).hexdigest()
    assert md5 in (None, found)
