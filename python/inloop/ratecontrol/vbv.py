# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder's buffer: its model, and levels at which it does not run empty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inloop.errors import ConfigError

if TYPE_CHECKING:
    from inloop.ratecontrol.bit_model import Forecast

INITIAL_FULLNESS = 0.9
_RESERVE = 0.15
_CURRENT_MARGIN = 1.3
_LEVEL_STEP = 0.125


@dataclass(frozen=True)
class VbvOptions:
    """Size and filling rate of the decoder's buffer (Rec. ITU-T H.265, Annex C: the coded picture buffer).

    Attributes:
        maxrate_kbps: Kilobits a second that arrive while it is not full.
        bufsize_kbit: Kilobits it holds.
        initial: Share of it that is full when the first picture is taken out, 0.1 to 1.
    """

    maxrate_kbps: float
    bufsize_kbit: float
    initial: float = INITIAL_FULLNESS

    def __post_init__(self) -> None:
        """Raise ConfigError where a value is out of range."""
        if not 0 < self.maxrate_kbps < 10**7:
            raise ConfigError(f"maximal rate {self.maxrate_kbps:g} kbit/s is out of range")
        if not 0 < self.bufsize_kbit < 10**7:
            raise ConfigError(f"buffer size {self.bufsize_kbit:g} kbit is out of range")
        if not 0.1 <= self.initial <= 1:
            raise ConfigError(f"initial fullness {self.initial:g} is outside 0.1..1")


@dataclass
class Buffer:
    """The buffer as pictures are taken out of it in coding order, one every 1 / fps seconds.

    Attributes:
        options: Its size and rate.
        fps: Pictures a second.
        fullness: Bits in it when the next picture is taken out.
        underflows: Pictures that were larger than what was in it.
    """

    options: VbvOptions
    fps: float
    fullness: float = -1.0
    underflows: int = 0

    def __post_init__(self) -> None:
        """Fill the buffer. Raises ConfigError where it does not even hold what arrives during a picture."""
        if self.fullness < 0:
            self.fullness = self.options.initial * self.size_bits
        if self.size_bits < self.refill_bits:
            raise ConfigError(
                f"a buffer of {self.options.bufsize_kbit:g} kbit is less than a picture's share of "
                f"{self.options.maxrate_kbps:g} kbit/s"
            )

    @property
    def size_bits(self) -> float:
        """What it holds."""
        return 1000 * self.options.bufsize_kbit

    @property
    def refill_bits(self) -> float:
        """What arrives from one picture to the next."""
        return 1000 * self.options.maxrate_kbps / self.fps

    def copy(self) -> Buffer:
        """Return a buffer in the same state."""
        return replace(self)

    def remove(self, bits: float) -> float:
        """Take a picture out; return what was left, negative after an underflow, and let the next interval pass."""
        left = self.fullness - bits
        self.underflows += left < 0
        self.fullness = min(self.size_bits, max(left, 0.0) + self.refill_bits)
        return left


def lowest_safe_level(buffer: Buffer, window: Forecast, level: float, highest: float) -> float:
    """Return the lowest level from `level` on at which the buffer is expected to hold over the window.

    A reserve stays in it, and the current picture may turn out larger than expected.
    """
    reserve = _RESERVE * buffer.size_bits

    def holds(candidate: float) -> bool:
        simulated = buffer.copy()
        for position, bits in enumerate(window.each(candidate)):
            margin = 1.0 if position else _CURRENT_MARGIN
            # A nearly empty buffer cannot keep the reserve, but it must not fall further.
            if simulated.fullness - margin * bits < min(reserve, 0.5 * simulated.fullness):
                return False
            simulated.remove(bits)
        return True

    if holds(level):
        return level
    low = level
    while highest - low > _LEVEL_STEP:
        middle = (low + highest) / 2
        low, highest = (low, middle) if holds(middle) else (middle, highest)
    return highest
