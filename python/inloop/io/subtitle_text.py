# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Subtitles that are text, in the form of the container that they go into: SubRip in Matroska, 3GPP text in MP4."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

_TEXTS = ("subrip", "mov_text", "ass", "webvtt", "text")
_FORMS = {"mp4": "mov_text", "mov": "mov_text", "matroska": "subrip", "webm": "webvtt"}
"""FFmpeg's names of the text that containers take, by that of the container."""
_TEXT_FIELD = 8
"""Commas in front of the text of an event, as FFmpeg's decoders give it."""
_MS = Fraction(1, 1000)


class TextConversion:
    """Subtitles of one stream on their way into another form.

    Attributes:
        stream: That of the container that is written.
        failures: Subtitles that could not be read or written, and are left out.
    """

    def __init__(self, av: Any, container: Any, source: Any, codec: str) -> None:
        """Add a stream of a form to a PyAV container for the text of a stream of another one."""
        self._av, self._decoder = av, source.codec_context
        self._decoder.open(strict=False)
        self.stream = container.add_stream(codec)
        self._encoder = self.stream.codec_context
        self._encoder.subtitle_header = self._decoder.subtitle_header
        self._encoder.time_base = self.stream.time_base = _MS
        self.failures = 0

    def converted(self, packet: Any) -> Any:
        """Return a packet in the form that is written, None for one without text."""
        duration = int((packet.duration or 0) * packet.time_base / _MS)
        try:
            subtitles = self._decoder.decode2(packet)
            events = [subtitle.ass for subtitle in subtitles or () if subtitle.type == b"ass"]
            if not events:
                return None
            texts = [event.split(b",", _TEXT_FIELD)[-1] for event in events[1:]]
            event = b"\\N".join([events[0], *texts])
            made = self._encoder.encode_subtitle(
                self._av.subtitles.subtitle.SubtitleSet.create(event, 0, duration)
            )
        except self._av.FFmpegError:
            self.failures += 1
            return None
        made.pts, made.dts, made.duration = packet.pts, packet.dts, packet.duration
        made.time_base, made.stream = packet.time_base, self.stream
        return made


def text_conversion(av: Any, container: Any, source: Any) -> TextConversion | None:
    """Return what makes the subtitles of a stream fit into a PyAV container; None where nothing does."""
    form = _FORMS.get(container.format.name)
    if form is None or source.codec_context.codec.canonical_name not in _TEXTS:
        return None
    try:
        return TextConversion(av, container, source, form)
    except (ValueError, av.FFmpegError):  # this FFmpeg lacks one of the forms
        return None
