# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The wavefront syntax: FFmpeg finds every row of CTUs by its entry point, and all decode to the reconstruction."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from test_encoder import assert_decodes_to, encode, make_frames

from inloop import _core
from inloop.codec.stream_info import describe_stream
from inloop.ratecontrol import RateOptions, make_controller
from inloop.video.frame import Frame
from need_testing import need_testing

SIZES = [(16, 16), (64, 200), (66, 130), (130, 66), (200, 264)]
"""One CTU, columns of one and two CTUs (which start rows differently), few rows and several."""


def assert_rows_decode_beside_each_other(stream: bytes, recon: list[Frame]) -> None:
    """FFmpeg's threads each take a row from where the slice header says that it begins."""
    with av.open(io.BytesIO(stream), format="hevc") as container:
        video = container.streams.video[0]
        video.thread_type = "SLICE"
        video.thread_count = 3
        decoded = [picture.to_ndarray().tobytes() for picture in container.decode(video)]
    assert decoded == [frame.to_bytes() for frame in recon]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("structure", ["ai", "ldp", "ra"])
def test_every_decoder_gets_the_reconstruction(width: int, height: int, structure: str) -> None:
    stream, recon = encode(make_frames(width, height, 5), qp=28, structure=structure, wpp=True, md5=True)
    assert describe_stream(stream).wavefront == 5
    assert_decodes_to(stream, recon)
    assert_rows_decode_beside_each_other(stream, recon)


@pytest.mark.parametrize("group", [16, 64])
def test_rows_start_with_the_qp_of_the_slice(group: int) -> None:
    controller = make_controller(RateOptions(crf=27, lookahead=4))
    frames = make_frames(200, 136, 9)
    stream, recon = encode(frames, rate_control=controller, quantization_group=group, wpp=True, gop=4)
    assert_decodes_to(stream, recon)
    assert_rows_decode_beside_each_other(stream, recon)


@pytest.mark.parametrize("seed", range(20))
def test_sizes_of_substreams_count_emulation_prevention_bytes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [rng.choice([0, 1, 3, 4, 255], 200, p=[0.7, 0.1, 0.1, 0.05, 0.05]) for _ in range(5)]
    parts = [bytes([*row.tolist(), 128]) for row in rows]  # each ends with its alignment bit
    sizes = [len(_core.nal_unit(1, part)) - 6 for part in parts]
    assert sum(sizes) > sum(len(part) for part in parts)
    assert [need_testing().size_in_nal_unit(part) for part in parts] == sizes
    assert len(_core.nal_unit(1, b"".join(parts))) - 6 == sum(sizes), "no byte depends on two substreams"


def test_ten_bit_and_other_syntax_beside_it() -> None:
    frames = make_frames(136, 200, 5, bit_depth=10)
    stream, recon = encode(frames, qp=20, wpp=True, chroma_qp_offsets=(2, -2), deblocking=(1, 1), gop=4)
    assert_decodes_to(stream, recon)
    assert_rows_decode_beside_each_other(stream, recon)


def test_a_stream_without_it_says_so() -> None:
    stream, _ = encode(make_frames(66, 130, 2), qp=30)
    assert describe_stream(stream).wavefront == 0
