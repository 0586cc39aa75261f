# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The walk over an ONNX graph: every node in turn, folded where it is constant, else by its operation's handler."""

from __future__ import annotations

from inloop.convert.importer import folding, io_tensors, opsets, prepare
from inloop.convert.importer.damage import reported_for
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import HANDLERS
from inloop.convert.network import Network
from inloop.errors import InloopError, ModelError


class GraphWalk(GraphImporter):
    """Imports a graph node by node."""

    def prepare(self) -> None:
        """Declare what QDQ pairs say."""
        prepare.declare_quantised(self)

    def run(self) -> Network:
        """Import everything; the network."""
        io_tensors.declare_inputs(self)
        for node, domain in zip(self.nodes, self.domains, strict=True):
            if domain not in ("", "ai.onnx"):
                raise node.unsupported(f"operation of the domain '{domain}' is not supported")
            self.take(node)
        io_tensors.declare_outputs(self)
        self.network.prune()
        return self.network

    def take(self, node: Node) -> None:
        """Import one node."""
        if not folding.fold(self, node):
            self._convert(node)
        opsets.check_attributes(node, self.opset)
        self.types.follow(node)
        for name in node.outputs:
            self._check_declared(name)

    def _convert(self, node: Node) -> None:
        handler = HANDLERS.get(node.op)
        if handler is None:
            raise node.unsupported("operation is not supported")
        with reported_for(f"node '{node.name}' ({node.op})"):
            self.types.check(node)
            try:
                handler(self, node)
            except InloopError as error:  # The parts that raise it do not know the node.
                if not str(error).startswith("node '"):
                    error.args = (f"node '{node.name}' ({node.op}): {error}",)
                raise

    def _check_declared(self, name: str) -> None:
        declared, value = self.quantizers.declared.get(name), self.values.get(name)
        if declared is not None and value is not None and declared != value.quantizer:
            raise ModelError(
                f"quantizer {declared} of '{name}' disagrees with {value.quantizer}, which its operation gives"
            )
