# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tensors: what networks take and give, and the checks of arrays that stand for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inloop import _core
from inloop.errors import ConfigError

Tensor: TypeAlias = NDArray[np.int16] | NDArray[np.float32]
# Tensors are arrays, or objects with __dlpack__ on the CPU, in the network's order or by name.
Tensors: TypeAlias = Sequence[Any] | Mapping[str, Any]
DType: TypeAlias = np.dtype[np.int16] | np.dtype[np.float32]


@dataclass(frozen=True)
class TensorInfo:
    """An input or output: value = integer / 2**quantizer.

    Attributes:
        name: Its name in the network.
        channels: Number of channels.
        quantizer: Fractional bits of its integers; 0 in a float network.
    """

    name: str
    channels: int
    quantizer: int


class HasInputs(Protocol):
    """What describes a network's inputs: a `Signature` or a `Model`."""

    @property
    def inputs(self) -> list[TensorInfo]:
        """In the network's order."""
        ...

    @property
    def dtype(self) -> DType:
        """Type of all tensors."""
        ...


class Signature:
    """Inputs and outputs of a network, and the checks of arrays against them. All checks raise `ConfigError`."""

    def __init__(self, core: _core.Model) -> None:
        self._inputs = [TensorInfo(*info) for info in core.inputs]
        self._outputs = [TensorInfo(*info) for info in core.outputs]
        self._dtype: DType = np.dtype(np.float32) if core.is_float else np.dtype(np.int16)

    @property
    def inputs(self) -> list[TensorInfo]:
        """Inputs in the network's order."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[TensorInfo]:
        """Outputs in the network's order."""
        return list(self._outputs)

    @property
    def dtype(self) -> DType:
        """Type of all tensors: int16, or float32 for a network without quantizers."""
        return self._dtype

    def block_shape(self, inputs: Tensors) -> tuple[int, int, int]:
        """Return number, height and width of the blocks that inputs hold: those of the first one.

        Raises `ConfigError` where it has neither three nor four dimensions, or holds no block.
        """
        info, value = in_order(inputs, self._inputs, "input")[0]
        shape = as_array(f"input '{info.name}'", value).shape
        blocks = shape if len(shape) == 4 else (1, *shape)
        if len(blocks) != 4 or not blocks[0]:
            expected = f"(blocks, height, width, {info.channels})"
            raise ConfigError(f"input '{info.name}' has shape {shape}, must be {expected}")
        return blocks[:3]

    def read(self, inputs: Tensors, blocks: int, height: int, width: int) -> list[Tensor]:
        """Return the inputs as arrays, C-contiguous, without a copy where they are.

        Args:
            inputs: In the network's order or by name.
            blocks: Number of blocks that each must hold.
            height: Rows that each block must have.
            width: Columns that each block must have.

        Raises:
            ConfigError: One is missing, unknown or of another shape or dtype.
        """
        arrays: list[Tensor] = []
        for info, value in in_order(inputs, self._inputs, "input"):
            shape = (blocks, height, width, info.channels)
            array = self._checked(f"input '{info.name}'", value, shape)
            arrays.append(array if array.flags.c_contiguous else array.copy())
        return arrays

    def written(
        self, out: Tensors | None, shapes: Sequence[tuple[int, int, int, int]], inputs: list[Tensor]
    ) -> list[Tensor]:
        """Return arrays for the outputs.

        Args:
            out: Those of the caller, in order or by name; None for new ones.
            shapes: Shape of each output.
            inputs: The arrays that are read, with which no output may share memory.

        Raises:
            ConfigError: One of `out` is of a wrong shape or dtype, read-only, not C-contiguous, or overlaps another
                array.
        """
        if out is None:
            return [np.empty(shape, self._dtype) for shape in shapes]
        arrays: list[Tensor] = []
        for (info, array), shape in zip(in_order(out, self._outputs, "output"), shapes, strict=True):
            name = f"output '{info.name}'"
            checked = self._checked(name, array, shape)
            if not (checked.flags.c_contiguous and checked.flags.writeable):
                raise ConfigError(f"{name} must be writable and C-contiguous")
            if any(np.may_share_memory(checked, other) for other in (*inputs, *arrays)):
                raise ConfigError(f"{name} shares memory with an input or another output")
            arrays.append(checked.reshape(shape))
        return arrays

    def _checked(self, name: str, value: Any, shape: tuple[int, int, int, int]) -> Tensor:
        array = as_array(name, value)
        if array.dtype != self._dtype:
            raise ConfigError(f"{name} is {array.dtype}, must be {self._dtype}")
        if array.shape not in (shape, shape[1:] if shape[0] == 1 else shape):
            raise ConfigError(f"{name} has shape {array.shape}, must be {shape}")
        return array


def in_order(tensors: Tensors, expected: Sequence[TensorInfo], kind: str) -> list[tuple[TensorInfo, Any]]:
    """Pair tensors with their descriptions.

    Args:
        tensors: A list in the network's order, or a dictionary by name.
        expected: Descriptions of all of them.
        kind: `input` or `output`, for the message.

    Raises:
        ConfigError: Their number or names differ from the expected ones.
    """
    if isinstance(tensors, Mapping):
        names = {info.name for info in expected}
        if names != set(tensors):
            raise ConfigError(f"{kind}s are {sorted(map(str, tensors))}, the network has {sorted(names)}")
        return [(info, tensors[info.name]) for info in expected]
    if not isinstance(tensors, Sequence):
        raise ConfigError(f"{kind}s must be a list of arrays or a dict, not {type(tensors).__name__}")
    if len(tensors) != len(expected):
        raise ConfigError(f"{len(tensors)} {kind}s given, the network has {len(expected)}")
    return list(zip(expected, tensors, strict=True))


def as_array(name: str, value: Any) -> NDArray[Any]:
    """Return a value as an array, without a copy where its memory allows.

    Args:
        name: What the message calls the value.
        value: A numpy array, anything in CPU memory that exports DLPack, or what numpy makes an array of.

    Raises:
        ConfigError: The value cannot be read.
    """
    if isinstance(value, np.ndarray):
        return value
    try:
        return np.from_dlpack(value) if hasattr(value, "__dlpack__") else np.asarray(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(f"{name} cannot be read: {error}") from error
