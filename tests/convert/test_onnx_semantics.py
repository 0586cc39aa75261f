# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Corners of ONNX's operations that are easily taken for something else: right, or refused by name."""

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from float_graphs import BOOL, FLOAT, INT32, INT64, FloatGraph, compare
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from inloop.convert import import_onnx
from inloop.engine.model import Model
from inloop.errors import ModelError, UnsupportedError

Build = Callable[[FloatGraph, str], str]
UINT8 = TensorProto.UINT8


def image(*shape: int) -> dict[str, np.ndarray]:
    return {"x": np.random.default_rng(7).normal(0, 2, shape or (1, 3, 4, 6)).astype(np.float32)}


def twice(g: FloatGraph, x: str, first: list[int], second: list[int], **keep: int) -> tuple[str, str]:
    """Two means of one tensor over different dimensions."""
    return tuple(g.node("ReduceMean", x, g.ints(*axes), **keep) for axes in (first, second))


def outer(g: FloatGraph, x: str, op: str = "Sub") -> str:
    """A table of the differences of a vector's numbers: one axis in two dimensions."""
    a = g.node("ReduceMean", x, g.ints(0, 2, 3), keepdims=0)
    return g.node(op, a, g.node("ReduceMean", x, g.ints(2, 3), keepdims=1))


BROADCASTS: dict[str, Build] = {
    "difference of means": outer,
    "product of means": lambda g, x: outer(g, x, "Mul"),
    "largest of means": lambda g, x: outer(g, x, "Max"),
    "behind a product": lambda g, x: outer(g, g.node("MatMul", g.random(3, 4), x)),
    "transposed": lambda g, x: g.node(
        "Add", (m := g.node("MatMul", x, g.random(6, 4))), g.node("Transpose", m, perm=[0, 1, 3, 2])
    ),
    "rows and columns": lambda g, x: g.node("Add", *twice(g, x, [2], [3])),
    "channels twice": lambda g, x: g.node(
        "Add", (m := g.node("ReduceMean", x, g.ints(2, 3))), g.node("Transpose", m, perm=[0, 2, 1, 3])
    ),
    "concatenated": lambda g, x: g.node(
        "Concat", (m := g.node("MatMul", x, g.random(6, 4))), g.node("Transpose", m, perm=[0, 1, 3, 2]), axis=1
    ),
    "chosen": lambda g, x: g.node(
        "Where", g.node("Greater", (m := g.node("MatMul", x, g.random(6, 4))), g.constant([0.2])),
        g.node("Transpose", m, perm=[0, 1, 3, 2]), m,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROADCASTS)
def test_broadcasts_of_a_tensor_with_itself(name: str) -> None:
    g = FloatGraph(2)
    y = BROADCASTS[name](g, g.input("x", [1, 3, 4, 6]))
    compare(g.build(g.node("MaxPool", y, kernel_shape=[1, 1])), image())  # which asks for NCHW


@pytest.mark.parametrize("free", [False, True])
def test_a_row_and_a_column_make_a_plane(free: bool) -> None:
    g = FloatGraph()
    x = g.input("x", [1, 3, "h", "w"] if free else [1, 3, 4, 6])
    compare(g.build(g.node("Add", *twice(g, x, [2], [3]))), image())


def constant(g: FloatGraph, *shape: int) -> str:
    return g.constant(np.random.default_rng(3).normal(0, 3, shape))


# Each gives numbers that scale the input.
FOLDED: dict[str, Callable[[FloatGraph], str]] = {
    "Max of 3": lambda g: g.node("Max", g.constant([1.0]), g.constant([2.0]), g.constant([0.5])),
    "Max that keeps its operands": lambda g: g.node(
        "Add", (c := g.constant([0.5])), g.node("Max", g.constant([1.0]), g.constant([2.0]), c)
    ),
    "Min of 4": lambda g: g.node("Min", *(g.constant([v]) for v in (3.0, 2.0, -1.5, 4.0))),
    "Min of 1": lambda g: g.node("Min", g.constant([3.0])),
    "Sum of 3": lambda g: g.node("Sum", *(g.constant([v]) for v in (3.0, 2.0, -1.5))),
    "Mod fmod": lambda g: g.node("Mod", g.constant([-5.5]), g.constant([3.0]), fmod=1),
    "Mod": lambda g: g.node("Cast", g.node("Mod", g.ints(-5), g.ints(3)), to=FLOAT),
    "Mod fmod of integers": lambda g: g.node("Cast", g.node("Mod", g.ints(-5), g.ints(3), fmod=1), to=FLOAT),
    "Div of integers": lambda g: g.node("Cast", g.node("Div", g.ints(-7), g.ints(2)), to=FLOAT),
    "Div of large integers": lambda g: g.node(
        "Cast", g.node("Sub", g.node("Div", g.ints(3 * 2**53 + 3), g.ints(3)), g.ints(2**53)), to=FLOAT
    ),
    "ReduceSum noop": lambda g: g.node("ReduceSum", constant(g, 3, 1, 6), noop_with_empty_axes=1),
    "ReduceSum noop, empty axes": lambda g: g.node(
        "ReduceSum", constant(g, 3, 1, 6), g.constant([], np.int64), noop_with_empty_axes=1
    ),
    "ReduceSum of everything": lambda g: g.node("ReduceSum", constant(g, 3, 1, 6), keepdims=0),
    "ReduceSum, empty axes": lambda g: g.node("ReduceSum", constant(g, 3, 1, 6), g.constant([], np.int64)),
    "ReduceMin": lambda g: g.node("ReduceMin", constant(g, 3, 1, 6), g.ints(0)),
    "ReduceMean": lambda g: g.node("ReduceMean", constant(g, 3, 1, 6), g.ints(0)),
    "Shape start end": lambda g: g.node("Cast", g.node("Shape", constant(g, 5, 7, 9), start=1, end=2), to=FLOAT),
    "Shape from the end": lambda g: g.node("Cast", g.node("Shape", constant(g, 5, 7, 9), start=-1), to=FLOAT),
    "Size": lambda g: g.node("Cast", g.node("Size", constant(g, 5, 7)), to=FLOAT),
    "Pow of an integer": lambda g: g.node("Cast", g.node("Pow", g.ints(3), g.constant([0.5])), to=FLOAT),
    "Flatten": lambda g: g.node(
        "Slice", g.node("Flatten", constant(g, 2, 3, 1), axis=-1), g.ints(0), g.ints(1), g.ints(0)
    ),
    "Xor": lambda g: g.node(
        "Cast", g.node("Xor", g.constant([True, False, True, True, False, False], bool), g.constant([True], bool)),
        to=FLOAT,
    ),
    "Slice backwards": lambda g: g.node("Slice", constant(g, 6), g.ints(-1), g.ints(-(2**31)), g.ints(0), g.ints(-1)),
}  # fmt: skip


@pytest.mark.parametrize("name", FOLDED)
def test_folded_constants(name: str) -> None:
    g = FloatGraph(2)
    x = g.input("x", [1, 3, 4, 6])
    compare(g.build(g.node("Mul", x, FOLDED[name](g))), image())


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
@pytest.mark.parametrize("block", [1, 2, 3])
@pytest.mark.parametrize("free", [False, True])
def test_space_to_depth_in_both_modes(mode: str, block: int, free: bool) -> None:
    g = FloatGraph()
    x = g.input("x", [1, 2, "h", "w"] if free else [1, 2, 6, 12])
    data = g.build(g.node("SpaceToDepth", x, blocksize=block, mode=mode))
    array = np.arange(144, dtype=np.float32).reshape(1, 2, 6, 12)
    channels = (2, block, block) if mode == "CRD" else (block, block, 2)
    split = array.reshape(1, 2, 6 // block, block, 12 // block, block)
    order = (0, 1, 3, 5, 2, 4) if mode == "CRD" else (0, 3, 5, 1, 2, 4)
    wanted = split.transpose(order).reshape(1, int(np.prod(channels)), 6 // block, 12 // block)
    (found,) = Model(import_onnx(data).to_bytes()).session(6, 12).run([array.transpose(0, 2, 3, 1)])
    np.testing.assert_array_equal(found, wanted.transpose(0, 2, 3, 1))


def dropout(*modes: tuple[float, bool]) -> bytes:
    g = FloatGraph()
    y = g.input("x", [1, 3, 4, 6])
    for ratio, training in modes:
        y = g.node("Dropout", y, g.constant(ratio), g.constant(training, bool))
    return g.build(y)


def test_dropout_in_training_mode_is_refused() -> None:
    compare(dropout((0.5, False), (0.0, True)), image())
    with pytest.raises(UnsupportedError, match="training mode"):
        import_onnx(dropout((0.5, True)))


def with_type(data: bytes, element: int) -> bytes:
    model = onnx.load_model_from_string(data)
    model.graph.input[0].type.tensor_type.elem_type = element
    return model.SerializeToString()


EXACT: dict[str, Build] = {
    "cast": lambda g, x: g.node("Div", g.node("Cast", x, to=FLOAT), g.constant([255.0])),
    "moved": lambda g, x: g.node("Cast", g.node("Transpose", x, perm=[0, 1, 3, 2]), to=FLOAT),
    "compared": lambda g, x: g.node("Cast", g.node("Cast", x, to=BOOL), to=FLOAT),
    "widened": lambda g, x: g.node(
        "Cast", g.node("Mul", g.node("Cast", x, to=INT32), g.constant([-3], np.int32)), to=FLOAT
    ),
}


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("element", [UINT8, INT32, INT64])
def test_integer_inputs_are_whole_numbers(name: str, element: int) -> None:
    g = FloatGraph()
    data = with_type(g.build(EXACT[name](g, g.input("x", [1, 3, 4, 6]))), element)
    dtype = helper.tensor_dtype_to_np_dtype(element)
    x = np.random.default_rng(0).integers(0, 256, (1, 3, 4, 6))
    (wanted,) = ReferenceEvaluator(onnx.load_model_from_string(data)).run(None, {"x": x.astype(dtype)})
    model = Model(import_onnx(data).to_bytes())
    (found,) = model.session(4, 6).run([x.transpose(0, 2, 3, 1).astype(np.float32)])
    np.testing.assert_allclose(found, wanted.transpose(0, 2, 3, 1), rtol=1e-6)


ROUNDING: dict[str, tuple[int, Build]] = {
    "Div": (INT64, lambda g, x: g.node("Div", x, g.ints(2))),
    "Div of a cast": (FLOAT, lambda g, x: g.node("Div", g.node("Cast", x, to=INT64), g.ints(2))),
    "narrow sum": (UINT8, lambda g, x: g.node("Add", x, x)),
    "mean": (INT32, lambda g, x: g.node("ReduceMean", x, g.ints(2))),
    "power": (INT32, lambda g, x: g.node("Pow", x, g.constant([0.5]))),
    "linear": (INT32, lambda g, x: g.node("Resize", x, "", g.constant([1, 1, 2, 2]), mode="linear")),
    "negative": (UINT8, lambda g, x: g.node("Neg", g.node("Identity", x))),
}


@pytest.mark.parametrize("name", ROUNDING)
def test_arithmetic_of_integers_that_rounds_or_wraps_is_refused(name: str) -> None:
    g = FloatGraph()
    element, build = ROUNDING[name]
    with pytest.raises(
        UnsupportedError, match=r"is u?int\d+: this operation is supported for real numbers only"
    ):
        import_onnx(with_type(g.build(build(g, g.input("x", [1, 3, 4, 6]))), element))


@pytest.mark.parametrize("opset", [1, 6])
def test_old_opsets_are_refused(opset: int) -> None:
    g = FloatGraph(opset=opset)
    x = g.input("x", [1, 4, 4, 4])
    data = g.build(g.node("Add", x, g.random(4), axis=1, broadcast=1))
    with pytest.raises(UnsupportedError, match=rf"opset {opset} are not supported, those from 7 on are"):
        import_onnx(data)


def test_a_file_without_opset_is_refused() -> None:
    model = onnx.load_model_from_string(FloatGraph().build("x"))
    del model.opset_import[:]
    with pytest.raises(ModelError, match="opset_import"):
        import_onnx(model.SerializeToString())


@pytest.mark.parametrize(
    ("op", "attributes"),
    [
        ("Relu", {"slope": 0.5}), ("Add", {"broadcast": 1}), ("Concat", {"axis": 1, "reverse": 1}),
        ("Conv", {"output_padding": [1, 1]}), ("MaxPool", {"kernel_shape": [2, 2], "p": 3}),
    ],
)  # fmt: skip
def test_unknown_attributes_are_refused(op: str, attributes: dict[str, object]) -> None:
    g = FloatGraph()
    x = g.input("x", [1, 4, 4, 4])
    operands = {"Add": [x, x], "Concat": [x, x], "Conv": [x, g.random(2, 4, 1, 1)]}.get(op, [x])
    with pytest.raises(UnsupportedError, match=rf"\({op}\): its attribute '{list(attributes)[-1]}'"):
        import_onnx(g.build(g.node(op, *operands, **attributes)))


def test_attributes_that_say_what_is_so_anyway_are_accepted() -> None:
    g = FloatGraph()
    x = g.input("x", [1, 3, 4, 6])
    scales = g.constant([1, 1, 2, 2])
    y = g.node(
        "Resize", x, "", scales, mode="linear", cubic_coeff_a=-0.5, nearest_mode="floor", exclude_outside=0,
        extrapolation_value=0.0,
    )  # fmt: skip
    compare(g.build(g.node("MaxPool", y, kernel_shape=[2, 2], storage_order=0, ceil_mode=0)), image())


def to_nchw(g: FloatGraph, x: str) -> str:
    return g.node("Transpose", x, perm=[0, 3, 1, 2])


NHWC: dict[str, Build] = {
    "Concat": lambda g, x: g.node("Concat", x, x, axis=3),
    "Concat of a part": lambda g, x: g.node("Concat", x, g.node("Slice", x, g.ints(0), g.ints(1), g.ints(3)), axis=-1),
    "HardSwish": lambda g, x: g.node("HardSwish", x),
    "Where": lambda g, x: g.node("Where", g.node("Less", x, g.constant([0.0])), g.node("Neg", x), x),
    "Split": lambda g, x: g.node("Add", *g.node("Split", x, g.ints(2, 2), axis=3, outputs=2)),
    "Sqrt": lambda g, x: g.node("Sqrt", g.node("Abs", x)),
    "Resize": lambda g, x: g.node("Resize", x, "", g.constant([1, 2, 2, 1]), mode="nearest"),
}  # fmt: skip


@pytest.mark.parametrize("name", NHWC)
@pytest.mark.parametrize("told", ["transposition", "mean"])
def test_fixed_nhwc_is_told_by_what_follows(name: str, told: str) -> None:
    g = FloatGraph()
    y = NHWC[name](g, g.input("x", [1, 6, 8, 4]))
    y = to_nchw(g, y) if told == "transposition" else g.node("ReduceMean", y, g.ints(1, 2))
    data = g.build(g.node("Transpose", y, perm=[0, 2, 3, 1]) if told == "transposition" else y)
    model = compare(data, image(1, 6, 8, 4), is_nhwc=True)
    assert model.inputs[0].channels == 4
