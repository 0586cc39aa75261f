# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How complex a picture is, in proportion to a usual one: classic and by scene."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from inloop.errors import ConfigError
from inloop.lookahead.window import AnalysedFrame, Lookahead
from inloop.ratecontrol.qscale import QP_PER_OCTAVE

ComplexityName = Literal["classic", "scene"]

Q_COMP = 0.6
"""How little QP follows complexity: 0 (bits are constant) to 1 (QP is); x265's default."""

_CLASSIC_BLOCK_COST = 80.0
_BASE_DURATION_S = 0.04
_DURATION_RANGE_S = (0.01, 1.0)
_DECAY = 0.5
_NEW_SCENE_NOVELTY = 0.9


@dataclass(frozen=True)
class SceneParameters:
    """Parameters of equation (4), tuned on training clips for one slope of squared error over bits in all scenes.

    Attributes:
        low, top: Limits of the complexity ratio for a clean, detailed period at rest, without unit: 0.1 to 1 and
            1 to 10. 0.6 and 1.6 move the QP by at most 1.8 and 1.6 at q_comp 0.6.
        period: Pictures that a period has at most, 1 to 250; it ends at a change of scene.
        block_cost: SATD per 16x16 block of a picture of ratio 1 at 416x240, 1 to 10000.
        size_exponent: The block cost falls with the picture's area to this power, 0 to 1: larger pictures of the
            same scene are smoother.
        motion_weight: Doublings by which motion (vectors of 2 % of the width or more) raises both limits, 0 to 2:
            what moves is soon replaced.
        noise_weight: Doublings by which noise (a standard deviation of 4 or more) lowers both, 0 to 2.
        flat_weight: Doublings by which flatness (all blocks) lowers both, 0 to 2.
        cutree_share: How much of limits and motion is left with CUTree, which says the same of each block, 0 to 1:
            they are taken to this power.
    """

    low: float = 0.6
    top: float = 1.6
    period: int = 25
    block_cost: float = 220.0
    size_exponent: float = 0.25
    motion_weight: float = 0.3
    noise_weight: float = 1.0
    flat_weight: float = 0.5
    cutree_share: float = 0.1

    def __post_init__(self) -> None:
        """Raise ConfigError where a value is out of range."""
        if not 0.1 <= self.low <= 1 <= self.top <= 10:
            raise ConfigError(f"complexity limits {self.low:g} and {self.top:g}: 0.1 to 1 and 1 to 10")
        if not 1 <= self.period <= 250 or not 1 <= self.block_cost <= 10_000:
            raise ConfigError("a period has 1 to 250 pictures, and a block costs 1 to 10000")
        if not 0 <= self.size_exponent <= 1 or not 0 <= self.cutree_share <= 1:
            raise ConfigError("the exponent of the size and the share left with CUTree are from 0 to 1")
        weights = (self.motion_weight, self.noise_weight, self.flat_weight)
        if not all(0 <= weight <= 2 for weight in weights):
            raise ConfigError("weights of the scene's measures are from 0 to 2")


class SceneComplexity:
    """The ratio clip(low, top, inter_cplx / base_cplx) of equation (4).

    inter_cplx: mean inter cost of the pictures of the same scene around a picture, as far as the lookahead holds
    them. base_cplx: block_cost per block, corrected for the resolution.
    """

    def __init__(self, parameters: SceneParameters, cutree: bool = False) -> None:
        """Begin without pictures.

        Args:
            parameters: Limits and weights.
            cutree: Whether CUTree will lower the QPs of blocks.
        """
        self._parameters = parameters
        self._share = parameters.cutree_share if cutree else 1.0

    def ratio(self, index: int, lookahead: Lookahead) -> float:
        """Return how complex a picture is against a usual one, a factor.

        Args:
            index: Display index of the picture.
            lookahead: Window that holds it.
        """
        period = self._period(index, lookahead)
        cost = float(np.mean([frame.p_cost for frame in period if frame.from_previous is not None] or [0]))
        ratio = cost / self._base_cost(period[0])
        low, top = self.limits(period)
        return min(max(ratio, low), top)

    def limits(self, period: list[AnalysedFrame]) -> tuple[float, float]:
        """Return low and top of a period."""
        p = self._parameters
        width = 16 * period[0].intra.shape[1]
        measures = [frame.measures for frame in period]
        motion = min(1.0, float(np.mean([m.motion for m in measures])) / (0.02 * width))
        noise = min(1.0, float(np.mean([m.noise for m in measures])) / 4)
        flat = float(np.mean([m.flatness for m in measures]))
        doublings = self._share * p.motion_weight * motion - p.noise_weight * noise - p.flat_weight * flat
        shift = math.pow(2.0, doublings)
        return shift * math.pow(p.low, self._share), shift * math.pow(p.top, self._share)

    def _base_cost(self, frame: AnalysedFrame) -> float:
        blocks = frame.intra.size
        reference_blocks = 26 * 15
        scale = math.pow(reference_blocks / blocks, self._parameters.size_exponent)
        return self._parameters.block_cost * blocks * scale

    def _period(self, index: int, lookahead: Lookahead) -> list[AnalysedFrame]:
        """Return the pictures of the scene from `index` on, then those before it, `period` at most.

        A scene ends where a picture is not predicted by the one before it.
        """
        frames = [lookahead.frame(index)]
        for step in (1, -1):
            following = index + step
            while len(frames) < self._parameters.period and lookahead.holds(following):
                frame = lookahead.frame(following)
                later = lookahead.frame(max(following, following - step))
                if later.measures.novelty > _NEW_SCENE_NOVELTY:
                    break
                frames.append(frame)
                following += step
        return frames


@dataclass(frozen=True)
class ComplexityOptions:
    """How the QP level follows the pictures.

    Attributes:
        name: "classic": equations (1) to (3) as in x265. "scene": equation (4).
        q_comp: 0 (constant bits) to 1 (constant QP), without unit.
        scene: Parameters of "scene".
    """

    name: ComplexityName = "classic"
    q_comp: float = Q_COMP
    scene: SceneParameters = SceneParameters()

    def __post_init__(self) -> None:
        """Raise ConfigError where a value is out of range."""
        if self.name not in ("classic", "scene"):
            raise ConfigError(f"complexity {self.name!r} is neither classic nor scene")
        if not 0 <= self.q_comp <= 1:
            raise ConfigError(f"q_comp {self.q_comp:g} is outside 0..1")


class QpLevelShape:
    """How far the QP level of a picture lies above that of a usual picture.

        classic: q_scale = complexity^(1 - q_comp) / rate_factor                               (1)
        scene:   q_scale = clip(low, top, inter_cplx / base_cplx)^(1 - q_comp) / rate_factor   (4)

    complexity is the weighted running average of the SATD from the first picture to the current one in display
    order, each picture weighing twice the one before it. As in x265, with CUTree the duration of a picture takes
    its place: then the QP level is constant.
    """

    def __init__(self, options: ComplexityOptions, cutree: bool) -> None:
        """Begin without pictures.

        Args:
            options: How QP follows the complexity.
            cutree: Whether CUTree will lower the QPs of blocks.
        """
        self._options = options
        self._cutree = cutree
        self._scene = SceneComplexity(options.scene, cutree)
        self._averages: dict[int, float] = {}

    def offset(self, index: int, lookahead: Lookahead) -> float:
        """Return the QP steps by which a picture lies above the stream's QP level.

        Args:
            index: Display index of the picture.
            lookahead: Window that holds it.
        """
        if self._options.name == "scene":
            ratio = self._scene.ratio(index, lookahead)
        elif self._cutree:
            low, high = _DURATION_RANGE_S
            ratio = _BASE_DURATION_S * min(max(lookahead.fps, 1 / high), 1 / low)
        else:
            usual = lookahead.frame(index).intra.size * _CLASSIC_BLOCK_COST
            ratio = self._running_average(index, lookahead) / usual
        return QP_PER_OCTAVE * (1 - self._options.q_comp) * math.log2(ratio)

    def _running_average(self, index: int, lookahead: Lookahead) -> float:
        averages = self._averages
        for i in range(max(averages, default=-1) + 1, index + 1):
            cost = float(max(lookahead.frame(i).p_cost, 1))
            averages[i] = cost if i == 0 else _DECAY * averages[i - 1] + (1 - _DECAY) * cost
        average = averages[index]
        for old in [i for i in averages if i < index - 2 * lookahead.depth - 64]:
            del averages[old]
        return average
