# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The ONNX graph that `inloop.nnlf.adapt` puts around a network: samples from Hadamard coefficients, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inloop.nnlf.features import CONTEXT

Array = npt.NDArray[np.float64]

HADAMARD: Array = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], np.float64)
"""Samples of 2x2 in raster order from coefficients; a quarter of its transpose is the way back."""
_LUMA_RANGE, _CHROMA_RANGE, _BLACK, _GREY = 219 / 256, 224 / 256, 16 / 256, 128 / 256
_RGB_OF_YUV: Array = np.array([[1, 0, 1.5748], [1, -0.187324, -0.468124], [1, 1.8556, 0]])
"""BT.709, of Y in 0..1, Cb and Cr in -0.5..0.5."""


@dataclass(frozen=True)
class PictureForm:
    """What a picture is to a network.

    Attributes:
        channels: Of a sample.
        luma_step: Luma samples along the side of one.
    """

    channels: int
    luma_step: int


PICTURES = {
    "y": PictureForm(1, 1),
    "yuv420": PictureForm(6, 2),
    "yuv444": PictureForm(3, 1),
    "rgb": PictureForm(3, 1),
}


@dataclass(frozen=True)
class Wrapping:
    """What is put around a network.

    Attributes:
        form: A key of `PICTURES`.
        gives: ``picture``, ``residual`` or ``noise``.
        context: Luma samples around a block that are handed to the network.
        name: For the metadata.
    """

    form: str
    gives: str
    context: int
    name: str


def colour_matrix(form: str) -> tuple[Array, Array]:
    """Matrix and offset of a picture's colours from Y, Cb, Cr: ``[channels, 3]`` and ``[channels]``."""
    if form == "y":
        return np.array([[1.0, 0.0, 0.0]]), np.zeros(1)
    if form == "yuv444":
        return np.eye(3), np.zeros(3)
    matrix = _RGB_OF_YUV / np.array([_LUMA_RANGE, _CHROMA_RANGE, _CHROMA_RANGE])
    return matrix, -matrix @ np.array([_BLACK, _GREY, _GREY])


def _unpacking(form: str) -> tuple[Array, Array]:
    """Weights ``[6, channels, 2, 2]`` of the transposed convolution from coefficients to colours, and offsets."""
    matrix, offset = colour_matrix(form)
    weights = np.zeros((6, len(matrix), 2, 2))
    for k in range(4):
        weights[k] = matrix[:, 0, None, None] * HADAMARD[:, k].reshape(2, 2)
    for k in (1, 2):
        weights[3 + k] = matrix[:, k, None, None]
    return weights, offset


def _packing(form: str) -> Array:
    """Weights ``[6, channels, 2, 2]`` of the strided convolution from changed colours to coefficients."""
    inverse = np.linalg.pinv(colour_matrix(form)[0])  # [3, channels]
    weights = np.zeros((6, inverse.shape[1], 2, 2))
    for k in range(4):
        weights[k] = inverse[0, :, None, None] * HADAMARD[:, k].reshape(2, 2) / 4
    for k in (1, 2):
        weights[3 + k] = inverse[k, :, None, None] / 4
    return weights


def _halves() -> tuple[Array, Array]:
    """The same for samples at half resolution: 1x1 convolutions ``[6, 6, 1, 1]`` both ways."""
    forward = np.eye(6)
    forward[:4, :4] = HADAMARD
    return forward[..., None, None], np.asarray(np.linalg.inv(forward)[..., None, None], np.float64)


class _Builder:
    def __init__(self, model: Any) -> None:
        self.graph = model.graph
        self._front: list[Any] = []

    def constant(self, name: str, array: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.graph.initializer.append(numpy_helper.from_array(array, name))
        return name

    def weights(self, name: str, array: Array) -> str:
        return self.constant(name, array.astype(np.float32))

    def front(self, op: str, output: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        self._front.append(helper.make_node(op, list(inputs), [output], output, **attributes))
        return output

    def back(self, op: str, output: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        self.graph.node.append(helper.make_node(op, list(inputs), [output], output, **attributes))
        return output

    def cropped(self, name: str, margin: int) -> list[str]:
        """Operands of a Slice that leaves a margin out on every side."""
        numbers = {"begin": [margin] * 2, "end": [-margin] * 2, "axes": [2, 3]}
        return [self.constant(f"{name}:{key}", np.array(v, np.int64)) for key, v in numbers.items()]

    def close(self) -> None:
        """Put what was built in front there."""
        nodes = [*self._front, *self.graph.node]
        del self.graph.node[:]
        self.graph.node.extend(nodes)


def _with_prefix(graph: Any, prefix: str) -> None:
    """Rename every tensor and node, so that nothing has a name of the contract."""
    for tensor in (*graph.initializer, *graph.input, *graph.output):
        tensor.name = prefix + tensor.name
    for node in graph.node:
        node.name = prefix + node.name
        node.input[:] = [prefix + name if name else "" for name in node.input]
        node.output[:] = [prefix + name for name in node.output]


def wrapped(canonical: bytes, wrapping: Wrapping) -> bytes:
    """Return the file of the network between packing and unpacking.

    Args:
        canonical: A float network as `inloop.convert.export_onnx` writes it: NCHW, free sizes, one input and output.
        wrapping: What to put around it.
    """
    import onnx
    from onnx import TensorProto, helper

    model = onnx.load_model_from_string(canonical)
    graph = model.graph
    _with_prefix(graph, "net.")
    entry, exit_ = graph.input[0].name, graph.output[0].name
    b = _Builder(model)
    _build_front(b, wrapping, entry)
    _build_back(b, wrapping, entry, exit_)
    b.close()
    for where, name, scale in ((graph.input, "rec", ""), (graph.output, "out", "out_")):
        del where[:]
        shape = [1, 6, f"{scale}height", f"{scale}width"]
        where.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    kept = {
        entry.key: entry.value
        for entry in model.metadata_props
        if entry.key not in ("inloop.size", "inloop.multiple")
    }
    del model.metadata_props[:]
    named = {"inloop.name": wrapping.name} if wrapping.name else {}
    helper.set_model_props(model, kept | named | {"inloop.context": str(wrapping.context)})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _build_front(b: _Builder, wrapping: Wrapping, entry: str) -> None:
    """From `rec` to the picture that the network takes."""
    margin = (CONTEXT - wrapping.context) // 2
    rec = "rec"
    if margin:
        rec = b.front("Slice", "rec:context", rec, *b.cropped("rec:context", margin))
    if wrapping.form == "yuv420":
        b.front("Conv", entry, rec, b.weights("unpacking", _halves()[0]), kernel_shape=[1, 1])
        return
    weights, offset = _unpacking(wrapping.form)
    operands = [rec, b.weights("unpacking", weights)]
    if offset.any():
        operands.append(b.weights("unpacking:offset", offset))
    b.front("ConvTranspose", entry, *operands, kernel_shape=[2, 2], strides=[2, 2])


def _added_at_the_end(graph: Any, entry: str, exit_: str) -> str | None:
    """What a network adds to its input at its end, where that is the last that it does."""
    producers = {output: node for node in graph.node for output in node.output}
    while exit_ in producers and producers[exit_].op_type == "Identity":
        exit_ = producers[exit_].input[0]
    last = producers.get(exit_)
    if last is None or last.op_type != "Add" or entry not in last.input:
        return None
    first, second = last.input
    return str(second if first == entry else first)


def _build_back(b: _Builder, wrapping: Wrapping, entry: str, exit_: str) -> None:
    """From what the network gives to the coefficients of the residual."""
    if wrapping.gives == "picture":
        added = _added_at_the_end(b.graph, entry, exit_)
        exit_ = b.back("Sub", "residual", exit_, entry) if added is None else added
    sign = -1.0 if wrapping.gives == "noise" else 1.0
    step = [1, 1] if wrapping.form == "yuv420" else [2, 2]
    weights = sign * (_halves()[1] if wrapping.form == "yuv420" else _packing(wrapping.form))
    margin = wrapping.context // 2 if wrapping.context < CONTEXT else 0
    out = "packed" if margin else "out"
    b.back("Conv", out, exit_, b.weights("packing", weights), kernel_shape=step, strides=step)
    if margin:
        b.back("Slice", "out", out, *b.cropped("out", margin))
