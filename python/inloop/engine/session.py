# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sessions: networks planned for an input size, what they take and give, and a cache of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inloop import _core
from inloop.errors import ConfigError

if TYPE_CHECKING:
    from inloop.engine.model import Model

Tensor: TypeAlias = NDArray[np.int16] | NDArray[np.float32]
# Arrays, or objects with __dlpack__ on the CPU, in the network's order or by name.
Tensors: TypeAlias = Sequence[Any] | Mapping[str, Any]


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
    """A model planned for one input size.

    Threads that share a session take turns; for parallel runs give each thread its own, or use `Model.run`.
    """

    def __init__(self, model: Model, height: int, width: int, isa: str = "") -> None:
        self.model = model
        self.height = height
        self.width = width
        self._core = model.core.session(height, width, isa)
        self._lock = threading.Lock()

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

    def run(self, inputs: Tensors, *, out: Tensors | None = None, reference: bool = False) -> list[Tensor]:
        """Run the network on arrays of shape (1, height, width, channels) or (height, width, channels).

        The arrays are of the model's `dtype`, int16 or float32: numpy arrays, or anything in CPU memory that exports
        DLPack, such as torch tensors. C-contiguous ones are read in place. Returns arrays (1, height, width, channels)
        in the model's order, which export DLPack too: new ones, or those of `out`, which must be writable, C-contiguous
        and apart from the inputs. `reference` uses the slow executor that defines the result of integer networks.

        Float results are the same for every run at one ISA level; levels differ in rounding. The GIL is released
        meanwhile. Raises `ConfigError` for a missing or unknown tensor, a wrong dtype, shape or device.
        """
        read = self._inputs(inputs)
        written = self._outputs(out, read)
        with self._lock:
            self._core.run(read, reference, written)
        return written

    def profile(self, inputs: Tensors) -> list[StepTime]:
        """Run once, measuring every step of the plan (convolutions with what is fused into them). Errors as `run`."""
        read = self._inputs(inputs)
        with self._lock:
            return [StepTime(*step) for step in self._core.profile(read)]

    def _inputs(self, inputs: Tensors) -> list[Tensor]:
        pairs = in_order(inputs, self.model.inputs, "input")
        arrays: list[Tensor] = []
        for info, value in pairs:
            shape = (1, self.height, self.width, info.channels)
            array = self._checked(f"input '{info.name}'", value, shape)
            arrays.append(array if array.flags.c_contiguous else array.copy())
        return arrays

    def _outputs(self, out: Tensors | None, inputs: list[Tensor]) -> list[Tensor]:
        if out is None:
            return [np.empty(shape, self.model.dtype) for shape in self.output_shapes]
        arrays: list[Tensor] = []
        for (info, array), shape in zip(
            in_order(out, self.model.outputs, "output"), self.output_shapes, strict=True
        ):
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
        if array.dtype != self.model.dtype:
            raise ConfigError(f"{name} is {array.dtype}, must be {self.model.dtype}")
        if array.shape not in (shape, shape[1:]):
            raise ConfigError(f"{name} has shape {array.shape}, must be {shape}")
        return array


class SessionCache:
    """Sessions of a model ready for use, by size and ISA level; any number of threads may use it.

    Sessions of the `sizes` sizes that were used last are kept.
    """

    def __init__(self, model: Model, sizes: int = 8) -> None:
        self._model = model
        self._sizes = sizes
        self._lock = threading.Lock()
        self._free: OrderedDict[tuple[int, int, str], list[Session]] = OrderedDict()

    @contextmanager
    def session(self, height: int, width: int, isa: str = "") -> Iterator[Session]:
        """Lend a session that nobody else uses. Errors as for `Model.session`."""
        key = (height, width, isa or _core.get_isa())
        with self._lock:
            free = self._free.get(key)
            session = free.pop() if free else None
        if session is None:
            session = Session(self._model, height, width, key[2])
        try:
            yield session
        finally:
            with self._lock:
                self._free.setdefault(key, []).append(session)
                self._free.move_to_end(key)
                while len(self._free) > self._sizes:
                    self._free.popitem(last=False)


def in_order(tensors: Tensors, expected: Sequence[TensorInfo], kind: str) -> list[tuple[TensorInfo, Any]]:
    """Pair tensors, given in order or by name, with their descriptions. Raises `ConfigError`."""
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
    """Return a value as an array, without a copy where its memory allows. Raises `ConfigError`, naming `name`."""
    if isinstance(value, np.ndarray):
        return value
    try:
        return np.from_dlpack(value) if hasattr(value, "__dlpack__") else np.asarray(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(f"{name} cannot be read: {error}") from error
