# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Graphs that compute with free sizes: right at multiples of a size, refused in words at others."""

import io
import warnings
from fractions import Fraction

import numpy as np
import pytest

from inloop.convert import import_onnx, quantise
from inloop.convert.importer.sizes import Size, ratio, settled
from inloop.engine.model import Model
from inloop.errors import ConfigError

H, W = Size(("height",)), Size(("width",))


def test_arithmetic_of_sizes() -> None:
    assert H - H == 0
    assert (H + 3) - (H + 1) == 2
    assert -(H - 5) == 5 - H
    assert str(H * W) == "height*width"
    half = H // 2
    assert isinstance(half, Size)
    assert (half.factor, half.assumed) == (Fraction(1, 2), 2)
    assert (half + 1).at(10, 3) == 6  # type: ignore[union-attr]


def test_what_depends_on_no_size_settles() -> None:
    rest = (8 - H % 8) % 8  # type: ignore[operator]
    assert settled(rest.at) == (0, 8)
    kept = H - (H // 8) * 8  # type: ignore[operator]
    assert isinstance(kept, Size)
    assert (settled(kept.at), kept.assumed) == ((0, 1), 8)
    assert settled((H + W).at) is None  # type: ignore[union-attr]
    assert ratio(H, H // 4) == (4, 4)  # type: ignore[arg-type]
    assert ratio(H, W) is None


torch = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional


class UNet(nn.Module):  # type: ignore[misc, name-defined]
    """Two levels, joined to the size of the skipped tensor in the ways that people write."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.kind = kind
        self.first, self.down = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 8, 2, 2)
        self.last = nn.Conv2d(16, 3, 3, padding=1)

    def forward(self, x: object) -> object:
        first = functional.relu(self.first(x))
        low = functional.relu(self.down(functional.max_pool2d(first, 2)))
        if self.kind == "padded":
            up = self.up(low)
            rows, columns = first.shape[2] - up.shape[2], first.shape[3] - up.shape[3]
            sides = [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2]
            up = functional.pad(up, sides)
        else:
            up = functional.interpolate(low, size=first.shape[2:], mode=self.kind)
        return self.last(torch.cat([up, first], 1))


class Padded(nn.Module):  # type: ignore[misc, name-defined]
    """To a multiple of 4 and back."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.conv = nn.Conv2d(3, 16, 4, 4)
        self.up = nn.ConvTranspose2d(16, 3, 4, 4)

    def forward(self, x: object) -> object:
        height, width = x.shape[2:]
        padded = functional.pad(x, (0, (4 - width % 4) % 4, 0, (4 - height % 4) % 4))
        return self.up(self.conv(padded))[:, :, :height, :width]


class Squeezed(nn.Module):  # type: ignore[misc, name-defined]
    """A gate that is expanded to the size of what it gates."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.linear = nn.Linear(3, 3)

    def forward(self, x: object) -> object:
        gate = torch.sigmoid(self.linear(x.mean((2, 3))))
        return x * gate.view(x.shape[0], 3, 1, 1).expand_as(x)


NETWORKS = {
    "bilinear": (UNet("bilinear"), 1), "nearest": (UNet("nearest"), 1), "padded": (UNet("padded"), 2),
    "multiple": (Padded(), 1), "expanded": (Squeezed(), 1),
}  # fmt: skip


def exported(network: object) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own future
        torch.onnx.export(
            network.eval(), torch.zeros(1, 3, 12, 16), buffer, opset_version=17, input_names=["x"], dynamo=False,
            dynamic_axes={"x": {2: "height", 3: "width"}},
        )  # fmt: skip
    return buffer.getvalue()


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_with_free_sizes(name: str) -> None:
    network, multiple = NETWORKS[name]
    data = exported(network)
    model = Model(import_onnx(data).to_bytes())
    assert model.metadata.get("inloop.multiple", "1x1") == f"{multiple}x{multiple}"
    for height, width in ((12, 16), (20, 36), (64, 8)) if multiple > 1 else ((12, 16), (21, 35), (63, 8)):
        x = torch.from_numpy(
            np.random.default_rng(height).normal(size=(1, 3, height, width)).astype(np.float32)
        )
        with torch.no_grad():
            wanted = network(x).numpy().transpose(0, 2, 3, 1)
        (found,) = model.run([np.ascontiguousarray(x.numpy().transpose(0, 2, 3, 1))])
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    if multiple > 1:
        with pytest.raises(ConfigError, match=f"multiples of {multiple}x{multiple}, not for 13x12"):
            model.session(12, 13)


@pytest.mark.parametrize("name", NETWORKS)
def test_they_are_quantised(name: str) -> None:
    data = exported(NETWORKS[name][0])
    result = quantise(data, [{"x": np.random.default_rng(1).random((1, 24, 32, 3))}])
    assert result.errors[-1].signal_to_noise_db > 45
    network = import_onnx(result.onnx)
    assert network.metadata.get("inloop.multiple") == import_onnx(data).metadata.get("inloop.multiple")
