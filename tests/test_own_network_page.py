# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The tutorial on filters of one's own runs from its first line to its last, with small clips and numbers."""

from __future__ import annotations

import re
import shlex
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inloop.cli import main
from inloop.engine.model import Model
from inloop.io import VideoInfo, open_video_writer
from inloop.nnlf import contract_fault, load_filter
from inloop.video.frame import Frame

pytest.importorskip("torch")
pytest.importorskip("av")
sys.path.append(str(Path(__file__).parent / "nnlf"))

from test_adapt import network

from inloop.train import fit_skipping

# Options that make a command of the page quick.
QUICK = {
    "train samples": ["--count", "4", "-n", "2", "--qps", "32"],
    "train data": ["--frames", "2", "--keep-every", "1", "--qps", "32", "--qps-per-source", "1"],
    "encode": ["-n", "2", "--preset", "faster"],
    "fit_skipping": ["--frames", "3", "--qps", "32"],
}


def parts(page: str) -> Iterator[tuple[str, str]]:
    """Python examples and command lines in the order of the page."""
    for python, line in re.findall(
        r"```python\n(.*?)```|^    ((?:inloop|python) [^\n]*)$", page, re.S | re.M
    ):
        yield ("python", python) if python else ("command", line)


def write_clip(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    coarse = np.repeat(np.repeat(rng.integers(40, 210, (24, 30)), 8, 0), 8, 1).astype(np.uint8)
    chroma = np.full((72, 80), 120, np.uint8)
    with open_video_writer(path, VideoInfo(160, 144)) as writer:
        for t in range(3):
            writer.write(Frame(coarse[t : t + 144, 2 * t : 2 * t + 160].copy(), chroma, chroma, 8, t))


def run_command(line: str) -> None:
    words = [name for word in shlex.split(line) for name in (sorted(map(str, Path().glob(word))) or [word])]
    if words[:3] == ["python", "-m", "inloop.train.fit_skipping"]:
        fit_skipping.main([*words[3:], *QUICK["fit_skipping"]])
        return
    quick = next((more for start, more in QUICK.items() if line.startswith(f"inloop {start} ")), [])
    assert main([*words[1:], *quick]) == 0, line


def test_the_tutorial_runs(
    repo_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clips").mkdir()
    write_clip(Path("clips/first.y4m"), 1)
    write_clip(Path("clips/second.y4m"), 2)
    Path("net.onnx").write_bytes(network(1))
    page = (repo_dir / "docs" / "tutorials" / "own_network.md").read_text("utf-8")
    counts = {"python": 0, "command": 0}
    for kind, text in parts(page):
        counts[kind] += 1
        if kind == "command":
            run_command(text)
        else:
            code = compile(text.replace("STEPS, PATCH = 2000, 64", "STEPS, PATCH = 3, 64"), "page", "exec")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the exporter warns of its own future
                exec(code, {})
    assert counts == {"python": 3, "command": 12}
    assert contract_fault(load_filter("trained.onnx")) is None
    assert "filter contract: kept" in capsys.readouterr().out
    assert Path("mine.skipping.json").is_file()
    assert load_filter("mine.onnx").quantizers["rec"] == 13
    assert isinstance(load_filter("mine.onnx"), Model)
