# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filter networks of a user's own: every form the contract allows, from the ONNX file to the decoded picture."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import onnx
import pytest
from nn_networks import GraphBuilder
from nnlf_oracle import block_features, grid, picture_features, random_picture
from onnx import helper
from test_picture_filter import assert_same, decode, encode, moving_frames

from inloop import ModelError, PictureFilter, load_filter
from inloop.cli import main
from inloop.io import VideoInfo, open_video_writer
from inloop.nnlf import LoopFilter, features

CHANNELS = {"rec": 6, "pred": 6, "bs": 3, "qp_base": 1, "qp_block": 1, "ipb": 1}
FORMS = list(product(("half", "quarter"), (False, True)))


def filter_network(
    inputs: tuple[str, ...] = ("rec",), form: str = "quarter", crop: bool = False, seed: int = 1
) -> bytes:
    """A convolution over the inputs; crop: the output is without the context."""
    rng = np.random.default_rng(seed)
    g = GraphBuilder()
    names = [g.input(name, CHANNELS[name]) for name in inputs]
    x = g.node("Concat", names, axis=1) if len(names) > 1 else names[0]
    side, channels, margin = {"half": (1, 6, 4), "quarter": (2, 24, 2)}[form]
    shape = (channels, sum(CHANNELS[name] for name in inputs), side, side)
    values = [g.constant(rng.integers(-200, 200, shape), 11), g.constant(rng.integers(-99, 99, channels), 13)]
    out = g.node("Conv", [x, *values], 13, kernel_shape=[side, side], strides=[side, side])
    if crop:
        cut = [g.raw(np.array(v)) for v in ([margin] * 2, [-margin] * 2, [2, 3])]
        out = g.node("Slice", [out, *cut])
    return g.build(out)


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "own.onnx"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("form", "crop"), FORMS)
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_signal_of_every_form(tmp_path: Path, form: str, crop: bool, bit_depth: int) -> None:
    model = load_filter(written(tmp_path, filter_network(("rec", "qp_base"), form, crop)))
    coded = random_picture(np.random.default_rng(8), 136, 144, bit_depth)
    signal = LoopFilter(model).signal(coded, 3)
    padded = picture_features(coded, coded.slice_qp + 3, 13)
    step = 2 if form == "half" else 4
    for block in grid(136, 144):
        x, y, w, h = block
        windows = block_features(padded, block)
        arrays = {info.name: windows[info.name].astype(np.int16) for info in model.inputs}
        output = model.session(h // 2 + 8, w // 2 + 8).run(arrays)[0][0]
        margin = 0 if crop else 8 // step
        inner = output[margin : margin + h // step, margin : margin + w // step]
        unpack = features.unpack_planes if form == "half" else features.unpack_coefficients
        for c, residual in enumerate(unpack(inner)):
            s = 1 if c else 0
            window = np.s_[y >> s : (y + h) >> s, x >> s : (x + w) >> s]
            base = coded.rec[c][window].astype(np.int64) << (14 - bit_depth)
            expected = np.clip(base + 2 * residual.astype(np.int64), 0, (1 << 14) - 1)
            np.testing.assert_array_equal(signal[c][window], expected)


@pytest.mark.parametrize(("form", "crop"), FORMS)
@pytest.mark.parametrize("inputs", [("rec",), ("qp_block", "rec", "pred"), tuple(CHANNELS)])
def test_own_networks_decode(tmp_path: Path, inputs: tuple[str, ...], form: str, crop: bool) -> None:
    model = load_filter(written(tmp_path, filter_network(inputs, form, crop)))
    frames = moving_frames(2, 72, 152)
    packets = encode(frames, PictureFilter(model, skip=0))
    assert_same(decode(packets, models=[model]), packets)


def test_nhwc_networks_are_the_same(tmp_path: Path) -> None:
    proto = onnx.load_from_string(filter_network())
    plain = load_filter(written(tmp_path, proto.SerializeToString()))
    graph = proto.graph
    conv = graph.node[0]
    info = helper.make_tensor_value_info("rec", 1, [1, "h", "w", 6])
    result, conv.input[0], last = conv.output[0], "nchw", "out"
    before = helper.make_node("Transpose", ["rec"], ["nchw"], perm=[0, 3, 1, 2])
    after = helper.make_node("Transpose", [result], [last], perm=[0, 2, 3, 1])
    nodes = [before, *graph.node, after]
    graph.ClearField("node")
    graph.node.extend(nodes)
    graph.input[0].CopyFrom(info)
    graph.output[0].CopyFrom(helper.make_tensor_value_info(last, 1, None))
    turned = load_filter(written(tmp_path, proto.SerializeToString()))
    coded = random_picture(np.random.default_rng(9), 64, 72)
    for a, b in zip(LoopFilter(plain).signal(coded), LoopFilter(turned).signal(coded), strict=True):
        np.testing.assert_array_equal(a, b)


def test_other_outputs_are_refused(tmp_path: Path) -> None:
    g = GraphBuilder()
    weights = g.constant(np.zeros((12, 6, 1, 1)), 11)
    twelve = g.build(g.node("Conv", [g.input("rec", 6), weights], 13, kernel_shape=[1, 1]))
    with pytest.raises(ModelError, match="24 or 6 channels"):
        load_filter(written(tmp_path, twelve))
    g = GraphBuilder()
    weights = g.constant(np.zeros((6, 6, 2, 2)), 11)
    small = g.node("Conv", [g.input("rec", 6), weights], 13, kernel_shape=[2, 2], strides=[2, 2])
    with pytest.raises(
        ModelError, match="not at 1/2 resolution: for inputs of 72x72 it is 36x36, but must be 64x64"
    ):
        load_filter(written(tmp_path, g.build(small)))


def test_own_network_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = written(tmp_path, filter_network(form="half", seed=3))
    clip, stream = tmp_path / "clip.y4m", tmp_path / "a.hevc"
    frames = moving_frames(2, 72, 152)
    with open_video_writer(clip, VideoInfo(152, 72)) as writer:
        for frame in frames:
            writer.write(frame)
    assert (
        main(["encode", str(clip), "-o", str(stream), "--nnlf", str(own), "--md5", "--nnlf-skip", "0"]) == 0
    )
    encoded = re.findall("MD5 [0-9a-f]{32}", capsys.readouterr().out)
    assert main(["decode", str(stream), "--nnlf-model", str(own), "--md5", "--verify"]) == 0
    assert len(encoded) == 1
    assert re.findall("MD5 [0-9a-f]{32}", capsys.readouterr().out) == encoded
