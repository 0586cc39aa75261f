# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The C interface: the header under strict compilers, the example's results, errors, allocations, threads."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from nn_networks import random_inputs, two_outputs

import inloop
from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.engine import profiling
from inloop.engine.model import Model

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
HEIGHT, WIDTH = 13, 9


def example_network(quantised: bool = True) -> bytes:
    return onnx_to_compact(two_outputs(quantised))


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.inl"
    path.write_bytes(example_network())
    return path


@pytest.fixture
def build(library: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that compiles and links a C file with the library."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")

    def compile_and_link(source: Path, *options: str) -> Path:
        program = tmp_path / source.stem
        command = [compiler, *options, str(source), f"-I{inloop.get_include()}", str(library)]
        command += [f"-Wl,-rpath,{library.parent}", "-pthread", "-o", str(program)]
        subprocess.run(command, check=True)
        return program

    return compile_and_link


def run(program: Path, *arguments: object, isa: str = "auto") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "INLOOP_ISA": isa}
    return subprocess.run([program, *map(str, arguments)], env=environment, capture_output=True, text=True)


def generated(count: int, state: int) -> np.ndarray:
    """The example's inputs."""
    numbers = np.empty(count, np.int16)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        numbers[i] = (state >> 19) - 4096
    return numbers


@pytest.mark.parametrize("isa", _core.supported_isas())
def test_the_example_gives_what_python_gives(
    build: Callable[..., Path], repo_dir: Path, network: Path, isa: str
) -> None:
    program = build(repo_dir / "examples" / "run_model.c", *STRICT)
    printed = run(program, network, HEIGHT, WIDTH, isa=isa)
    assert printed.returncode == 0, printed.stderr
    model = Model(network.read_bytes())
    inputs = [
        generated(HEIGHT * WIDTH * info.channels, index).reshape(1, HEIGHT, WIDTH, info.channels)
        for index, info in enumerate(model.inputs)
    ]
    outputs = model.session(HEIGHT, WIDTH, "scalar").run(inputs)
    assert len(outputs) == 2
    np.testing.assert_array_equal(
        np.array(printed.stdout.split(), np.int16), np.concatenate([out.ravel() for out in outputs])
    )


def test_the_example_reports_errors(build: Callable[..., Path], repo_dir: Path, network: Path) -> None:
    program = build(repo_dir / "examples" / "run_model.c", *STRICT)
    assert "missing.inl: cannot be read" in run(program, "missing.inl", 8, 8).stderr
    assert "plan: " in run(program, network, 0, 8).stderr
    assert "unknown ISA 'sse9'" in run(program, network, 8, 8, isa="sse9").stderr
    network.write_bytes(b"INLOOPNN")
    assert "open: " in run(program, network, 8, 8).stderr


@pytest.mark.parametrize("language", [["-x", "c", "-std=c99"], ["-x", "c++", "-std=c++17"]])
def test_the_header_alone(library: Path, tmp_path: Path, language: list[str]) -> None:
    compiler = shutil.which("c++" if "c++" in language else "cc")
    if compiler is None:
        pytest.skip("there is no compiler")
    source = tmp_path / "header.c"
    source.write_text("#include <inloop.h>\nint check(void);\nint check(void) { return INLOOP_OK; }\n")
    options = [*language, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
    subprocess.run([compiler, *options, f"-I{inloop.get_include()}", str(source)], check=True)


@pytest.mark.parametrize("quantised", [True, False])
def test_no_allocation_while_running(
    build: Callable[..., Path], repo_dir: Path, network: Path, quantised: bool
) -> None:
    network.write_bytes(example_network(quantised))
    program = build(repo_dir / "tests" / "capi" / "count_allocations.c")
    for isa in _core.supported_isas():
        counted = run(program, network, HEIGHT, WIDTH, isa=isa)
        assert (counted.returncode, counted.stdout.strip()) == (0, "0"), (isa, counted)


def test_only_the_interface_is_exported(library: Path) -> None:
    tool = shutil.which("nm")
    if tool is None:
        pytest.skip("there is no nm")
    listed = subprocess.run(
        [tool, "-D", "--defined-only", str(library)], check=True, capture_output=True, text=True
    )
    names = {line.split()[-1].split("@")[0] for line in listed.stdout.splitlines()}
    header = (Path(inloop.get_include()) / "inloop.h").read_text()
    assert names
    assert all(name.startswith("inloop_") and f"{name}(" in header for name in names), names


class TensorStruct(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("channels", ctypes.c_int32), ("quantizer", ctypes.c_int32))


@pytest.fixture
def c(library: Path) -> ctypes.CDLL:
    handle = ctypes.CDLL(str(library))
    for name in ("version", "error_text", "get_isa", "model_sha256"):
        getattr(handle, f"inloop_{name}").restype = ctypes.c_char_p
    handle.inloop_session_memory.restype = ctypes.c_size_t
    return handle


def opened(c: ctypes.CDLL, data: bytes) -> ctypes.c_void_p:
    model = ctypes.c_void_p()
    size = ctypes.c_size_t(len(data))
    assert c.inloop_model_open_memory(data, size, 0, ctypes.byref(model)) == 0, c.inloop_error_text()
    return model


def planned(c: ctypes.CDLL, model: ctypes.c_void_p) -> ctypes.c_void_p:
    session = ctypes.c_void_p()
    assert c.inloop_session_create(model, HEIGHT, WIDTH, ctypes.byref(session)) == 0, c.inloop_error_text()
    return session


def pointers(arrays: list[np.ndarray]) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


def test_description(c: ctypes.CDLL) -> None:
    data = example_network()
    expected = Model(data)
    model = opened(c, data)
    assert c.inloop_version().decode() == inloop.__version__
    assert c.inloop_abi_version() == 2
    assert c.inloop_model_sha256(model).decode() == expected.sha256
    assert c.inloop_model_element_type(model) == 0
    found = []
    tensor = TensorStruct()
    for index in range(c.inloop_model_input_count(model)):
        assert c.inloop_model_input(model, index, ctypes.byref(tensor)) == 0
        found.append((tensor.name.decode(), tensor.channels, tensor.quantizer))
    assert found == [(info.name, info.channels, info.quantizer) for info in expected.inputs]
    assert c.inloop_model_output(model, 2, ctypes.byref(tensor)) == 3
    c.inloop_model_close(model)


def test_a_session_outlives_its_model_and_threads_share_a_model(c: ctypes.CDLL) -> None:
    data = example_network()
    reference = Model(data)
    inputs = random_inputs(reference, HEIGHT, WIDTH)
    expected = reference.session(HEIGHT, WIDTH).run(inputs)
    model = opened(c, data)
    sessions = [planned(c, model) for _ in range(4)]
    c.inloop_model_close(model)

    def work(session: ctypes.c_void_p) -> None:
        for _ in range(50):
            outputs = [np.zeros_like(array) for array in expected]
            assert c.inloop_session_run_int16(session, pointers(inputs), pointers(outputs)) == 0
            for a, b in zip(outputs, expected, strict=True):
                np.testing.assert_array_equal(a, b)

    with ThreadPoolExecutor(len(sessions)) as pool:
        list(pool.map(work, sessions))
    assert c.inloop_session_memory(sessions[0]) > 0
    for session in sessions:
        c.inloop_session_close(session)


def test_float_networks(c: ctypes.CDLL) -> None:
    data = example_network(quantised=False)
    reference = Model(data)
    inputs = profiling.random_inputs(reference, HEIGHT, WIDTH)
    expected = reference.session(HEIGHT, WIDTH).run(inputs)
    model = opened(c, data)
    assert c.inloop_model_element_type(model) == 1
    session = planned(c, model)
    outputs = [np.zeros_like(array) for array in expected]
    assert c.inloop_session_run_float32(session, pointers(inputs), pointers(outputs)) == 0
    for a, b in zip(outputs, expected, strict=True):
        np.testing.assert_array_equal(a, b)
    assert c.inloop_session_run_int16(session, pointers(inputs), pointers(outputs)) == 3
    assert b"float32" in c.inloop_error_text()
    c.inloop_session_close(session)
    c.inloop_model_close(model)


def test_error_codes(c: ctypes.CDLL) -> None:
    data = example_network()
    untouched = ctypes.c_void_p(1234)
    out = ctypes.byref(untouched)
    assert c.inloop_model_open(b"missing.inl", 0, out) == 1
    assert c.inloop_model_open_memory(data, ctypes.c_size_t(len(data) - 1), 0, out) == 2
    assert b"truncated" in c.inloop_error_text()
    assert c.inloop_model_open_memory(data, ctypes.c_size_t(len(data)), 8, out) == 3
    assert c.inloop_model_open_memory(None, ctypes.c_size_t(0), 0, out) == 3
    assert c.inloop_set_isa(b"mmx") == 3
    assert b"mmx" in c.inloop_error_text()
    model = opened(c, data)
    for size in ((0, 8), (-1, 8), (2**31 - 1, 8)):
        assert c.inloop_session_create(model, *size, out) == 3, size
    assert untouched.value == 1234
    session = planned(c, model)
    height = ctypes.c_int32()
    assert c.inloop_session_output_size(session, 2, ctypes.byref(height), ctypes.byref(height)) == 3
    inputs = random_inputs(Model(data), HEIGHT, WIDTH)
    assert c.inloop_session_run_float32(session, pointers(inputs), pointers(inputs)) == 3
    assert b"int16" in c.inloop_error_text()
    assert c.inloop_session_run_int16(session, (ctypes.c_void_p * 2)(), pointers(inputs)) == 3
    c.inloop_session_close(session)
    c.inloop_model_close(model)
    c.inloop_model_close(None)
    c.inloop_session_close(None)


def test_the_module_and_the_library_have_an_isa_each(c: ctypes.CDLL) -> None:
    isa = _core.get_isa()
    assert c.inloop_set_isa(b"scalar") == 0
    assert c.inloop_get_isa() == b"scalar"
    assert _core.get_isa() == isa
    assert c.inloop_set_isa(b"auto") == 0
    assert c.inloop_get_isa().decode() == _core.supported_isas()[-1]


def test_paths_come_with_the_package(library: Path) -> None:
    assert library.is_file()
    assert (Path(inloop.get_include()) / "inloop.h").is_file()
    code = "import sys, inloop; sys.exit('inloop.embedding' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
