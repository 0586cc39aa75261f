# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Whether a filtered picture becomes a reference, or is shown only: the adaptive decision of ConFRE (Algorithm 1)."""

from __future__ import annotations

from inloop.errors import ConfigError


class ReferenceDecision:
    """Lets filtered pictures into the loop where that lowers the error, a few times a period for nothing.

    Args:
        period: Pictures after which the free uses are renewed (crp).
        free_uses: Uses a period that may cost rate (mqc).
        progressive: How much dearer, relative to the picture's rate, a use may be at the start of the sequence (p_f);
            the allowance falls linearly to nothing at its end.
        sequence_length: Pictures of the sequence (t_f); None: unknown, the allowance falls over each period.

    Raises:
        ConfigError: A number is out of range.
    """

    def __init__(
        self,
        period: int = 32,
        free_uses: int = 2,
        progressive: float = 0.16,
        sequence_length: int | None = None,
    ) -> None:
        if period < 1 or free_uses < 0 or progressive < 0 or (sequence_length or 1) < 1:
            raise ConfigError("a reference decision needs a period and a length from 1 and uses from 0 on")
        self.period, self.free_uses, self.progressive = period, free_uses, progressive
        self.sequence_length = sequence_length
        self.restart()

    def restart(self) -> None:
        """Begin a sequence."""
        self._picture = self._uses = 0

    def choose(
        self, rate: float, distortion: float, filtered_rate: float, filtered_distortion: float
    ) -> bool:
        """Decide about the next picture in coding order.

        Args:
            rate: Bits without the filtered picture in the loop, positive.
            distortion: Its error then.
            filtered_rate: Bits with it.
            filtered_distortion: The error then.
        """
        self._picture += 1
        length = self.sequence_length or self.period
        time = self._picture if self.sequence_length else (self._picture - 1) % self.period + 1
        allowance = self.progressive * max(0.0, 1 - time / length)
        loss = (filtered_rate - rate) / rate - allowance  # equation (12)
        chosen = filtered_distortion < distortion and (self._uses < self.free_uses or loss <= 0)
        self._uses += chosen
        if self._picture % self.period == 0:
            self._uses = 0
        return chosen
