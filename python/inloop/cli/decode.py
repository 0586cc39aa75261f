# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop decode`: an HEVC or Cool-chic stream in, pictures out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain, islice
from typing import Annotated, Any, BinaryIO

from cyclopts import Parameter

from inloop.cli.coolchic import is_coolchic
from inloop.cli.exit_codes import naming
from inloop.cli.options import CommonOptions, flag, parse_fps, path_option, usable_cores
from inloop.cli.progress import Progress
from inloop.codec import Decoder
from inloop.coolchic import Decoder as CoolchicDecoder
from inloop.coolchic import RgbPicture
from inloop.engine.model import Model
from inloop.errors import BitstreamError, ConfigError
from inloop.io import RawFormat, VideoInfo, open_video_writer
from inloop.io.rgb import open_rgb_writer
from inloop.io.video import DEFAULT_FPS
from inloop.nnlf import load_filter
from inloop.pipeline import SequenceMd5, decode_chunks, read_chunks
from inloop.video.frame import Frame


def decode(
    input_: Annotated[
        str, path_option("--input", "-i", help="HEVC (Annex B) or Cool-chic stream; - is a pipe.")
    ],
    *,
    output: Annotated[
        str | None,
        path_option("--output", "-o", help="Video to write (.y4m, .yuv; RGB: .png, .rgb); - is a pipe."),
    ] = None,
    output_format: Annotated[
        RawFormat | None, Parameter(help="Form of the output; from its name, y4m on a pipe.")
    ] = None,
    nnlf_model: Annotated[
        tuple[str, ...], Parameter(help="Model the stream may ask for, beside those of the package.")
    ] = (),
    fps: Annotated[
        str | None, Parameter(help="Pictures a second to write, as 30000/1001; from the stream.")
    ] = None,
    frames: Annotated[
        int | None, Parameter(name=["--frames", "-n"], help="Pictures to decode at most.")
    ] = None,
    verify: Annotated[
        bool, flag("--verify", "Check the picture hashes in the stream; a mismatch is exit code 4.")
    ] = False,
    md5: Annotated[bool, flag("--md5", "Print the MD5 of all decoded pictures.")] = False,
    threads: Annotated[
        int | None, Parameter(help="Pictures to decode at a time; as many as there are cores.")
    ] = None,
    common: CommonOptions = CommonOptions(),
) -> None:
    """Decode an HEVC stream, applying the neural filter where the stream says so, or a Cool-chic stream.

    Without --output the pictures are decoded, counted and (with --verify, --md5) checked only.
    """
    common.apply()
    if frames is not None and frames < 1:
        raise ConfigError("--frames must be 1 or more")
    given_rate = None if fps is None else parse_fps(fps)
    threads = usable_cores() if threads is None else threads
    models = [_load_model(path) for path in nnlf_model]
    decoder = Decoder(models=models, verify=verify, threads=threads)
    hash_of_all = SequenceMd5()
    progress = Progress(frames, given_rate or DEFAULT_FPS, quiet=common.quiet)
    with naming(input_), _open_stream(input_) as stream:
        pictures: Iterator[Frame | RgbPicture]
        if is_coolchic(stream):
            pictures = _decode_coolchic(stream, threads, verify, progress)
        else:
            pictures = decode_chunks(decoder, _counted(read_chunks(stream), progress))
        selected = islice(pictures, frames)
        for picture in _written(selected, output, output_format, lambda: given_rate or decoder.fps):
            progress.fps = given_rate or decoder.fps or DEFAULT_FPS
            progress.advance()
            if md5:
                hash_of_all.add(picture)
        if not progress.frames:
            raise BitstreamError("no pictures in this stream")
    progress.finish("decoded")
    if md5:
        progress.say(f"MD5 {hash_of_all.hexdigest()}")


def _load_model(path: str) -> Model:
    with naming(path):
        return load_filter(path)


@contextmanager
def _open_stream(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
    else:
        with open(source, "rb") as stream:
            yield stream


def _decode_coolchic(
    stream: BinaryIO, threads: int, verify: bool, progress: Progress
) -> Iterator[Frame | RgbPicture]:
    if verify:
        raise ConfigError("--verify: a Cool-chic stream holds no picture hashes")
    data = stream.read()
    progress.bits = 8 * len(data)
    return iter(CoolchicDecoder(data, threads))


def _counted(chunks: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        progress.bits += 8 * len(chunk)
        yield chunk


def _written(
    pictures: Iterator[Frame | RgbPicture],
    output: str | None,
    output_format: RawFormat | None,
    fps: Callable[[], Fraction | None],
) -> Iterator[Frame | RgbPicture]:
    """Pass the pictures on, written to the output if there is one; its format is known with the first of them."""
    first = next(pictures, None)
    if first is None:
        return
    everything = chain([first], pictures)
    if output is None:
        yield from everything
        return
    with _open_writer(output, first, output_format, fps() or DEFAULT_FPS) as write:
        for picture in everything:
            write(picture)
            yield picture


@contextmanager
def _open_writer(
    output: str, first: Frame | RgbPicture, output_format: RawFormat | None, fps: Fraction
) -> Iterator[Callable[[Any], None]]:
    if isinstance(first, RgbPicture):
        with open_rgb_writer(output) as rgb_writer:
            yield rgb_writer.write
        return
    info = VideoInfo(first.width, first.height, fps, first.bit_depth)
    with open_video_writer(output, info, output_format) as writer:
        yield writer.write
