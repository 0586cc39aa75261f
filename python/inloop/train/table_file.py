# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tables that grow by a row at a time: the manifest of the data and the log of a run."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from inloop.whole_files import append_whole, write_whole


def append_row(path: Path, row: Mapping[str, object]) -> None:
    """Append a row to a CSV file, with a head of its names where the file is new; all of it or nothing.

    A file that lacks some of the names, or whose last line is cut off, is written anew.
    """
    kept = _whole_lines(path)
    head = next(csv.reader(io.StringIO(kept.decode(), newline="")), [])
    names = [*head, *(name for name in row if name not in head)]
    if head == names and len(kept) == path.stat().st_size:
        append_whole(path, _lines(names, [row])[1])
    else:
        write_whole(path, b"".join(_lines(names, [*read_rows(path), row])))


def keep_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Leave these rows in such a file, and no others."""
    if rows:
        write_whole(path, b"".join(_lines(list(rows[0]), rows)))
    else:
        path.unlink(missing_ok=True)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of such a file; none where there is no file."""
    return list(csv.DictReader(io.StringIO(_whole_lines(path).decode(), newline="")))


def _whole_lines(path: Path) -> bytes:
    """Return a file without a last line that a power failure cut off; nothing where there is no file."""
    data = path.read_bytes() if path.exists() else b""
    return data[: data.rfind(b"\n") + 1]


def _lines(names: Sequence[str], rows: Sequence[Mapping[str, object]]) -> tuple[bytes, bytes]:
    """Return the head and the lines of rows."""
    head, body = io.StringIO(newline=""), io.StringIO(newline="")
    csv.DictWriter(head, names).writeheader()
    csv.DictWriter(body, names, restval="").writerows(rows)
    return head.getvalue().encode(), body.getvalue().encode()
