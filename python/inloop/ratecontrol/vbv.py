# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder's buffer: its model, and QP levels at which it does not run empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from inloop.errors import ConfigError
from inloop.ratecontrol.bit_model import Forecast

INITIAL_FULLNESS = 0.9
_RESERVE = 0.15
_CURRENT_MARGIN = 1.3
_QP_LEVEL_STEP = 0.125


@dataclass(frozen=True)
class VbvOptions:
    """Size and filling rate of the decoder's buffer (Rec. ITU-T H.265, Annex C: the coded picture buffer).

    Attributes:
        maxrate_kbps: Kilobits a second that arrive while it is not full.
        bufsize_kbit: Kilobits it holds.
        initial: Share of it that is full when the first picture is taken out, above 0, up to 1.
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
        if not 0 < self.initial <= 1:
            raise ConfigError(f"initial fullness {self.initial:g} is not above 0 and up to 1")


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

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits."""
        return self.fullness >= self.size_bits

    def copy(self) -> Buffer:
        """Return a buffer in the same state."""
        return replace(self)

    def remove(self, bits: float) -> float:
        """Take a picture out; return what was left, negative after an underflow, and let the next interval pass."""
        left = self.fullness - bits
        self.underflows += left < 0
        self.fullness = min(self.size_bits, max(left, 0.0) + self.refill_bits)
        return left


def lowest_safe_qp_level(buffer: Buffer, window: Forecast, qp_level: float, highest: float) -> float:
    """Return the lowest QP level for the next picture at which the buffer is expected to hold.

    The pictures of the window share a QP level, unless the buffer is full before the picture that forbids a lower one:
    what arrives then is lost, and those up to there may as well be finer. A reserve stays in the buffer, and the
    current picture may turn out larger than expected.

    Args:
        buffer: State of the buffer before the picture.
        window: What the pictures from here on are expected to take.
        qp_level: Lowest QP level that is wanted.
        highest: Highest one that is possible.
    """
    _, high, blocked = _bisect(lambda wanted: _first_failure(buffer, window, wanted), qp_level, highest)
    full = _last_full(buffer, window, high, blocked)
    if not full:
        return high
    return _bisect(lambda wanted: _first_failure(buffer, window, wanted, full), qp_level, high)[1]


def _bisect(
    failure: Callable[[float], int | None], qp_level: float, highest: float
) -> tuple[float, float, int]:
    """Return a QP level that fails and a higher one that does not, and the picture at which the lower one fails.

    Where `qp_level` does not fail itself, both are that and the picture is 0.
    """
    failed = failure(qp_level)
    if failed is None:
        return qp_level, qp_level, 0
    low = qp_level
    while highest - low > _QP_LEVEL_STEP:
        middle = (low + highest) / 2
        found = failure(middle)
        if found is None:
            highest = middle
        else:
            low, failed = middle, found
    return low, highest, failed


def _first_failure(buffer: Buffer, window: Forecast, qp_level: float, full: int | None = None) -> int | None:
    """Return the first picture of the window that leaves too little in the buffer at a QP level; None: all are well.

    full: look at so many pictures only; the buffer has to be full behind them.
    """
    reserve = _RESERVE * buffer.size_bits
    simulated = buffer.copy()
    for position, bits in enumerate(islice(window.each(qp_level), full)):
        margin = 1.0 if position else _CURRENT_MARGIN
        # A nearly empty buffer cannot keep the reserve, but it must not fall further.
        if simulated.fullness - margin * bits < min(reserve, 0.5 * simulated.fullness):
            return position
        simulated.remove(bits)
    return None if full is None or simulated.is_full else full


def _last_full(buffer: Buffer, window: Forecast, qp_level: float, end: int) -> int:
    """Return how many of the first `end` pictures come before the buffer is full for the last time; 0: it never is."""
    simulated, last = buffer.copy(), 0
    for position, bits in enumerate(islice(window.each(qp_level), end)):
        simulated.remove(bits)
        if simulated.is_full:
            last = position + 1
    return last
