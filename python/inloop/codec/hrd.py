# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a stream says of its decoder's buffer: SEI messages of the hypothetical reference decoder.

Sources: Rec. ITU-T H.265, Annex C (the buffer), D.2.2 and D.2.3 (the messages), E.2.2 (rate and size, in the SPS).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from inloop.ratecontrol.vbv import Buffer, VbvOptions

if TYPE_CHECKING:
    from inloop.structure.plan import PicturePlan

NAL_PREFIX_SEI = 39
LARGEST_SEI_BITS = 300

_BUFFERING_PERIOD, _PICTURE_TIMING = 0, 1
_CLOCK_HZ = 90_000
_DELAY_BITS = 24


@dataclass
class _Bits:
    """Bits of a payload, most significant first."""

    value: int = 0
    count: int = 0

    def put(self, value: int, bits: int) -> _Bits:
        """Append a number of so many bits."""
        self.value = self.value << bits | value
        self.count += bits
        return self

    def closed(self) -> bytes:
        """Return the bytes, with a one and zeros behind the last bit unless it ends one."""
        if self.count % 8:
            self.put(1, 1).put(0, -self.count % 8)
        return self.value.to_bytes(self.count // 8, "big")


@dataclass
class HrdMessages:
    """Follows the decoder's buffer through a stream and writes the message in front of each picture.

    Attributes:
        options: Rate and size of the buffer.
        fps: Pictures a second: a tick of the stream's clock is one picture.
        reordering: Pictures that may precede another in coding and follow it in display order.
    """

    options: VbvOptions
    fps: Fraction
    reordering: int
    _buffer: Buffer = field(init=False)
    _coded: int = 0
    _period_start: int = 0

    def __post_init__(self) -> None:
        """Fill the buffer. Raises ConfigError where it is too small for the rate."""
        self._buffer = Buffer(self.options, float(self.fps))

    @property
    def rate_and_size(self) -> tuple[int, int]:
        """Bits a second, and bits: what the SPS is to say."""
        return math.ceil(1000 * self.options.maxrate_kbps), math.ceil(1000 * self.options.bufsize_kbit)

    def payload(self, plan: PicturePlan) -> bytes:
        """Return the payload of the SEI NAL unit of the next picture, which has been planned but not coded."""
        messages = b""
        if plan.is_irap:
            messages += _message(_BUFFERING_PERIOD, self._buffering_period())
        messages += _message(_PICTURE_TIMING, self._picture_timing(plan))
        if plan.is_irap:
            self._period_start = self._coded
        return messages + b"\x80"  # rbsp_trailing_bits()

    def remove(self, bits: int) -> None:
        """Take note of the size of the picture, everything in its access unit included."""
        self._buffer.remove(bits)
        self._coded += 1

    def _buffering_period(self) -> bytes:
        rate, size = self.rate_and_size
        full = _CLOCK_HZ * size // rate
        delay = min(max(1, math.ceil(_CLOCK_HZ * self._buffer.fullness / rate)), full)
        bits = _Bits().put(1, 1)  # bp_seq_parameter_set_id 0
        bits.put(0, 1).put(0, 1)  # irap_cpb_params_present_flag, concatenation_flag
        bits.put(0, _DELAY_BITS)  # au_cpb_removal_delay_delta_minus1: a tick
        return bits.put(delay, _DELAY_BITS).put(full - delay, _DELAY_BITS).closed()

    def _picture_timing(self, plan: PicturePlan) -> bytes:
        removal = max(1, self._coded - self._period_start)
        output = max(0, plan.index + self.reordering - self._coded)
        return _Bits().put((removal - 1) % 2**_DELAY_BITS, _DELAY_BITS).put(output, _DELAY_BITS).closed()


def _message(payload_type: int, payload: bytes) -> bytes:
    return bytes([payload_type, len(payload)]) + payload
