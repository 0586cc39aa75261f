# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Parts that several networks for pictures have: attention over channels and places, norms, gates."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """A convolution that keeps the size, but for its stride."""
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups)


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of each pixel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(channels, 1, 1) + 0.5)
        self.bias = nn.Parameter(torch.rand(channels, 1, 1) - 0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise."""
        centred = x - x.mean(1, keepdim=True)
        variance = centred.pow(2).mean(1, keepdim=True)
        return centred / (variance + 1e-6).sqrt() * self.weight + self.bias


class ChannelAttention(nn.Module):
    """Squeeze and excitation: channels weighted by what their means say."""

    def __init__(self, channels: int, middle: int, *, linear: bool = False) -> None:
        super().__init__()
        self.linear = linear
        first, second = (
            (nn.Linear(channels, middle), nn.Linear(middle, channels))
            if linear
            else (nn.Conv2d(channels, middle, 1), nn.Conv2d(middle, channels, 1))
        )
        self.body = nn.Sequential(first, nn.ReLU(), second, nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        """Weigh."""
        mean = functional.adaptive_avg_pool2d(x, 1)
        if self.linear:
            count, channels = x.shape[:2]
            return x * self.body(mean.view(count, channels)).view(count, channels, 1, 1).expand_as(x)
        return x * self.body(mean)


class ContrastAttention(nn.Module):
    """Channels weighted by their deviation and mean."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, middle, 1), nn.ReLU(), nn.Conv2d(middle, channels, 1), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        """Weigh."""
        mean = x.mean((2, 3), keepdim=True)
        deviation = (x - mean).pow(2).mean((2, 3), keepdim=True).sqrt()
        return x * self.body(deviation + mean)


class SpatialMask(nn.Module):
    """Enhanced spatial attention: a mask found at a seventh of the size and brought back to it."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.inner, self.skip = nn.Conv2d(channels, middle, 1), nn.Conv2d(middle, middle, 1)
        self.shrink = nn.Conv2d(middle, middle, 3, 2)
        self.body = conv(middle, middle)
        self.outer = nn.Conv2d(middle, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Weigh."""
        inner = self.inner(x)
        small = functional.max_pool2d(self.shrink(inner), 7, 3)
        large = functional.interpolate(self.body(small), x.shape[2:], mode="bilinear", align_corners=False)
        return x * torch.sigmoid(self.outer(large + self.skip(inner)))


class BlockAttention(nn.Module):
    """Attention over channels by mean and largest, then over places by the same."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(channels, middle), nn.ReLU(), nn.Linear(middle, channels))
        self.places = nn.Conv2d(2, 1, 7, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        """Weigh twice."""
        count, channels = x.shape[:2]
        both = functional.adaptive_avg_pool2d(x, 1), functional.adaptive_max_pool2d(x, 1)
        of_channels = sum(self.shared(pooled.view(count, channels)) for pooled in both)
        x = x * torch.sigmoid(of_channels).view(count, channels, 1, 1)
        of_places = torch.cat([x.mean(1, keepdim=True), x.max(1, keepdim=True)[0]], 1)
        return x * torch.sigmoid(self.places(of_places))


def simple_gate(x: Tensor) -> Tensor:
    """The product of both halves of the channels."""
    first, second = x.chunk(2, 1)
    return first * second


def shuffled(x: Tensor, groups: int) -> Tensor:
    """Channels of the groups in turn."""
    count, channels, height, width = x.shape
    return x.view(count, groups, channels // groups, height, width).transpose(1, 2).reshape(x.shape)


def padded_to(x: Tensor, multiple: int, mode: str = "constant") -> Tensor:
    """With rows and columns at the end up to a multiple."""
    height, width = x.shape[2:]
    return functional.pad(x, (0, -width % multiple, 0, -height % multiple), mode)
