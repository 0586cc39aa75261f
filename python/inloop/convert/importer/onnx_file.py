# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Reading an ONNX file whole: its weights may lie in files beside it, which are looked for there and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from inloop.errors import ModelError


def read_onnx(source: str | Path | bytes) -> Any:
    """The model in an ONNX file, given by path or content, with all its numbers inside.

    Raises `ModelError` for what is no ONNX file and for weights that are missing, too short or named outside of the
    file's folder; content alone has no folder, so weights outside of it are refused. `OSError` where the file itself
    cannot be read.
    """
    import onnx

    model = _parsed(source if isinstance(source, bytes) else Path(source).read_bytes())
    folder = None if isinstance(source, bytes) else Path(source).parent
    for tensor in _tensors(model.graph):
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            _take_in(tensor, folder)
    return model


def external_names(data: bytes) -> list[str]:
    """The names of the files that hold weights of an ONNX file, each once. Raises `ModelError` as `read_onnx` does."""
    import onnx

    found = {
        entry.value: None
        for tensor in _tensors(_parsed(data).graph)
        if tensor.data_location == onnx.TensorProto.EXTERNAL
        for entry in tensor.external_data
        if entry.key == "location"
    }
    return list(found)


def _parsed(data: bytes) -> Any:
    import onnx

    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf raises its own classes, which differ between versions
        raise ModelError(f"not a readable ONNX file: {error}") from error
    if not model.graph.node and not model.graph.output:
        raise ModelError("not a readable ONNX file: it holds no graph")
    if not _has_text(model):
        raise ModelError("not a readable ONNX file: a name or text in it is not UTF-8")
    return model


def _has_text(message: Any) -> bool:
    """Whether all texts of a message are text: of what is not UTF-8, protobuf gives bytes."""
    for field, value in message.ListFields():
        if field.type not in (field.TYPE_STRING, field.TYPE_MESSAGE):
            continue
        parts = [value] if isinstance(value, str | bytes) or hasattr(value, "ListFields") else value
        if field.type == field.TYPE_STRING and not all(isinstance(part, str) for part in parts):
            return False
        if field.type == field.TYPE_MESSAGE and not all(map(_has_text, parts)):
            return False
    return True


def _tensors(graph: Any) -> Iterator[Any]:
    """All tensors of a graph, those in attributes and inner graphs too."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _tensors(inner)


def _take_in(tensor: Any, folder: Path | None) -> None:
    """Read a tensor's numbers from the file that it names."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    what = f"the weights '{tensor.name}' lie in '{location}'"
    if folder is None:
        raise ModelError(f"{what}, a file of its own: give the path of the ONNX file, not its content")
    paths = PurePosixPath(location), PureWindowsPath(location)
    if not location or any(path.is_absolute() or path.drive or ".." in path.parts for path in paths):
        raise ModelError(f"{what}, which is no name inside the folder of the ONNX file")
    try:
        offset, length = int(entries.get("offset", 0)), int(entries.get("length", -1))
    except ValueError as error:
        raise ModelError(f"{what} at a place that is no number: {error}") from error
    path = folder / location
    if not path.is_file():
        raise ModelError(f"{what}, which is not in the folder of the ONNX file: keep the two files together")
    size = path.stat().st_size
    length = size - offset if length < 0 else length
    if offset < 0 or length < 0 or offset + length > size:
        raise ModelError(f"{what} at bytes {offset} to {offset + length}, but the file has {size} bytes")
    with path.open("rb") as file:
        file.seek(offset)
        tensor.raw_data = file.read(length)
    del tensor.external_data[:]
    tensor.ClearField("data_location")
