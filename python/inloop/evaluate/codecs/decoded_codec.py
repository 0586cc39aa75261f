# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures that were decoded elsewhere, beside their bitrates: codecs that run on other machines."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from inloop.errors import ConfigError, InloopError
from inloop.evaluate.clips import Clip, Pictures
from inloop.evaluate.codecs.coded import AnyTarget, Coded, Target, check_pictures
from inloop.evaluate.exchange import read_decoded
from inloop.executors.bundles import Bundle

_COLUMNS = ("clip", "value", "bitrate_kbps")


@dataclass(frozen=True, slots=True)
class DecodedCodec(AnyTarget):
    """Files of decoded pictures, and either those of streams or a table of bitrates.

    Attributes:
        decoded: Name of the pictures (.y4m, .yuv or a container), with {clip} and {value} in it.
        stream: Name of the stream, whose size counts, likewise.
        bitrates: CSV with the columns clip, value and bitrate_kbps.
        decoded_depth: Bits a sample of decoded .yuv, 0 for those of the clip.
        name: What results call the program.
        folder: What relative names start from.

    Raises:
        ConfigError: Neither streams nor bitrates are given, or both.
    """

    decoded: str
    stream: str = ""
    bitrates: str = ""
    decoded_depth: int = 0
    name: str = "decoded elsewhere"
    folder: Path = Path()

    def __post_init__(self) -> None:
        if bool(self.stream) == bool(self.bitrates):
            raise ConfigError("pictures decoded elsewhere need either stream or bitrates")

    @property
    def program(self) -> str:
        """The name."""
        return self.name

    def command(self, clip: Clip, target: Target, value: float) -> str:
        """Return where the pictures lie."""
        return self._path(self.decoded, clip, value).name

    def identity(self, clip: Clip, value: float) -> tuple[str, ...]:
        """Return size and time of the pictures. Raises ConfigError where they are not there."""
        path = self._path(self.decoded, clip, value)
        if not path.is_file():
            raise ConfigError(f"{path}: there are no decoded pictures")
        status = path.stat()
        return str(status.st_size), str(status.st_mtime_ns), str(self._bits(clip, value, 1))

    def run(self, clip: Clip, pictures: Pictures, target: Target, value: float) -> Coded:
        """Read the pictures. Raises InloopError where their number or size is not that of the clip."""
        first = pictures.frames[0]
        path = self._path(self.decoded, clip, value)
        decoded = read_decoded(path, first, self.decoded_depth or first.bit_depth)
        check_pictures(decoded, pictures.frames, self.name)
        seconds = len(decoded) / pictures.fps
        return Coded(self._bits(clip, value, float(seconds)), decoded, None, None, self.name)

    def bundles(self, clip: Clip, value: float) -> Sequence[Bundle]:
        """Return the pictures, and the stream or the table of bitrates. Raises OSError where one cannot be read."""
        return [Bundle.of(path) for path in self._files(clip, value).values()]

    def at(self, places: Mapping[Path, Path], clip: Clip, value: float) -> Self:
        """Return the same for one point, with the files at other places."""
        found = {
            name: str(places.get(path, path.absolute())) for name, path in self._files(clip, value).items()
        }
        escaped = {name: path.replace("{", "{{").replace("}", "}}") for name, path in found.items()}
        return replace(
            self,
            decoded=escaped["decoded"],
            stream=escaped.get("stream", ""),
            bitrates=found.get("bitrates", ""),
        )

    def _files(self, clip: Clip, value: float) -> dict[str, Path]:
        """Return the files of a point by the attributes that name them."""
        files = {"decoded": self._path(self.decoded, clip, value)}
        if self.stream:
            return {**files, "stream": self._path(self.stream, clip, value)}
        return {**files, "bitrates": self.folder / Path(self.bitrates).expanduser()}

    def _path(self, pattern: str, clip: Clip, value: float) -> Path:
        try:
            name = pattern.format(clip=clip.name, value=f"{value:g}")
        except (KeyError, IndexError, ValueError):
            raise ConfigError(f"{pattern!r}: only {{clip}} and {{value}} can be in braces") from None
        return self.folder / Path(name).expanduser()

    def _bits(self, clip: Clip, value: float, seconds: float) -> int:
        """Return the bits of a clip of so many seconds."""
        if self.stream:
            path = self._path(self.stream, clip, value)
            if not path.is_file():
                raise ConfigError(f"{path}: there is no such stream")
            return 8 * path.stat().st_size
        table = self.folder / Path(self.bitrates).expanduser()
        with table.open(newline="", encoding="utf-8-sig") as stream:
            for row in csv.DictReader(stream):
                try:
                    if row["clip"] == clip.name and float(row["value"]) == value:
                        return round(float(row["bitrate_kbps"]) * 1000 * seconds)
                except (KeyError, ValueError, TypeError):
                    raise ConfigError(f"{table}: not a table of {', '.join(_COLUMNS)}") from None
        raise InloopError(f"{table} has no bitrate of {clip.name} at {value:g}")
