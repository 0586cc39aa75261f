# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop model`: description, profile, conversions, quantising."""

from pathlib import Path

import numpy as np
import pytest

from inloop.cli import main
from inloop.cli.exit_codes import ExitCode
from inloop.model import load_model


def test_convert_keeps_the_identity(
    shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_dir / "models" / "sadl" / "vlop_like_i16.sadl"
    for target in (tmp_path / "n.inl", tmp_path / "n.sadl"):
        assert main(["model", "convert", str(source), "-o", str(target)]) == ExitCode.OK
        assert load_model(target).sha256 == load_model(source).sha256
    assert main(["model", "info", str(source)]) == ExitCode.OK
    assert load_model(source).sha256 in capsys.readouterr().out
    assert main(["model", "profile", str(source), "--size", "20x16", "--runs", "2"]) == ExitCode.OK
    assert "GMAC/s at level" in capsys.readouterr().out


def test_quantize(shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples, output = tmp_path / "s.npz", tmp_path / "q.onnx"
    np.savez(samples, y=np.random.default_rng(0).random((1, 12, 12, 1)))
    source = str(shared_dir / "models" / "enhance_like.onnx")
    assert main(["model", "quantize", source, "-o", str(output), "--samples", str(samples)]) == ExitCode.OK
    assert "SNR dB" in capsys.readouterr().out
    assert load_model(output).outputs[0].name == "out"


def test_wrong_arguments(shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(shared_dir / "models" / "sadl" / "vlop_like_i16.sadl")
    assert main(["model", "convert", source, "-o", str(tmp_path / "n.txt")]) == ExitCode.USAGE
    assert main(["model", "info", source, "--size", "big"]) == ExitCode.USAGE
    assert main(["model", "info", str(tmp_path / "missing.inl")]) == ExitCode.CANNOT_OPEN
    capsys.readouterr()
