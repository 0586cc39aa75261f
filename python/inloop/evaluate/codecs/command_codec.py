# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Any other program in a sweep, by templates of its command lines."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from tempfile import TemporaryDirectory
from typing import Literal

from inloop.errors import ConfigError, InloopError
from inloop.evaluate.clips import Clip, Pictures
from inloop.evaluate.codecs.coded import TARGETS, Coded, Target, WithoutFiles, check_pictures
from inloop.evaluate.codecs.ffmpeg_codec import decode_elementary
from inloop.evaluate.cost import Cost
from inloop.evaluate.exchange import read_decoded, write_pictures
from inloop.evaluate.ffmpeg import ffmpeg_version, run_program
from inloop.executors.bundles import file_digest
from inloop.video.frame import Frame

_OF_THE_CLIP = ("fps", "width", "height", "frames", "bit_depth")
_PLACES = ("input", "output", "decoded", "value", *TARGETS, *_OF_THE_CLIP)


@dataclass(frozen=True, slots=True)
class CommandCodec(WithoutFiles):
    """A program that is run by a command line; no shell reads it.

    Attributes:
        encode: Command with places in braces: {input} {output} (the stream), {qp} {crf} {bitrate} or {value} (all the
            rate point), {fps} {width} {height} {frames} {bit_depth}, and {decoded} where the encoder writes the
            pictures, too.
        decode: Command that turns {input}, the stream, into {output}, pictures; without it, and without {decoded},
            FFmpeg decodes.
        input_format, decoded_format: "y4m" or "yuv": what the program reads, and what it writes.
        decoded_depth: Bits a sample of decoded .yuv, 0 for those of the clip.
        version: What results are to say of it.

    Raises:
        ConfigError: A place is unknown or missing, or a program is not there.
    """

    encode: str
    decode: str = ""
    input_format: Literal["y4m", "yuv"] = "y4m"
    decoded_format: Literal["y4m", "yuv"] = "y4m"
    decoded_depth: int = 0
    version: str = ""

    def __post_init__(self) -> None:
        for template in filter(None, (self.encode, self.decode)):
            places = _places(template)
            if unknown := sorted(places - set(_PLACES)):
                raise ConfigError(
                    f"{template!r}: unknown {', '.join(unknown)}; known are {', '.join(_PLACES)}"
                )
            if missing := {"input", "output"} - places:
                raise ConfigError(f"{template!r} does not say where {{{min(missing)}}} goes")
            program = shlex.split(template)[0]
            if shutil.which(program) is None:
                raise ConfigError(f"{program}: there is no such program")
        for form in (self.input_format, self.decoded_format):
            if form not in ("y4m", "yuv"):
                raise ConfigError(f"format {form!r} is neither y4m nor yuv")

    @property
    def program(self) -> str:
        """Name of the program that encodes."""
        return Path(shlex.split(self.encode)[0]).name

    @property
    def usual_target(self) -> Target:
        """QP, unless the command has another place."""
        places = _places(self.encode)
        return next((target for target in TARGETS if target in places), "qp")

    @property
    def targets(self) -> tuple[Target, ...]:
        """All of them: what the value means is the program's matter."""
        return TARGETS

    def command(self, clip: Clip, target: Target, value: float) -> str:
        """Return the command lines, beside the clip."""
        facts = self._facts(clip, value, clip.limit or clip.info.frames or 0)
        words = _filled(
            self.encode, {**facts, "input": clip.path.name, "output": "out", "decoded": "decoded"}
        )
        if not self.decode:
            return shlex.join(words)
        decode = _filled(self.decode, {**facts, "input": "out", "output": f"out.{self.decoded_format}"})
        return f"{shlex.join(words)} && {shlex.join(decode)}"

    def identity(self, clip: Clip, value: float) -> tuple[str, ...]:
        """Return what the results say of the program."""
        return (self.version,)

    def run(self, clip: Clip, pictures: Pictures, target: Target, value: float) -> Coded:
        """Code the clip, and decode it. Raises InloopError where a program fails, or pictures are missing."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            source, stream = folder / f"in.{self.input_format}", folder / "stream"
            write_pictures(source, pictures.frames, pictures.fps)
            facts = self._facts(clip, value, len(pictures.frames))
            shown = folder / f"decoded.{self.decoded_format}"
            places = {**facts, "input": str(source), "output": str(stream), "decoded": str(shown)}
            _, encode = run_program(_filled(self.encode, places), folder)
            if not stream.is_file() or not stream.stat().st_size:
                raise InloopError(f"{self.program}: it wrote no stream")
            decoded, decode = self._decoded(stream, shown, facts, pictures.frames[0])
            check_pictures(decoded, pictures.frames, self.program)
            version = self.version or self.program
            if not self.decode and "decoded" not in _places(self.encode):
                version += f", decoded by {ffmpeg_version()}"
            return Coded(8 * stream.stat().st_size, decoded, encode, decode, version)

    def versions(self) -> dict[str, str]:
        """Return a hash of each program's file, which says more than a version."""
        programs = {shlex.split(template)[0] for template in filter(None, (self.encode, self.decode))}
        return {Path(name).name: _program_digest(name) for name in sorted(programs)}

    def _decoded(
        self, stream: Path, shown: Path, facts: Mapping[str, object], like: Frame
    ) -> tuple[list[Frame], Cost | None]:
        cost = None
        if self.decode:
            words = _filled(self.decode, {**facts, "input": str(stream), "output": str(shown), "decoded": ""})
            _, cost = run_program(words, stream.parent)
        elif "decoded" not in _places(self.encode):
            return decode_elementary(stream, "")
        return read_decoded(shown, like, self.decoded_depth or like.bit_depth), cost

    def _facts(self, clip: Clip, value: float, frames: int) -> dict[str, object]:
        info = clip.info
        return {
            **dict.fromkeys(("value", *TARGETS), f"{value:g}"),
            "fps": f"{float(info.fps):g}",
            "width": info.width,
            "height": info.height,
            "frames": frames,
            "bit_depth": info.bit_depth,
        }


def _program_digest(name: str) -> str:
    path = shutil.which(name)
    return "missing" if path is None else f"SHA-256 {file_digest(Path(path))[:12]}"


def _places(template: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise ConfigError(f"{template!r}: {error}") from None


def _filled(template: str, places: Mapping[str, object]) -> list[str]:
    """Return the words of a command; a name with a space stays one word."""
    return [word.format(**places) for word in shlex.split(template)]
