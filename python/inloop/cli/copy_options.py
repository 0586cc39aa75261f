# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options about what lies beside the pictures in a container, and how players turn them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

from inloop.cli.early_end import EarlyEnd
from inloop.cli.options import SourceOptions, flag
from inloop.io.companions import CopyOptions
from inloop.io.orientation import upright
from inloop.io.surroundings import Surroundings, open_surroundings
from inloop.io.video import VideoReader
from inloop.video.signal import SignalDescription


@Parameter(name="*", group="Copying")
@dataclass(frozen=True, kw_only=True)
class CopyingOptions:
    """What goes from container to container as it is: sound, subtitles, chapters, words, how players turn pictures."""

    no_audio: Annotated[bool, flag("--no-audio", "Leave out sound.")] = False
    map_: Annotated[
        tuple[str, ...],
        Parameter(
            name="--map",
            allow_leading_hyphen=True,
            negative=(),
            help="Copy these streams only, as FFmpeg names them: a, a:1, s, 0:2, or all but -s. May be repeated; all "
            "by default.",
        ),
    ] = ()
    rotate: Annotated[
        Literal["keep", "apply"],
        Parameter(help="Pictures that players turn: say so in the output too, or turn them."),
    ] = "keep"

    def copy_options(self) -> CopyOptions:
        """Return which streams are copied. Raises ConfigError for a map that is none."""
        return CopyOptions(audio=not self.no_audio, maps=self.map_)

    def turned(self, video: VideoReader, said: SignalDescription | None = None) -> VideoReader:
        """Return the source, its pictures turned where that was asked for; arguments and errors as for `upright`."""
        return upright(video, said) if self.rotate == "apply" else video

    @contextmanager
    def surroundings(
        self, video: VideoReader, form: str | None, source: SourceOptions, end: EarlyEnd
    ) -> Iterator[Surroundings]:
        """Give what goes with the pictures, up to their end; errors as for `open_surroundings`."""
        with open_surroundings(
            video.container,
            video.info.fps,
            form,
            self.copy_options(),
            skipped=source.skip > 0,
            is_cut=lambda: source.frames is not None or end.is_early,
        ) as given:
            yield given
