# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks from pictures to pictures as filters: the same residual as by hand, in float and integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inloop.cli import main
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError, UnsupportedError
from inloop.nnlf import contract_fault
from inloop.nnlf.adapt import Form, adapt
from inloop.nnlf.features import CONTEXT, pack_planes, unpack_planes

Planes = tuple[npt.NDArray[np.float64], ...]
CHANNELS: dict[Form, int] = {"y": 1, "yuv420": 6, "yuv444": 3, "rgb": 3}
SIDE = 144
Q = 1 << 20


def network(
    channels: int, layers: int = 2, *, gives: str = "picture", kernel: int = 3, outputs: int | None = None
) -> bytes:
    """Convolutions with ReLU between them, added to their input where the picture is given."""
    rng = np.random.default_rng(channels + layers)
    nodes, constants, x = [], [], "x"
    for i in range(layers):
        inner = 8 if i < layers - 1 else (channels if outputs is None else outputs)
        before = channels if i == 0 else 8
        scale = 0.4 / np.sqrt(before * kernel**2) if i == layers - 1 else 1 / np.sqrt(before * kernel**2)
        w = rng.normal(0, scale, (inner, before, kernel, kernel)).astype(np.float32)
        constants.append(numpy_helper.from_array(w, f"w{i}"))
        nodes.append(helper.make_node("Conv", [x, f"w{i}"], [f"c{i}"], pads=[kernel // 2] * 4))
        x = f"c{i}"
        if i < layers - 1:
            nodes.append(helper.make_node("Relu", [x], [f"r{i}"]))
            x = f"r{i}"
    last = "Add" if gives == "picture" else "Identity"
    nodes.append(
        helper.make_node(last, ["x", x] if last == "Add" else [x], ["rec"])
    )  # a name of the contract
    shapes = [[1, count, "h", "w"] for count in (channels, channels if outputs is None else outputs)]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in zip(("x", "rec"), shapes, strict=True)
    ]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], constants)
    return bytes(
        helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8
        ).SerializeToString()
    )


def smooth(rng: np.random.Generator, side: int) -> npt.NDArray[np.int64]:
    coarse = rng.integers(30, 220, (side // 8, side // 8))
    return np.asarray(np.repeat(np.repeat(coarse, 8, 0), 8, 1) + rng.integers(-4, 5, (side, side)))


def picture(seed: int = 1) -> tuple[npt.NDArray[np.int64], ...]:
    rng = np.random.default_rng(seed)
    return smooth(rng, SIDE), smooth(rng, SIDE // 2), smooth(rng, SIDE // 2)


def to_colours(planes: Planes, form: Form) -> npt.NDArray[np.float64]:
    """What a network of a form takes, [channels, height, width], said without matrices."""
    y, u, v = planes
    if form == "y":
        return y[None]
    if form == "yuv420":
        return np.stack([y[::2, ::2], y[::2, 1::2], y[1::2, ::2], y[1::2, 1::2], u, v])
    full = [y, *(plane.repeat(2, 0).repeat(2, 1) for plane in (u, v))]
    if form == "yuv444":
        return np.stack(full)
    luma, cb, cr = (256 * full[0] - 16) / 219, (256 * full[1] - 128) / 224, (256 * full[2] - 128) / 224
    red, blue = luma + 1.5748 * cr, luma + 1.8556 * cb
    return np.stack([red, (luma - 0.2126 * red - 0.0722 * blue) / 0.7152, blue])


def to_planes(change: npt.NDArray[np.float64], form: Form) -> Planes:
    """The change of Y, Cb, Cr for a change of colours."""
    if form == "y":
        zero = np.zeros((change.shape[1] // 2, change.shape[2] // 2))
        return change[0], zero, zero
    if form == "yuv420":
        y = np.zeros((2 * change.shape[1], 2 * change.shape[2]))
        y[::2, ::2], y[::2, 1::2], y[1::2, ::2], y[1::2, 1::2] = change[:4]
        return y, change[4], change[5]
    if form == "rgb":
        red, green, blue = change
        y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        change = np.stack([y * 219, (blue - y) / 1.8556 * 224, (red - y) / 1.5748 * 224]) / 256
    means = [(c[::2, ::2] + c[::2, 1::2] + c[1::2, ::2] + c[1::2, 1::2]) / 4 for c in change[1:]]
    return change[0], means[0], means[1]


def residual_of(model: Model, packed: npt.NDArray[np.int32]) -> Planes:
    """What an adapted network says of a block without its context, at 8 bit."""
    if model.dtype == np.int16:
        (out,) = model.run([packed[None].astype(np.int16)])
        values = out[0].astype(np.int64) * (Q >> model.outputs[0].quantizer)
    else:
        (out,) = model.run([(packed[None] / 8192).astype(np.float32)])
        values = np.rint(out[0].astype(np.float64) * Q).astype(np.int64)
    planes = unpack_planes(values)
    margin = (planes[0].shape[0] - 128) // 2
    assert margin in (0, CONTEXT)
    inner = [plane[m : plane.shape[0] - m, m : plane.shape[1] - m] for plane, m in
             zip(planes, (margin, margin // 2, margin // 2), strict=True)]  # fmt: skip
    return tuple(plane / Q * 256 for plane in inner)


def samples() -> list[dict[str, npt.NDArray[np.float64]]]:
    return [{"rec": pack_planes(*picture(seed), 8) / 8192} for seed in range(3)]


@pytest.mark.parametrize("form", CHANNELS)
@pytest.mark.parametrize("integer", [False, True])
def test_residual_is_that_of_the_network(form: Form, integer: bool) -> None:
    data, planes = network(CHANNELS[form]), picture()
    found = adapt(data, samples() if integer else None, form=form)
    model = found.model()
    colours = to_colours(tuple(plane / 256 for plane in planes), form)
    (given,) = Model(onnx_to_compact(data)).run(
        [np.ascontiguousarray(colours.transpose(1, 2, 0)[None], np.float32)]
    )
    change = given[0].transpose(2, 0, 1).astype(np.float64) - colours
    wanted = [256 * plane for plane in to_planes(change, form)]
    for got, plane, margin in zip(
        residual_of(model, pack_planes(*planes, 8)), wanted, (CONTEXT, 4, 4), strict=True
    ):
        inner = plane[margin:-margin, margin:-margin]
        np.testing.assert_allclose(got, inner, rtol=0, atol=0.1 if integer else 0.002)
    assert integer == (contract_fault(model) is None)
    assert found.reach == (4 if form == "yuv420" else 2)
    assert found.warnings == [w for w in found.warnings if "dB" in w]


@pytest.mark.parametrize("gives", ["residual", "noise"])
def test_what_is_given_may_be_the_change(gives: str) -> None:
    picture_model = adapt(network(1), None).model()
    other = adapt(network(1, gives=gives), None, gives=gives).model()  # type: ignore[arg-type]
    packed = pack_planes(*picture(), 8)
    sign = -1 if gives == "noise" else 1
    for a, b in zip(residual_of(picture_model, packed), residual_of(other, packed), strict=True):
        np.testing.assert_allclose(a, sign * b, atol=1e-3)


@pytest.mark.parametrize(("layers", "reach", "context"), [(1, 1, 2), (3, 3, 4), (8, 8, 8), (9, 9, 8)])
def test_context_is_what_the_network_looks_at(layers: int, reach: int, context: int) -> None:
    found = adapt(network(1, layers), None)
    assert (found.reach, found.context) == (reach, context)
    assert bool(found.warnings) == (reach > 8)
    side = 64 if context < 8 else 72
    assert found.model().session(72, 72).output_shapes == [(1, side, side, 6)]


def test_a_name_is_kept() -> None:
    assert adapt(network(1), samples(), name="mine").model().metadata["inloop.name"] == "mine"


def test_what_cannot_be_a_filter_is_refused_in_words() -> None:
    with pytest.raises(ModelError, match="takes 3 channels, 'y' has 1: y 1, yuv420 6"):
        adapt(network(3), None)
    with pytest.raises(ModelError, match=r"makes \[128, 128, 2\] of a picture \[128, 128, 1\]"):
        adapt(network(1, gives="residual", outputs=2), None)
    with pytest.raises(ConfigError, match="not 'cmyk' and 'picture'"):
        adapt(network(1), None, form="cmyk")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="array 'rec'"):
        adapt(network(1), [{"x": np.zeros((72, 72, 1))}])
    integer = adapt(network(1), samples()).onnx
    with pytest.raises(ModelError, match="quantizers already"):
        adapt(integer, None)


def test_a_network_of_one_size_is_refused() -> None:
    model = onnx.load_model_from_string(network(1))
    for tensor in (*model.graph.input, *model.graph.output):
        for dimension, size in zip(tensor.type.tensor_type.shape.dim[2:], (32, 48), strict=True):
            dimension.dim_value = size
    assert adapt(model.SerializeToString(), None).reach == 2  # its graph does not depend on the size
    plane = np.zeros((1, 1, 32, 48), np.float32)
    model.graph.initializer.append(numpy_helper.from_array(plane, "plane"))
    model.graph.node[-1].input[1] = "plane"
    with pytest.raises(UnsupportedError, match=r"does not run at every size, .* 128x128 and 48x32"):
        adapt(model.SerializeToString(), None)


def test_the_command_makes_a_filter_that_encodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, output = tmp_path / "net.onnx", tmp_path / "filter.onnx"
    source.write_bytes(network(1))
    assert main(["model", "adapt", str(source), "-o", str(output), "--input", "y"]) == 0
    assert "looks at 2 luma samples to each side and gets 2 of context" in capsys.readouterr().out
    model = Model(onnx_to_compact(output))
    assert contract_fault(model) is None
    assert main(["model", "adapt", str(source), "-o", str(tmp_path / "filter.txt")]) != 0


def test_a_torch_module_is_adapted() -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3, padding=1), torch.nn.Conv2d(4, 1, 1))
    found = adapt(net, samples(), gives="residual")
    assert (found.reach, contract_fault(found.model())) == (1, None)
    with pytest.raises(ModelError, match="torch cannot export the module"):
        adapt(torch.nn.Conv2d(2, 1, 3), None)
