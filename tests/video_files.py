# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Small files as other programs write them, and FFmpeg to look at ours."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

TICK = Fraction(1, 12800)
"""Of times in the files made here."""


def write_film(
    path: Path,
    times: Sequence[int],
    *,
    size: tuple[int, int] = (64, 48),
    sound_s: float = 0.0,
    subtitles: bool = False,
    words: dict[str, str] | None = None,
    matrix: Sequence[int] | None = None,
    attachment: bytes = b"",
) -> None:
    """Write a container with one picture a time (in ticks), B pictures among them, and what else is asked for."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, width=size[0], height=size[1])
        video.codec_context.time_base = TICK
        video.options = {"bf": "2", "g": "6"}
        if matrix is not None:
            video.set_display_matrix(matrix)
        sound = container.add_stream("aac", rate=8000, layout="mono") if sound_s else None
        if sound is not None:
            sound.metadata["language"] = "fin"
        if attachment:
            container.add_attachment("font.ttf", "application/x-truetype-font", attachment)
        if words is not None:
            container.metadata.update(words)
            chapter = {"id": 1, "start": 0, "end": 200, "time_base": Fraction(1, 1000)}
            container.set_chapters([{**chapter, "metadata": {"title": "Arrival"}}])
        if subtitles:
            write_subtitles(container, path)
        if sound is not None:
            write_sound(container, sound, sound_s)
        for index, time in enumerate(times):
            picture = av.VideoFrame.from_ndarray(picture_of(index, size), "yuv420p")
            picture.pts, picture.time_base = time, TICK
            container.mux(video.encode(picture))
        container.mux(video.encode(None))


def picture_of(index: int, size: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Planes as PyAV takes them: a slope that moves, no two pictures alike."""
    width, height = size
    slope = np.add.outer(2 * np.arange(height * 3 // 2), np.arange(width)) + 9 * index
    return (slope % 200 + 20).astype(np.uint8)


def write_sound(container: Any, stream: Any, seconds: float) -> None:
    for start in range(0, round(8000 * seconds), 1024):
        tone = (8000 * np.sin(np.arange(start, start + 1024) / 7)).astype(np.float32) / 32768
        frame = av.AudioFrame.from_ndarray(tone[None], "fltp", "mono")
        frame.sample_rate, frame.pts = 8000, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def write_subtitles(container: Any, path: Path) -> None:
    text = path.with_suffix(".srt")
    text.write_text("1\n00:00:00,100 --> 00:00:00,300\nHello\n\n")
    with av.open(str(text)) as source:
        stream = container.add_stream_from_template(source.streams.subtitles[0])
        for packet in source.demux():
            if packet.size:
                packet.stream = stream
                container.mux(packet)


def streams_of(path: Path) -> list[tuple[str, str]]:
    """Kind and codec of every stream."""
    with av.open(str(path)) as container:
        return [
            (stream.type, "" if stream.codec_context is None else stream.codec_context.codec.canonical_name)
            for stream in container.streams
        ]


def packet_times(path: Path, kind: str = "video") -> list[tuple[Fraction, Fraction | None]]:
    """Presentation and decoding time of every packet of the first stream of a kind, in seconds."""
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        packets = [packet for packet in container.demux(stream) if packet.size]
        return [
            (p.pts * p.time_base, None if p.dts is None else p.dts * p.time_base)
            for p in packets
            if not p.is_discard
        ]


def shown_times(path: Path) -> list[Fraction]:
    """When FFmpeg shows the pictures."""
    with av.open(str(path)) as container:
        return [picture.pts * picture.time_base for picture in container.decode(video=0)]


def sound_md5(path: Path) -> str:
    """Hash of the coded sound."""
    digest = hashlib.md5(usedforsecurity=False)
    with av.open(str(path)) as container:
        for packet in container.demux(audio=0):
            digest.update(bytes(packet))
    return digest.hexdigest()


def ffmpeg(*arguments: str | Path) -> None:
    """Run the program; skips the test where there is none."""
    program = shutil.which("ffmpeg")
    if program is None:
        program = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-y", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)
