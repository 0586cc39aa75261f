# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What moves rows and columns of pictures of any size, as both of PyTorch's exporters write it."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from inloop.convert import Op, export_onnx, import_onnx, quantise
from inloop.engine.model import Model

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")
functional = torch.nn.functional

Move = Callable[[Any, Any], Any]
CASES: dict[str, tuple[Move, list[Op]]] = {
    "flip rows": (lambda x, f: f(x.flip(2)).flip(2), [Op.FLIP] * 2),
    "flip columns and channels": (lambda x, f: f(torch.flip(x, [1, 3])), [Op.FLIP]),
    "turned by half": (lambda x, f: f(x.flip(2, 3)), [Op.FLIP] * 2),
    "self-ensemble": (lambda x, f: f(x) + f(x.flip(3)).flip(3) + f(x.flip(2, 3)).flip(2, 3), [Op.FLIP] * 6),
    "circular border": (lambda x, f: f(functional.pad(x, (3, 2, 1, 4), mode="circular")), [Op.PAD_BORDER] * 2),
    "rolled": (lambda x, f: torch.roll(f(x), (2, 3), (2, 3)), [Op.FLIP, Op.CROP_TO, Op.FLIP, Op.JOIN] * 2),
    "last rows": (lambda x, f: f(x)[:, :, -5:, -4:-1], [Op.FLIP, Op.CROP_TO, Op.FLIP] * 2),
    "first rows": (lambda x, f: f(x)[:, :, 2:6, :7], [Op.CROP_TO] * 2),
    "one above the other": (lambda x, f: torch.cat([f(x), x, f(x), x], 2), [Op.JOIN] * 2),
    "beside each other": (lambda x, f: torch.cat([x[..., 1:], f(x)], 3), [Op.JOIN]),
    "bicubic twice": (lambda x, f: f(functional.interpolate(x, scale_factor=2, mode="bicubic")), [Op.RESIZE]),
    "bicubic, corners": (
        lambda x, f: functional.interpolate(f(x), scale_factor=3, mode="bicubic", align_corners=True), [Op.RESIZE]
    ),
    "bicubic back": (
        lambda x, f: functional.interpolate(f(x)[..., ::2, ::2], size=x.shape[2:], mode="bicubic"), [Op.RESIZE_TO]
    ),
    "pooled, ceiled": (lambda x, f: functional.avg_pool2d(f(x), 3, 2, 1, ceil_mode=True), [Op.AVERAGE_POOL]),
    "pooled by two, ceiled": (lambda x, f: functional.avg_pool2d(f(x), 2, ceil_mode=True), [Op.AVERAGE_POOL]),
    "logarithm of a sum": (lambda x, f: x + torch.logsumexp(f(x), 1, keepdim=True), []),
}  # fmt: skip
SPECIAL = frozenset([Op.FLIP, Op.JOIN, Op.PAD_BORDER, Op.CROP_TO, Op.RESIZE, Op.RESIZE_TO, Op.AVERAGE_POOL])


class Network(torch.nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self, move: Move) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.move, self.conv = move, torch.nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Any) -> Any:
        return self.move(x, self.conv)


def exported(network: Any, exporter: str) -> bytes:
    picture = torch.rand(1, 3, 24, 28)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            if exporter == "dynamo":
                free = {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
                program = torch.onnx.export(
                    network, (picture,), dynamo=True, dynamic_shapes=(free,), input_names=["x"], verbose=False
                )
                return bytes(program.model_proto.SerializeToString())
            buffer = io.BytesIO()
            torch.onnx.export(
                network, (picture,), buffer, opset_version=17, input_names=["x"], dynamo=False,
                dynamic_axes={"x": {2: "height", 3: "width"}},
            )  # fmt: skip
            return buffer.getvalue()
        finally:
            logging.disable(logging.NOTSET)


def nhwc(x: Any) -> np.ndarray:
    return np.ascontiguousarray(x.detach().numpy().transpose(0, 2, 3, 1))


BY_BOTH = ("circular border", "rolled", "last rows", "bicubic back", "flip columns and channels")


@pytest.mark.parametrize(
    ("name", "exporter"), [(name, "legacy") for name in CASES] + [(name, "dynamo") for name in BY_BOTH]
)
def test_moves_at_free_sizes(name: str, exporter: str) -> None:
    move, operations = CASES[name]
    module = Network(move).eval()
    data = exported(module, exporter)
    network = import_onnx(data)
    if exporter == "legacy":
        assert [layer.op for layer in network.layers if layer.op in SPECIAL] == operations
    model = Model(network.to_bytes())
    for height, width in ((24, 28), (9, 8), (31, 17)):
        x = torch.rand(1, 3, height, width)
        (found,) = model.run([nhwc(x)])
        np.testing.assert_allclose(found, nhwc(module(x)), atol=2e-6)
    assert import_onnx(export_onnx(network, any_move=True)).is_float
    result = quantise(data, [{"x": nhwc(torch.rand(1, 3, 24, 28))}])
    assert result.errors[-1].signal_to_noise_db > 45


@pytest.mark.parametrize("name", ["flip rows", "rolled", "circular border", "bicubic twice", "first rows"])
def test_they_are_written_and_read_again(name: str) -> None:
    network = import_onnx(exported(Network(CASES[name][0]).eval(), "legacy"))
    assert import_onnx(export_onnx(network)).is_same(network)
