# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import errno
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from inloop.array_files import open_arrays
from inloop.errors import ConfigError


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "arrays.npz"
    np.savez(path, a=np.arange(3))
    return path


def test_arrays_are_read_by_name(stored: Path) -> None:
    with open_arrays(stored) as arrays:
        assert arrays["a"].tolist() == [0, 1, 2]
    with pytest.raises(ConfigError, match=r"arrays.npz is no NPZ file"), open_arrays(stored) as arrays:
        arrays["b"]


def test_damaged_files_are_named(stored: Path) -> None:
    stored.write_bytes(stored.read_bytes()[:-30])
    with pytest.raises(ConfigError, match=r"arrays.npz is no NPZ file of plain arrays"), open_arrays(stored):
        pass


def test_a_disk_that_fails_is_no_damage(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's reader of archives calls both the same."""

    def fail(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    opened = ZipFile.__init__

    def open_archive(archive: ZipFile, file: object, *rest: object, **more: object) -> None:
        monkeypatch.setattr("zipfile._EndRecData", fail)
        opened(archive, file, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ZipFile, "__init__", open_archive)
    with pytest.raises(OSError, match="Input/output error") as caught, open_arrays(stored):
        pass
    assert caught.value.filename == str(stored)
