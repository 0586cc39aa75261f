# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The training loss."""

from __future__ import annotations

import torch
from torch import Tensor

MSE_FLOOR = 0.3 / 255**2
"""Added to a picture's error before dividing by it, so that nearly lossless pictures do not dominate."""


def squared_errors(out: Tensor, target: Tensor) -> Tensor:
    """Mean squared error a component in the sample domain, ``[n, 3]``, from packed residuals ``[n, 24 or 6, h, w]``.

    The four coefficients of a 2x2 block are packed as a quarter of its Hadamard transform, so the sum of their squares
    is the mean square of the four samples. Of 24 channels luma has four such blocks a position, of 6 one beside the
    samples of chroma.
    """
    e = (out - target).square().mean((2, 3))
    if e.shape[1] == 6:
        return torch.stack([e[:, :4].sum(1), e[:, 4], e[:, 5]], 1)
    return torch.stack([e[:, :16].sum(1) / 4, e[:, 16:20].sum(1), e[:, 20:24].sum(1)], 1)


def relative_loss(errors: Tensor, reference: Tensor, luma_weight: float) -> Tensor:
    """Weighted mean of the errors relative to the deblocked picture's ``[n, 3]``: the slope of PSNR in dB.

    `luma_weight` is that of luma where each chroma component has 1.
    """
    weights = torch.tensor([luma_weight, 1.0, 1.0], dtype=errors.dtype, device=errors.device)
    return (errors / (reference + MSE_FLOOR) * (weights / weights.sum())).sum(1).mean()
