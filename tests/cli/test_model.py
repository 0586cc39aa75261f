# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop model`: description, profile, conversions, quantising."""

from pathlib import Path

import numpy as np
import pytest
from model_seeds import filter_like
from nn_networks import GraphBuilder

import inloop
from inloop.cli import main
from inloop.cli.exit_codes import ExitCode
from inloop.convert.loading import load_model
from inloop.data import sample_clip

FILES = {
    "FLOAT": "float.onnx",
    "DAMAGED": "damaged.onnx",
    "UNEVEN": "uneven.npz",
    "OTHERS": "others.npz",
}


def test_convert_keeps_the_identity(
    shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_dir / "models" / "sadl" / "vlop_like_i16.sadl"
    for name in ("n.inl", "n.sadl", "n.onnx", "again.sadl"):
        target = tmp_path / name
        assert main(["model", "convert", str(source), "-o", str(target)]) == ExitCode.OK
        assert load_model(target).sha256 == load_model(source).sha256
        source = target
    assert main(["model", "info", str(source)]) == ExitCode.OK
    assert load_model(source).sha256 in capsys.readouterr().out
    assert main(["model", "profile", str(source), "--size", "20x16", "--runs", "2"]) == ExitCode.OK
    assert "GMAC/s on ISA" in capsys.readouterr().out


def test_quantize(shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples, output = tmp_path / "s.npz", tmp_path / "q.onnx"
    np.savez(samples, y=np.random.default_rng(0).random((1, 12, 12, 1)))
    source = str(shared_dir / "models" / "enhance_like.onnx")
    assert main(["model", "quantize", source, "-o", str(output), "--samples", str(samples)]) == ExitCode.OK
    assert "SNR dB" in capsys.readouterr().out
    assert load_model(output).outputs[0].name == "out"
    compact = tmp_path / "q.inl"
    assert main(["model", "quantize", source, "-o", str(compact), "--samples", str(samples)]) == ExitCode.OK
    assert load_model(compact).sha256 == load_model(output).sha256


def test_wrong_arguments(shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(shared_dir / "models" / "sadl" / "vlop_like_i16.sadl")
    assert main(["model", "convert", source, "-o", str(tmp_path / "n.txt")]) == ExitCode.USAGE
    assert main(["model", "info", source, "--size", "big"]) == ExitCode.USAGE
    assert main(["model", "info", str(tmp_path / "missing.inl")]) == ExitCode.CANNOT_OPEN
    capsys.readouterr()


def test_exact_onnx(network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    output = tmp_path / "exact.onnx"
    assert main(["model", "convert", str(network), "-o", str(output), "--exact"]) == ExitCode.OK
    model = load_model(network)
    x = np.random.default_rng(1).integers(-9000, 9000, (1, 12, 16, model.inputs[0].channels), dtype=np.int16)
    arrays = {info.name: x[..., : info.channels] for info in model.inputs}
    session = onnxruntime.InferenceSession(output, providers=["CPUExecutionProvider"])
    feeds = {
        info.name: (arrays[info.name] / 2.0**info.quantizer).transpose(0, 3, 1, 2).astype(np.float32)
        for info in model.inputs
    }
    for info, found, wanted in zip(model.outputs, session.run(None, feeds), model.run(arrays), strict=True):
        np.testing.assert_array_equal(found.transpose(0, 2, 3, 1) * 2.0**info.quantizer, wanted)
    assert main(["model", "info", str(output)]) == ExitCode.CANNOT_OPEN
    assert (
        main(["model", "convert", str(network), "-o", str(tmp_path / "x.inl"), "--exact"]) == ExitCode.USAGE
    )
    assert "--exact is a form of .onnx files" in capsys.readouterr().err


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.onnx"
    path.write_bytes(filter_like())
    return path


def test_info_and_profile(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "info", str(network), "--size", "20x16"]) == ExitCode.OK
    assert "16x20x8" in capsys.readouterr().out
    options = ["--size", "20x16", "--runs", "2", "--isa", "scalar"]
    before = inloop.get_isa()
    try:
        assert main(["model", "profile", str(network), *options]) == ExitCode.OK
    finally:
        inloop.set_isa(before)
    printed = capsys.readouterr().out
    assert "GMAC/s on ISA scalar" in printed
    assert "share of peak" in printed
    assert "#" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["info", "NETWORK", "--size", "20"], ExitCode.USAGE, "size '20' is not of the form"),
        (["info", "NETWORK", "--size", "0x8"], ExitCode.USAGE, "network.onnx"),
        (["info", "missing.onnx"], ExitCode.CANNOT_OPEN, "missing.onnx: No such file"),
        (["info", "DAMAGED"], ExitCode.CANNOT_OPEN, "damaged.onnx: not a readable ONNX file"),
        (["profile", "NETWORK", "--runs", "0"], ExitCode.USAGE, "0 runs measure nothing"),
        (["profile", "NETWORK", "--isa", "sse9"], ExitCode.USAGE, "unknown ISA 'sse9'"),
        (["profile", "NETWORK", "--size", "99999x4"], ExitCode.USAGE, "network.onnx"),
        (["convert", "NETWORK", "-o", "network.onx"], ExitCode.USAGE, "told by .inl, .onnx or .sadl"),
        (["convert", "NETWORK", "-o", "missing/n.inl"], ExitCode.CANNOT_OPEN, "missing/n.inl: No such file"),
        (
            ["quantize", "NETWORK", "-o", "q.onnx", "--samples", "missing.npz"],
            ExitCode.CANNOT_OPEN,
            "missing",
        ),
        (["quantize", "NETWORK", "-o", "q.onnx", "--samples", "NETWORK"], ExitCode.USAGE, "is no NPZ file"),
        (["quantize", "NETWORK", "-o", "q.onnx", "--samples", "UNEVEN"], ExitCode.USAGE, "with the same N"),
        (["quantize", "FLOAT", "-o", "q.onnx", "--samples", "OTHERS"], ExitCode.USAGE, "rec"),
    ],
)
def test_errors_name_the_cause(
    network: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: ExitCode,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {name: tmp_path / file for name, file in FILES.items()}
    files["DAMAGED"].write_bytes(b"\x08\x07nonsense")
    files["FLOAT"].write_bytes(filter_like(quantised=False))
    np.savez(files["UNEVEN"], rec=np.zeros((2, 8, 8, 3)), qp=np.zeros((1, 8, 8, 1)))
    np.savez(files["OTHERS"], y=np.zeros((2, 8, 8, 3)))
    files["NETWORK"] = network
    assert main(["model", *(str(files.get(argument, argument)) for argument in arguments)]) == code
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_quantize_takes_input_quantizers_and_warns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, samples, output = (str(tmp_path / name) for name in ("n.onnx", "s.npz", "q.onnx"))
    Path(source).write_bytes(filter_like(quantised=False))
    model = load_model(source)
    rng = np.random.default_rng(0)
    np.savez(samples, **{info.name: rng.random((1, 24, 24, info.channels)) * 200 for info in model.inputs})
    command = ["model", "quantize", source, "-o", output, "--samples", samples]
    assert main(command) == ExitCode.OK
    assert {info.quantizer for info in load_model(output).inputs} == {6}
    assert "is cut" not in capsys.readouterr().err
    name = model.inputs[0].name
    assert main([*command, "--input-quantizer", f"{name}=12"]) == ExitCode.OK
    assert load_model(output).inputs[0].quantizer == 12
    assert f"inloop: warning: input '{name}' reaches" in capsys.readouterr().err
    assert main([*command, "--input-quantizer", name]) == ExitCode.USAGE
    assert "is not of the form NAME=Q" in capsys.readouterr().err
    assert main([*command, "--input-quantizer", "none=3"]) == ExitCode.USAGE
    assert "quantizers of the inputs ['none'] are given" in capsys.readouterr().err


def small_filter(pads: int) -> bytes:
    """Two convolutions of 3x3, which without pads take two samples of the context away, where it is four or none."""
    g = GraphBuilder()
    y = g.input("rec", 6)
    for _ in range(2):
        weights = g.constant(np.zeros((6, 6, 3, 3)), 11)
        y = g.node("Conv", [y, weights], 13, kernel_shape=[3, 3], pads=[pads] * 4)
    return g.build(y)


def test_contract_faults_are_told_before_anything_is_coded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, clip = tmp_path / "own.onnx", str(sample_clip())
    path.write_bytes(small_filter(1))
    assert main(["model", "info", str(path)]) == ExitCode.OK
    assert capsys.readouterr().out.endswith("filter contract: kept\n")
    path.write_bytes(small_filter(0))
    assert main(["model", "info", str(path)]) == ExitCode.OK
    told = capsys.readouterr().out
    assert "filter contract: not kept, the filter network's output is not at 1/2 resolution" in told
    assert "for inputs of 72x72 it is 68x68, but must be 64x64 or, with the context, 72x72" in told
    command = ["encode", clip, "-o", str(tmp_path / "s.hevc"), "--nnlf", str(path), "-n", "1"]
    assert main(command) == ExitCode.CANNOT_OPEN
    error = capsys.readouterr().err
    assert f"{path}: the filter network's output" in error
    assert clip not in error
