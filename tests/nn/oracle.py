# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Integer networks in numpy, straight from the table of integer rules: independent of the engine's code."""

import json

import numpy as np
import onnx
from onnx import helper, numpy_helper
from oracle_ops import conv_transpose, run_later_op, windows


def sat(x: np.ndarray) -> np.ndarray:
    return np.clip(x, -32767, 32767)


def shift_left_or_right(x: np.ndarray, d: int) -> np.ndarray:
    return x >> d if d >= 0 else x << -d


def conv(x, w, strides, pads, groups):
    """x: (H, W, C) int64, w: (O, C/groups, kh, kw)."""
    top, left, bottom, right = pads
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)))
    out_channels, per_group, kh, kw = w.shape
    height = (x.shape[0] - kh) // strides[0] + 1
    width = (x.shape[1] - kw) // strides[1] + 1
    y = np.zeros((height, width, out_channels), np.int64)
    each = out_channels // groups
    for g in range(groups):
        xs = x[:, :, g * per_group : (g + 1) * per_group]
        ws = w[g * each : (g + 1) * each]
        for i in range(kh):
            for j in range(kw):
                part = xs[i : i + height * strides[0] : strides[0], j : j + width * strides[1] : strides[1]]
                y[:, :, g * each : (g + 1) * each] += part[:height, :width] @ ws[:, :, i, j].T
    return y


class Oracle:
    """Runs an integer ONNX network on (H, W, C) int64 arrays."""

    def __init__(self, data: bytes) -> None:
        self.model = onnx.load_model_from_string(data)
        self.q = json.loads({p.key: p.value for p in self.model.metadata_props}["inloop.quantizers"])
        self.constants = {t.name: numpy_helper.to_array(t) for t in self.model.graph.initializer}
        for node in self.model.graph.node:
            if node.op_type == "Constant":
                self.constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
            elif node.op_type == "Identity" and node.input[0] in self.constants:
                self.constants[node.output[0]] = self.constants[node.input[0]]
                self.q[node.output[0]] = self.q[node.input[0]]

    def integers(self, name: str) -> np.ndarray:
        return np.rint(self.constants[name].astype(np.float64) * 2.0 ** self.q[name]).astype(np.int64)

    def needed(self) -> list[onnx.NodeProto]:
        """Nodes that an output depends on: the others may not even have a size."""
        names = {output.name for output in self.model.graph.output}
        kept = []
        for node in reversed(self.model.graph.node):
            if node.output[0] in names and node.output[0] not in self.constants:
                names.update(node.input)
                kept.append(node)
        return kept[::-1]

    def run(self, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        v = {name: a.astype(np.int64).reshape(a.shape[-3:]) for name, a in inputs.items()}
        q = {name: self.q[name] for name in inputs}
        for node in self.needed():
            a = {t.name: helper.get_attribute_value(t) for t in node.attribute}
            x = v.get(node.input[0])
            qx = q.get(node.input[0])
            name = node.output[0]
            match node.op_type:
                case "Conv":
                    w, qw = self.integers(node.input[1]), self.q[node.input[1]]
                    has_bias = len(node.input) > 2
                    qy = self.q[node.input[2]] if has_bias else self.q.get(name, qx)
                    total = conv(x, w, a.get("strides", [1, 1]), a.get("pads", [0] * 4), a.get("group", 1))
                    assert np.abs(total).max(initial=0) < 2**31
                    y = sat(total >> (qw + qx - qy))
                    if has_bias:
                        y = sat(y + self.integers(node.input[2]))
                case "Add" | "Mul" if node.input[1] in self.constants:
                    k, qk = self.integers(node.input[1]).reshape(-1), self.q[node.input[1]]
                    if node.op_type == "Add":
                        qy = qk
                        y = sat(shift_left_or_right(x, qx - qk) + k)
                    else:
                        qy = self.q.get(name, qx)
                        y = sat((x * k) >> (qk + qx - qy))
                case "Add":
                    u, qu = v[node.input[1]], q[node.input[1]]
                    qy = min(qx, qu)
                    y = sat((x >> (qx - qy)) + (u >> (qu - qy)))
                case "Mul":
                    u, qu = v[node.input[1]], q[node.input[1]]
                    qy = self.q.get(name, qx)
                    y = sat((x * u) >> (qu + qx - qy))
                case "Max" | "Min":
                    u, qu = v[node.input[1]], q[node.input[1]]
                    qy = max(qx, qu)
                    pair = sat(x << (qy - qx)), sat(u << (qy - qu))
                    y = np.maximum(*pair) if node.op_type == "Max" else np.minimum(*pair)
                case "Concat":
                    qy = min(q[i] for i in node.input)
                    y = np.concatenate([v[i] >> (q[i] - qy) for i in node.input], axis=2)
                case "PRelu":
                    k, qk = self.integers(node.input[1]).reshape(-1), self.q[node.input[1]]
                    qy, y = qx, np.where(x < 0, sat((x * k) >> qk), x)
                case "Relu":
                    qy, y = qx, np.maximum(x, 0)
                case "Clip":
                    low, high = (int(self.constants[n] * 2.0**qx) for n in node.input[1:3])
                    qy, y = qx, np.clip(x, low, high)
                case "Slice":
                    starts, ends, axes = (self.constants[n].tolist() for n in node.input[1:4])
                    slices = [slice(None)] * 3
                    for start, end, axis in zip(starts, ends, axes, strict=True):
                        slices[{1: 2, 2: 0, 3: 1}[axis]] = slice(start, end)
                    qy, y = qx, x[tuple(slices)]
                case "Pad":
                    p = self.constants[node.input[1]].tolist()
                    mode = a.get("mode", b"constant").decode()
                    qy, y = qx, np.pad(x, ((p[2], p[6]), (p[3], p[7]), (0, 0)), mode)
                case "MaxPool":
                    pads = a.get("pads", [0] * 4)
                    qy, y = qx, windows(x, a["kernel_shape"], a["strides"], pads, -(2**20)).max(0)
                case "DepthToSpace" | "SpaceToDepth":
                    b, (h, w, c) = a["blocksize"], x.shape
                    if node.op_type == "SpaceToDepth":
                        y = (
                            x.reshape(h // b, b, w // b, b, c)
                            .transpose(0, 2, 1, 3, 4)
                            .reshape(h // b, w // b, b * b * c)
                        )
                    elif a.get("mode", b"DCR") == b"CRD":
                        y = (
                            x.reshape(h, w, c // b**2, b, b)
                            .transpose(0, 3, 1, 4, 2)
                            .reshape(h * b, w * b, c // b**2)
                        )
                    else:
                        y = (
                            x.reshape(h, w, b, b, c // b**2)
                            .transpose(0, 2, 1, 3, 4)
                            .reshape(h * b, w * b, c // b**2)
                        )
                    qy = qx
                case "ConvTranspose":
                    w, qw = self.integers(node.input[1]), self.q[node.input[1]]
                    has_bias = len(node.input) > 2
                    qy = self.q[node.input[2]] if has_bias else self.q.get(name, qx)
                    extra, pads = a.get("output_padding", [0, 0]), a.get("pads", [0] * 4)
                    total = conv_transpose(x, w, a.get("strides", [1, 1]), pads, extra, a.get("group", 1))
                    assert np.abs(total).max(initial=0) < 2**31
                    y = sat(total >> (qw + qx - qy))
                    if has_bias:
                        y = sat(y + self.integers(node.input[2]))
                case _:
                    declared = {f"declared {n}": number for n, number in self.q.items()}
                    y, qy = run_later_op(
                        node,
                        a,
                        x,
                        qx,
                        v,
                        q | declared,
                        self.constants,
                        lambda n: (self.integers(n), self.q[n]),
                    )
            v[name], q[name] = y, qy
        return [v[o.name] for o in self.model.graph.output]
