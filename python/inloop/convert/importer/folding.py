# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Constant folding: nodes whose operands are all constants, and the shapes of values, which may hold symbols."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.sizes import Size
from inloop.errors import InloopError

Array = NDArray[Any]
_LARGEST = 1 << 24  # A folded constant has no more elements, so that a small file cannot fill the memory.
_DTYPES = {
    1: "f4",
    2: "u1",
    3: "i1",
    4: "u2",
    5: "i2",
    6: "i4",
    7: "i8",
    9: "?",
    10: "f2",
    11: "f8",
    16: "f4",
}
# The results of these stand for the same numbers, so that the operand's quantizer holds for them.
_MOVES = frozenset(["Identity", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Cast", "Flatten", "Expand"])


def fold(g: GraphImporter, node: Node) -> bool:
    """Compute a node at import; False where it must run."""
    if node.op == "Constant":
        g.constants[node.outputs[0]] = _constant(node)
        return True
    if node.op in ("Shape", "Size") and node.inputs[0] in g.values:
        g.constants[node.outputs[0]] = _shape(node, list(g.values[node.inputs[0]].shape))
        return True
    names = [name for name in node.inputs if name]
    function = _FUNCTIONS.get(node.op)
    if function is None or not all(name in g.constants for name in names):
        return False
    operands = [g.constants[name] if name else None for name in node.inputs]
    try:
        with np.errstate(all="ignore"):
            result = function(node, *operands)
    except InloopError:
        raise
    except Exception as error:  # numpy raises many classes for wrong operands.
        if any(array is not None and array.dtype == object for array in operands):
            raise node.unsupported(
                "computes with a height or width that is free in a way that is not supported: declare fixed sizes"
            ) from error
        raise node.broken(f"its constants do not fit: {error}") from error
    if result.size > _LARGEST:
        raise node.unsupported(f"a constant of {result.size} numbers is too large")
    g.constants[node.outputs[0]] = result
    if node.op in _MOVES:
        g.quantizers.aliases[node.outputs[0]] = node.inputs[0]
    return True


def _constant(node: Node) -> Array:
    from onnx import numpy_helper

    for key in ("value", "value_float", "value_int", "value_floats", "value_ints"):
        if key in node.attributes:
            value = node.attributes[key]
            if key == "value":
                return np.asarray(numpy_helper.to_array(value))
            return np.array(value, np.float32 if "float" in key else np.int64)
    raise node.unsupported("this kind of constant is not supported")


def _shape(node: Node, shape: list[Any]) -> Array:
    if node.op == "Size":
        return _numbers([math.prod(shape[1:], start=shape[0]) if shape else 1]).reshape(())
    start, end = node.integer("start", 0), node.integer("end", len(shape))
    return _numbers(shape[slice(start, end)])


def _numbers(items: list[Any]) -> Array:
    """Integers where all are known, else objects."""
    if all(isinstance(item, (int, np.integer)) for item in items):
        return np.array(items, np.int64)
    return _objects((len(items),), items)


def _objects(shape: tuple[int, ...], items: list[Any]) -> Array:
    array = np.empty(len(items), object)
    array[:] = items
    return array.reshape(shape)


def _settled(array: Array) -> Array:
    """As integers again where no symbol is left."""
    if array.dtype == object and all(isinstance(item, (int, np.integer)) for item in array.reshape(-1)):
        return array.astype(np.int64)
    return array


def _bounded(node: Node, shape: tuple[int, ...]) -> tuple[int, ...]:
    if min(shape, default=0) < 0 or math.prod(shape) > _LARGEST:
        raise node.unsupported(f"a constant of shape {list(shape)} is too large")
    return shape


def _whole(array: Array) -> tuple[int, ...]:
    return tuple(int(number) for number in array.reshape(-1))


def _cast(node: Node, x: Array) -> Array:
    dtype = _DTYPES.get(node.integer("to"))
    if dtype is None:
        raise node.unsupported("casts to this type are not supported")
    if x.dtype != object:
        return x.astype(dtype)
    real = np.dtype(dtype).kind == "f"
    return _objects(x.shape, [i.as_real(real) if isinstance(i, Size) else i for i in x.reshape(-1)])


def _reshape(node: Node, x: Array, shape: Array) -> Array:
    sizes = _whole(shape)
    if not node.integer("allowzero", 0):
        sizes = tuple(x.shape[i] if size == 0 else size for i, size in enumerate(sizes))
    return x.reshape(sizes)


def _axes(node: Node, given: Array | None) -> tuple[int, ...] | None:
    return _whole(given) if given is not None else node.integers("axes") or None


def _squeeze(node: Node, x: Array, given: Array | None = None) -> Array:
    axes = _axes(node, given)
    return x.squeeze() if axes is None else x.squeeze(axes)


def _unsqueeze(node: Node, x: Array, given: Array | None = None) -> Array:
    return np.asarray(np.expand_dims(x, _axes(node, given) or ()))


def _slice(node: Node, x: Array, *given: Array | None) -> Array:
    if given:
        starts, ends, axes, steps = ([None if a is None else _whole(a) for a in given] + [None, None])[:4]
    else:
        starts, ends, axes, steps = (
            node.integers("starts"),
            node.integers("ends"),
            node.integers("axes"),
            None,
        )
    assert starts is not None
    assert ends is not None
    where = [slice(None)] * x.ndim
    for i, axis in enumerate(axes or range(len(starts))):
        where[axis] = slice(starts[i], ends[i], steps[i] if steps else None)
    return x[tuple(where)]


def _divide(node: Node, a: Array, b: Array) -> Array:
    if object in (a.dtype, b.dtype):
        return np.asarray(a / b if "f" in (a.dtype.kind, b.dtype.kind) else a // b)
    if a.dtype.kind in "iu":  # ONNX divides towards zero, and floats would not be exact.
        floor = a // b
        return np.asarray(floor + ((a % b != 0) & ((a < 0) != (b < 0)))).astype(a.dtype)
    return np.asarray(a / b)


def _batch_of(node: Node, *arrays: Array) -> Array:
    symbolic = any(array.dtype == object for array in arrays)
    parts = [array.astype(object) if symbolic else array for array in arrays]
    return np.concatenate(parts, node.integer("axis"))


def _filled(node: Node, shape: Array) -> Array:
    from onnx import numpy_helper

    value = node.attributes.get("value")
    number = np.zeros(1, np.float32) if value is None else numpy_helper.to_array(value)
    return np.full(_bounded(node, _whole(shape)), number.reshape(-1)[0])


def _expand(node: Node, x: Array, shape: Array) -> Array:
    target = np.broadcast_shapes(x.shape, _bounded(node, _whole(shape)))
    return np.broadcast_to(x, _bounded(node, target))


def _tile(node: Node, x: Array, repeats: Array) -> Array:
    counts = _whole(repeats)
    _bounded(node, tuple(max(a * b, 0) for a, b in zip(x.shape, counts, strict=False)))
    return np.tile(x, counts)


def _range(node: Node, start: Array, limit: Array, delta: Array) -> Array:
    count = max(0, math.ceil((limit.item() - start.item()) / delta.item()))
    _bounded(node, (count,))
    return np.asarray(start.item() + np.arange(count) * delta.item(), start.dtype)


def _reduce(function: Callable[..., Any]) -> Callable[..., Array]:
    def run(node: Node, x: Array, given: Array | None = None) -> Array:
        axes, keepdims = _axes(node, given), bool(node.integer("keepdims", 1))
        if not axes:
            if node.integer("noop_with_empty_axes", 0):
                return x
            axes = None
        reduced = np.asarray(function(x, axis=axes, keepdims=keepdims))
        # numpy makes sums of a wider type.
        return _settled(reduced) if x.dtype == object else reduced.astype(x.dtype)

    return run


def _flatten(node: Node, x: Array) -> Array:
    axis = node.integer("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    return x.reshape(math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))


def _pairwise(function: Callable[..., Any]) -> Callable[..., Array]:
    # numpy would write the result into a third operand.
    return lambda _node, *operands: _settled(np.asarray(reduce(function, operands)))


def _plain(function: Callable[..., Any]) -> Callable[..., Array]:
    return lambda _node, *operands: _settled(np.asarray(function(*operands)))


_ELEMENTWISE: dict[str, Callable[..., Any]] = {
            "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Neg": np.negative,
            "Sqrt": np.sqrt, "Reciprocal": np.reciprocal, "Exp": np.exp, "Log": np.log, "Abs": np.abs,
            "Floor": np.floor, "Ceil": np.ceil, "Round": np.rint,
            "Where": np.where, "Equal": np.equal, "Less": np.less, "Greater": np.greater,
            "LessOrEqual": np.less_equal, "GreaterOrEqual": np.greater_equal, "Not": np.logical_not,
            "And": np.logical_and, "Or": np.logical_or, "Xor": np.logical_xor,
}  # fmt: skip
# These take any number of operands.
_PAIRWISE: dict[str, Callable[..., Any]] = {"Min": np.minimum, "Max": np.maximum, "Sum": np.add}

_FUNCTIONS: dict[str, Callable[..., Array]] = {
    "Identity": lambda _, x: x,
    "Cast": _cast,
    "Reshape": _reshape,
    "Transpose": lambda n, x: x.transpose(n.integers("perm") or None),
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Slice": lambda n, x, *given: _settled(_slice(n, x, *given)),
    "Gather": lambda n, x, i: _settled(np.asarray(np.take(x, i.astype(np.int64), n.integer("axis", 0)))),
    "Concat": _batch_of,
    "ConstantOfShape": _filled,
    "Expand": _expand,
    "Tile": _tile,
    "Range": _range,
    "Div": lambda n, a, b: _settled(_divide(n, a, b)),
    "ReduceSum": _reduce(np.sum),
    "ReduceProd": _reduce(np.prod),
    "ReduceMax": _reduce(np.max),
    "ReduceMin": _reduce(np.min),
    "ReduceMean": _reduce(np.mean),
    "Shape": lambda n, x: _shape(n, list(x.shape)),
    "Size": lambda n, x: _shape(n, list(x.shape)),
    "Flatten": _flatten,
    "Mod": lambda n, a, b: _settled(np.asarray(np.fmod(a, b) if n.integer("fmod", 0) else np.mod(a, b))),
    "Pow": lambda _, a, b: np.asarray(np.power(a, b)).astype(a.dtype),
    **{name: _pairwise(function) for name, function in _PAIRWISE.items()},
    **{name: _plain(function) for name, function in _ELEMENTWISE.items()},
}
