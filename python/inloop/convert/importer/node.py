# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""An ONNX node with plain attributes, and the errors that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inloop.errors import ModelError, UnsupportedError


@dataclass
class Node:
    """One node of the graph."""

    op: str
    name: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]

    @classmethod
    def of(cls, node: Any) -> Node:
        """The plain form of a protobuf node."""
        from onnx import helper

        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        name = node.name or (node.output[0] if node.output else "")
        return cls(node.op_type, name, list(node.input), list(node.output), attributes)

    def unsupported(self, reason: str) -> UnsupportedError:
        """The error for what ONNX allows and the engine lacks."""
        return UnsupportedError(f"node '{self.name}' ({self.op}): {reason}")

    def broken(self, reason: str) -> ModelError:
        """The error for what ONNX does not allow."""
        return ModelError(f"node '{self.name}' ({self.op}): {reason}")

    def has(self, index: int) -> bool:
        """Whether an optional input is there."""
        return len(self.inputs) > index and bool(self.inputs[index])

    def integer(self, key: str, default: int | None = None) -> int:
        """An attribute; one without a default must be there."""
        value = self.attributes.get(key, default)
        if value is None:
            raise self.broken(f"lacks its attribute '{key}'")
        return int(value)

    def integers(self, key: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """An attribute that is a list."""
        return tuple(int(value) for value in self.attributes.get(key, default))

    def number(self, key: str, default: float) -> float:
        """An attribute that is a real number."""
        return float(self.attributes.get(key, default))

    def text(self, key: str, default: str) -> str:
        """An attribute that is a word."""
        value = self.attributes.get(key, default)
        return value.decode() if isinstance(value, bytes) else str(value)
