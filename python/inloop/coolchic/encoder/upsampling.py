# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Doubling of grids by one learned kernel."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_CUBIC = (-0.03515625, -0.10546875, 0.26171875, 0.87890625)
_LINEAR = (0.25, 0.75)


def initial_kernel(size: int) -> Tensor:
    """Return the kernel that a fit starts from: bicubic from a side of 8 on, else bilinear."""
    half = _CUBIC if size >= 8 else _LINEAR
    taps = torch.tensor([*half, *reversed(half)])
    missing = (size - len(taps)) // 2
    return F.pad(torch.outer(taps, taps), (missing, missing, missing, missing))


def double(planes: Tensor, kernel: Tensor, rows: int, columns: int) -> Tensor:
    """Return planes (channels, rows / 2, columns / 2), rounded up, doubled and cut to (channels, rows, columns)."""
    size = len(kernel)
    reach = size // 4
    padded = F.pad(planes[:, None], (reach,) * 4, mode="replicate")
    doubled = F.conv_transpose2d(padded, kernel[None, None], stride=2)[:, 0]
    first = 2 * reach + size // 2 - 1
    return doubled[:, first : first + rows, first : first + columns]
