# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The site in docs/: its examples run, its commands parse, its help texts are current. `.ci/run` builds it."""

from __future__ import annotations

import importlib.util
import re
import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from model_seeds import filter_like

import inloop.cli
from inloop import Encoder, Frame, PictureFilter, load_filter
from inloop.pipeline import encode_frames


def page_text(repo_dir: Path, page: str) -> str:
    return (repo_dir / "docs" / f"{page}.md").read_text("utf-8")


def python_example(repo_dir: Path, page: str, number: int = 0) -> str:
    return re.findall(r"```python\n(.*?)```", page_text(repo_dir, page), re.DOTALL)[number]


def words(text: str) -> list[str]:
    return re.findall(r"[\w.,:;()\[\]<>=%/-]+", text)


def test_pictures_are_drawn_into_pages(repo_dir: Path) -> None:
    """Each is well-formed, has a title for those who do not see it, and takes its colour from the page."""
    pictures = sorted((repo_dir / "docs" / "pictures").glob("*.svg"))
    assert [path.stem for path in pictures] == ["coolchic", "decoder", "encoder", "engine", "loop"]
    pages = "".join(page_text(repo_dir, page) for page in ("architecture", "index", "reference/coolchic"))
    for path in pictures:
        root = ElementTree.parse(path).getroot()
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert "currentColor" in path.read_text("utf-8")
        assert re.search(rf":file: (\.\./)?pictures/{path.name}", pages)


def test_help_texts_are_current(repo_dir: Path) -> None:
    spec = importlib.util.spec_from_file_location("update_help", repo_dir / "tools" / "update_help.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = page_text(repo_dir, "reference/command_line")
    # The words only: how the boxes are drawn depends on the version of the library that draws them.
    assert words(module.updated(text)) == words(text), "run: python tools/update_help.py"
    assert "Usage: inloop encode" in text


def test_engine_example(
    repo_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = python_example(repo_dir, "reference/engine")
    (tmp_path / "network.onnx").write_bytes(filter_like())
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "engine.md", "exec"), names)
    out, results = names["out"], names["results"]
    assert isinstance(out, list)
    assert isinstance(results, list)
    for single, many in zip(out, results, strict=True):
        np.testing.assert_array_equal(np.concatenate([single] * 8), many)
    printed = capsys.readouterr().out
    assert "kMAC/px" in printed
    assert "share of peak" in printed
    assert (tmp_path / "network.inl").exists()


def test_embedding_example(repo_dir: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(python_example(repo_dir, "tutorials/embed"), "embed.md", "exec"), names)
    signal = names["signal"]
    assert isinstance(signal, tuple)
    assert [plane.shape for plane in signal] == [(128, 128), (64, 64), (64, 64)]
    assert max(int(plane.max()) for plane in signal) < 1 << 14


def test_encoding_example_is_that_of_the_readme(repo_dir: Path) -> None:
    readme = (repo_dir / "README.md").read_text("utf-8")
    assert f"```python\n{python_example(repo_dir, 'tutorials/encode')}```" in readme


def test_enhance_example(repo_dir: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(python_example(repo_dir, "reference/enhance"), "enhance.md", "exec"), names)
    frames = names["frames"]
    assert isinstance(frames, list)
    assert [frame.pts for frame in frames] == [0, 1, 2]


def test_policy_example(repo_dir: Path, small_frames: list[Frame]) -> None:
    names: dict[str, type] = {}
    for number in (0, 1):
        exec(compile(python_example(repo_dir, "reference/filter", number), "filter.md", "exec"), names)
    nnlf = PictureFilter(load_filter("lop"), skip=names["Textured"](), decision_rows=names["Middle"]())
    encoder = Encoder(100, 72, 25, qp=34, nnlf=nnlf)
    assert len(list(encode_frames(encoder, small_frames))) == len(small_frames)


PAGES_WITH_COMMANDS = (
    "bitstream",
    "lab/enhance_training",
    "reference/coolchic",
    "tutorials/encode",
    "tutorials/measure",
    "tutorials/own_network",
    "tutorials/train",
)


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS)
def test_commands_of_the_pages_parse(repo_dir: Path, page: str) -> None:
    text = re.sub(r"```text\n.*?```", "", page_text(repo_dir, page), flags=re.DOTALL)  # what commands print
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("inloop ")]
    for command in commands:
        if command[0] == "train" and command[1] != "samples":
            if find_spec("torch") is not None:
                import_module("inloop.train.arguments").make_parser().parse_args(command[1:])
        else:
            inloop.cli.app.parse_args(command, exit_on_error=False, print_error=False)
    assert commands


def test_files_that_the_pages_name_exist(repo_dir: Path) -> None:
    """Files and functions of this repository that the pages mention are there."""
    missing = []
    for page in (repo_dir / "docs").rglob("*.md"):
        text = page.read_text("utf-8")
        names = re.findall(
            r"(?:csrc|python|tests|tools|benchmarks|models)/[\w/.-]+\.(?:py|cpp|h|c|sh|md|toml)\b", text
        )
        missing += [(page.name, name) for name in names if not (repo_dir / name).exists()]
    assert not missing
