# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A network with the usual modules of enhancement filters, as PyTorch exports it."""

import io
import warnings

import numpy as np
import pytest
from float_graphs import compare

torch = pytest.importorskip("torch")


def network() -> object:
    nn, functional = torch.nn, torch.nn.functional

    class Filter(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.GELU())
            self.reflecting = nn.Conv2d(16, 16, 3, padding=1, padding_mode="reflect")
            self.gate = nn.Sequential(
                nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 4, 1), nn.SiLU(), nn.Conv2d(4, 16, 1), nn.Hardsigmoid()
            )
            self.down = nn.Conv2d(16, 32, 3, stride=2, padding=1)
            self.up = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)
            self.slopes = nn.PReLU(16)
            self.tail = nn.Sequential(nn.Conv2d(32, 12, 3, padding=1), nn.PixelShuffle(2))
            self.unshuffle = nn.PixelUnshuffle(2)

        def forward(self, x: object) -> tuple[object, ...]:
            y = self.head(x)
            y = functional.leaky_relu(self.reflecting(y * self.gate(y)), 0.1)
            z = self.slopes(self.up(functional.hardswish(self.down(y))))
            wide = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            out = torch.clamp(self.tail(torch.cat([y, z], 1)) + wide, -1, 1)
            bent = torch.where(x > 0, x, -0.5 * x)
            return (
                out,
                self.unshuffle(x),
                y.mean((2, 3), keepdim=True),
                bent,
                x.chunk(3, 1)[1],
                x[:, 1:, ::2, 1::2],
            )

    torch.manual_seed(1)
    return Filter().eval()


@pytest.mark.parametrize("opset", [12, 17, 20])
@pytest.mark.parametrize("free", [False, True])
def test_exported_network(opset: int, free: bool) -> None:
    x = torch.from_numpy(np.random.default_rng(2).normal(size=(1, 3, 12, 16)).astype(np.float32))
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own future
        torch.onnx.export(
            network(), x, buffer, opset_version=opset, input_names=["x"], dynamo=False,
            dynamic_axes={"x": {2: "height", 3: "width"}} if free else None,
        )  # fmt: skip
    model = compare(buffer.getvalue(), {"x": x.numpy()}, 1e-4)
    # Only pixel unshuffling, whose order of channels ONNX has no operation for, moves anything.
    assert [layer["op"] for layer in model.layers(12, 16)].count("rearrange") == 1
