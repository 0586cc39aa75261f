# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Static checks as tests: what a reviewer should not have to look for."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from need_testing import need_testing

SPDX = ("SPDX-FileCopyrightText: 2026 The inloop authors", "SPDX-License-Identifier: BSD-3-Clause")


@pytest.fixture(scope="module")
def sources(repo_dir: Path) -> list[Path]:
    """Every file under version control."""
    if shutil.which("git") is None or not (repo_dir / ".git").exists():
        pytest.skip("not a checkout: no list of the files under version control")
    run = subprocess.run(["git", "ls-files", "-z"], cwd=repo_dir, capture_output=True, check=True)
    paths = [repo_dir / name for name in run.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def run_tool(*command: str | Path, cwd: Path) -> None:
    run = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{command[:4]}\n{run.stdout[-8000:]}{run.stderr[-4000:]}"


@pytest.mark.parametrize("command", [("check",), ("format", "--check", "--diff")])
def test_ruff(repo_dir: Path, command: tuple[str, ...]) -> None:
    pytest.importorskip("ruff")
    run_tool(
        sys.executable, "-m", "ruff", *command, "python", "tests", "tools", "benchmarks", "docs", cwd=repo_dir
    )


def test_mypy_strict(repo_dir: Path) -> None:
    pytest.importorskip("mypy")
    run_tool(sys.executable, "-m", "mypy", cwd=repo_dir)


def test_stubs_match_the_extensions(repo_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    need_testing()
    allowed = tmp_path / "allowed.txt"
    # What pybind11 puts into every class: its metaclass, and an __init__(*args) that refuses.
    allowed.write_text("inloop\\._\\w+\\.[A-Z]\\w+\n.*\\.__init__\n")
    options = ("--ignore-disjoint-bases", "--allowlist", allowed, "--ignore-unused-allowlist")
    modules = ("inloop._core", "inloop._testing")
    run_tool(sys.executable, "-m", "mypy.stubtest", *modules, *options, cwd=repo_dir)


def test_clang_format(repo_dir: Path, sources: list[Path]) -> None:
    tool = shutil.which("clang-format", path=Path(sys.executable).parent)
    if tool is None:
        pytest.skip("clang-format is not installed in this environment")
    files = [path for path in sources if path.suffix in (".cpp", ".h")]
    assert files
    run_tool(tool, "--dry-run", "-Werror", *files, cwd=repo_dir)


def test_every_source_names_its_licence(sources: list[Path]) -> None:
    code = [path for path in sources if path.suffix in (".cpp", ".h", ".py", ".pyi", ".sh")]
    assert code
    bare = [path for path in code if not all(line in path.read_text()[:400] for line in SPDX)]
    assert not bare


def test_no_paths_of_one_machine(sources: list[Path]) -> None:
    pattern = re.compile(rb"(?<![\w./])/(?:work|root|home|tmp)/\w")
    texts = [
        path
        for path in sources
        if path.suffix in (".cpp", ".h", ".py", ".pyi", ".sh", ".md", ".toml", ".txt")
    ]
    assert not [path for path in texts if pattern.search(path.read_bytes())]
