# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Presets and tools of the encoder: every one of them makes streams that FFmpeg decodes to the reconstruction."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from test_encoder import decode_with_ffmpeg, encode, make_frames

import inloop
from inloop.codec import Encoder, encoder_presets, encoder_tools
from inloop.errors import ConfigError
from inloop.evaluate.peer import de265_md5
from inloop.pipeline import SequenceMd5
from inloop.video.frame import Frame

PRESETS = ("faster", "fast", "medium", "slow", "slower")


def assert_decodable(**options: object) -> bytes:
    """Encode a short clip, compare with FFmpeg, and return the stream."""
    frames = make_frames(66, 70, 3)
    stream, recon = encode(frames, **{"qp": 30, "structure": "ldp", **options})
    assert decode_with_ffmpeg(stream, 8) == [frame.to_bytes() for frame in recon]
    assert de265_md5(stream) in ("", md5_of(recon))  # "" without libde265
    return stream


def md5_of(frames: list[Frame]) -> str:
    md5 = SequenceMd5()
    for frame in frames:
        md5.add(frame)
    return md5.hexdigest()


@pytest.mark.parametrize("structure", ["ai", "ldp"])
@pytest.mark.parametrize("preset", PRESETS)
def test_presets(preset: str, structure: str) -> None:
    assert_decodable(preset=preset, structure=structure)


@pytest.mark.parametrize("preset", ["faster", "slower"])
def test_isas_give_identical_streams(preset: str) -> None:
    """With everything on that has kernels of its own: 10 bit, QP groups, SAO, transform skip."""
    frames = make_frames(136, 72, 4)
    offsets = np.random.default_rng(2).integers(-9, 10, (5, 9))
    chosen = inloop.get_isa()
    streams = set()
    try:
        for isa in inloop.supported_isas():
            inloop.set_isa(isa)
            encoder = Encoder(
                136,
                72,
                25,
                qp=31,
                internal_bit_depth=10,
                quantization_group=16,
                preset=preset,
                tools={"transform_skip": 1},
            )
            packets = [packet for frame in frames for packet in encoder.encode(frame, offsets)]
            streams.add(b"".join(packet.data for packet in packets + encoder.flush()))
    finally:
        inloop.set_isa(chosen)
    assert len(streams) == 1


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
        {"rdoq_strength": 0},
        {"rdoq_strength": 2.5},
        {"cb_qp_offset": -2},
        {"deblocking_offset": -2},
        {"merge_ratio": 1, "tree_ratio": 0, "intra_ratio": 0, "calm_bits": 1000},
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


@pytest.mark.parametrize(("width", "height"), [(66, 70), (200, 136)])
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_interpolated_planes_change_nothing(bit_depth: int, width: int, height: int) -> None:
    """The same arithmetic once for whole references and block by block."""
    frames = make_frames(width, height, 5, bit_depth)
    streams = [
        encode(frames, qp=26, structure="ra", preset="slower", tools={"interpolate_planes": on})[0]
        for on in (0, 1)
    ]
    assert streams[0] == streams[1]


@pytest.mark.parametrize(
    ("tool", "option", "callers", "sum_of_both", "lowest"),
    [
        ("cb_qp_offset", "chroma_qp_offsets", (2, 1), (-1, 1), (-12, 1)),
        ("deblocking_offset", "deblocking", (2, 1), (-1, -2), (-6, -6)),
    ],
)
def test_offsets_of_a_preset_add_to_the_callers(
    tool: str,
    option: str,
    callers: tuple[int, int],
    sum_of_both: tuple[int, int],
    lowest: tuple[int, int],
) -> None:
    frames = make_frames(64, 48, 3)

    def stream(offsets: tuple[int, int], added: int) -> bytes:
        return encode(frames, qp=38, structure="ldp", tools={tool: added}, **{option: offsets})[0]

    assert stream(callers, -3) == stream(sum_of_both, 0) != stream(callers, 0)
    assert stream(lowest, -3) == stream(lowest, 0)


def test_sao_is_on_without_a_filter() -> None:
    assert assert_decodable(sao=True) == assert_decodable() != assert_decodable(sao=False)


@pytest.mark.parametrize("structure", ["ai", "ldp", "ra"])
@pytest.mark.parametrize("group", [16, 32, 64])
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_qp_offsets(group: int, structure: str, bit_depth: int) -> None:
    frames = make_frames(200, 136, 4, bit_depth)
    rng = np.random.default_rng(group)
    for qp in (2, 30, 49):
        encoder = Encoder(
            200, 136, 25, qp=qp, structure=structure, bit_depth=bit_depth, quantization_group=group
        )
        packets = []
        for frame in frames:
            packets += encoder.encode(frame, rng.integers(-30, 31, (9, 13)))
        packets += encoder.flush()
        stream = b"".join(packet.data for packet in packets)
        shown = sorted(packets, key=lambda packet: packet.index)
        assert decode_with_ffmpeg(stream, bit_depth) == [packet.recon.to_bytes() for packet in shown]
        assert de265_md5(stream) in ("", md5_of([packet.recon for packet in shown]))


def test_qp_offsets_steer_the_bits() -> None:
    frame = make_frames(192, 64, 1)[0]
    errors = []
    for sign in (-1, 1):
        offsets = np.zeros((4, 12), np.int8)
        offsets[:, :6], offsets[:, 6:] = 8 * sign, -8 * sign
        encoder = Encoder(192, 64, 25, qp=30, structure="ai", quantization_group=16, sao=False)
        recon = encoder.encode(frame, offsets)[0].recon
        error = (recon.y.astype(int) - frame.y) ** 2
        errors.append(error[:, :96].sum() / error[:, 96:].sum())
    assert errors[0] < errors[1] / 4


@pytest.mark.parametrize(
    ("group", "offsets", "message"),
    [
        (0, np.zeros((1, 1), np.int8), "needs quantisation groups"),
        (24, None, "16, 32 or 64"),
        (16, np.zeros((2, 1), np.int8), "shape"),
    ],
)
def test_wrong_qp_offsets(group: int, offsets: np.ndarray | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Encoder(16, 16, 25, qp=30, structure="ai", quantization_group=group).encode(
            make_frames(16, 16, 1)[0], offsets
        )


@pytest.mark.parametrize("structure", ["ai", "ra"])
def test_ten_bits_inside(structure: str) -> None:
    frames = make_frames(66, 70, 4)
    encoder = Encoder(66, 70, 25, qp=27, structure=structure, internal_bit_depth=10)
    packets = [packet for frame in frames for packet in encoder.encode(frame)] + encoder.flush()
    recon = [packet.recon for packet in sorted(packets, key=lambda packet: packet.index)]
    stream = b"".join(packet.data for packet in packets)
    assert decode_with_ffmpeg(stream, 10) == [frame.to_bytes() for frame in recon]
    # What the encoder minimises, in the scale of 8 bits: one decision between skipping and coding moves error and
    # bits of so small a clip much more than their sum.
    cost = sum(sum(a.to_depth(10).sse(b)) for a, b in zip(frames, recon, strict=True)) / 16
    plain_stream, plain = encode(frames, qp=27, structure=structure)
    plain_cost = sum(sum(a.sse(b)) for a, b in zip(frames, plain, strict=True))
    bit = 0.57 * 2 ** ((27 - 12) / 3)
    assert cost + bit * 8 * len(stream) < 1.1 * (plain_cost + bit * 8 * len(plain_stream))


def test_fewer_bits_inside_are_refused() -> None:
    with pytest.raises(ConfigError, match="do not fit"):
        Encoder(16, 16, 25, qp=30, bit_depth=10, internal_bit_depth=8)


@pytest.mark.parametrize(
    "options",
    [
        {"chroma_qp_offsets": (-12, 12)},
        {"chroma_qp_offsets": (3, 0), "quantization_group": 32},
        {"deblocking": False},
        {"deblocking": (-6, 6)},
        {"deblocking": (2, -1), "sao": False},
    ],
)
def test_chroma_offsets_and_deblocking(options: dict[str, object]) -> None:
    plain = {"sao": options["sao"]} if "sao" in options else {}
    assert assert_decodable(**options) != assert_decodable(**plain)


@pytest.mark.parametrize("options", [{"chroma_qp_offsets": (13, 0)}, {"deblocking": (0, 7)}])
def test_wrong_offsets(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="offsets"):
        encode(make_frames(16, 16, 1), qp=30, **options)
