# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Small networks to damage: `python tests/fuzz/model_seeds.py` writes them to corpus_model/.

Beside them lie the smallest networks of the importer's tests, one for each other operation, and what fuzzing found.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "nn"))

from nn_networks import GraphBuilder

from inloop.convert import onnx_to_compact

CORPUS = Path(__file__).parent / "corpus_model"


def _weights(g: GraphBuilder, *shape: int, q: int = 11) -> str:
    rng = np.random.default_rng(len(g.constants))
    return g.constant(rng.integers(-300, 300, shape), q)


def filter_like(**options: object) -> bytes:
    """Two inputs, concatenation, convolutions with bias and PReLU, depthwise ones, an addition, a crop."""
    g = GraphBuilder()
    x = g.node("Concat", [g.input("rec", 3), g.input("qp", 1)], axis=1)
    x = g.node("Conv", [x, _weights(g, 8, 4, 3, 3), _weights(g, 8, q=12)], kernel_shape=[3, 3], pads=[1] * 4)
    y = g.node("PRelu", [x, g.constant(np.array([-8000]), 15)])
    y = g.node("Conv", [y, _weights(g, 8, 1, 3, 1)], 12, kernel_shape=[3, 1], group=8, pads=[1, 0, 1, 0])
    y = g.node("Conv", [y, _weights(g, 8, 4, 1, 1)], 12, kernel_shape=[1, 1], group=2)
    y = g.node("Add", [g.node("Relu", [y]), x])
    cut = [g.raw(np.array(v)) for v in ([0, 0, 0], [6, -1, -2], [1, 2, 3])]
    return g.build(y, g.node("Slice", [y, *cut]), **options)


def other_operations(**options: object) -> bytes:
    """What filter_like lacks: pooling, rearrangement, two-operand arithmetic, limits, padding, strides."""
    g = GraphBuilder()
    a, b = g.input("a", 4), g.input("b", 4, 11)
    x = g.node("Max", [a, g.node("Mul", [a, b], 13)])
    x = g.node("Min", [x, g.node("Mul", [b, _weights(g, 1, 4, 1, 1)], 12)])
    x = g.node("Pad", [x, g.raw(np.array([0, 0, 1, 0, 0, 0, 2, 1]))])
    x = g.node("MaxPool", [x], kernel_shape=[2, 3])
    x = g.node("DepthToSpace", [x], blocksize=2, mode="CRD")
    x = g.node(
        "SpaceToDepth", [g.node("Conv", [x, _weights(g, 4, 1, 2, 2)], 12, strides=[2, 1])], blocksize=1
    )
    limits = [g.raw(np.array(v, np.float32)) for v in (-1.0, 1.5)]
    return g.build(g.node("Clip", [g.node("Add", [x, _weights(g, 4, 1, 1)]), *limits]), **options)


def seeds() -> dict[str, bytes]:
    """Compact forms by file name, integer and float."""
    networks = {"filter_like": filter_like, "other_operations": other_operations}
    files = {}
    for name, build in networks.items():
        files[f"{name}_int16.inl"] = onnx_to_compact(build())
        files[f"{name}_float32.inl"] = onnx_to_compact(build(quantised=False))
    return files


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    for file_name, data in seeds().items():
        (CORPUS / file_name).write_bytes(data)
