# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filtering of decoded pictures out of the loop: networks of known effect, decisions, and the command."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from nn_networks import GraphBuilder

from alterations import cropped
from enhance_networks import constant_residual
from inloop import ConfigError, Encoder, Enhancer, Frame, ModelError, load_enhancer
from inloop.cli import main
from inloop.convert import onnx_to_compact
from inloop.convert.loading import load_model
from inloop.engine.model import Model
from inloop.enhance import helps
from inloop.io import VideoInfo, open_video, open_video_writer
from inloop.nnlf.registry import enhancer_names

FORMS = [(form, crop) for form in ("half", "quarter", "luma") for crop in (False, True)]


def network(*steps: int, **options: object) -> Model:
    return Model(onnx_to_compact(constant_residual(*steps, **options)))


def random_frame(height: int, width: int, bit_depth: int = 8, seed: int = 1) -> Frame:
    rng = np.random.default_rng(seed)
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    shapes = (height, width), (height // 2, width // 2), (height // 2, width // 2)
    y, u, v = (rng.integers(0, 1 << bit_depth, shape).astype(dtype) for shape in shapes)
    return Frame(y, u, v, bit_depth)


@pytest.mark.parametrize(("form", "crop"), FORMS)
@pytest.mark.parametrize("quantised", [True, False])
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("size", [(16, 24), (18, 34), (66, 150)])
def test_constants_are_added_and_clipped(
    form: str, crop: bool, quantised: bool, bit_depth: int, size: tuple[int, int]
) -> None:
    steps = (5, -7, 3)
    frame = random_frame(*size, bit_depth)
    result = Enhancer(network(*steps, form=form, crop=crop, quantised=quantised)).enhance(frame)
    used = steps if form != "luma" else (5, 0, 0)
    for plane, before, step in zip(result.planes, frame.planes, used, strict=True):
        wanted = np.clip(before.astype(int) + step * (1 << (bit_depth - 8)), 0, (1 << bit_depth) - 1)
        np.testing.assert_array_equal(plane, wanted)
        assert plane.dtype == before.dtype


def test_channels_are_hadamard_coefficients() -> None:
    frame = random_frame(32, 48)
    result = Enhancer(network(0, 0, 0, smooth=True)).enhance(frame)
    y, got = frame.y.astype(int), result.y.astype(int)
    difference = y[0::2, 0::2] - y[0::2, 1::2] + y[1::2, 0::2] - y[1::2, 1::2]
    left = np.clip(y[0::2, 0::2] - difference / 4, 0, 255)
    assert np.abs(got[0::2, 0::2] - left).max() <= 1
    np.testing.assert_array_equal(result.u, frame.u)


def test_threads_change_nothing() -> None:
    frames = [random_frame(64, 96, seed=seed) for seed in range(7)]
    model = network(4, 1, -1, smooth=True)
    single = [frame.md5() for frame in Enhancer(model).enhance_frames(frames)]
    assert [frame.md5() for frame in Enhancer(model, threads=3).enhance_frames(frames)] == single


def test_packaged_networks_with_more_inputs_are_refused() -> None:
    with pytest.raises(ModelError, match="one input 'rec' or 'y'"):
        load_enhancer("lop")


def test_packaged_network_is_that_of_the_models_folder(repo_dir: Path) -> None:
    pytest.importorskip("onnx")
    manifest = json.loads((repo_dir / "models" / "manifest.json").read_text())
    assert "enhance" in enhancer_names()
    for name in enhancer_names():
        path = repo_dir / "models" / f"{name}.onnx"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == manifest[path.name]["sha256"]
        assert load_model(path).sha256 == load_enhancer(name).sha256 == manifest[path.name]["identity"]


def test_packaged_network_mends_a_coded_picture(sample_frames: list[Frame]) -> None:
    source = cropped(sample_frames[0], 128, 96, 96, 64)
    encoder = Encoder(128, 96, 25, qp=32, structure="ai", preset="faster")
    packets = [*encoder.encode(source), *encoder.flush()]
    decoded = packets[0].recon
    enhanced = Enhancer(load_enhancer("enhance")).enhance(decoded)
    assert source.sse(enhanced)[0] < 0.99 * source.sse(decoded)[0]


def test_other_networks_are_refused() -> None:
    g = GraphBuilder()
    x = g.input("rec", 6)
    weights = g.constant(np.zeros((5, 6, 1, 1)), 11)
    wrong = Model(onnx_to_compact(g.build(g.node("Conv", [x, weights], 13, kernel_shape=[1, 1]))))
    with pytest.raises(ModelError, match="output of 5 channels"):
        Enhancer(wrong)
    g = GraphBuilder()
    x = g.input("rec", 6)
    weights = g.constant(np.zeros((6, 6, 2, 2)), 11)
    shrunk = g.node("Conv", [x, weights], 13, kernel_shape=[2, 2], strides=[2, 2])
    with pytest.raises(ModelError, match="for a picture of"):
        Enhancer(Model(onnx_to_compact(g.build(shrunk)))).enhance(random_frame(32, 32))
    with pytest.raises(ConfigError, match="threads"):
        Enhancer(network(1, 1, 1), threads=0)
    with pytest.raises(ConfigError, match="even"):
        odd = Frame(np.zeros((17, 16), np.uint8), *2 * [np.zeros((9, 8), np.uint8)])
        Enhancer(network(1, 1, 1)).enhance(odd)


def test_reference_network_of_one_plane(shared_dir: Path) -> None:
    model = load_enhancer(shared_dir / "models" / "enhance_like.onnx")
    frame = random_frame(40, 56)
    result = Enhancer(model).enhance(frame)
    assert (result.width, result.height) == (56, 40)
    np.testing.assert_array_equal(result.u, frame.u)


def test_a_picture_is_filtered_where_that_helps() -> None:
    original, decoded = random_frame(16, 16), random_frame(16, 16, seed=2)
    assert helps(original, decoded, original)
    assert not helps(original, decoded, decoded)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An original, a decoded clip that is 5 too dark in pictures 0 and 2, and a network that adds 5."""
    clips: dict[str, list[Frame]] = {"original": [], "decoded": []}
    for index in range(3):
        frame = Frame(*(np.full(s, 100 + index, np.uint8) for s in ((48, 64), (24, 32), (24, 32))))
        darker = Frame(frame.y - np.uint8(5 if index != 1 else 0), frame.u, frame.v)
        clips["original"].append(frame)
        clips["decoded"].append(darker)
    for name, frames in clips.items():
        with open_video_writer(tmp_path / f"{name}.y4m", VideoInfo(64, 48)) as writer:
            for frame in frames:
                writer.write(frame)
    (tmp_path / "add.onnx").write_bytes(constant_residual(5, 0, 0))
    return tmp_path


def run(folder: Path, *more: str) -> int:
    model = [] if "--model" in more else ["--model", str(folder / "add.onnx")]
    return main(["enhance", str(folder / "decoded.y4m"), "-o", str(folder / "out.y4m"), *model, *more])


def brightness(path: Path) -> list[int]:
    with open_video(path) as video:
        return [int(frame.y[0, 0]) for frame in video]


def test_command_filters_every_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder) == 0
    assert brightness(folder / "out.y4m") == [100, 106, 102]
    assert "3 of 3 pictures filtered" in capsys.readouterr().err


def test_command_decides_with_the_original(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = folder / "flags.txt"
    assert run(folder, "--reference", str(folder / "original.y4m"), "--flags", str(flags)) == 0
    assert brightness(folder / "out.y4m") == [100, 101, 102]
    assert flags.read_text() == "1\n0\n1\n"
    printed = capsys.readouterr().err
    assert "2 of 3 pictures filtered" in printed
    assert "PSNR before" in printed
    flags.write_text("0 0\n1")
    assert run(folder, "--flags", str(flags), "--threads", "2", "--quiet") == 0
    assert brightness(folder / "out.y4m") == [95, 101, 102]


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["--model", "nothing"], 3, "nothing"),
        (["--model", "lop"], 3, "one input"),
        (["--reference", "short.y4m"], 2, "fewer pictures"),
        (["--reference", "wide.y4m"], 2, "32x48, 8 bit, the input has 64x48, 8 bit"),
        (["--flags", "flags.txt"], 2, "2 flags for more pictures"),
        (["--flags", "bad.txt"], 2, "one 0 or 1 a picture"),
        (["--flags", "missing.txt"], 3, "missing.txt"),
        (["--threads", "0"], 2, "threads"),
    ],
)
def test_bad_input_is_refused(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(folder)
    frame = Frame(*(np.full(s, 100, np.uint8) for s in ((48, 64), (24, 32), (24, 32))))
    with open_video_writer("short.y4m", VideoInfo(64, 48)) as writer:
        writer.write(frame)
    with open_video_writer("wide.y4m", VideoInfo(32, 48)) as writer:
        writer.write(Frame(frame.y[:, :32], frame.u[:, :16], frame.v[:, :16]))
    Path("flags.txt").write_text("1 1")
    Path("bad.txt").write_text("1 2")
    assert run(folder, *more) == code
    assert message in capsys.readouterr().err
    assert "out.y4m" not in os.listdir(folder)
