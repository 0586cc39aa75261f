# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Fits what predicts the gain of a filter block: ``python -m inloop.train.fit_skipping CLIP ... --nnlf mine.onnx``.

Encodes the clips with the filter on every block, and explains what each block gained by what was known
of it before. A weighted sum of features is fitted to the cube root of the gain, since gains spread over orders of
magnitude; then the mean gain at each height of that sum makes the curve that turns it into an expected gain.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inloop import _core
from inloop.codec import Encoder, EncoderOptions
from inloop.errors import ConfigError
from inloop.io import open_video
from inloop.nnlf.blocks import FloatArray, PictureBlocks
from inloop.nnlf.decision import best_scale_codes, gains
from inloop.nnlf.filter_model import FilterModel
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.nnlf.picture_filter import PictureFilter
from inloop.nnlf.registry import filter_names, load_filter
from inloop.nnlf.skipping import MODES, PRICES, fit_path
from inloop.pipeline import encode_frames, select_frames
from inloop.whole_files import write_whole

QPS = (22, 27, 32, 37)
LIMITS = (-0.05, 0.3)
"""Gains are cut to this range, so that single blocks do not decide the fit."""
RIDGE = 1e-3
"""Weight of the ridge, a block: keeps the weights of features that nearly say the same small."""
CORNERS = 12
"""Corners of the curve, each the mean of as many blocks."""
CONTEXT_WORK = 1.25
"""The context of a block of 128 adds about a quarter to its work."""


@dataclass(frozen=True)
class Observations:
    """Blocks with what was known of them and what the filter gained there.

    Attributes:
        features: By name, ``[blocks]``.
        gain: Fall of the squared error a luma sample, relative to the picture's mean squared error.
        area: Luma samples, as weights.
    """

    features: dict[str, FloatArray]
    gain: FloatArray
    area: FloatArray

    @classmethod
    def join(cls, parts: Sequence[Observations]) -> Observations:
        """Put observations together."""
        names = parts[0].features
        return cls(
            {name: np.concatenate([part.features[name] for part in parts]) for name in names},
            np.concatenate([part.gain for part in parts]),
            np.concatenate([part.area for part in parts]),
        )


class Observer(PictureFilter):
    """A filter that runs everywhere and notes what each block gains."""

    def __init__(self, model: FilterModel, mode: str) -> None:
        super().__init__(model, mode, skip=0, block_size=128)
        self.seen: list[Observations] = []

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Observe one picture, then filter it as ever."""
        blocks = PictureBlocks.of(coded, 128, self.model)
        trial = _core.FilterTrial(self.network, blocks.core, original)
        sums = trial.run(0, None) / 4.0 ** (14 - coded.bit_depth)
        scales = [_core.filter_scale_of_code(code) / 256 for code in best_scale_codes(sums.sum(0))]
        error = max(sums[..., 0].sum(), 1.0) / blocks.area.sum()
        gain = gains(sums, np.array(scales)).sum(-1) / blocks.area / error
        self.seen.append(Observations(blocks.features(), gain, blocks.area))
        return super().filter_picture(coded, original)


def observe(clip: Path, qp: int, model: FilterModel, frames: int, mode: str) -> Observations:
    """Encode a clip in random access and return what its blocks gained."""
    nnlf = Observer(model, mode)
    with open_video(clip) as video:
        info = video.info
        options = EncoderOptions(qp=qp, structure="ra", bit_depth=info.bit_depth, nnlf=nnlf)
        encoder = Encoder(info.width, info.height, info.fps, options)
        for _ in encode_frames(encoder, select_frames(video, 0, frames)):
            pass
    return Observations.join(nnlf.seen)


def fit_weights(seen: Observations) -> dict[str, float]:
    """Weights of the features: ridge regression of the cube root of the gain."""
    target = np.cbrt(np.clip(seen.gain, *LIMITS))
    table = np.stack(list(seen.features.values()), 1)
    weight = seen.area[:, None] / seen.area.mean()
    normal = table.T @ (weight * table)
    normal += RIDGE * len(table) * np.eye(table.shape[1])
    solution = np.linalg.solve(normal, table.T @ (weight[:, 0] * target))
    return {name: round(float(w), 6) for name, w in zip(seen.features, solution, strict=True)}


def fit_curve(score: FloatArray, seen: Observations) -> tuple[list[float], list[float]]:
    """Mean gain at rising scores: corners of equal numbers of blocks, made to rise."""
    order = np.argsort(score, kind="stable")
    parts = [part for part in np.array_split(order, CORNERS) if len(part)]
    gain = np.clip(seen.gain, *LIMITS)
    scores = [float(np.average(score[part], weights=seen.area[part])) for part in parts]
    means = [float(np.average(gain[part], weights=seen.area[part])) for part in parts]
    rising = np.maximum.accumulate(means)
    return [round(s, 6) for s in scores], [round(float(g), 6) for g in rising]


def fit_min_edges(seen: Observations) -> list[int]:
    """The threshold of the edge rule for each price: the one that leaves most."""
    best = []
    steps = np.arange(_core.FILTER_MAX_MIN_EDGES + 1)
    for price in PRICES:
        value = (seen.gain - CONTEXT_WORK * price) * seen.area
        worth = [value[seen.features["edges"] * _core.FILTER_EDGE_STEPS >= step].sum() for step in steps]
        best.append(int(np.argmax(worth)) if price else 0)
    return best


def fit(seen: Observations) -> dict[str, Any]:
    """Return the entry of the fit file, provenance aside."""
    weights = fit_weights(seen)
    score = sum((w * seen.features[name] for name, w in weights.items()), np.zeros(len(seen.gain)))
    scores, means = fit_curve(score, seen)
    return {"weights": weights, "scores": scores, "gains": means, "min_edges": fit_min_edges(seen)}


def describe(entry: dict[str, Any], seen: Observations) -> str:
    """Return a table: by strength, the share of blocks left out and of the squared error lost by that."""
    score = sum((w * seen.features[name] for name, w in entry["weights"].items()), np.zeros(len(seen.gain)))
    expected = np.interp(score, entry["scores"], entry["gains"])
    density = seen.features["edges"] * _core.FILTER_EDGE_STEPS
    lines = [f"{'strength':>8} {'':>10} {'left out %':>10} {'lost %':>8}"]
    for strength, price in enumerate(PRICES):
        sets = {"flags": expected >= CONTEXT_WORK * price, "edges": density >= entry["min_edges"][strength]}
        for name, on in sets.items():
            out = 100 * (seen.area * ~on).sum() / seen.area.sum()
            lost = 100 * (seen.gain * seen.area * ~on).sum() / seen.area.sum()
            lines.append(f"{strength:>8} {name:>10} {out:>10.1f} {lost:>8.3f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit from the shell."""
    parser = argparse.ArgumentParser(prog="python -m inloop.train.fit_skipping", description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+", help="clips of the training set")
    parser.add_argument("--nnlf", default="lop", help="name or file of the filter network")
    parser.add_argument("--mode", choices=MODES, default="loop", help="what the gains are for")
    parser.add_argument("--frames", type=int, default=17, help="pictures a clip and QP")
    parser.add_argument("--qps", type=int, nargs="+", default=QPS)
    parser.add_argument(
        "--output",
        type=Path,
        help="file whose entry is replaced; by default the one beside the network's file",
    )
    options = parser.parse_args(arguments)
    model = load_filter(options.nnlf)
    output = options.output or _beside(options.nnlf)
    with output.open("a"):
        pass  # what cannot be written is said before the work
    parts = []
    for clip in options.clips:
        for qp in options.qps:
            parts.append(observe(clip, qp, model, options.frames, options.mode))
            print(f"{clip.stem} QP {qp}: {len(parts[-1].gain)} blocks", flush=True)
    seen = Observations.join(parts)
    entry = fit(seen)
    print(describe(entry, seen))
    provenance = {
        "model": model.sha256,
        "mode": options.mode,
        "clips": [clip.stem for clip in options.clips],
        "qps": list(options.qps),
        "frames": options.frames,
        "structure": "ra, preset medium, SAO on, all blocks of 128 filtered",
        "blocks": len(seen.gain),
    }
    fits = json.loads(output.read_text("utf-8") or "{}")
    fits[f"{Path(options.nnlf).stem}_{options.mode}"] = provenance | entry
    write_whole(output, (json.dumps(fits, indent=1) + "\n").encode())


def _beside(nnlf: str) -> Path:
    """The file in which `inloop encode` looks for what was fitted to a network.

    Raises ConfigError for a network of the package.
    """
    if nnlf in filter_names():
        raise ConfigError(f"'{nnlf}' is a network of the package, whose gains are fitted: give --output")
    return fit_path(nnlf)


if __name__ == "__main__":
    main()
