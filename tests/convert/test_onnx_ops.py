# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Every importable operation in float against onnxruntime: reference, plans on every ISA, numpy executor."""

from collections.abc import Callable

import numpy as np
import pytest
from float_graphs import BOOL, FLOAT, INT64, FloatGraph, compare

Build = Callable[[FloatGraph, str], str]

CASES: dict[str, Build] = {}


def case(name: str) -> Callable[[Build], Build]:
    def register(build: Build) -> Build:
        CASES[name] = build
        return build

    return register


def _conv(name: str, out: int, kernel: tuple[int, int], group: int = 1, **attributes: object) -> None:
    CASES[name] = lambda g, x: g.node(
        "Conv", x, g.random(out, 4 // group, *kernel), g.random(out), group=group, **attributes
    )


_conv("conv 3x3", 5, (3, 3), pads=[1, 1, 1, 1])
_conv("conv 5x1 stride 2x1", 3, (5, 1), strides=[2, 1], pads=[2, 0, 1, 0])
_conv("conv groups", 6, (3, 3), 2)
_conv("conv depthwise with multiplier", 8, (3, 3), 4, pads=[1, 0, 0, 1])
_conv("conv dilated", 2, (3, 2), dilations=[2, 1])
_conv("conv same upper", 3, (4, 3), auto_pad="SAME_UPPER")
_conv("conv same lower", 3, (4, 3), auto_pad="SAME_LOWER")
_conv("conv same upper stride", 3, (3, 3), auto_pad="SAME_UPPER", strides=[2, 2])
_conv("conv valid", 3, (3, 3), auto_pad="VALID")
_conv("conv pads larger than its kernel", 3, (1, 1), pads=[1, 2, 0, 1])


def _transposed(name: str, out: int, kernel: tuple[int, int], group: int = 1, **attributes: object) -> None:
    CASES[name] = lambda g, x: g.node(
        "ConvTranspose", x, g.random(4, out // group, *kernel), g.random(out), group=group, **attributes
    )


_transposed("transposed 2x2 stride 2", 3, (2, 2), strides=[2, 2])
_transposed("transposed 4x4 stride 2", 3, (4, 4), strides=[2, 2], pads=[1, 1, 1, 1])
_transposed(
    "transposed 3x3 stride 2, output padding",
    5,
    (3, 3),
    strides=[2, 2],
    pads=[1, 1, 1, 1],
    output_padding=[1, 1],
)
_transposed("transposed stride 1", 2, (3, 3), pads=[1, 0, 0, 1])
_transposed("transposed stride 2x1", 4, (3, 2), 2, strides=[2, 1])
_transposed("transposed kernel smaller than stride", 2, (1, 2), strides=[3, 3])
_transposed("transposed same", 2, (3, 4), strides=[2, 2], auto_pad="SAME_UPPER")
_transposed("transposed dilated", 2, (2, 2), strides=[2, 2], dilations=[2, 2])
_transposed("transposed large pads", 2, (3, 3), strides=[1, 1], pads=[2, 2, 2, 2])

FUNCTIONS: list[tuple[str, dict[str, object]]] = [
    ("Sigmoid", {}), ("HardSigmoid", {}), ("HardSigmoid", {"alpha": 0.3, "beta": 0.4}), ("HardSwish", {}),
    ("Tanh", {}), ("Gelu", {}), ("Gelu", {"approximate": "tanh"}), ("Erf", {}), ("Exp", {}), ("Abs", {}),
    ("Softplus", {}), ("Softsign", {}), ("Elu", {"alpha": 0.7}), ("Celu", {"alpha": 1.3}), ("Mish", {}),
    ("Floor", {}), ("Ceil", {}), ("Round", {}), ("Sign", {}), ("Sin", {}), ("Cos", {}), ("Neg", {}), ("Relu", {}),
    ("LeakyRelu", {"alpha": 0.2}), ("Identity", {}),
]  # fmt: skip
for _op, _attributes in FUNCTIONS:
    CASES[" ".join([_op, *map(str, _attributes)])] = lambda g, x, op=_op, a=_attributes: g.node(op, x, **a)
for _op in ("Log", "Sqrt", "Reciprocal"):
    CASES[_op] = lambda g, x, op=_op: g.node(op, g.node("Add", g.node("Abs", x), g.constant([0.1])))
for _op in ("Add", "Sub", "Mul", "Div", "Max", "Min"):
    CASES[f"{_op} number"] = lambda g, x, op=_op: g.node(op, x, g.constant([0.7]))
    CASES[f"{_op} channels"] = lambda g, x, op=_op: g.node(
        op, x, g.constant([[[0.5]], [[2.0]], [[-1]], [[3]]])
    )
for _op in ("Add", "Sub", "Mul", "Max", "Min"):
    CASES[f"{_op} constant first"] = lambda g, x, op=_op: g.node(
        op, g.constant([[[0.5]], [[2.0]], [[1]], [[3]]]), x
    )
    CASES[f"{_op} tensors"] = lambda g, x, op=_op: g.node(op, x, g.node("Relu", x))
    CASES[f"{_op} mean"] = lambda g, x, op=_op: g.node(op, g.node("GlobalAveragePool", x), x)
    CASES[f"{_op} plane"] = lambda g, x, op=_op: g.node(op, x, g.random(6, 10))
    CASES[f"{_op} row"] = lambda g, x, op=_op: g.node(op, g.random(1, 1, 10), x)
for _op in ("Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"):
    CASES[_op] = lambda g, x, op=_op: g.node("Cast", g.node(op, x, g.node("Round", x)), to=FLOAT)
    CASES[f"{_op} number"] = lambda g, x, op=_op: g.node("Cast", g.node(op, x, g.constant([0.3])), to=FLOAT)

CASES["Div constant first"] = lambda g, x: g.node("Div", g.constant([3.0]), g.node("Exp", x))
CASES["Pow 2"] = lambda g, x: g.node("Pow", x, g.constant([2.0]))
CASES["Pow 3"] = lambda g, x: g.node("Pow", x, g.constant([3.0]))
CASES["PRelu"] = lambda g, x: g.node("PRelu", x, g.random(4, 1, 1))
CASES["Clip"] = lambda g, x: g.node("Clip", x, g.constant(-0.5), g.constant(0.75))
CASES["Clip one side"] = lambda g, x: g.node("Clip", x, "", g.constant(0.75))
CASES["Max of three"] = lambda g, x: g.node("Max", x, g.constant([0.1]), g.node("Neg", x))
CASES["Where"] = lambda g, x: g.node("Where", g.node("Greater", x, g.constant([0.0])), x, g.random(4, 1, 1))
CASES["Where tensors"] = lambda g, x: g.node(
    "Where", g.node("Less", x, g.node("GlobalAveragePool", x)), g.node("Relu", x), g.node("Neg", x)
)
CASES["Not And Or"] = lambda g, x: g.node(
    "Cast",
    g.node(
        "Or",
        g.node("Not", g.node("Less", x, g.constant([0.0]))),
        g.node("And", g.node("Less", x, g.constant([-0.5])), g.node("Greater", x, g.constant([-1.5]))),
    ),
    to=FLOAT,
)
CASES["Cast integers"] = lambda g, x: g.node("Cast", g.node("Cast", x, to=INT64), to=FLOAT)
CASES["Cast truth"] = lambda g, x: g.node("Cast", g.node("Cast", g.node("Round", x), to=BOOL), to=FLOAT)
CASES["BatchNormalization"] = lambda g, x: g.node(
    "BatchNormalization", x, g.random(4), g.random(4), g.random(4), g.constant([0.5, 1, 2, 3])
)
CASES["BatchNormalization folded"] = lambda g, x: g.node(
    "BatchNormalization", g.node("Conv", x, g.random(3, 4, 3, 3), g.random(3)), g.random(3), g.random(3), g.random(3),
    g.constant([0.5, 1, 2]),
)  # fmt: skip
CASES["BatchNormalization folded, no bias"] = lambda g, x: g.node(
    "BatchNormalization", g.node("Conv", x, g.random(3, 4, 3, 3)), g.random(3), g.random(3), g.random(3),
    g.constant([0.5, 1, 2]),
)  # fmt: skip

for _pads in ([0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 2, 0]):
    for _stride in (1, 2):
        _a = {"kernel_shape": [3, 3], "strides": [_stride] * 2, "pads": _pads}
        CASES[f"MaxPool {_pads} {_stride}"] = lambda g, x, a=_a: g.node("MaxPool", x, **a)
        CASES[f"AveragePool {_pads} {_stride}"] = lambda g, x, a=_a: g.node("AveragePool", x, **a)
        CASES[f"AveragePool counting {_pads} {_stride}"] = lambda g, x, a=_a: g.node(
            "AveragePool", x, count_include_pad=1, **a
        )
CASES["GlobalAveragePool"] = lambda g, x: g.node("GlobalAveragePool", x)
for _axes in ([2, 3], [1], [-1], [1, 2, 3]):
    for _keep in (0, 1):
        CASES[f"ReduceMean {_axes} {_keep}"] = lambda g, x, a=_axes, k=_keep: g.node(
            "Relu",
            g.node("ReduceMean", x, g.ints(*a))
            if k
            else g.node("Unsqueeze", g.node("ReduceMean", x, g.ints(*a), keepdims=0), g.ints(*a)),
        )

for _mode in ("nearest", "linear"):
    for _coordinates in ("half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"):
        for _scale in (2.0, 3.0, 0.5, 1.5):
            for _nearest in ("round_prefer_floor", "floor") if _mode == "nearest" else ("floor",):
                if _mode == "nearest" and _coordinates == "align_corners" and _scale != 2.0:
                    continue  # exact ties, which runtimes decide by the rounding of their float coordinates
                CASES[f"Resize {_mode} {_coordinates} {_scale} {_nearest}"] = (
                    lambda g, x, m=_mode, c=_coordinates, s=_scale, n=_nearest: g.node(
                        "Resize", x, "", g.constant([1, 1, s, s]), mode=m, coordinate_transformation_mode=c,
                        nearest_mode=n,
                    )
                )  # fmt: skip
CASES["Resize sizes"] = lambda g, x: g.node("Resize", x, "", "", g.ints(1, 4, 9, 25), mode="linear")
CASES["Resize axes"] = lambda g, x: g.node("Resize", x, "", g.constant([2.0]), mode="linear", axes=[3])

for _mode in ("linear", "nearest"):
    for _padding in ("zeros", "border", "reflection"):
        for _align in (0, 1):
            CASES[f"GridSample {_mode} {_padding} {_align}"] = lambda g, x, m=_mode, p=_padding, a=_align: g.node(
                "GridSample", x, g.constant(g.rng.uniform(-1.6, 1.6, (1, 5, 7, 2))), mode=m, padding_mode=p,
                align_corners=a,
            )  # fmt: skip
CASES["GridSample computed grid"] = lambda g, x: g.node(
    "GridSample",
    x,
    g.node("Transpose", g.node("Tanh", g.node("Conv", x, g.random(2, 4, 1, 1))), perm=[0, 2, 3, 1]),
)

CASES["DepthToSpace"] = lambda g, x: g.node("DepthToSpace", x, blocksize=2)
CASES["DepthToSpace CRD"] = lambda g, x: g.node("DepthToSpace", x, blocksize=2, mode="CRD")
CASES["SpaceToDepth"] = lambda g, x: g.node("SpaceToDepth", x, blocksize=2)
CASES["Split"] = lambda g, x: g.node(
    "Concat", *g.node("Split", x, g.ints(1, 3), outputs=2, axis=1)[::-1], axis=1
)
CASES["Split rows"] = lambda g, x: g.node("Sub", *g.node("Split", x, outputs=2, axis=2, num_outputs=2))
CASES["Slice"] = lambda g, x: g.node("Slice", x, g.ints(1, 0, -7), g.ints(3, -2, 9), g.ints(1, 2, 3))
CASES["Slice steps"] = lambda g, x: g.node(
    "Slice", x, g.ints(1, 0), g.ints(9, 10), g.ints(2, 3), g.ints(2, 3)
)
CASES["Gather"] = lambda g, x: g.node(
    "Unsqueeze", g.node("Gather", x, g.constant(2, np.int64), axis=1), g.ints(1)
)
for _axis in (1, 2, 3):
    CASES[f"Concat {_axis}"] = lambda g, x, a=_axis: g.node("Concat", x, g.node("Relu", x), x, axis=a)
CASES["Concat constant"] = lambda g, x: g.node("Concat", x, g.random(1, 2, 6, 10), axis=1)
for _mode in ("constant", "edge", "reflect"):
    CASES[f"Pad {_mode}"] = lambda g, x, m=_mode: g.node(
        "Pad", x, g.ints(0, 0, 2, 1, 0, 0, 3, 0), *([g.constant(1.5)] if m == "constant" else []), mode=m
    )
CASES["Pad zeros, cutting"] = lambda g, x: g.node("Pad", x, g.ints(0, 0, -1, 1, 0, 0, 2, -3))
CASES["Pad channels"] = lambda g, x: g.node("Pad", x, g.ints(0, 1, 0, 0, 0, 2, 0, 1))
CASES["Pad axes"] = lambda g, x: g.node("Pad", x, g.ints(1, 2), "", g.ints(-1))
CASES["Tile"] = lambda g, x: g.node("Tile", x, g.ints(1, 2, 3, 2))
CASES["Expand"] = lambda g, x: g.node("Expand", g.node("GlobalAveragePool", x), g.ints(1, 4, 5, 3))
CASES["Expand rank"] = lambda g, x: g.node(
    "Expand", g.node("ReduceMean", x, g.ints(0, 1), keepdims=0), g.ints(1, 3, 1, 1)
)
CASES["Constant node"] = lambda g, x: g.node("Add", x, g.node("Constant", value_float=0.5))
CASES["Dropout"] = lambda g, x: g.node("Dropout", x)

CASES["Transpose rows and columns"] = lambda g, x: g.node("Relu", g.node("Transpose", x, perm=[0, 1, 3, 2]))
CASES["Transpose then Conv"] = lambda g, x: g.node(
    "Conv", g.node("Transpose", x, perm=[0, 2, 1, 3]), g.random(2, 6, 3, 3)
)
CASES["Pixel shuffle by Reshape"] = lambda g, x: g.node(
    "Reshape",
    g.node("Transpose", g.node("Reshape", x, g.ints(1, 1, 2, 2, 6, 10)), perm=[0, 1, 4, 2, 5, 3]),
    g.ints(1, 1, 12, 20),
)
CASES["Pixel unshuffle by Reshape"] = lambda g, x: g.node(
    "Reshape",
    g.node("Transpose", g.node("Reshape", x, g.ints(1, 4, 3, 2, 5, 2)), perm=[0, 1, 3, 5, 2, 4]),
    g.ints(1, 16, 3, 5),
)
CASES["Channel shuffle"] = lambda g, x: g.node(
    "Conv",
    g.node(
        "Reshape",
        g.node("Transpose", g.node("Reshape", x, g.ints(0, 2, 2, 6, 10)), perm=[0, 2, 1, 3, 4]),
        g.ints(0, -1, 6, 10),
    ),
    g.random(3, 4, 1, 1),
)
CASES["Flatten and Gemm"] = lambda g, x: g.node(
    "Gemm", g.node("Flatten", x), g.random(240, 5, scale=0.1), g.random(5)
)
CASES["Gemm transposed"] = lambda g, x: g.node(
    "Gemm", g.node("Flatten", g.node("GlobalAveragePool", x)), g.random(5, 4), g.random(1, 5), transB=1, alpha=0.5,
    beta=2.0,
)  # fmt: skip
CASES["MatMul on channels last"] = lambda g, x: g.node(
    "Transpose",
    g.node("MatMul", g.node("Transpose", x, perm=[0, 2, 3, 1]), g.random(4, 7)),
    perm=[0, 3, 1, 2],
)
CASES["MatMul on columns"] = lambda g, x: g.node(
    "Conv", g.node("MatMul", x, g.random(10, 3)), g.random(2, 4, 1, 1)
)
CASES["MatMul from the left"] = lambda g, x: g.node(
    "Conv", g.node("MatMul", g.random(5, 6), x), g.random(2, 4, 1, 1)
)
CASES["MatMul of a sequence"] = lambda g, x: g.node(
    "Reshape",
    g.node(
        "Transpose",
        g.node(
            "MatMul",
            g.node("Transpose", g.node("Reshape", x, g.ints(0, 4, -1)), perm=[0, 2, 1]),
            g.random(4, 3),
        ),
        perm=[0, 2, 1],
    ),
    g.ints(1, 3, 6, 10),
)
CASES["Squeeze and Unsqueeze"] = lambda g, x: g.node(
    "Mul",
    x,
    g.node("Unsqueeze", g.node("Squeeze", g.node("GlobalAveragePool", x), g.ints(2, 3)), g.ints(2, 3)),
)
CASES["Squeeze and excite"] = lambda g, x: g.node(
    "Mul",
    x,
    g.node(
        "Sigmoid",
        g.node(
            "Conv",
            g.node("Relu", g.node("Conv", g.node("GlobalAveragePool", x), g.random(2, 4, 1, 1))),
            g.random(4, 2, 1, 1),
        ),
    ),
)


@case("Shape arithmetic")
def _shape_arithmetic(g: FloatGraph, x: str) -> str:
    """The exported form of interpolate(size=2 * size): sizes from Shape, Gather, Mul, Concat."""
    shape = g.node("Shape", x)
    sizes = [
        g.node(
            "Unsqueeze",
            g.node("Mul", g.node("Gather", shape, g.constant(i, np.int64)), g.constant(2, np.int64)),
            g.ints(0),
        )
        for i in (2, 3)
    ]
    kept = g.node("Slice", shape, g.ints(0), g.ints(2))
    return g.node("Resize", x, "", "", g.node("Concat", kept, *sizes, axis=0), mode="nearest")


@case("Reshape by computed shape")
def _computed_reshape(g: FloatGraph, x: str) -> str:
    """Flattened pixels and back, all sizes from Shape."""
    flat = g.node("Reshape", x, g.ints(0, 4, -1))
    shape = g.node("Shape", x)
    return g.node("Relu", g.node("Reshape", flat, shape))


# Parts of the names of the cases that need a fixed spatial size.
FIXED = (
    "same upper stride", "Transpose then", "on columns", "from the left", "Split rows", "Flatten and", "Gemm",
    "Resize sizes", "by Reshape", "Channel shuffle", "a sequence", "Slice", "Concat 2", "Concat 3", "Expand rank",
)  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", ["fixed", "free"])
def test_operation(name: str, size: str) -> None:
    if size == "free" and any(part in name for part in FIXED):
        pytest.skip("needs a fixed spatial size")
    g = FloatGraph()
    x = g.input("x", [1, 4, 6, 10] if size == "fixed" else ["n", 4, "h", "w"])
    array = np.random.default_rng(1).normal(0, 1.5, (1, 4, 6, 10)).astype(np.float32)
    compare(g.build(CASES[name](g, x)), {"x": array})
