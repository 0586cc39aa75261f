# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder's buffer through a joined stream: the messages of its pictures as if one encoder had written them.

Within a chunk the messages are right as they are, because they count from the last buffering period. At the pictures
that decoding may start at, the fullness of the buffer and the time since the last such picture depend on the chunks
before (Rec. ITU-T H.265, D.2.2, D.2.3 and C.2.3).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from inloop._core import NalType
from inloop.chunks.coding import ChunkPicture
from inloop.chunks.units import escaped, join_units, split_units, type_of, unescaped
from inloop.errors import InloopError
from inloop.io.nal import starts_anew
from inloop.ratecontrol.vbv import Buffer, VbvOptions

_CLOCK_HZ = 90_000
_DELAY_BYTES = 3
_HEAD_BYTES = 2
_BUFFERING_PERIOD, _PICTURE_TIMING = 0, 1
_PERIOD_BYTES, _TIMING_BYTES = 10, 6
_PERIOD_HEAD_BITS = 27
"""Bits of a buffering period message in front of its delay: three fields, and 24 bits of another delay."""


class JoinedBuffer:
    """The decoder's buffer as the pictures of a joined stream are taken out of it.

    Args:
        options: Size and rate, and how full it is at the start.
        fps: Pictures a second.

    Raises:
        ConfigError: It is too small for the rate.
    """

    def __init__(self, options: VbvOptions, fps: float) -> None:
        self._buffer = Buffer(options, fps)
        self._rate = math.ceil(1000 * options.maxrate_kbps)
        self._size = math.ceil(1000 * options.bufsize_kbit)
        self._coded = self._period_start = 0

    def joined(self, pictures: Sequence[ChunkPicture]) -> list[bytes] | None:
        """Take the pictures of the next chunk out, and return them with the messages that are true.

        None, and nothing is taken out, where the buffer would run empty.
        """
        before = self._buffer.copy(), self._coded, self._period_start
        data = [self._written(picture.data) for picture in pictures]
        if self._buffer.underflows == before[0].underflows:
            return data
        self._buffer, self._coded, self._period_start = before
        return None

    def share(self, margin_bits: int) -> float:
        """Return how full it is, less a margin."""
        return max(self._buffer.fullness - margin_bits, 1.0) / self._buffer.size_bits

    def _written(self, data: bytes) -> bytes:
        """Return the next access unit with the messages that are true, and take it out."""
        if starts_anew(data):
            data = join_units([(start, self._message(unit)) for start, unit in split_units(data)])
            self._period_start = self._coded
        self._buffer.remove(8 * len(data))
        self._coded += 1
        return data

    def _message(self, unit: bytes) -> bytes:
        """Return an SEI NAL unit with what is true of the buffer now; any other as it is."""
        if type_of(unit) != NalType.PREFIX_SEI or unit[_HEAD_BYTES] != _BUFFERING_PERIOD:
            return unit
        plain = bytearray(unescaped(unit))
        places = dict(_messages(plain))
        if set(places) != {_BUFFERING_PERIOD, _PICTURE_TIMING}:
            raise InloopError("an encoder wrote other messages of the buffer than are known")
        period, timing = places[_BUFFERING_PERIOD], places[_PICTURE_TIMING]
        plain[period : period + _PERIOD_BYTES] = self._period(bytes(plain[period : period + _PERIOD_BYTES]))
        since = max(1, self._coded - self._period_start) - 1
        plain[timing : timing + _DELAY_BYTES] = since.to_bytes(_DELAY_BYTES + 1, "big")[-_DELAY_BYTES:]
        return escaped(bytes(plain))

    def _period(self, payload: bytes) -> bytes:
        """Return a buffering period message with the delay that the buffer's fullness stands for."""
        full = _CLOCK_HZ * self._size // self._rate
        filled = math.ceil(_CLOCK_HZ * self._buffer.fullness / self._rate)
        delay = min(max(1, filled), full)
        number, bits = int.from_bytes(payload, "big"), 8 * _PERIOD_BYTES
        for position, value in ((_PERIOD_HEAD_BITS, delay), (_PERIOD_HEAD_BITS + 24, full - delay)):
            shift = bits - position - 24
            number = number & ~(0xFFFFFF << shift) | (value & 0xFFFFFF) << shift
        return number.to_bytes(_PERIOD_BYTES, "big")


def _messages(unit: bytes | bytearray) -> Iterator[tuple[int, int]]:
    """Yield types and places of the messages in an SEI NAL unit that have the sizes of our encoder's."""
    position = _HEAD_BYTES
    while position + 2 < len(unit):
        kind, size = unit[position], unit[position + 1]
        if size == {_BUFFERING_PERIOD: _PERIOD_BYTES, _PICTURE_TIMING: _TIMING_BYTES}.get(kind):
            yield kind, position + 2
        position += 2 + size
