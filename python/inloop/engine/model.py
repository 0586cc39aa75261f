# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks: loading, description, running and profiling."""

from pathlib import Path
from typing import Any

import numpy as np

from inloop import _core
from inloop.engine.profiling import Profile, profile_session
from inloop.engine.session import Session
from inloop.engine.tensors import Signature, Tensor, TensorInfo, Tensors
from inloop.engine.thread_pool import ThreadPool, pool_of
from inloop.text_table import format_table
from inloop.whole_files import write_whole

__all__ = ["Model", "Profile", "Session", "Tensor", "TensorInfo", "ThreadPool"]

_BLOCK, _CONTEXT = 128, 8


class Model:
    """An immutable network, read from its compact form."""

    def __init__(self, data: bytes, *, allow_wrapping: bool = False) -> None:
        self._data = data
        self.core = _core.Model.parse(data, allow_wrapping)
        self._signature = Signature(self.core)

    @property
    def sha256(self) -> str:
        """Identity, the SHA-256 (hex) of the canonical integer form; that of ONNX file and compact form is the same."""
        return self.core.sha256

    @property
    def dtype(self) -> np.dtype[np.int16] | np.dtype[np.float32]:
        """Type of all its tensors, int16, or float32 for a network without quantizers."""
        return self._signature.dtype

    @property
    def inputs(self) -> list[TensorInfo]:
        """Inputs in the order `Session.run` takes them."""
        return self._signature.inputs

    @property
    def outputs(self) -> list[TensorInfo]:
        """Outputs in the order `Session.run` gives them."""
        return self._signature.outputs

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
    def block_size(self) -> int:
        """Height and width of the inputs for a block of 128x128 luma samples with 8 of context on every side.

        Inputs at half the luma resolution for networks with an input ``rec``, else at luma resolution.
        """
        return (_BLOCK + 2 * _CONTEXT) // (2 if any(info.name == "rec" for info in self.inputs) else 1)

    @property
    def kmac_per_px(self) -> float:
        """Thousand multiplications per luma sample of a 128x128 block with its 8 samples of context."""
        return self.core.macs(self.block_size, self.block_size) / (_BLOCK * _BLOCK * 1000)

    def macs(self, height: int, width: int) -> int:
        """Return the multiplications of one run.

        Args:
            height: Rows of the inputs, on the network's own grid.
            width: Columns of the inputs.

        Returns:
            Their number; 0 for a size that the network cannot run at.
        """
        return self.core.macs(height, width)

    def layers(self, height: int, width: int) -> list[dict[str, Any]]:
        """Describe every layer for inputs of one size.

        Args:
            height: Rows of the inputs.
            width: Columns of the inputs.

        Returns:
            A dictionary a layer: `name`, `op`, `shape` of the result (height, width, channels), `kernel` (height,
            width), `groups`, `quantizer`, `parameters` and `macs`.
        """
        return self.core.layers(height, width)

    def session(self, height: int, width: int, isa: str = "") -> Session:
        """Plan the network for inputs of one size.

        Args:
            height: Rows of the inputs.
            width: Columns of the inputs.
            isa: Instruction set to run on, one of `inloop.supported_isas`; empty for the one in force.

        Raises:
            ConfigError: The network cannot run at this size, or the machine has no such instruction set.
        """
        return Session(self.core, height, width, isa)

    def run(
        self, inputs: Tensors, *, out: Tensors | None = None, threads: int | ThreadPool = 1, isa: str = ""
    ) -> list[Tensor]:
        """Run the network on one block or on many, in memory that is made once for a size and kept.

        Any number of threads may call it at a time. The GIL is released meanwhile, and results do not depend on the
        number of threads.

        Args:
            inputs: As for `Session.run`, but of shape (blocks, height, width, channels).
            out: Arrays for the results, as for `Session.run`; None for new ones.
            threads: How many threads, 1 or more and 64 at most, share the blocks and end with the call; or a pool.
            isa: Instruction set to run on; empty for the one in force.

        Returns:
            Arrays of shape (blocks, height, width, channels), in the model's order of outputs.

        Raises:
            ConfigError: A tensor is missing, unknown or of a wrong dtype, shape or device; the size, the number of
                threads or the instruction set is impossible.
        """
        blocks, height, width = self._signature.block_shape(inputs)
        pool = pool_of(threads, blocks)
        read = self._signature.read(inputs, blocks, height, width)
        program = self.core.program(height, width, isa)
        shapes = [(blocks, *shape[1:]) for shape in program.output_shapes]
        written = self._signature.written(out, shapes, read)
        program.run(read, written, blocks, pool.core)
        return written

    def summary(self, height: int | None = None, width: int | None = None) -> str:
        """Return a table of the layers.

        The last column is thousand multiplications per luma sample, as in `kmac_per_px`.

        Args:
            height: Rows of the inputs; None for those that the network declares, or those of a block.
            width: Columns of the inputs; None likewise.

        Raises:
            ConfigError: The network cannot run at this size.
        """
        height, width = self._size(height, width)
        pixels = height * width / self.block_size**2 * _BLOCK**2
        rows = [("layer", "op", "shape", "kernel", "groups", "q", "parameters", "kMAC/px")]
        for layer in self.layers(height, width):
            is_conv = layer["macs"] > 0
            rows.append(
                (
                    layer["name"],
                    layer["op"],
                    "x".join(map(str, layer["shape"])),
                    "x".join(map(str, layer["kernel"])) if is_conv else "",
                    str(layer["groups"]) if is_conv and layer["groups"] > 1 else "",
                    "" if self.core.is_float else str(layer["quantizer"]),
                    str(layer["parameters"]) if layer["parameters"] else "",
                    f"{layer['macs'] / pixels / 1000:.3f}" if is_conv else "",
                )
            )
        return (
            f"{format_table(rows)}\n{self.dtype}, {self.parameters} parameters, {self.kmac_per_px:.2f} kMAC per luma "
            f"sample\nsha256 {self.sha256}"
        )

    def profile(
        self,
        height: int | None = None,
        width: int | None = None,
        *,
        inputs: Tensors | None = None,
        runs: int = 20,
        isa: str = "",
    ) -> Profile:
        """Measure every step of the plan; the fastest time of each step counts.

        Args:
            height: Rows of the inputs; None for those that the network declares, or those of a block.
            width: Columns of the inputs; None likewise.
            inputs: As for `Session.run`; None for random numbers.
            runs: How often the network is run, at least once.
            isa: Instruction set to run on; empty for the one in force.

        Raises:
            ConfigError: The network cannot run at this size, the inputs are wrong, or there are no runs.
        """
        height, width = self._size(height, width)
        return profile_session(self.session(height, width, isa), inputs, runs)

    @property
    def declared_size(self) -> tuple[int | None, int | None]:
        """Height and width of the inputs that the network alone runs at, as its graph depends on them; None: any."""
        width, _, height = self.metadata.get("inloop.size", "?x?").partition("x")
        return int(height) if height.isdecimal() else None, int(width) if width.isdecimal() else None

    def _size(self, height: int | None, width: int | None) -> tuple[int, int]:
        usual = [declared or self.block_size for declared in self.declared_size]
        return usual[0] if height is None else height, usual[1] if width is None else width

    def to_bytes(self) -> bytes:
        """The compact form."""
        return self._data

    def save(self, path: str | Path) -> None:
        """Write the compact form."""
        write_whole(path, self._data)
