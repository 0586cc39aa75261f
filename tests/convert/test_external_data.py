# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX files whose weights lie in a file beside them, as PyTorch's exporter writes them by default."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from float_graphs import FloatGraph

from inloop.convert import import_network, import_onnx, quantise
from inloop.convert.loading import load_model, network_files
from inloop.errors import ModelError


def write(folder: Path, weight: float, location: str = "m.onnx.data") -> Path:
    """A product with `weight`, which lies in a file beside the graph."""
    g = FloatGraph()
    model = onnx.load_model_from_string(
        g.build(
            g.node("Conv", g.input("x", [1, 16, "h", "w"]), g.constant(np.eye(16)[..., None, None] * weight))
        )
    )
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save_model(
        model, folder / "m.onnx", save_as_external_data=True, location="m.onnx.data", size_threshold=0
    )
    for entry in model.graph.initializer[0].external_data:
        if entry.key == "location":
            entry.value = location
    (folder / "m.onnx").write_bytes(model.SerializeToString())
    return folder / "m.onnx"


def factor(path: Path) -> float:
    x = np.ones((1, 2, 2, 16), np.float32)
    return float(load_model(path).session(2, 2).run([x])[0][0, 0, 0, 0])


def test_weights_are_those_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = write(tmp_path / "a", 2), write(tmp_path / "b", 3)
    for place in (tmp_path, tmp_path / "a", tmp_path / "b"):
        monkeypatch.chdir(place)
        assert factor(first) == 2
        assert network_files(first) == (first, first.with_name("m.onnx.data"))
        assert factor(second) == 3
        assert import_network(str(first)).layers[0].constant is not None
    monkeypatch.chdir(tmp_path / "b")
    assert factor(Path("m.onnx")) == 3
    result = quantise(first, [{"x": np.ones((1, 4, 4, 16))}])
    assert import_onnx(result.onnx).layers[0].constant is not None


def test_weights_of_the_working_directory_are_never_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a", 2)
    write(tmp_path / "b", 3)
    monkeypatch.chdir(tmp_path / "b")
    with pytest.raises(ModelError, match=r"'m\.onnx\.data'.*give the path"):
        import_onnx(path.read_bytes())
    (tmp_path / "a" / "m.onnx.data").unlink()
    with pytest.raises(ModelError, match=r"'m\.onnx\.data'.*not in the folder"):
        import_onnx(path)


@pytest.mark.parametrize("location", ["../b/m.onnx.data", "/etc/passwd", "", "c:\\m.data", "..\\m.data"])
def test_weights_outside_of_the_folder_are_refused(tmp_path: Path, location: str) -> None:
    write(tmp_path / "b", 3)
    with pytest.raises(ModelError, match="no name inside the folder"):
        import_onnx(write(tmp_path / "a", 2, location))


def test_cut_weights_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, 2)
    data = tmp_path / "m.onnx.data"
    data.write_bytes(data.read_bytes()[:-1])
    with pytest.raises(ModelError, match="the file has 1023 bytes"):
        import_onnx(path)


def test_weights_behind_a_link_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "a", 2)
    (tmp_path / "a" / "m.onnx.data").rename(tmp_path / "blob")
    (tmp_path / "a" / "m.onnx.data").symlink_to(tmp_path / "blob")
    assert factor(path) == 2
