# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The training loss."""

from __future__ import annotations

import torch
from torch import Tensor

YUV_WEIGHTS = (0.75, 0.125, 0.125)
"""Share of Y, Cb, Cr in the loss (weighted PSNR 6:1:1)."""
MSE_FLOOR = 0.3 / 255**2
"""Added to a picture's error before dividing by it, so that nearly lossless pictures do not dominate."""


def squared_errors(out: Tensor, target: Tensor) -> Tensor:
    """Mean squared error a component in the sample domain, ``[n, 3]``, from packed residuals ``[n, 24, h, w]``.

    The four coefficients of a 2x2 block are packed as a quarter of its Hadamard transform, so the sum of their squares
    is the mean square of the four samples. Luma has four such blocks a position.
    """
    e = (out - target).square().mean((2, 3))
    return torch.stack([e[:, :16].sum(1) / 4, e[:, 16:20].sum(1), e[:, 20:24].sum(1)], 1)


def relative_loss(errors: Tensor, reference: Tensor) -> Tensor:
    """Weighted mean of the errors relative to the deblocked picture's ``[n, 3]``: the slope of PSNR in dB."""
    weights = torch.tensor(YUV_WEIGHTS, dtype=errors.dtype, device=errors.device)
    return (errors / (reference + MSE_FLOOR) * weights).sum(1).mean()
