# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks from files of any form."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from inloop.convert import import_sadl, onnx_to_compact
from inloop.engine.model import Model
from inloop.errors import ModelError

_COMPACT_MAGIC = b"INLOOPNN"
_PAIR_MAGIC = b"INLOOPNP"
_SADL_MAGIC = b"SADL"


def network_files(path: str | PathLike[str]) -> tuple[Path, ...]:
    """Return the file of a network, then those beside it that hold its weights. Raises OSError, ModelError."""
    main = Path(path)
    data = main.read_bytes()
    if data.startswith((_PAIR_MAGIC, _SADL_MAGIC, _COMPACT_MAGIC)):
        return (main,)
    from inloop.convert.importer.onnx_file import external_names

    return (main, *(main.parent / name for name in external_names(data)))


def load_model(path: str | PathLike[str], *, allow_wrapping: bool = False) -> Model:
    """Load a network from an ONNX file, a SADL file or inloop's compact form, told apart by content.

    Args:
        path: The file.
        allow_wrapping: Accept a network with a convolution whose sum might leave 32 bits; its sums are modulo 2**32
            then, the same on every ISA. Such a network is refused otherwise.

    Raises:
        ModelError: The file is damaged, no network, or a sum of it might leave 32 bits.
        UnsupportedError: It has an operation that the engine lacks.
        OSError: It cannot be read.
    """
    data = Path(path).read_bytes()
    if not data:
        raise ModelError(f"'{path}' is empty")
    if data.startswith(_PAIR_MAGIC):
        raise ModelError(f"'{path}' is a pair of filter networks, not one network: load_filter reads it")
    if data.startswith(_SADL_MAGIC):
        data = import_sadl(data).to_bytes()
    elif not data.startswith(_COMPACT_MAGIC):
        data = onnx_to_compact(Path(path))
    return Model(data, allow_wrapping=allow_wrapping)
