# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where filter networks come from: the package's own, by name, and the user's files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path

import numpy as np

from inloop import _core
from inloop.convert.loading import load_model
from inloop.engine.model import Model
from inloop.errors import ModelError
from inloop.nnlf.filter_model import FilterModel, ModelPair
from inloop.nnlf.function import AnyFilter, FilterFunction

FILTERS = "models"
"""Folder of `inloop.nnlf` with the networks that run in the loop."""
EARLIER = "models/earlier"
"""Folder with filters of the version before, which decoders still know. No name loads them."""
ENHANCERS = "enhancers"
"""Folder with those that see decoded pictures only."""


def filter_names() -> list[str]:
    """Names of the filters that ship inside the package."""
    return _names(FILTERS)


def enhancer_names() -> list[str]:
    """Names of the networks for decoded pictures (`inloop.Enhancer`) that ship inside the package."""
    return _names(ENHANCERS)


def _names(folder: str) -> list[str]:
    entries = files("inloop.nnlf").joinpath(folder).iterdir()
    return sorted(entry.name.removesuffix(".inl") for entry in entries if entry.name.endswith(".inl"))


@cache
def packaged_filter(name: str) -> FilterModel:
    """Return the filter of the package with this name, one of `filter_names()`."""
    return _read(FILTERS, name)


@cache
def earlier_filters() -> tuple[FilterModel, ...]:
    """Return the filters that streams of the version before may name."""
    return tuple(_read(EARLIER, name) for name in _names(EARLIER))


def _read(folder: str, name: str) -> FilterModel:
    data = files("inloop.nnlf").joinpath(folder, f"{name}.inl").read_bytes()
    return ModelPair.from_bytes(data) or Model(data)


@cache
def packaged_enhancer(name: str) -> Model:
    """Return the network of the package with this name, one of `enhancer_names()`."""
    return Model(files("inloop.nnlf").joinpath(ENHANCERS, f"{name}.inl").read_bytes())


def load_filter(name_or_path: str | PathLike[str]) -> FilterModel:
    """Load a filter network, or a pair of them, by a name inside the package (``"lop"``) or from a file.

    Files are .onnx or .inl, those of pairs .inl. Packaged networks need nothing but the core; an .onnx file needs the
    onnx package.

    Raises:
        ModelError: There is neither such a name nor such a file, or the network keeps no filter contract
            (integer, inputs among rec, pred, bs, qp_base, qp_block, ipb, 24 or 6 output channels).
    """
    return _checked(_load(name_or_path))


def load_any_filter(name_or_path: str | PathLike[str]) -> AnyFilter:
    """Load a filter as `load_filter` does, or a float network as a function in place of one, for experiments.

    Errors as for `load_filter`, but for those that say that a network is float.
    """
    model = _load(name_or_path)
    if isinstance(model, Model) and model.dtype == np.float32:
        return FilterFunction.of_model(model)
    return _checked(model)


def _load(name_or_path: str | PathLike[str]) -> FilterModel:
    name = str(name_or_path)
    if name in filter_names():
        return packaged_filter(name)
    path = Path(name_or_path)
    if not path.is_file():
        raise ModelError(
            f"no filter network '{name}': neither a file nor one of {', '.join(filter_names()) or 'none'}"
        )
    return ModelPair.from_bytes(path.read_bytes()) or load_model(path)


def _checked(model: FilterModel) -> FilterModel:
    _core.FilterNetwork(model.core)
    return model


def contract_fault(model: FilterModel) -> str | None:
    """Why a network cannot filter pictures in the loop, or None where it keeps the contract."""
    try:
        _checked(model)
    except ModelError as error:
        return str(error)
    return None


def filter_stage(models: Iterable[AnyFilter] = (), pool: _core.ThreadPool | None = None) -> _core.NnlfStage:
    """Make the decoder's filter stage; it looks a stream's network up in the package first, then in `models`.

    Args:
        models: Networks that a stream may name besides those of the package, and functions for experiments.
        pool: Whose threads share the blocks of a picture: the decoder's own.
    """
    known, functions = [*map(packaged_filter, filter_names()), *earlier_filters()], []
    for model in models:
        if isinstance(model, FilterFunction):
            functions.append(model)
        else:
            known.append(model)
    stage = _core.NnlfStage([model.core for model in known], pool)
    for function in functions:
        stage.add_function(bytes.fromhex(function.sha256), function.residual)
    return stage
