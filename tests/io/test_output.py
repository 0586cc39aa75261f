# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Outputs: whole or not there, through links, and never the input."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inloop.errors import ConfigError
from inloop.io import open_output
from inloop.io.output import check_writable, refuse_overlap


def write(path: Path, data: bytes = b"new") -> None:
    with open_output(path) as stream:
        stream.write(data)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to("real")
    write(link)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_link_to_nothing_makes_the_file(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("real")
    write(link)
    assert (tmp_path / "real").read_bytes() == b"new"


def test_other_names_of_a_file_keep_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"old, and longer")
    second.hardlink_to(first)
    write(first)
    assert second.read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == ["first", "second"]


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    write(path)
    assert path.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("length", [241, 255])
def test_the_longest_names(tmp_path: Path, length: int) -> None:
    write(tmp_path / ("x" * length))
    assert os.listdir(tmp_path) == ["x" * length]


def test_nothing_is_left_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), open_output(path) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_descriptor_is_written_as_it_is(tmp_path: Path) -> None:
    """What /dev/stdout leads to is one: the open file is meant, not its name."""
    path = tmp_path / "file"
    link = tmp_path / "link"
    with path.open("wb") as opened:
        link.symlink_to(f"/proc/self/fd/{opened.fileno()}")
        write(link)
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == ["file", "link"]


def test_a_file_that_cannot_be_renamed_onto_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file that is a mount."""
    path = tmp_path / "file"
    path.write_bytes(b"old, and longer")

    def busy(self: Path, target: Path) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)
    write(path)
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_an_output_that_is_the_input(tmp_path: Path) -> None:
    source = tmp_path / "a.y4m"
    source.write_bytes(b"video")
    (tmp_path / "link").symlink_to("a.y4m")
    (tmp_path / "hard").hardlink_to(source)
    for name in (source, tmp_path / "link", tmp_path / "hard", tmp_path / "." / "a.y4m"):
        with pytest.raises(ConfigError, match=r"--output .* is the input"):
            refuse_overlap([source], {"--output": str(name)})
    refuse_overlap([source], {"--output": str(tmp_path / "b"), "--csv": None})


def test_two_outputs_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--csv and --output"):
        refuse_overlap([], {"--output": str(tmp_path / "a"), "--csv": str(tmp_path / "x" / ".." / "a")})
    refuse_overlap([], {"--output": os.devnull, "--csv": os.devnull})


def test_what_cannot_be_written_is_found_before(tmp_path: Path) -> None:
    check_writable([None, "-", str(tmp_path / "new")])
    with pytest.raises(IsADirectoryError):
        check_writable([str(tmp_path)])
    with pytest.raises(FileNotFoundError):
        check_writable([str(tmp_path / "missing" / "file")])
