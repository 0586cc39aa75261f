# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Stored pictures in memory, and random batches of patches from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from inloop.train.samples import Sample, cut_patch, load_sample

VALIDATION_SOURCES = ("davis_libby", "media3_rooftop", "sam2_04_coffee", "clic25_100a")
"""Prefixes of sources that are kept out of training and measured at each log line."""
PATCH_STEP = 16
"""Patches start at multiples of it, so that the grids of block edges stay where they are in mirrored patches."""

Batch = tuple[dict[str, Tensor], Tensor, Tensor]
"""Network inputs ``[n, c, h, w]``, wanted residuals ``[n, 24, h, w]`` inside, errors a picture ``[n, 3]``."""
Part = tuple[dict[str, npt.NDArray[Any]], npt.NDArray[Any], npt.NDArray[Any]]


class PatchPool:
    """All stored pictures of some folders.

    Attributes:
        scale: Luma samples along the side of an output position of the network, as for `cut_patch`.
        training: Pictures to train on, ``"intra"`` and ``"inter"`` (P and B).
        validation: Pictures of the held-out sources.
    """

    def __init__(self, folders: Sequence[Path], scale: int = 4) -> None:
        self.scale = scale
        self.training: dict[str, list[Sample]] = {"intra": [], "inter": []}
        self.validation: list[Sample] = []
        for path in sorted(path for folder in folders for path in folder.glob("*.npz")):
            sample = load_sample(path)
            if sample.source.startswith(VALIDATION_SOURCES):
                self.validation.append(sample)
            else:
                self.training["intra" if sample.slice_type == "I" else "inter"].append(sample)

    def draw(self, rng: np.random.Generator, count: int, size: int, inter_share: float) -> Batch:
        """Draw `count` random training patches of `size` luma samples.

        `inter_share` is the probability that one comes from a P or B picture, where there are both kinds.
        """
        parts = []
        for _ in range(count):
            inter = rng.random() < inter_share
            samples = (
                self.training["inter" if inter else "intra"] or self.training["intra" if inter else "inter"]
            )
            sample = samples[rng.integers(len(samples))]
            y, x = (PATCH_STEP * int(rng.integers((s - size) // PATCH_STEP + 1)) for s in sample.size)
            parts.append((*cut_patch(sample, x, y, size, int(rng.integers(8)), self.scale), sample.mse))
        return collate(parts)


def collate(parts: list[Part]) -> Batch:
    """Stack cut patches, their targets and reference errors into tensors, channels first."""
    inputs = {name: _to_tensor([part[0][name] for part in parts]) for name in parts[0][0]}
    target = _to_tensor([part[1] for part in parts])
    return inputs, target, torch.from_numpy(np.stack([part[2] for part in parts]).astype(np.float32))


def _to_tensor(arrays: list[npt.NDArray[Any]]) -> Tensor:
    """Stack ``[h, w, c]`` arrays to ``[n, c, h, w]``, channels last in memory."""
    return torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2)


def crop(out: Tensor, size: int) -> Tensor:
    """Centre of `out` of the given height and width."""
    margin = (out.shape[-1] - size) // 2
    return out[..., margin : margin + size, margin : margin + size]
