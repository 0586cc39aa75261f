# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The table of operations: ONNX name -> handler. Each family of operations adds its own."""

from __future__ import annotations

from collections.abc import Callable

from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node

Handler = Callable[[GraphImporter, Node], None]
HANDLERS: dict[str, Handler] = {}


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Register a function for operations."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register
