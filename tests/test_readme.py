# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""README.md says what the program does, and is one screen."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import inloop.cli


@pytest.fixture(scope="module")
def readme(repo_dir: Path) -> str:
    return (repo_dir / "README.md").read_text("utf-8")


def indented_commands(readme: str) -> list[str]:
    return [line.strip() for line in readme.splitlines() if line.startswith("    ")]


def test_one_screen_of_links_that_lead_somewhere(repo_dir: Path, readme: str) -> None:
    assert len(readme.splitlines()) <= 60
    links = re.findall(r"\]\(([^)#]+)\)", readme)
    assert len(links) > 10
    for link in links:
        assert (repo_dir / link).exists(), link


def test_ci_runs_the_test_command(repo_dir: Path, readme: str) -> None:
    setup, test = next(c for c in indented_commands(readme) if "pytest" in c).split(" && ")
    script = (repo_dir / ".ci" / "run").read_text("utf-8").splitlines()
    assert setup + ",train,docs" in script  # so that no test is left out for want of torch
    assert test in [line.removesuffix(" -q") for line in script]
    assert (repo_dir / shlex.split(setup)[1]).is_file()


def test_command_lines_parse(readme: str) -> None:
    commands = [shlex.split(c)[1:] for c in indented_commands(readme) if c.startswith("inloop ")]
    assert len(commands) == 3
    for command in commands:
        inloop.cli.app.parse_args(command, exit_on_error=False, print_error=False)


def test_python_example_runs(readme: str) -> None:
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert code is not None
    lines = code[1].strip().splitlines()
    assert len([line for line in lines if line]) <= 8
    names: dict[str, object] = {}
    exec(
        compile(code[1].replace("for frame in video", "for frame in list(video)[:3]"), "README.md", "exec"),
        names,
    )
    packets, frames = names["packets"], names["frames"]
    assert isinstance(packets, list)
    assert isinstance(frames, list)
    shown = sorted(packets, key=lambda packet: packet.pts)
    assert [frame.md5() for frame in frames] == [packet.recon.md5() for packet in shown]
