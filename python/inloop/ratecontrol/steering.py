# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The controller behind every mode: a policy chooses the stream's QP level, a buffer may raise it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Protocol

from inloop.errors import ConfigError
from inloop.lookahead.window import DEFAULT_DEPTH, Lookahead
from inloop.ratecontrol.bit_model import BitModel, Demand, Forecast, demand_of, scale_bits, steps_for
from inloop.ratecontrol.block_qp import BlockQp, BlockQpOptions
from inloop.ratecontrol.complexity import ComplexityOptions, QpLevelShape
from inloop.ratecontrol.interface import MAX_QP, PictureQp, PictureResult
from inloop.ratecontrol.pass_statistics import PictureRecord, StatsWriter
from inloop.ratecontrol.vbv import Buffer, VbvOptions, lowest_safe_qp_level
from inloop.structure.plan import PicturePlan

FEEDBACK_DELAY = 1
"""Coding steps before a result is used: the same for any number of threads, so that all give the same stream."""

_QP_LEVEL_MARGIN = 24.0  # QP levels reach beyond the QPs: block and layer offsets may bring them back
_CAP_OF_EXPECTED = 2.0
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

    plan: PicturePlan
    demand: Demand
    qp_level: float  # what its QPs come to, after rounding and clipping
    shape: float
    expected_bits: float
    intra_cost: int
    max_bits: int | None = None
    result: PictureResult | None = None

    def record(self) -> PictureRecord:
        """Return the line of a first pass."""
        assert self.result is not None
        plan = self.plan
        return PictureRecord(
            plan.index,
            plan.slice_type,
            plan.qp_offset,
            self.qp_level,
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
        feedback_delay: int = FEEDBACK_DELAY,
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
            feedback_delay: Coding steps before a result is used, 1 to 64.
            stats: Where the statistics of a first pass go; None for nowhere.

        Raises:
            ConfigError: One of them is out of range.
        """
        if lookahead < 1:
            raise ConfigError("rate control needs a lookahead of 1 picture or more")
        if not 1 <= feedback_delay <= 64:
            raise ConfigError(f"a feedback delay of {feedback_delay} steps: 1 to 64 are possible")
        self.lookahead = lookahead
        self.per_block = blocks.per_block
        self.model = BitModel()
        self.policy = policy
        self._delay = feedback_delay
        self._vbv = vbv
        self._stats = stats
        self._follows_bits = policy.uses_bits or vbv is not None or stats is not None
        self._buffer: Buffer | None = None
        self._limits = blocks.lowest_qp - _QP_LEVEL_MARGIN, MAX_QP + _QP_LEVEL_MARGIN
        self._shape = QpLevelShape(complexity, blocks.cutree)
        self._blocks = BlockQp(blocks)
        self._started: deque[_Started] = deque()
        self._pictures = 0
        self._spent_bits = self._spent_qp_level_bits = 0.0
        self._policy_qp_level: float | None = None
        self._last_qp_level: float | None = None
        self._window_items: list[tuple[int, Demand, float]] = []
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
        self.policy.check(picture, lookahead.frame(picture.index).intra_cost)
        if not self._follows_bits:
            qp_level = self.policy.qp_level(picture, None) + self._shape.offset(picture.index, lookahead)
            return self._blocks.picture_qp(qp_level, picture, lookahead)
        self._use_results()
        state = self._state(lookahead)
        qp_level = self._policy_qp_level = self.policy.qp_level(
            picture, state if self.policy.uses_bits else None
        )
        if self._buffer is not None:
            qp_level = lowest_safe_qp_level(
                self._projected(self._buffer), state.window, qp_level, self._limits[1]
            )
        return self._start(qp_level, picture, lookahead)

    def replan(self, picture: PicturePlan, lookahead: Lookahead, bits: int) -> PictureQp:
        """Return coarser QPs for the picture planned last, which took too many bits.

        Args:
            picture: That picture.
            lookahead: Window that starts with it.
            bits: What it took.

        Raises:
            ConfigError: The coarsest QP is in use already.
        """
        last = self._started.pop()
        assert last.max_bits is not None
        if last.qp_level >= self._limits[1]:
            raise ConfigError(
                f"picture {picture.index} takes {bits} bits at the highest QP, and {last.max_bits} fit into the "
                "buffer: its maximal rate or size is too small"
            )
        self._pictures -= 1
        # Aim below the limit, and do not creep: each attempt costs a picture's coding.
        excess = bits / (0.8 * max(last.max_bits, 1))
        step = max(2.0, steps_for(excess))
        return self._start(min(last.qp_level + step, self._limits[1]), picture, lookahead)

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
        max_bits = None
        if self._buffer is not None:
            max_bits = self._largest(self._buffer, expected)
            if qp.is_coarsest:
                qp_level = self._limits[1]
            qp = replace(qp, max_bits=max_bits)
        used = qp_level if qp.is_coarsest else real
        intra_cost = lookahead.frame(picture.index).intra_cost
        self._started.append(_Started(picture, demand, used, shape, expected, intra_cost, max_bits))
        self._last_qp_level = qp_level
        self._pictures += 1
        return qp

    def _largest(self, buffer: Buffer, expected_bits: float) -> int:
        """Return what the next picture may take so that the buffer holds even if those in flight take all they may."""
        worst = buffer.copy()
        for started in self._started:
            worst.remove(started.max_bits or 0)
        if self._delay == 1:
            return int(worst.fullness)
        return int(min(worst.fullness, max(_CAP_OF_EXPECTED * expected_bits, worst.fullness / self._delay)))

    def _projected(self, buffer: Buffer) -> Buffer:
        """Return the buffer as expected when the next picture is removed."""
        projected = buffer.copy()
        for started in self._started:
            projected.remove(started.expected_bits)
        return projected

    def _use_results(self) -> None:
        """Learn from the pictures that were started `feedback_delay` steps ago or earlier."""
        while len(self._started) >= self._delay and self._started[0].result is not None:
            done = self._started.popleft()
            assert done.result is not None
            bits = done.result.bits
            self.model.learn(done.demand, done.qp_level + done.shape, bits)
            self._spent_bits += bits
            self._spent_qp_level_bits += scale_bits(bits, -done.qp_level)
            if self._buffer is not None:
                self._buffer.remove(bits)
            self.policy.finish(done.plan, done.qp_level, bits)

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
        )

    def _window(self, lookahead: Lookahead) -> list[tuple[int, Demand, float]]:
        """Return (display index, demand, shape) of the window's pictures in coding order."""
        if self._window_version != lookahead.version:
            self._window_version = lookahead.version
            qp_level = _USUAL_QP_LEVEL if self._last_qp_level is None else self._last_qp_level
            self._window_items = [
                (
                    plan.index,
                    demand_of(plan, self._blocks.offsets(plan, lookahead, qp_level), lookahead),
                    self._shape.offset(plan.index, lookahead),
                )
                for plan in lookahead.upcoming
            ]
        return self._window_items[-len(lookahead.upcoming) :]
