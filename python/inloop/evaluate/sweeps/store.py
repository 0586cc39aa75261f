# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where the points of a sweep are kept: a file of JSON lines, one a point, that only grows, and pictures beside it."""

from __future__ import annotations

import json
from pathlib import Path

from inloop.errors import ConfigError
from inloop.evaluate.sweeps.point import Point
from inloop.whole_files import append_whole, write_whole


class PointStore:
    """The points in a file, by their keys.

    Each is appended whole or not at all and is on disk before the next one begins, so that an interrupted sweep loses
    nothing; a line that a power failure cut off is ignored, and the next point begins a line of its own.

    Args:
        path: The file; neither it nor its folder need be there yet.

    Raises:
        ConfigError: The file holds something else.
        OSError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._points: dict[str, Point] = {}
        lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        self._cut_off = bool(lines[-1])
        for number, line in enumerate(lines[:-1], 1):
            if point := self._read(line, number):
                self._points[point.key] = point

    def find(self, key: str, families: tuple[str, ...]) -> Point | None:
        """Return the point of a key, None where there is none or one with fewer measures of quality."""
        point = self._points.get(key)
        return point if point is not None and set(families) <= set(point.families) else None

    def add(self, point: Point, picture: bytes = b"") -> None:
        """Keep a point and its picture, if there is one, in the place of those with the same key. Raises OSError."""
        line = json.dumps(point.to_json(), separators=(",", ":"), allow_nan=False) + "\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if picture:
            self._picture_path(point.key).parent.mkdir(exist_ok=True)
            write_whole(self._picture_path(point.key), picture)
        append_whole(self._path, b"\n" * self._cut_off + line.encode())
        self._cut_off = False
        self._points[point.key] = point

    def points(self) -> list[Point]:
        """Return all points, in the order in which they were first kept."""
        return list(self._points.values())

    def picture(self, key: str) -> bytes:
        """Return the picture of a point, nothing where there is none."""
        path = self._picture_path(key)
        return path.read_bytes() if path.is_file() else b""

    def _picture_path(self, key: str) -> Path:
        return self._path.with_name("pictures") / f"{key}.webp"

    def _read(self, line: bytes, number: int) -> Point | None:
        try:
            table = json.loads(line)
        except ValueError:
            if line.startswith(b'{"schema"') or not line:
                return None  # cut off, as by a full disk or a power failure
            raise ConfigError(f"{self._path}, line {number}: not the points of a sweep") from None
        try:
            return Point.from_json(table)
        except ConfigError as error:
            raise ConfigError(f"{self._path}, line {number}: {error}") from None
