# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filters of two networks: I pictures take one of them, P and B pictures the other."""

import dataclasses
import hashlib

import numpy as np
import pytest
from nnlf_oracle import random_picture
from test_picture_filter import ForcedFilter, assert_same, decode, encode, moving_frames

from inloop import ModelError
from inloop.cli import main
from inloop.nnlf import LoopFilter, ModelPair, PictureBlocks, PictureFilter, load_filter
from inloop.nnlf.filter_model import network_for, pair_of

LOP, VLOP = network_for(load_filter("lop"), "B"), load_filter("vlop")
PAIR = ModelPair(LOP, VLOP)


@pytest.mark.parametrize(("slice_type", "expected"), [("I", LOP), ("P", VLOP), ("B", VLOP)])
def test_pictures_take_the_network_of_their_slice_type(slice_type, expected):
    coded = dataclasses.replace(random_picture(np.random.default_rng(5), 136, 144), slice_type=slice_type)
    for got, wanted in zip(LoopFilter(PAIR).signal(coded), LoopFilter(expected).signal(coded), strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert network_for(PAIR, slice_type) is expected
    work, alone = (PictureBlocks.of(coded, 128, model).work for model in (PAIR, expected))
    assert np.array_equal(work, alone)


@pytest.mark.parametrize("filter_type", [PictureFilter, ForcedFilter])
@pytest.mark.parametrize(("structure", "options"), [("ra", {"gop": 4}), ("ldp", {}), ("ai", {})])
def test_decoder_reproduces_the_encoder(filter_type, structure, options):
    frames = moving_frames(5, 136, 152)
    packets = encode(frames, filter_type(PAIR), structure, sao=True, **options)
    shown = sorted(packets, key=lambda packet: packet.index)
    for threads in (1, 3):
        assert_same(decode(packets, models=[PAIR], threads=threads), shown)


def test_a_stream_of_all_intra_pictures_is_that_of_their_network_but_for_its_name():
    frames = moving_frames(2, 72, 88)
    pair, alone = (encode(frames, ForcedFilter(model, "post"), "ai") for model in (PAIR, LOP))
    assert_same([packet.recon for packet in pair], alone)
    assert pair[0].data != alone[0].data
    assert PAIR.sha256 != LOP.sha256


def test_the_identity_is_over_both_networks_and_their_order():
    text = b"INLOOPNP" + bytes.fromhex(LOP.sha256) + bytes.fromhex(VLOP.sha256)
    assert PAIR.sha256 == hashlib.sha256(text).hexdigest()
    assert ModelPair(VLOP, LOP).sha256 != PAIR.sha256
    assert ModelPair(LOP, LOP).sha256 != LOP.sha256


def test_a_decoder_without_the_pair_names_it_and_old_names_still_decode():
    frames = moving_frames(2, 72, 88)
    packets = encode(frames, ForcedFilter(PAIR))
    with pytest.raises(ModelError, match=PAIR.sha256):
        decode(packets)
    alone = encode(frames, ForcedFilter(VLOP))
    assert_same(decode(alone, models=[PAIR]), alone)


def test_a_file_holds_both_networks(tmp_path):
    path = tmp_path / "pair.inl"
    PAIR.save(path)
    read = load_filter(path)
    assert isinstance(read, ModelPair)
    assert (read.sha256, read.intra.sha256, read.inter.sha256) == (PAIR.sha256, LOP.sha256, VLOP.sha256)
    assert read.parameters == LOP.parameters + VLOP.parameters
    assert read.kmac_per_px == VLOP.kmac_per_px
    assert ModelPair.from_bytes(LOP.to_bytes()) is None
    assert pair_of(PAIR, LOP).sha256 == ModelPair(LOP, LOP).sha256


@pytest.mark.parametrize(
    "change", [lambda d: d[:12], lambda d: d[:200], lambda d: d[:8] + b"\2" + d[9:], lambda d: d[:-9]]
)
def test_damaged_pairs_are_refused(change):
    with pytest.raises(ModelError):
        ModelPair.from_bytes(change(PAIR.to_bytes()))


def test_a_network_that_is_no_filter_makes_no_pair(shared_dir, tmp_path):
    from inloop.convert.loading import load_model

    other = load_model(shared_dir / "models" / "enhance_like.onnx")
    pair = ModelPair(LOP, other)
    pair.save(tmp_path / "pair.inl")
    with pytest.raises(ModelError):
        load_filter(tmp_path / "pair.inl")


def test_pairs_on_the_command_line(tmp_path, capsys):
    files = [tmp_path / "i.inl", tmp_path / "pb.inl"]
    for path, model in zip(files, (LOP, VLOP), strict=True):
        model.save(path)
    pair = tmp_path / "pair.inl"
    assert main(["model", "pair", *map(str, files), "-o", str(pair)]) == 0
    assert PAIR.sha256 in capsys.readouterr().out
    assert load_filter(pair).sha256 == PAIR.sha256
    clip, stream, out = (tmp_path / name for name in ("clip.y4m", "clip.hevc", "out.y4m"))
    frames = moving_frames(3, 64, 80)
    with clip.open("wb") as file:
        file.write(b"YUV4MPEG2 W80 H64 F25:1 C420\n")
        for frame in frames:
            file.write(b"FRAME\n" + b"".join(plane.tobytes() for plane in frame.planes))
    assert main(["encode", str(clip), "-o", str(stream), "--qp", "37", "--nnlf", str(pair)]) == 0
    forced = encode(frames, ForcedFilter(PAIR))
    stream.write_bytes(b"".join(packet.data for packet in forced))
    assert main(["decode", str(stream), "-o", str(out), "--nnlf-model", str(pair)]) == 0
    assert out.stat().st_size > clip.stat().st_size - 200
    capsys.readouterr()
    assert main(["info", str(pair)]) == 0
    told = capsys.readouterr().out
    assert told.index(PAIR.sha256) < told.index(LOP.sha256) < told.index(VLOP.sha256)
    assert main(["info", str(stream)]) == 0
    assert PAIR.sha256 in capsys.readouterr().out
    assert main(["model", "info", str(pair)]) != 0
    assert "pair of filter networks" in capsys.readouterr().err
