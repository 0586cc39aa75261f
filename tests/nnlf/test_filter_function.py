# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Functions and float networks as filters: the stream says that it is an experiment, and decodes with the function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nnlf_oracle import random_picture
from test_adapt import network, picture
from test_picture_filter import assert_same, encode, moving_frames

from inloop import Decoder, ModelError, load_filter
from inloop.cli import main
from inloop.cli.exit_codes import ExitCode
from inloop.io import VideoInfo, open_video, open_video_writer
from inloop.nnlf import FilterFunction, LoopFilter, PictureFilter, load_any_filter
from inloop.nnlf.adapt import adapt
from inloop.nnlf.features import pack_planes, unpack_coefficients, unpack_planes
from inloop.nnlf.filter_model import network_for
from inloop.nnlf.function import packed, planes_of
from inloop.pipeline import decode_chunks


def smoothed(y: Any, u: Any, v: Any, qp: float) -> tuple[Any, Any, Any]:
    """A filter that helps a little: each sample moves to the mean of its neighbours by the QP."""
    share = qp / 200

    def move(plane: Any) -> Any:
        p = np.pad(plane, 1, mode="edge")
        mean = (p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:]) / 4
        return plane + share * (mean - plane)

    return move(y), move(u), move(v)


SMOOTHED = FilterFunction.of_pictures("smoothed", smoothed)


def decoded(packets: list[Any], *models: Any, threads: int = 1) -> list[Any]:
    decoder = Decoder(models=models, threads=threads)
    return list(decode_chunks(decoder, [packet.data for packet in packets]))


def test_packing_is_that_of_the_features() -> None:
    planes = picture()
    values = pack_planes(*planes, 8) / 8192
    y, u, v = planes_of(values)
    np.testing.assert_allclose(256 * y, planes[0], atol=1e-9)
    np.testing.assert_allclose(256 * u, planes[1], atol=1e-9)
    np.testing.assert_allclose(packed(y, u, v), values, atol=1e-12)


@pytest.mark.parametrize("channels", [6, 24])
@pytest.mark.parametrize("context", [False, True])
def test_every_form_of_residual(channels: int, context: bool) -> None:
    rng = np.random.default_rng(channels)
    side, step = (72 if context else 64), 1 if channels == 6 else 2
    values = rng.integers(-500, 500, (side // step, side // step, channels))
    function = FilterFunction("values", lambda _: values / (1 << 14))
    arrays = tuple(np.zeros((72, 72, c), np.int16) for c in (6, 6, 3, 1, 1, 1))
    found = unpack_planes(function.residual(arrays))
    wanted = unpack_planes(values) if channels == 6 else unpack_coefficients(values)
    margin = 8 if context else 0
    for got, plane, m in zip(found, wanted, (margin, margin // 2, margin // 2), strict=True):
        assert np.array_equal(got, plane[m : plane.shape[0] - m, m : plane.shape[1] - m])


@pytest.mark.parametrize("mode", ["loop", "post"])
@pytest.mark.parametrize("threads", [1, 3])
def test_streams_of_a_function_decode_with_it(mode: str, threads: int) -> None:
    frames = moving_frames(5, 144, 280)
    nnlf = PictureFilter(SMOOTHED, mode, skip=0, threads=threads)  # type: ignore[arg-type]
    packets = encode(frames, nnlf, "ra")
    assert nnlf.filtered_share > 0
    in_order = sorted(packets, key=lambda packet: packet.index)
    assert_same(decoded(packets, SMOOTHED, threads=threads), in_order)
    assert_same(decoded(packets, FilterFunction.of_pictures("other", smoothed), SMOOTHED), in_order)
    with pytest.raises(ModelError, match=r"an experiment and not normative.* 45585054"):
        decoded(packets)


DROPPED = """
import sys, time
from inloop import Decoder
from inloop.nnlf import FilterFunction

def slow(y, u, v, qp):
    time.sleep(0.02)
    return y, u, v

data = open(sys.argv[1], "rb").read()
for threads in (1, 4):
    decoder = Decoder(models=[FilterFunction.of_pictures("smoothed", slow)], threads=threads)
    decoder.decode(data)
    del decoder
print("ended")
"""


def test_a_decoder_that_is_dropped_lets_its_function_end(tmp_path: Path) -> None:
    """Its threads still need the interpreter for the pictures in work, while the interpreter waits for them."""
    stream = tmp_path / "clip.hevc"
    packets = encode(moving_frames(5, 144, 280), PictureFilter(SMOOTHED, skip=0), "ra")
    stream.write_bytes(b"".join(packet.data for packet in packets))
    command = [sys.executable, "-c", DROPPED, str(stream)]
    assert subprocess.run(command, capture_output=True, timeout=100).stdout == b"ended\n"


def test_the_function_gets_what_a_network_gets() -> None:
    lop, seen = network_for(load_filter("lop"), "B"), []

    def as_lop(features: Any) -> Any:
        seen.append({name: array.shape for name, array in features.items()})
        (out,) = lop.run([np.rint(features[i.name][None] * 8192).astype(np.int16) for i in lop.inputs])
        return out[0] / 2.0 ** lop.outputs[0].quantizer

    coded = random_picture(np.random.default_rng(2), 136, 144)
    filter_ = PictureFilter(FilterFunction("lop", as_lop), skip=0)
    found = filter_.network.run(coded.core, coded.slice_qp)
    for a, b in zip(found, LoopFilter(lop).signal(coded), strict=True):
        assert (
            np.abs(a.astype(int) - b).max() <= 4
        )  # 14-bit steps: its output is rounded to a quantizer of 14
    assert seen[0] == {
        "rec": (72, 72, 6), "pred": (72, 72, 6), "bs": (72, 72, 3),
        "qp_base": (72, 72, 1), "qp_block": (72, 72, 1), "ipb": (72, 72, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda _: np.zeros((3, 3, 6)), r"gives values of shape \(64, 64, 6\)"),
        (lambda _: 1 / 0, "the filter function failed: ZeroDivisionError"),
    ],
)
def test_what_a_function_does_wrong_is_said(function: Any, message: str) -> None:
    coded = random_picture(np.random.default_rng(2), 128, 128)
    with pytest.raises(ModelError, match=message):
        PictureFilter(FilterFunction("wrong", function)).network.run(coded.core, 30)


def test_a_float_network_filters_behind_the_loop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, clip, stream = tmp_path / "float.onnx", tmp_path / "clip.y4m", tmp_path / "clip.hevc"
    model.write_bytes(adapt(network(1), None).onnx)
    assert isinstance(load_any_filter(model), FilterFunction)
    assert load_any_filter("lop") is load_filter("lop")
    frames = moving_frames(2, 144, 280)
    with open_video_writer(clip, VideoInfo(280, 144)) as writer:
        for frame in frames:
            writer.write(frame)
    arguments = [
        "encode",
        str(clip),
        "-o",
        str(stream),
        "--qp",
        "40",
        "--nnlf",
        str(model),
        "--nnlf-skip",
        "0",
    ]
    assert main(arguments) == ExitCode.USAGE
    assert "cannot filter references" in capsys.readouterr().err
    assert main([*arguments, "--nnlf-mode", "post"]) == 0
    said = capsys.readouterr().err
    assert "filter: " in said
    out = tmp_path / "out.y4m"
    assert main(["decode", str(stream), "-o", str(out), "--nnlf-model", str(model)]) == 0
    with open_video(out) as video:
        assert len(list(video)) == 2


def test_a_float_network_of_other_inputs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(network(1))
    with pytest.raises(ModelError, match="no input 'x': see inloop model adapt"):
        load_any_filter(path)
