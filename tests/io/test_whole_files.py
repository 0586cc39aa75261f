# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files that are whole or as they were."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from inloop.io.kept_errors import KeptErrors
from inloop.whole_files import append_whole, open_whole, write_whole


def test_an_exception_leaves_a_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_whole(path, b"before")

    def write_half() -> None:
        with open_whole(path) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["a.json"]


def test_an_append_that_fails_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "a.csv"
    append_whole(path, b"one\n")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device.*a\.csv"):
        append_whole(path, b"two\n")
    with pytest.raises(OSError, match=r"b\.csv"):
        append_whole(tmp_path / "b.csv", b"two\n")
    assert path.read_bytes() == b"one\n"
    assert os.listdir(tmp_path) == ["a.csv"]


def test_a_device_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    write_whole(link, b"text")
    assert link.is_symlink()
    assert Path(os.devnull).is_char_device()


def test_errors_are_kept_until_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"text")
    with path.open("rb") as stream:
        kept = KeptErrors(stream)
        assert kept.read(2) == b"te"
        kept.check()
        assert kept.write(b"more") == 4  # the file is open for reading
        assert kept.read(2) == b""
        with pytest.raises(OSError, match="write"):
            kept.check()
