# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks of the literature at widths and depths that say something about speed."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional

from benchmarks.imports.blocks import conv
from benchmarks.imports.networks import Espcn, Imdn, ShuffleNet, UNet


class Edsr(nn.Module):
    """EDSR: residual blocks of two convolutions, twice the size at the end."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.head, self.body, self.tail = conv(3, width), conv(width, width), conv(width, 3)
        self.blocks = nn.ModuleList(
            nn.Sequential(conv(width, width), nn.ReLU(), conv(width, width)) for _ in range(blocks)
        )
        self.up = nn.Sequential(conv(width, 4 * width), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        y = head = self.head(x)
        for block in self.blocks:
            y = y + block(y)
        return self.tail(self.up(head + self.body(y)))


class DnCnn(nn.Module):
    """DnCNN: convolutions with normalisation, which find the noise."""

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        middle = [
            part
            for _ in range(layers - 2)
            for part in (nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
        ]
        self.body = nn.Sequential(conv(3, width), nn.ReLU(), *middle, conv(width, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        return x - self.body(x)


class BsConv(nn.Module):
    """Blueprint separable convolutions: 1x1 and depthwise for each convolution of a residual block."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.head, self.tail = self._separable(3, width), self._separable(width, 3)
        self.blocks = nn.ModuleList(
            nn.Sequential(self._separable(width, width), nn.ReLU(), self._separable(width, width))
            for _ in range(blocks)
        )

    @staticmethod
    def _separable(inputs: int, outputs: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, bias=False), conv(outputs, outputs, groups=outputs)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        y = self.head(x)
        for block in self.blocks:
            y = y + block(y)
        return x + self.tail(y)


class Plain(nn.Module):
    """Five convolutions with a function after each, at a dilation, and perhaps a bilinear resize to twice the size."""

    def __init__(
        self,
        function: Callable[[Tensor], Tensor],
        *,
        dilation: int = 1,
        enlarged: bool = False,
        width: int = 32,
    ) -> None:
        super().__init__()
        self.function, self.enlarged = function, enlarged
        self.head, self.tail = conv(3, width), conv(width, 3)
        self.body = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation) for _ in range(4)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Filter."""
        y = self.function(self.head(x))
        for layer in self.body:
            y = self.function(layer(y))
        if self.enlarged:
            y = functional.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        return self.tail(y)


RESTORERS: dict[str, Callable[[], nn.Module]] = {
    "EDSR": lambda: Edsr(64, 4),
    "DnCNN": lambda: DnCnn(64, 8),
    "U-Net": lambda: UNet("bilinear", 32),
    "IMDN": lambda: Imdn(64),
    "BSConv": lambda: BsConv(64, 4),
    "ESPCN": lambda: Espcn(64),
    "ShuffleNet": lambda: ShuffleNet(64),
    "dilation 2": lambda: Plain(functional.relu, dilation=2),
    "dilation 4": lambda: Plain(functional.relu, dilation=4),
    "SiLU": lambda: Plain(functional.silu),
    "bilinear x2": lambda: Plain(functional.relu, enlarged=True),
}
"""How each network is made."""
