# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What lies beside the pictures in a container: sound, subtitles, chapters and words are copied as they are.

Only subtitles that are text get the form of the other container.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from inloop.errors import ConfigError
from inloop.extras import import_extra
from inloop.io.held_words import held_words
from inloop.io.subtitle_text import TextConversion, text_conversion
from inloop.io.video import SourceContainer

KINDS = {
    "video": "other pictures",
    "audio": "audio",
    "subtitle": "subtitles",
    "data": "data",
    "attachment": "attachments",
}
"""Words for the kinds of streams that FFmpeg tells apart."""
_LETTERS = {kind[0]: kind for kind in KINDS if kind != "attachment"} | {"t": "attachment"}
_MAP = re.compile(r"(-?)(?:0(?::|$))?(?:([vasdt])(?::(\d{1,3}))?|(\d{1,3}))?(\??)")
_MPEGTS_CODECS = {
    *("mp2", "mp3", "aac", "aac_latm", "ac3", "eac3", "dts", "truehd", "opus", "s302m"),
    *("dvb_subtitle", "dvb_teletext", "hdmv_pgs_subtitle"),
}
"""What MPEG transport streams have types for; FFmpeg writes others too, and nothing reads them."""
_OF_THE_FILE = ("major_brand", "minor_version", "compatible_brands", "encoder")
_OF_THE_STREAM = (
    "encoder",
    "vendor_id",
    "duration",
    "bps",
    "number_of_frames",
    "number_of_bytes",
    "_statistics",
)
"""Starts of words about the coded data itself, which are not true of another's."""


@dataclass(frozen=True)
class CopyOptions:
    """Which streams go with the pictures.

    Attributes:
        audio: Whether sound does.
        maps: Streams as FFmpeg's -map names them (a, a:1, s, 0:2, -s:0); none for all that the container can hold.
    """

    audio: bool = True
    maps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.maps:
            if not text.strip("-?") or not _MAP.fullmatch(text):
                raise ConfigError(
                    f"--map {text} is not of the form a, a:1, s, 0:2 or -s:0 (v, a, s, d, t: video, audio, subtitles, "
                    "data, attachments)"
                )

    def chosen(self, streams: Iterable[Any], video: int) -> list[Any]:
        """Return the streams beside the video that are wanted. Raises ConfigError for a map that fits none."""
        everything = list(streams)
        others = [stream for stream in everything if stream.index != video]
        taken = set() if any(not text.startswith("-") for text in self.maps) else {s.index for s in others}
        for text in self.maps:
            fitting = {stream.index for stream in _fitting(text, everything)}
            if not fitting and not text.endswith("?"):
                raise ConfigError(f"--map {text} fits no stream of the input")
            taken = taken - fitting if text.startswith("-") else taken | fitting
        return [s for s in others if s.index in taken and (self.audio or s.type != "audio")]


def _fitting(text: str, streams: list[Any]) -> list[Any]:
    match = _MAP.fullmatch(text)
    assert match is not None  # CopyOptions looked at it
    _, letter, number, index, _ = match.groups()
    if index is not None:
        return [stream for stream in streams if stream.index == int(index)]
    if letter is None:
        return streams
    of_kind = [stream for stream in streams if stream.type == _LETTERS[letter]]
    return of_kind if number is None else of_kind[int(number) : int(number) + 1]


class Companions:
    """Streams, chapters and words of one open container on their way into another.

    Attributes:
        lost: What the container that is written cannot hold, in words; known once they were added.
    """

    def __init__(self, av: Any, source: Any, facts: SourceContainer, options: CopyOptions) -> None:
        """Take an open PyAV container. Raises ConfigError where the options name a stream that it has not."""
        self._av, self._source, self._facts = av, source, facts
        self._wanted = options.chosen(source.streams, facts.stream)
        self._streams: dict[int, Any] = {}
        self._conversions: dict[int, TextConversion] = {}
        self._packets: Iterator[Any] = iter(())
        self._held: Any = None
        self.lost: list[str] = []

    def add_to(self, container: Any, video: Any, origin: Fraction) -> None:
        """Add streams, chapters and words to a PyAV container that is about to be written.

        Args:
            container: What is written.
            video: Its video stream, which gets the words of the source's.
            origin: Time in the source, from its start, that becomes 0.
        """
        self._origin = self._facts.start + origin
        self._add_words(container, video)
        for stream in self._wanted:
            added = self._added(container, stream)
            if added is None:
                if not self._is_of_chapters(stream):
                    self.lost.append(_name(stream))
            elif stream.type != "attachment":
                self._streams[stream.index] = added
        if self._streams:
            self._packets = self._moved()
            self._held = next(self._packets, None)

    def until(self, time: Fraction) -> Iterator[Any]:
        """Yield the packets that come before a time of the container that is written."""
        while self._held is not None and self._held.dts * self._held.time_base < time:
            yield self._held
            self._held = next(self._packets, None)

    def rest(self) -> Iterator[Any]:
        """Yield the packets that have not come yet."""
        while self._held is not None:
            yield self._held
            self._held = next(self._packets, None)

    def _moved(self) -> Iterator[Any]:
        """Yield the packets of the streams that were added, moved by the origin; what lies before it is left out."""
        wanted = [stream for stream in self._wanted if stream.index in self._streams]
        for packet in self._source.demux(wanted):
            if packet.size == 0:
                continue
            shift = round(self._origin / packet.time_base)
            times = [time - shift for time in (packet.pts, packet.dts) if time is not None]
            if not times or (self._origin > self._facts.start and times[0] < 0):
                continue
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = times[0] if packet.dts is None else packet.dts - shift
            conversion = self._conversions.get(packet.stream_index)
            if conversion is None:
                packet.stream = self._streams[packet.stream_index]
                yield packet
            elif (made := conversion.converted(packet)) is not None:
                yield made
        for index, conversion in self._conversions.items():
            if conversion.failures:
                self.lost.append(f"{conversion.failures} damaged subtitles of stream {index}")

    def _added(self, container: Any, stream: Any) -> Any:
        """Return the stream that takes the packets of another; None where the container cannot hold it."""
        if container.format.name == "mpegts" and _codec_name(stream) not in _MPEGTS_CODECS:
            return None
        if stream.type not in ("audio", "subtitle") and container.format.name != "matroska":
            return None
        if stream.type in ("video", "data"):
            return None
        try:
            added = container.add_stream_from_template(stream)
        except ValueError:
            conversion = text_conversion(self._av, container, stream)
            if conversion is None:
                return None
            self._conversions[stream.index] = conversion
            added = conversion.stream
        added.metadata.update(_kept(stream.metadata, _OF_THE_STREAM))
        added.disposition = stream.disposition
        return added

    def _add_words(self, container: Any, video: Any) -> None:
        container.metadata.update(_kept(self._source.metadata, _OF_THE_FILE))
        of_video = self._source.streams[self._facts.stream]
        video.metadata.update(_kept(of_video.metadata, _OF_THE_STREAM))
        video.disposition = of_video.disposition
        chapters = [self._moved_chapter(chapter) for chapter in self._source.chapters()]
        chapters = [chapter for chapter in chapters if chapter["end"] > 0]
        container.set_chapters(chapters)
        words = dict(container.metadata)
        held, holds_chapters = held_words(self._av, container.format.name, words, chapters)
        if unheld := sorted(word for word in words if word.lower() not in held):
            self.lost.append(f"the words {', '.join(unheld)}")
        if chapters and not holds_chapters:
            self.lost.append("chapters")

    def _is_of_chapters(self, stream: Any) -> bool:
        """Whether a stream holds the titles of chapters, which are copied in another way."""
        return stream.type == "data" and bool(self._source.chapters()) and _codec_name(stream) == ""

    def _moved_chapter(self, chapter: Mapping[str, Any]) -> dict[str, Any]:
        shift = round(self._origin / chapter["time_base"])
        moved = {"start": max(0, chapter["start"] - shift), "end": chapter["end"] - shift}
        return {**chapter, **moved}


def _codec_name(stream: Any) -> str:
    context = stream.codec_context
    return "" if context is None else str(context.codec.canonical_name)


def _kept(words: Mapping[str, str], left_out: tuple[str, ...]) -> dict[str, str]:
    return {key: value for key, value in words.items() if not key.lower().startswith(left_out)}


def _name(stream: Any) -> str:
    codec = _codec_name(stream)
    return f"{KINDS.get(stream.type, stream.type)} of stream {stream.index}" + (
        f" ({codec})" if codec else ""
    )


@contextmanager
def open_companions(path: Path, facts: SourceContainer, options: CopyOptions) -> Iterator[Companions]:
    """Open a file for what lies beside its pictures. Raises OSError, and ConfigError as `Companions`."""
    av = import_extra("av", "video")
    with av.open(f"file:{path}", metadata_errors="replace") as source:
        yield Companions(av, source, facts, options)
