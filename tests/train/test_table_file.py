# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tables of training: whole lines, whatever happened to the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from inloop.train.table_file import append_row, keep_rows, read_rows


def test_rows_come_back(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    assert read_rows(path) == []
    append_row(path, {"step": 1, "gain": 0.5})
    append_row(path, {"step": 2, "gain": 0.25})
    assert path.read_bytes() == b"step,gain\r\n1,0.5\r\n2,0.25\r\n"
    keep_rows(path, read_rows(path)[:1])
    assert read_rows(path) == [{"step": "1", "gain": "0.5"}]
    keep_rows(path, [])
    assert not path.exists()


def test_a_line_that_is_cut_off_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"step,gain\r\n1,0.5\r\n2,0.2")
    assert len(read_rows(path)) == 1
    append_row(path, {"step": 2, "gain": 0.25})
    assert path.read_bytes() == b"step,gain\r\n1,0.5\r\n2,0.25\r\n"
    path.write_bytes(b"step,ga")
    append_row(path, {"step": 1, "gain": 1})
    assert path.read_bytes() == b"step,gain\r\n1,1\r\n"


def test_new_columns_are_written_into_the_head(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    append_row(path, {"step": 1})
    append_row(path, {"step": 2, "gain": 0.25})
    assert read_rows(path) == [{"step": "1", "gain": ""}, {"step": "2", "gain": "0.25"}]
