# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""An encoder without pictures: bits from cost and QP, with noise, so that rate control can be tried by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from inloop.lookahead.measures import PictureMeasures
from inloop.lookahead.window import Lookahead, Prediction, nearest_references
from inloop.ratecontrol import LimitsPictures, PictureQp, PictureResult, RateController
from inloop.ratecontrol.interface import feedback_delay
from inloop.structure.by_name import make_structure
from inloop.structure.plan import PicturePlan

GRID = (3, 4)
MOST = 64


@dataclass
class Source:
    """A video: SATD per block without and with prediction from the picture before."""

    intra: Sequence[float]
    inter: Sequence[float]
    fps: float = 25.0

    @classmethod
    def steady(cls, count: int, intra: float = 600.0, inter: float = 150.0) -> Source:
        return cls([intra] * count, [inter] * count)


class FakeFrame:
    """What rate control asks of an analysed picture."""

    def __init__(self, index: int, source: Source) -> None:
        self.index = index
        self.intra = np.full(GRID, round(source.intra[index]), np.int32)
        self.energy = np.full(GRID, 20_000, np.uint32)
        self.intra_cost = int(self.intra.sum())
        cost = np.full(GRID, round(min(source.inter[index], source.intra[index])), np.int32)
        self.p_cost = int(cost.sum()) if index else self.intra_cost
        self.from_previous: Any = SimpleNamespace(costs=cost) if index else None
        novelty = self.p_cost / max(self.intra_cost, 1)
        self.measures = PictureMeasures(motion=1.0, noise=1.0, flatness=0.2, novelty=novelty)

    def predict(self, references: Sequence[FakeFrame]) -> Prediction:
        if not references or self.from_previous is None:
            nothing = np.zeros(GRID, np.uint8)
            return Prediction((), (), nothing, self.intra)
        distance = min(abs(self.index - reference.index) for reference in references)
        costs = np.minimum(self.from_previous.costs * distance**0.4, self.intra).astype(np.int32)
        vectors = tuple(np.zeros((*GRID, 2), np.int16) for _ in references)
        return Prediction(tuple(r.index for r in references), vectors, np.ones(GRID, np.uint8), costs)


class FakeLookahead(Lookahead):
    """A lookahead over a Source."""

    def __init__(self, depth: int, source: Source) -> None:
        super().__init__(depth, source.fps)
        self.source = source

    def push(self, frame: Any = None) -> Any:
        index, self._count = self._count, self._count + 1
        fake: Any = FakeFrame(index, self.source)
        self._frames[index] = fake
        self._unscheduled.add(index)
        return fake


@dataclass
class FakeEncoder:
    """Codes a Source. Bits follow another law than the controller's model, and vary at random."""

    controller: RateController
    source: Source
    structure: str = "ra"
    gop: int = 8
    noise: float = 0.1
    steepness: float = 1.0
    seed: int = 0
    latency: int = 0  # coding steps from plan to update, or fewer at the start of the stream
    results: list[PictureResult] = field(default_factory=list)
    attempts: int = 0

    def run(self) -> list[PictureResult]:
        rng = np.random.default_rng(self.seed)
        structure = make_structure(self.structure, self.gop)  # type: ignore[arg-type]
        lookahead = FakeLookahead(self.controller.lookahead, self.source)
        pending: list[PictureResult] = []
        for index in range(len(self.source.intra) + 1):
            if index < len(self.source.intra):
                lookahead.push()
                lookahead.schedule(structure.push())
            else:
                lookahead.schedule(structure.finish())
                lookahead.finish()
            while lookahead.ready:
                pending.append(self._code(lookahead, rng))
                lookahead.finish_picture()
                soonest = feedback_delay(len(self.results), MOST) - 1  # what the next picture is to wait for
                while len(pending) > min(self.latency, soonest):
                    self.controller.update(pending.pop(0))
        for result in pending:
            self.controller.update(result)
        return self.results

    def _code(self, lookahead: Lookahead, rng: np.random.Generator) -> PictureResult:
        plan = lookahead.upcoming[0]
        factor = float(np.exp(self.noise * rng.normal()))
        qp = self.controller.plan(plan, lookahead)
        bits = self.bits(plan, qp, lookahead, factor)
        self.attempts += 1
        while isinstance(self.controller, LimitsPictures) and self.controller.limits_pictures:
            coarser = self.controller.judge(plan, bits)
            if coarser is None:
                break
            qp = coarser
            bits = self.bits(plan, qp, lookahead, factor)
            self.attempts += 1
        self.results.append(PictureResult(plan, qp, bits))
        return self.results[-1]

    def bits(self, plan: PicturePlan, qp: PictureQp, lookahead: Lookahead, factor: float) -> int:
        references = [lookahead.frame(index) for index in nearest_references(plan)]
        cost = lookahead.frame(plan.index).predict(references).cost
        share = 6.0 if plan.slice_type == "I" else 3.3
        return 60 + int(factor * share * cost * 2 ** (-self.steepness * (qp.mean_qp - 4) / 6))


def kbps(results: Sequence[PictureResult], fps: float = 25.0) -> float:
    return sum(result.bits for result in results) * fps / len(results) / 1000
