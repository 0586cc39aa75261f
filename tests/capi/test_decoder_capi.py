# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder of the C interface: a C program shows what Python's decoder shows, filtered streams included."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from c_structures import DecoderOptions

import inloop
from inloop import Decoder, Encoder, Frame, InloopError
from inloop.engine.model import Model
from inloop.nnlf import FilterModel, PictureFilter, load_filter

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wno-missing-field-initializers", "-Werror"]
FUZZ = Path(__file__).parents[1] / "fuzz"
PLAIN = Path(__file__).parents[1] / "conformance" / "data" / "cros_64x64-I-P-B-P.265"
SMALL = FUZZ / "small_filter.inl"
FILTERED = sorted((FUZZ / "corpus_decoder").glob("filtered_*.265"))
OK, UNREADABLE, BAD_MODEL, CONFIG, BITSTREAM = 0, 1, 2, 3, 6


@pytest.fixture(scope="module")
def player(library: Path, tmp_path_factory: pytest.TempPathFactory, repo_dir: Path) -> Path:
    """The C program."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    program = tmp_path_factory.mktemp("player") / "decode_stream"
    source = repo_dir / "tests" / "capi" / "decode_stream.c"
    command = [compiler, *STRICT, str(source), f"-I{inloop.get_include()}", str(library)]
    subprocess.run([*command, f"-Wl,-rpath,{library.parent}", "-pthread", "-o", str(program)], check=True)
    return program


def play(
    player: Path, stream: Path, out: Path, threads: int = 1, piece: int = 1000, models: tuple[Path, ...] = ()
) -> tuple[int, list[str], str]:
    """Exit code, a line a picture, error text."""
    command = [player, stream, out, str(threads), str(piece), *models]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines(), done.stderr


def shown_by_python(
    stream: Path, models: tuple[Path, ...]
) -> tuple[list[Frame], InloopError | None, list[str]]:
    decoder = Decoder([load_filter(path) for path in models], verify=True)
    frames: list[Frame] = []
    error = None
    try:
        frames += decoder.decode(stream.read_bytes())
        frames += decoder.flush()
    except InloopError as raised:
        frames += decoder.remaining()
        error = raised
    fps = decoder.fps
    rate = "0/0" if fps is None else f"{fps.numerator}/{fps.denominator}"
    lines = [f"{f.pts} {f.y.shape[1]} {f.y.shape[0]} {f.bit_depth} {rate}" for f in frames]
    return frames, error, lines


def assert_same_show(player: Path, stream: Path, out: Path, models: tuple[Path, ...] = ()) -> None:
    frames, error, expected = shown_by_python(stream, models)
    samples = b"".join(plane.tobytes() for frame in frames for plane in frame.planes)
    for threads, piece in ((1, 1000), (3, 7)):
        code, lines, text = play(player, stream, out, threads, piece, models)
        without_poc = [" ".join(word for i, word in enumerate(line.split()) if i != 1) for line in lines]
        assert without_poc == expected
        assert out.read_bytes() == samples
        assert (code, text.strip()) == ((OK, "") if error is None else (BITSTREAM, str(error)))


@pytest.mark.parametrize("stream", [PLAIN, *FILTERED], ids=lambda path: path.stem)
def test_a_c_program_shows_what_python_shows(player: Path, tmp_path: Path, stream: Path) -> None:
    assert_same_show(player, stream, tmp_path / "out", (SMALL,))


@pytest.mark.parametrize("filter_", [load_filter("vlop"), load_filter("lop")], ids=["network", "pair"])
def test_filters_of_one_network_and_of_two(player: Path, tmp_path: Path, filter_: FilterModel) -> None:
    rng = np.random.default_rng(4)
    noise = np.kron(rng.integers(0, 256, (12, 12)), np.ones((16, 16), int)).astype(np.uint8)
    encoder = Encoder(152, 136, 25, qp=36, structure="ldp", nnlf=PictureFilter(filter_, md5=True))
    packets = []
    for t in range(3):
        y = noise[t : 136 + t, 2 * t : 152 + 2 * t]
        packets += encoder.encode(Frame(y, y[::2, ::2].copy(), y[1::2, 1::2].copy()))
    stream, model = tmp_path / "stream", tmp_path / "filter.inl"
    stream.write_bytes(b"".join(packet.data for packet in packets + encoder.flush()))
    filter_.save(model)
    assert_same_show(player, stream, tmp_path / "out", (SMALL, model))


@pytest.mark.parametrize("stream", [PLAIN, *FILTERED[:2]], ids=lambda path: path.stem)
def test_damage_ends_with_the_pictures_before_it(player: Path, tmp_path: Path, stream: Path) -> None:
    damaged = tmp_path / "damaged"
    data = bytearray(stream.read_bytes())
    data[len(data) * 3 // 4] ^= 0xFF
    damaged.write_bytes(data)
    assert_same_show(player, damaged, tmp_path / "out", (SMALL,))


def test_an_unknown_network_is_named(player: Path, tmp_path: Path) -> None:
    code, lines, text = play(player, FILTERED[0], tmp_path / "out")
    assert (code, lines) == (BAD_MODEL, [])
    assert Model(SMALL.read_bytes()).sha256 in text


def test_models_that_cannot_be_read(player: Path, tmp_path: Path) -> None:
    assert play(player, PLAIN, tmp_path / "out", models=(tmp_path / "missing",))[0] == UNREADABLE
    assert play(player, PLAIN, tmp_path / "out", models=(PLAIN,))[0] == BAD_MODEL
    assert play(player, PLAIN, tmp_path / "out", threads=0)[0] == CONFIG


def test_wrong_arguments_are_refused(library: Path) -> None:
    c = ctypes.CDLL(str(library))
    c.inloop_error_text.restype = ctypes.c_char_p
    c.inloop_decoder_next.restype = ctypes.c_void_p
    decoder = ctypes.c_void_p()
    good = {
        "struct_size": ctypes.sizeof(DecoderOptions),
        "threads": 1,
        "verify": 0,
        "models": None,
        "model_count": 0,
    }
    null = (ctypes.c_void_p * 1)()
    wrong = (
        {"struct_size": 8},
        {"threads": 65},
        {"threads": -1},
        {"model_count": 1},
        {"models": null, "model_count": 1},
    )
    for change in wrong:
        assert (
            c.inloop_decoder_create(ctypes.byref(DecoderOptions(**(good | change))), ctypes.byref(decoder))
            == 3
        )
        assert c.inloop_error_text()
    assert c.inloop_decoder_create(None, ctypes.byref(decoder)) == 3
    assert decoder.value is None
    assert c.inloop_decoder_create(ctypes.byref(DecoderOptions(**good)), ctypes.byref(decoder)) == 0
    assert c.inloop_decoder_decode(None, b"", ctypes.c_size_t(0)) == 3
    assert c.inloop_decoder_decode(decoder, None, ctypes.c_size_t(1)) == 3
    assert c.inloop_decoder_decode(decoder, None, ctypes.c_size_t(0)) == 0
    assert c.inloop_decoder_next(decoder) is None
    assert c.inloop_decoder_next(None) is None
    data = PLAIN.read_bytes()
    assert c.inloop_decoder_decode(decoder, data, ctypes.c_size_t(len(data))) == 0
    assert c.inloop_decoder_flush(decoder) == 0
    assert c.inloop_decoder_next(decoder) is not None
    c.inloop_decoder_close(decoder)  # with pictures left
    c.inloop_decoder_close(None)
