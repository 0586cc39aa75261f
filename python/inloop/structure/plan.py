# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Coding structures: which picture is coded when and how, from which references, at which QP offset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from inloop._core import NalType, is_irap
from inloop.errors import ConfigError
from inloop.structure.lagrangian import INTRA, Lagrangian


@dataclass(frozen=True)
class PicturePlan:
    """How one picture is to be coded.

    Attributes:
        index: Display position in the video.
        poc: Picture order count: display position since the last IDR picture.
        slice_type: ``"I"``, ``"P"`` or ``"B"``.
        nal_type: NAL unit type of its slice.
        qp_offset: Added to the QP of the sequence.
        lambda_factor: Factor of its `Lagrangian`.
        references: POCs of the pictures it may predict from.
        kept: POCs that later pictures still need, besides `references`.
        active: Entries of list 0 and list 1 at most; 0: all references.
        is_reference: Whether later pictures refer to it.
        temporal_id: Temporal sub-layer.
    """

    index: int
    poc: int
    slice_type: str
    nal_type: NalType
    qp_offset: int = 0
    lambda_factor: float = INTRA.factor
    references: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    active: tuple[int, int] = (0, 0)
    is_reference: bool = True
    temporal_id: int = 0

    @property
    def is_irap(self) -> bool:
        """Whether decoding can start here."""
        return is_irap(self.nal_type)

    @property
    def reference_indices(self) -> tuple[int, ...]:
        """Display indices of the pictures it may predict from."""
        return tuple(poc + self.index - self.poc for poc in self.references)

    def lmbda(self, qp: int) -> float:
        """Return the squared error (8-bit scale) that one bit is worth at this QP."""
        return Lagrangian(self.lambda_factor).at(qp)


@dataclass(frozen=True)
class SequenceLimits:
    """What the sequence parameter set says of a structure.

    Attributes:
        max_dec_pic_buffering: Pictures in the decoded picture buffer, the current one included.
        max_num_reorder_pics: Pictures that precede another in coding and follow it in display order.
        max_latency_pictures: Pictures shown before another but decoded after it.
        max_sub_layers: Temporal sub-layers.
        log2_max_poc_lsb: Bits of the picture order count in slice headers.
        default_active_refs: Usual sizes of the reference lists.
        reference_sets: Reference picture sets of a full group: POC differences of all pictures of a set and of
            those it predicts from.
    """

    max_dec_pic_buffering: int = 1
    max_num_reorder_pics: int = 0
    max_latency_pictures: int = 0
    max_sub_layers: int = 1
    log2_max_poc_lsb: int = 8
    default_active_refs: tuple[int, int] = (1, 1)
    reference_sets: list[tuple[list[int], list[int]]] = field(default_factory=list)


class Structure(Protocol):
    """A coding structure: takes pictures in display order, gives plans in coding order. Serves one stream."""

    @property
    def limits(self) -> SequenceLimits:
        """What the sequence parameter set is to say."""

    def push(self, scene_cut: bool = False, *, group_end: bool = False) -> list[PicturePlan]:
        """Take the next picture; return the plans of the pictures that can be coded now.

        Args:
            scene_cut: The picture shows something else than the one before it.
            group_end: Its group shall end with it; without meaning for structures without groups.
        """

    def finish(self) -> list[PicturePlan]:
        """Return the plans of the pictures that are left: no more will come."""


class IntraSchedule:
    """Says which pictures are intra coded: the first, those after a cut, and every `period`-th since the last one."""

    def __init__(self, period: int) -> None:
        """Begin in front of the first picture.

        Args:
            period: Pictures from one intra picture to the next; -1: without end.

        Raises:
            ConfigError: The period is out of range.
        """
        if period < 1 and period != -1:
            raise ConfigError(f"intra period {period}: 1 or more pictures, or -1 for one intra picture only")
        self._period = period
        self._since = -1

    def is_due(self, scene_cut: bool) -> bool:
        """Count one picture; whether it is to be intra coded."""
        self._since += 1
        if self._since == 0 or scene_cut or self._since == self._period:
            self._since = 0
            return True
        return False
