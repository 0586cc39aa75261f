# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Inputs and outputs of a graph: which of their dimensions are height, width and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inloop.convert.importer.layout import arranged, default_roles, stored_by
from inloop.convert.importer.sizes import Extent, Size
from inloop.convert.importer.values import Stored, Value, axes_of
from inloop.errors import ModelError, UnsupportedError

if TYPE_CHECKING:
    from inloop.convert.importer.graph import GraphImporter

_NCHW, _NHWC = (None, 2, 0, 1), (None, 0, 1, 2)
# Operations that say nothing about the order of dimensions: what reads their result does.
_ELEMENTWISE = frozenset(
    [
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Relu",
        "LeakyRelu",
        "PRelu",
        "Clip",
        "Sigmoid",
        "Tanh",
        "Cast",
        "Identity",
        "Neg",
        "Abs",
        "Max",
        "Min",
        "Pad",
        "QuantizeLinear",
        "DequantizeLinear",
    ]
)


def _fixed(dimension: Any) -> int | None:
    return int(dimension.dim_value) if dimension.HasField("dim_value") and dimension.dim_value > 0 else None


def _is_nhwc(g: GraphImporter, name: str, sizes: list[int | None]) -> bool:
    """By what the tensor meets first: a transposition to NCHW, or an operation that ONNX defines for NCHW."""
    waiting, seen = [name], {name}
    while waiting:
        tensor = waiting.pop(0)
        for node in g.nodes:
            if tensor not in node.inputs:
                continue
            if node.op == "Transpose":
                return node.integers("perm") == (0, 3, 1, 2)
            if node.op in ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "DepthToSpace", "SpaceToDepth"):
                return False
            if node.op in _ELEMENTWISE:
                fresh = [output for output in node.outputs if output not in seen]
                seen.update(fresh)
                waiting.extend(fresh)
    return sizes[1] is None and sizes[3] is not None


def declare_inputs(g: GraphImporter) -> None:
    """Values of the graph's inputs."""
    for tensor in g.graph.input:
        if tensor.name in g.constants:
            continue
        dimensions = list(tensor.type.tensor_type.shape.dim)
        if len(dimensions) != 4:
            raise UnsupportedError(
                f"input '{tensor.name}' has {len(dimensions)} dimensions, only 4 are supported"
            )
        sizes = [_fixed(dimension) for dimension in dimensions]
        roles = _NHWC if _is_nhwc(g, tensor.name, sizes) else _NCHW
        batch, channels = sizes[0], sizes[roles.index(2)]
        if channels is None:
            raise UnsupportedError(f"input '{tensor.name}' has no fixed number of channels")
        if batch not in (None, 1):
            raise UnsupportedError(f"input '{tensor.name}' has batch {batch}, only 1 is supported")
        quantizer = 0 if g.is_float else g.quantizers.declared.get(tensor.name)
        if quantizer is None:
            raise ModelError(f"'inloop.quantizers' lacks the input '{tensor.name}'")
        height: Extent = sizes[roles.index(0)] or Size(("height",))
        width: Extent = sizes[roles.index(1)] or Size(("width",))
        stored: Stored = (axes_of(height), axes_of(width), axes_of(channels))
        dims = tuple(() if role is None else stored[role] for role in roles)
        number = len(g.network.inputs)
        g.network.inputs.append((tensor.name, channels, quantizer))
        g.values[tensor.name] = Value(number, quantizer, dims, stored)


def declare_outputs(g: GraphImporter) -> None:
    """The graph's outputs as height x width x channels: as stored where that is NCHW or NHWC already."""
    for tensor in g.graph.output:
        value = g.values.get(tensor.name)
        if value is None:
            raise UnsupportedError(f"output '{tensor.name}' is a constant or is produced by nothing")
        candidates = (_NCHW, _NHWC) if value.rank == 4 else ()
        if not any(stored_by(value, roles) == value.stored for roles in candidates):
            roles = default_roles(value)
            if roles is None:
                raise UnsupportedError(f"output '{tensor.name}' has more than three dimensions")
            value = arranged(g, tensor.name, value, stored_by(value, roles))
        g.network.outputs.append((tensor.name, value.number))
