# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Programs find the C library by CMake and by pkg-config; the program is that of the tutorial."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import inloop
from inloop import Decoder, load_filter
from inloop.pipeline import SequenceMd5

FUZZ = Path(__file__).parents[1] / "fuzz"
STREAM = sorted((FUZZ / "corpus_decoder").glob("filtered_*.265"))[0]
MODEL = FUZZ / "small_filter.inl"
PROJECT = """cmake_minimum_required(VERSION 3.22)
project(player LANGUAGES C)
find_package(inloop 0.1 REQUIRED CONFIG)
add_executable(player player.c)
target_link_libraries(player PRIVATE inloop::inloop)
"""


@pytest.fixture
def project(tmp_path: Path, repo_dir: Path) -> Path:
    """A folder with the program of the page about embedding."""
    page = (repo_dir / "docs" / "tutorials" / "embed.md").read_text()
    program = next(code for code in re.findall(r"```c\n(.*?)```", page, re.DOTALL) if "int main" in code)
    (tmp_path / "player.c").write_text(program)
    return tmp_path


@pytest.fixture(scope="module")
def expected() -> str:
    decoder, md5 = Decoder([load_filter(MODEL)]), SequenceMd5()
    for frame in decoder.decode(STREAM.read_bytes()) + decoder.flush():
        md5.add(frame)
    return md5.hexdigest()


def tool(*names: str) -> str:
    for name in names:
        if (path := shutil.which(name)) is not None:
            return path
    pytest.skip(f"{' and '.join(names)} are not installed")


def folder_of(find: str) -> str:
    try:
        return str(getattr(inloop, find)())
    except FileNotFoundError as error:
        pytest.skip(str(error))


def shown(player: Path) -> str:
    done = subprocess.run([player, STREAM, MODEL], check=True, capture_output=True)
    return hashlib.md5(done.stdout, usedforsecurity=False).hexdigest()


def test_by_cmake(project: Path, expected: str) -> None:
    cmake, folder = tool("cmake"), folder_of("get_cmake_dir")
    tool("cc", "gcc", "clang")
    (project / "CMakeLists.txt").write_text(PROJECT)
    build = project / "build"
    for command in (["-S", project, "-B", build, f"-Dinloop_DIR={folder}"], ["--build", build]):
        subprocess.run([cmake, *command], check=True, capture_output=True)
    assert shown(build / "player") == expected


def test_by_pkg_config(project: Path, expected: str) -> None:
    pkg_config, folder = tool("pkg-config", "pkgconf"), folder_of("get_pkgconfig_dir")
    compiler = tool("cc", "gcc", "clang")
    environment = os.environ | {"PKG_CONFIG_PATH": folder}
    asked = [pkg_config, "--cflags", "--libs", "inloop"]
    flags = subprocess.run(asked, check=True, capture_output=True, text=True, env=environment).stdout.split()
    player = project / "player"
    subprocess.run([compiler, str(project / "player.c"), *flags, "-o", str(player)], check=True)
    assert shown(player) == expected
    version = subprocess.run(
        [pkg_config, "--modversion", "inloop"], check=True, capture_output=True, text=True, env=environment
    )
    assert version.stdout.strip() == inloop.__version__
