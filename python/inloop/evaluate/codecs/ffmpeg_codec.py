# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Other encoders inside the FFmpeg of `imageio-ffmpeg`, on one thread; FFmpeg decodes what they make."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from inloop.errors import ConfigError, InloopError
from inloop.evaluate.clips import Clip, Pictures
from inloop.evaluate.codecs.coded import (
    ONCE,
    Coded,
    Target,
    WithoutFiles,
    check_pictures,
    pictures_between_intra,
)
from inloop.evaluate.codecs.ffmpeg_options import FFMPEG_ENCODERS, FfmpegEncoder, Settings
from inloop.evaluate.cost import Cost
from inloop.evaluate.exchange import read_y4m, write_pictures
from inloop.evaluate.ffmpeg import ffmpeg_version, run_ffmpeg
from inloop.structure.by_name import StructureName
from inloop.video.frame import Frame

_REFUSED = re.compile(r"^.*(?:Error parsing option|Unknown option|Invalid value for).*$", re.MULTILINE)
"""What libraries say of parameters that they then go on without."""


@dataclass(frozen=True, slots=True)
class FfmpegCodec(WithoutFiles):
    """An encoder of FFmpeg with its settings.

    Attributes:
        encoder: A key of `FFMPEG_ENCODERS`.
        preset: Name of a preset of it; empty for its usual one.
        structure: "ai", "ldp" or "ldb" (the low delay of the encoder), "ra".
        intra_period: Pictures from one intra picture to the next, -1 for one only, or seconds as "1s".
        parameters: Further parameters in the library's notation.

    Raises:
        ConfigError: There is no such encoder, or the period is none.
    """

    encoder: str
    preset: str = ""
    structure: StructureName = "ra"
    intra_period: int | str = ONCE
    parameters: str = ""

    def __post_init__(self) -> None:
        if self.encoder not in FFMPEG_ENCODERS:
            raise ConfigError(f"FFmpeg's encoders are {', '.join(FFMPEG_ENCODERS)}, not {self.encoder}")
        self._settings("qp", 32, Fraction(25))

    @property
    def program(self) -> str:
        """Name of the encoder."""
        return self.encoder

    @property
    def usual_target(self) -> Target:
        """The first of its targets."""
        return self._entry.targets[0]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What its rate points can be."""
        return self._entry.targets

    def command(self, clip: Clip, target: Target, value: float) -> str:
        """Return the command line that makes the same stream, beside the clip."""
        words = self._words(
            clip.path.name, "out", self._settings(target, value, clip.info.fps), clip.info.bit_depth
        )
        limit = [] if clip.limit is None else ["-frames:v", str(clip.limit)]
        return shlex.join(["ffmpeg", *words[:-1], *limit, words[-1]])

    def identity(self, clip: Clip, value: float) -> tuple[str, ...]:
        """Return nothing: the command line says all."""
        return ()

    def run(self, clip: Clip, pictures: Pictures, target: Target, value: float) -> Coded:
        """Code the clip, and decode it.

        Raises:
            ConfigError: The encoder does not take so many bits a sample.
            InloopError: FFmpeg fails, the encoder does not know a parameter, or pictures are missing.
        """
        return self.code(pictures, self._settings(target, value, pictures.fps))

    def code(self, pictures: Pictures, settings: Settings) -> Coded:
        """Code pictures by settings; errors as for `run`."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            write_pictures(folder / "in.y4m", pictures.frames, pictures.fps)
            words = self._words("in.y4m", "out", settings, pictures.frames[0].bit_depth)
            statistics = ["-stats_mux_pre:v", "sizes", "-stats_mux_pre_fmt:v", "{pts} {size}"]
            log, encode = run_ffmpeg([*words[:-1], *statistics, words[-1]], folder)
            if refused := _REFUSED.search(log):
                raise InloopError(f"{self.encoder}: {refused[0].strip()}")
            decoded, decode = decode_elementary(folder / "out", self._entry.muxer)
            check_pictures(decoded, pictures.frames, self.encoder)
            return Coded(
                bits=8 * (folder / "out").stat().st_size,
                pictures=decoded,
                encode=encode,
                decode=decode,
                version=f"{ffmpeg_version()}, {library_version(self.encoder)}",
                picture_bits=_picture_bits(folder / "sizes", len(decoded)),
            )

    def versions(self) -> dict[str, str]:
        """Return those of FFmpeg and of the encoder. Raises InloopError."""
        return {"FFmpeg": ffmpeg_version(), self.encoder: library_version(self.encoder)}

    @property
    def _entry(self) -> FfmpegEncoder:
        return FFMPEG_ENCODERS[self.encoder]

    def _settings(self, target: Target, value: float, fps: Fraction) -> Settings:
        period = pictures_between_intra(self.intra_period, self.structure, fps)
        preset = self.preset or self._entry.preset
        return Settings(target, value, preset, self.structure, period, self.parameters)

    def _words(self, source: str, target: str, settings: Settings, bit_depth: int) -> list[str]:
        """Return the arguments of FFmpeg, the last one being the output."""
        entry = self._entry
        depths = [depth for depth in entry.bit_depths if depth >= bit_depth]
        if not depths:
            raise ConfigError(f"{self.encoder} does not take {bit_depth} bit")
        # More bits are the same samples shifted up.
        deeper = [] if bit_depth in depths else ["-pix_fmt", f"yuv420p{depths[0]}le"]
        head = ["-threads", "1", "-i", source, "-an", *deeper, "-c:v", entry.library]
        return [*head, *entry.options(settings), "-threads", "1", "-f", entry.muxer, target]


def decode_elementary(stream: Path, muxer: str) -> tuple[list[Frame], Cost]:
    """Decode an elementary stream with FFmpeg, at the stream's own depth.

    Args:
        stream: The file.
        muxer: Its format as FFmpeg calls it; empty where FFmpeg is to find out.

    Raises:
        InloopError: FFmpeg fails.
    """
    target = stream.with_name("decoded.y4m")
    form = ["-f", muxer] if muxer else []
    words = [
        "-threads",
        "1",
        *form,
        "-i",
        str(stream),
        "-fps_mode",
        "passthrough",
        "-strict",
        "-1",
        str(target),
    ]
    _, cost = run_ffmpeg(words)
    return read_y4m(target), cost


@cache
def library_version(name: str) -> str:
    """Return an encoder's library with its version, as it tells it about itself.

    Args:
        name: A key of `FFMPEG_ENCODERS`.

    Raises:
        InloopError: FFmpeg fails.
    """
    entry = FFMPEG_ENCODERS[name]
    with TemporaryDirectory() as folder:
        target = Path(folder, "out")
        picture = ["-f", "lavfi", "-i", "color=size=128x128", "-frames:v", "1"]
        log, _ = run_ffmpeg([*picture, "-c:v", entry.library, "-f", entry.muxer, str(target)])
        found = re.search(entry.version, log + target.read_bytes().decode("latin-1"))
    return f"{entry.library} {found[1].strip()}" if found else entry.library


def _picture_bits(statistics: Path, count: int) -> tuple[int, ...]:
    """Return the bits of each picture in display order, nothing where FFmpeg counted otherwise."""
    rows = sorted(tuple(map(int, line.split())) for line in statistics.read_text().splitlines())
    return tuple(8 * size for _, size in rows) if len(rows) == count else ()
