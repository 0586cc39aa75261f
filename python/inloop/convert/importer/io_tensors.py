# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Inputs and outputs of a graph: which of their dimensions are height, width and channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inloop.convert.importer.batch import with_one_block
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import arranged, default_roles, stored_by
from inloop.convert.importer.node import Node
from inloop.convert.importer.sizes import Size
from inloop.convert.importer.values import Stored, Value, axes_of, length
from inloop.convert.network import Network
from inloop.errors import ModelError, UnsupportedError

_NCHW, _NHWC = (None, 2, 0, 1), (None, 0, 1, 2)
# A permutation, or the dimensions that a reduction removes, tell whether an operand is NHWC.
_ORDERS: dict[tuple[int, ...], bool] = {(0, 3, 1, 2): True, (0, 2, 3, 1): False}
_SPATIAL: dict[tuple[int, ...], bool] = {(1, 2): True, (2, 3): False}
# ONNX defines these for NCHW, which tells the order of their operands.
_FOR_NCHW = frozenset(
    [
        "AveragePool", "BatchNormalization", "Conv", "ConvTranspose", "DepthToSpace", "GlobalAveragePool",
        "GlobalMaxPool", "GridSample", "GroupNormalization", "InstanceNormalization", "MaxPool", "SpaceToDepth",
    ]
)  # fmt: skip
# Operations behind which dimensions are not what they were; all others say nothing, but what reads their result does.
_ENDS = frozenset(
    [
        "Einsum", "Flatten", "Gemm", "MatMul", "Reshape", "Shape", "Size", "Squeeze", "Transpose", "Unsqueeze",
    ]
)  # fmt: skip


def _fixed(dimension: Any) -> int | None:
    return int(dimension.dim_value) if dimension.HasField("dim_value") and dimension.dim_value > 0 else None


def _told_by(g: GraphImporter, node: Node) -> bool | None:
    """Whether a node takes its operand for NHWC, or None where it does not tell."""
    if node.op in _FOR_NCHW:
        return False
    if node.op == "Transpose":
        return _ORDERS.get(node.peek_integers("perm"))
    if node.op.startswith("Reduce"):
        given = g.constants.get(node.inputs[1]) if node.has(1) else None
        axes = node.peek_integers("axes") if given is None else tuple(given.reshape(-1).tolist())
        return _SPATIAL.get(tuple(sorted(axis % 4 for axis in axes)))
    if node.op in ("Resize", "Upsample"):
        scales = next((g.constants[name] for name in node.inputs[1:] if name in g.constants), None)
        if scales is not None and scales.size == 4 and scales.dtype.kind == "f":
            kept = tuple(scales.reshape(-1) == 1)
            return {(True, False, False, True): True, (True, True, False, False): False}.get(kept)
    return None


def _is_nhwc(g: GraphImporter, name: str, sizes: list[int | None]) -> bool:
    """By the first operation that tells; else by which sizes are free."""
    waiting, seen = [name], {name}
    while waiting:
        tensor = waiting.pop(0)
        for node in g.nodes:
            if tensor not in node.inputs:
                continue
            told = _told_by(g, node)
            if told is not None:
                return told
            if node.op not in _ENDS:
                fresh = [output for output in node.outputs if output not in seen]
                seen.update(fresh)
                waiting.extend(fresh)
    return sizes[1] is None and sizes[3] is not None


def declared_size(network: Network, values: Mapping[str, Value]) -> tuple[int | None, int | None]:
    """Height and width that the file declares for all of its inputs, None where they are free."""
    sizes = [[length(values[name].stored[d]) for name, _, _ in network.inputs] for d in (0, 1)]
    found = []
    for of_inputs, what in zip(sizes, ("height", "width"), strict=True):
        fixed = {size for size in of_inputs if isinstance(size, int)}
        if len(fixed) > 1:
            raise UnsupportedError(f"inputs of different {what} are not supported: {sorted(fixed)}")
        found.append(next(iter(fixed), None))
    return found[0], found[1]


def declare_inputs(g: GraphImporter) -> None:
    """Values of the graph's inputs, for one block where the file is for several at once."""
    batches: set[int] = set()
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
        batches.add(batch or 1)
        quantizer = 0 if g.is_float else g.quantizers.declared.get(tensor.name)
        if quantizer is None:
            raise ModelError(f"'inloop.quantizers' lacks the input '{tensor.name}'")
        height, width = (
            (not g.free_sizes and sizes[roles.index(role)]) or Size((name,))
            for role, name in ((0, "height"), (1, "width"))
        )
        stored: Stored = (axes_of(height), axes_of(width), axes_of(channels))
        dims = tuple(() if role is None else stored[role] for role in roles)
        number = len(g.network.inputs)
        g.network.inputs.append((tensor.name, channels, quantizer))
        g.values[tensor.name] = Value(number, quantizer, dims, stored)
    if len(batches) > 1:
        raise UnsupportedError(f"inputs of different batches are not supported: {sorted(batches)}")
    if batches and batches != {1}:
        with_one_block(g, batches.pop())


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
