# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Two passes: the first leaves a statistics file, the second knows from it what every picture takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from inloop.errors import ConfigError
from inloop.ratecontrol.bit_model import level_for, scale_bits

if TYPE_CHECKING:
    from inloop.ratecontrol.steering import StreamState
    from inloop.structure.plan import PicturePlan

_FIRST_LINE = "inloop two-pass statistics, version 1"
_COLUMNS = "index type offset level shape intra_cost bits"
_MAX_STEP = 4.0
_PRIOR_PICTURES = 2.0
_MEMORY = 0.9


@dataclass(frozen=True)
class PictureRecord:
    """What the first pass says of a picture.

    Attributes:
        index: Display position.
        slice_type: ``"I"``, ``"P"`` or ``"B"``.
        qp_offset: That of the structure.
        level: QP level of the stream at the picture.
        shape: QP steps of the picture above it.
        intra_cost: SATD of the source without other pictures: tells whether the clip is the same.
        bits: What it took.
    """

    index: int
    slice_type: str
    qp_offset: int
    level: float
    shape: float
    intra_cost: int
    bits: int

    @classmethod
    def parse(cls, line: str) -> PictureRecord:
        """Read a line. Raises ValueError."""
        index, slice_type, qp_offset, level, shape, intra_cost, bits = line.split()
        record = cls(
            int(index), slice_type, int(qp_offset), float(level), float(shape), int(intra_cost), int(bits)
        )
        sane = -200 < record.level < 200 and -200 < record.shape < 200 and record.bits > 0
        if not sane or slice_type not in ("I", "P", "B"):
            raise ValueError(line)
        return record

    def line(self) -> str:
        """Return the line that `parse` reads."""
        return (
            f"{self.index} {self.slice_type} {self.qp_offset} {self.level:.4f} {self.shape:.4f} "
            f"{self.intra_cost} {self.bits}\n"
        )


class StatsWriter:
    """Writes the statistics of a first pass, a line a picture in coding order."""

    def __init__(self, stream: TextIO, settings: Mapping[str, object]) -> None:
        """settings: what the second pass must have in common with the first, by name."""
        self._stream = stream
        stream.write(f"{_FIRST_LINE}\n{_settings_line(settings)}\n{_COLUMNS}\n")

    def write(self, record: PictureRecord) -> None:
        """Append a picture."""
        self._stream.write(record.line())


def read_stats(lines: Iterable[str], settings: Mapping[str, object]) -> list[PictureRecord]:
    """Read a statistics file. Raises ConfigError where it is damaged or was made with other settings."""
    rows = [line.rstrip("\n") for line in lines]
    if not rows or rows[0] != _FIRST_LINE:
        raise ConfigError("this is no statistics file of a first pass, or one of another version")
    if len(rows) < 3 or rows[2] != _COLUMNS:
        raise ConfigError("the statistics file is damaged: its head is incomplete")
    wanted = _settings_line(settings)
    if rows[1] != wanted:
        raise ConfigError(f"the statistics file was made with [{rows[1]}], not with [{wanted}]")
    try:
        records = [PictureRecord.parse(row) for row in rows[3:]]
    except ValueError as error:
        raise ConfigError(f"the statistics file is damaged: {error}") from None
    if not records:
        raise ConfigError("the statistics file has no pictures")
    return records


class TwoPass:
    """Second pass: a `LevelPolicy` whose level makes the rest of the video fit what is left of its bits.

    Each picture is expected to take what it took in the first pass, at the power of the quantiser step that
    `bit_model` assumes, times what the pictures of this pass have shown so far.
    """

    uses_bits = True

    def __init__(self, bitrate_kbps: float, records: list[PictureRecord]) -> None:
        """bitrate_kbps: above 0. records: of the first pass. Raises ConfigError."""
        if not 0 < bitrate_kbps < 10**7:
            raise ConfigError(f"bitrate {bitrate_kbps:g} kbit/s is out of range")
        self._rate = 1000.0 * bitrate_kbps
        self._records = records
        self._next = 0
        self._levels: list[float] = []
        self._finished = 0
        self._actual = self._expected = 0.0

    def check(self, picture: PicturePlan, intra_cost: int) -> None:
        """Compare the next picture with that of the first pass. Raises ConfigError where they differ."""
        if self._next >= len(self._records):
            raise ConfigError(f"the statistics file is of a shorter clip: {len(self._records)} pictures")
        record = self._records[self._next]
        seen = (picture.index, picture.slice_type, picture.qp_offset, intra_cost)
        if seen != (record.index, record.slice_type, record.qp_offset, record.intra_cost):
            raise ConfigError(f"the statistics file is of another clip: picture {picture.index} differs")

    def level(self, picture: PicturePlan, state: StreamState | None) -> float:
        """Return the level at a picture."""
        assert state is not None
        if state.complete and self._next + len(state.window) != len(self._records):
            raise ConfigError(
                f"the statistics file is of a clip with {len(self._records)} pictures, not this one"
            )
        budget = self._rate * state.picture_s * len(self._records) - state.bits
        rest = self._records[self._next :]
        ratio = self._ratio()
        at_zero = [scale_bits(record.bits, -record.level) * ratio for record in rest]
        total = sum(at_zero)
        level = level_for(lambda level: scale_bits(total, level), budget, state.lowest, state.highest)
        if state.last_level is not None:
            level = min(max(level, state.last_level - _MAX_STEP), state.last_level + _MAX_STEP)
        self._next += 1
        return level

    def finish(self, picture: PicturePlan, level: float, bits: int) -> None:
        """Compare what a picture took with what it was expected to take."""
        record = self._records[self._finished]
        self._finished += 1
        self._actual = _MEMORY * self._actual + bits
        self._expected = _MEMORY * self._expected + scale_bits(record.bits, level - record.level)

    def _ratio(self) -> float:
        usual = _PRIOR_PICTURES * sum(record.bits for record in self._records) / len(self._records)
        return (self._actual + usual) / (self._expected + usual)


def _settings_line(settings: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())
