# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a network gains on held-out pictures, in dB over the deblocked picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from inloop.nnlf.features import CONTEXT
from inloop.train.losses import squared_errors
from inloop.train.networks import GraphNet
from inloop.train.patches import collate, crop
from inloop.train.samples import Sample, cut_patch

GROUPS = [(kind, low, low + 7) for kind in ("intra", "inter") for low in (20, 27, 34)]
"""Kind of picture, lowest and first excluded slice QP."""
BLOCK = 128


def validate(net: GraphNet, samples: list[Sample], limit: int = 12) -> dict[str, float]:
    """Mean PSNR gain in dB on the middle 128x128 block, a group of QPs and picture types.

    At most `limit` pictures a group, evenly spread. Keys ``intra20_y`` ...: Y, ``_c`` the mean of Cb and Cr.
    """
    gains: dict[str, float] = {}
    for kind, low, high in GROUPS:
        group = [
            s for s in samples if (s.slice_type == "I") == (kind == "intra") and low <= s.slice_qp < high
        ]
        group = group[:: max(1, len(group) // limit)][:limit]
        total = [picture_gain(net, s) for s in group]
        mean = np.mean(total, 0) if total else np.full(3, np.nan)
        gains[f"{kind}{low}_y"], gains[f"{kind}{low}_c"] = float(mean[0]), float(mean[1:].mean())
    return gains


def picture_gain(net: GraphNet, sample: Sample, size: int = BLOCK) -> npt.NDArray[np.float64]:
    """PSNR gain in dB a component of the middle block over the same block after deblocking."""
    y, x = ((s - size) // 32 * 16 for s in sample.size)
    inputs, target, _ = collate([(*cut_patch(sample, x, y, size, scale=net.output_scale), sample.mse)])
    device = next(net.parameters()).device
    with torch.no_grad():
        out = crop(net({name: value.to(device) for name, value in inputs.items()}), target.shape[-1]).cpu()
        errors = squared_errors(out, target)[0].double().numpy()
    reference = sample_block_mse(sample, x, y, size)
    return np.asarray(10 * np.log10((reference + 1e-9) / (errors + 1e-9)))


def sample_block_mse(sample: Sample, x: int, y: int, size: int) -> npt.NDArray[np.float64]:
    """Mean squared error a component of the deblocked block, in units of the full sample range."""
    peak = 1 << sample.bit_depth
    result = []
    for i in range(3):
        d = 1 if i == 0 else 2
        top, left = (y + CONTEXT) // d, (x + CONTEXT) // d
        window = np.s_[top : top + size // d, left : left + size // d]
        a, b = (sample.planes[name][i][window].astype(np.float64) for name in ("org", "dbf"))
        result.append(np.mean(np.square(a - b)) / peak**2)
    return np.array(result)
