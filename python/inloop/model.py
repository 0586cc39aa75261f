# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks: loading, description, and sessions that run them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop import _core
from inloop.errors import ConfigError, ModelError

_COMPACT_MAGIC = b"INLOOPNN"
_SADL_MAGIC = b"SADL"
_BLOCK, _CONTEXT = 128, 8

Tensor = NDArray[np.int16] | NDArray[np.float32]


@dataclass(frozen=True)
class TensorInfo:
    """An input or output: value = integer / 2**quantizer."""

    name: str
    channels: int
    quantizer: int


@dataclass(frozen=True)
class StepTime:
    """Time of one step of a plan; kind is input, conv, depthwise, other or output."""

    name: str
    kind: str
    macs: int
    seconds: float


class Session:
    """A model planned for one input size. One thread at a time; make one a thread."""

    def __init__(self, model: "Model", height: int, width: int, isa: str = "") -> None:
        self.model = model
        self.height = height
        self.width = width
        self._core = model.core.session(height, width, isa)

    @property
    def output_shapes(self) -> list[tuple[int, int, int, int]]:
        """Shapes (1, height, width, channels) of the outputs."""
        return self._core.output_shapes

    @property
    def isa(self) -> str:
        """ISA level that the session was planned for."""
        return self._core.isa

    @property
    def arena_bytes(self) -> int:
        """Memory for activations and packed weights of the session."""
        return self._core.arena_bytes

    def run(
        self, inputs: Sequence[Tensor] | Mapping[str, Tensor], *, reference: bool = False
    ) -> list[Tensor]:
        """Run the network on arrays of shape (1, height, width, channels) or (height, width, channels).

        The arrays are of the model's `dtype`, int16 or float32; C-contiguous ones are read in place. Returns new
        arrays (1, height, width, channels) in the model's order. `reference` uses the slow executor that defines the
        result. Float results are the same for every run at one ISA level; levels differ in rounding. Raises
        `ConfigError` for a missing or unknown input, a wrong dtype or shape.
        """
        return self._core.run([self._checked(*pair) for pair in self._in_order(inputs)], reference)

    def profile(self, inputs: Sequence[Tensor] | Mapping[str, Tensor]) -> list[StepTime]:
        """Run once, measuring every step of the plan (convolutions with what is fused into them). Errors as `run`."""
        checked = [self._checked(*pair) for pair in self._in_order(inputs)]
        return [StepTime(*step) for step in self._core.profile(checked)]

    def _in_order(self, inputs: Any) -> list[tuple[TensorInfo, Any]]:
        expected = self.model.inputs
        if isinstance(inputs, Mapping):
            names = {info.name for info in expected}
            if names != set(inputs):
                raise ConfigError(f"inputs are {sorted(inputs)}, the network has {sorted(names)}")
            return [(info, inputs[info.name]) for info in expected]
        if len(inputs) != len(expected):
            raise ConfigError(f"{len(inputs)} inputs given, the network has {len(expected)}")
        return list(zip(expected, inputs, strict=True))

    def _checked(self, info: TensorInfo, array: Any) -> Tensor:
        array = np.asarray(array)
        if array.dtype != self.model.dtype:
            raise ConfigError(f"input '{info.name}' is {array.dtype}, must be {self.model.dtype}")
        shape = (self.height, self.width, info.channels)
        if array.shape not in (shape, (1, *shape)):
            raise ConfigError(f"input '{info.name}' has shape {array.shape}, must be {(1, *shape)}")
        return np.ascontiguousarray(array)


class Model:
    """An immutable network, read from its compact form."""

    def __init__(self, data: bytes, *, allow_wrapping: bool = False) -> None:
        self._data = data
        self.core = _core.Model.parse(data, allow_wrapping)

    @property
    def sha256(self) -> str:
        """Identity: SHA-256 (hex) of the canonical integer form, the same for the ONNX file and the compact form."""
        return self.core.sha256

    @property
    def dtype(self) -> np.dtype[np.int16] | np.dtype[np.float32]:
        """Type of all its tensors: int16, or float32 for a network without quantizers."""
        return np.dtype(np.float32) if self.core.is_float else np.dtype(np.int16)

    @property
    def inputs(self) -> list[TensorInfo]:
        """Inputs in the order `Session.run` takes them."""
        return [TensorInfo(*info) for info in self.core.inputs]

    @property
    def outputs(self) -> list[TensorInfo]:
        """Outputs in the order `Session.run` gives them."""
        return [TensorInfo(*info) for info in self.core.outputs]

    @property
    def quantizers(self) -> dict[str, int]:
        """Quantizers of inputs and outputs by name."""
        return {info.name: info.quantizer for info in (*self.inputs, *self.outputs)}

    @property
    def metadata(self) -> dict[str, str]:
        """The file's ``inloop.*`` metadata."""
        return self.core.metadata

    @property
    def parameters(self) -> int:
        """Number of constants."""
        return self.core.parameters

    @property
    def kmac_per_px(self) -> float:
        """Thousand multiplications per luma sample of a 128x128 block with its 8 samples of context.

        Inputs at half the luma resolution for networks with an input ``rec``, else at luma resolution.
        """
        scale = 2 if any(info.name == "rec" for info in self.inputs) else 1
        size = (_BLOCK + 2 * _CONTEXT) // scale
        return self.core.macs(size, size) / (_BLOCK * _BLOCK * 1000)

    def macs(self, height: int, width: int) -> int:
        """Multiplications for inputs of height x width; 0 for a size the network cannot run at."""
        return self.core.macs(height, width)

    def layers(self, height: int, width: int) -> list[dict[str, Any]]:
        """A description of every layer for inputs of height x width."""
        return self.core.layers(height, width)

    def session(self, height: int, width: int, isa: str = "") -> Session:
        """Plan the network for inputs of height x width, at the ISA level in force or the one named."""
        return Session(self, height, width, isa)

    def to_bytes(self) -> bytes:
        """The compact form."""
        return self._data

    def save(self, path: str | Path) -> None:
        """Write the compact form."""
        Path(path).write_bytes(self._data)


def load_model(path: str | PathLike[str], *, allow_wrapping: bool = False) -> Model:
    """Load a network from an ONNX file, a SADL file or inloop's compact form, told apart by content.

    A network with a convolution whose sum might leave 32 bits is refused unless `allow_wrapping`; its sums are
    modulo 2**32 then, the same at every ISA level.

    Raises `ModelError` or `UnsupportedError` for files that cannot be used, `OSError` where the file cannot be read.
    """
    data = Path(path).read_bytes()
    if not data:
        raise ModelError(f"'{path}' is empty")
    if data.startswith(_SADL_MAGIC):
        from inloop.convert import import_sadl

        data = import_sadl(data).to_bytes()
    elif not data.startswith(_COMPACT_MAGIC):
        from inloop.convert import onnx_to_compact

        data = onnx_to_compact(data)
    return Model(data, allow_wrapping=allow_wrapping)
