# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files that once came in wrong: each gives what onnxruntime gives, or is refused in words that say what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inloop.convert import import_onnx
from inloop.engine.model import Model
from inloop.errors import UnsupportedError

onnxruntime = pytest.importorskip("onnxruntime")

FREE_SIZE = 16
RIGHT = [
    "A_nhwccat_fixed", "DnCNN_BN.dynamo_default", "PadCircular.fixed", "ShuffleNet.legacy17", "UNet_padcat.legacy17",
    "UNet_padmult.fixed", "external_data/a/m", "external_data/b/m", "filter_shuffle", "in255", "qfuzz_5003150",
    "quantize_add_saturates", "quantize_scalar_gather", "resadd", "wrong_bn_dropout", "wrong_bn_identity",
    "wrong_bn_reshape", "wrong_max_of_3_constants", "wrong_mod_fmod", "wrong_outer_broadcast", "wrong_reducesum_noop",
    "wrong_shape_start_end", "wrong_spacetodepth_crd",
]  # fmt: skip
REFUSED = {
    "opset6_add_axis": r"opset 6 .* convert the file with onnx\.version_converter or export it anew",
    "wrong_dropout_training": "training mode is not supported: export the network in evaluation mode",
}


@pytest.fixture
def folder(shared_dir: Path) -> Path:
    return shared_dir / "data" / "faults" / "onnx"


def in_order_of_engine(values: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """NHWC of an array that may be NCHW."""
    last = values.shape[3] == channels and values.shape[1] != channels
    return np.ascontiguousarray(values if last else values.transpose(0, 2, 3, 1))


@pytest.mark.parametrize("name", RIGHT)
def test_gives_what_onnxruntime_gives(folder: Path, name: str) -> None:
    path = folder / f"{name}.onnx"
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    model, rng = Model(import_onnx(path).to_bytes()), np.random.default_rng(0)
    feeds = {}
    for tensor in session.get_inputs():
        batch, *sizes = tensor.shape
        shape = [batch if isinstance(batch, int) else 1]
        feeds[tensor.name] = rng.random(
            [*shape, *(size if isinstance(size, int) else FREE_SIZE for size in sizes)], np.float32
        )
    pairs = zip(feeds.values(), model.inputs, strict=True)
    found = model.run([in_order_of_engine(values, info.channels) for values, info in pairs])
    for values, wanted in zip(found, session.run(None, feeds), strict=True):
        right = in_order_of_engine(wanted, values.shape[3])
        np.testing.assert_allclose(values, right, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_words(folder: Path, name: str) -> None:
    with pytest.raises(UnsupportedError, match=REFUSED[name]):
        import_onnx(folder / f"{name}.onnx")


def test_no_file_is_left_out(folder: Path) -> None:
    elsewhere = {
        "UNet_convT.half.q",
        "validpart.q",
        "qfuzz_5006081",
    }  # quantised ones, and one of certain sizes
    names = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.onnx")}
    assert names == {*RIGHT, *REFUSED, *elsewhere}


@pytest.mark.parametrize("name", ["UNet_convT.half.q", "validpart.q"])
def test_quantised_files_load(folder: Path, name: str) -> None:
    assert not import_onnx(folder / f"{name}.onnx").is_float
