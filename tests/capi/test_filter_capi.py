# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The loop filter of the C interface: a C program filters coded pictures to what the decoder outputs."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

import inloop
from inloop import Decoder, Encoder, Frame, _core
from inloop.nnlf import FilterModel, PictureFilter, load_filter
from inloop.nnlf.filter_model import pair_of
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wno-missing-field-initializers", "-Werror"]
MODEL = resources.files("inloop.nnlf").joinpath("models", "vlop.inl")
PAIR = pair_of(load_filter("vlop"), load_filter("lop"))


@pytest.fixture(scope="module")
def host(library: Path, tmp_path_factory: pytest.TempPathFactory, repo_dir: Path) -> Path:
    """The C program."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    program = tmp_path_factory.mktemp("host") / "filter_picture"
    source = repo_dir / "tests" / "capi" / "filter_picture.c"
    command = [compiler, *STRICT, str(source), f"-I{inloop.get_include()}", str(library)]
    subprocess.run([*command, f"-Wl,-rpath,{library.parent}", "-pthread", "-o", str(program)], check=True)
    return program


class Recorder(PictureFilter):
    """Filters with varying parameters and stores what the C program reads."""

    def __init__(self, folder: Path, model: FilterModel) -> None:
        super().__init__(model)
        self.folder = folder
        self.stored: list[Path] = []

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        parameters = _core.FilterParameters()
        parameters.model = bytes.fromhex(self.model.sha256)
        parameters.block_size = (128, 256)[len(self.stored) % 2]
        blocks = -(-coded.width // parameters.block_size) * -(-coded.height // parameters.block_size)
        parameters.per_block = len(self.stored) < 2
        parameters.candidates = 2 if parameters.per_block else 1
        parameters.qp_offset = [-3, 5]
        parameters.scale_code = [20, 0, 31]
        if parameters.per_block:
            parameters.block_choice = [(i + 1) % 3 for i in range(blocks)]
        planes = self.network.filter(coded.core, parameters)
        self.store(coded, parameters)
        payload = parameters.serialise(coded.width, coded.height)
        return dataclasses.replace(super().filter_picture(coded, original), payload=payload, planes=planes)

    def store(self, coded: CodedPicture, parameters: _core.FilterParameters) -> None:
        flags = parameters.block_choice if parameters.per_block else []
        scales = [_core.filter_scale_of_code(code) for code in parameters.scale_code]
        numbers = [coded.width, coded.height, coded.bit_depth, coded.slice_qp, parameters.block_size]
        numbers += [*parameters.qp_offset, *scales, len(flags), int(coded.slice_type == "I")]
        dtype = np.uint8 if coded.bit_depth == 8 else np.uint16
        path = self.folder / f"picture{len(self.stored)}"
        parts = [np.array(numbers, np.int32), np.array(flags, np.uint8)]
        parts += [plane.astype(dtype) for plane in (*coded.rec, *coded.dbf, *coded.pred)]
        parts += [coded.bs_ver, coded.bs_hor, coded.qp, coded.pred_type]
        path.write_bytes(b"".join(part.tobytes() for part in parts))
        self.stored.append(path)


def moving_frames(height: int, width: int, bit_depth: int) -> Iterator[Frame]:
    rng = np.random.default_rng(4)
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    planes = [
        np.kron(rng.integers(0, 1 << bit_depth, (h // 8 + 4, w // 8 + 4)), np.ones((8, 8), int)).astype(dtype)
        for h, w in ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    ]
    for t in range(3):
        y, u, v = (
            np.ascontiguousarray(p[2 * t : 2 * t + h, t : t + w])
            for p, (h, w) in zip(
                planes, ((height, width), (height // 2, width // 2), (height // 2, width // 2)), strict=True
            )
        )
        yield Frame(y, u, v, bit_depth)


@pytest.mark.parametrize("model", [load_filter("vlop"), PAIR], ids=["vlop", "pair"])
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("isa", _core.supported_isas())
def test_a_c_host_gives_what_the_decoder_outputs(
    host: Path, tmp_path: Path, bit_depth: int, isa: str, model: FilterModel
) -> None:
    height, width = 136, 152
    recorder = Recorder(tmp_path, model)
    encoder = Encoder(
        width, height, 25, qp=36, structure="ldp", sao=False, bit_depth=bit_depth, nnlf=recorder
    )
    packets = [
        packet for frame in moving_frames(height, width, bit_depth) for packet in encoder.encode(frame)
    ]
    stream = b"".join(packet.data for packet in packets + encoder.flush())
    decoder = Decoder([model])
    shown = decoder.decode(stream) + decoder.flush()
    assert len(shown) == len(recorder.stored) == 3
    for stored, frame in zip(recorder.stored, shown, strict=True):
        out = tmp_path / "out"
        file = tmp_path / "model.inl"
        model.save(file)
        for threads in (1, 3):
            subprocess.run(
                [host, file, stored, out, str(threads)], check=True, env={**os.environ, "INLOOP_ISA": isa}
            )
            assert out.read_bytes() == b"".join(plane.tobytes() for plane in frame.planes)


class Plane(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("stride", ctypes.c_ssize_t))


class Picture(ctypes.Structure):
    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        ("width", ctypes.c_int32),
        ("height", ctypes.c_int32),
        ("bit_depth", ctypes.c_int32),
        ("slice_qp", ctypes.c_int32),
        ("planes", Plane * 13),
        ("intra", ctypes.c_int32),
    )


class Parameters(ctypes.Structure):
    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        ("block_size", ctypes.c_int32),
        ("qp_offset", ctypes.c_int32 * 2),
        ("scale", ctypes.c_int32 * 3),
        ("blocks", ctypes.c_char_p),
        ("block_count", ctypes.c_size_t),
    )


def test_wrong_arguments_are_refused(library: Path) -> None:
    c = ctypes.CDLL(str(library))
    c.inloop_error_text.restype = ctypes.c_char_p
    c.inloop_filter_block_count.restype = ctypes.c_size_t
    data = MODEL.read_bytes()
    model, filter_ = ctypes.c_void_p(), ctypes.c_void_p()
    assert c.inloop_model_open_memory(data, ctypes.c_size_t(len(data)), 0, ctypes.byref(model)) == 0
    assert c.inloop_filter_create(model, 0, ctypes.byref(filter_)) == 3
    assert c.inloop_filter_create(model, 1, ctypes.byref(filter_)) == 0
    c.inloop_model_close(model)
    assert c.inloop_filter_block_count(832, 480, 128) == 28
    assert c.inloop_filter_block_count(832, 480, 256) == 8
    assert c.inloop_filter_block_count(833, 480, 128) == 0
    memory, wrong_map = np.full(16 * 16, 2, np.uint8), np.full(16 * 16, 77, np.uint8)
    out = np.zeros(16 * 16, np.uint8)
    planes = (Plane * 13)(*[Plane(memory.ctypes.data, 16)] * 13)
    outputs = (Plane * 3)(*[Plane(out.ctypes.data, 16)] * 3)
    good = {"width": 16, "height": 16, "bit_depth": 8, "slice_qp": 30, "planes": planes}
    fine = {"block_size": 128, "scale": (256, 0, 0), "blocks": b"\0", "block_count": 1}

    def run(picture: dict[str, object], parameters: dict[str, object]) -> int:
        p = Picture(struct_size=ctypes.sizeof(Picture), **{**good, **picture})
        q = Parameters(**{"struct_size": ctypes.sizeof(Parameters), **fine, **parameters})
        return int(c.inloop_filter_run(filter_, ctypes.byref(p), ctypes.byref(q), outputs))

    assert run({}, {}) == 0
    assert (out[:8] == 2).all()
    for number in range(9, 13):  # boundary strengths, QPs and prediction types
        maps = (Plane * 13)(*planes)
        maps[number] = Plane(wrong_map.ctypes.data, 16)
        assert run({"planes": maps}, {}) == 3, number
    for picture in (
        {"width": 20},
        {"height": 0},
        {"bit_depth": 12},
        {"slice_qp": 99},
        {"intra": 2},
        {"planes": (Plane * 13)()},
    ):
        assert run(picture, {}) == 3, picture
    wrong = (
        {"struct_size": 8},
        {"block_size": 64},
        {"scale": (-1, 0, 0)},
        {"blocks": b"\3"},
        {"block_count": 2},
    )
    for parameters in (*wrong, {"qp_offset": (40, 0)}, {"blocks": None}):
        assert run({}, parameters) == 3, parameters
        assert c.inloop_error_text()
    c.inloop_filter_close(filter_)
    c.inloop_filter_close(None)
