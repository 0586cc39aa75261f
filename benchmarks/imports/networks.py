# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks of the literature on pictures, narrow and shallow, with random weights: three channels in, three out."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.imports.blocks import (
    BlockAttention,
    ChannelAttention,
    ChannelNorm,
    ContrastAttention,
    SpatialMask,
    conv,
    padded_to,
    shuffled,
    simple_gate,
)

WIDTH = 16


class NafBlock(nn.Module):
    """Gates in place of activations, attention by one product."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([ChannelNorm(width), ChannelNorm(width)])
        self.wide, self.depthwise = (
            nn.Conv2d(width, 2 * width, 1),
            conv(2 * width, 2 * width, groups=2 * width),
        )
        self.attention, self.narrow = nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1)
        self.feed = nn.ModuleList([nn.Conv2d(width, 2 * width, 1), nn.Conv2d(width, width, 1)])
        self.scales = nn.ParameterList([torch.rand(1, width, 1, 1) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        """Filter."""
        y = simple_gate(self.depthwise(self.wide(self.norms[0](x))))
        y = self.narrow(y * self.attention(functional.adaptive_avg_pool2d(y, 1)))
        x = x + y * self.scales[0]
        return x + self.feed[1](simple_gate(self.feed[0](self.norms[1](x)))) * self.scales[1]


class NafNet(nn.Module):
    """NAFNet: two levels, padded to their multiple and cut again."""

    def __init__(self) -> None:
        super().__init__()
        self.intro, self.ending = conv(3, WIDTH), conv(WIDTH, 3)
        self.before, self.middle, self.after = NafBlock(WIDTH), NafBlock(2 * WIDTH), NafBlock(WIDTH)
        self.down = nn.Conv2d(WIDTH, 2 * WIDTH, 2, 2)
        self.up = nn.Sequential(nn.Conv2d(2 * WIDTH, 4 * WIDTH, 1, bias=False), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        height, width = x.shape[2:]
        padded = padded_to(x, 8)
        skip = self.before(self.intro(padded))
        y = self.up(self.middle(self.down(skip))) + skip
        return (self.ending(self.after(y)) + padded)[:, :, :height, :width]


class UNet(nn.Module):
    """Two levels; the upper one is met by interpolation, a transposed convolution, or the size of what is skipped."""

    def __init__(self, kind: str, width: int = WIDTH) -> None:
        super().__init__()
        self.kind = kind
        self.first, self.low = self._pair(3, width), self._pair(width, 2 * width)
        self.up = (
            nn.ConvTranspose2d(2 * width, width, 2, 2) if kind == "transposed" else conv(2 * width, width)
        )
        self.last = nn.Sequential(self._pair(2 * width, width), nn.Conv2d(width, 3, 1))

    @staticmethod
    def _pair(inputs: int, outputs: int) -> nn.Sequential:
        return nn.Sequential(
            conv(inputs, outputs), nn.BatchNorm2d(outputs), nn.ReLU(), conv(outputs, outputs), nn.ReLU()
        )

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        skip = self.first(x)
        low = self.low(functional.max_pool2d(skip, 2))
        if self.kind == "bilinear":
            low = functional.interpolate(low, scale_factor=2, mode="bilinear", align_corners=True)
        elif self.kind == "sizes":
            low = functional.interpolate(low, skip.shape[2:], mode="bilinear")
        return self.last(torch.cat([skip, self.up(low)], 1))


class Rcan(nn.Module):
    """RCAN: residual blocks with attention over channels inside a residual group, twice the size at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.head = conv(3, WIDTH)
        self.blocks = nn.ModuleList(
            nn.Sequential(conv(WIDTH, WIDTH), nn.ReLU(), conv(WIDTH, WIDTH), ChannelAttention(WIDTH, 4))
            for _ in range(2)
        )
        self.body, self.tail = conv(WIDTH, WIDTH), conv(WIDTH, 3)
        self.up = nn.Sequential(conv(WIDTH, 4 * WIDTH), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        head = y = self.head(x)
        for block in self.blocks:
            y = y + block(y)
        return self.tail(self.up(head + self.body(y)))


class Imdn(nn.Module):
    """IMDN: features distilled step by step, joined by a 1x1 convolution, weighted by contrast."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        kept = width // 4
        self.sizes = [kept, width - kept]
        self.head = conv(3, width)
        self.steps = nn.ModuleList([conv(width, width), conv(width - kept, width), conv(width - kept, width)])
        self.last = conv(width - kept, kept)
        self.join, self.attention = nn.Conv2d(width, width, 1), ContrastAttention(width, 4)
        self.tail = nn.Sequential(conv(width, 12), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        head = rest = self.head(x)
        kept = []
        for step in self.steps:
            part, rest = torch.split(functional.leaky_relu(step(rest), 0.05), self.sizes, 1)
            kept.append(part)
        joined = self.join(self.attention(torch.cat([*kept, self.last(rest)], 1)))
        return self.tail(joined + head)


class Rfdn(nn.Module):
    """RFDN: distillation by 1x1 convolutions beside shallow residual ones, then enhanced spatial attention."""

    def __init__(self) -> None:
        super().__init__()
        self.head = conv(3, WIDTH)
        self.distil = nn.ModuleList(nn.Conv2d(WIDTH, WIDTH // 2, 1) for _ in range(2))
        self.refine = nn.ModuleList(conv(WIDTH, WIDTH) for _ in range(2))
        self.last = conv(WIDTH, WIDTH // 2)
        self.join, self.mask = nn.Conv2d(3 * WIDTH // 2, WIDTH, 1), SpatialMask(WIDTH, 8)
        self.tail = nn.Sequential(conv(WIDTH, 12), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        head = rest = self.head(x)
        kept = []
        for distil, refine in zip(self.distil, self.refine, strict=True):
            kept.append(functional.leaky_relu(distil(rest), 0.05))
            rest = functional.leaky_relu(refine(rest) + rest, 0.05)
        kept.append(functional.leaky_relu(self.last(rest), 0.05))
        return self.tail(self.mask(self.join(torch.cat(kept, 1))) + head)


class Safmn(nn.Module):
    """SAFMN: channels in four groups at four sizes, which modulate each other; norm over channels, GELU.

    Its adaptive pooling to an eighth of the size is pooling by windows of 8: the legacy exporter refuses the former
    with free sizes, and at multiples of 8 both are the same.
    """

    def __init__(self) -> None:
        super().__init__()
        part = WIDTH // 4
        self.head, self.norm = conv(3, WIDTH), ChannelNorm(WIDTH)
        self.depthwise = nn.ModuleList(conv(part, part, groups=part) for _ in range(4))
        self.join = nn.Conv2d(WIDTH, WIDTH, 1)
        self.feed = nn.Sequential(conv(WIDTH, 2 * WIDTH), nn.GELU(), nn.Conv2d(2 * WIDTH, WIDTH, 1))
        self.tail = nn.Sequential(conv(WIDTH, 12), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        head = self.head(x)
        normal = self.norm(head)
        height, width = x.shape[2:]
        parts = []
        for level, (part, depthwise) in enumerate(zip(normal.chunk(4, 1), self.depthwise, strict=True)):
            if level == 0:
                parts.append(depthwise(part))
                continue
            small = functional.max_pool2d(part, 1 << level)
            parts.append(functional.interpolate(depthwise(small), (height, width), mode="nearest"))
        y = head + functional.gelu(self.join(torch.cat(parts, 1))) * normal
        return self.tail(y + self.feed(y) + head)


class Span(nn.Module):
    """SPAN: attention without parameters of its own, by a sigmoid about zero of the features themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.head = conv(3, WIDTH)
        self.blocks = nn.ModuleList(
            nn.ModuleList([conv(WIDTH, WIDTH), conv(WIDTH, WIDTH), conv(WIDTH, WIDTH)]) for _ in range(2)
        )
        self.join = nn.Conv2d(3 * WIDTH, WIDTH, 1)
        self.tail = nn.Sequential(conv(WIDTH, 12), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        y = head = self.head(x)
        kept = [head]
        for first, second, third in self.blocks:
            z = third(functional.silu(second(functional.silu(first(y)))))
            y = (z + y) * (torch.sigmoid(z) - 0.5)
            kept.append(y)
        return self.tail(self.join(torch.cat(kept, 1)))


class EdgeBlock(nn.Module):
    """ECBSR as it is trained: a 3x3 convolution beside 1x1 ones into fixed edge filters of each channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        sobel = torch.tensor([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])
        laplace = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
        self.direct, self.wide, self.after = (
            conv(width, width),
            nn.Conv2d(width, 2 * width, 1),
            conv(2 * width, width),
        )
        self.edges = nn.ModuleList(nn.Conv2d(width, width, 1) for _ in range(3))
        for name, mask in (("x", sobel), ("y", sobel.T), ("l", laplace)):
            self.register_buffer(name, mask.expand(width, 1, 3, 3).clone())
        self.scales = nn.ParameterList([torch.rand(width, 1, 1, 1) / 4 for _ in range(3)])
        self.slope = nn.PReLU(width)

    def forward(self, x: Tensor) -> Tensor:
        """Sum of the branches."""
        total = self.direct(x) + self.after(self.wide(x))
        for name, edge, scale in zip("xyl", self.edges, self.scales, strict=True):
            total = total + functional.conv2d(
                edge(x), scale * getattr(self, name), padding=1, groups=x.shape[1]
            )
        return self.slope(total)


class Ecbsr(nn.Module):
    """ECBSR: edge blocks, and the picture itself repeated below the pixel shuffle."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, WIDTH, 3, padding=1)
        self.body = nn.Sequential(EdgeBlock(WIDTH), EdgeBlock(WIDTH), conv(WIDTH, 12))

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        return functional.pixel_shuffle(self.body(self.head(x)) + x.repeat_interleave(4, 1), 2)


class ShuffleNet(nn.Module):
    """Units of ShuffleNet with a shuffle of channels between them."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        half = width // 2
        self.head, self.tail = conv(3, width), conv(width, 3)
        self.units = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(half, half, 1), nn.BatchNorm2d(half), nn.ReLU(), conv(half, half, groups=half),
                nn.BatchNorm2d(half), nn.Conv2d(half, half, 1), nn.ReLU(),
            )
            for _ in range(2)
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        y = self.head(x)
        for unit in self.units:
            kept, worked = y.chunk(2, 1)
            y = shuffled(torch.cat([kept, unit(worked)], 1), 2)
        return self.tail(y)


class Attended(nn.Module):
    """Residual convolutions with an attention between them."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.head, self.tail = conv(3, WIDTH), conv(WIDTH, 3)
        self.body = nn.Sequential(conv(WIDTH, WIDTH), nn.ReLU(), attention)

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        y = self.head(x)
        return x + self.tail(y + self.body(y))


class Scunet(nn.Module):
    """The convolutions of SCUNet: residual blocks on two levels, padded with the border to a multiple of 8 and cut."""

    def __init__(self) -> None:
        super().__init__()
        self.head, self.tail = nn.Conv2d(3, WIDTH, 3, padding=1, bias=False), conv(WIDTH, 3)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, 3, 1, 1, bias=False),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, 1, 1, bias=False),
            )
            for width in (WIDTH, 2 * WIDTH, WIDTH)
        )
        self.down = nn.Conv2d(WIDTH, 2 * WIDTH, 2, 2, bias=False)
        self.up = nn.ConvTranspose2d(2 * WIDTH, WIDTH, 2, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        height, width = x.shape[2:]
        y = self.head(padded_to(x, 8, "replicate"))
        skip = y + self.blocks[0](y)
        low = self.down(skip)
        up = self.up(low + self.blocks[1](low)) + skip
        return self.tail(up + self.blocks[2](up))[..., :height, :width]


class Fsrcnn(nn.Module):
    """FSRCNN: shrink, map, expand, and a transposed convolution of 9x9."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(3, WIDTH, 5), nn.PReLU(WIDTH), nn.Conv2d(WIDTH, 8, 1), nn.PReLU(8), conv(8, 8), nn.PReLU(8),
            nn.Conv2d(8, WIDTH, 1), nn.PReLU(WIDTH),
            nn.ConvTranspose2d(WIDTH, 3, 9, 2, 4, output_padding=1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        return self.body(x)


class Espcn(nn.Module):
    """ESPCN: three convolutions with tanh and a pixel shuffle."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(3, width, 5), nn.Tanh(), conv(width, width), nn.Tanh(), conv(width, 12), nn.PixelShuffle(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        return self.body(x)


class Strided(nn.Module):
    """Two convolutions of stride 2, brought back to the size of the picture; it need not be a multiple of 4."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.last = conv(3, WIDTH, 3, 2), conv(WIDTH, WIDTH, 3, 2), conv(WIDTH, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Restore."""
        low = functional.relu(self.second(functional.relu(self.first(x))))
        return x + self.last(functional.interpolate(low, x.shape[2:], mode="nearest"))


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "NAFNet": NafNet,
    "U-Net, bilinear": lambda: UNet("bilinear"),
    "U-Net, transposed": lambda: UNet("transposed"),
    "U-Net, skip sizes": lambda: UNet("sizes"),
    "RCAN": Rcan,
    "IMDN": Imdn,
    "RFDN": Rfdn,
    "SAFMN": Safmn,
    "SPAN": Span,
    "ECBSR": Ecbsr,
    "ShuffleNet": ShuffleNet,
    "CBAM": lambda: Attended(BlockAttention(WIDTH, 4)),
    "SE": lambda: Attended(ChannelAttention(WIDTH, 4, linear=True)),
    "SCUNet, convolutions": Scunet,
    "FSRCNN": Fsrcnn,
    "ESPCN": Espcn,
    "strided": Strided,
}
"""How each network is made."""
