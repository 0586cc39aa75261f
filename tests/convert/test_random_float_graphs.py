# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Random float graphs of many operations against onnxruntime: reference, plans on every ISA, numpy executor."""

import numpy as np
from float_graphs import FloatGraph, compare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FUNCTIONS = [
    "Sigmoid", "Tanh", "HardSwish", "HardSigmoid", "Gelu", "Erf", "Softplus", "Mish", "Elu", "Abs", "Neg", "Relu",
]  # fmt: skip


class RandomGraph:
    """Draws operations on [1, C, H, W] tensors of known sizes; `live` holds (name, C, H, W)."""

    def __init__(self, seed: int) -> None:
        self.g = FloatGraph(seed)
        self.rng = self.g.rng
        size = [int(n) for n in self.rng.integers(2, 9, 2)]
        self.size = (int(self.rng.integers(1, 7)), 2 * size[0], 2 * size[1])
        self.live = [(self.g.input("x", [1, *self.size]), *self.size)]

    def pick(self) -> tuple[str, int, int, int]:
        return self.live[-1] if self.rng.random() < 0.7 else self.live[self.rng.integers(len(self.live))]

    def one_of(self, *choices: object) -> object:
        return choices[self.rng.integers(len(choices))]

    def conv(self) -> None:
        x, c, h, w = self.pick()
        out, k = int(self.rng.integers(1, 9)), int(self.one_of(1, 3))
        y = self.g.node(
            "Conv", x, self.g.random(out, c, k, k, scale=0.4), self.g.random(out), pads=[k // 2] * 4
        )
        if self.rng.random() < 0.3:
            constants = [self.g.random(out, scale=0.3) for _ in range(3)]
            y = self.g.node(
                "BatchNormalization", y, *constants, self.g.constant(self.rng.uniform(0.5, 2, out))
            )
        self.live.append((y, out, h, w))

    def transposed(self) -> None:
        x, c, h, w = self.pick()
        k, s, out = int(self.rng.integers(1, 5)), int(self.one_of(1, 2)), int(self.rng.integers(1, 5))
        y = self.g.node("ConvTranspose", x, self.g.random(c, out, k, k, scale=0.4), strides=[s, s])
        self.live.append((y, out, (h - 1) * s + k, (w - 1) * s + k))

    def function(self) -> None:
        x, *shape = self.pick()
        self.live.append((self.g.node(str(self.one_of(*FUNCTIONS)), x), *shape))

    def pair(self) -> None:
        x, *shape = self.pick()
        others = [v[0] for v in self.live if list(v[1:]) == shape]
        op = str(self.one_of("Add", "Sub", "Mul", "Max", "Min"))
        y = self.g.node(op, x, others[self.rng.integers(len(others))])
        self.live.append((self.g.node("Tanh", y) if op == "Mul" else y, *shape))

    def broadcast(self) -> None:
        """An operand of fewer dimensions, computed or constant, on either side."""
        x, c, h, w = self.pick()
        shape = [n if self.rng.random() < 0.5 else 1 for n in (c, h, w)]
        axes = [i + 1 for i, n in enumerate(shape) if n == 1]
        other = self.g.random(*shape)
        if axes and self.rng.random() < 0.6:
            other = self.g.node("ReduceMean", x, self.g.ints(*axes))
        operands = [x, other] if self.rng.random() < 0.5 else [other, x]
        self.live.append((self.g.node(str(self.one_of("Add", "Sub", "Mul", "Max")), *operands), c, h, w))

    def pool(self) -> None:
        x, c, h, w = self.pick()
        k = [int(n) for n in self.rng.integers(1, 4, 2)]
        if h < k[0] or w < k[1]:
            return
        y = self.g.node(str(self.one_of("MaxPool", "AveragePool")), x, kernel_shape=k, strides=[1, 1])
        self.live.append((y, c, h - k[0] + 1, w - k[1] + 1))

    def resize(self) -> None:
        x, c, h, w = self.pick()
        if max(h, w) > 20:
            return
        mode = str(self.one_of("linear", "nearest"))
        coordinates = str(
            self.one_of("asymmetric", "half_pixel", *(["align_corners"] if mode == "linear" else []))
        )
        y = self.g.node("Resize", x, "", self.g.constant([1, 1, 2, 2]), mode=mode,
                        coordinate_transformation_mode=coordinates, nearest_mode="floor")  # fmt: skip
        self.live.append((y, c, 2 * h, 2 * w))

    def shuffle(self) -> None:
        """A pixel or channel shuffle, or a swap of height and width, by Reshape and Transpose."""
        x, c, h, w = self.pick()
        if c % 4 == 0 and self.rng.random() < 0.5:
            y = self.g.node("Reshape", x, self.g.ints(1, c // 4, 2, 2, h, w))
            y = self.g.node("Transpose", y, perm=[0, 1, 4, 2, 5, 3])
            self.live.append(
                (self.g.node("Reshape", y, self.g.ints(1, c // 4, 2 * h, 2 * w)), c // 4, 2 * h, 2 * w)
            )
        elif h % 2 == 0 and w % 2 == 0 and c < 8 and self.rng.random() < 0.5:
            y = self.g.node("Reshape", x, self.g.ints(1, c, h // 2, 2, w // 2, 2))
            y = self.g.node("Transpose", y, perm=[0, 1, 3, 5, 2, 4])
            shape = (4 * c, h // 2, w // 2)
            self.live.append((self.g.node("Reshape", y, self.g.ints(1, *shape)), *shape))
        else:
            self.live.append((self.g.node("Transpose", x, perm=[0, 1, 3, 2]), c, w, h))

    def product(self) -> None:
        x, c, h, w = self.pick()
        out = int(self.rng.integers(1, 6))
        y = self.g.node(
            "MatMul", self.g.node("Transpose", x, perm=[0, 2, 3, 1]), self.g.random(c, out, scale=0.5)
        )
        self.live.append((self.g.node("Transpose", y, perm=[0, 3, 1, 2]), out, h, w))

    def pieces(self) -> None:
        x, c, h, w = self.pick()
        axis = int(self.rng.integers(1, 4))
        size = (c, h, w)[axis - 1]
        if size < 2:
            return
        cut = int(self.rng.integers(1, size))
        parts = self.g.node("Split", x, self.g.ints(cut, size - cut), outputs=2, axis=axis)
        self.live.append((self.g.node("Concat", *parts[::-1], axis=axis), c, h, w))

    def build(self, operations: int) -> bytes:
        kinds = [self.conv] * 4 + [self.function] * 3 + [self.pair] * 2 + [self.broadcast] * 2
        kinds += [
            self.transposed,
            self.pool,
            self.resize,
            self.shuffle,
            self.shuffle,
            self.product,
            self.pieces,
        ]
        for _ in range(operations):
            kinds[self.rng.integers(len(kinds))]()
        # A convolution ends it, so that the output is laid out as the input is.
        x, c, *_ = self.live[-1]
        return self.g.build(self.g.node("Conv", x, self.g.random(2, c, 1, 1)))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), operations=st.integers(1, 12))
def test_random_graphs(seed: int, operations: int) -> None:
    """The tolerance is relative to the largest number of the result; sums differ in order and rounding."""
    random = RandomGraph(seed)
    data = random.build(operations)
    x = np.random.default_rng(seed).normal(0, 1, (1, *random.size)).astype(np.float32)
    compare(data, {"x": x}, 1e-4)
