# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sessions: a network compiled for an input size, with memory of its own to run in."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from inloop import _core
from inloop.engine.tensors import Signature, Tensor, Tensors


@dataclass(frozen=True)
class StepTime:
    """Time of one step of a plan.

    Attributes:
        name: Name of the layer whose result the step makes.
        kind: `input`, `conv`, `depthwise`, `other` or `output`.
        macs: Multiplications of the step in one run.
        seconds: Its time in one run.
    """

    name: str
    kind: str
    macs: int
    seconds: float


class Session:
    """A network compiled for one input size; `Model.session` makes it.

    Sessions of one model share its packed weights, those of one size their plan too. Threads that share a session take
    turns; for parallel runs give each thread its own, or use `Model.run`.
    """

    def __init__(self, model: _core.Model, height: int, width: int, isa: str = "") -> None:
        self.signature = Signature(model)
        self.height = height
        self.width = width
        self._core = model.session(height, width, isa)
        self._lock = threading.Lock()

    @property
    def output_shapes(self) -> list[tuple[int, int, int, int]]:
        """Shapes (1, height, width, channels) of the outputs."""
        return self._core.output_shapes

    @property
    def isa(self) -> str:
        """ISA that the session was planned for."""
        return self._core.isa

    @property
    def arena_bytes(self) -> int:
        """Memory for activations, which each session has."""
        return self._core.arena_bytes

    @property
    def weight_bytes(self) -> int:
        """Memory for packed weights, which all sessions of a model on one ISA share."""
        return self._core.weight_bytes

    def run(self, inputs: Tensors, *, out: Tensors | None = None, reference: bool = False) -> list[Tensor]:
        """Run the network once.

        The GIL is released meanwhile. Float results are the same for every run on one ISA; ISAs differ in rounding.
        Integer results are the same everywhere.

        Args:
            inputs: Arrays of shape (1, height, width, channels) or (height, width, channels), in the model's order or
                by name. They are of the model's `dtype`, int16 or float32: numpy arrays, or anything in CPU memory that
                exports DLPack, such as torch tensors. C-contiguous ones are read in place.
            out: Arrays for the results, writable, C-contiguous and apart from the inputs; None for new ones.
            reference: Use the slow executor that defines the result of integer networks.

        Returns:
            Arrays (1, height, width, channels) in the model's order of outputs, which export DLPack too.

        Raises:
            ConfigError: A tensor is missing, unknown or of a wrong dtype, shape or device.
        """
        read = self._inputs(inputs)
        written = self.signature.written(out, self.output_shapes, read)
        with self._lock:
            self._core.run(read, reference, written)
        return written

    def profile(self, inputs: Tensors) -> list[StepTime]:
        """Run once, measuring every step of the plan (convolutions with what is fused into them). Errors as `run`."""
        read = self._inputs(inputs)
        with self._lock:
            return [StepTime(*step) for step in self._core.profile(read)]

    def _inputs(self, inputs: Tensors) -> list[Tensor]:
        return self.signature.read(inputs, 1, self.height, self.width)
