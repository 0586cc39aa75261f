# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The statistics file between two passes: a line a picture, in coding order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

from inloop.errors import ConfigError

_FIRST_LINE = "inloop two-pass statistics, version 1"
_COLUMNS = "index type offset level shape intra_cost bits"


@dataclass(frozen=True)
class PictureRecord:
    """What the first pass says of a picture.

    Attributes:
        index: Display position.
        slice_type: ``"I"``, ``"P"`` or ``"B"``.
        qp_offset: That of the structure.
        qp_level: QP level of the stream at the picture.
        shape: QP steps of the picture above it.
        intra_cost: SATD of the source without other pictures: tells whether the clip is the same.
        bits: What it took.
    """

    index: int
    slice_type: str
    qp_offset: int
    qp_level: float
    shape: float
    intra_cost: int
    bits: int

    @classmethod
    def parse(cls, line: str) -> PictureRecord:
        """Read a line. Raises ValueError."""
        index, slice_type, qp_offset, qp_level, shape, intra_cost, bits = line.split()
        record = cls(
            int(index), slice_type, int(qp_offset), float(qp_level), float(shape), int(intra_cost), int(bits)
        )
        sane = -200 < record.qp_level < 200 and -200 < record.shape < 200 and record.bits > 0
        if not sane or slice_type not in ("I", "P", "B"):
            raise ValueError(line)
        return record

    def line(self) -> str:
        """Return the line that `parse` reads."""
        return (
            f"{self.index} {self.slice_type} {self.qp_offset} {self.qp_level:.4f} {self.shape:.4f} "
            f"{self.intra_cost} {self.bits}\n"
        )


class StatsWriter:
    """Writes the statistics of a first pass, a line a picture in coding order."""

    def __init__(self, stream: TextIO, settings: Mapping[str, object]) -> None:
        """Write the head of the file.

        Args:
            stream: The file.
            settings: What the second pass must have in common with the first, by name.
        """
        self._stream = stream
        stream.write(f"{_FIRST_LINE}\n{_settings_line(settings)}\n{_COLUMNS}\n")

    def write(self, record: PictureRecord) -> None:
        """Append a picture."""
        self._stream.write(record.line())


def read_stats(lines: Iterable[str], settings: Mapping[str, object]) -> list[PictureRecord]:
    """Read the statistics file of a first pass.

    Args:
        lines: The file's lines.
        settings: Settings of the encode by name, which must be those of the first pass.

    Raises:
        ConfigError: The file is damaged, of another version, or was made with other settings.
    """
    rows = [line.rstrip("\n") for line in lines]
    if not rows or rows[0] != _FIRST_LINE:
        raise ConfigError("this is no statistics file of a first pass, or one of another version")
    if len(rows) < 3 or rows[2] != _COLUMNS:
        raise ConfigError("the statistics file is damaged: its head is incomplete")
    made, wanted = (set(line.split(", ")) for line in (rows[1], _settings_line(settings)))
    if made != wanted:
        theirs, ours = (", ".join(sorted(only)) for only in (made - wanted, wanted - made))
        raise ConfigError(
            f"the statistics file was made with {theirs or 'less'}, this pass has {ours or 'less'}"
        )
    try:
        records = [PictureRecord.parse(row) for row in rows[3:]]
    except ValueError as error:
        raise ConfigError(f"the statistics file is damaged: {error}") from None
    if not records:
        raise ConfigError("the statistics file has no pictures")
    return records


def _settings_line(settings: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {str(value).replace(', ', ' ')}" for name, value in settings.items())
