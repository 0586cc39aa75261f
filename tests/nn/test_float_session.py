# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Float32 sessions: against onnxruntime within a tolerance, and bit for bit against themselves."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nn_networks import GraphBuilder
from test_exactness import PASSES, RandomNetwork

from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.errors import ConfigError

ISAS = _core.supported_isas()
# Largest error relative to the largest number of the result; sums differ in order and rounding.
TOLERANCE = 1e-4


def without_quantizers(data: bytes) -> bytes:
    """The same network in float32 (inloop reads a file without metadata as such) without unused nodes."""
    proto = onnx.load_from_string(data)
    needed = {output.name for output in proto.graph.output}
    for node in reversed(list(proto.graph.node)):
        if needed.isdisjoint(node.output):
            proto.graph.node.remove(node)
        else:
            needed.update(node.input)
    del proto.metadata_props[:]
    proto.ir_version = 9  # older runtimes read it too
    return proto.SerializeToString()


def float_inputs(model: Model, height: int, width: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((1, height, width, info.channels), np.float32) for info in model.inputs]


def with_onnxruntime(data: bytes, model: Model, inputs: list[np.ndarray]) -> list[np.ndarray]:
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    feeds = {info.name: array.transpose(0, 3, 1, 2) for info, array in zip(model.inputs, inputs, strict=True)}
    return [y.transpose(0, 2, 3, 1) for y in session.run([info.name for info in model.outputs], feeds)]


def assert_close(outputs: list[np.ndarray], expected: list[np.ndarray], what: str) -> None:
    for found, wanted in zip(outputs, expected, strict=True):
        assert found.dtype == np.float32
        scale = max(float(np.abs(wanted).max()), 1e-3)
        np.testing.assert_allclose(found / scale, wanted / scale, rtol=0, atol=TOLERANCE, err_msg=what)


def check(data: bytes, height: int, width: int, seed: int = 0) -> None:
    """Every ISA is close to onnxruntime; runs and pass settings give the ISA's own bits."""
    model = Model(onnx_to_compact(data))
    assert model.dtype == np.float32
    if not model.macs(height, width):
        try:
            model.session(height, width)
        except ConfigError:  # a result would be empty, or the size is no multiple of a block
            return
    inputs = float_inputs(model, height, width, seed)
    expected = with_onnxruntime(data, model, inputs)
    assert_close(model.session(height, width, "scalar").run(inputs, reference=True), expected, "reference")
    for isa in ISAS:
        session = model.session(height, width, isa)
        session.run([np.full_like(array, np.nan) for array in inputs])
        outputs = session.run(inputs)
        assert_close(outputs, expected, isa)
        for name in PASSES:
            others = model.core.session(height, width, isa, {name: False}).run(inputs)
            for found, other in zip(outputs, others, strict=True):
                np.testing.assert_array_equal(found, other, err_msg=f"{isa} without {name}")
        striped = model.core.session(height, width, isa, {"stripe_columns": 2}).run(inputs)
        for found, other in zip(outputs, striped, strict=True):
            np.testing.assert_array_equal(found, other, err_msg=f"{isa} in stripes")


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    operations=st.integers(1, 10),
    height=st.integers(1, 13),
    width=st.integers(1, 19),
)
def test_random_networks(seed: int, operations: int, height: int, width: int) -> None:
    data = RandomNetwork(np.random.default_rng(seed)).build(operations)
    check(without_quantizers(data), height, width, seed)


@pytest.mark.parametrize("name", ["lop_like", "vlop_like", "enhance_like"])
def test_reference_networks(shared_dir: Path, name: str) -> None:
    proto = onnx.load(shared_dir / "models" / f"{name}.onnx")
    for value in (*proto.graph.input, *proto.graph.output):
        for axis, label in ((2, "h"), (3, "w")):
            value.type.tensor_type.shape.dim[axis].dim_param = label
    del proto.graph.value_info[:]
    check(proto.SerializeToString(), 10, 14)


def deep_network() -> Model:
    """3x3, depthwise 3x1 and 1x3, 1x1 with a residual and PReLU: each kernel, over odd channel counts."""
    rng = np.random.default_rng(5)
    g = GraphBuilder()
    x = g.input("x", 5)

    def conv(name: str, inputs: int, outputs: int, kernel: tuple[int, int], groups: int = 1) -> str:
        kh, kw = kernel
        w = g.constant(rng.integers(-300, 300, (outputs, inputs // groups, kh, kw)), 11)
        b = g.constant(rng.integers(-3000, 3000, outputs), 11)
        pads = [kh // 2, kw // 2, kh // 2, kw // 2]
        return g.node("Conv", [name, w, b], kernel_shape=[kh, kw], pads=pads, group=groups)

    x = g.node("PRelu", [conv(x, 5, 43, (3, 3)), g.constant(rng.integers(-900, 900, (43, 1, 1)), 11)])
    y = conv(conv(conv(x, 43, 21, (1, 1)), 21, 21, (3, 1), 21), 21, 21, (1, 3), 21)
    y = g.node(
        "Clip", [g.node("Add", [conv(y, 21, 43, (1, 1)), x]), g.raw(np.float32(-9)), g.raw(np.float32(9))]
    )
    return Model(onnx_to_compact(without_quantizers(g.build(conv(y, 43, 7, (3, 3))))))


@pytest.mark.parametrize("isa", ISAS)
def test_bits_do_not_depend_on_a_blocks_offset(isa: str) -> None:
    """What does not see the border is the same in a picture and in any block of it, wherever the block begins."""
    model, margin = deep_network(), 3
    picture = float_inputs(model, 37, 61)[0]
    whole = model.session(37, 61, isa).run([picture])[0]
    for y, x, height, width in (
        (0, 0, 20, 33),
        (3, 1, 19, 40),
        (17, 24, 20, 37),
        (5, 13, 7, 7),
        (9, 30, 8, 29),
    ):
        block = np.ascontiguousarray(picture[:, y : y + height, x : x + width])
        found = model.session(height, width, isa).run([block])[0]
        inner = (slice(None), slice(margin, height - margin), slice(margin, width - margin))
        expected = whole[:, y : y + height, x : x + width]
        np.testing.assert_array_equal(found[inner], expected[inner], err_msg=f"{(y, x, height, width)}")


@pytest.mark.parametrize("isa", ISAS)
def test_bits_do_not_depend_on_threads(isa: str) -> None:
    model = deep_network()
    blocks = [np.concatenate([float_inputs(model, 17, 23, seed)[0] for seed in range(6)])]
    expected = model.run(blocks, isa=isa)
    for _ in range(3):
        np.testing.assert_array_equal(model.run(blocks, threads=3, isa=isa)[0], expected[0])


def test_isas_with_fused_multiply_add_agree() -> None:
    model = deep_network()
    inputs = float_inputs(model, 30, 31)
    results = [model.session(30, 31, isa).run(inputs)[0] for isa in ISAS if isa != "scalar"]
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def small_network() -> Model:
    g = GraphBuilder()
    x = g.input("x", 3)
    w = g.constant(np.arange(5 * 3 * 9).reshape(5, 3, 3, 3) - 60, 6)
    y = g.node("Relu", [g.node("Conv", [x, w], kernel_shape=[3, 3], pads=[1] * 4)])
    return Model(onnx_to_compact(without_quantizers(g.build(y))))


def test_dtype_is_checked() -> None:
    session = small_network().session(4, 5)
    with pytest.raises(ConfigError, match="'x' is int16, must be float32"):
        session.run([np.zeros((1, 4, 5, 3), np.int16)])
    with pytest.raises(ConfigError, match="'x' is float64, must be float32"):
        session.run([np.zeros((1, 4, 5, 3))])
    with pytest.raises(ConfigError, match="network's type"):
        session._core.run([np.zeros((1, 4, 5, 3), np.int16)])


@pytest.mark.parametrize("isa", ISAS)
def test_infinities_and_nan_stay_where_they_are_read(isa: str) -> None:
    model = small_network()
    session = model.session(9, 9, isa)
    clean = float_inputs(model, 9, 9)
    expected = session.run(clean)[0][0]
    for number in (np.nan, np.inf, -np.inf):
        dirty = clean[0].copy()
        dirty[0, 4, 4, 1] = number
        found = session.run([dirty])[0][0]
        far = np.ones((9, 9), bool)
        far[3:6, 3:6] = False
        np.testing.assert_array_equal(found[far], expected[far])
        if np.isnan(number):
            assert np.isnan(found[~far]).all()


def test_profile_measures_every_step() -> None:
    model = small_network()
    session = model.session(6, 6)
    steps = session.profile(float_inputs(model, 6, 6))
    assert [step.kind for step in steps] == ["input", "conv", "output"]
    assert steps[1].macs == model.macs(6, 6) > 0
