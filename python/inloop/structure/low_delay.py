# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Low delay: pictures are coded in display order, from earlier ones."""

from __future__ import annotations

from inloop._core import NalType
from inloop.errors import ConfigError
from inloop.structure.plan import IntraSchedule, PicturePlan, SequenceLimits

QP_OFFSETS = (1, 3, 2, 3)
"""Offsets of the QP by position modulo 4; the intra picture has none."""
_GROUP = len(QP_OFFSETS)
_LAMBDA_FACTOR = 1.0  # It was tuned on training clips.


class LowDelay:
    """Intra pictures where they are due, P or B pictures otherwise.

    Every fourth picture is a key picture, coded finer. A picture predicts from the one before it and from the
    latest key pictures, up to `references` in all: the pattern of the low-delay common test conditions of HEVC. The
    two lists of a B picture are equal.
    """

    def __init__(self, slice_type: str, references: int = 3, intra_period: int = -1) -> None:
        """Start a stream.

        Args:
            slice_type: ``"P"`` or ``"B"``, of the pictures that are not intra coded.
            references: Pictures that one predicts from at most, 1 to 4.
            intra_period: Pictures from one intra picture to the next, -1 for one intra picture only.

        Raises:
            ConfigError: A number is out of range.
        """
        if not 1 <= references <= 4:
            raise ConfigError(f"{references} reference pictures: 1 to 4 are possible")
        self._slice_type = slice_type
        self._references = references
        self._intra = IntraSchedule(intra_period)
        self._count = 0
        self._start = 0  # display index of the last intra picture

    @property
    def limits(self) -> SequenceLimits:
        """What the sequence parameter set is to say."""
        count = self._references
        sets = [
            ([other - poc for other in self._all(poc)], [other - poc for other in self._needed(poc)])
            for poc in range(_GROUP * count, _GROUP * (count + 1))
        ]
        return SequenceLimits(
            max_dec_pic_buffering=count + 1,
            log2_max_poc_lsb=5,
            default_active_refs=(count, count),
            reference_sets=sets,
        )

    def push(self, scene_cut: bool = False, *, group_end: bool = False) -> list[PicturePlan]:
        """Take the next picture; return its plan.

        Args:
            scene_cut: The picture shows something else than the one before it, and is intra coded.
            group_end: Without meaning here.
        """
        index, self._count = self._count, self._count + 1
        if self._intra.is_due(scene_cut):
            self._start = index
            return [PicturePlan(index, 0, "I", NalType.IDR_N_LP)]
        poc = index - self._start
        references = self._needed(poc)
        return [
            PicturePlan(
                index,
                poc,
                self._slice_type,
                NalType.TRAIL_R,
                QP_OFFSETS[poc % _GROUP],
                _LAMBDA_FACTOR,
                references,
                tuple(other for other in self._all(poc) if other not in references),
            )
        ]

    def finish(self) -> list[PicturePlan]:
        """Return nothing: no picture waits."""
        return []

    def _needed(self, poc: int) -> tuple[int, ...]:
        """Return the POCs that a picture predicts from, nearest first."""
        newest_key = (poc - 2) // _GROUP * _GROUP
        keys = [newest_key - _GROUP * i for i in range(self._references - 1)]
        return (poc - 1, *(key for key in keys if key >= 0))

    def _all(self, poc: int) -> tuple[int, ...]:
        """Return what a picture keeps: its references, and what the next one needs of the earlier pictures."""
        references = self._needed(poc)
        later = (other for other in self._needed(poc + 1) if other != poc and other not in references)
        return (*references, *later)
