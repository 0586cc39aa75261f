# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Other inference engines, one thread each, as contestants. What is not installed is left out."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from benchmarks.engine.networks import Network, peer_inputs, peer_onnx

Feeds = dict[str, NDArray[np.float32]]
Run = Callable[[], object]
CALIBRATION_RUNS = 2


def missing_peers() -> list[str]:
    """Names of the engines that are not installed."""
    return [name for name in ("onnxruntime", "openvino") if find_spec(name) is None]


def onnxruntime_runs(network: Network, luma: tuple[int, int]) -> Iterator[tuple[str, Run]]:
    """Yield onnxruntime in float with the network as it is and with LeakyRelu for scalar PReLU."""
    feeds = peer_inputs(network, luma)
    for label, leaky in (("PReLU", False), ("LeakyRelu", True)):
        model = peer_onnx(network, luma, leaky)
        if leaky and not any(node.op_type == "LeakyRelu" for node in model.graph.node):
            continue
        session = onnxruntime_session(model)
        yield f"onnxruntime f32 {label}", lambda session=session: session.run(None, feeds)


def onnxruntime_session(model: onnx.ModelProto):  # type: ignore[no-untyped-def]
    """A session of one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def openvino_runs(
    network: Network, luma: tuple[int, int], tile: tuple[int, int] | None, types: list[str]
) -> Iterator[tuple[str, Run]]:
    """Yield OpenVINO with each of `types` ("f32", "bf16", "int8"); with `tile` the picture goes through in such pieces.

    The pieces are cut beforehand and the results not put together: what that would cost is a present to the peer.
    """
    size = tile or luma
    pieces = [peer_inputs(network, size) for _ in range(luma[0] * luma[1] // (size[0] * size[1]))]
    label = f" in tiles of {tile[1]}x{tile[0]}" if tile else ""
    for kind in types:
        model = peer_onnx(network, size, leaky=True)
        if kind == "int8":
            model = quantised_onnx(model, pieces[0])
        yield f"OpenVINO {kind}{label}", OpenvinoRun(model, kind, pieces)


class OpenvinoRun:
    """A compiled network and its inputs; calling it runs every piece once, in the calling thread's time."""

    def __init__(self, model: onnx.ModelProto, kind: str, pieces: list[Feeds]) -> None:
        import openvino

        core = openvino.Core()
        config = {
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": "bf16" if kind == "bf16" else "f32",
        }
        self._compiled = core.compile_model(core.read_model(model.SerializeToString()), "CPU", config)
        self._request = self._compiled.create_infer_request()
        self._pieces = [
            [(name, openvino.Tensor(array, shared_memory=True)) for name, array in feeds.items()]
            for feeds in pieces
        ]

    def __call__(self) -> None:
        for piece in self._pieces:
            for name, tensor in piece:
                self._request.set_tensor(name, tensor)
            self._request.infer()

    def primitives(self) -> list[str]:
        """Kernels that OpenVINO chose for convolutions; their names hold the instruction set."""
        kinds = set()
        for operation in self._compiled.get_runtime_model().get_ops():
            info = operation.get_rt_info()
            if "primitiveType" in info and info["layerType"].astype(str) == "Convolution":
                kinds.add(info["primitiveType"].astype(str))
        return sorted(kinds)


def quantised_onnx(model: onnx.ModelProto, feeds: Feeds) -> onnx.ModelProto:
    """The network with QDQ pairs (int8 a channel for weights, a tensor for activations), by onnxruntime's quantiser."""
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.left = CALIBRATION_RUNS

        def get_next(self) -> Feeds | None:
            self.left -= 1
            return feeds if self.left >= 0 else None

    logging.getLogger().setLevel(logging.ERROR)  # The quantiser writes advice to the root logger.
    with tempfile.TemporaryDirectory() as folder:
        source, prepared, target = (Path(folder) / name for name in ("f.onnx", "p.onnx", "q.onnx"))
        onnx.save(model, str(source))
        quant_pre_process(str(source), str(prepared))
        quantization.quantize_static(
            str(prepared),
            str(target),
            Reader(),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QInt8,
            weight_type=quantization.QuantType.QInt8,
        )
        return onnx.load(str(target))
