# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The second of two passes: it knows from the first one's statistics what every picture takes."""

from __future__ import annotations

from inloop.errors import ConfigError
from inloop.ratecontrol.bit_model import qp_level_for, scale_bits
from inloop.ratecontrol.pass_statistics import PictureRecord
from inloop.ratecontrol.steering import StreamState
from inloop.structure.plan import PicturePlan

_MAX_STEP = 4.0
_PRIOR_PICTURES = 2.0
_MEMORY = 0.9


class TwoPass:
    """Second pass: a `QpLevelPolicy` whose QP level makes the rest of the video fit what is left of its bits.

    Each picture is expected to take what it took in the first pass, at the power of the quantiser step that
    `bit_model` assumes, times what the pictures of this pass have shown so far.
    """

    uses_bits = True

    def __init__(self, bitrate_kbps: float, records: list[PictureRecord]) -> None:
        """Take what the first pass saw.

        Args:
            bitrate_kbps: Wanted rate, above 0.
            records: What the first pass saw, picture by picture.

        Raises:
            ConfigError: The bitrate is not above 0, or there are no records.
        """
        if not 0 < bitrate_kbps < 10**7:
            raise ConfigError(f"bitrate {bitrate_kbps:g} kbit/s is out of range")
        self._rate = 1000.0 * bitrate_kbps
        self._records = records
        self._next = 0
        self._qp_levels: list[float] = []
        self._finished = 0
        self._actual = self._expected = 0.0

    def check(self, picture: PicturePlan, intra_cost: int) -> None:
        """Compare the next picture with that of the first pass.

        Args:
            picture: The next picture in coding order.
            intra_cost: Its SATD with intra prediction, from the lookahead.

        Raises:
            ConfigError: They differ: the statistics are of another clip.
        """
        if self._next >= len(self._records):
            raise ConfigError(f"the statistics file is of a shorter clip: {len(self._records)} pictures")
        record = self._records[self._next]
        seen = (picture.index, picture.slice_type, picture.qp_offset, intra_cost)
        if seen != (record.index, record.slice_type, record.qp_offset, record.intra_cost):
            raise ConfigError(f"the statistics file is of another clip: picture {picture.index} differs")

    def qp_level(self, picture: PicturePlan, state: StreamState | None) -> float:
        """Return the QP level at a picture.

        Args:
            picture: The next picture in coding order.
            state: What was spent so far, and what the lookahead expects; never None.

        Raises:
            ConfigError: The statistics are of a clip with another number of pictures.
        """
        assert state is not None
        if state.complete and self._next + len(state.window) != len(self._records):
            raise ConfigError(
                f"the statistics file is of a clip with {len(self._records)} pictures, not this one"
            )
        budget = self._rate * state.picture_s * len(self._records) - state.bits
        rest = self._records[self._next :]
        ratio = self._ratio()
        at_zero = [scale_bits(record.bits, -record.qp_level) * ratio for record in rest]
        total = sum(at_zero)

        def expected(qp_level: float) -> float:
            return scale_bits(total, qp_level) + state.refinement(qp_level)

        qp_level = qp_level_for(expected, budget, state.lowest, state.highest)
        if state.last_qp_level is not None:
            qp_level = min(max(qp_level, state.last_qp_level - _MAX_STEP), state.last_qp_level + _MAX_STEP)
        self._next += 1
        return qp_level

    def finish(self, picture: PicturePlan, qp_level: float, bits: int) -> None:
        """Compare what a picture took with what it was expected to take.

        Args:
            picture: A coded picture, in coding order.
            qp_level: What its QPs came to.
            bits: What it took.
        """
        record = self._records[self._finished]
        self._finished += 1
        self._actual = _MEMORY * self._actual + bits
        self._expected = _MEMORY * self._expected + scale_bits(record.bits, qp_level - record.qp_level)

    def _ratio(self) -> float:
        usual = _PRIOR_PICTURES * sum(record.bits for record in self._records) / len(self._records)
        return (self._actual + usual) / (self._expected + usual)
