# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Versions of ONNX's operations, and attributes whose meaning the importer does not know."""

from __future__ import annotations

from typing import Any

from inloop.convert.importer.node import Node
from inloop.errors import ModelError, UnsupportedError

OLDEST = 7  # Before it, operations broadcast by attributes.
# These attributes change no result of inference, or only one that another attribute has refused already.
_HARMLESS = frozenset(
    [
        ("BatchNormalization", "momentum"), ("Cast", "saturate"), ("Cast", "round_mode"), ("Dropout", "ratio"),
        ("Dropout", "seed"), ("DequantizeLinear", "axis"), ("MaxPool", "storage_order"), ("QuantizeLinear", "axis"),
        ("QuantizeLinear", "saturate"), ("Resize", "cubic_coeff_a"), ("Resize", "exclude_outside"),
        ("Resize", "extrapolation_value"),
    ]
)  # fmt: skip


def checked(model: Any) -> int:
    """The version of ONNX's own operations that a model uses."""
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if not versions:
        raise ModelError("the file does not say which version of ONNX's operations it uses (opset_import)")
    if versions[0] < OLDEST:
        raise UnsupportedError(
            f"operations of opset {versions[0]} are not supported, those from {OLDEST} on are: convert the file with "
            "onnx.version_converter or export it anew"
        )
    return int(versions[0])


def check_attributes(node: Node, opset: int) -> None:
    """Refuse an attribute that nothing looked at, unless it says what is so without it."""
    for key in sorted(node.attributes.unread):
        if (node.op, key) not in _HARMLESS and not _is_default(node, key, opset):
            raise node.unsupported(f"its attribute '{key}' is not supported")


def _is_default(node: Node, key: str, opset: int) -> bool:
    import onnx

    try:
        schema = onnx.defs.get_schema(node.op, opset)
        default = onnx.helper.get_attribute_value(schema.attributes[key].default_value)
    except (
        onnx.defs.SchemaError,
        KeyError,
        ValueError,
    ):  # The onnx package at hand does not know it.
        return False
    return bool(default == node.attributes[key])
