# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""An ONNX node with plain attributes that remember whether they were looked at, and the errors that name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inloop.errors import ModelError, UnsupportedError


class Attributes(dict[str, Any]):
    """Attributes by name, and which of them nobody asked for: one that is not looked at changes nothing in silence."""

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        super().__init__(attributes)
        self.unread = set(attributes)

    def __getitem__(self, key: str) -> Any:
        self.unread.discard(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.unread.discard(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The attribute or a default."""
        self.unread.discard(key)
        return super().get(key, default)


@dataclass
class Node:
    """One node of the graph."""

    op: str
    name: str
    inputs: list[str]
    outputs: list[str]
    attributes: Attributes
    # Simpler nodes that say the same, for operations that are defined by others.
    parts: list[Node] | None = None

    @classmethod
    def of(cls, node: Any) -> Node:
        """The plain form of a protobuf node."""
        from onnx import helper

        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        name = node.name or (node.output[0] if node.output else "")
        return cls(node.op_type, name, list(node.input), list(node.output), Attributes(attributes))

    def simplest(self) -> Iterator[Node]:
        """The node, or those that say it."""
        if self.parts is None:
            yield self
            return
        for part in self.parts:
            yield from part.simplest()

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

    def peek_integers(self, key: str) -> tuple[int, ...]:
        """An attribute that is a list or a number, without taking notice of it."""
        value = dict.get(self.attributes, key, ())
        return tuple(value) if isinstance(value, (list, tuple)) else (int(value),)

    def number(self, key: str, default: float) -> float:
        """An attribute that is a real number."""
        return float(self.attributes.get(key, default))

    def text(self, key: str, default: str) -> str:
        """An attribute that is a word."""
        value = self.attributes.get(key, default)
        return value.decode() if isinstance(value, bytes) else str(value)
