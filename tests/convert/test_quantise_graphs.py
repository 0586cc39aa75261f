# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The quantiser on graphs as exporters write them: the integers are those of the network that was given."""

import math

import numpy as np
import onnx
import onnxruntime
import pytest
from float_graphs import FLOAT, FloatGraph, run_plainly
from onnx import TensorProto, helper, numpy_helper

from inloop.convert import QuantisedModel, import_onnx, onnx_to_compact, quantise
from inloop.engine.model import Model
from inloop.errors import ConfigError


def noise(*shape: int, seed: int = 0) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return [{"x": rng.normal(0, 0.5, shape)} for _ in range(3)]


def against_original(data: bytes, result: QuantisedModel, samples: list[dict[str, np.ndarray]]) -> float:
    """Signal to noise of the first output against onnxruntime on the float file."""
    model = Model(onnx_to_compact(result.onnx))
    session, power, error = run_plainly(data), 0.0, 0.0
    dtype = np.float16 if "float16" in session.get_inputs()[0].type else np.float32
    for sample in samples:
        x = sample["x"]
        q = model.inputs[0].quantizer
        integers = np.clip(np.rint(x * 2.0**q), -32767, 32767).astype(np.int16)
        found = model.run([integers])[0] / 2.0 ** model.outputs[0].quantizer
        wanted = session.run(None, {"x": x.transpose(0, 3, 1, 2).astype(dtype)})[0]
        wanted = wanted.astype(np.float64).transpose(0, 2, 3, 1)
        power, error = power + float((wanted**2).sum()), error + float(((found - wanted) ** 2).sum())
    return 10 * math.log10(power / error) if error else math.inf


def checked(data: bytes, samples: list[dict[str, np.ndarray]], **options: object) -> QuantisedModel:
    """Quantise; the file is valid, runs elsewhere, and the table tells the truth."""
    result = quantise(data, samples, **options)
    onnxruntime.InferenceSession(result.onnx, providers=["CPUExecutionProvider"])
    truth = against_original(data, result, samples)
    assert result.errors[-1].signal_to_noise_db == pytest.approx(truth, abs=1.5)
    return result


def convolution(g: FloatGraph, x: str, channels: int, out: int, scale: float = 0.3) -> str:
    return g.node(
        "Conv", x, g.random(out, channels, 3, 3, scale=scale), g.random(out, scale=0.1), pads=[1] * 4
    )


def test_numbers_without_dimensions_stay_so() -> None:
    """A gathered channel loses its dimension only by an index of rank 0."""
    g = FloatGraph(1)
    a = convolution(g, g.input("x", [1, 4, "h", "w"]), 4, 4)
    second = g.node("Gather", a, g.constant(1, np.int64), axis=1)
    data = g.build(g.node("Sub", a, g.node("Unsqueeze", second, g.constant([1], np.int64))))
    result = checked(data, noise(1, 8, 8, 4))
    assert result.errors[-1].signal_to_noise_db > 55
    kept = [t for t in onnx.load_model_from_string(result.onnx).graph.initializer if t.data_type == 7]
    assert [] in [list(tensor.dims) for tensor in kept]


def test_broadcast_of_a_gathered_channel_is_not_another_network() -> None:
    """[1, 4, h, w] - [1, h, w] with h = 4 would be a difference of rows if the index got a dimension."""
    g = FloatGraph(2)
    a = convolution(g, g.input("x", [1, 4, 4, 4]), 4, 4)
    data = g.build(g.node("Sub", a, g.node("Gather", a, g.constant(1, np.int64), axis=2)))
    assert checked(data, noise(1, 4, 4, 4)).errors[-1].signal_to_noise_db > 55


@pytest.mark.parametrize("free", [False, True])
def test_channel_shuffle_with_computed_shapes(free: bool) -> None:
    """What exporters make of x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)."""
    g = FloatGraph(3)
    a = convolution(g, g.input("x", [1, 4, "h", "w"] if free else [1, 4, 6, 8]), 4, 4)
    sizes = [
        g.node("Unsqueeze", g.node("Gather", g.node("Shape", a), g.constant(i, np.int64)), g.ints(0))
        for i in (2, 3)
    ]
    split = g.node("Reshape", a, g.node("Concat", g.ints(1, 2, 2), *sizes, axis=0))
    merged = g.node("Concat", g.ints(1, 4), *sizes, axis=0)
    y = g.node("Reshape", g.node("Transpose", split, perm=[0, 2, 1, 3, 4]), merged)
    assert checked(g.build(convolution(g, y, 4, 3)), noise(1, 6, 8, 4)).errors[-1].signal_to_noise_db > 50


SUMS = (
    "block",
    "chain",
    "same operand",
    "two paths",
    "pooled",
    "input",
    "difference",
    "maximum",
    "slope",
    "pad",
)


def large_result(g: FloatGraph, kind: str) -> str:
    """A result that exceeds the range of its operands' quantizers."""
    x = g.input("x", [1, 4, "h", "w"])
    a = convolution(g, x, 4, 4)
    match kind:
        case "block":
            y = a
            for _ in range(6):
                y = g.node("Add", y, convolution(g, g.node("Relu", convolution(g, y, 4, 4)), 4, 4))
            return y
        case "chain":
            return g.node("Add", g.node("Add", a, convolution(g, x, 4, 4)), g.node("Relu", a))
        case "same operand":
            return g.node("Add", a, a)
        case "two paths":
            b = g.node("Relu", convolution(g, x, 4, 4))
            c = g.node("Relu", convolution(g, x, 4, 4))
            return g.node("Concat", g.node("Add", b, c), g.node("Sub", c, a), axis=1)
        case "pooled":
            b = g.node("MaxPool", a, kernel_shape=[3, 3], pads=[1] * 4)
            return g.node("Sub", g.node("Add", b, b), a)
        case "input":
            return g.node("Add", g.node("Add", x, x), g.node("Add", x, x))
        case "difference":
            return g.node("Sub", g.node("Neg", a), a)
        case "maximum":
            return g.node("Max", g.node("Mul", x, g.constant([30.0])), g.node("Mul", a, g.constant([0.01])))
        case "slope":
            return g.node("PRelu", a, g.constant([[[-3.0]], [[7.0]], [[2]], [[1]]]))
        case _:
            return g.node("Pad", a, g.ints(0, 0, 1, 1, 0, 0, 1, 1), g.constant(20.0))


@pytest.mark.parametrize("kind", SUMS)
def test_results_beyond_their_operands_range_do_not_saturate(kind: str) -> None:
    g = FloatGraph(4)
    data = g.build(large_result(g, kind))
    samples = noise(1, 12, 16, 4)
    result = checked(data, samples)
    assert result.warnings == []
    assert result.errors[-1].signal_to_noise_db > 55
    for error in result.errors:
        assert error.largest * 2.0**error.quantizer <= 32767


def test_a_saturating_result_is_named() -> None:
    g = FloatGraph()
    x = g.input("x", [1, 1, "h", "w"])
    data = g.build(g.node("Mul", x, g.constant([30.0])))
    result = quantise(data, [{"x": np.full((1, 4, 4, 1), 3.9)}], input_quantizers={"x": 14})
    (cut, bad) = result.warnings
    assert cut.startswith("input 'x' reaches 3.9 in the samples, but is cut at 2 by its quantizer 14")
    assert "'t2' (mul_constant) is the first with less than 45 dB" in bad


@pytest.mark.parametrize(
    ("largest", "quantizer"), [(1, 13), (3.9, 13), (4.1, 12), (255, 6), (1023, 4), (3e5, -4)]
)
def test_inputs_get_a_quantizer_that_holds_them(largest: float, quantizer: int) -> None:
    g = FloatGraph()
    x = g.input("x", [1, 1, "h", "w"])
    residual = convolution(g, g.node("Relu", convolution(g, x, 1, 8, 0.01)), 8, 1, 0.01)
    samples = [{"x": np.random.default_rng(i).random((1, 16, 16, 1)) * largest} for i in range(2)]
    samples[0]["x"][0, 0, 0] = largest
    result = checked(g.build(g.node("Add", x, residual)), samples)
    assert result.quantizers["x"] == quantizer
    assert result.warnings == []


def test_wrong_input_quantizers_are_refused() -> None:
    g = FloatGraph()
    data = g.build(g.node("Relu", g.input("x", [1, 1, "h", "w"])))
    samples = [{"x": np.ones((1, 4, 4, 1))}]
    with pytest.raises(ConfigError, match=r"\['y'\] are given, the network has \['x'\]"):
        quantise(data, samples, input_quantizers={"y": 3})
    with pytest.raises(ConfigError, match=r"quantizer 25 of 'x' is outside -8\.\.24"):
        quantise(data, samples, input_quantizers={"x": 25})


@pytest.mark.parametrize("element", [TensorProto.FLOAT16, TensorProto.DOUBLE])
def test_other_floats_become_single_precision(element: int) -> None:
    g = FloatGraph(5)
    a = g.node("Relu", convolution(g, g.input("x", [1, 3, "h", "w"]), 3, 4))
    up = g.node("ConvTranspose", a, g.random(4, 4, 2, 2, scale=0.3), strides=[2, 2])
    y = g.node("Cast", g.node("Add", up, g.constant([0.5])), to=element)
    model = onnx.load_model_from_string(g.build(y))
    dtype = helper.tensor_dtype_to_np_dtype(element)
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(dtype), tensor.name))
    for info in (*model.graph.input, *model.graph.output):
        info.type.tensor_type.elem_type = element
    model = onnx.shape_inference.infer_shapes(model)
    result = quantise(model.SerializeToString(), noise(1, 6, 8, 3))
    written = onnx.load_model_from_string(result.onnx)
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(written), full_check=True)
    assert {info.type.tensor_type.elem_type for info in (*written.graph.input, *written.graph.output)} == {
        FLOAT
    }
    onnxruntime.InferenceSession(result.onnx, providers=["CPUExecutionProvider"])
    assert result.errors[-1].signal_to_noise_db > 45


def computed_weights(g: FloatGraph, kind: str) -> str:
    """Constants of a normalised convolution that are results of nodes."""
    x = g.input("x", [1, 3, "h", "w"])
    flat, bias = g.random(4, 27, scale=0.3), g.random(4, scale=0.1)
    weights = g.node("Reshape", flat, g.ints(4, 3, 3, 3))
    ones, positive = g.constant([1.0, 2, 3, 4]), g.constant([0.5, 1, 2, 1])
    match kind:
        case "reshaped":
            pass
        case "identity":
            weights, bias = g.node("Identity", weights), g.node("Identity", bias)
        case _:
            ones = g.node("Cast", g.constant([1, 2, 3, 4], np.int64), to=FLOAT)
            positive = g.node("Add", positive, g.node("Constant", value_float=0.25))
    y = g.node("Conv", x, weights, bias, pads=[1] * 4)
    return g.node("BatchNormalization", y, ones, bias, bias, positive)


@pytest.mark.parametrize("kind", ["reshaped", "identity", "normalisation"])
def test_computed_constants_are_quantised(kind: str) -> None:
    g = FloatGraph(6)
    result = checked(g.build(computed_weights(g, kind)), noise(1, 6, 8, 3))
    assert result.errors[-1].signal_to_noise_db > 50
    assert [layer.op.name for layer in import_onnx(result.onnx).layers] == ["CONV", "BIAS_ADD"]


def test_a_cast_that_needs_no_layer_is_quantised() -> None:
    g = FloatGraph()
    x = g.input("x", [1, 3, "h", "w"])
    truth = g.node("Cast", g.node("Greater", x, g.constant([0.1])), to=FLOAT)
    whole = g.node("Cast", g.node("Cast", truth, to=TensorProto.INT64), to=FLOAT)
    y = g.node("Resize", whole, "", g.constant([1, 1, 3, 1]), mode="nearest")
    assert checked(g.build(y), noise(1, 6, 8, 3)).errors[-1].signal_to_noise_db > 25


def test_samples_of_an_impossible_size_are_refused_in_words() -> None:
    g = FloatGraph()
    data = g.build(g.node("SpaceToDepth", g.input("x", [1, 3, "h", "w"]), blocksize=4))
    with pytest.raises(ConfigError, match="no multiple of its block"):
        quantise(data, [{"x": np.ones((1, 6, 8, 3))}])
