# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The picture-level interface: the caller's order, lists, lambdas and QPs are what the stream has."""

from __future__ import annotations

import numpy as np
import pytest
from test_encoder import decode_with_ffmpeg, make_frames

from inloop.codec import Decoder, FinishedPicture, PictureEncoder
from inloop.errors import ConfigError
from inloop.video.frame import Frame


def shown(finished: FinishedPicture) -> bytes:
    return b"".join(plane.astype(np.uint8).tobytes() for plane in finished.recon)


def test_own_order_and_lists() -> None:
    frames = make_frames(150, 90, 4)
    encoder = PictureEncoder(150, 90, max_references=3, max_num_reorder_pics=2, max_sub_layers=2)
    finished = {}
    analysed = {}
    for poc, slice_type, list0, list1, kept in [
        (0, "I", (), (), ()),
        (3, "P", (0,), (), ()),
        (2, "B", (3, 0), (0, 3, 3), ()),  # neither list in its initial order
        (1, "B", (0, 2), (3,), ()),
    ]:
        analysed[poc] = encoder.analyse(
            frames[poc],
            poc=poc,
            slice_type=slice_type,
            qp=30 + poc,
            list0=list0,
            list1=list1,
            kept=kept,
            is_reference=poc != 1,
        )
        finished[poc] = encoder.finish()
    stream = encoder.parameter_sets() + b"".join(
        picture.payload for picture in (finished[0], finished[3], finished[2], finished[1])
    )
    expected = [shown(finished[poc]) for poc in range(4)]
    assert decode_with_ffmpeg(stream, 8) == expected
    decoder = Decoder()
    assert [frame.to_bytes() for frame in decoder.decode(stream) + decoder.flush()] == expected
    b = analysed[2]
    assert (b.poc, b.slice_type, b.slice_qp) == (2, "B", 32)
    assert b.mv.shape == (24, 38, 2, 2)
    assert b.ref_idx.max() >= 0
    assert b.ref_idx.max() <= 2
    assert ((b.ref_idx >= 0).sum(-1) == b.pred_type).all(), "intra, one list, both lists"
    assert not b.mv[b.ref_idx < 0].any()
    assert set(np.unique(b.cu_depth)) <= {0, 1, 2, 3}
    assert not b.skip[b.pred_type == 0].any()
    skipped = b.skip.repeat(4, 0).repeat(4, 1)
    assert skipped.any()
    assert (b.rec[0][skipped] == b.pred[0][skipped]).all(), "a skipped unit has no residual"
    assert (analysed[0].ref_idx == -1).all()
    assert analysed[0].intra_mode.max() <= 34


def test_bits_of_ctus() -> None:
    encoder = PictureEncoder(200, 70)
    encoder.analyse(make_frames(200, 70, 1)[0], poc=0, slice_type="I", qp=25)
    finished = encoder.finish()
    assert finished.ctu_bits.shape == (2, 4)
    assert finished.ctu_bits.min() > 0
    assert abs(int(finished.ctu_bits.sum()) - 8 * len(finished.payload)) < 200


def test_lambda_weighs_bits() -> None:
    sizes = []
    for lmbda in (10.0, None, 5000.0):
        encoder = PictureEncoder(96, 64)
        encoder.analyse(make_frames(96, 64, 1)[0], poc=0, slice_type="I", qp=30, lmbda=lmbda)
        sizes.append(len(encoder.finish().payload))
    assert sizes[0] > sizes[1] > sizes[2]


def test_qp_map() -> None:
    encoder = PictureEncoder(128, 64, quantization_group=64)
    qp_map = np.full((4, 8), 20, np.int8)
    qp_map[:, 4:] = 40
    coded = encoder.analyse(make_frames(128, 64, 1)[0], poc=0, slice_type="I", qp=30, qp_map=qp_map)
    assert (coded.qp[:, :16] == 20).all()
    assert (coded.qp[:, 16:] == 40).all()
    bits = encoder.finish().ctu_bits
    assert bits[0, 0] > 2 * bits[0, 1]


def test_replaced_planes() -> None:
    encoder = PictureEncoder(64, 64, sao=False)
    picture = encoder.analyse(make_frames(64, 64, 1)[0], poc=0, slice_type="I", qp=30)
    y, u, v = (np.minimum(plane + 2, 255) for plane in picture.dbf)
    recon = encoder.finish((y, u, v)).recon
    assert np.array_equal(recon[0], y)


def test_wrong_use() -> None:
    encoder = PictureEncoder(64, 64)
    frame = make_frames(64, 64, 1)[0]
    with pytest.raises(ConfigError, match="finish"):
        encoder.finish()
    with pytest.raises(ConfigError, match="POC 4"):
        encoder.analyse(frame, poc=5, slice_type="P", qp=30, list0=(4,))
    with pytest.raises(ConfigError, match="reference"):
        encoder.analyse(frame, poc=5, slice_type="P", qp=30)
    with pytest.raises(ConfigError, match="does not fit"):
        encoder.analyse(Frame(frame.y[:32], frame.u[:16], frame.v[:16]), poc=0, slice_type="I", qp=30)
    with pytest.raises(ConfigError, match="sub-layer"):
        encoder.analyse(frame, poc=0, slice_type="I", qp=30, temporal_id=1)
