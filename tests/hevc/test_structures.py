# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Coding structures: the plans keep the rules of the standard, and the streams made by them decode."""

from __future__ import annotations

import numpy as np
import pytest
from test_encoder import assert_decodes_to, encode, make_frames

from inloop import _core
from inloop.codec import Encoder, encoder_presets
from inloop.errors import ConfigError
from inloop.lookahead.thumbnails import SceneCutDetector
from inloop.structure.by_name import make_structure
from inloop.structure.low_delay import LowDelay
from inloop.structure.plan import PicturePlan, Structure
from inloop.structure.random_access import RandomAccess
from inloop.video.frame import Frame

IDR, CRA, RASL = 20, 21, (8, 9)
SETTINGS = [
    ("ra", 1, -1, True),
    ("ra", 2, -1, True),
    ("ra", 4, 6, True),
    ("ra", 8, -1, True),
    ("ra", 8, 8, True),
    ("ra", 8, 11, False),
    ("ra", 16, -1, True),
    ("ra", 16, 20, True),
    ("ra", 16, 16, False),
    ("ra", 32, -1, True),
    ("ra", 32, 40, True),
    ("ldb", 16, -1, True),
    ("ldp", 16, 9, True),
]


def plans_of(structure: Structure, count: int, cuts: tuple[int, ...] = ()) -> list[PicturePlan]:
    plans = [plan for index in range(count) for plan in structure.push(index in cuts)]
    return plans + structure.finish()


def check_plans(plans: list[PicturePlan], structure: Structure) -> None:
    """Replay the plans through a picture buffer as a decoder keeps it."""
    limits = structure.limits
    buffer: dict[int, PicturePlan] = {}
    cra = -1
    for position, plan in enumerate(plans):
        if plan.nal_type == IDR:
            assert (plan.poc, plan.references, plan.kept) == (0, (), ())
            buffer, cra = {}, -1
        kept = {*plan.references, *plan.kept}
        assert kept <= buffer.keys(), "only what is there can be kept"
        buffer = {poc: other for poc, other in buffer.items() if poc in kept}
        assert len(buffer) + 1 <= limits.max_dec_pic_buffering
        for poc in plan.references:
            other = buffer[poc]
            assert other.is_reference
            # Temporal nesting: all pictures above the lowest sub-layer are switching points.
            assert other.temporal_id < plan.temporal_id or plan.temporal_id == other.temporal_id == 0
        assert (plan.slice_type == "I") == (not plan.references)
        assert plan.temporal_id < limits.max_sub_layers
        if plan.nal_type in RASL:
            assert plan.poc < cra
        elif cra >= 0:
            assert plan.poc > cra, "what comes behind a CRA picture and is no RASL picture is shown behind it"
            assert min(kept, default=cra) >= cra
        if plan.nal_type == CRA:
            cra = plan.poc
        buffer[plan.poc] = plan
        earlier = [other for other in plans[:position] if other.index > plan.index]
        assert len(earlier) <= limits.max_num_reorder_pics
        later = [other for other in plans[position + 1 :] if other.index < plan.index]
        assert not limits.max_latency_pictures or len(later) <= limits.max_latency_pictures


@pytest.mark.parametrize(("name", "gop", "intra_period", "open_gop"), SETTINGS)
@pytest.mark.parametrize("cuts", [(), (1,), (13, 14, 31)])
def test_plans_keep_the_rules(
    name: str, gop: int, intra_period: int, open_gop: bool, cuts: tuple[int, ...]
) -> None:
    for count in (1, 2, 3, 8, 17, 33, 50, 99):
        structure = make_structure(name, gop, intra_period, open_gop)  # type: ignore[arg-type]
        plans = plans_of(structure, count, cuts)
        assert sorted(plan.index for plan in plans) == list(range(count))
        check_plans(plans, structure)


def test_intra_pictures_come_when_they_are_due() -> None:
    for structure in (
        RandomAccess(8, 12),
        RandomAccess(8, 12, open_gop=False),
        LowDelay("P", intra_period=12),
    ):
        plans = plans_of(structure, 40, cuts=(5,))
        assert sorted(plan.index for plan in plans if plan.slice_type == "I") == [0, 5, 17, 29]


def test_an_open_group_has_leading_pictures() -> None:
    plans = plans_of(RandomAccess(8, 8), 25)
    assert [plan.nal_type for plan in plans if plan.slice_type == "I"] == [IDR, CRA, CRA, CRA]
    assert sum(plan.nal_type in RASL for plan in plans) == 3 * 7
    closed = plans_of(RandomAccess(8, 8, open_gop=False), 25)
    assert not any(plan.nal_type in (CRA, *RASL) for plan in closed)


def test_no_more_waits_than_a_group() -> None:
    structure = RandomAccess(16)
    waiting = 0
    for _ in range(200):
        waiting += 1 - len(structure.push())
        assert waiting < 16


@pytest.mark.parametrize(("name", "gop", "intra_period", "open_gop"), SETTINGS)
def test_streams_decode(name: str, gop: int, intra_period: int, open_gop: bool) -> None:
    for count in (1, 2, 19, 36):
        frames = make_frames(66, 50, count, bit_depth=10 if count == 19 else 8)
        options = {"structure": name, "gop": gop, "intra_period": intra_period, "open_gop": open_gop}
        stream, recon = encode(frames, qp=32, md5=True, **options)
        assert len(recon) == count
        assert_decodes_to(stream, recon)


def two_scenes(cut: int, count: int) -> list[Frame]:
    first, second = make_frames(96, 80, count, seed=1), make_frames(96, 80, count, seed=2)
    return first[:cut] + [
        Frame(np.ascontiguousarray(255 - f.y[::-1]), f.u, f.v, 8, f.pts) for f in second[cut:]
    ]


def test_scene_cut() -> None:
    frames = two_scenes(5, 14)
    detector = SceneCutDetector()
    assert [index for index, frame in enumerate(frames) if detector.push(frame)] == [5]
    encoder = Encoder(96, 80, 25, qp=30, gop=8)
    packets = [packet for frame in frames for packet in encoder.encode(frame)] + encoder.flush()
    assert [packet.index for packet in packets if packet.slice_type == "I"] == [0, 5]
    assert_decodes_to(*encode(frames, qp=30, gop=8))


def test_flashes_and_motion_are_no_cuts() -> None:
    frames = make_frames(96, 80, 12)
    frames[6] = Frame(np.minimum(frames[6].y, 155) + np.uint8(100), frames[6].u, frames[6].v, 8, 6)
    detector = SceneCutDetector()
    assert not any(detector.push(frame) for frame in frames)


def test_packets_come_in_coding_order() -> None:
    frames = make_frames(64, 48, 9)
    encoder = Encoder(64, 48, 30, qp=30, gop=8)
    packets = [encoder.encode(frame) for frame in frames]
    assert [len(part) for part in packets] == [1, 0, 0, 0, 0, 0, 0, 0, 8]
    assert [packet.index for packet in packets[8]] == [8, 4, 2, 1, 3, 6, 5, 7]
    assert [packet.pts for packet in packets[8]] == [packet.poc for packet in packets[8]]
    assert encoder.flush() == []
    with pytest.raises(ConfigError, match="flushed"):
        encoder.encode(frames[0])


@pytest.mark.parametrize("options", [{"gop": 12}, {"gop": 64}, {"intra_period": 0}, {"intra_period": -2}])
def test_bad_structures(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError):
        Encoder(64, 64, 25, qp=30, **options)  # type: ignore[arg-type]


def test_access_unit_delimiters() -> None:
    frames = make_frames(64, 48, 6)
    encoder = Encoder(64, 48, 25, qp=30, gop=4, aud=True)
    packets = [packet for frame in frames for packet in encoder.encode(frame)] + encoder.flush()
    kinds = {"I": 0x10, "P": 0x30, "B": 0x50}
    for packet in packets:
        assert packet.data[:5] == b"\0\0\0\1" + bytes([35 << 1])
        assert packet.data[6] == kinds[packet.slice_type]
    assert_decodes_to(*encode(frames, qp=30, gop=4, aud=True))


@pytest.mark.parametrize("preset", encoder_presets())
@pytest.mark.parametrize("structure", ["ldb", "ra"])
def test_presets(preset: str, structure: str) -> None:
    assert_decodes_to(*encode(make_frames(150, 98, 9), qp=27, structure=structure, gop=8, preset=preset))


@pytest.mark.parametrize(
    ("width", "height", "fps", "gop", "level"),
    [
        (176, 144, 25, 16, 60),
        (416, 240, 50, 16, 63),  # one more than 2: the rate
        (832, 480, 60, 16, 93),
        (1280, 720, 60, 32, 120),  # one more than 3.1: seven pictures in the buffer
        (1920, 1080, 60, 16, 123),
        (4096, 2176, 30, 16, 150),
    ],
)
def test_level(width: int, height: int, fps: int, gop: int, level: int) -> None:
    limits = RandomAccess(gop).limits
    config = _core.SequenceConfig(
        width=width,
        height=height,
        fps_num=fps,
        max_dec_pic_buffering=limits.max_dec_pic_buffering,
        max_num_reorder_pics=limits.max_num_reorder_pics,
    )
    core = _core.SequenceEncoder(config)
    sps = core.parameter_sets().split(b"\0\0\0\1")[2].replace(b"\0\0\3", b"\0\0")
    assert sps[0] >> 1 == 33
    assert sps[14] == level  # general_level_idc, 30 times the level
