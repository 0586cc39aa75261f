# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The controller behind every mode: a policy chooses the stream's QP level, a buffer may raise it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from inloop.errors import ConfigError
from inloop.lookahead.window import DEFAULT_DEPTH, Lookahead
from inloop.ratecontrol.bit_model import BitModel, Demand, Forecast, demand_of, scale_bits, steps_for
from inloop.ratecontrol.block_qp import BlockQp, BlockQpOptions
from inloop.ratecontrol.complexity import ComplexityOptions, QpLevelShape
from inloop.ratecontrol.interface import (
    FEEDBACK_DELAY,
    MAX_QP,
    PictureQp,
    PictureResult,
    feedback_delay,
)
from inloop.ratecontrol.pass_statistics import PictureRecord, StatsWriter
from inloop.ratecontrol.refinement import Refinement
from inloop.ratecontrol.vbv import Buffer, VbvOptions, lowest_safe_qp_level
from inloop.structure.plan import PicturePlan

_QP_LEVEL_MARGIN = 24.0  # QP levels reach beyond the QPs: block and layer offsets may bring them back
_USUAL_QP_LEVEL = 32.0  # It is assumed before the first picture.


@dataclass(frozen=True)
class StreamState:
    """What a policy may base its QP level on.

    Attributes:
        window: Expected bits of the pictures to come, the current one first.
        complete: Whether the window reaches to the end of the video.
        pictures: Pictures planned before.
        bits: Their bits; expected ones where the result may not be used yet.
        qp_level_bits: Their bits, brought to QP level 0.
        picture_s: Duration of a picture in seconds.
        last_qp_level: What the policy chose for the picture before; None for the first.
        lowest, highest: Limits of the QP level.
        refinement: Bits that the scene takes once at a QP level, where it is finer than the scene so far.
    """

    window: Forecast
    complete: bool
    pictures: int
    bits: float
    qp_level_bits: float
    picture_s: float
    last_qp_level: float | None
    lowest: float
    highest: float
    refinement: Callable[[float], float]


class QpLevelPolicy(Protocol):
    """Chooses the QP level of the stream, picture by picture."""

    @property
    def uses_bits(self) -> bool:
        """Whether it looks at bits, spent and expected."""

    def qp_level(self, picture: PicturePlan, state: StreamState | None) -> float:
        """Return the QP level at a picture.

        Args:
            picture: The next picture in coding order.
            state: What was spent so far, and what the lookahead expects; None unless the policy uses bits.
        """

    def check(self, picture: PicturePlan, intra_cost: int) -> None:
        """Refuse a video that the policy was not prepared for.

        Args:
            picture: The next picture in coding order.
            intra_cost: Its SATD with intra prediction, from the lookahead.

        Raises:
            ConfigError: The policy was prepared for another video.
        """

    def finish(self, picture: PicturePlan, qp_level: float, bits: int) -> None:
        """Take note of a picture whose result may be used.

        Args:
            picture: A coded picture, in coding order.
            qp_level: What its QPs came to, after rounding and clipping.
            bits: What it took.
        """


@dataclass
class _Started:
    """A picture that was planned and whose result is not used yet."""

    position: int  # in coding order
    plan: PicturePlan
    demand: Demand
    qp: PictureQp  # as it was coded for the last time
    qp_level: float  # what its QPs come to, after rounding and clipping, as first planned
    last_qp_level: float  # the same of the last time
    shape: float
    expected_bits: float
    intra_cost: int
    most_bits: int = 0  # what it takes at most, once it is judged
    result: PictureResult | None = None

    def record(self) -> PictureRecord:
        """Return the line of a first pass."""
        assert self.result is not None
        plan = self.plan
        return PictureRecord(
            plan.index,
            plan.slice_type,
            plan.qp_offset,
            self.last_qp_level,
            self.shape,
            self.intra_cost,
            self.result.bits,
        )


class QpLevelController:
    """Rate control by a QP level for the stream (see `inloop.ratecontrol`); implements `RateController`."""

    def __init__(
        self,
        policy: QpLevelPolicy,
        complexity: ComplexityOptions = ComplexityOptions(),
        blocks: BlockQpOptions = BlockQpOptions(),
        *,
        vbv: VbvOptions | None = None,
        lookahead: int = DEFAULT_DEPTH,
        most_delay: int = FEEDBACK_DELAY,
        stats: StatsWriter | None = None,
    ) -> None:
        """Put offsets and a buffer around a policy.

        stats: where a first pass notes its pictures.

        Args:
            policy: What chooses the stream's QP level.
            complexity: How QP follows the pictures.
            blocks: Offsets of layers and blocks.
            vbv: The decoder's buffer; None for none.
            lookahead: Pictures, 1 or more.
            most_delay: Coding steps before a result is used, 1 to 64, behind the start of the stream.
            stats: Where the statistics of a first pass go; None for nowhere.

        Raises:
            ConfigError: One of them is out of range.
        """
        if lookahead < 1:
            raise ConfigError("rate control needs a lookahead of 1 picture or more")
        if not 1 <= most_delay <= 64:
            raise ConfigError(f"a feedback delay of {most_delay} steps: 1 to 64 are possible")
        self.lookahead = lookahead
        self.per_block = blocks.per_block
        self.model = BitModel()
        self.policy = policy
        self._delay = most_delay
        self._vbv = vbv
        self._stats = stats
        self._follows_bits = policy.uses_bits or vbv is not None or stats is not None
        self._buffer: Buffer | None = None
        self._judge_buffer: Buffer | None = None  # as it is before the first picture of those judged
        self._judged: deque[_Started] = deque()
        self._limits = blocks.lowest_qp - _QP_LEVEL_MARGIN, MAX_QP + _QP_LEVEL_MARGIN
        self._shape = QpLevelShape(complexity, blocks.cutree)
        self._blocks = BlockQp(blocks)
        self._refinement = Refinement(self.model)
        self._started: deque[_Started] = deque()
        self._pictures = 0
        self._spent_bits = self._spent_qp_level_bits = 0.0
        self._policy_qp_level: float | None = None
        self._last_qp_level: float | None = None
        self._window_items: list[tuple[int, Demand, float]] = []
        self._window_offsets: list[float] = []
        self._window_version = -1

    @property
    def vbv(self) -> VbvOptions | None:
        """The decoder's buffer, if there is one."""
        return self._vbv

    @property
    def buffer_fullness(self) -> float | None:
        """Bits in the buffer after the pictures whose results are used; None without one."""
        return None if self._buffer is None else self._buffer.fullness

    def plan(self, picture: PicturePlan, lookahead: Lookahead) -> PictureQp:
        """Return the QPs of a picture.

        Args:
            picture: The next picture in coding order.
            lookahead: Window that starts with it.

        Raises:
            ConfigError: The policy was prepared for another video.
        """
        if self._vbv is not None and self._buffer is None:
            self._buffer = Buffer(self._vbv, lookahead.fps)
            self._judge_buffer = self._buffer.copy()
        self.policy.check(picture, lookahead.frame(picture.index).intra_cost)
        if not self._follows_bits:
            qp_level = self.policy.qp_level(picture, None) + self._shape.offset(picture.index, lookahead)
            return self._blocks.picture_qp(qp_level, picture, lookahead)
        self._use_results()
        self._refinement.see(lookahead, self._finest_offset(lookahead))
        state = self._state(lookahead)
        qp_level = self._policy_qp_level = self.policy.qp_level(
            picture, state if self.policy.uses_bits else None
        )
        if self._buffer is not None:
            qp_level = lowest_safe_qp_level(
                self._projected(self._buffer), state.window, qp_level, self._limits[1]
            )
        return self._start(qp_level, picture, lookahead)

    @property
    def uses_results(self) -> bool:
        """Whether QPs depend on the bits of pictures."""
        return self._follows_bits

    @property
    def limits_pictures(self) -> bool:
        """Whether pictures may have to be coded again: those that the buffer does not hold."""
        return self._vbv is not None

    def judge(self, picture: PicturePlan, bits: int) -> PictureQp | None:
        """Return coarser QPs for a picture that is larger than what is in the buffer, None for others.

        Args:
            picture: The picture; those before it in coding order have been judged.
            bits: What it takes, at most.

        Raises:
            ConfigError: The coarsest QP is in use already.
        """
        started = next(item for item in self._started if item.plan.index == picture.index)
        room = self._room(started)
        if bits <= room:
            started.most_bits = bits
            self._judged.append(started)
            return None
        if started.qp.is_coarsest:
            raise ConfigError(
                f"picture {picture.index} takes {bits} bits at the highest QP, and {room} fit into the buffer: its "
                "maximal rate or size is too small"
            )
        # Aim below the limit, and do not creep: each attempt costs a picture's coding.
        steps = math.ceil(max(2.0, steps_for(bits / (0.8 * max(room, 1)))))
        started.qp = started.qp.coarser(steps)
        highest = self._limits[1]
        reached = min(started.last_qp_level + steps, highest)
        started.last_qp_level = highest if started.qp.is_coarsest else reached
        return started.qp

    def _room(self, picture: _Started) -> int:
        """Return the bits in the buffer when a picture is removed, at least.

        The pictures before it took what their results say where these may be used, and else what they may take at most.
        """
        assert self._judge_buffer is not None
        usable = picture.position - feedback_delay(picture.position, self._delay)
        while self._judged and self._judged[0].position <= usable:
            result = self._judged.popleft().result
            assert result is not None
            self._judge_buffer.remove(result.bits)
        buffer = self._judge_buffer.copy()
        for judged in self._judged:
            buffer.remove(judged.most_bits)
        return int(buffer.fullness)

    def update(self, result: PictureResult) -> None:
        """Keep the result until its time has come."""
        for started in self._started:
            if started.result is None:
                started.result = result
                if self._stats is not None:
                    self._stats.write(started.record())
                return

    def _start(self, qp_level: float, picture: PicturePlan, lookahead: Lookahead) -> PictureQp:
        _, demand, shape = next(item for item in self._window(lookahead) if item[0] == picture.index)
        qp = self._blocks.picture_qp(qp_level + shape, picture, lookahead)
        real = qp_level + self._blocks.rounding(qp, qp_level + shape, picture, lookahead)
        expected = self.model.bits(demand, real + shape)
        if self._buffer is not None and qp.is_coarsest:
            qp_level = self._limits[1]
        used = qp_level if qp.is_coarsest else real
        intra_cost = lookahead.frame(picture.index).intra_cost
        self._started.append(
            _Started(self._pictures, picture, demand, qp, used, used, shape, expected, intra_cost)
        )
        if picture.is_reference:
            self._refinement.coded(qp.mean_qp, lookahead.prediction(picture).cost / max(intra_cost, 1))
        self._last_qp_level = qp_level
        self._pictures += 1
        return qp

    def _projected(self, buffer: Buffer) -> Buffer:
        """Return the buffer as expected when the next picture is removed."""
        projected = buffer.copy()
        for started in self._started:
            projected.remove(started.expected_bits)
        return projected

    def _use_results(self) -> None:
        """Learn from the pictures that were started `feedback_delay` steps ago or earlier."""
        usable = self._pictures - feedback_delay(self._pictures, self._delay)
        while self._started and self._started[0].position <= usable and self._started[0].result is not None:
            done = self._started.popleft()
            assert done.result is not None
            bits = done.result.bits
            self.model.learn(done.demand, done.last_qp_level + done.shape, bits)
            self._spent_bits += bits
            self._spent_qp_level_bits += scale_bits(bits, -done.last_qp_level)
            if self._buffer is not None:
                self._buffer.remove(bits)
            self.policy.finish(done.plan, done.last_qp_level, bits)

    def _state(self, lookahead: Lookahead) -> StreamState:
        flying = [(started.expected_bits, started.qp_level) for started in self._started]
        return StreamState(
            window=Forecast(self.model, [item[1:] for item in self._window(lookahead)]),
            complete=lookahead.complete,
            pictures=self._pictures,
            bits=self._spent_bits + sum(bits for bits, _ in flying),
            qp_level_bits=self._spent_qp_level_bits
            + sum(scale_bits(bits, -qp_level) for bits, qp_level in flying),
            picture_s=1 / lookahead.fps,
            last_qp_level=self._policy_qp_level,
            lowest=self._limits[0],
            highest=self._limits[1],
            refinement=self._refinement.bits,
        )

    def _finest_offset(self, lookahead: Lookahead) -> float:
        """Return the QP steps of the window's finest picture on the stream's level, mostly below 0."""
        items = self._window(lookahead)
        return min(self._window_offsets[-len(items) :])

    def _window(self, lookahead: Lookahead) -> list[tuple[int, Demand, float]]:
        """Return (display index, demand, shape) of the window's pictures in coding order."""
        if self._window_version != lookahead.version:
            self._window_version = lookahead.version
            qp_level = _USUAL_QP_LEVEL if self._last_qp_level is None else self._last_qp_level
            self._window_items, self._window_offsets = [], []
            for plan in lookahead.upcoming:
                offsets = self._blocks.offsets(plan, lookahead, qp_level)
                shape = self._shape.offset(plan.index, lookahead)
                self._window_items.append((plan.index, demand_of(plan, offsets, lookahead), shape))
                self._window_offsets.append(float(offsets.mean()) + shape)
        return self._window_items[-len(lookahead.upcoming) :]
