# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a network gains on whole held-out pictures, in dB over the deblocked picture, at the best blend scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from inloop.train.held_out import name_hash
from inloop.train.losses import squared_errors
from inloop.train.networks import GraphNet
from inloop.train.patches import crop, to_tensor
from inloop.train.samples import Sample, cut_picture

GROUPS = [(kind, low, low + 7) for kind in ("intra", "inter") for low in (20, 27, 34)]
"""Kind of picture, lowest and first excluded slice QP."""
SCALES = (16 / 256, 320 / 256)
"""Smallest and largest scale that a stream can ask for."""


def validate(net: GraphNet, samples: list[Sample], limit: int = 12) -> dict[str, float]:
    """Mean PSNR gain in dB of whole pictures, a group of QPs and picture types.

    At most `limit` pictures a group, evenly spread over their sources. Keys ``intra20_y`` ...: Y, ``_c`` the mean of
    Cb and Cr.
    """
    gains: dict[str, float] = {}
    for kind, low, high in GROUPS:
        group = [
            s for s in samples if (s.slice_type == "I") == (kind == "intra") and low <= s.slice_qp < high
        ]
        total = [picture_gain(net, s) for s in spread(group, limit)]
        mean = np.mean(total, 0) if total else np.full(3, np.nan)
        gains[f"{kind}{low}_y"], gains[f"{kind}{low}_c"] = float(mean[0]), float(mean[1:].mean())
    return gains


def spread(samples: Sequence[Sample], limit: int) -> list[Sample]:
    """Return at most `limit` samples: in turn one of each source, a source's own in an order by hash."""
    sources: dict[str, list[Sample]] = {}
    for sample in samples:
        sources.setdefault(sample.source, []).append(sample)
    turns = []
    for name, members in sorted(sources.items(), key=lambda item: name_hash(item[0])):
        order = sorted(range(len(members)), key=lambda index: name_hash(f"{name} {index}"))
        turns += [(turn, members[index]) for turn, index in enumerate(order)]
    turns.sort(key=lambda item: item[0])
    return [sample for _, sample in turns[:limit]]


def picture_gain(net: GraphNet, sample: Sample) -> npt.NDArray[np.float64]:
    """PSNR gain in dB a component of a whole picture over the deblocked one, each component at its best scale."""
    inputs, wanted, deblocked = cut_picture(sample, net.output_scale)
    device = next(net.parameters()).device
    with torch.no_grad():
        out = net({name: to_tensor([value]).to(device) for name, value in inputs.items()})
        target, start = to_tensor([wanted]).to(device), to_tensor([deblocked]).to(device)
        errors = blended_errors(crop(out.float(), target.shape), target, start)[0].double().cpu().numpy()
    return np.asarray(10 * np.log10((sample.mse + 1e-9) / (errors + 1e-9)))


def blended_errors(out: Tensor, target: Tensor, start: Tensor) -> Tensor:
    """Mean squared error a component, ``[n, 3]``, where the signal is blended with the deblocked picture.

    All are packed residuals to the picture before deblocking: the network's, the original's, the deblocked picture's.
    """
    step, missing = out - start, target - start
    zero = torch.zeros_like(step)
    # The product of two signals from the squares of their sum and difference.
    product = (squared_errors(step, -missing) - squared_errors(step, missing)) / 4
    energy = squared_errors(step, zero)
    scale = (product / energy.clamp(min=1e-20)).clamp(*SCALES)
    filtered = squared_errors(missing, zero) - 2 * scale * product + scale.square() * energy
    return torch.minimum(filtered, squared_errors(missing, zero)).clamp(min=0)
