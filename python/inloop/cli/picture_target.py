# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where decoded pictures go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import Any

from inloop.cli.copy_options import CopyingOptions
from inloop.cli.output_options import PictureOutputOptions
from inloop.codec import Decoder
from inloop.coolchic import RgbPicture
from inloop.io import VideoInfo, open_video_writer
from inloop.io.orientation import orientation_of
from inloop.io.rgb import open_rgb_writer
from inloop.io.surroundings import Surroundings, open_surroundings
from inloop.io.video import SourceContainer
from inloop.video.frame import Frame
from inloop.video.signal import SignalDescription


class PictureTarget:
    """Where pictures go, if anywhere; its form is known with the first of them."""

    def __init__(
        self,
        output: str | None,
        form: PictureOutputOptions,
        copying: CopyingOptions,
        container: SourceContainer | None,
        *,
        is_cut: Callable[[], bool],
    ) -> None:
        """Take names and options.

        Args:
            output: The file; None where pictures are decoded only.
            form: How they are written.
            copying: What goes with them.
            container: The one that they come from.
            is_cut: Tells, at the end, whether pictures there are left out.
        """
        self._output, self._form, self._copying, self._container = output, form, copying, container
        self._is_cut = is_cut
        self._surroundings: Surroundings | None = None
        self._unsaid: list[str] = []

    def written(
        self, pictures: Iterator[Frame | RgbPicture], fps: Callable[[], Fraction], decoder: Decoder
    ) -> Iterator[Frame | RgbPicture]:
        """Pass the pictures on as they are decoded, written to the output if there is one."""
        first = next(pictures, None)
        if first is None:
            return
        everything = chain([first], pictures)
        if self._output is None:
            yield from everything
            return
        opened = self._rgb() if isinstance(first, RgbPicture) else self._video(first, fps(), decoder.signal)
        with opened as write:
            for picture in everything:
                write(picture)
                yield picture

    def notes(self) -> Iterator[str]:
        """Yield what the output cannot say, once it is complete."""
        if self._unsaid:
            yield f"{self._output} cannot say what the stream does: {', '.join(self._unsaid)}"
        if self._surroundings is not None:
            yield from self._surroundings.notes()

    @contextmanager
    def _rgb(self) -> Iterator[Callable[[Any], None]]:
        assert self._output is not None
        with open_rgb_writer(self._output) as writer:
            yield writer.write

    @contextmanager
    def _video(
        self, first: Frame, fps: Fraction, signal: SignalDescription
    ) -> Iterator[Callable[[Any], None]]:
        assert self._output is not None
        container, orientation = self._container, orientation_of(self._container)
        info = VideoInfo(first.width, first.height, fps, first.bit_depth, signal=signal)
        turn = orientation if self._copying.rotate == "apply" else None
        if turn is not None and container is not None:
            container, info = replace(container, display_matrix=None), turn.turned_info(info)
        kind = self._form.container(self._output)
        options = self._copying.copy_options()
        with (
            open_surroundings(container, fps, kind, options, is_cut=self._is_cut) as surroundings,
            open_video_writer(
                self._output,
                info,
                self._form.output_format,
                sizes_may_change=True,
                encoding=self._form.encoding(),
                surroundings=surroundings,
            ) as writer,
        ):
            self._surroundings = surroundings
            if kind is None:
                self._unsaid = [f"{name} {value}" for name, value in signal.colour_lines()]

            def write(frame: Frame) -> None:
                surroundings.timeline.record(frame)
                writer.write(frame if turn is None else turn.turned(frame))

            yield write
