# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Element types of computed tensors: the engine has real numbers only, which stand for integers where that is exact."""

from __future__ import annotations

from typing import Any

from inloop.convert.importer.node import Node

FLOATS = frozenset((1, 10, 11, 16))  # float, float16, double, bfloat16
BOOL, INT64 = 9, 7
_WIDE = frozenset((6, INT64))  # int32, int64
_NAMES = {
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    9: "bool",
    12: "uint32",
    13: "uint64",
}

_TRUTHS = frozenset(["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal", "Not", "And", "Or", "Xor"])
# These give the same number for an integer and for the real number that stands for it.
_EXACT = _TRUTHS | frozenset(
    [
        "Cast", "Clip", "Concat", "DepthToSpace", "DequantizeLinear", "Expand", "Flatten", "Gather", "GlobalMaxPool",
        "Identity", "Max", "MaxPool", "Min", "Pad", "ReduceMax", "ReduceMin", "Relu", "Reshape", "Slice",
        "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze", "Where",
    ]
)  # fmt: skip
_EXACT_IF_WIDE = frozenset(
    ["Abs", "Add", "Mul", "Neg", "Sign", "Sub", "Sum"]
)  # Narrow types would wrap around.


class ElementTypes:
    """The type of every computed tensor that is not of real numbers."""

    def __init__(self, graph: Any) -> None:
        self._types: dict[str, int] = {
            info.name: info.type.tensor_type.elem_type
            for info in graph.input
            if info.type.tensor_type.elem_type not in FLOATS
        }

    def of(self, name: str) -> int:
        """ONNX's number of the type; that of float for every type of real numbers."""
        return self._types.get(name, 1)

    def check(self, node: Node) -> None:
        """Refuse an operation whose result on integers is not that on real numbers."""
        for name in node.inputs:
            kind = self.of(name)
            if kind in FLOATS or node.op in _EXACT or (kind in _WIDE and node.op in _EXACT_IF_WIDE):
                continue
            text = _NAMES.get(kind, f"type {kind}")
            raise node.unsupported(
                f"operand '{name}' is {text}: this operation is supported for real numbers only"
            )

    def follow(self, node: Node) -> None:
        """Note the type of a node's results."""
        if node.op == "Cast":
            kind = node.integer("to")
        elif node.op in _TRUTHS:
            kind = BOOL
        elif node.op in ("QuantizeLinear", "DequantizeLinear"):
            kind = 1  # The pair stays a real number on a grid.
        else:
            kind = self.of(node.inputs[1 if node.op == "Where" else 0]) if node.inputs else 1
        if kind not in FLOATS:
            self._types.update(dict.fromkeys(filter(None, node.outputs), kind))
