# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options of the commands that write pictures: the form, and the encoder of a container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from inloop.errors import ConfigError
from inloop.io import OutputFormat
from inloop.io.video_encoding import VideoEncoding, video_container_of


@Parameter(name="*", group="Output")
@dataclass(frozen=True, kw_only=True)
class PictureOutputOptions:
    """How pictures are written."""

    output_format: Annotated[
        OutputFormat | None,
        Parameter(
            help="Form of the output; from its name, y4m on a pipe. nut is samples with their times, for pipes into "
            "FFmpeg and players."
        ),
    ] = None
    video_codec: Annotated[
        str | None,
        Parameter(
            name=["--video-codec", "-c:v"],
            help="FFmpeg's encoder of a container, as ffv1 or libx264; by default ffv1 in .mkv and .avi, libx264 at "
            "crf 16 in .mp4, .mov and .ts.",
        ),
    ] = None
    crf: Annotated[str | None, Parameter(help="Constant quality of that encoder, as 16.")] = None
    encoder_option: Annotated[
        tuple[str, ...],
        Parameter(negative=(), help="Another option of that encoder, as preset=slow; may be repeated."),
    ] = ()

    def encoding(self) -> VideoEncoding:
        """Return how the pictures of a container are coded. Raises ConfigError."""
        options = {} if self.crf is None else {"crf": self.crf}
        for text in self.encoder_option:
            name, equals, value = text.partition("=")
            if not (name and equals):
                raise ConfigError(f"--encoder-option {text} is not of the form name=value")
            options[name] = value
        return VideoEncoding(self.video_codec, options)

    def container(self, output: str) -> str | None:
        """Return FFmpeg's name of the container that is written; None for pictures alone."""
        if self.output_format is not None:
            return "nut" if self.output_format == "nut" else None
        return video_container_of(output)

    def check(self, output: str | None) -> None:
        """Raise ConfigError where options say how to write what is not written."""
        if output is None and (self.output_format is not None or self.encoding().is_given):
            raise ConfigError(
                "--output-format, -c:v, --crf, --encoder-option: without --output nothing is written"
            )
