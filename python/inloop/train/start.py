# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Weights to start a training from: those of a checkpoint, or of an integer network that was exported."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from inloop.errors import ConfigError
from inloop.train.graph import Graph
from inloop.train.quantize import IntegerNetwork, floor_loss
from inloop.train.state_file import write_state

_KEPT = ("average", "network", "options", "held_out", "step", "elapsed_s")
"""What of a checkpoint another run, on another machine, can use."""


def load_start(path: Path, graph: Graph, network: str, options: Mapping[str, int]) -> dict[str, Any]:
    """Read what `inloop.train.initialise.start_from` needs from a checkpoint or from an .onnx file.

    Args:
        path: The file.
        graph: The network that starts; an .onnx file must be one of it.
        network: Its name in `NETWORKS`.
        options: Keyword arguments of the network function.
    """
    if path.suffix != ".onnx":
        return read_checkpoint(path)
    weights = float_weights(read_integer_network(path.read_bytes(), graph))
    return {"average": weights, "network": network, "options": dict(options)}


def read_checkpoint(path: Path, device: str = "cpu") -> dict[str, Any]:
    """Read what a run has saved.

    Args:
        path: The file.
        device: Device of torch that gets the tensors.

    Raises:
        ConfigError: It is damaged, or something else.
    """
    data = path.read_bytes()  # first, so that what torch says is about the contents
    try:
        state = torch.load(io.BytesIO(data), weights_only=True, map_location=device)
    except Exception as error:  # torch has no family of its own for what can be wrong with a file
        raise ConfigError(f"{path} is damaged or no checkpoint: delete it to start anew") from error
    if not isinstance(state, dict) or not {"average", "network", "options"} <= state.keys():
        raise ConfigError(f"{path} is no checkpoint of a run")
    return state


def write_start(state: Mapping[str, Any], path: Path) -> None:
    """Write what another run starts from: a checkpoint without its optimiser, its raw weights and its paths."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_state(path, {name: state[name] for name in _KEPT})


def read_integer_network(content: bytes, graph: Graph) -> IntegerNetwork:
    """Read back what `inloop.train.export.to_onnx` wrote.

    Raises ConfigError where the file lacks a constant or a quantizer of the graph.
    """
    model = onnx.load_model_from_string(content)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    q: dict[str, int] = json.loads(metadata.get("inloop.quantizers", "{}"))
    values = {entry.name: numpy_helper.to_array(entry) for entry in model.graph.initializer}
    result = IntegerNetwork(graph, q)
    for name in constant_names(graph):
        if name not in q or name not in values:
            raise ConfigError(f"the network to start from is another one: it has no integer '{name}'")
        integers = np.rint(values[name].astype(np.float64) * 2.0 ** q[name]).astype(np.int64)
        result.constants[name] = integers.reshape(-1) if name.endswith(".slope") else integers
    return result


def constant_names(graph: Graph) -> list[str]:
    """Return the names of a graph's constants in an `IntegerNetwork`."""
    names = []
    for node in graph.nodes:
        if node.op == "conv":
            names += [f"{node.name}.weight", *([f"{node.name}.bias"] if node.bias else [])]
        elif node.op == "prelu":
            names.append(f"{node.name}.slope")
    return names


def float_weights(network: IntegerNetwork) -> dict[str, Tensor]:
    """Return the state of the `GraphNet` that quantises to a network: its biases make up for no floor any more."""
    state: dict[str, Tensor] = {}
    for node in network.graph.nodes:
        if node.op == "prelu":
            state[f"slopes.{node.name}"] = _real(network, f"{node.name}.slope")
        elif node.op == "conv":
            weight = _real(network, f"{node.name}.weight")
            state[f"convs.{node.name}.weight"] = weight
            if node.bias:
                lost = floor_loss(network.graph, node, weight.double().numpy(), network.q)
                integers = network.constants[f"{node.name}.bias"] - lost
                state[f"convs.{node.name}.bias"] = torch.from_numpy(
                    integers / 2.0 ** network.q[node.name]
                ).float()
    return state


def _real(network: IntegerNetwork, name: str) -> Tensor:
    return torch.from_numpy(network.constants[name] / 2.0 ** network.q[name]).float()
