# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Integer networks: every ISA and every pass setting equal the reference executor and an oracle in numpy."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nn_networks import GraphBuilder, quantise_naively, random_inputs
from oracle import Oracle

from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.errors import ConfigError

PASSES = _core.pass_names()
STRIPES = (1, 2, 5)  # columns


def check(data: bytes, height: int, width: int, seed: int = 0, limit: int = 32767) -> None:
    """All executors on one network give the oracle's integers."""
    model = Model(onnx_to_compact(data))
    inputs = random_inputs(model, height, width, seed, limit)
    try:
        sessions = {isa: model.session(height, width, isa) for isa in _core.supported_isas()}
    except ConfigError:  # a result would be empty, or the size is no multiple of a block
        assert not model.macs(height, width)
        return
    expected = Oracle(data).run({info.name: array for info, array in zip(model.inputs, inputs, strict=True)})
    results = {"reference": sessions["scalar"].run(inputs, reference=True)}
    for isa, session in sessions.items():
        session.run([np.zeros_like(array) for array in inputs])
        results[isa] = session.run(inputs)
    for name in PASSES:
        results[f"without {name}"] = model.core.session(height, width, "", {name: False}).run(inputs)
    for columns in STRIPES:
        session = model.core.session(height, width, "", {"stripe_columns": columns})
        session.run([np.full_like(array, 77) for array in inputs])
        results[f"stripes of {columns} columns"] = session.run(inputs)
    for executor, outputs in results.items():
        for found, wanted in zip(outputs, expected, strict=True):
            np.testing.assert_array_equal(found[0], wanted, err_msg=executor)


class RandomNetwork:
    """Draws operations onto a `GraphBuilder`; `live` holds (name, channels, quantizer, size class)."""

    def __init__(self, rng: np.random.Generator, *, discontinuous: bool = False) -> None:
        self.rng, self.g = rng, GraphBuilder()
        self.discontinuous = (
            discontinuous  # comparisons: no matter for integers, but for floats that differ a little
        )
        self.live = []
        for index in range(int(rng.integers(1, 4))):
            channels = int(rng.integers(1, 20))
            q = int(rng.integers(8, 14))
            self.live.append((self.g.input(f"in{index}", channels, q), channels, q, (0, 0, 1)))

    def pick(self):
        return self.live[-1] if self.rng.random() < 0.6 else self.live[self.rng.integers(len(self.live))]

    def ints(self, *shape: int, limit: int = 32767) -> np.ndarray:
        return self.rng.integers(-limit, limit, shape, endpoint=True)

    def conv(self):
        name, channels, q, size = self.pick()
        rng = self.rng
        kh, kw = (int(v) for v in rng.choice([(1, 1), (3, 3), (3, 1), (1, 3), (2, 2), (5, 1)]))
        pads = [0] * 4
        if rng.random() < 0.7:
            pads = [(kh - 1) // 2, (kw - 1) // 2, kh // 2, kw // 2]
        stride = [
            int(rng.integers(1, 3)) if rng.random() < 0.2 else 1,
            int(rng.integers(1, 3)) if rng.random() < 0.2 else 1,
        ]
        groups = 1
        out = int(rng.integers(1, 40))
        if rng.random() < 0.4:
            groups = out = channels
        elif channels % 2 == 0 and rng.random() < 0.3:
            groups, out = 2, out * 2
        per_group = channels // groups
        limit = max(1, min(32767, 60000 // (per_group * kh * kw)))
        qw = int(rng.integers(8, 15))
        w = self.g.constant(self.ints(out, per_group, kh, kw, limit=limit), qw)
        qy = int(np.clip(q + rng.integers(-2, 3), 4, 16))
        inputs = [name, w]
        if rng.random() < 0.7:
            inputs.append(self.g.constant(self.ints(out), qy))
            y = self.g.node("Conv", inputs, kernel_shape=[kh, kw], pads=pads, strides=stride, group=groups)
        else:
            y = self.g.node(
                "Conv", inputs, qy, kernel_shape=[kh, kw], pads=pads, strides=stride, group=groups
            )
        size = (size[0] + pads[0] + pads[2] - kh + 1, size[1] + pads[1] + pads[3] - kw + 1, size[2])
        if stride != [1, 1]:
            size = (0, 0, y)
        self.live.append((y, out, qy, size))

    def activation(self):
        name, channels, q, size = self.pick()
        kind = self.rng.integers(4)
        if kind == 0:
            y = self.g.node("Relu", [name])
        elif kind == 1:
            limits = sorted(int(v) for v in self.ints(2))
            low, high = (self.g.raw(np.array(v / 2.0**q, np.float32)) for v in limits)
            y = self.g.node("Clip", [name, low, high])
        else:
            count = channels if kind == 2 else 1
            slope = self.g.constant(self.ints(count, 1, 1), int(self.rng.integers(10, 18)))
            y = self.g.node("PRelu", [name, slope])
        self.live.append((y, channels, q, size))

    def constant_operand(self):
        name, channels, q, size = self.pick()
        shape = (1, channels, 1, 1) if self.rng.random() < 0.7 else (1,)
        qk = int(np.clip(q + self.rng.integers(-4, 5), 1, 20))
        constant = self.g.constant(self.ints(*shape), qk)
        if self.rng.random() < 0.5:
            self.live.append((self.g.node("Add", [name, constant]), channels, qk, size))
        else:
            qy = int(np.clip(q + self.rng.integers(-2, 3), 4, min(16, q + qk)))
            self.live.append((self.g.node("Mul", [name, constant], qy), channels, qy, size))

    def pair(self):
        name, channels, q, size = self.pick()
        others = [v for v in self.live if v[1] == channels and v[3] == size and v[0] != name]
        if not others:
            return
        other, _, q1, _ = others[self.rng.integers(len(others))]
        op = str(self.rng.choice(["Add", "Add", "Add", "Mul", "Max", "Min"]))
        qy = {"Add": min(q, q1), "Mul": q, "Max": max(q, q1), "Min": max(q, q1)}[op]
        self.live.append((self.g.node(op, [name, other]), channels, qy, size))

    def concat(self):
        size = self.pick()[3]
        same = [v for v in self.live if v[3] == size]
        parts = [same[self.rng.integers(len(same))] for _ in range(int(self.rng.integers(1, 4)))]
        y = self.g.node("Concat", [part[0] for part in parts], axis=1)
        self.live.append((y, sum(part[1] for part in parts), min(part[2] for part in parts), size))

    def slice(self):
        name, channels, q, size = self.pick()
        g, rng = self.g, self.rng
        begin = int(rng.integers(0, channels))
        end = int(rng.integers(begin + 1, channels + 1))
        crop = [int(v) for v in rng.integers(0, 2, 4)] if rng.random() < 0.5 else [0] * 4
        starts, ends = [begin, crop[0], crop[1]], [end, -crop[2] or 2**31 - 1, -crop[3] or 2**31 - 1]
        y = g.node(
            "Slice", [name, g.raw(np.array(starts)), g.raw(np.array(ends)), g.raw(np.array([1, 2, 3]))]
        )
        self.live.append(
            (y, end - begin, q, (size[0] - crop[0] - crop[2], size[1] - crop[1] - crop[3], size[2]))
        )

    def pad(self):
        name, channels, q, size = self.pick()
        p = [int(v) for v in self.rng.integers(0, 3, 4)]
        y = self.g.node("Pad", [name, self.g.raw(np.array([0, 0, p[0], p[1], 0, 0, p[2], p[3]]))])
        self.live.append((y, channels, q, (size[0] + p[0] + p[2], size[1] + p[1] + p[3], size[2])))

    def rearrange(self):
        name, channels, q, _ = self.pick()
        if channels % 4 == 0:
            mode = str(self.rng.choice(["DCR", "CRD"]))
            y = self.g.node("DepthToSpace", [name], blocksize=2, mode=mode)
            self.live.append((y, channels // 4, q, (0, 0, y)))
        elif self.rng.random() < 0.5:
            y = self.g.node("MaxPool", [name], kernel_shape=[2, 2], strides=[2, 2])
            self.live.append((y, channels, q, (0, 0, y)))
        else:
            y = self.g.node("SpaceToDepth", [name], blocksize=2)
            self.live.append((y, channels * 4, q, (0, 0, y)))

    def transposed(self):
        name, channels, q, _ = self.pick()
        rng = self.rng
        kh, kw = (int(v) for v in rng.integers(1, 5, 2))
        stride = [int(v) for v in rng.choice([(1, 1), (2, 2), (2, 2), (2, 1), (3, 3)])]
        pads = [int(v) for v in rng.integers(0, (kh, kw, kh, kw))] if rng.random() < 0.6 else [0] * 4
        extra = [int(rng.integers(0, s)) for s in stride]
        groups = 2 if channels % 2 == 0 and rng.random() < 0.3 else 1
        out = int(rng.integers(1, 10))
        limit = max(1, min(32767, 60000 // (channels // groups * kh * kw)))
        w = self.g.constant(self.ints(channels, out, kh, kw, limit=limit), int(rng.integers(8, 13)))
        qy = int(np.clip(q + rng.integers(-2, 3), 4, 14))
        y = self.g.node(
            "ConvTranspose", [name, w, self.g.constant(self.ints(out * groups), qy)], kernel_shape=[kh, kw], pads=pads,
            strides=stride, output_padding=extra, group=groups,
        )  # fmt: skip
        self.live.append((y, out * groups, qy, (0, 0, y)))

    def pool(self):
        name, channels, q, _ = self.pick()
        rng, op = self.rng, str(self.rng.choice(["MaxPool", "AveragePool"]))
        kernel = [int(v) for v in rng.integers(1, 4, 2)]
        attributes = {"kernel_shape": kernel, "strides": [int(v) for v in rng.integers(1, 3, 2)]}
        attributes["pads"] = [int(v) for v in rng.integers(0, kernel * 2)]
        if op == "AveragePool":
            attributes["count_include_pad"] = int(rng.integers(0, 2))
        y = self.g.node(op, [name], **attributes)
        self.live.append((y, channels, q, (0, 0, y)))

    def mean(self):
        """A mean that is broadcast again."""
        name, channels, q, size = self.pick()
        axes = [[2, 3], [1], [2], [3], [1, 2, 3]][int(self.rng.integers(5))]
        op = str(self.rng.choice(["Add", "Mul", "Max"]))
        y = self.g.node(op, [name, self.g.node("ReduceMean", [name], axes=axes, keepdims=1)], q)
        self.live.append((y, channels, q, size))

    def resize(self):
        name, channels, q, _ = self.pick()
        rng = self.rng
        scales = [1.0, 1.0, *(float(s) for s in rng.choice([0.5, 1.0, 1.5, 2.0, 3.0], 2))]
        constant = self.g.raw(np.array(scales, np.float32))
        if rng.random() < 0.3:
            attributes = {
                "mode": "nearest",
                "nearest_mode": "floor",
                "coordinate_transformation_mode": "asymmetric",
            }
        else:
            coordinates = str(rng.choice(["half_pixel", "asymmetric", "align_corners"]))
            attributes = {"mode": "linear", "coordinate_transformation_mode": coordinates}
        y = self.g.node("Resize", [name, "", constant], **attributes)
        self.live.append((y, channels, q, (0, 0, y)))

    def function(self):
        name, channels, q, size = self.pick()
        op = str(self.rng.choice(["Sigmoid", "Tanh", "HardSwish", "HardSigmoid", "Abs", "Softplus"]))
        qy = q if op in ("HardSwish", "Abs", "Softplus") else int(self.rng.integers(8, 16))
        self.live.append((self.g.node(op, [name], qy), channels, qy, size))

    def difference(self):
        name, channels, q, size = self.pick()
        others = [v for v in self.live if v[1] == channels and v[3] == size]
        other, _, q1, _ = others[self.rng.integers(len(others))]
        self.live.append((self.g.node("Sub", [name, other]), channels, min(q, q1), size))

    def choice(self):
        """Where(compare(a, b), a, c)"""
        name, channels, q, size = self.pick()
        others = [v for v in self.live if v[1] == channels and v[3] == size]
        b, c = (others[self.rng.integers(len(others))] for _ in range(2))
        op = str(self.rng.choice(["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"]))
        where = self.g.node("Where", [self.g.node(op, [name, b[0]]), name, c[0]])
        self.live.append((where, channels, min(q, c[2]), size))

    def border(self):
        name, channels, q, size = self.pick()
        p = [int(v) for v in self.rng.integers(0, 2, 4)]
        mode = str(self.rng.choice(["edge", "reflect"]))
        if mode == "reflect":
            name = self.g.node("Pad", [name, self.g.raw(np.array([0, 0, 1, 1, 0, 0, 1, 1]))])
            size = (size[0] + 2, size[1] + 2, size[2])
        y = self.g.node("Pad", [name, self.g.raw(np.array([0, 0, p[0], p[1], 0, 0, p[2], p[3]]))], mode=mode)
        self.live.append((y, channels, q, (size[0] + p[0] + p[2], size[1] + p[1] + p[3], size[2])))

    def tile(self):
        name, channels, q, _ = self.pick()
        if channels > 12:
            return
        repeats = [1, *(int(v) for v in self.rng.integers(1, 3, 3))]
        y = self.g.node("Tile", [name, self.g.raw(np.array(repeats))])
        self.live.append((y, channels * repeats[1], q, (0, 0, y)))

    def build(self, operations: int) -> bytes:
        kinds = (
            [self.conv] * 6 + [self.activation] * 3 + [self.pair] * 3 + [self.concat, self.slice, self.pad]
        )
        kinds += [self.constant_operand, self.rearrange, self.transposed, self.pool, self.mean, self.resize]
        kinds += [self.function, self.function, self.difference, self.border, self.tile]
        kinds += [self.choice] * 2 if self.discontinuous else []
        for _ in range(operations):
            kinds[self.rng.integers(len(kinds))]()
        outputs = sorted({self.live[-1][0], self.pick()[0]})
        return self.g.build(*outputs, opset=17)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    operations=st.integers(1, 14),
    height=st.integers(1, 13),
    width=st.integers(1, 19),
)
def test_random_networks(seed: int, operations: int, height: int, width: int) -> None:
    check(
        RandomNetwork(np.random.default_rng(seed), discontinuous=True).build(operations), height, width, seed
    )


@pytest.mark.parametrize("name", ["lop_like", "vlop_like", "enhance_like"])
@pytest.mark.parametrize("q_activation", [8, 12])
def test_reference_networks(shared_dir: Path, name: str, q_activation: int) -> None:
    data = quantise_naively(shared_dir / "models" / f"{name}.onnx", q_activation)
    check(data, 11 if name == "enhance_like" else 14, 18, limit=12000)


def test_saturation_everywhere() -> None:
    """Large weights and a left-over shift of zero saturate on both sides."""
    rng = np.random.default_rng(3)
    g = GraphBuilder()
    x = g.input("x", 17, 0)
    for _ in range(3):
        w = g.constant(rng.integers(-3500, 3500, (17, 17, 1, 1)), 0)
        b = g.constant(rng.integers(-32767, 32767, 17), 0)
        x = g.node(
            "PRelu", [g.node("Conv", [x, w, b], kernel_shape=[1, 1]), g.constant(np.array([-20000]), 14)]
        )
    check(g.build(x), 5, 9)


def test_dense_connections_share_a_buffer() -> None:
    """The second operand of an in-place concatenation is computed from the first."""
    rng = np.random.default_rng(4)
    g = GraphBuilder()
    x = g.input("x", 16, 12)

    def conv(name: str, inputs: int) -> str:
        w = g.constant(rng.integers(-300, 300, (16, inputs, 3, 3)), 12)
        return g.node(
            "Conv", [name, w, g.constant(rng.integers(-900, 900, 16), 12)], kernel_shape=[3, 3], pads=[1] * 4
        )

    a = conv(x, 16)
    b = conv(a, 16)
    c = conv(g.node("Concat", [a, b], axis=1), 32)
    check(g.build(g.node("Concat", [b, c, a], axis=1)), 9, 7)


def test_padded_convolution_of_a_cropped_slice() -> None:
    """The rows and columns around the slice are zeros to the convolution, though its input has some there."""
    rng = np.random.default_rng(5)
    g = GraphBuilder()
    x = g.input("x", 4, 12)
    cut = [g.raw(np.array(v)) for v in ([0, 1, 1], [4, -1, -1], [1, 2, 3])]
    w = g.constant(rng.integers(-300, 300, (5, 4, 3, 3)), 12)
    x = g.node("Conv", [g.node("Slice", [x, *cut]), w], 12, kernel_shape=[3, 3], pads=[1] * 4)
    check(g.build(x), 9, 11)


def thin_head(g: GraphBuilder, rng: np.random.Generator, parts: list[tuple[str, int, int]]) -> str:
    """1x1 convolutions of narrow inputs, a 3x3 one before them, and a wide one behind their concatenation."""

    def conv(x: str, channels: int, out: int, side: int) -> str:
        w = g.constant(rng.integers(-900, 900, (out, channels, side, side)), 11)
        b = g.constant(rng.integers(-9000, 9000, out), 12)
        return g.node("Conv", [x, w, b], kernel_shape=[side, side], pads=[side // 2] * 4)

    wide = conv(g.input("wide", 6), 6, 8, 3)
    heads = [conv(g.input(name, channels), channels, out, 1) for name, channels, out in parts]
    merged = g.node("Concat", [wide, *heads], axis=1)
    return conv(merged, 8 + sum(out for _, _, out in parts), 20, 1)


@pytest.mark.parametrize("parts", [
    [("bs", 3, 2), ("qp", 1, 1), ("qpb", 1, 1), ("ipb", 1, 1)],
    [("a", 7, 3), ("b", 2, 3), ("c", 5, 5), ("d", 1, 1), ("e", 2, 3)],
])  # fmt: skip
def test_thin_heads_are_merged(parts: list[tuple[str, int, int]]) -> None:
    rng = np.random.default_rng(6)
    g = GraphBuilder()
    data = g.build(thin_head(g, rng, parts))
    check(data, 7, 11)
    model = Model(onnx_to_compact(data))
    steps = [
        len(model.core.session(7, 11, "", {"merge_heads": on}).profile(random_inputs(model, 7, 11)))
        for on in (True, False)
    ]
    assert steps[0] < steps[1]


@pytest.mark.parametrize("isa", _core.supported_isas())
@pytest.mark.parametrize("passes", [
    {}, {"stripe_columns": 2}, {"fold_planes": False}, {"uniform_inputs": False}, {"merge_heads": False},
])  # fmt: skip
def test_inputs_of_one_value(passes: dict[str, int], isa: str) -> None:
    """They are copied once and summed once, whichever they are: what other runs left must not show."""
    rng = np.random.default_rng(8)
    g = GraphBuilder()
    data = g.build(thin_head(g, rng, [("bs", 3, 2), ("qp", 1, 1), ("qpb", 1, 1)]))
    model, oracle = Model(onnx_to_compact(data)), Oracle(data)
    session = model.core.session(9, 7, isa, passes)
    for run in [*range(16), 12, 15, 8, 0, 15]:
        inputs = random_inputs(model, 9, 7, run)
        for index in range(4):
            if run & (1 << index):
                inputs[index][:] = inputs[index][0, 0, 0]
        expected = oracle.run({i.name: array for i, array in zip(model.inputs, inputs, strict=True)})
        np.testing.assert_array_equal(session.run(inputs)[0][0], expected[0])


@pytest.mark.parametrize("quantised", [True, False])
@pytest.mark.parametrize(
    ("groups", "inputs", "outputs"), [(2, 12, 16), (3, 5, 12), (4, 3, 5), (9, 1, 3), (5, 8, 8), (40, 2, 2)]
)
def test_grouped_convolutions(groups: int, inputs: int, outputs: int, quantised: bool) -> None:
    """With bias, an addition and an activation whose input is read, too, so that all of it is cut into groups."""
    rng = np.random.default_rng(groups)
    g = GraphBuilder()
    w = g.constant(rng.integers(-900, 900, (groups * outputs, inputs, 3, 3)), 12)
    b = g.constant(rng.integers(-9000, 9000, groups * outputs), 12)
    y = g.node(
        "Conv", [g.input("x", groups * inputs, 12), w, b], kernel_shape=[3, 3], pads=[1] * 4, group=groups
    )
    y = g.node("Add", [y, g.input("r", groups * outputs, 12)])
    z = g.node("PRelu", [y, g.constant(rng.integers(-9000, 9000, (groups * outputs, 1, 1)), 15)])
    w = g.constant(rng.integers(-900, 900, (4, groups * outputs, 1, 1)), 12)
    data = g.build(g.node("Conv", [z, w], 12, kernel_shape=[1, 1]), y, quantised=quantised)
    if quantised:
        check(data, 6, 9)
        return
    model = Model(onnx_to_compact(data))
    arrays = [rng.normal(size=(1, 6, 9, info.channels)).astype(np.float32) for info in model.inputs]
    for isa in _core.supported_isas():
        session = model.core.session(6, 9, isa)
        for found, wanted in zip(session.run(arrays), session.run(arrays, reference=True), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


def test_sizes_beyond_32_bits_are_refused() -> None:
    """2**20 rows times 4097 are 2**20 modulo 2**32."""
    g = GraphBuilder()
    x = g.input("x", 1)
    for factor in (16.0, 4097.0):
        x = g.node("Resize", [x, "", g.raw(np.array([1, 1, factor, 1], np.float32))], mode="nearest")
    model = Model(onnx_to_compact(g.build(x)))
    with pytest.raises(ConfigError, match="too large"):
        model.core.layers(65536, 1)


def test_channels_that_are_always_zero_are_stripped() -> None:
    rng = np.random.default_rng(7)
    g = GraphBuilder()
    x = g.input("x", 5, 12)

    def conv(name: str, shape: tuple[int, ...], zeros: list[int], groups: int = 1) -> str:
        w, b = rng.integers(-900, 900, shape), rng.integers(-9000, 9000, shape[0])
        w[zeros], b[zeros] = 0, 0
        side = shape[2]
        inputs = [name, g.constant(w, 12), g.constant(b, 12)]
        return g.node("Conv", inputs, kernel_shape=[side, side], pads=[side // 2] * 4, group=groups)

    zeros = [0, 3, 17, 18, 39]
    x = g.node("PRelu", [conv(x, (40, 5, 3, 3), zeros), g.constant(rng.integers(-9, 9000, (40, 1, 1)), 15)])
    y = conv(x, (40, 1, 3, 3), [*zeros, 5], groups=40)
    x = g.node("Add", [x, y])
    data = g.build(conv(x, (6, 40, 1, 1), [2]))
    check(data, 6, 9)
    model = Model(onnx_to_compact(data))
    macs = [
        sum(
            step[2]
            for step in model.core.session(6, 9, "", {"strip_channels": on}).profile(
                random_inputs(model, 6, 9)
            )
        )
        for on in (True, False)
    ]
    assert macs[0] * 40 == macs[1] * 35


def test_forced_isa_runs() -> None:
    g = GraphBuilder()
    x = g.input("x", 2)
    y = g.node("Conv", [x, g.constant(np.ones((2, 2, 1, 1)), 0)], 13, kernel_shape=[1, 1])
    model = Model(onnx_to_compact(g.build(y)))
    for isa in _core.supported_isas():
        assert model.session(4, 4, isa).isa == isa
    with pytest.raises(ConfigError, match="mmx"):
        model.session(4, 4, "mmx")
