# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How pictures come into the encoder and out of it: strides, depths, options, errors of samples."""

from __future__ import annotations

import numpy as np
import pytest
from test_encoder import make_frames

from inloop import _core
from inloop.codec import Encoder, EncoderOptions
from inloop.errors import ConfigError
from inloop.pipeline import encode_frames
from inloop.video.frame import Frame, plane_sse
from inloop.video.planes import Plane


def strided(plane: Plane, how: str) -> Plane:
    """The same samples in another arrangement."""
    if how == "gaps between rows":
        return np.pad(plane, ((0, 0), (0, 3)))[:, :-3]
    if how == "gaps between samples":
        return np.repeat(plane, 2, axis=1)[:, ::2]
    if how == "from below":
        return np.ascontiguousarray(plane[::-1])[::-1]
    assert how == "columns first"
    return np.asfortranarray(plane)


@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("how", ["gaps between rows", "gaps between samples", "from below", "columns first"])
def test_any_strides(how: str, bit_depth: int) -> None:
    frames = make_frames(50, 34, 2, bit_depth)
    other = [Frame(*(strided(plane, how) for plane in f.planes), bit_depth, f.pts) for f in frames]
    streams = []
    for clip in (frames, other):
        encoder = Encoder(50, 34, 25, qp=30, structure="ldp", preset="faster", bit_depth=bit_depth)
        packets = list(encode_frames(encoder, clip))
        streams.append(b"".join(packet.data for packet in packets))
        for packet in packets:
            assert packet.sse == clip[packet.index].sse(packet.recon)
            assert packet.recon.y.dtype == frames[0].y.dtype
            assert packet.recon.y.flags.c_contiguous
    assert streams[0] == streams[1]


def test_sources_are_padded_and_shifted() -> None:
    config = _core.SequenceConfig(width=18, height=20, bit_depth=10)
    task = _core.SequenceEncoder(config).plan(_core.PictureRequest(nal_type=_core.NalType.IDR_N_LP))
    frame = make_frames(18, 20, 1)[0]
    task.load(frame.planes, 8)
    for plane, source in zip(frame.planes, task.source, strict=True):
        rows, columns = (size - shown for size, shown in zip(source.shape, plane.shape, strict=True))
        expected = np.pad(plane.astype(np.uint16) << 2, ((0, rows), (0, columns)), mode="edge")
        np.testing.assert_array_equal(source, expected)
    with pytest.raises(ConfigError, match="above the bit depth"):
        task.load([plane.astype(np.uint16) * 4 + 1024 for plane in frame.planes])
    with pytest.raises(ConfigError, match=r"plane 1 must have shape \(10, 9\)"):
        task.load((frame.y, frame.y, frame.y))
    with pytest.raises(ConfigError, match="uint8 or uint16"):
        task.load([plane.astype(np.int32) for plane in frame.planes])
    with pytest.raises(ConfigError, match="more bits"):
        task.load(frame.planes, 16)


@pytest.mark.parametrize("types", [(np.uint8, np.uint8), (np.uint16, np.uint16), (np.uint8, np.uint16)])
def test_squared_errors_are_exact(types: tuple[type, type]) -> None:
    rng = np.random.default_rng(3)
    a, b = (rng.integers(0, np.iinfo(t).max + 1, (37, 65)).astype(t) for t in types)
    a[0, :], b[0, :] = 0, np.iinfo(types[1]).max
    assert plane_sse(a, b) == sum((int(x) - int(y)) ** 2 for x, y in zip(a.flat, b.flat, strict=True))
    with pytest.raises(ConfigError, match="different sizes"):
        plane_sse(a, b[1:])


def test_options_in_one_object_or_by_name() -> None:
    frames = make_frames(48, 32, 3)
    options = EncoderOptions(qp=38, structure="ldp", aud=True)
    by_object = list(encode_frames(Encoder(48, 32, 25, options), frames))
    by_name = list(encode_frames(Encoder(48, 32, 25, qp=38, structure="ldp", aud=True), frames))
    mixed = list(encode_frames(Encoder(48, 32, 25, options, qp=30), frames))
    assert [packet.data for packet in by_object] == [packet.data for packet in by_name]
    assert {packet.qp for packet in mixed} != {packet.qp for packet in by_object}
    with pytest.raises(TypeError, match="quality"):
        Encoder(48, 32, 25, qp=30, quality=3)


def test_nal_types_are_the_cores() -> None:
    kinds = _core.NalType
    assert (kinds.TRAIL_N, kinds.CRA, kinds.SPS, kinds.FILTER_PARAMETERS) == (0, 21, 33, 48)
    assert [kind.name for kind in kinds if _core.is_irap(kind)] == [
        "BLA_W_LP",
        "BLA_W_RADL",
        "BLA_N_LP",
        "IDR_W_RADL",
        "IDR_N_LP",
        "CRA",
    ]
    assert [kind.name for kind in kinds if _core.is_rasl(kind)] == ["RASL_N", "RASL_R"]
    assert not _core.is_vcl(kinds.VPS)
