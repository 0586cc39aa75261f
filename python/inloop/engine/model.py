# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks: loading, description, running and profiling."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from inloop import _core
from inloop.engine.profiling import Profile, profile_model
from inloop.engine.session import Session, SessionCache, Tensor, TensorInfo, Tensors, as_array, in_order
from inloop.errors import ConfigError
from inloop.text_table import format_table

__all__ = ["Model", "Profile", "Session", "Tensor", "TensorInfo"]

_BLOCK, _CONTEXT = 128, 8


class Model:
    """An immutable network, read from its compact form."""

    def __init__(self, data: bytes, *, allow_wrapping: bool = False) -> None:
        self._data = data
        self.core = _core.Model.parse(data, allow_wrapping)
        self._sessions = SessionCache(self)

    @property
    def sha256(self) -> str:
        """Identity, the SHA-256 (hex) of the canonical integer form; that of ONNX file and compact form is the same."""
        return self.core.sha256

    @property
    def dtype(self) -> np.dtype[np.int16] | np.dtype[np.float32]:
        """Type of all its tensors, int16, or float32 for a network without quantizers."""
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
        """Multiplications for inputs of height x width; 0 for a size the network cannot run at."""
        return self.core.macs(height, width)

    def layers(self, height: int, width: int) -> list[dict[str, Any]]:
        """A description of every layer for inputs of height x width."""
        return self.core.layers(height, width)

    def session(self, height: int, width: int, isa: str = "") -> Session:
        """Plan the network for inputs of height x width, at the ISA level in force or the one named."""
        return Session(self, height, width, isa)

    def run(
        self, inputs: Tensors, *, out: Tensors | None = None, threads: int = 1, isa: str = ""
    ) -> list[Tensor]:
        """Run the network on one block or on many, with sessions that are planned once for a size and kept.

        Inputs and outputs as for `Session.run`, but of shape (blocks, height, width, channels). The blocks are shared
        among `threads` threads; results do not depend on their number. May be called from many threads at a time.
        """
        if threads < 1:
            raise ConfigError(f"{threads} threads run nothing")
        pairs = in_order(inputs, self.inputs, "input")
        arrays = [np.ascontiguousarray(as_array(f"input '{info.name}'", array)) for info, array in pairs]
        arrays = [array[np.newaxis] if array.ndim == 3 else array for array in arrays]
        blocks = self._block_count(arrays)
        height, width = arrays[0].shape[1:3]
        with self._sessions.session(height, width, isa) as session:
            results = self._results(out, blocks, session.output_shapes)
            if blocks == 1:
                return session.run(arrays, out=results)
        numbers = count()

        def work() -> None:
            with self._sessions.session(height, width, isa) as session:
                while (block := next(numbers)) < blocks:
                    session.run([array[block] for array in arrays], out=[result[block] for result in results])

        with ThreadPoolExecutor(min(threads, blocks)) as pool:
            for finished in [pool.submit(work) for _ in range(min(threads, blocks))]:
                finished.result()
        return results

    def _block_count(self, arrays: list[Any]) -> int:
        for info, array in zip(self.inputs, arrays, strict=True):
            if array.ndim != 4 or len(array) != len(arrays[0]) or not len(array):
                raise ConfigError(
                    f"input '{info.name}' has shape {array.shape}, must be (blocks, height, width, {info.channels})"
                )
        return len(arrays[0])

    def _results(self, out: Tensors | None, blocks: int, shapes: Sequence[tuple[int, ...]]) -> list[Tensor]:
        expected = [(blocks, *shape[1:]) for shape in shapes]
        if out is None:
            return [np.empty(shape, self.dtype) for shape in expected]
        results = []
        for (info, value), shape in zip(in_order(out, self.outputs, "output"), expected, strict=True):
            array = as_array(f"output '{info.name}'", value)
            if array.shape not in (shape, shape[1:] if blocks == 1 else shape):
                raise ConfigError(f"output '{info.name}' has shape {array.shape}, must be {shape}")
            results.append(array.reshape(shape))
        return results

    def summary(self, height: int | None = None, width: int | None = None) -> str:
        """Return a table of the layers for inputs of that size, by default those declared or of a block.

        The last column is thousand multiplications per luma sample, as in `kmac_per_px`. Raises `ConfigError` for a
        size the network cannot run at.
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
        """Measure every step of the plan for inputs of that size, by default those declared or of a block.

        Runs `runs` times, on random numbers without `inputs`; the fastest time of each step counts. Raises
        `ConfigError` for a size the network cannot run at, wrong inputs or no runs.
        """
        height, width = self._size(height, width)
        return profile_model(self, height, width, inputs=inputs, runs=runs, isa=isa)

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
        Path(path).write_bytes(self._data)
