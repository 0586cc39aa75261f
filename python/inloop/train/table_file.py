# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tables that grow by a row at a time: the manifest of the data and the log of a run."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path


def append_row(path: Path, row: Mapping[str, object]) -> None:
    """Append a row to a CSV file, with a head of its names where the file is new.

    A file that lacks some of the names is written anew with them.
    """
    head = _head(path)
    names = [*head, *(name for name in row if name not in head)]
    if head and head != names:
        rows = read_rows(path)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        if not head:
            writer.writeheader()
        writer.writerow(row)


def _head(path: Path) -> list[str]:
    """Return the names of a file's columns; none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return next(csv.reader(file), [])


def keep_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Leave these rows in such a file, and no others."""
    path.unlink(missing_ok=True)
    for row in rows:
        append_row(path, row)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of such a file; none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
