# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Frame rates as the syntax holds them."""

from __future__ import annotations

from fractions import Fraction

from inloop.errors import ConfigError

_LARGEST_TERM = 2**31 - 1


def frame_rate(fps: float | Fraction) -> Fraction:
    """Return fps as a fraction with terms that fit the syntax. Raises ConfigError unless it is positive."""
    try:
        rate = Fraction(fps).limit_denominator(1_000_000)
    except (ValueError, OverflowError, TypeError) as error:
        raise ConfigError(f"{fps!r} is no frame rate") from error
    if not 0 < rate.numerator <= _LARGEST_TERM:
        raise ConfigError(f"frame rate {fps} is out of range")
    return rate
