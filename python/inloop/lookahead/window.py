# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The pictures to come at half resolution: what they cost, where they move, where scenes change."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.errors import ConfigError
from inloop.lookahead.measures import PictureMeasures
from inloop.structure.plan import PicturePlan
from inloop.video.frame import Frame

Costs = npt.NDArray[np.int32]
Vectors = npt.NDArray[np.int16]

DEFAULT_DEPTH = 40
MAX_DEPTH = 250
BLOCK = 16
"""Samples of the source that a block is wide and high."""


@dataclass(frozen=True)
class MotionField:
    """Prediction from one picture.

    Attributes:
        costs: SATD of each block at half resolution, ``[rows, columns]``.
        vectors: ``[rows, columns, (x, y)]``, in samples of the source.
    """

    costs: Costs
    vectors: Vectors


@dataclass(frozen=True)
class Prediction:
    """How the blocks of a picture are best predicted from the references of its plan.

    Attributes:
        references: Display indices of the references looked at: at most two, the nearest on either side, or the
            two nearest where all lie on one side.
        vectors: A field for each of them.
        used: uint8 per block: bit 0 for the first reference, bit 1 for the second, 0 for intra prediction.
        costs: SATD per block of the best way.
    """

    references: tuple[int, ...]
    vectors: tuple[Vectors, ...]
    used: npt.NDArray[np.uint8]
    costs: Costs

    @cached_property
    def cost(self) -> int:
        """SATD of the whole picture."""
        return int(self.costs.sum())


class AnalysedFrame:
    """One picture of the video and what is known of it."""

    def __init__(self, index: int, frame: Frame, previous: AnalysedFrame | None) -> None:
        """Analyse a picture, with the motion from the one before it.

        Args:
            index: Display index.
            frame: The picture.
            previous: The picture before it in display order; None for the first.
        """
        self.index = index
        self.core = _core.AnalysedPicture(frame.planes, frame.bit_depth)
        self.intra: Costs = self.core.intra_costs
        self.energy: npt.NDArray[np.uint32] = self.core.energy
        self.intra_cost = int(self.intra.sum())
        self._fields: dict[int, MotionField] = {}
        self.from_previous = None if previous is None else self.motion_from(previous)
        self.measures = self._measure()

    def _measure(self) -> PictureMeasures:
        vectors = None if self.from_previous is None else self.from_previous.vectors
        return PictureMeasures.of(
            vectors, self.core.details, self.energy, p_cost=self.p_cost, intra_cost=self.intra_cost
        )

    @property
    def p_cost(self) -> int:
        """SATD with prediction from the picture before, or intra prediction where that is better."""
        if self.from_previous is None:
            return self.intra_cost
        return int(np.minimum(self.intra, self.from_previous.costs).sum())

    def motion_from(self, reference: AnalysedFrame) -> MotionField:
        """Return the motion from another picture; searched once."""
        field = self._fields.get(reference.index)
        if field is None:
            distance = self.index - reference.index
            hints = []
            near = self._fields.get(self.index - 1)
            if near is not None:  # The motion is expected to go on at the same speed.
                far = np.clip(near.vectors.astype(np.int32) * distance, -(2**15), 2**15 - 1)
                hints.append(far.astype(np.int16))
            field = MotionField(*self.core.search(reference.core, hints))
            self._fields[reference.index] = field
        return field

    def b_cost(self, before: AnalysedFrame, after: AnalysedFrame) -> int:
        """Return the SATD with prediction from one or both of two pictures, or intra prediction where that is better.

        Args:
            before: A picture that precedes this one in display order.
            after: One that follows it.
        """
        return self.predict((before, after)).cost

    def predict(self, references: Sequence[AnalysedFrame]) -> Prediction:
        """Choose the best way for each block, from no, one or two references."""
        fields = [self.motion_from(reference) for reference in references]
        best, used = self.intra.copy(), np.zeros(self.intra.shape, np.uint8)

        def offer(costs: Costs, mask: int) -> None:
            better = costs < best
            best[better] = costs[better]
            used[better] = mask

        for position, field in enumerate(fields):
            offer(field.costs, 1 << position)
        if len(fields) == 2:
            (first, second), (one, two) = references, fields
            offer(self.core.bi_costs(first.core, one.vectors, second.core, two.vectors), 3)
        vectors = tuple(field.vectors for field in fields)
        return Prediction(tuple(reference.index for reference in references), vectors, used, best)


class Lookahead:
    """A window of pictures in coding order, from the one about to be coded to as far as is known.

    Pictures enter in display order (`push`) and are scheduled by the plans of the coding structure (`schedule`);
    `finish_picture` lets the first one go. Pictures that nothing refers to any more are dropped: memory is
    bounded by the depth, a group of pictures and its references (about 0.4 bytes per source sample each).
    """

    def __init__(self, depth: int = DEFAULT_DEPTH, fps: float = 25.0) -> None:
        """Begin without pictures.

        Args:
            depth: Pictures to know beyond the next one, 0 to 250; 0 analyses nothing.
            fps: Pictures a second.

        Raises:
            ConfigError: The depth is out of range.
        """
        if not 0 <= depth <= MAX_DEPTH:
            raise ConfigError(f"a lookahead of {depth} pictures: 0 to {MAX_DEPTH} are possible")
        self.depth = depth
        self.fps = fps
        self.complete = False
        """No further picture will come: the window reaches to the end of the video."""
        self.version = 0
        """Counts up whenever the window has grown."""
        self._frames: dict[int, AnalysedFrame] = {}
        self._plans: deque[PicturePlan] = deque()
        self._predictions: dict[int, Prediction] = {}
        self._unscheduled: set[int] = set()
        self._count = 0

    @property
    def upcoming(self) -> Sequence[PicturePlan]:
        """Plans in coding order; the first is the next to be coded."""
        return self._plans

    @property
    def ready(self) -> bool:
        """Whether the first picture can be coded, that is, enough pictures behind it are known."""
        return bool(self._plans) and (self.complete or len(self._plans) > self.depth)

    @property
    def frames_held(self) -> int:
        """Analysed pictures in memory."""
        return len(self._frames)

    def push(self, frame: Frame) -> AnalysedFrame | None:
        """Take the next picture in display order; return its analysis unless the depth is 0."""
        index, self._count = self._count, self._count + 1
        if self.depth == 0:
            return None
        analysed = AnalysedFrame(index, frame, self._frames.get(index - 1))
        self._frames[index] = analysed
        self._unscheduled.add(index)
        return analysed

    def schedule(self, plans: Sequence[PicturePlan]) -> None:
        """Append plans in coding order; their pictures have been pushed."""
        self._plans.extend(plans)
        self._unscheduled.difference_update(plan.index for plan in plans)
        self.version += bool(plans)

    def finish(self) -> None:
        """Say that no picture will follow."""
        self.complete = True
        self.version += 1

    def frame(self, index: int) -> AnalysedFrame:
        """Return an analysed picture of the window, or one that its pictures refer to, by display index."""
        return self._frames[index]

    def holds(self, index: int) -> bool:
        """Whether the picture with that display index is in memory."""
        return index in self._frames

    def prediction(self, plan: PicturePlan) -> Prediction:
        """Return how a picture of the window is best predicted from the references that it will have."""
        found = self._predictions.get(plan.index)
        if found is None:
            references = [self._frames[index] for index in nearest_references(plan)]
            found = self._frames[plan.index].predict(references)
            self._predictions[plan.index] = found
        return found

    def finish_picture(self) -> None:
        """Drop the first picture of the window, which has been coded, and whatever only it needed."""
        plan = self._plans.popleft()
        self._predictions.pop(plan.index, None)
        base = plan.index - plan.poc
        needed = {poc + base for poc in (*plan.references, *plan.kept)}
        needed |= {picture.index for picture in self._plans} | self._unscheduled
        needed.add(self._count - 1)  # The next picture's motion is measured against it.
        if plan.is_reference:
            needed.add(plan.index)
        self._frames = {index: frame for index, frame in self._frames.items() if index in needed}


def nearest_references(plan: PicturePlan) -> tuple[int, ...]:
    """Return the references that matter most: the nearest on either side, or the two nearest on one side."""
    ordered = sorted(plan.reference_indices, key=lambda index: abs(index - plan.index))
    before = [index for index in ordered if index < plan.index]
    after = [index for index in ordered if index > plan.index]
    if before and after:
        return before[0], after[0]
    return tuple(ordered[:2])
