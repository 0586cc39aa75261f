# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""YUV4MPEG2, the self-describing raw format of pipes: 4:2:0 of 8 and 10 bit.

A header line (`YUV4MPEG2 W416 H240 F25:1 Ip A1:1 C420mpeg2`), then for each picture a line starting with
`FRAME` and the planes Y, U, V without padding, two little-endian bytes a sample above 8 bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import BinaryIO

from inloop.errors import BitstreamError, ConfigError, UnsupportedError
from inloop.io.video import (
    DEFAULT_FPS,
    ShortPictureError,
    SourceContainer,
    VideoInfo,
    check_frame_fits,
    picture_count,
)
from inloop.video.frame import Frame, frame_bytes
from inloop.video.signal import LOCATIONS, SignalDescription

SIGNATURE = b"YUV4MPEG2"
_FRAME_MARK = b"FRAME"
_MAX_LINE = 4096
_LOCATIONS = {"420jpeg": LOCATIONS["center"], "420paldv": LOCATIONS["topleft"]}
DEINTERLACE = (
    "deinterlace them first, as with ffmpeg -vf bwdif, or encode frames of both fields (--field-order)"
)
_FIELD_ORDERS = {"t": "top", "b": "bottom"}
_CHROMA = re.compile(r"420(?:jpeg|mpeg2|paldv)?|420p(\d+)")


class Y4mReader:
    """Reads pictures from a binary stream; a pipe will do.

    Raises BitstreamError where the stream is no YUV4MPEG2 or is damaged, UnsupportedError for interlaced
    pictures and other chroma formats than 4:2:0.
    """

    def __init__(self, stream: BinaryIO, *, interlaced: bool = False) -> None:
        """Read the header; `interlaced` takes frames of two fields, of which the top or the bottom one comes first."""
        self._stream = stream
        header = _read_line(stream, "the header")
        info = parse_header(header, interlaced=interlaced)
        self._picture_bytes = frame_bytes(info.width, info.height, info.bit_depth)
        # FRAME lines have no parameters in any file in use.
        of_picture = len(_FRAME_MARK) + 1 + self._picture_bytes
        self.info = replace(info, frames=picture_count(stream, of_picture, len(header) + 1))
        self.container: SourceContainer | None = None

    def __iter__(self) -> Iterator[Frame]:
        info = self.info
        index = 0
        while mark := _read_line(self._stream, f"the header of picture {index}", or_end=True):
            if mark != _FRAME_MARK and not mark.startswith(_FRAME_MARK + b" "):
                raise BitstreamError(f"y4m: FRAME expected before picture {index}, found {mark[:16]!r}")
            data = self._stream.read(self._picture_bytes)
            if len(data) != self._picture_bytes:
                raise ShortPictureError(index, len(data), self._picture_bytes)
            yield Frame.from_bytes(data, info.width, info.height, info.bit_depth, pts=index)
            index += 1


class Y4mWriter:
    """Writes pictures to a binary stream. Raises UnsupportedError for other depths than 8 and 10 bit."""

    def __init__(self, stream: BinaryIO, info: VideoInfo) -> None:
        if info.bit_depth not in (8, 10):
            raise UnsupportedError(f"y4m output of {info.bit_depth} bit")
        self._stream = stream
        self._info = info
        stream.write(header_line(info))

    def write(self, frame: Frame) -> None:
        """Append one picture, on a pipe at once.

        Raises ConfigError where its size or depth is not that of the sequence.
        """
        check_frame_fits(frame, self._info)
        self._stream.write(_FRAME_MARK + b"\n" + frame.to_bytes())
        if not self._stream.seekable():
            self._stream.flush()


def header_line(info: VideoInfo) -> bytes:
    """Return the header line with its newline; colours and light levels have no place in it."""
    signal = info.signal
    chroma = f"420p{info.bit_depth}"
    if info.bit_depth == 8:
        chroma = next(
            (tag for tag, place in _LOCATIONS.items() if place == signal.chroma_location), "420mpeg2"
        )
    sar = signal.sar or Fraction(1)
    fields = [f"W{info.width}", f"H{info.height}", f"F{info.fps.numerator}:{info.fps.denominator}"]
    fields.append("Ip" if signal.field_order is None else f"I{signal.field_order[0]}")
    fields += [f"A{sar.numerator}:{sar.denominator}", f"C{chroma}"]
    if signal.full_range is not None:
        fields.append(f"XCOLORRANGE={'FULL' if signal.full_range else 'LIMITED'}")
    return b" ".join([SIGNATURE, *(field.encode() for field in fields)]) + b"\n"


def parse_header(line: bytes, *, interlaced: bool = False) -> VideoInfo:
    """Return what a header line (without its newline) says; errors and `interlaced` as for `Y4mReader`."""
    fields = line.split()
    if not fields or fields[0] != SIGNATURE:
        raise BitstreamError(f"not a y4m stream: it starts with {line[:16]!r}")
    values = {field[:1]: field[1:].decode("ascii", "replace") for field in fields[1:] if field[:1] != b"X"}
    interlacing = values.get(b"I", "p")
    if interlacing not in ("p", "?") and not (interlaced and interlacing in _FIELD_ORDERS):
        raise UnsupportedError(f"y4m: interlaced pictures (I{interlacing}); {DEINTERLACE}")
    try:
        size = _parse_number(values, b"W"), _parse_number(values, b"H")
        chroma = values.get(b"C", "420")
        signal = SignalDescription(
            sar=_parse_aspect(values.get(b"A", "0:0")),
            full_range=_parse_range(fields[1:]),
            chroma_location=_LOCATIONS.get(chroma),
            field_order=_FIELD_ORDERS.get(interlacing),
        )
        rate = _parse_rate(values.get(b"F", "0:0"))
        return VideoInfo(*size, rate, _parse_depth(chroma), signal=signal)
    except ConfigError as error:
        raise BitstreamError(f"y4m: {error}") from None


def _parse_number(values: dict[bytes, str], key: bytes) -> int:
    text = values.get(key, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BitstreamError(f"y4m: the header gives no valid {key.decode()}")
    return int(text)


def _parse_rate(text: str) -> Fraction:
    """Frame rate; 0:0 means unknown in this format."""
    match = re.fullmatch(r"(\d{1,9}):(\d{1,9})", text, re.ASCII)
    if not match:
        raise BitstreamError(f"y4m: frame rate {text!r} is not of the form 30000:1001")
    rate, scale = int(match[1]), int(match[2])
    return Fraction(rate, scale) if rate and scale else DEFAULT_FPS


def _parse_aspect(text: str) -> Fraction | None:
    """Return the aspect ratio of a sample that is not square; 0:0 means unknown."""
    match = re.fullmatch(r"(\d{1,9}):(\d{1,9})", text, re.ASCII)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    known = width and height and width != height  # square is what everyone assumes
    return Fraction(width, height).limit_denominator(65535) if known else None


def _parse_range(fields: list[bytes]) -> bool | None:
    if b"XCOLORRANGE=FULL" in fields:
        return True
    return False if b"XCOLORRANGE=LIMITED" in fields else None


def _parse_depth(text: str) -> int:
    match = _CHROMA.fullmatch(text)
    if not match:
        raise UnsupportedError(f"y4m: chroma format C{text} (4:2:0 of 8 to 16 bit is read)")
    return int(match[1] or 8)


def _read_line(stream: BinaryIO, what: str, *, or_end: bool = False) -> bytes:
    """One line without its newline; b"" at the end of the data where `or_end` allows that."""
    line = stream.readline(_MAX_LINE)
    if not line and or_end:
        return b""
    if not line.endswith(b"\n"):
        raise BitstreamError(f"y4m: {what} is cut off or damaged ({line[:16]!r}...)")
    return line[:-1] or b"\n"
