# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import errno
import sys
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest

from inloop import BitstreamError, ConfigError, Frame, InloopError, ModelError, UnsupportedError
from inloop.cli import main
from inloop.cli.exit_codes import ExitCode, VerifyError, exit_code_of, message_of
from inloop.cli.filter_options import FilterOptions
from inloop.cli.options import SourceOptions, parse_fps, parse_size
from inloop.cli.progress import Progress
from inloop.io import VideoInfo, open_video_writer
from inloop.nnlf import GainPolicy


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_sizes_and_rates() -> None:
    assert parse_size("416x240") == (416, 240)
    assert parse_fps("30000/1001") == Fraction(30000, 1001)
    assert parse_fps("29.97") == Fraction(2997, 100)
    for text in ("", "416", "416x", "axb", "416x240x3", "-4x4", "４x４"):
        with pytest.raises(ConfigError, match="416x240"):
            parse_size(text)
    for text in ("", "0", "-25", "25/0", "fast"):
        with pytest.raises(ConfigError, match="frame rate"):
            parse_fps(text)


def test_counting_pictures() -> None:
    assert SourceOptions().count(None) is None
    assert SourceOptions(frames=5).count(None) == 5
    assert SourceOptions(skip=8, frames=5).count(10) == 2
    assert SourceOptions(skip=18).count(10) == 0
    with pytest.raises(ConfigError, match="--skip"), SourceOptions(skip=-1).open("x"):
        pass
    with pytest.raises(ConfigError, match="--input-res"):
        SourceOptions(input_depth=10).raw_info()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), 130),
        (ConfigError("x"), 2),
        (FileNotFoundError(errno.ENOENT, "No such file", "x"), 3),
        (PermissionError(errno.EACCES, "No", "x"), 3),
        (ModelError("x"), 3),
        (BitstreamError("x"), 4),
        (VerifyError("x"), 4),
        (UnsupportedError("x"), 1),
        (InloopError("x"), 1),
        (OSError(errno.ENOSPC, "No space left on device", "x"), 1),
        (MemoryError(), 1),
        (ZeroDivisionError("x"), 1),
    ],
)
def test_exit_codes(error: BaseException, code: int) -> None:
    assert exit_code_of(error) == code
    assert message_of(error)
    assert "\n" not in message_of(error)


def test_messages() -> None:
    assert message_of(FileNotFoundError(errno.ENOENT, "No such file", "a.y4m")) == "a.y4m: No such file"
    assert message_of(ConfigError("wrong\n  thing")) == "wrong thing"
    assert "please report" in message_of(ZeroDivisionError("x"))


def test_progress_line() -> None:
    progress = Progress(600, Fraction(25), stream=StringIO())
    for _ in range(123):
        progress.advance(72816)
    assert progress.line(123 / 34.2) == "[20.5%] 123/600 frames, 34.20 fps, 1820.40 kb/s, 1.1 MB, eta 0:00:14"
    unknown = Progress(None, Fraction(25), stream=StringIO())
    assert unknown.line(1.0) == "0 frames, 0.00 fps, 0.00 kb/s, 0 bytes"


def test_progress_is_for_terminals() -> None:
    file, terminal, silenced = StringIO(), Terminal(), Terminal()
    for stream, quiet in ((file, False), (terminal, False), (silenced, True)):
        progress = Progress(2, Fraction(25), stream=stream, quiet=quiet)
        progress.advance(100)
        progress.advance(100)
        progress.finish("encoded")
    assert file.getvalue().startswith("encoded 2 frames in ")
    assert file.getvalue().count("\n") == 1
    assert "\r[50.0%] 1/2 frames" in terminal.getvalue()
    assert terminal.getvalue().endswith("25 bytes, 2.50 kb/s\n")
    assert silenced.getvalue() == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--nnlf-skip", "2"], "need --nnlf"),
        (["--nnlf-budget", "3"], "need --nnlf"),
        (["--nnlf", "lop", "--nnlf-skip", "4"], "--nnlf-skip"),
        (["--nnlf", "lop", "--nnlf-skip", "x"], "--nnlf-skip"),
        (["--nnlf", "lop", "--nnlf-budget", "0"], "runs nothing"),
        (["--nnlf", "lop", "--nnlf-budget", "-2"], "runs nothing"),
        (["--nnlf", "lop", "--nnlf-budget", "nan"], "runs nothing"),
        (["--nnlf", "lop", "--nnlf-block", "64"], "--nnlf-block"),
    ],
)
def test_wrong_filter_options(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.hevc"
    assert main(["encode", "missing.y4m", "-o", str(output), *options]) == ExitCode.USAGE
    assert message in capsys.readouterr().err
    assert not output.exists()


def test_filter_options_reach_the_filter() -> None:
    nnlf = FilterOptions(nnlf="lop", nnlf_mode="post", nnlf_skip=3, nnlf_budget=2.5).make(md5=False)
    assert nnlf is not None
    assert isinstance(nnlf.policy, GainPolicy)
    assert (nnlf.mode, nnlf.policy.strength, nnlf.policy.budget_kmac_per_px) == ("post", 3, 2.5)
    default = FilterOptions(nnlf="lop").make(md5=False)
    assert default is not None
    assert isinstance(default.policy, GainPolicy)
    assert default.policy.strength == 1
    assert FilterOptions().make(md5=False) is None


def test_train_hands_its_arguments_on(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    assert main(["train", "fit", "--help"]) == 0
    assert "--network" in capsys.readouterr().out
    assert main(["train"]) == 0
    assert "export" in capsys.readouterr().out
    assert main(["train", "nothing"]) == ExitCode.USAGE
    assert "invalid choice" in capsys.readouterr().err


def test_train_without_torch_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["train", "fit"]) == ExitCode.RUN_FAILED
    assert "inloop[train]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--qp", "3.5"], "'3.5' is no whole number"),
        (["--threads", "-1"], "--threads -1 is outside 1 .. 64"),
        (["--threads", "0"], "outside 1 .. 64"),
        (["--nnlf-mode", "post"], "--nnlf-mode need --nnlf"),
        (
            ["--nnlf-lambda", "1.5", "--nnlf-reference", "all"],
            "--nnlf-reference and --nnlf-lambda need --nnlf",
        ),
        (["--input-depth", "10"], "--input-depth belongs to raw input"),
        (["--input-res", "100x72"], "is y4m, which has a size of its own"),
        (["--structure", "ldp", "--gop", "8"], "--gop: there are groups in --structure ra only"),
        (["--structure", "ai", "--closed-gop"], "--closed-gop: there are groups"),
        (["--structure", "ai", "--intra-period", "8"], "every picture of --structure ai is intra"),
        (["--qp", "30", "--rc-complexity", "scene"], "a constant QP follows nothing"),
        (["--csv", "missing/folder.csv"], "No such file"),
    ],
)
def test_options_that_make_no_sense(
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    small_frames: list[Frame],
) -> None:
    clip, output = tmp_path / "a.y4m", tmp_path / "a.hevc"
    with open_video_writer(clip, VideoInfo(100, 72)) as writer:
        writer.write(small_frames[0])
    assert main(["encode", str(clip), "-o", str(output), *options]) in (ExitCode.USAGE, ExitCode.CANNOT_OPEN)
    assert message in capsys.readouterr().err
    assert not output.exists()


def test_drift_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], small_frames: list[Frame]) -> None:
    """Players without the filter show low-delay streams in loop mode ever worse, unless something bounds that."""
    clip = tmp_path / "a.y4m"
    with open_video_writer(clip, VideoInfo(100, 72)) as writer:
        writer.write(small_frames[0])
    command = [
        "encode",
        str(clip),
        "-o",
        str(tmp_path / "a.hevc"),
        "--nnlf",
        "vlop",
        "--quiet",
        "--structure",
    ]
    for options, told in (
        (["ldp"], True),
        (["ldb"], True),
        (["ra"], False),
        (["ldp", "--intra-period", "48"], False),
        (["ldp", "--nnlf-mode", "post"], False),
    ):
        assert main([*command, *options]) == 0
        assert ("ever worse" in capsys.readouterr().err) is told, options
