# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Coding structures: which picture is coded how, from which references, at which QP offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from inloop.errors import ConfigError

NAL_TRAIL_R = 1
NAL_IDR_N_LP = 20
NAL_CRA = 21


@dataclass(frozen=True)
class PicturePlan:
    """How one picture is to be coded.

    Attributes:
        poc: Picture order count: display position since the last IDR picture.
        slice_type: ``"I"``, ``"P"`` or ``"B"``.
        nal_type: NAL unit type of its slice.
        qp_offset: Added to the QP of the sequence.
        references: POCs of the pictures it may predict from.
        kept: POCs that later pictures still need, besides `references`.
        is_reference: Whether later pictures refer to it.
        temporal_id: Temporal sub-layer.
    """

    poc: int
    slice_type: str
    nal_type: int
    qp_offset: int = 0
    references: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    is_reference: bool = True
    temporal_id: int = 0


class Structure(Protocol):
    """A coding structure without reordering."""

    @property
    def max_dec_pic_buffering(self) -> int:
        """Pictures in the decoded picture buffer, the current one included."""

    def plan(self, index: int) -> PicturePlan:
        """Return the plan of the picture with display index `index`."""


class AllIntra:
    """Every picture is a random access point of its own."""

    max_dec_pic_buffering = 1

    def plan(self, index: int) -> PicturePlan:
        """Return the plan of the picture with display index `index`."""
        nal_type = NAL_CRA if index else NAL_IDR_N_LP
        return PicturePlan(index, "I", nal_type, is_reference=False)


class LowDelayP:
    """One intra picture, then P pictures in display order.

    Every fourth picture is a key picture, coded finer. A picture predicts from the one before it and from the
    latest key pictures, up to `references` in all: the pattern of the low-delay common test conditions of HEVC.
    """

    _qp_offsets = (1, 3, 2, 3)  # by index modulo 4; the intra picture has none
    _group = len(_qp_offsets)

    def __init__(self, references: int = 3) -> None:
        """Raise ConfigError unless 1 <= references <= 4."""
        if not 1 <= references <= 4:
            raise ConfigError(f"{references} reference pictures: 1 to 4 are possible")
        self._references = references

    @property
    def max_dec_pic_buffering(self) -> int:
        """Pictures in the decoded picture buffer, the current one included."""
        return self._references + 1

    def plan(self, index: int) -> PicturePlan:
        """Return the plan of the picture with display index `index`."""
        if index == 0:
            return PicturePlan(0, "I", NAL_IDR_N_LP)
        references = self._needed(index)
        # A picture needed only later must survive this one: the next picture's references, less this picture.
        kept = tuple(poc for poc in self._needed(index + 1) if poc != index and poc not in references)
        offset = self._qp_offsets[index % self._group]
        return PicturePlan(index, "P", NAL_TRAIL_R, offset, references, kept)

    def _needed(self, index: int) -> tuple[int, ...]:
        """Return the POCs that picture `index` predicts from, nearest first."""
        newest_key = (index - 2) // self._group * self._group
        keys = [newest_key - self._group * i for i in range(self._references - 1)]
        return (index - 1, *(key for key in keys if key >= 0))


_STRUCTURES = {"ai": AllIntra, "ldp": LowDelayP}


def make_structure(name: str) -> Structure:
    """Return the coding structure with that name. Raises ConfigError where there is none."""
    if name not in _STRUCTURES:
        raise ConfigError(f"structure {name!r} is none of {', '.join(_STRUCTURES)}")
    structure: Structure = _STRUCTURES[name]()
    return structure
