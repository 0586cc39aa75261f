# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which blocks the network is run on at all: decided before it runs, by the encoder alone.

A block that is left out is coded as off, so that the decoder saves the same work. Gains are measured as shares: the
fall of the squared error a luma sample, relative to the picture's mean squared error. A percent of that is 0.043 dB
wherever it falls, and so about the same share of the bits at every QP; one price therefore serves all QPs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from inloop import _core
from inloop.errors import ConfigError, ModelError
from inloop.nnlf.blocks import BoolArray, FloatArray, PictureBlocks
from inloop.nnlf.function import AnyFilter

STRENGTHS = (0, 1, 2, 3)
"""How readily blocks are left out: 0 never before the network has run, each further one at a higher price."""
DEFAULT_STRENGTH = 1
PRICES = (0.0, 0.009, 0.015, 0.03)
"""Gain, by strength, that one run of the network over a luma sample must be expected to bring."""
MODES = ("loop", "post")
"""Filtered pictures are references, or are shown only."""
FIT_FILE = "skipping.json"
"""Gain models of the package's networks by network and mode, as ``python -m inloop.train.fit_skipping`` writes them."""
PROOF_PICTURES, PROOF_EVERY = 4, 32
"""A network whose gains are not known runs on all blocks of the first pictures, and of every so many later."""
_MEMORY = 0.8
"""Weight of the pictures before in what has been learned of a network."""
_LARGEST_FACTOR = 4.0
_FALLBACK = "lop"
"""Network whose gain model serves those that have none."""


class SkipPolicy(Protocol):
    """Decides about blocks before the network has seen them. One's own needs these members."""

    @property
    def min_edges(self) -> int:
        """Coded edges, in 1/64 a 4x4 cell, from which on the edge rule filters a block; 0 to 31."""

    def expected_gain(self, blocks: PictureBlocks) -> FloatArray:
        """Return the fall of the picture's squared error that each block is expected to bring, as a share of it."""

    def wanted(self, blocks: PictureBlocks) -> BoolArray:
        """Return the blocks that the network is to run on; the others are coded as off."""

    def price(self, blocks: PictureBlocks) -> FloatArray:
        """Return what each block must gain at least, as a share of the picture's squared error."""

    def affords(self, blocks: PictureBlocks, chosen: BoolArray) -> bool:
        """Whether decoding may take the work of these blocks."""


@runtime_checkable
class LearnsGains(Protocol):
    """A skip policy that wants to know what the network gained."""

    def learn(self, blocks: PictureBlocks, run: BoolArray, gain: FloatArray) -> None:
        """Take note of what each block gained where the network `run`, as a share of the picture's squared error."""


@dataclass(frozen=True)
class GainModel:
    """Expected gain of a block: a weighted sum of its features, then a piecewise linear curve.

    Attributes:
        weights: By the names of `PictureBlocks.features`.
        scores: Weighted sums at the corners of the curve, rising.
        gains: The gains there.
        min_edges: Best threshold of the edge rule for each of `STRENGTHS`.
    """

    weights: Mapping[str, float]
    scores: tuple[float, ...]
    gains: tuple[float, ...]
    min_edges: tuple[int, ...]

    def expected(self, blocks: PictureBlocks) -> FloatArray:
        """Expected fall of the squared error a luma sample, relative to the picture's mean squared error."""
        features = blocks.features()
        score = sum((w * features[name] for name, w in self.weights.items()), np.zeros(blocks.count))
        return np.asarray(np.interp(score, self.scores, self.gains))

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> GainModel:
        """Read what ``python -m inloop.train.fit_skipping`` wrote."""
        return cls(
            dict(entry["weights"]), tuple(entry["scores"]), tuple(entry["gains"]), tuple(entry["min_edges"])
        )


def fit_path(network: str | PathLike[str]) -> Path:
    """The file beside a network's own that holds what was fitted to it: ``mine.skipping.json`` for ``mine.onnx``."""
    return Path(network).with_suffix(".skipping.json")


def fitted_beside(network: str | PathLike[str], model: AnyFilter, mode: str = "loop") -> GainModel | None:
    """Return the gain model that lies beside a network's file, None where there is none for this network and mode.

    Raises ModelError where the file is no such file.
    """
    path = fit_path(network)
    if not path.is_file():
        return None
    try:
        fits = json.loads(path.read_text("utf-8")).values()
        own = [fit for fit in fits if (fit["model"], fit["mode"]) == (model.sha256, mode)]
        return GainModel.from_json(own[0]) if own else None
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise ModelError(f"{path} holds no gains of a filter network: {error!r}") from error


@cache
def _fits() -> dict[str, dict[str, Any]]:
    text = files("inloop.nnlf").joinpath("models", FIT_FILE).read_text("utf-8")
    return dict(json.loads(text))


def is_fitted(model: AnyFilter, mode: str = "loop") -> bool:
    """Whether the package knows what predicts the gains of a network."""
    return any(fit["model"] == model.sha256 and fit["mode"] == mode for fit in _fits().values())


def gain_model(model: AnyFilter, mode: str = "loop") -> GainModel:
    """Return the gain model fitted for a network and mode; for a network unknown to the package, that of ``lop``.

    In loop mode what a block inherits is filtered already, so its coded edges and residual say what is left to gain. In
    post mode nothing is: blocks without any residual gain, too.

    Args:
        model: The filter network.
        mode: ``"loop"`` or ``"post"``.
    """
    fits = _fits()
    fallback = fits[f"{_FALLBACK}_{mode}"]
    own = (fit for fit in fits.values() if fit["model"] == model.sha256 and fit["mode"] == mode)
    return GainModel.from_json(next(own, fallback))


class GainPolicy:
    """Runs the network where its expected gain is worth the work.

    Args:
        model: The filter network.
        strength: 0 runs it everywhere, 3 on few blocks only.
        budget_kmac_per_px: Thousand multiplications a luma sample, on average over a picture, that decoding may take;
            the most promising blocks for their work are taken. None: any.
        mode: ``"loop"`` or ``"post"``: what the filtered pictures are for.
        gains: What predicts the gains; None: what is in the package for this network and mode.

    Raises:
        ConfigError: An unknown strength or mode, or a budget that is not positive.
    """

    def __init__(
        self,
        model: AnyFilter,
        strength: int = DEFAULT_STRENGTH,
        budget_kmac_per_px: float | None = None,
        *,
        mode: str = "loop",
        gains: GainModel | None = None,
    ) -> None:
        if mode not in MODES:
            raise ConfigError(f"unknown filter mode '{mode}': {' or '.join(MODES)}")
        if strength not in STRENGTHS:
            raise ConfigError(f"filter skip strength {strength} is outside 0 .. {STRENGTHS[-1]}")
        if budget_kmac_per_px is not None and not budget_kmac_per_px > 0:
            raise ConfigError(f"a filter budget of {budget_kmac_per_px} kMAC/px runs nothing")
        self.strength = strength
        self.budget_kmac_per_px = budget_kmac_per_px
        self.gains = gain_model(model, mode) if gains is None else gains
        self._kmac_per_px = model.kmac_per_px

    @property
    def min_edges(self) -> int:
        """Threshold of the edge rule."""
        return min(self.gains.min_edges[self.strength], _core.FILTER_MAX_MIN_EDGES)

    def price(self, blocks: PictureBlocks) -> FloatArray:
        """Price of the work of each block; shares of the picture's squared error."""
        return np.asarray(PRICES[self.strength] * blocks.work / self._kmac_per_px / blocks.area.sum())

    def expected_gain(self, blocks: PictureBlocks) -> FloatArray:
        """What the gain model says; shares of the picture's squared error."""
        return np.asarray(self.gains.expected(blocks) * blocks.area / blocks.area.sum())

    def wanted(self, blocks: PictureBlocks) -> BoolArray:
        """Blocks whose expected gain is worth its price, within the budget."""
        if self.strength == 0 and self.budget_kmac_per_px is None:
            return np.ones(blocks.count, np.bool_)
        gain = self.expected_gain(blocks)
        wanted = gain >= self.price(blocks) if self.strength else np.ones(blocks.count, np.bool_)
        if self.budget_kmac_per_px is not None:
            wanted &= within_budget(blocks, gain, self.budget_kmac_per_px)
        return wanted

    def affords(self, blocks: PictureBlocks, chosen: BoolArray) -> bool:
        """Return whether the budget allows these blocks.

        Args:
            blocks: The blocks of the picture.
            chosen: bool ``[blocks]``, those that the network would run on in the decoder.
        """
        budget = self.budget_kmac_per_px
        return budget is None or bool(blocks.work[chosen].sum() <= budget * blocks.area.sum())


class LearningPolicy(GainPolicy):
    """For a network whose gains nobody has fitted: it proves itself in the first pictures, and again now and then.

    What is expected of a block is what ``lop`` would gain there, times how much more or less than ``lop`` the network
    has gained lately where it ran. Arguments and errors as for `GainPolicy`.
    """

    _pictures = 0
    _gained = _foreseen = 0.0

    @property
    def is_proving(self) -> bool:
        """Whether the network runs on all blocks of the next picture to show what it can do."""
        return self._pictures < PROOF_PICTURES or self._pictures % PROOF_EVERY == 0

    @property
    def factor(self) -> float:
        """What the network gains where ``lop`` would gain 1."""
        if not self._foreseen:
            return 1.0
        return min(max(self._gained / self._foreseen, 0.0), _LARGEST_FACTOR)

    def expected_gain(self, blocks: PictureBlocks) -> FloatArray:
        """What the gain model says, times what has been learned."""
        return np.asarray(super().expected_gain(blocks) * self.factor)

    def wanted(self, blocks: PictureBlocks) -> BoolArray:
        """All blocks that the budget allows in a picture of proof, else those that are worth it."""
        if not self.is_proving:
            return super().wanted(blocks)
        if self.budget_kmac_per_px is None:
            return np.ones(blocks.count, np.bool_)
        return within_budget(blocks, super().expected_gain(blocks), self.budget_kmac_per_px)

    def affords(self, blocks: PictureBlocks, chosen: BoolArray) -> bool:
        """Whether the budget allows these blocks, and the network has gained anything."""
        return (self.is_proving or self.factor > 0) and super().affords(blocks, chosen)

    def learn(self, blocks: PictureBlocks, run: BoolArray, gain: FloatArray) -> None:
        """Compare what was gained with what ``lop`` would have gained there."""
        self._pictures += 1
        if not run.any():
            return
        self._gained = _MEMORY * self._gained + float(gain[run].sum())
        self._foreseen = _MEMORY * self._foreseen + float(super().expected_gain(blocks)[run].sum())


def policy_for(
    model: AnyFilter,
    strength: int,
    budget_kmac_per_px: float | None = None,
    *,
    mode: str = "loop",
    gains: GainModel | None = None,
) -> GainPolicy:
    """Return the policy of a network: by its fitted gains, or by those that it shows. Errors as for `GainPolicy`."""
    if gains is not None or strength == 0 or is_fitted(model, mode):
        return GainPolicy(model, strength, budget_kmac_per_px, mode=mode, gains=gains)
    return LearningPolicy(model, strength, budget_kmac_per_px, mode=mode)


def within_budget(blocks: PictureBlocks, gain: FloatArray, budget_kmac_per_px: float) -> BoolArray:
    """Return the blocks with the most gain for their work, as many as the budget allows: bool ``[blocks]``.

    Args:
        blocks: The blocks of the picture.
        gain: float ``[blocks]``, what each is expected to gain.
        budget_kmac_per_px: Thousand multiplications a luma sample, on average over the picture.
    """
    allowed = np.zeros(blocks.count, np.bool_)
    left = budget_kmac_per_px * blocks.area.sum()
    for index in np.argsort(-gain / blocks.work, kind="stable"):
        if blocks.work[index] <= left:
            left -= blocks.work[index]
            allowed[index] = True
    return allowed
