# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The examples of docs/ run."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from model_seeds import filter_like

import inloop.cli
from inloop import Encoder, Frame, PictureFilter, load_filter
from inloop.pipeline import encode_frames


def test_engine_example(
    repo_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = re.search(r"```python\n(.*?)```", (repo_dir / "docs" / "engine.md").read_text("utf-8"), re.DOTALL)
    assert code is not None
    (tmp_path / "network.onnx").write_bytes(filter_like())
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code[1], "engine.md", "exec"), names)
    out, results = names["out"], names["results"]
    assert isinstance(out, list)
    assert isinstance(results, list)
    for single, many in zip(out, results, strict=True):
        np.testing.assert_array_equal(np.concatenate([single] * 8), many)
    printed = capsys.readouterr().out
    assert "kMAC/px" in printed
    assert "share of peak" in printed
    assert (tmp_path / "network.inl").exists()


def python_example(path: Path) -> str:
    code = re.search(r"```python\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    assert code is not None
    return code[1]


def test_enhance_example(repo_dir: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(python_example(repo_dir / "docs" / "enhance.md"), "enhance.md", "exec"), names)
    frames = names["frames"]
    assert isinstance(frames, list)
    assert [frame.pts for frame in frames] == [0, 1, 2]


def test_policy_example(repo_dir: Path, small_frames: list[Frame]) -> None:
    names: dict[str, type] = {}
    exec(compile(python_example(repo_dir / "docs" / "filter.md"), "filter.md", "exec"), names)
    nnlf = PictureFilter(load_filter("lop"), skip=names["Textured"]())
    encoder = Encoder(100, 72, 25, qp=34, nnlf=nnlf)
    assert len(list(encode_frames(encoder, small_frames))) == len(small_frames)


@pytest.mark.parametrize("page", ["tutorial_filter", "filter", "enhance"])
def test_commands_of_the_pages_parse(repo_dir: Path, page: str) -> None:
    text = (repo_dir / "docs" / f"{page}.md").read_text("utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("inloop ")]
    for command in commands:
        if command[0] == "train":
            if find_spec("torch") is not None:
                import_module("inloop.train.__main__")._parser().parse_args(command[1:])
        else:
            inloop.cli.app.parse_args(command, exit_on_error=False, print_error=False)
    assert commands or page != "tutorial_filter"
