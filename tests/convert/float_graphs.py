# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Float ONNX graphs for the importer's tests, and their comparison with onnxruntime."""

from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from inloop import _core
from inloop.convert import import_onnx, run_float
from inloop.engine.model import Model

FLOAT, BOOL, INT32, INT64 = TensorProto.FLOAT, TensorProto.BOOL, TensorProto.INT32, TensorProto.INT64


class FloatGraph:
    """Builds small float ONNX networks with seeded random constants."""

    def __init__(self, seed: int = 0, opset: int = 20) -> None:
        self.rng = np.random.default_rng(seed)
        self.opset = opset
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def name(self) -> str:
        self._count += 1
        return f"t{self._count}"

    def input(self, name: str, shape: Sequence[int | str]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, FLOAT, list(shape)))
        return name

    def constant(self, array: object, dtype: object = np.float32) -> str:
        name = self.name()
        self.constants.append(numpy_helper.from_array(np.asarray(array, dtype), name))
        return name

    def ints(self, *numbers: int) -> str:
        return self.constant(list(numbers), np.int64)

    def random(self, *shape: int, scale: float = 1.0) -> str:
        return self.constant(self.rng.normal(0, scale, shape))

    def node(self, op: str, *inputs: str, outputs: int = 0, **attributes: object) -> str | list[str]:
        names = [self.name() for _ in range(max(outputs, 1))]
        self.nodes.append(helper.make_node(op, list(inputs), names, **attributes))
        return names if outputs else names[0]

    def build(self, *outputs: str) -> bytes:
        infos = [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "g", self.inputs, infos, self.constants)
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def nhwc(array: np.ndarray) -> np.ndarray:
    """As the engine gives it: [1, C, H, W] or a smaller rank to [1, H, W, C]."""
    if array.ndim == 4:
        return array.transpose(0, 2, 3, 1)
    kept = [size for size in array.shape if size != 1]
    return array.reshape(1, *[1] * (3 - len(kept)), *kept)


def run_plainly(data: bytes) -> onnxruntime.InferenceSession:
    """A session that computes what the graph says, node by node."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def compare(
    data: bytes, inputs: dict[str, np.ndarray], tolerance: float = 2e-5, *, is_nhwc: bool = False
) -> Model:
    """Reference, plans on every ISA and the numpy executor give onnxruntime's numbers.

    `inputs` are as ONNX takes them; the tolerance is relative to the largest magnitude.
    """
    session = run_plainly(data)
    names = {i.name for i in session.get_inputs()}
    expected = session.run(None, {k: v for k, v in inputs.items() if k in names})
    network = import_onnx(data)
    model = Model(network.to_bytes())
    own = {
        key: np.ascontiguousarray(array if is_nhwc else array.transpose(0, 2, 3, 1))
        for key, array in inputs.items()
    }
    arrays = [own[info.name] for info in model.inputs]
    height, width = arrays[0].shape[1:3]
    core = {isa: model.core.session(height, width, isa) for isa in _core.supported_isas()}
    results = {"reference": core["scalar"].run(arrays, True)}
    for isa, plan in core.items():
        plan.run([np.full_like(array, 0.25) for array in arrays], False)
        results[isa] = plan.run(arrays, False)
    values = run_float(network, own)
    results["numpy"] = [values[number][None] for _, number in network.outputs]
    for executor, outputs in results.items():
        for found, wanted in zip(outputs, expected, strict=True):
            wanted = wanted if is_nhwc else nhwc(wanted)
            limit = tolerance * max(1.0, float(np.abs(wanted).max(initial=0)))
            np.testing.assert_allclose(found, wanted, rtol=0, atol=limit, err_msg=executor)
    return model
