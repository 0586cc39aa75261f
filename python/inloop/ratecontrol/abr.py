# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Average bitrate: one QP level for the whole stream, corrected so that its size comes out right."""

from __future__ import annotations

from dataclasses import dataclass

from inloop.errors import ConfigError
from inloop.ratecontrol.bit_model import qp_level_for, scale_bits
from inloop.ratecontrol.steering import StreamState
from inloop.structure.plan import PicturePlan

_MAX_STEP = 4.0


@dataclass(frozen=True)
class AbrOptions:
    """Parameters of the average bitrate.

    Attributes:
        bitrate_kbps: Target, kilobits a second, above 0.
        tolerance_s: Seconds of bitrate by which the stream may run ahead or behind at the end of the lookahead,
            while its end is not in sight, 0 to 60: more of it gives steadier quality, less a truer size.
    """

    bitrate_kbps: float
    tolerance_s: float = 0.4

    def __post_init__(self) -> None:
        """Raise ConfigError where a value is out of range."""
        if not 0 < self.bitrate_kbps < 10**7:
            raise ConfigError(f"bitrate {self.bitrate_kbps:g} kbit/s is out of range")
        if not 0 <= self.tolerance_s <= 60:
            raise ConfigError(f"a tolerance of {self.tolerance_s:g} s: 0 to 60 are possible")


class AverageBitrate:
    """One-pass average bitrate: a `QpLevelPolicy`.

    The QP level is the one at which the pictures so far, had they been coded at it, and those of the lookahead would
    have the target rate together: the constant quality that fits what is known. It is moved only where the stream
    would otherwise leave the tolerance at the end of the lookahead, and so that the size comes out exactly where
    that is the end of the video.
    """

    uses_bits = True

    def __init__(self, options: AbrOptions) -> None:
        """Keep the options."""
        self._options = options

    def qp_level(self, picture: PicturePlan, state: StreamState | None) -> float:
        """Return the QP level at a picture.

        Args:
            picture: The next picture in coding order.
            state: What was spent so far, and what the lookahead expects.
        """
        assert state is not None
        rate = 1000.0 * self._options.bitrate_kbps
        total = rate * state.picture_s * (state.pictures + len(state.window))

        def expected(qp_level: float) -> float:
            return state.window.bits(qp_level) + state.refinement(qp_level)

        def reaching(bits: float) -> float:
            return qp_level_for(expected, bits - state.bits, state.lowest, state.highest)

        if state.complete:
            qp_level = reaching(total)
        else:
            slack = rate * self._options.tolerance_s
            steady = qp_level_for(
                lambda qp_level: expected(qp_level) + scale_bits(state.qp_level_bits, qp_level),
                total,
                state.lowest,
                state.highest,
            )
            qp_level = min(max(steady, reaching(total + slack)), reaching(total - slack))
        if state.last_qp_level is None:
            return qp_level
        return min(max(qp_level, state.last_qp_level - _MAX_STEP), state.last_qp_level + _MAX_STEP)

    def check(self, picture: PicturePlan, intra_cost: int) -> None:
        """Do nothing: any video will do. The arguments are those of `QpLevelPolicy.check`."""

    def finish(self, picture: PicturePlan, qp_level: float, bits: int) -> None:
        """Do nothing. The arguments are those of `QpLevelPolicy.finish`."""
